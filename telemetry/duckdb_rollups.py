"""Minutes and hours in the DuckDB file: made when a day is closed, made again in the transaction of what comes late.

A table of minutes per UTC day and a table of hours per month, so that old ones are dropped whole. The day that is open
has none: its history is gathered from its readings. Hours are made of minutes.

What comes for a day whose readings were dropped already can only add minutes and hours that had nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, Final

import numpy as np

from telemetry.columns import Ints
from telemetry.completeness import DAY_MS, MINUTE_MS
from telemetry.duckdb_days import readings_of
from telemetry.rollups import COLUMNS, FLOATS, HOUR_MS, Rollup, coarser, rollup_of, rows_of
from telemetry.store import Readings

ROWS_AT_ONCE: Final = 2_000_000
"""Readings in memory while a day is gathered."""
SCHEMA: Final = "create table if not exists rollup (name varchar primary key, width_ms integer, number integer)"
_TYPES: Final = (
    "source integer, at_ms bigint, low double, mean double, high double, good uinteger, uncertain uinteger, "
    "bad uinteger, stale uinteger, first_after uinteger, last_after uinteger, longest_ms uinteger"
)
_STORED: Final = tuple(name.split()[0] for name in _TYPES.split(", "))
_READINGS: Final = "source, ts_ms, value, quality, historical"


class Width(IntEnum):
    """Widths of stored rows in milliseconds."""

    MINUTE = MINUTE_MS
    HOUR = HOUR_MS


@dataclass(frozen=True, slots=True)
class RollupTables:
    """Which roll-ups exist: table names of minutes by day and of hours by month (both counted from 1970)."""

    minutes: Mapping[int, str]
    hours: Mapping[int, str]

    def with_table(self, width: Width, number: int, name: str) -> RollupTables:
        """One more."""
        if width is Width.MINUTE:
            return replace(self, minutes={**self.minutes, number: name})
        return replace(self, hours={**self.hours, number: name})

    def without(self, width: Width, number: int) -> RollupTables:
        """One less."""
        kept = self.minutes if width is Width.MINUTE else self.hours
        left = {key: name for key, name in kept.items() if key != number}
        return replace(self, minutes=left) if width is Width.MINUTE else replace(self, hours=left)


def known_tables(cursor: Any) -> RollupTables:
    """The roll-ups that a database has."""
    rows = cursor.execute("select width_ms, number, name from rollup").fetchall()
    minutes = {number: name for width, number, name in rows if width == Width.MINUTE}
    return RollupTables(minutes, {number: name for width, number, name in rows if width == Width.HOUR})


def make_day(cursor: Any, tables: RollupTables, day: int, day_table: str) -> RollupTables:
    """Gather a whole day, whose table is sorted, within the caller's transaction; hours that exist are kept."""
    month = month_of(day)
    tables = _ensure(cursor, tables, Width.MINUTE, day, f"minute_{_date(day):%Y%m%d}")
    tables = _ensure(cursor, tables, Width.HOUR, month, f"hour_{_date(day):%Y%m}")
    for first, last in _chunks(cursor, day_table):
        where = f"from {day_table} where source between ? and ? order by source, ts_ms"
        readings = _readings(cursor.execute(f"select {_READINGS} {where}", [first, last]))  # own table name
        minutes = coarser(rows_of(readings), MINUTE_MS)
        _insert(cursor, tables.minutes[day], minutes)
        _insert(cursor, tables.hours[month], coarser(minutes, HOUR_MS), unless_there=True)
    return tables


def make_again(cursor: Any, tables: RollupTables, day: int, day_table: str, late: Readings) -> None:
    """Gather the minutes and hours again that late readings fall into; they are in the day's table by now."""
    name, hours = tables.minutes[day], tables.hours.get(month_of(day))
    touched = _keys(late, MINUTE_MS)
    with _Registered(cursor, touched):
        columns = cursor.execute(_touched(_READINGS, day_table, "ts_ms", MINUTE_MS))
        minutes = coarser(rows_of(_readings(columns)), MINUTE_MS)
        _delete(cursor, name, touched)
    _insert(cursor, name, minutes)
    if hours is None:
        return
    touched = _keys(late, HOUR_MS)
    with _Registered(cursor, touched):
        rows = _rollup(cursor.execute(_touched(", ".join(_STORED), name, "at_ms", HOUR_MS)))
        _delete(cursor, hours, touched)
    _insert(cursor, hours, coarser(rows, HOUR_MS))


def add_unknown(cursor: Any, tables: RollupTables, day: int, late: Readings) -> None:
    """Add minutes and hours of readings to a day without readings, where there is nothing yet."""
    order = np.lexsort((late.ts_ms, late.source))
    minutes = coarser(rows_of(late.take(order)), MINUTE_MS)
    _insert(cursor, tables.minutes[day], minutes, unless_there=True)
    hours = tables.hours.get(month_of(day))
    if hours is not None:
        _insert(cursor, hours, coarser(minutes, HOUR_MS), unless_there=True)


def read(cursor: Any, table: str, source: int, from_ms: int, to_ms: int) -> Rollup:
    """Rows of one source that begin in [from, to), sorted by time."""
    where = "where source = ? and at_ms >= ? and at_ms < ? order by at_ms"
    return _rollup(cursor.execute(f"select {', '.join(_STORED)} from {table} {where}", [source, from_ms, to_ms]))  # noqa: S608  # own table name


