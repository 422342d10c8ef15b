"""A file judged as the running system would have judged it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blood.components import Limits
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.conditions import Condition, Severity
from telemetry.evaluate import Evaluator
from telemetry.excursions import ExcursionKind
from telemetry.loggers.model import LoggerFormat, ReadingsExport
from telemetry.loggers.replay import gap_after_ms, gaps_of, replay
from telemetry.mkt import mean_kinetic_temperature
from telemetry.sources import Cell, Sensor, SensorKind, table_of

MINUTE = 60_000
START = 1_772_352_000_000
COLD = Limits(2.0, 6.0)


def export(readings: Sequence[tuple[float, float]]) -> ReadingsExport:
    times = np.array([START + round(minute * MINUTE) for minute, _ in readings], dtype=np.int64)
    values = np.array([value for _, value in readings])
    return ReadingsExport(LoggerFormat.CSV, times, values, np.arange(2, 2 + len(times)), None, is_own_clock=False)


def judged(
    readings: Sequence[tuple[float, float]], minutes: float, limits: Limits = COLD, gap: float | None = None
) -> list[tuple[float, float | None, float | None]]:
    """(start, end, alarm_at) of each excursion, in minutes since the start."""
    file = export(readings)
    after = gap_after_ms(file) if gap is None else round(gap * MINUTE)
    found = replay(file, limits, round(minutes * MINUTE), after)
    return [
        ((one.excursion.from_ms - START) / MINUTE, since(one.excursion.to_ms), since(one.alarm_ms)) for one in found
    ]


def since(ms: int | None) -> float | None:
    return None if ms is None else (ms - START) / MINUTE


def steady(*spans: tuple[int, float], every: int = 1) -> list[tuple[float, float]]:
    values = [value for count, value in spans for _ in range(count)]
    return [(every * i, value) for i, value in enumerate(values)]


def test_it_alarms_when_it_was_outside_for_so_long() -> None:
    assert judged(steady((5, 4), (12, 7), (3, 4)), 5) == [(5, 17, 10)]


def test_a_short_burst_does_not_alarm() -> None:
    assert judged(steady((5, 4), (4, 7), (3, 4)), 5) == [(5, 9, None)]


def test_just_so_long_is_long_enough() -> None:
    assert judged(steady((5, 4), (5, 7), (3, 4)), 5) == [(5, 10, 10)]


def test_without_a_delay_it_alarms_at_once() -> None:
    assert judged(steady((2, 4), (1, 7), (1, 4)), 0) == [(2, 3, 2)]


def test_one_reading_inside_begins_the_wait_anew() -> None:
    assert judged(steady((1, 4), (4, 7), (1, 5.9), (6, 7), (1, 4)), 5) == [(1, 5, None), (6, 12, 11)]


def test_the_limit_itself_is_inside() -> None:
    assert judged(steady((5, 6.0), (5, 2.0)), 0) == []


@pytest.mark.parametrize(("limits", "count"), [(Limits(2.0, None), 1), (Limits(None, 6.0), 1), (COLD, 2)])
def test_either_limit_may_be_left_open(limits: Limits, count: int) -> None:
    assert len(judged(steady((5, 4), (10, 7), (5, 4), (10, 1), (5, 4)), 5, limits)) == count


def test_too_cold_after_too_warm_is_an_excursion_of_its_own() -> None:
    file = export(steady((1, 4), (10, 7), (10, 1), (1, 4)))
    kinds = [one.excursion.kind for one in replay(file, COLD, 0, 5 * MINUTE)]
    assert kinds == [ExcursionKind.ABOVE, ExcursionKind.BELOW]


def test_what_lasts_at_the_end_of_the_file_has_no_end_and_no_alarm_after_it() -> None:
    assert judged(steady((5, 4), (5, 7)), 5) == [(5, None, None)]
    assert judged(steady((5, 4), (6, 7)), 5) == [(5, None, 10)]


def test_the_instant_of_the_alarm_need_not_be_one_of_a_reading() -> None:
    assert judged(steady((1, 4), (4, 7), (1, 4), every=4), 6) == [(4, 20, 10)]


def test_nobody_can_say_in_a_gap_so_it_alarms_at_the_next_reading_outside() -> None:
    readings = [(0, 4.0), (1, 7.0), (2, 7.0), (30, 7.0), (31, 4.0)]
    assert judged(readings, 10, gap=5) == [(1, 31, 30)]
    assert judged([*readings[:3], (30, 4.0)], 10, gap=5) == [(1, 30, None)]


def test_gaps_are_named_with_the_line_after_them() -> None:
    file = export([(0, 4), (1, 4), (2, 4), (30, 4), (31, 4)])
    assert gap_after_ms(file) == 5 * MINUTE
    assert [(since(gap.from_ms), since(gap.to_ms), gap.line) for gap in gaps_of(file, 5 * MINUTE)] == [(2, 30, 5)]


def test_a_slow_logger_is_not_full_of_gaps() -> None:
    file = export(steady((20, 4), every=15))
    assert gap_after_ms(file) == 22.5 * MINUTE
    assert gaps_of(file, gap_after_ms(file)) == []


def test_the_mean_kinetic_temperature_is_that_of_the_minutes_outside() -> None:
    (one,) = replay(export(steady((2, 4), (3, 8), (3, 10), (1, 4))), COLD, 0, 5 * MINUTE)
    assert one.excursion.mkt_c == pytest.approx(mean_kinetic_temperature([8] * 3 + [10] * 3))
    assert (one.excursion.worst_c, one.excursion.minutes) == (10, 6)


walks = st.lists(
    st.tuples(st.sampled_from([0.5, 1, 1, 1, 2, 4, 9]), st.sampled_from([1.0, 4.0, 4.0, 7.0, 7.0, 7.0])),
    min_size=1,
    max_size=40,
)


@given(walks, st.sampled_from([0, 1, 3, 5, 12]))
@settings(max_examples=150, deadline=None)
def test_it_says_the_same_as_an_evaluator_that_lives_through_the_whole_file(
    steps: list[tuple[float, float]], minutes: int
) -> None:
    times = np.cumsum([step for step, _ in steps])
    readings = list(zip(times.tolist(), [value for _, value in steps], strict=True))
    alarms = {alarm for _, _, alarm in judged(readings, minutes, gap=5) if alarm is not None}
    assert alarms == lived(readings, minutes)


def lived(readings: Sequence[tuple[float, float]], minutes: int) -> set[float]:
    """When an evaluator that looks every half minute tells of either limit."""
    sensor = Sensor("p", SensorKind.PROBE, "e", "d", "m", "place", ("place",), 5 * MINUTE)
    cells = [
        Cell(0, Condition.TEMPERATURE_HIGH, Severity.HIGH, 1, 6.0, 0.0, minutes * MINUTE),
        Cell(0, Condition.TEMPERATURE_LOW, Severity.HIGH, -1, 2.0, 0.0, minutes * MINUTE),
    ]
    limits = {cell.condition for cell in cells}
    evaluator = Evaluator(table_of([sensor], cells, SourceRegistry()), start_ms=START, start_real_s=START / 1000)
    due = {START + round(minute * MINUTE): value for minute, value in readings}
    told: set[float] = set()
    row, good = np.zeros(1, dtype=np.int64), np.full(1, Quality.GOOD.code, dtype=np.int64)
    standing: set[Condition] = set()
    for ms in range(START, max(due) + 1, MINUTE // 2):
        changes = evaluator.look(ms, ms / 1000)
        if ms in due:
            changes += evaluator.observe(row, np.array([ms]), np.array([due[ms]]), good, ms / 1000)
        for change in (change for change in changes if change.condition in limits):
            if change.active and change.condition not in standing:
                standing.add(change.condition)
                told.add((ms - START) / MINUTE)
            elif change.active is False:
                standing.discard(change.condition)
    return told
