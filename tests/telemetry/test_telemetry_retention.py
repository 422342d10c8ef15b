"""What is old goes, roll-ups last; a day that somebody needs stays, and nothing goes while nobody can say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from runtime.sparkplug.payload import Quality
from telemetry.duckdb_store import DuckDbStore
from telemetry.housekeeping import STRAGGLERS_MS, Housekeeping
from telemetry.retention import Horizons, Retention, horizons
from telemetry.rollups import HOUR_MS
from telemetry.store import Readings, StoreWrite

DAY = 86_400_000
START = 20_500 * DAY
FEW = Retention(raw_days=2, minute_days=3, hour_days=5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDbStore]:
    opened = DuckDbStore(tmp_path / "t.duckdb")
    for day in range(10):
        ts = START + day * DAY + np.arange(0, DAY, HOUR_MS)
        ones = np.ones(len(ts))
        good = np.full(len(ts), Quality.GOOD.code, np.uint8)
        write = Readings(np.zeros(len(ts), np.int32), ts, ones, good, np.zeros(len(ts), np.bool_))
        opened.write(StoreWrite(readings=write))
    yield opened
    opened.close()


def days_of(store: DuckDbStore) -> list[int]:
    readings = store.readings(0, START, START + 20 * DAY)
    return sorted({(ts - START) // DAY for ts in readings.ts_ms.tolist()})


def points_of(store: DuckDbStore, day: int) -> int:
    return len(store.history(0, START + day * DAY, START + (day + 1) * DAY - 1, HOUR_MS, 2 * HOUR_MS).points)


def test_each_kind_goes_when_its_time_is_over(store: DuckDbStore) -> None:
    house = Housekeeping(store)
    house.keep(FEW, lambda: None)
    now = START + 10 * DAY + STRAGGLERS_MS
    assert house.close_days(now) == 10
    assert house.drop_days(now) == 8 + 7  # readings of eight days, minutes of seven; the month is not over
    assert days_of(store) == [8, 9]
    assert [points_of(store, day) for day in range(10)] == [24] * 10


def test_a_day_that_a_bag_needs_is_kept_with_all_that_follow(store: DuckDbStore) -> None:
    house = Housekeeping(store)
    house.keep(FEW, lambda: START + 3 * DAY + 5)
    now = START + 10 * DAY + STRAGGLERS_MS
    house.close_days(now)
    house.drop_days(now)
    assert days_of(store) == [3, 4, 5, 6, 7, 8, 9]


def test_nothing_is_dropped_while_nobody_can_say_what_is_needed(store: DuckDbStore) -> None:
    def unknown() -> int | None:
        raise OSError("the warehouse's database is away")

    house = Housekeeping(store)
    now = START + 10 * DAY + STRAGGLERS_MS
    house.close_days(now)
    assert house.drop_days(now) == 0  # nobody said for how long
    house.keep(FEW, unknown)
    assert house.drop_days(now) == 0
    assert days_of(store) == list(range(10))
    house.keep(FEW, lambda: None)
    assert house.drop_days(now) == 0  # once a day
    assert house.drop_days(now + DAY) > 0


def test_days_are_closed_once_and_stragglers_of_midnight_are_waited_for(store: DuckDbStore) -> None:
    house = Housekeeping(store)
    assert house.close_days(START + 10 * DAY + STRAGGLERS_MS - 1) == 9
    assert house.close_days(START + 10 * DAY + STRAGGLERS_MS) == 1
    assert house.close_days(START + 10 * DAY + STRAGGLERS_MS + 1) == 0


def test_horizons_never_pass_the_day_that_is_needed() -> None:
    now = START + 100 * DAY
    assert horizons(FEW, now, None) == Horizons(now - 2 * DAY, now - 3 * DAY, now - 5 * DAY)
    assert horizons(FEW, now, START + 7) == Horizons(START, START, START)


@pytest.mark.parametrize("days", [(1, 3, 5), (4, 3, 5), (2, 6, 5)])
def test_a_roll_up_is_never_kept_shorter_than_what_it_is_made_of(days: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="kept"):
        Retention(*days)
