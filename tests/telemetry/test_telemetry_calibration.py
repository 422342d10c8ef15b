"""Certificates: correction by the reading's own time, doubt after the due date."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.sparkplug.payload import Quality
from telemetry.calibration import DUE_SOON_MS, Calibrations, CalibrationState, Certificate

DAY = 86_400_000
GOOD, UNCERTAIN, BAD = Quality.GOOD.code, Quality.UNCERTAIN.code, Quality.BAD.code
OLD = Certificate("p", 100 * DAY, 200 * DAY, 0.3)
NEW = Certificate("p", 190 * DAY, 400 * DAY, -0.2)


def apply(known: Calibrations, *readings: tuple[str, float, float, int]) -> list[tuple[float, int]]:
    probes = ["p", "q"]
    rows = np.array([probes.index(probe) if probe in probes else -1 for probe, *_ in readings], dtype=np.int64)
    ts = np.array([round(day * DAY) for _, day, _, _ in readings], dtype=np.int64)
    values = np.array([value for _, _, value, _ in readings])
    quality = np.array([code for *_, code in readings], dtype=np.uint8)
    before = values.copy(), quality.copy()
    value, judged = known.for_rows(probes).apply(rows, ts, values, quality)
    assert np.array_equal(before[0], values, equal_nan=True)
    assert np.array_equal(before[1], quality)
    return [(round(v, 6), int(q)) for v, q in zip(value.tolist(), judged.tolist(), strict=True)]


def test_a_reading_is_corrected_by_the_certificate_of_its_own_time() -> None:
    known = Calibrations([NEW, OLD])
    readings = [("p", day, 4.0, GOOD) for day in (99.9, 100, 189.9, 190, 399.9)]
    assert apply(known, *readings) == [(4.0, GOOD), (4.3, GOOD), (4.3, GOOD), (3.8, GOOD), (3.8, GOOD)]


def test_after_its_due_time_a_reading_is_uncertain_until_a_newer_certificate_begins() -> None:
    gap = Certificate("p", 250 * DAY, 400 * DAY, 0.0)
    readings = [("p", day, 4.0, GOOD) for day in (199.9, 200, 249.9, 250)]
    assert apply(Calibrations([OLD, gap]), *readings) == [(4.3, GOOD), (4.3, UNCERTAIN), (4.3, UNCERTAIN), (4.0, GOOD)]


def test_an_overdue_certificate_makes_nothing_better() -> None:
    codes = (GOOD, UNCERTAIN, BAD, Quality.STALE.code)
    found = apply(Calibrations([OLD]), *(("p", 300, 4.0, code) for code in codes))
    assert [code for _, code in found] == [UNCERTAIN, UNCERTAIN, BAD, Quality.STALE.code]


def test_a_probe_without_a_certificate_and_what_is_no_probe_stay_as_they_are() -> None:
    known = Calibrations([OLD])
    assert apply(known, ("q", 300, 4.0, GOOD), ("door", 300, 1.0, GOOD)) == [(4.0, GOOD), (1.0, GOOD)]
    assert apply(Calibrations(), ("p", 300, 4.0, GOOD)) == [(4.0, GOOD)]


def test_null_stays_null() -> None:
    known = Calibrations([OLD]).for_rows(["p"])
    value, _ = known.apply(np.zeros(1, np.int64), np.array([150 * DAY]), np.array([math.nan]), np.array([0], np.uint8))
    assert np.isnan(value).all()


@pytest.mark.parametrize(
    ("day_ms", "state"),
    [
        (99 * DAY, CalibrationState.NONE),
        (100 * DAY, CalibrationState.VALID),
        (200 * DAY - DUE_SOON_MS - 1, CalibrationState.VALID),
        (200 * DAY - DUE_SOON_MS, CalibrationState.DUE),
        (200 * DAY - 1, CalibrationState.DUE),
        (200 * DAY, CalibrationState.OVERDUE),
    ],
)
def test_a_certificate_is_valid_then_due_then_overdue(day_ms: int, state: CalibrationState) -> None:
    assert Calibrations([OLD]).state("p", day_ms) is state


def test_of_two_that_begin_together_the_one_recorded_later_counts() -> None:
    again = Certificate("p", OLD.from_ms, 500 * DAY, 0.1)
    assert Calibrations([OLD, again]).of("p") == (again,)


certificates = st.builds(
    Certificate,
    probe=st.sampled_from(["p", "q"]),
    from_ms=st.integers(0, 50),
    due_ms=st.integers(51, 120),
    offset_c=st.sampled_from([-0.5, 0.0, 0.25]),
)


@given(st.lists(certificates, max_size=8), st.lists(st.tuples(st.sampled_from("pq"), st.integers(0, 130)), max_size=20))
def test_many_at_once_are_judged_as_each_by_itself(known: list[Certificate], asked: list[tuple[str, int]]) -> None:
    calibrations = Calibrations(known)
    found = apply(calibrations, *((probe, ms / DAY, 4.0, GOOD) for probe, ms in asked))
    for (probe, ms), (value, quality) in zip(asked, found, strict=True):
        one = calibrations.at(probe, ms)
        assert value == pytest.approx(4.0 + (one.offset_c if one else 0))
        assert quality == (UNCERTAIN if one and one.due_ms <= ms else GOOD)


def test_a_probe_may_have_been_overdue_until_its_next_certificate_or_until_that_was_told_of() -> None:
    day = 86_400_000
    one, late = Certificate("p", 0, 100 * day, 0.0), Certificate("p", 300 * day, 400 * day, 0.0)
    assert Calibrations([one]).overdue("p")[0][0] == 100 * day
    assert Calibrations([one, late]).overdue("p")[0] == (100 * day, 300 * day)
    in_time = Certificate("p", 90 * day, 400 * day, 0.0)
    assert Calibrations([one, in_time]).overdue("p")[0] == (100 * day, 160 * day)
    assert Calibrations([]).overdue("p") == []
