"""What is seen of a store before a limit is passed: spikes, a stuck probe, a compressor without a rest, a trend."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from telemetry_world import PLANT, START, at, batch

from runtime.sparkplug.readings import SourceRegistry
from telemetry.behaviour import DUTY_MIN
from telemetry.conditions import Condition, ConditionChange
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
from telemetry.live import LiveQuality

AIR, LOAD, COMPRESSOR = "Temperature/Air", "Temperature/Load", "Compressor/Running"


class Store:
    """Telemetry that hears one message a minute from cold room 1."""

    def __init__(self, path: Path) -> None:
        self.history = DuckDbStore(path)
        self.registry: SourceRegistry = prepared_registry(PLANT, self.history)
        self.ingest = Ingest(PLANT, self.history, self.registry, now=START, monotonic=self._real_s)
        self.told: list[tuple[float, str, Condition, bool | None]] = []
        self._minute = 0.0
        self._offset = 0

    def _real_s(self) -> float:
        return getattr(self, "_minute", 0.0)

    def minute(self, minute: float, **values: float) -> list[ConditionChange]:
        names = {"air": AIR, "load": LOAD, "compressor": COMPRESSOR}
        self._minute = minute
        self._offset += 1
        message = batch(self.registry, [(minute, names[key], value) for key, value in values.items()], self._offset)
        changes = list(self.ingest.process([message], at(minute)).changes)
        self.told += [(minute, change.source, change.condition, change.active) for change in changes]
        return changes

    def when(self, condition: Condition, *, active: bool | None = True) -> list[float]:
        return [minute for minute, _, said, is_active in self.told if said is condition and is_active is active]

    def quality(self, probe: str) -> LiveQuality:
        return self.ingest.live.reading(probe, self._now()).quality

    def _now(self) -> datetime:
        return at(self._minute)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "t.duckdb")
    yield store
    store.history.close()


def swing(minute: int) -> float:
    """Air of a healthy cold room: two starts an hour."""
    return 4.0 + 0.7 * (1 - abs((minute % 30) / 7.5 - 2) if minute % 30 else -1.0) + (minute * 7 % 5) * 0.01


def live_through(store: Store, minutes: range, values: Callable[[int], dict[str, float]]) -> None:
    for minute in minutes:
        store.minute(float(minute), **values(minute))


def test_a_spike_is_not_believed_and_rings_for_the_probe_alone(store: Store) -> None:
    live_through(store, range(60), lambda m: {"load": 85.0 if m in {20, 40} else 4.0 + (m % 3) * 0.01})
    of_the_probe = {said for _, source, said, active in store.told if active and source == "cold-1-load"}
    assert of_the_probe == {Condition.SENSOR_BAD}
    assert store.when(Condition.SENSOR_BAD) == [20.0], "it comes and goes: one alarm"
    assert store.history.excursions(["cold-1-load"], 0, 2**53) == []


def test_a_probe_that_sent_nonsense_is_sound_after_half_an_hour_of_sense(store: Store) -> None:
    live_through(store, range(80), lambda m: {"load": -127.0 if m == 20 else 4.0 + (m % 3) * 0.01})
    assert store.when(Condition.SENSOR_BAD, active=False) == [0.0, 50.0]


def test_what_stays_where_it_jumped_to_is_believed(store: Store) -> None:
    live_through(store, range(40), lambda m: {"load": 4.0 + (m % 3) * 0.01 if m < 20 else 15.0 + (m % 3) * 0.01})
    assert store.when(Condition.TEMPERATURE_HIGH), "somebody really carried warm blood in, or the probe out"


def test_air_that_never_moves_is_a_stuck_probe_and_its_value_unknown(store: Store) -> None:
    live_through(store, range(30), lambda m: {"air": swing(m)})
    assert store.quality("cold-1-air") is LiveQuality.GOOD
    live_through(store, range(30, 90), lambda _: {"air": 4.2})
    assert store.when(Condition.SENSOR_STUCK) == [75.0]
    assert store.quality("cold-1-air") is LiveQuality.UNCERTAIN
    store.minute(91.0, air=4.3)
    assert store.when(Condition.SENSOR_STUCK, active=False) == [91.0]
    assert store.quality("cold-1-air") is LiveQuality.GOOD


def test_a_load_probe_may_rest_at_one_value(store: Store) -> None:
    live_through(store, range(120), lambda _: {"load": 4.0})
    assert store.when(Condition.SENSOR_STUCK) == []


def test_a_compressor_without_a_rest_in_three_hours_labours(store: Store) -> None:
    live_through(store, range(60), lambda m: {"compressor": float(m % 30 < 10)})
    live_through(store, range(60, 60 + DUTY_MIN + 30), lambda _: {"compressor": 1.0})
    (told,) = store.when(Condition.COOLING_LABOURS)
    assert 60 + DUTY_MIN - 30 <= told <= 60 + DUTY_MIN
    live_through(store, range(270, 330), lambda m: {"compressor": float(m % 2)})
    assert len(store.when(Condition.COOLING_LABOURS, active=False)) == 1


def test_a_compressor_that_is_not_heard_of_says_nothing(store: Store) -> None:
    live_through(store, range(60, 60 + DUTY_MIN + 30), lambda m: {"air": swing(m)})
    assert store.when(Condition.COOLING_LABOURS) == []


def test_a_store_that_heads_for_its_limit_says_so_long_before_and_a_swing_does_not(store: Store) -> None:
    live_through(store, range(120), lambda m: {"load": 4.0 + (m % 3) * 0.01})
    assert store.when(Condition.TEMPERATURE_TREND) == []
    live_through(store, range(120, 290), lambda m: {"load": 4.0 + (m - 120) * 0.015})
    (told,) = store.when(Condition.TEMPERATURE_TREND)
    assert told < store.when(Condition.TEMPERATURE_HIGH)[0] - 60
