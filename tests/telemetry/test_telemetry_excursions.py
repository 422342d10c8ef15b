"""Excursions, gaps and mean kinetic temperature as pure functions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telemetry_world import MINUTE

from blood.components import Limits
from runtime.sparkplug.payload import Quality
from telemetry.excursions import Excursion, ExcursionKind, advance, gaps, scan
from telemetry.mkt import mean_kinetic_temperature
from telemetry.offsets import Offsets

COLD = Limits(2.0, 6.0)
GAP = 5 * MINUTE


def run(readings: list[tuple[float, float]], quality: list[int] | None = None) -> list[Excursion]:
    ts = np.array([round(minute * MINUTE) for minute, _ in readings], dtype=np.int64)
    values = np.array([value for _, value in readings])
    codes = np.array(quality or [Quality.GOOD.code] * len(readings), dtype=np.uint8)
    return scan("p", ts, values, codes, lambda _: COLD, GAP)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([4.0] * 24, 4.0000),
        ([4.0] * 23 + [20.0], 5.7675),
        ([2.0, 4.0, 6.0, 8.0, 10.0], 6.4773),
        ([22.0] * 20 + [30.0] * 4, 23.8920),
        ([4.0, 4.0, 4.0, 10.0], 5.9518),
    ],
)
def test_mean_kinetic_temperature_agrees_with_the_reference(values: list[float], expected: float) -> None:
    assert mean_kinetic_temperature(values) == pytest.approx(expected, abs=5e-5)


def test_unequal_durations_weigh_the_terms() -> None:
    assert mean_kinetic_temperature([4.0, 20.0], [23, 1]) == pytest.approx(5.7675, abs=5e-5)
    with pytest.raises(ValueError, match="at least one"):
        mean_kinetic_temperature([])


def test_an_excursion_runs_from_the_first_value_outside_to_the_first_inside() -> None:
    (one,) = run([(0, 4), (1, 6.5), (2, 8), (3, 7), (4, 5)])
    assert (one.kind, one.from_ms, one.to_ms) == (ExcursionKind.ABOVE, MINUTE, 4 * MINUTE)
    assert (one.minutes, one.worst_c, one.limit_c, one.gap_minutes) == (3, 8, 6, 0)
    assert one.mkt_c == pytest.approx(mean_kinetic_temperature([6.5, 8, 7]))


def test_a_value_on_the_limit_is_inside() -> None:
    assert run([(0, 2.0), (1, 6.0)]) == []


def test_too_cold_keeps_the_lowest_value() -> None:
    (one,) = run([(0, 1), (1, -2), (2, 0), (3, 4)])
    assert (one.kind, one.worst_c, one.limit_c) == (ExcursionKind.BELOW, -2, 2)


def test_a_jump_across_the_band_is_two_excursions() -> None:
    first, second = run([(0, 8), (1, 0), (2, 4)])
    assert (first.kind, first.to_ms, second.kind, second.from_ms) == (
        ExcursionKind.ABOVE,
        MINUTE,
        ExcursionKind.BELOW,
        MINUTE,
    )


def test_an_excursion_runs_on_through_a_gap_and_says_so() -> None:
    (one,) = run([(0, 8), (30, 8), (31, 4)])
    assert (one.minutes, one.gap_minutes) == (31, 30)
    assert one.mkt_c == pytest.approx(8)


def test_a_bad_value_neither_opens_nor_closes_anything() -> None:
    bad = Quality.BAD.code
    good = Quality.GOOD.code
    (one,) = run([(0, 8), (1, 4), (2, 9)], [good, bad, good])
    assert (one.to_ms, one.worst_c) == (None, 9)
    assert run([(0, 8)], [bad]) == []


def test_what_lasts_has_no_end() -> None:
    (one,) = run([(0, 4), (1, 7), (3, 7)])
    assert (one.to_ms, one.minutes) == (None, 2)


@given(st.lists(st.tuples(st.integers(1, 20), st.floats(-5, 12)), max_size=40))
def test_reading_by_reading_finds_what_one_look_finds(steps: list[tuple[int, float]]) -> None:
    minute, readings = 0, []
    for wait, value in steps:
        minute += wait
        readings.append((float(minute), value))
    running, found = None, []
    for at, value in readings:
        running, ended = advance("p", running, round(at * MINUTE), value, COLD, GAP)
        found += [ended] if ended else []
    assert run(readings) == found + ([running] if running else [])
    assert all(a.to_ms is not None and a.to_ms <= b.from_ms for a, b in pairwise(found))


def test_gaps_are_spans_without_a_good_reading() -> None:
    ts = np.array([0, 1, 2, 20, 21], dtype=np.int64) * MINUTE
    assert gaps(ts, 0, 30 * MINUTE, GAP) == [(2 * MINUTE, 20 * MINUTE), (21 * MINUTE, 30 * MINUTE)]
    assert gaps(np.empty(0, np.int64), 0, 30 * MINUTE, GAP) == [(0, 30 * MINUTE)]


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 6)), max_size=25))
def test_offsets_are_a_set_and_its_mark_is_contiguous(spans: list[tuple[int, int]]) -> None:
    offsets, model, key = Offsets(), set[int](), ("e", "x")
    for first, width in spans:
        offsets.add(key, first, first + width - 1)
        model |= set(range(first, first + width))
    mark = next(n for n in range(60) if n + 1 not in model)
    assert offsets.mark(key) == mark
    assert {n for a, b in offsets.ranges(key) for n in range(a, b + 1)} == model
    assert all(offsets.has(key, n, n) == (n in model) for n in range(1, 45))
    ranges = offsets.ranges(key)
    assert all(a[1] + 1 < b[0] for a, b in pairwise(ranges))
