"""A site in a temporary folder whose services run as a user runs them: `python -m hemovault run ...` processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import tomlkit

from benchmarks.catalogue import BenchmarkFailed
from hemovault.commands.stock import import_stock
from hemovault.offline import open_offline
from hemovault.ports import free_port
from hemovault.processes import SUPERVISED
from hemovault.settings import Settings, load_settings
from plant.load import load_plant
from plant.model import Plant
from runtime.clock import Clock
from wms.people.first_start import first_start
from wms.people.passwords import Hashing

LOOK_EVERY_S: Final = 0.02
_STOP_S: Final = 15.0
_LISTENING: Final = "0A"


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait for something real processes bring about; real seconds it took. Raises BenchmarkFailed."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > seconds:
            raise BenchmarkFailed(f"not within {seconds:g} s: {what}")
        time.sleep(LOOK_EVERY_S)
    return time.monotonic() - begun


def has_listener(port: int) -> bool:
    """True when a socket listens on this port; asks the system, so the listener hears nothing (proc_net_tcp(5))."""
    wanted = f":{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:])
    return any(row[1].endswith(wanted) and row[3] == _LISTENING for row in rows)


class Site:
    """A site of its own: real clock, its own plant, real services. A context manager that ends what it started."""

    def __init__(self, folder: Path, plant_text: str) -> None:
        self.folder = folder
        self.config = folder / "hemovault.toml"
        folder.mkdir(parents=True, exist_ok=True)
        taken: set[int] = set()
        mqtt, web = free_port(0, taken), free_port(0, taken)
        document = {
            "data_dir": ".",
            "plant": "plant.toml",
            "mqtt": {"host": "127.0.0.1", "port": mqtt},
            "broker": {"listen": "127.0.0.1", "port": mqtt},
            "web": {"listen": "127.0.0.1", "port": web},
        }
        (folder / "plant.toml").write_text(plant_text, encoding="utf-8")
        self.config.write_text(tomlkit.dumps(document), encoding="utf-8")
        self.settings: Settings = load_settings(self.config)
        self.plant: Plant = load_plant(folder / "plant.toml")
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in reversed(self._running):
            end(process)

    def start(self, *service: str) -> subprocess.Popen[bytes]:
        """Start `hemovault run SERVICE ...`; its log is `{service}.log` in the folder."""
        return self.run(["-m", "hemovault", "run", *service, "--config", str(self.config)], service[0])

    def run(self, python: Sequence[str], name: str) -> subprocess.Popen[bytes]:
        """Start a Python process that dies with the site; its standard input and output are pipes."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *python],
                stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, SUPERVISED: "1", "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip
        self._running.append(process)
        return process

    def start_broker(self) -> None:
        """Start the embedded broker and wait for its port."""
        broker = self.start("broker")
        port = self.settings.broker.port
        wait_until(lambda: has_listener(port) or broker.poll() is not None, 60, "the broker listens")
        if broker.poll() is not None:
            raise BenchmarkFailed(
                f"the broker ended: {(self.folder / 'broker.log').read_text(encoding='utf-8')[-500:]}"
            )

    def make_accounts(self) -> dict[str, str]:
        """Make the first accounts; passwords by username. Before `serve` starts."""
        return asyncio.run(self._make_accounts())

    def import_stock(self, content: bytes) -> None:
        """Bring a CSV of bags into the warehouse, as `hemovault stock import` does. Before `serve` starts."""

        async def bring_in() -> None:
            async with open_offline(self.settings, self.plant, Clock()) as warehouse:
                await import_stock(warehouse, content)

        asyncio.run(bring_in())

    async def _make_accounts(self) -> dict[str, str]:
        async with open_offline(self.settings, self.plant, Clock()) as warehouse:
            made = await first_start(
                warehouse.writer, warehouse.database, self.plant, self.settings.agents_file, Hashing()
            )
        return {credential.username: credential.password for credential in made}


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, insist after a while, and wait for it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdin is not None:
        process.stdin.close()
