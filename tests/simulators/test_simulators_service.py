"""The virtual centre as a service: children live, die and come back; the bench answers; a restart goes on."""

import asyncio
import contextlib
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from simulators_day import AT, SEED
from simulators_process import free_ports, plant_on_free_ports, until

from plant.model import Plant
from runtime.clock import Clock, SteppedClock
from runtime.settings import MqttSettings
from simulators.people.opening import write_opening
from simulators.people.pace import TEST
from simulators.process.bench_api import create_bench
from simulators.process.service import run_simulate
from simulators.process.world_server import WorldServer, snapshot_path
from simulators.state import load_state
from simulators.world import World


def pids(folder: Path) -> dict[str, int]:
    return {path.stem: int(path.read_text()) for path in (folder / "run").glob("*.pid") if path.read_text().strip()}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.asynccontextmanager
async def service(plant: Plant, folder: Path, port: int):  # type: ignore[no-untyped-def]  # a test's own helper
    clock = Clock(anchor_domain=AT, anchor_system=datetime.now(UTC), rate=60.0)
    task = asyncio.create_task(
        run_simulate(
            plant, MqttSettings(port=9), clock, folder, "http://127.0.0.1:9", folder / "agents.json", SEED, port, TEST
        )
    )
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.mark.timeout(120)
async def test_killed_children_come_back_and_all_end_with_the_service(tmp_path: Path) -> None:
    plant, (port,) = plant_on_free_ports(), free_ports(1)
    write_opening(plant, SEED, AT, tmp_path / "opening.csv", snapshot_path(tmp_path))
    wanted = {"plc-cold", "plc-works", "reader-1", "reader-2", "reader-3", "reader-4"}
    async with service(plant, tmp_path, port):
        await until(lambda: (tmp_path / "run").is_dir() and set(pids(tmp_path)) == wanted)
        first = pids(tmp_path)
        os.kill(first["plc-works"], signal.SIGKILL)
        await until(lambda: pids(tmp_path).get("plc-works", first["plc-works"]) != first["plc-works"], 5.0)
        second = pids(tmp_path)
        async with httpx.AsyncClient(trust_env=False) as client:
            world = (await client.get(f"http://127.0.0.1:{port}/world")).json()
        assert world["bags"] > 400
    assert not any(is_alive(pid) for pid in {*first.values(), *second.values()})
    left_at = load_state(snapshot_path(tmp_path), plant).now
    assert left_at > AT


async def test_the_bench_shows_the_world_and_refuses_unknown_faults(world: World, tmp_path: Path) -> None:
    server = WorldServer(world, SteppedClock(AT), tmp_path)
    transport = httpx.ASGITransport(create_bench(server))
    async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
        opened = await client.post("/faults", json={"fault": "door", "target": "cold-1", "value": 600})
        refused = await client.post("/faults", json={"fault": "earthquake", "target": "cold-1", "value": None})
        malformed = await client.post("/faults", json={"fault": "door"})
        shown = (await client.get("/world")).json()
    assert (opened.status_code, refused.status_code, malformed.status_code) == (202, 422, 422)
    assert "earthquake" in refused.json()["detail"]
    assert shown["signals"]["cold-1/Door/Open"] is True
    assert shown["log"][-1]["fault"] == "door"
