"""The virtual centre as a service: the world, its children, the bench and the agents, until cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from plant.model import Plant
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.health import HealthPart
from runtime.logs import get_logger
from runtime.settings import MqttSettings
from runtime.supervise import supervise
from simulators.fleet.edge import run_fleet
from simulators.people.agents import run_agents
from simulators.people.day import People
from simulators.people.pace import Pace
from simulators.process.bench_api import run_bench
from simulators.process.world_server import WorldServer, snapshot_path
from simulators.scenarios.player import play_along
from simulators.scenarios.script import Scenario
from simulators.state import WorldState, load_state, new_state
from simulators.world import World

log = get_logger(__name__)

_RESTART_S: Final = 0.25
_LEAVE_S: Final = 3.0


async def run_simulate(
    plant: Plant,
    mqtt: MqttSettings,
    clock: Clock,
    data_dir: Path,
    api_url: str,
    agents_file: Path,
    seed: int,
    http_port: int,
    pace: Pace,
    scenario: Scenario | None = None,
) -> None:
    """Run the virtual centre until cancelled, and a scenario's events on it by domain time.

    It resumes from `{data_dir}/simulate/world.json` (written by `write_opening` or by itself) or starts empty; raises
    SnapshotError when that file cannot be used. Children leave their process ids in `{data_dir}/run/*.pid`.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every request
    server = WorldServer(World(plant, _state(plant, clock, data_dir, seed), pace), clock, data_dir)
    plant_file = data_dir / "simulate" / "plant.json"
    plant_file.write_bytes(msgspec.json.encode(plant))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.run())
        await server.ready.wait()
        for cell in plant.cells:
            command = ("simulators.process.plc_server", "--cell", cell.id)
            group.create_task(_keep_child(f"plc-{cell.id}", command, plant_file, server.port, data_dir))
        for reader in plant.readers:
            command = ("simulators.llrp.reader", "--reader", reader.id)
            group.create_task(_keep_child(reader.id, command, plant_file, server.port, data_dir))
        group.create_task(supervise("bench", lambda: run_bench(server, http_port), HealthPart("bench")))
        if scenario is not None:
            progress = data_dir / "simulate" / "scenario.json"
            group.create_task(play_along(scenario, server.world, clock, progress))
        if plant.vehicles:
            group.create_task(supervise("fleet", lambda: run_fleet(server, mqtt, data_dir, clock), HealthPart("fleet")))
        group.create_task(
            supervise(
                "agents",
                lambda: run_agents(server.world, api_url, agents_file),
                HealthPart("agents"),
                backoff=Backoff(),
            )
        )


def _state(plant: Plant, clock: Clock, data_dir: Path, seed: int) -> WorldState:
    path = snapshot_path(data_dir)
    if path.exists():
        return load_state(path, plant)
    at = clock.now()
    return new_state(plant, seed, at, People(year=at.year, next_din=1))


async def _keep_child(name: str, command: Sequence[str], plant_file: Path, link_port: int, data_dir: Path) -> None:
    """Run a child for ever: within a second of its death there is a new one. It ends when its standard input ends."""
    pid_file = data_dir / "run" / f"{name}.pid"
    pid_file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", command[0], "--plant", str(plant_file), "--link-port", str(link_port), *command[1:],
            stdin=asyncio.subprocess.PIPE,
        )  # fmt: skip
        pid_file.write_text(f"{child.pid}\n", encoding="utf-8")
        try:
            code = await child.wait()
            log.warning("a child ended and is started again", child=name, code=code)
            await asyncio.sleep(_RESTART_S)
        finally:
            pid_file.unlink(missing_ok=True)
            await _end(child)


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        async with asyncio.timeout(_LEAVE_S):
            await child.wait()
    except TimeoutError:
        child.kill()
        await child.wait()
