"""A running world in the test's own loop with real child processes on free ports."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from simulators_day import AT, SEED

from plant.load import demo_text, parse_plant
from plant.model import Plant
from runtime.clock import Clock
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO
from simulators.process.world_server import WorldServer
from simulators.world import World


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def plant_on_free_ports() -> Plant:
    text = demo_text()
    for port, free in zip((4841, 4842, 5084, 5085), free_ports(4), strict=True):
        text = text.replace(str(port), str(free))
    return parse_plant(text)


class RunningWorld:
    def __init__(self, plant: Plant, folder: Path) -> None:
        self.plant = plant
        self.folder = folder
        state, _ = opening_state(plant, SEED, AT)
        clock = Clock(anchor_domain=AT, anchor_system=datetime.now(UTC), rate=60.0)
        self.server = WorldServer(World(plant, state, DEMO), clock, folder)
        self.plant_file = folder / "plant.json"
        self.plant_file.write_bytes(msgspec.json.encode(plant))
        self._task = asyncio.create_task(self.server.run())

    async def child(self, module: str, *arguments: str) -> asyncio.subprocess.Process:
        await self.server.ready.wait()
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"simulators.{module}", "--plant", str(self.plant_file),
            "--link-port", str(self.server.port), *arguments,
            stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


@contextlib.asynccontextmanager
async def running_world(folder: Path) -> AsyncIterator[RunningWorld]:
    world = RunningWorld(plant_on_free_ports(), folder)
    try:
        yield world
    finally:
        await world.stop()


async def end(child: asyncio.subprocess.Process) -> int:
    """Close its standard input, as a dying parent does, and wait."""
    if child.stdin is not None:
        child.stdin.close()
    return await asyncio.wait_for(child.wait(), 10)


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float = 20.0) -> None:
    """Wait for a condition in another process or thread; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            met = condition()
            if await met if isinstance(met, Awaitable) else met:
                return
            await asyncio.sleep(0.05)
