"""The embedded historian: one DuckDB file, a table per UTC day, appended as numpy columns, one transaction per write.

The file belongs to one process (DuckDB refuses a second one). Each thread has its own cursor. Rows of a day are
appended in order of arrival; when the day is over its table is rewritten sorted by (source, time), which makes one
probe's day a matter of milliseconds. Deleting never shrinks a DuckDB file, so old days are dropped as whole tables.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceKey
from telemetry import duckdb_minutes
from telemetry.columns import Floats
from telemetry.completeness import Ints, Minutes
from telemetry.duckdb_spans import Span, spans_query, split
from telemetry.excursions import Excursion, ExcursionKind, gaps, trusted
from telemetry.offsets import EpochKey, Offsets, Range
from telemetry.store import History, QualityCounts, Readings, StoreError, StoreWrite, join, no_readings

_DAY_MS: Final = 86_400_000
_SCHEMA: Final = (
    "create table if not exists source (idx integer primary key, edge varchar, device varchar, metric varchar)",
    "create table if not exists stored (edge varchar, epoch varchar, first_offset bigint, last_offset bigint)",
    "create table if not exists text_value (source integer, ts_ms bigint, value varchar)",
    "create table if not exists day (name varchar primary key, number integer, sorted boolean)",
    """create table if not exists excursion (
        id varchar, probe varchar, kind varchar, from_ms bigint, to_ms bigint, last_ms bigint, last_c double,
        worst_c double, limit_c double, gap_ms bigint, kinetic double, weight_ms double)""",
)
_COLUMNS: Final = "source, ts_ms, value, quality, historical"
_EXCURSION: Final = "probe, kind, from_ms, to_ms, last_ms, last_c, worst_c, limit_c, gap_ms, kinetic, weight_ms"
_EXCURSION_FIELDS: Final = tuple(_EXCURSION.split(", "))


class DuckDbStore:
    """`telemetry.store.ReadingStore` on a DuckDB file; raises StoreError when the file is in use or not a database."""

    def __init__(self, path: Path, *, memory_mb: int = 512, threads: int = 1) -> None:
        try:
            self._connection = duckdb.connect(str(path), config={"memory_limit": f"{memory_mb}MB", "threads": threads})
        except duckdb.Error as error:
            raise StoreError(f"Cannot open the telemetry store {path}: {error}") from error
        self._local = threading.local()
        for statement in _SCHEMA:
            self._cursor().execute(statement)
        rows = self._cursor().execute("select name, number, sorted from day").fetchall()
        self._days: dict[int, tuple[str, bool]] = {number: (name, is_sorted) for name, number, is_sorted in rows}

    def _cursor(self) -> Any:
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._connection.cursor()
        return cursor

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        cursor = self._cursor()
        try:
            cursor.begin()
            yield cursor
            cursor.commit()
        except duckdb.Error as error:
            _roll_back(cursor)
            raise StoreError(f"The telemetry store refused a transaction: {error}") from error

    def write(self, write: StoreWrite) -> None:
        """Store all of it or nothing; raises StoreError."""
        days = dict(self._days)
        with self._transaction() as cursor:
            _insert(cursor, "source", [(index, *key) for index, key in write.sources])
            _append(cursor, days, write.readings, repeat=False)
            _append(cursor, days, write.may_repeat, repeat=True)
            _insert(cursor, "text_value", write.texts)
            for (edge, epoch), ranges in write.ranges.items():
                cursor.execute("delete from stored where edge = ? and epoch = ?", [edge, epoch])
                _insert(cursor, "stored", [(edge, epoch, first, last) for first, last in ranges])
            _put_excursions(cursor, write)
        self._days = days

    def sources(self) -> list[SourceKey]:
        """Keys of all sources in the order of their index."""
        return [tuple(row) for row in self._rows("select edge, device, metric from source order by idx")]

    def offsets(self) -> Offsets:
        """Stored offsets of every edge and epoch."""
        stored: dict[EpochKey, list[Range]] = {}
        for edge, epoch, first, last in self._rows("select edge, epoch, first_offset, last_offset from stored"):
            stored.setdefault((edge, epoch), []).append((first, last))
        return Offsets(stored)

    def latest(self) -> Readings:
        """The newest reading of each source in the two newest days."""
        found = no_readings()
        for number in sorted(self._days)[-2:]:
            name = self._days[number][0]
            newest = "max(ts_ms), arg_max(value, ts_ms), arg_max(quality, ts_ms), arg_max(historical, ts_ms)"
            part = self._columns(f"select source, {newest} from {name} group by source", [])  # noqa: S608  # own table name
            found = join([found.take(~np.isin(found.source, part.source)), part])
        return found

    def readings(self, source: int, from_ms: int, to_ms: int) -> Readings:
        """Readings of one source in [from, to], sorted by time."""
        parts = []
        for number in range(from_ms // _DAY_MS, to_ms // _DAY_MS + 1):
            if number in self._days:
                where = "where source = ? and ts_ms between ? and ? order by ts_ms"
                query = f"select {_COLUMNS} from {self._days[number][0]} {where}"  # noqa: S608  # own table name
                parts.append(self._columns(query, [source, from_ms, to_ms]))
        return join(parts)

    def spans(self, wanted: Mapping[int, Span]) -> dict[int, tuple[Ints, Floats]]:
        """Good readings of many sources, each over a span of its own, as (times, values) in order of time."""
        query = spans_query(wanted, {number: name for number, (name, _) in self._days.items()})
        rows = ([], [], []) if query is None else self._numpy(query, [])
        kinds = (np.int64, np.int64, np.float64)
        return split(wanted, *(np.asarray(column, dtype=kind) for column, kind in zip(rows, kinds, strict=True)))

    def neighbour(self, source: int, after_ms: int) -> int | None:
        """Time of the first good reading of a source after an instant; None when there is none."""
        for number in sorted(day for day in self._days if day >= after_ms // _DAY_MS):
            name = self._days[number][0]
            query = f"select min(ts_ms) from {name} where source = ? and ts_ms > ? and quality = ? and not isnan(value)"  # noqa: S608  # own table name
            found = self._rows(query, [source, after_ms, Quality.GOOD.code])[0][0]
            if found is not None:
                return int(found)
        return None

    def history(self, source: int, from_ms: int, to_ms: int, step_ms: int, gap_after_ms: int) -> History:
        """Min, mean and max of good readings per step, and gaps; raises ValueError for an impossible question."""
        if step_ms < 1 or to_ms < from_ms:
            raise ValueError("a history needs a step of at least 1 ms and an interval that begins before it ends")
        found = self.readings(source, from_ms, to_ms)
        good = found.take(trusted(found.value, found.quality))
        spans = gaps(good.ts_ms, from_ms, to_ms, gap_after_ms)
        counts = _counted(found.value, found.quality)
        if len(good) == 0:
            return History([], spans, counts)
        step = good.ts_ms // step_ms
        starts = np.flatnonzero(np.r_[True, step[1:] != step[:-1]])
        low, high = np.minimum.reduceat(good.value, starts), np.maximum.reduceat(good.value, starts)
        mean = np.add.reduceat(good.value, starts) / np.diff(np.r_[starts, len(good)])
        times = step[starts] * step_ms
        return History(
            list(zip(times.tolist(), low.tolist(), mean.tolist(), high.tolist(), strict=True)), spans, counts
        )

    def minutes(self, sources: Collection[int], from_ms: int, to_ms: int) -> Minutes:
        """Readings of some sources in [from, to), counted per minute."""
        return duckdb_minutes.minutes(self._numpy, self._between(from_ms, to_ms), sources, from_ms, to_ms)

    def live_minutes(self, from_ms: int, to_ms: int) -> Ints:
        """The minutes since 1970 in [from, to) in which any source was heard live, sorted."""
        return duckdb_minutes.live_minutes(self._numpy, self._between(from_ms, to_ms), from_ms, to_ms)

    def first_heard(self) -> dict[int, int]:
        """Source -> time of its oldest reading that is kept."""
        return duckdb_minutes.first_heard(self._numpy, [self._days[number][0] for number in sorted(self._days)])

    def excursions(self, probes: Collection[str], from_ms: int, to_ms: int) -> list[Excursion]:
        """Excursions of these probes that overlap [from, to], oldest first."""
        query = (
            f"select {_EXCURSION} from excursion where probe in (select unnest(?)) and from_ms <= ? "  # noqa: S608  # own columns
            "and (to_ms is null or to_ms >= ?) order by from_ms, probe"
        )
        return [_excursion(row) for row in self._rows(query, [list(probes), to_ms, from_ms])]

    def running(self) -> list[Excursion]:
        """Excursions that have not ended."""
        query = f"select {_EXCURSION} from excursion where to_ms is null order by from_ms, probe"  # noqa: S608  # own columns
        return [_excursion(row) for row in self._rows(query)]

    def close_days(self, before_ms: int) -> int:
        """Rewrite the tables of days that ended before an instant, sorted by source and time; returns how many."""
        over = [n for n, (_, is_sorted) in self._days.items() if not is_sorted and (n + 1) * _DAY_MS <= before_ms]
        for number in over:
            name = self._days[number][0]
            with self._transaction() as cursor:
                cursor.execute(f"create table {name}_new as select * from {name} order by source, ts_ms")  # noqa: S608  # own table name
                cursor.execute(f"drop table {name}")
                cursor.execute(f"alter table {name}_new rename to {name}")
                cursor.execute("update day set sorted = true where number = ?", [number])
            self._days = self._days | {number: (name, True)}
        return len(over)

    def drop_days(self, before_ms: int) -> int:
        """Drop days that ended before an instant, readings only; returns how many."""
        over = [number for number in self._days if (number + 1) * _DAY_MS <= before_ms]
        for number in over:
            with self._transaction() as cursor:
                cursor.execute(f"drop table {self._days[number][0]}")
                cursor.execute("delete from day where number = ?", [number])
            self._days = {day: entry for day, entry in self._days.items() if day != number}
        return len(over)

    def close(self) -> None:
        """Release the files."""
        self._connection.close()

    def _rows(self, query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        try:
            rows: list[tuple[Any, ...]] = self._cursor().execute(query, values or []).fetchall()
        except duckdb.Error as error:
            raise StoreError(f"The telemetry store refused a query: {error}") from error
        return rows

    def _between(self, from_ms: int, to_ms: int) -> list[str]:
        """Tables of the days that [from, to) touches, oldest first."""
        return [self._days[n][0] for n in sorted(self._days) if from_ms // _DAY_MS <= n <= (to_ms - 1) // _DAY_MS]

    def _numpy(self, query: str, values: list[Any]) -> list[Any]:
        try:
            return list(self._cursor().execute(query, values).fetchnumpy().values())
        except duckdb.Error as error:
            raise StoreError(f"The telemetry store refused a query: {error}") from error

    def _columns(self, query: str, values: list[Any]) -> Readings:
        columns = self._numpy(query, values)
        types = (np.int32, np.int64, np.float64, np.uint8, np.bool_)
        return Readings(*(np.asarray(column, dtype=kind) for column, kind in zip(columns, types, strict=True)))


def _counted(value: npt.NDArray[np.float64], quality: npt.NDArray[np.uint8]) -> QualityCounts:
    good = int(trusted(value, quality).sum())
    uncertain = int((quality == Quality.UNCERTAIN.code).sum())
    stale = int((quality == Quality.STALE.code).sum())
    return QualityCounts(good, uncertain, len(value) - good - uncertain - stale, stale)


def _roll_back(cursor: Any) -> None:
    """Roll back what may not even have begun."""
    try:
        cursor.rollback()
    except duckdb.Error:
        return  # there was no transaction left to roll back


def _append(cursor: Any, days: dict[int, tuple[str, bool]], readings: Readings, *, repeat: bool) -> None:
    """Append rows to the tables of their days; ``repeat``: leave out those that are there already."""
    if len(readings) == 0:
        return
    number = readings.ts_ms // _DAY_MS
    for day in np.unique(number).tolist():
        name = _day_table(cursor, days, day)
        part = readings.take(number == day)
        batch = {
            "source": part.source,
            "ts_ms": part.ts_ms,
            "value": part.value,
            "quality": part.quality,
            "historical": part.historical,
        }
        cursor.register("incoming", batch)
        unless = f" where not exists (select 1 from {name} r where r.source = i.source and r.ts_ms = i.ts_ms)"  # noqa: S608  # own table name
        distinct = "distinct on (source, ts_ms) " if repeat else ""
        cursor.execute(f"insert into {name} select {distinct}{_COLUMNS} from incoming i{unless if repeat else ''}")  # noqa: S608  # own table name
        cursor.unregister("incoming")


def _day_table(cursor: Any, days: dict[int, tuple[str, bool]], number: int) -> str:
    if number not in days:
        name = f"reading_{datetime.fromtimestamp(number * _DAY_MS / 1000, UTC):%Y%m%d}"
        cursor.execute(
            f"create table {name} (source integer, ts_ms bigint, value double, quality utinyint, historical boolean)"
        )
        cursor.execute("insert into day values (?, ?, false)", [name, number])
        days[number] = (name, False)
    return days[number][0]


def _put_excursions(cursor: Any, write: StoreWrite) -> None:
    gone = {*write.removed, *(excursion.id for excursion in write.excursions)}
    if gone:
        cursor.execute("delete from excursion where id in (select unnest(?))", [sorted(gone)])
    _insert(cursor, "excursion", [(e.id, *(getattr(e, name) for name in _EXCURSION_FIELDS)) for e in write.excursions])


def _insert(cursor: Any, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows as one statement of columns: row by row costs half a millisecond each."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(f"insert into {table} select {', '.join(['unnest(?)'] * len(columns))}", columns)


def _excursion(row: tuple[Any, ...]) -> Excursion:
    fields = dict(zip(_EXCURSION_FIELDS, row, strict=True))
    return Excursion(**fields | {"kind": ExcursionKind(fields["kind"])})
