"""What one watch, or keeping house, suffers costs no alarm of a limit: that is told once and would be lost for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from telemetry_world import EDGE, PLANT, START, at, batch, ms

from runtime.clock import SteppedClock
from runtime.health import HealthPart
from runtime.sparkplug.payload import Quality
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


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_a_value_that_is_no_number_neither_raises_nor_ends_an_alarm_and_is_shown_as_bad(
    ingest: Ingest, store: DuckDbStore, value: float
) -> None:
    registry = prepared_registry(PLANT, store)
    ingest.resume([("cold-1-load", Condition.TEMPERATURE_HIGH), ("cold-1-load", Condition.TEMPERATURE_LOW)])
    told = []
    for minute in range(5):
        told += ingest.process([batch(registry, [(minute, LOAD, value)], minute + 1)], at(minute)).changes
    mine = [(one.condition, one.active) for one in told if one.source == "cold-1-load"]
    assert (Condition.SENSOR_BAD, True) in mine
    assert not [
        one for one in mine if one[0] is not Condition.SENSOR_BAD and one[1] is False and one[0].startswith("temp")
    ]
    assert ingest.live.reading("cold-1-load", at(5)).value is None
    assert store.running() == []
    source = registry.find(EDGE, "cold-1", LOAD)
    assert source is not None
    kept = store.readings(source, ms(0), ms(9))
    assert kept.quality.tolist() == [Quality.BAD.code] * 5
    assert np.isnan(kept.value).all()
