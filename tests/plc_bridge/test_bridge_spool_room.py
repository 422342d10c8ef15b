"""A full spool is remembered until there is a reason to believe otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from plc_bridge import spool_room
from plc_bridge.messages import CommandAnswered, CommandOutcome, report_type
from plc_bridge.spool_room import GuardedSpool, SpoolRoom
from runtime.clock import Clock
from runtime.facts.edge import FactEdge
from runtime.facts.spool import FactSpool, SpoolFull
from runtime.health import Health
from runtime.settings import MqttSettings

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def spool(tmp_path: Path) -> FactSpool:
    return FactSpool(tmp_path / "facts.db", "plc-works", max_unacknowledged_bytes=1200)


@pytest.fixture
def guarded(spool: FactSpool) -> GuardedSpool:
    return GuardedSpool(FactEdge(MqttSettings(), "riverside", spool, Clock(), Health()), spool)


async def answer(guarded: GuardedSpool, job: str) -> int:
    message = CommandAnswered(command=job, device="crane-1", outcome=CommandOutcome.ACCEPTED, detail="")
    return await guarded.record(report_type(message), message, AT)


async def fill(guarded: GuardedSpool) -> int:
    for number in range(100):
        try:
            await answer(guarded, f"job-{number}")
        except SpoolFull:
            return number
    raise AssertionError("the spool never filled")


async def test_full_until_the_controllers_mark_moves(guarded: GuardedSpool, spool: FactSpool) -> None:
    assert guarded.room is SpoolRoom.FREE
    kept = await fill(guarded)
    assert guarded.room is SpoolRoom.FULL
    assert spool.head == kept
    spool.acknowledge(kept)
    assert guarded.room is SpoolRoom.FREE
    assert await answer(guarded, "job-later") == kept + 1
    spool.close()


async def test_a_full_disk_is_tried_again_after_a_while(
    guarded: GuardedSpool, spool: FactSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(guarded)
    monkeypatch.setattr(spool_room, "LOOK_AGAIN_AFTER_S", -1.0)
    assert guarded.room is SpoolRoom.FREE
    spool.close()
