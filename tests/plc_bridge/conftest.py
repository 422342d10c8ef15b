"""A PLC that can be killed, and recorders for what the bridge says."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from asyncua import ua

from plant.load import demo_text, parse_plant
from plant.model import Plant
from plc_bridge.spool_room import SpoolRoom
from runtime.facts.spool import SpoolEntry
from runtime.sparkplug.payload import Quality

ROOT = Path(__file__).resolve().parents[2]
CELL = "works"


class FakePlc:
    """The process of `fake_plc.py` and its memory."""

    def __init__(self, port: int, memory: Path) -> None:
        self.port, self.memory = port, memory
        self._process: subprocess.Popen[bytes] | None = None
        memory.mkdir(exist_ok=True)

    @property
    def url(self) -> str:
        return f"opc.tcp://127.0.0.1:{self.port}/hemovault"

    def start(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("fake_plc.py")), str(self.port), str(self.memory)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().strip() == b"ready"

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(60)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def journal(self, numbers: Sequence[int], epoch: str = "epoch-1") -> None:
        entries = [
            {"seq": n, "at": "2026-11-22T08:00:00Z", "type": "org.hemovault.plc.bag-moved.v1", "data": {"n": n}}
            for n in numbers
        ]
        beside = self.memory / "journal.new"
        beside.write_text(json.dumps({"epoch": epoch, "entries": entries}))
        beside.replace(self.memory / "journal.json")

    @property
    def jobs(self) -> list[str]:
        path = self.memory / "jobs.txt"
        return [line.split()[1] for line in path.read_text().splitlines()] if path.exists() else []


class Recorder:
    """Stands for the Sparkplug edge and for the guarded spool."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[object, datetime, Quality]] = {}
        self.updates: list[tuple[str, object, datetime, Quality]] = []
        self.live: set[str] = set()
        self.facts: list[SpoolEntry] = []
        self.cursors: dict[str, str] = {}
        self.room = SpoolRoom.FREE

    def update(self, device: str, metric: str, value: object, at: datetime, quality: Quality = Quality.GOOD) -> None:
        self.values[f"{device}/{metric}"] = (value, at, quality)
        self.updates.append((f"{device}/{metric}", value, at, quality))

    def device_found(self, device: str) -> None:
        self.live.add(device)

    def device_lost(self, device: str) -> None:
        self.live.discard(device)

    async def record(
        self,
        type: str,  # noqa: A002 - as the real one
        message: msgspec.Struct,
        at: datetime,
        source_key: str | None = None,
        *,
        cursor: tuple[str, str] | None = None,
    ) -> int:
        return (
            await self.record_many([SpoolEntry(type, msgspec.json.encode(message), at, source_key)], cursor=cursor)
        )[0]

    async def record_many(self, entries: Sequence[SpoolEntry], *, cursor: tuple[str, str] | None = None) -> list[int]:
        known = {fact.source_key for fact in self.facts if fact.source_key}
        self.facts += [entry for entry in entries if entry.source_key not in known]
        if cursor is not None:
            self.cursors[cursor[0]] = cursor[1]
        return list(range(len(entries)))

    def answers(self) -> list[tuple[str, str]]:
        read = [json.loads(fact.data) for fact in self.facts if fact.type == "org.hemovault.plc.command-answered.v1"]
        return [(answer["command"], answer["outcome"]) for answer in read]


@pytest.fixture
def plant() -> Plant:
    return parse_plant(demo_text())


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def plc(tmp_path: Path, free_tcp_port: int) -> Iterator[FakePlc]:
    plc = FakePlc(free_tcp_port, tmp_path / "plc")
    yield plc
    plc.kill()


@pytest.fixture
def data_value() -> Callable[..., ua.DataValue]:
    def make(value: object, kind: ua.VariantType, status: int = 0, at: datetime | None = None) -> ua.DataValue:
        return ua.DataValue(ua.Variant(value, kind), ua.StatusCode(status), at or datetime(2026, 11, 22, tzinfo=UTC))

    return make


@pytest.fixture
def free_tcp_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
