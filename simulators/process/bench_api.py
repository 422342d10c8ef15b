"""The engineers' bench of the virtual centre: a loopback HTTP API to look at the world and to break it on purpose."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import msgspec
import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from simulators.faults import FAULTS, FaultError, cause
from simulators.process.world_server import WorldServer
from simulators.signals import cell_signals

_LINES = 50


class FaultRequest(BaseModel):
    """A fault to cause or to mend; see `simulators.faults.cause`."""

    model_config = ConfigDict(extra="forbid")
    fault: str = Field(min_length=1, max_length=80)
    target: str = Field(min_length=1, max_length=120)
    value: float | None = None


def create_bench(server: WorldServer) -> FastAPI:
    """The bench of one world: `GET /world`, `POST /faults`."""
    app = FastAPI(title="HemoVault virtual centre", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/world")
    async def world() -> dict[str, Any]:
        return describe(server)

    @app.post("/faults", status_code=202)
    async def faults(body: FaultRequest) -> JSONResponse:
        try:
            cause(server.world, body.fault, body.target, body.value)
        except FaultError as error:
            problem = {
                "type": "about:blank",
                "title": "Fault refused",
                "status": 422,
                "code": "bench.fault",
                "detail": str(error),
            }
            return JSONResponse(problem, status_code=422, media_type="application/problem+json")
        server.keep()
        return JSONResponse({"fault": body.fault, "target": body.target, "value": body.value}, status_code=202)

    return app


def describe(server: WorldServer) -> dict[str, Any]:
    """The world in plain values: time, bags by place, signals, what stands still, boxes, readers, people, log."""
    world = server.world
    people = world.state.people
    return {
        "now": world.state.now.isoformat(),
        "bags": len(world.floor.bags),
        "places": world.floor.places(),
        "signals": {value.node: value.value for cell in world.state.memory for value in cell_signals(world, cell)},
        "readers": {name: listening.value for name, listening in world.scene.listening.items()},
        "stopped": {
            name: {"state": unit.state.value, "trouble": unit.trouble}
            for name, unit in world.state.units.items()
            if unit.is_halted
        },
        "boxes": {
            name: {"place": box.place, "bags": len(world.floor.at(box.inside)), "logger": box.logger.value}
            for name, box in world.state.boxes.items()
        },
        "deaf": [f"{reader}/{port}" for reader, port in sorted(world.scene.deaf)],
        "people": {
            "donations": people.donations,
            "unreported": len(people.unreported),
            "untested": len(people.untested),
            "unordered": len(people.unordered),
            "on_the_road": [trip.shipment for trip in people.trips],
            "delivered": sorted(people.delivered),
            "used": people.used,
        },
        "faults": sorted(FAULTS),
        "log": [msgspec.json.decode(line) for line in server.recent(_LINES)],
    }


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the command that runs the service."""
        yield


async def run_bench(server: WorldServer, port: int) -> None:
    """Serve the bench on loopback until cancelled; raises OSError when the port is taken."""
    config = uvicorn.Config(create_bench(server), log_config=None, access_log=False, lifespan="off")
    bench = _Server(config)
    with socket.create_server(("127.0.0.1", port)) as listener:
        serving = asyncio.ensure_future(bench.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            bench.should_exit = True  # uvicorn closes its connections only when it ends by itself
            await serving
            raise
