"""When a reading becomes a condition, and when it stops being one."""

from __future__ import annotations

import time

import numpy as np
import pytest
from telemetry_world import PLANT, START_MS, at, ms

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.conditions import Condition, ConditionChange, Severity
from telemetry.evaluate import Evaluator
from telemetry.sources import Cell, Sensor, SensorKind, build_table, table_of

HIGH, LOW = Condition.TEMPERATURE_HIGH, Condition.TEMPERATURE_LOW


class Bench:
    """An evaluator with a clock of its own; `real` runs with the minutes unless said otherwise."""

    def __init__(self) -> None:
        self.table = build_table(PLANT, SourceRegistry())
        self.rows = {sensor.id: row for row, sensor in enumerate(self.table.sensors)}
        self.evaluator = Evaluator(self.table, start_ms=START_MS, start_real_s=0.0)
        self.told: dict[tuple[str, Condition], bool | None] = {}

    def read(self, sensor: str, minute: float, value: float, quality: Quality = Quality.GOOD) -> list[ConditionChange]:
        row = np.array([self.rows[sensor]])
        return self._note(
            self.evaluator.observe(
                row, np.array([ms(minute)]), np.array([value]), np.array([quality.code]), minute * 60.0
            )
        )

    def look(self, minute: float, real_s: float | None = None) -> list[ConditionChange]:
        return self._note(self.evaluator.look(ms(minute), minute * 60.0 if real_s is None else real_s))

    def _note(self, changes: list[ConditionChange]) -> list[ConditionChange]:
        for change in changes:
            self.told[change.source, change.condition] = change.active
        return changes

    def state(self, sensor: str, condition: Condition) -> bool | str | None:
        return self.told.get((sensor, condition), "untold")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_air_probe_is_confirmed_after_five_minutes_without_a_break(bench: Bench) -> None:
    bench.read("cold-1-air", 0, 4.0)
    for minute in range(1, 6):
        bench.read("cold-1-air", minute, 6.5)
        assert bench.state("cold-1-air", HIGH) is False
    changes = bench.read("cold-1-air", 6, 6.5)
    high = next(change for change in changes if change.condition is HIGH)
    assert (high.active, high.value, high.limit, high.at, high.place) == (True, 6.5, 6.0, at(6), "cold-1")
    assert high.priority_hint is Severity.HIGH


def test_a_load_probe_is_confirmed_after_one_minute_and_is_critical(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 6.1)
    assert bench.state("cold-1-load", HIGH) == "untold"
    change = next(c for c in bench.look(1) if c.condition is HIGH)
    assert (change.active, change.priority_hint) == (True, Severity.CRITICAL)


def test_one_value_inside_starts_the_delay_again(bench: Bench) -> None:
    bench.read("cold-1-air", 0, 6.5)
    bench.read("cold-1-air", 4, 5.9)
    bench.read("cold-1-air", 4.5, 6.5)
    bench.look(7)
    assert bench.state("cold-1-air", HIGH) == "untold"
    bench.look(9.5)
    assert bench.state("cold-1-air", HIGH) is True


def test_a_limit_is_left_only_beyond_the_dead_band(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 6.5)
    bench.look(1)
    bench.read("cold-1-load", 2, 5.9)
    assert bench.state("cold-1-load", HIGH) is True
    bench.read("cold-1-load", 3, 5.7)
    assert bench.state("cold-1-load", HIGH) is False


def test_too_cold_is_a_condition_of_its_own(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 1.0)
    bench.look(1)
    assert bench.state("cold-1-load", LOW) is True
    assert bench.state("cold-1-load", HIGH) is False


def test_alerts_come_before_limits(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 5.7)
    bench.look(1)
    assert bench.state("cold-1-load", Condition.TEMPERATURE_HIGH_ALERT) is True
    assert bench.state("cold-1-load", HIGH) is False


@pytest.mark.parametrize("quality", [Quality.BAD, Quality.UNCERTAIN, Quality.STALE])
def test_a_value_of_poor_quality_clears_nothing_and_makes_what_held_unknown(bench: Bench, quality: Quality) -> None:
    bench.read("cold-1-load", 0, 6.5)
    bench.look(1)
    bench.read("cold-1-load", 2, 4.0, quality)
    assert bench.state("cold-1-load", HIGH) is None
    bench.read("cold-1-load", 3, 6.4)
    assert bench.state("cold-1-load", HIGH) is True
    bench.read("cold-1-load", 4, 4.0)
    assert bench.state("cold-1-load", HIGH) is False


def test_a_bad_or_null_value_is_told_of_the_sensor(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 4.0)
    assert bench.state("cold-1-load", Condition.SENSOR_BAD) is False
    bench.read("cold-1-load", 1, 4.0, Quality.BAD)
    assert bench.state("cold-1-load", Condition.SENSOR_BAD) is True
    bench.read("cold-1-load", 2, 4.0)
    bench.read("cold-1-load", 3, float("nan"))
    assert bench.state("cold-1-load", Condition.SENSOR_BAD) is True


def test_nothing_is_called_normal_before_the_first_good_value(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 4.0, Quality.BAD)
    bench.look(1)
    assert bench.state("cold-1-load", HIGH) == "untold"
    bench.read("cold-1-load", 2, 4.0)
    assert bench.state("cold-1-load", HIGH) is False


def test_a_probe_is_silent_after_its_deadline_and_its_conditions_unknown(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 6.5)
    bench.look(1)
    bench.look(5)
    assert bench.state("cold-1-load", Condition.SENSOR_SILENT) is False
    changes = bench.look(5.1)
    silent = next(c for c in changes if c.condition is Condition.SENSOR_SILENT and c.source == "cold-1-load")
    assert (silent.active, silent.value, silent.limit) == (True, pytest.approx(306), 300)
    assert bench.state("cold-1-load", HIGH) is None
    bench.read("cold-1-load", 6, 4.0)
    assert bench.state("cold-1-load", Condition.SENSOR_SILENT) is False
    assert bench.state("cold-1-load", HIGH) is False


