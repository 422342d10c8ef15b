"""A real OPC UA server that is killed, frozen and restarted under the bridge's parts."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plant.model import Plant
from plc_bridge import signals_reader
from plc_bridge.commands import UNRESOLVED_CURSOR, CommandRunner
from plc_bridge.journal import JournalFollower
from plc_bridge.messages import COMMAND_TYPE
from plc_bridge.plc_link import PlcLink
from plc_bridge.signals_reader import SignalsReader
from plc_bridge.spool_room import SpoolRoom
from runtime.clock import Clock
from runtime.commands import Command
from runtime.health import Health, HealthState
from runtime.sparkplug.payload import Quality

CELL = "works"


@dataclass
class Bridge:
    """The parts of a bridge around a recorder instead of a broker."""

    link: PlcLink
    reader: SignalsReader
    journal: JournalFollower
    runner: CommandRunner
    health: Health


@contextlib.asynccontextmanager
async def bridging(plant: Plant, plc: Any, recorder: Any, unresolved: str | None = None) -> AsyncIterator[Bridge]:
    clock, health = Clock(), Health()
    link = PlcLink(plc.url, CELL, health.part("plc"))
    cursor = recorder.cursors.get(JournalFollower.cursor_name(CELL))
    journal = JournalFollower(link, CELL, recorder, cursor, clock, health.part("journal"))
    devices = plant.devices_of(CELL)
    reader = SignalsReader(link, devices, recorder, clock, health.part("signals"), on_journal=journal.wake)
    ids = frozenset(device.id for device in devices)
    runner = CommandRunner(link, ids, recorder, unresolved, clock, health.part("commands"))
    runs = (link.run(reader.attach, reader.detach), reader.run(), journal.run(), runner.run())
    tasks = [asyncio.ensure_future(run) for run in runs]
    try:
        yield Bridge(link, reader, journal, runner, health)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await reader.close()


async def until(condition: Callable[[], bool], seconds: float = 60.0) -> float:
    """Wait until something holds and say how long it took (real seconds); a promise is the caller's to check."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        await asyncio.sleep(0.02)
    return time.monotonic() - start


def command(job: str, *, device: str = "crane-1", valid_s: float = 30.0, data: bytes | None = None) -> Command:
    now = datetime.now(UTC)
    carry = b'{"type":"carry","trip":"t","loads":[{"task":"t","bag":"b","epc":"30","from_place":"a","to_place":"b"}]}'
    return Command(job, device, COMMAND_TYPE, data or carry, now, now + timedelta(seconds=valid_s))


def carried(recorder: Any) -> list[int]:
    keys = [str(fact.source_key) for fact in recorder.facts if str(fact.source_key).startswith("works/")]
    return [int(key.rpartition("/")[2]) for key in keys]


async def test_a_steady_value_still_sends_and_a_bad_sensor_says_so(plant: Plant, plc: Any, recorder: Any) -> None:
    plc.start()
    async with bridging(plant, plc, recorder):
        air = "freezer-1/Temperature/Air"
        await until(lambda: sum(path == air for path, *_ in recorder.updates) >= 6)
        times = [at for path, _, at, _ in recorder.updates if path == air]
        assert times == sorted(times)
        assert recorder.values[air][0] == -40.5
        assert recorder.values["freezer-1/Temperature/Core"][::2] == (None, Quality.BAD)
        assert recorder.live == {device.id for device in plant.devices_of(CELL)}


async def test_a_bridge_that_starts_before_its_plc_waits_for_it(plant: Plant, plc: Any, recorder: Any) -> None:
    async with bridging(plant, plc, recorder) as bridge:
        await until(lambda: "not connected" in bridge.health.part("plc").detail)
        assert bridge.health.part("plc").state is HealthState.DOWN
        await asyncio.to_thread(plc.start)
        await until(lambda: "freezer-1" in recorder.live)


async def test_after_kill_and_restart_values_resume_and_no_report_is_lost(
    plant: Plant, plc: Any, recorder: Any
) -> None:
    plc.journal(range(1, 21))
    plc.start()
    async with bridging(plant, plc, recorder):
        await until(lambda: carried(recorder) == list(range(1, 21)))
        for round_ in range(2):
            plc.kill()
            await until(lambda: not recorder.live)
            plc.journal(range(1, 41 + 20 * round_))  # reports made while nobody could read them
            await asyncio.to_thread(plc.start)
            back = time.monotonic()
            before = len(recorder.updates)
            await until(lambda: len(recorder.updates) > before + 100 and "crane-1" in recorder.live)  # noqa: B023 - used at once
            assert time.monotonic() - back < 5.0
            await until(lambda: carried(recorder) == list(range(1, 41 + 20 * round_)))  # noqa: B023 - used at once
    async with bridging(plant, plc, recorder):  # a new bridge process continues from the cursor
        plc.journal(range(1, 62))
        await until(lambda: carried(recorder) == list(range(1, 62)))


async def test_a_frozen_plc_is_noticed_and_comes_back(plant: Plant, plc: Any, recorder: Any) -> None:
    plc.start()
    async with bridging(plant, plc, recorder):
        await until(lambda: bool(recorder.live))
        plc.freeze()
        await until(lambda: not recorder.live, 15)
        plc.thaw()
        await until(lambda: bool(recorder.live))
        before = len(recorder.updates)
        await until(lambda: len(recorder.updates) > before + 100)


