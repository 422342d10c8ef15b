"""Tables of readings in the DuckDB file, one per UTC day: appended in order of arrival, sorted when the day is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from telemetry.completeness import DAY_MS
from telemetry.store import Readings

Days = dict[int, tuple[str, bool]]
"""Number of the day since 1970 -> its table, and whether that is sorted."""
COLUMNS: Final = "source, ts_ms, value, quality, historical"
SCHEMA: Final = "create table if not exists day (name varchar primary key, number integer, sorted boolean)"


def known_days(cursor: Any) -> Days:
    """The days that a database has."""
    rows = cursor.execute("select name, number, sorted from day").fetchall()
    return {number: (name, is_sorted) for name, number, is_sorted in rows}


def table_of(cursor: Any, days: Days, number: int) -> str:
    """The table of a day, made if there is none; ``days`` learns of it."""
    if number not in days:
        name = f"reading_{datetime.fromtimestamp(number * DAY_MS / 1000, UTC):%Y%m%d}"
        cursor.execute(
            f"create table {name} (source integer, ts_ms bigint, value double, quality utinyint, historical boolean)"
        )
        cursor.execute("insert into day values (?, ?, false)", [name, number])
        days[number] = (name, False)
    return days[number][0]


def append(cursor: Any, table: str, rows: Readings, *, repeat: bool) -> None:
    """Append rows; ``repeat``: leave out those that are there already."""
    batch = {
        "source": rows.source,
        "ts_ms": rows.ts_ms,
        "value": rows.value,
        "quality": rows.quality,
        "historical": rows.historical,
    }
    cursor.register("incoming", batch)
    unless = f" where not exists (select 1 from {table} r where r.source = i.source and r.ts_ms = i.ts_ms)"  # noqa: S608  # own table name
    distinct = "distinct on (source, ts_ms) " if repeat else ""
    cursor.execute(f"insert into {table} select {distinct}{COLUMNS} from incoming i{unless if repeat else ''}")  # noqa: S608  # own table name
    cursor.unregister("incoming")


def readings_of(columns: Sequence[Any]) -> Readings:
    """Columns that DuckDB gave, in the order of `COLUMNS`; it keeps NaN as null, and hands null back masked."""
    value = np.ma.filled(columns[2], np.nan)
    types = (np.int32, np.int64, np.float64, np.uint8, np.bool_)
    pairs = zip((*columns[:2], value, *columns[3:]), types, strict=True)
    return Readings(*(np.asarray(column, dtype=kind) for column, kind in pairs))


def sort(cursor: Any, number: int, table: str) -> None:
    """Rewrite a day sorted by source and time."""
    cursor.execute(f"create table {table}_new as select * from {table} order by source, ts_ms")  # noqa: S608  # own table name
    cursor.execute(f"drop table {table}")
    cursor.execute(f"alter table {table}_new rename to {table}")
    cursor.execute("update day set sorted = true where number = ?", [number])


def drop(cursor: Any, number: int, table: str) -> None:
    """Drop a day."""
    cursor.execute(f"drop table {table}")
    cursor.execute("delete from day where number = ?", [number])