def drop(cursor: Any, tables: RollupTables, width: Width, number: int) -> RollupTables:
    """Drop one table within the caller's transaction."""
    name = (tables.minutes if width is Width.MINUTE else tables.hours)[number]
    cursor.execute(f"drop table {name}")
    cursor.execute("delete from rollup where name = ?", [name])
    return tables.without(width, number)


def month_of(day: int) -> int:
    """Months since 1970 of a day since 1970."""
    date = _date(day)
    return (date.year - 1970) * 12 + date.month - 1


def month_end_ms(month: int) -> int:
    """When a month (counted from 1970) is over."""
    year, index = divmod(month + 1, 12)
    return int(datetime(1970 + year, index + 1, 1, tzinfo=UTC).timestamp() * 1000)


def _date(day: int) -> datetime:
    return datetime.fromtimestamp(day * DAY_MS / 1000, UTC)


def _ensure(cursor: Any, tables: RollupTables, width: Width, number: int, name: str) -> RollupTables:
    if number in (tables.minutes if width is Width.MINUTE else tables.hours):
        return tables
    cursor.execute(f"create table {name} ({_TYPES})")
    cursor.execute("insert into rollup values (?, ?, ?)", [name, int(width), number])
    return tables.with_table(width, number, name)


def _chunks(cursor: Any, day_table: str) -> list[tuple[int, int]]:
    """Sources of a day in ranges of about `ROWS_AT_ONCE` readings."""
    counts = cursor.execute(f"select source, count(*) from {day_table} group by source order by source").fetchnumpy()  # noqa: S608  # own table name
    sources, rows = list(counts.values())
    part = np.cumsum(rows) // ROWS_AT_ONCE
    starts = np.flatnonzero(np.r_[True, part[1:] != part[:-1]]) if len(part) else np.empty(0, np.int64)
    return [
        (int(sources[first]), int(sources[last - 1]))
        for first, last in zip(starts, np.r_[starts[1:], len(sources)], strict=True)
    ]


class _Registered:
    """Keys (source, at_ms) as the table `touched` for as long as it is needed."""

    def __init__(self, cursor: Any, keys: tuple[Ints, Ints]) -> None:
        self._cursor, self._keys = cursor, keys

    def __enter__(self) -> None:
        self._cursor.register("touched", {"source": self._keys[0].astype(np.int32), "at_ms": self._keys[1]})

    def __exit__(self, *_: object) -> None:
        self._cursor.unregister("touched")


def _touched(columns: str, table: str, time: str, width_ms: int) -> str:
    """A query for the rows of a table that lie in the steps of `touched`, in order."""
    inside = f"t.source = r.source and t.at_ms = r.{time} // {width_ms} * {width_ms}"
    return (
        f"select {columns} from {table} r where exists (select 1 from touched t where {inside}) order by source, {time}"  # noqa: S608  # own names and numbers
    )


def _keys(readings: Readings, width_ms: int) -> tuple[Ints, Ints]:
    pairs = np.unique(np.stack([readings.source.astype(np.int64), readings.ts_ms // width_ms * width_ms]), axis=1)
    return pairs[0], pairs[1]


def _delete(cursor: Any, table: str, keys: tuple[Ints, Ints]) -> None:
    source, at_ms = keys
    bounds = f"o.source between {source.min()} and {source.max()} and o.at_ms between {at_ms.min()} and {at_ms.max()}"
    mine = "exists (select 1 from touched t where t.source = o.source and t.at_ms = o.at_ms)"
    cursor.execute(f"delete from {table} o where {bounds} and {mine}")  # noqa: S608  # own table name and numbers


def _insert(cursor: Any, table: str, rows: Rollup, *, unless_there: bool = False) -> None:
    if len(rows) == 0:
        return
    none = rows.good == 0
    columns = {name: getattr(rows, name) for name in COLUMNS if name in _STORED}
    columns["first_after"] = np.where(none, 0, rows.first_ms - rows.at_ms)
    columns["last_after"] = np.where(none, 0, rows.last_ms - rows.at_ms)
    cursor.register("gathered", columns)
    unless = f" where not exists (select 1 from {table} o where o.source = g.source and o.at_ms = g.at_ms)"  # noqa: S608  # own table name
    names = ", ".join(_STORED)
    cursor.execute(f"insert into {table} select {names} from gathered g{unless if unless_there else ''}")  # noqa: S608  # own names
    cursor.unregister("gathered")


def _readings(result: Any) -> Readings:
    return readings_of(list(result.fetchnumpy().values()))


def _rollup(result: Any) -> Rollup:
    found = {
        name: np.ma.filled(column, np.nan) if name in FLOATS else column for name, column in result.fetchnumpy().items()
    }
    known = np.asarray(found["good"]) > 0
    at_ms = np.asarray(found["at_ms"], np.int64)
    first = np.where(known, at_ms + np.asarray(found["first_after"], np.int64), 0)
    last = np.where(known, at_ms + np.asarray(found["last_after"], np.int64), 0)
    whole = {**found, "first_ms": first, "last_ms": last}
    return rollup_of([whole[name] for name in COLUMNS])