async def test_a_replaced_journal_is_a_finding_and_is_read_from_its_start(
    plant: Plant, plc: Any, recorder: Any
) -> None:
    plc.journal(range(1, 4))
    plc.start()
    async with bridging(plant, plc, recorder):
        await until(lambda: carried(recorder) == [1, 2, 3])
        plc.journal([1, 2], epoch="epoch-2")
        await until(lambda: carried(recorder) == [1, 2, 3, 1, 2])
    assert [fact.type for fact in recorder.facts].count("org.hemovault.plc.journal-loss.v1") == 1


async def test_a_command_is_executed_once_and_answered(plant: Plant, plc: Any, recorder: Any) -> None:
    plc.start()
    async with bridging(plant, plc, recorder) as bridge:
        await bridge.link.connected.wait()
        await bridge.runner.execute(command("job-1"))
        await bridge.runner.execute(command("job-1"))  # a repeat of a known id is read back, not started
        refused = b'{"type":"carry","trip":"refuse-me","loads":[]}'
        await bridge.runner.execute(command("job-2", data=refused))
    assert plc.jobs == ["job-1"]
    assert recorder.answers() == [("job-1", "accepted"), ("job-2", "refused")]


@pytest.mark.parametrize(
    "wrong",
    [
        command("job", device="robot-99"),
        command("job", data=b'{"type":"dance"}'),
        command("job", data=b'{"type":"carry","trip":"t"}'),
    ],
    ids=["unknown machine", "unknown command", "missing fields"],
)
async def test_a_command_that_nobody_can_execute_is_refused_with_a_reason(
    plant: Plant, plc: Any, recorder: Any, wrong: Command
) -> None:
    async with bridging(plant, plc, recorder) as bridge:
        await bridge.runner.execute(wrong)
    assert recorder.answers() == [("job", "refused")]


async def test_a_command_whose_answer_was_cut_off_is_not_executed_twice(plant: Plant, plc: Any, recorder: Any) -> None:
    plc.start()
    (plc.memory / "hang").touch()  # the job is executed, the answer never comes
    async with bridging(plant, plc, recorder) as bridge:
        await bridge.link.connected.wait()
        execution = asyncio.ensure_future(bridge.runner.execute(command("job-1")))
        await until(lambda: plc.jobs == ["job-1"])
        plc.kill()
        (plc.memory / "hang").unlink()
        await asyncio.to_thread(plc.start)
        await asyncio.wait_for(execution, 60)
    assert plc.jobs == ["job-1"]
    assert recorder.answers() == [("job-1", "accepted")]


async def test_an_unreachable_machine_is_unknown_until_it_can_tell(plant: Plant, plc: Any, recorder: Any) -> None:
    async with bridging(plant, plc, recorder) as bridge:
        execution = asyncio.ensure_future(bridge.runner.execute(command("job-1", valid_s=0.3)))
        await until(lambda: recorder.answers() == [("job-1", "unknown")])
        await asyncio.to_thread(plc.start)
        await asyncio.wait_for(execution, 60)
    assert recorder.answers() == [("job-1", "unknown"), ("job-1", "expired")]
    assert plc.jobs == []
    assert recorder.cursors[UNRESOLVED_CURSOR] == "{}"


async def test_an_unknown_command_is_resolved_by_the_next_process(plant: Plant, plc: Any, recorder: Any) -> None:
    (plc.memory / "jobs.txt").write_text("crane-1 job-1\n")
    plc.start()
    async with bridging(plant, plc, recorder, unresolved='{"job-1":"crane-1"}'):
        await until(lambda: recorder.answers() == [("job-1", "accepted")])


async def test_with_a_full_spool_no_command_reaches_a_machine(plant: Plant, plc: Any, recorder: Any) -> None:
    plc.start()
    recorder.room = SpoolRoom.FULL
    async with bridging(plant, plc, recorder) as bridge:
        await bridge.link.connected.wait()
        execution = asyncio.ensure_future(bridge.runner.execute(command("job-1")))
        await until(lambda: bridge.health.part("commands").state is HealthState.DOWN)
        assert "full" in bridge.health.part("commands").detail
        assert plc.jobs == []
        recorder.room = SpoolRoom.FREE
        await asyncio.wait_for(execution, 60)
    assert plc.jobs == ["job-1"]


async def test_a_subscription_that_died_unnoticed_is_replaced(
    plant: Plant, plc: Any, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signals_reader, "REREAD_EVERY_S", 1.0)
    plc.start()
    async with bridging(plant, plc, recorder) as bridge:
        await until(lambda: bridge.reader.changes > 100)
        pump = bridge.reader._pump
        assert pump is not None
        pump.cancel()  # notifications come no more, though connection and session are well
        before = bridge.reader.changes
        await until(lambda: bridge.reader.changes > before + 100)


async def test_a_bridge_ends_when_cancelled_while_it_replaces_its_connection(
    plant: Plant, plc: Any, recorder: Any
) -> None:
    plc.start()
    for wait_s in (0.0, 0.005, 0.02, 0.1):
        async with bridging(plant, plc, recorder) as bridge:
            await bridge.link.connected.wait()
            bridge.link.drop()
            await asyncio.sleep(wait_s)
            start = time.monotonic()
        assert time.monotonic() - start < 8.0