def test_silence_never_counts_before_fifteen_real_seconds(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 4.0)
    bench.look(60, real_s=14.0)
    assert bench.state("cold-1-load", Condition.SENSOR_SILENT) is False
    bench.look(61, real_s=15.1)
    assert bench.state("cold-1-load", Condition.SENSOR_SILENT) is True


def test_a_probe_that_never_speaks_is_silent_too(bench: Bench) -> None:
    bench.look(6)
    assert bench.state("plasma-1-air", Condition.SENSOR_SILENT) is True


def test_a_door_warns_then_alarms_and_says_how_long(bench: Bench) -> None:
    bench.read("cold-1-door", 0, 1.0)
    bench.look(0.9)
    assert bench.state("cold-1-door", Condition.DOOR_OPEN) == "untold"
    warned = next(c for c in bench.look(1) if c.condition is Condition.DOOR_OPEN)
    assert (warned.active, warned.value, warned.limit) == (True, 60, 60)
    alarmed = next(c for c in bench.look(3) if c.condition is Condition.DOOR_OPEN_LONG)
    assert (alarmed.active, alarmed.value, alarmed.limit) == (True, 180, 180)
    bench.read("cold-1-door", 4, 0.0)
    assert bench.state("cold-1-door", Condition.DOOR_OPEN) is False
    assert bench.state("cold-1-door", Condition.DOOR_OPEN_LONG) is False


def test_an_open_door_holds_back_the_air_probe_for_ten_minutes_at_most(bench: Bench) -> None:
    bench.read("cold-1-door", 0, 1.0)
    for minute in range(1, 10):
        bench.read("cold-1-air", minute, 9.0)
    assert bench.state("cold-1-air", HIGH) == "untold"
    bench.look(9.9)
    assert bench.state("cold-1-air", HIGH) == "untold"
    bench.look(10)
    assert bench.state("cold-1-air", HIGH) is True


def test_an_open_door_holds_back_neither_the_load_probe_nor_another_room(bench: Bench) -> None:
    bench.read("cold-1-door", 0, 1.0)
    bench.read("cold-1-load", 0, 7.0)
    bench.read("plasma-1-air", 0, -10.0)
    bench.look(1)
    assert bench.state("cold-1-load", HIGH) is True
    bench.look(5)
    assert bench.state("plasma-1-air", HIGH) is True


def test_a_door_that_nobody_can_see_holds_back_nothing(bench: Bench) -> None:
    bench.read("cold-1-door", 0, 1.0)
    bench.read("cold-1-air", 0, 9.0)
    bench.read("cold-1-door", 1, 1.0, Quality.BAD)
    bench.look(5)
    assert bench.state("cold-1-air", HIGH) is True


def test_lost_mains_is_told_at_once(bench: Bench) -> None:
    bench.read("cold-1", 0, 0.0)
    assert bench.state("cold-1", Condition.POWER_LOST) is True
    bench.read("cold-1", 1, 1.0)
    assert bench.state("cold-1", Condition.POWER_LOST) is False


def test_a_device_that_went_leaves_its_values_unknown(bench: Bench) -> None:
    bench.read("cold-1-load", 0, 7.0)
    bench.look(1)
    changes = bench.evaluator.mark_stale(np.array([bench.rows["cold-1-load"]]), ms(2))
    assert (HIGH, None) in [(c.condition, c.active) for c in changes]
    assert all(c.active is None for c in changes)
    assert bool(bench.evaluator.confirmed_outside()[bench.rows["cold-1-load"]])


def test_several_readings_of_one_probe_in_a_batch_are_judged_in_order(bench: Bench) -> None:
    row = bench.rows["cold-1-load"]
    minutes, values = [0, 0.5, 1.0, 2.0, 2.5], [7.0, 7.0, 7.0, 4.0, 7.0]
    changes = bench.evaluator.observe(
        np.full(5, row), np.array([ms(m) for m in minutes]), np.array(values), np.full(5, Quality.GOOD.code), 1.0
    )
    assert [c.active for c in changes if c.condition is HIGH] == [True, False]


def test_an_older_reading_never_moves_a_live_value(bench: Bench) -> None:
    bench.read("cold-1-load", 5, 4.0)
    bench.read("cold-1-load", 1, 9.0)
    assert bench.evaluator.value[bench.rows["cold-1-load"]] == 4.0


def test_ten_thousand_sensors_are_judged_in_five_milliseconds() -> None:
    registry = SourceRegistry()
    sensors = [Sensor(f"p{n}", SensorKind.PROBE, "e", f"d{n}", "t", "x", ("x",), 300_000) for n in range(10_000)]
    cells = [
        Cell(n, condition, Severity.HIGH, sign, limit, 0.2, 300_000)
        for n in range(10_000)
        for condition, sign, limit in ((HIGH, 1, 6.0), (LOW, -1, 2.0))
    ]
    evaluator = Evaluator(table_of(sensors, cells, registry), start_ms=0, start_real_s=0.0)
    rows, quality = np.arange(10_000), np.full(10_000, Quality.GOOD.code)
    values = np.random.default_rng(1).normal(4, 0.5, 10_000)
    evaluator.observe(rows, np.zeros(10_000, np.int64), values, quality, 0.0)
    fastest = np.inf
    for turn in range(1, 12):
        began = time.perf_counter()
        evaluator.look(turn * 1000, float(turn))
        fastest = min(fastest, time.perf_counter() - began)
    assert fastest < 0.005, f"{fastest * 1000:.2f} ms"
