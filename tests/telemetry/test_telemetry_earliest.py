"""A model may give a warning earlier, never later: alarms and rescues reckon with the least of model and line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from telemetry_world import PLANT, START, at, batch

from telemetry.behaviour import TREND_AFTER_MS
from telemetry.conditions import Condition
from telemetry.duckdb_store import DuckDbStore
from telemetry.forecast import HORIZON_MIN, Basis, Minutes
from telemetry.ingest import Ingest, prepared_registry

LOAD, PROBE = "Temperature/Load", "cold-1-load"
WARMS_C_PER_MIN = 0.02


class Site:
    """A load that warms on a straight line from 4.0 C; ``foretold`` is what the model says of it."""

    def __init__(self, path: Path) -> None:
        self.store = DuckDbStore(path)
        registry = prepared_registry(PLANT, self.store)
        self.registry = registry
        self.ingest = Ingest(PLANT, self.store, registry, now=START, monotonic=lambda: 0.0)
        self.foretold: Minutes | None = None
        self.ingest.live.foretell_by(lambda probe, _band, _ms: self.foretold if probe == PROBE else None)

    def warm(self, minutes: int) -> int | None:
        """Live so many minutes; returns the minute in which the trend alarm came."""
        for minute in range(minutes):
            said = batch(self.registry, [(float(minute), LOAD, 4.0 + WARMS_C_PER_MIN * minute)], minute + 1)
            for change in self.ingest.process([said], at(minute)).changes:
                if change.condition is Condition.TEMPERATURE_TREND and change.source == PROBE and change.active:
                    return minute
        return None


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "t.duckdb")
    yield made
    made.store.close()


LATEST = int(30 + TREND_AFTER_MS / 60_000)
"""The straight line needs half an hour, and the alarm that it holds."""


@pytest.mark.parametrize(
    "model",
    [
        None,
        Minutes(2000.0, 1500.0, 2600.0, Basis.EVENTS),
        Minutes(HORIZON_MIN + 1, HORIZON_MIN + 1, None, Basis.KIND),
        Minutes(0.0, 0.0, 0.0, Basis.EVENTS),
    ],
    ids=["silent", "far too late", "just beyond the horizon", "wrongly passed already"],
)
def test_the_trend_alarm_comes_no_later_than_by_the_line_whatever_the_model_says(
    site: Site, model: Minutes | None
) -> None:
    site.foretold = model
    told = site.warm(LATEST + 5)
    assert told is not None
    assert told <= LATEST


def test_a_model_that_sees_it_earlier_warns_earlier(site: Site) -> None:
    site.foretold = Minutes(300.0, 200.0, 400.0, Basis.EVENTS)
    assert site.warm(LATEST) == TREND_AFTER_MS // 60_000


def test_the_earliest_is_the_least_of_band_and_line_and_the_screen_has_the_band(site: Site) -> None:
    live = site.ingest.live
    site.warm(32)
    line = live.earliest(PROBE, at(31))
    assert line == pytest.approx((6.0 - 4.0) / WARMS_C_PER_MIN - 31, rel=0.1)
    site.foretold = late = Minutes(300.0, 200.0, 400.0, Basis.EVENTS)
    assert (live.earliest(PROBE, at(31)), live.time_left(PROBE, at(31))) == (line, late)
    site.foretold = early = Minutes(60.0, 40.0, 90.0, Basis.EVENTS)
    assert (live.earliest(PROBE, at(31)), live.time_left(PROBE, at(31))) == (40.0, early)


def test_no_minute_left_is_said_of_nothing_that_is_still_inside(site: Site) -> None:
    live = site.ingest.live
    site.warm(32)
    site.foretold = Minutes(0.0, 0.0, 3.0, Basis.EVENTS)
    assert live.minutes_to_limit(PROBE, at(31)) == 1.0
    site.ingest.process([batch(site.registry, [(32.0, LOAD, 6.5)], 33)], at(32))
    assert live.minutes_to_limit(PROBE, at(32)) == 0.0
