"""Minutes and hours say what the readings said, before and after the day is closed, whatever comes late or twice."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.sparkplug.payload import Quality
from telemetry.completeness import MINUTE_MS
from telemetry.duckdb_store import DuckDbStore
from telemetry.excursions import gaps, trusted
from telemetry.rollups import COLUMNS, HOUR_MS, coarser, rows_of
from telemetry.store import History, Readings, StoreWrite, no_readings

DAY = 86_400_000
START = 20_500 * DAY
GAP = 5 * MINUTE_MS
QUALITIES = [Quality.GOOD, Quality.GOOD, Quality.GOOD, Quality.UNCERTAIN, Quality.BAD, Quality.STALE]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckDbStore]:
    opened = DuckDbStore(tmp_path / "t.duckdb")
    yield opened
    opened.close()


def readings(rows: list[tuple[int, int, float, Quality]]) -> Readings:
    """Rows of (source, milliseconds after the start, value, quality)."""
    source, ts, value, quality = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Readings(
        np.array(source, np.int32),
        START + np.array(ts, np.int64),
        np.array(value, np.float64),
        np.array([one.code for one in quality], np.uint8),
        np.zeros(len(rows), np.bool_),
    )


def expected(rows: list[tuple[int, int, float, Quality]], source: int, from_ms: int, to_ms: int, step: int) -> History:
    """The same, reading by reading."""
    mine = sorted({(ts, value, q) for s, ts, value, q in rows if s == source and from_ms <= START + ts <= to_ms})
    steps: dict[int, list[float]] = {}
    for ts, value, quality in mine:
        if quality is Quality.GOOD and not math.isnan(value):
            steps.setdefault((START + ts) // step * step, []).append(value)
    points = [(at, min(v), float(np.mean(v)), max(v)) for at, v in sorted(steps.items())]
    good = np.array([START + ts for ts, v, q in mine if q is Quality.GOOD and not math.isnan(v)], np.int64)
    return History(points, gaps(good, from_ms, to_ms, GAP))


def same(found: History, wanted: History) -> None:
    assert [point[0] for point in found.points] == [point[0] for point in wanted.points]
    for one, other in zip(found.points, wanted.points, strict=True):
        assert one[1:] == pytest.approx(other[1:], abs=2e-4)
        assert (one[1], one[3]) == (other[1], other[3])
    assert found.gaps == wanted.gaps


_ROWS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.one_of(st.integers(0, 2 * DAY - 1), st.integers(3 * HOUR_MS, 5 * HOUR_MS)),
        st.one_of(st.integers(-3000, 3000).map(lambda n: n / 100), st.just(math.nan)),
        st.sampled_from(QUALITIES),
    ),
    max_size=120,
    unique_by=lambda row: (row[0], row[1]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=_ROWS,
    late=_ROWS,
    span=st.tuples(st.integers(0, 2 * DAY - 1), st.integers(0, 2 * DAY - 1)),
    step=st.sampled_from([1_000, MINUTE_MS, 90_000, 10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY]),
)
def test_roll_ups_answer_as_the_readings_would(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[int, int, float, Quality]],
    late: list[tuple[int, int, float, Quality]],
    span: tuple[int, int],
    step: int,
) -> None:
    store = DuckDbStore(tmp_path_factory.mktemp("rollups") / "t.duckdb", memory_mb=64)
    there = {(source, ts) for source, ts, _, _ in rows}
    everything = rows + [row for row in late if row[:2] not in there]
    from_ms, to_ms = START + min(span), START + max(span)
    try:
        store.write(StoreWrite(readings=readings(rows)))
        same(store.history(1, from_ms, to_ms, step, GAP), expected(rows, 1, from_ms, to_ms, step))
        store.close_days(START + 2 * DAY)
        same(store.history(1, from_ms, to_ms, step, GAP), expected(rows, 1, from_ms, to_ms, step))
        for _ in range(2):  # what is sent again changes nothing
            store.write(StoreWrite(readings=no_readings(), may_repeat=readings(late)))
            same(store.history(1, from_ms, to_ms, step, GAP), expected(everything, 1, from_ms, to_ms, step))
    finally:
        store.close()


def test_a_minute_counts_its_readings_by_quality_and_a_null_is_bad() -> None:
    rows = [(0, 0, 4.0, Quality.GOOD), (0, 1, math.nan, Quality.GOOD), (0, 2, 9.0, Quality.UNCERTAIN)]
    rows += [(0, 3, 9.0, Quality.BAD), (0, 4, 9.0, Quality.STALE), (0, MINUTE_MS, 9.0, Quality.BAD)]
    minutes = coarser(rows_of(readings(rows)), MINUTE_MS)
    counts = np.stack([minutes.good, minutes.uncertain, minutes.bad, minutes.stale]).T.tolist()
    assert counts == [[1, 1, 2, 1], [0, 0, 1, 0]]
    assert minutes.high.tolist()[0] == 4.0
    assert np.isnan(minutes.high[1])


def test_counts_by_quality_are_told_with_the_history_of_a_closed_day(store: DuckDbStore) -> None:
    rows = [(0, n * 1000, 4.0, QUALITIES[n % 6]) for n in range(600)]
    store.write(StoreWrite(readings=readings(rows)))
    before = store.history(0, START, START + DAY - 1, MINUTE_MS, GAP)
    store.close_days(START + DAY)
    assert store.history(0, START, START + DAY - 1, MINUTE_MS, GAP) == before
    assert (before.counts.good, before.counts.uncertain, before.counts.bad, before.counts.stale) == (300, 100, 100, 100)


def test_roll_ups_outlive_the_readings_and_then_each_other(store: DuckDbStore) -> None:
    rows = [(0, n * 10_000, n / 100, Quality.GOOD) for n in range(8_640)]
    store.write(StoreWrite(readings=readings(rows)))
    store.close_days(START + DAY)
    minutes = store.history(0, START, START + DAY - 1, MINUTE_MS, GAP)
    hours = store.history(0, START, START + DAY - 1, HOUR_MS, GAP)
    assert store.drop_rollups(START + 40 * DAY, START + 40 * DAY) == 0
    store.drop_days(START + DAY)
    assert len(store.readings(0, START, START + DAY)) == 0
    assert store.history(0, START, START + DAY - 1, MINUTE_MS, GAP) == minutes
    assert store.drop_rollups(START + DAY, 0) == 1
    assert store.history(0, START, START + DAY - 1, HOUR_MS, GAP) == hours
    assert len(store.history(0, START, START + DAY - 1, MINUTE_MS, GAP).points) == 24
    assert store.drop_rollups(START + 40 * DAY, START + 40 * DAY) == 1
    assert store.history(0, START, START + DAY - 1, HOUR_MS, GAP).points == []


def test_what_comes_after_the_readings_were_dropped_adds_only_what_nobody_knew(store: DuckDbStore) -> None:
    store.write(StoreWrite(readings=readings([(0, 0, 4.0, Quality.GOOD), (0, 1000, 6.0, Quality.GOOD)])))
    store.close_days(START + DAY)
    store.drop_days(START + DAY)
    late = readings([(0, 500, 99.0, Quality.GOOD), (0, 2 * HOUR_MS, 7.0, Quality.GOOD)])
    for _ in range(2):
        store.write(StoreWrite(readings=no_readings(), may_repeat=late))
        points = store.history(0, START, START + DAY - 1, MINUTE_MS, GAP).points
        assert points == [(START, 4.0, 5.0, 6.0), (START + 2 * HOUR_MS, 7.0, 7.0, 7.0)]
        assert store.history(0, START, START + DAY - 1, HOUR_MS, GAP).points == points


def test_a_file_of_before_there_were_roll_ups_gets_them_at_the_next_close(tmp_path: Path) -> None:
    path = tmp_path / "t.duckdb"
    store = DuckDbStore(path)
    store.write(StoreWrite(readings=readings([(0, 0, 4.0, Quality.GOOD)])))
    store.close_days(START + DAY)
    store.drop_rollups(0, 0)
    for table in ("minute_20260216", "hour_202602"):
        store._cursor().execute(f"drop table if exists {table}")
    store._cursor().execute("delete from rollup")
    store.close()
    again = DuckDbStore(path)
    assert again.close_days(START + DAY) == 1
    assert again.close_days(START + DAY) == 0
    assert again.drop_days(START + DAY) == 1
    assert len(again.history(0, START, START + DAY - 1, MINUTE_MS, GAP).points) == 1
    again.close()


def test_hours_with_a_gap_within_tell_where_it_was(store: DuckDbStore) -> None:
    ts = [n * MINUTE_MS for n in range(180) if not 70 <= n < 85]
    store.write(StoreWrite(readings=readings([(0, t, 4.0, Quality.GOOD) for t in ts])))
    store.close_days(START + DAY)
    history = store.history(0, START, START + 3 * HOUR_MS - MINUTE_MS, HOUR_MS, GAP)
    assert history.gaps == [(START + 69 * MINUTE_MS, START + 85 * MINUTE_MS)]
    assert len(history.points) == 3


def test_the_kept_rows_are_those_of_a_calculation_from_the_readings(store: DuckDbStore) -> None:
    rng = np.random.default_rng(7)
    ts = np.sort(rng.choice(DAY, 5_000, replace=False))
    values = rng.normal(4, 1, 5_000).tolist()
    rows = [(n % 5, t, values[n], QUALITIES[n % 6]) for n, t in enumerate(ts.tolist())]
    store.write(StoreWrite(readings=readings(rows)))
    store.close_days(START + DAY)
    for source in range(5):
        raw = store.readings(source, START, START + DAY)
        assert trusted(raw.value, raw.quality).any()
        minutes = coarser(rows_of(raw), MINUTE_MS)
        for width, wanted in ((MINUTE_MS, minutes), (HOUR_MS, coarser(minutes, HOUR_MS))):
            kept = store.rollup(source, width, START, START + DAY)
            for name in COLUMNS:
                np.testing.assert_array_equal(getattr(kept, name), getattr(wanted, name), err_msg=name)
