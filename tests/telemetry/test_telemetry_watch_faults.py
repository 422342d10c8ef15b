"""What one watch, or keeping house, suffers costs no alarm of a limit: that is told once and would be lost for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from telemetry_world import PLANT, START, at, batch

from runtime.clock import SteppedClock
from runtime.health import HealthPart
from telemetry.conditions import Condition
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Delivery, Ingest, prepared_registry
from telemetry.worker import IngestThread

LOAD = "Temperature/Load"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDbStore]:
    made = DuckDbStore(tmp_path / "t.duckdb")
    yield made
    made.close()


@pytest.fixture
def ingest(store: DuckDbStore) -> Ingest:
    return Ingest(PLANT, store, prepared_registry(PLANT, store), now=START, monotonic=lambda: 0.0)


def test_a_model_that_errs_costs_no_limit_its_alarm(ingest: Ingest, store: DuckDbStore) -> None:
    def errs(_probe: str, _limit_c: float, _now_ms: int) -> None:
        raise ZeroDivisionError("a model that errs")

    ingest.live.foretell_by(errs)
    registry = prepared_registry(PLANT, store)
    told = []
    for minute in range(4):
        told += ingest.process([batch(registry, [(minute, LOAD, 9.0)], minute + 1)], at(minute)).changes
        for _ in range(20):  # each look asks for the trends of some probes
            told += ingest.look(at(minute)).changes
    assert [one.active for one in told if one.condition is Condition.TEMPERATURE_HIGH] == [True]
    ingest.process([batch(registry, [(4, LOAD, 4.0)], 5)], at(4))
    for _ in range(20):
        ingest.look(at(4))
    assert "a model that errs" in (ingest.fault or "")
    ingest.live.foretell_by(lambda _probe, _limit_c, _now_ms: None)
    for _ in range(20):
        ingest.look(at(4))
    assert ingest.fault is None


@pytest.mark.parametrize("part", ["_clocks", "_behaviour", "_rates", "_agreement", "_noise"])
def test_a_watch_that_fails_on_a_reading_costs_no_limit_its_alarm(
    ingest: Ingest, store: DuckDbStore, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def fails(*_: object) -> None:
        raise IndexError("out of bounds")

    monkeypatch.setattr(getattr(ingest._watches, part), "take", fails)
    registry = prepared_registry(PLANT, store)
    told = []
    for minute in range(4):
        told += ingest.process([batch(registry, [(minute, LOAD, 9.0)], minute + 1)], at(minute)).changes
    assert [one.active for one in told if one.condition is Condition.TEMPERATURE_HIGH] == [True]
    assert ingest.fault is not None


async def test_a_house_that_cannot_be_kept_stops_no_alarm(
    ingest: Ingest, store: DuckDbStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fails(now_ms: int) -> int:
        tried.append(now_ms)
        raise OSError("no room to sort")

    monkeypatch.setattr(ingest.housekeeping, "close_days", fails)
    heard = asyncio.Event()
    loop = asyncio.get_running_loop()

    def deliver(delivery: Delivery) -> None:
        if any(one.condition is Condition.TEMPERATURE_HIGH and one.active for one in delivery.changes):
            loop.call_soon_threadsafe(heard.set)

    health = HealthPart("telemetry")
    worker = IngestThread(ingest, SteppedClock(at(6)), deliver, health)
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(60):
        while not tried:  # noqa: ASYNC110 - another thread tries
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert not running.done()
        registry = prepared_registry(PLANT, store)
        for minute in range(6):
            worker.submit(batch(registry, [(minute, LOAD, 9.0)], minute + 1))
        await heard.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
