"""Excursions of the printed passport: what means one thing for the bag is one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wms.passports.model import ExcursionLine, ExcursionVerdict, Side
from wms.passports.together import together

BEGIN = datetime(2026, 11, 20, 8, tzinfo=UTC)


def excursion(begin: float, end: float | None, **more: Any) -> ExcursionLine:
    fields: dict[str, Any] = {
        "id": f"e{begin}",
        "probe": "box-logger",
        "probe_kind": "air",
        "place": "box/r20-1",
        "side": Side.ABOVE,
        "from_at": BEGIN + timedelta(minutes=begin),
        "to_at": None if end is None else BEGIN + timedelta(minutes=end),
        "minutes": (begin + 1 if end is None else end) - begin,
        "worst_c": 12.0,
        "limit_c": 10.0,
        "verdict": ExcursionVerdict.OUTSIDE,
        "disposition": None,
        **more,
    }
    return ExcursionLine(**fields)


def test_times_that_mean_one_thing_are_one_line_with_all_minutes_and_the_furthest_value() -> None:
    ((line, times),) = together([excursion(10, 12, worst_c=14.0), excursion(0, 3), excursion(5, 6)])
    assert (times, line.minutes, line.worst_c) == (3, 6, 14.0)
    assert (line.from_at, line.to_at) == (BEGIN, BEGIN + timedelta(minutes=12))


@pytest.mark.parametrize(
    "other",
    [
        {"verdict": ExcursionVerdict.BRIEF},
        {"disposition": "dsp-1"},
        {"side": Side.BELOW},
        {"limit_c": 6.0},
        {"place": "box/r20-2"},
        {"probe": "other"},
    ],
)
def test_what_means_another_thing_stays_apart(other: dict[str, Any]) -> None:
    assert [times for _, times in together([excursion(0, 1), excursion(2, 3, **other)])] == [1, 1]


def test_one_that_lasts_lasts_for_all_and_below_the_coldest_counts() -> None:
    ((line, _),) = together(
        [excursion(0, None, side=Side.BELOW, worst_c=1.0), excursion(2, 3, side=Side.BELOW, worst_c=-2.0)]
    )
    assert (line.to_at, line.worst_c) == (None, -2.0)
