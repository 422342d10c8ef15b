"""The embedded historian: one DuckDB file, a table per UTC day, appended as numpy columns, one transaction per write.

The file belongs to one process (DuckDB refuses a second one). Each thread has its own cursor. Rows of a day are
appended in order of arrival; when the day is over its table is rewritten sorted by (source, time), which makes one
probe's day a matter of milliseconds. Deleting never shrinks a DuckDB file, so old days are dropped as whole tables.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceKey
from telemetry import duckdb_days, duckdb_minutes, duckdb_rollups
from telemetry.columns import Floats
from telemetry.completeness import Ints, Minutes
from telemetry.duckdb_days import Days
from telemetry.duckdb_history import HistoryReader
from telemetry.duckdb_rollups import Width
from telemetry.duckdb_spans import Span, spans_query, split
from telemetry.excursions import Excursion, ExcursionKind
from telemetry.offsets import EpochKey, Offsets, Range
from telemetry.rollups import Rollup, history_of, joined
from telemetry.store import History, Readings, StoreBusyError, StoreError, StoreWrite, join, no_readings

_DAY_MS: Final = 86_400_000
_CLOSE_AGAIN_S: Final = 0.02
_CLOSE_TRIES: Final = 500
_SCHEMA: Final = (
    duckdb_days.SCHEMA,
    duckdb_rollups.SCHEMA,
    "create table if not exists source (idx integer primary key, edge varchar, device varchar, metric varchar)",
    "create table if not exists stored (edge varchar, epoch varchar, first_offset bigint, last_offset bigint)",
    "create table if not exists text_value (source integer, ts_ms bigint, value varchar)",
    """create table if not exists excursion (
        id varchar, probe varchar, kind varchar, from_ms bigint, to_ms bigint, last_ms bigint, last_c double,
        worst_c double, limit_c double, gap_ms bigint, kinetic double, weight_ms double)""",
)
_EXCURSION: Final = "probe, kind, from_ms, to_ms, last_ms, last_c, worst_c, limit_c, gap_ms, kinetic, weight_ms"
_EXCURSION_FIELDS: Final = tuple(_EXCURSION.split(", "))


class DuckDbStore:
    """`telemetry.store.ReadingStore` on a DuckDB file; raises StoreError when the file is in use or not a database."""

    def __init__(self, path: Path, *, memory_mb: int = 512, threads: int = 1) -> None:
        try:
            self._connection = duckdb.connect(str(path), config={"memory_limit": f"{memory_mb}MB", "threads": threads})
        except duckdb.Error as error:
            raise StoreError(
                f"Cannot open the telemetry store {path}: {error}. Is it in use, end the process that has it. Is it "
                "damaged, move it and its .wal aside and keep both, then start again: alarms watch from then on, edges "
                "send what they still hold, and what is missing stands as a gap in every bag's passport."
            ) from error
        self._local = threading.local()
        self._cursors: list[Any] = []
        self._changing = threading.Lock()
        for statement in _SCHEMA:
            self._cursor().execute(statement)
        self._days = duckdb_days.known_days(self._cursor())
        self._rollups = duckdb_rollups.known_tables(self._cursor())

    def _cursor(self) -> Any:
        cursor = getattr(self._local, "cursor", None)
        if cursor is None:
            cursor = self._local.cursor = self._connection.cursor()
            self._cursors.append(cursor)
        return cursor

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One change of tables at a time; raises StoreBusyError at once while another thread makes one."""
        if not self._changing.acquire(blocking=False):
            raise StoreBusyError("The telemetry store closes a day; readings wait")
        try:
            yield
        finally:
            self._changing.release()

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
        """Store all of it or nothing; raises StoreError, and StoreBusyError while a day is closed in another thread."""
        with self._change():
            self._write(write)

    def is_busy(self) -> bool:
        """Whether a write would be refused now because another thread closes or drops a day."""
        return self._changing.locked()

    def _write(self, write: StoreWrite) -> None:
        days = dict(self._days)
        with self._transaction() as cursor:
            _insert(cursor, "source", [(index, *key) for index, key in write.sources])
            self._append(cursor, days, write.readings, repeat=False)
            self._append(cursor, days, write.may_repeat, repeat=True)
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
            newest = "max(ts_ms), arg_max_null(value, ts_ms), arg_max(quality, ts_ms), arg_max(historical, ts_ms)"
            part = self._columns(f"select source, {newest} from {name} group by source", [])  # noqa: S608  # own table name
            found = join([found.take(~np.isin(found.source, part.source)), part])
        return found

    def readings(self, source: int, from_ms: int, to_ms: int) -> Readings:
        """Readings of one source in [from, to], sorted by time."""
        parts = []
        for number in range(from_ms // _DAY_MS, to_ms // _DAY_MS + 1):
            if number in self._days:
                where = "where source = ? and ts_ms between ? and ? order by ts_ms"
                query = f"select {duckdb_days.COLUMNS} from {self._days[number][0]} {where}"  # noqa: S608  # own table name
                parts.append(self._columns(query, [source, from_ms, to_ms]))
        return join(parts)

    def spans(self, wanted: Mapping[int, Span]) -> dict[int, tuple[Ints, Floats]]:
        """Good readings of many sources, each over a span of its own, as (times, values) in order of time."""
        query = spans_query(wanted, {number: name for number, (name, _) in self._days.items()})
        source, ts_ms, value = ([], [], []) if query is None else self._numpy(query, [])
        times = np.asarray(ts_ms, dtype=np.int64)
        return split(wanted, np.asarray(source, dtype=np.int64), times, np.asarray(value, dtype=np.float64))

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
        """Min, mean and max of good readings per step, and gaps; raises ValueError for an impossible question.

        Steps of whole minutes and hours are answered from roll-ups, others from readings while they are kept.
        """
        if step_ms < 1 or to_ms < from_ms:
            raise ValueError("a history needs a step of at least 1 ms and an interval that begins before it ends")
        reader = HistoryReader(
            self._days,
            self._rollups,
            lambda table, begin, end: self._rollup(table, source, begin, end),
            lambda begin, end: self.readings(source, begin, end),
        )
        return history_of(reader.rows(from_ms, to_ms, step_ms, gap_after_ms), from_ms, to_ms, step_ms, gap_after_ms)

    def rollup(self, source: int, width_ms: int, from_ms: int, to_ms: int) -> Rollup:
        """The minutes (60 000) or hours (3 600 000 ms) of a source that are kept of [from, to)."""
        kept = self._rollups.minutes if Width(width_ms) is Width.MINUTE else self._rollups.hours
        return joined([self._rollup(kept[number], source, from_ms, to_ms) for number in sorted(kept)])

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
        """Sort the tables of days that ended before an instant by source and time, and gather them; how many."""
        over = [n for n in sorted(self._days) if (n + 1) * _DAY_MS <= before_ms and not self._is_closed(n)]
        for number in over:
            name, is_sorted = self._days[number]
            with self._changing:
                with self._transaction() as cursor:
                    if not is_sorted:
                        duckdb_days.sort(cursor, number, name)
                    rollups = duckdb_rollups.make_day(cursor, self._rollups, number, name)
                self._days = self._days | {number: (name, True)}
                self._rollups = rollups
        return len(over)

    def drop_days(self, before_ms: int) -> int:
        """Drop the readings of days that ended before an instant; their minutes and hours stay. Returns how many.

        A day that is not gathered yet is kept.
        """
        over = [n for n in self._days if (n + 1) * _DAY_MS <= before_ms and self._is_closed(n)]
        for number in over:
            with self._changing:
                with self._transaction() as cursor:
                    duckdb_days.drop(cursor, number, self._days[number][0])
                self._days = {day: entry for day, entry in self._days.items() if day != number}
        return len(over)

    def drop_rollups(self, minutes_before_ms: int, hours_before_ms: int) -> int:
        """Drop minutes of days, and hours of months, that ended before an instant; how many tables.

        Nothing is dropped of a day whose readings are kept.
        """
        raw_months = {duckdb_rollups.month_of(day) for day in self._days}
        minutes = [n for n in self._rollups.minutes if (n + 1) * _DAY_MS <= minutes_before_ms and n not in self._days]
        hours = [
            n for n in self._rollups.hours if duckdb_rollups.month_end_ms(n) <= hours_before_ms and n not in raw_months
        ]
        over = [(Width.MINUTE, number) for number in minutes] + [(Width.HOUR, number) for number in hours]
        for width, number in over:
            with self._changing:
                with self._transaction() as cursor:
                    rollups = duckdb_rollups.drop(cursor, self._rollups, width, number)
                self._rollups = rollups
        return len(over)

    def close(self) -> None:
        """Release the files. What other threads still ask ends with a StoreError, what they change is undone."""
        for _ in range(_CLOSE_TRIES):
            with suppress(duckdb.ResourceInUseException):
                self._connection.close()
                return
            for cursor in self._cursors:
                with suppress(duckdb.ConnectionException):  # closed already by this attempt
                    cursor.interrupt()
            time.sleep(_CLOSE_AGAIN_S)
        raise StoreError("The telemetry store cannot be closed: a query in another thread does not end")

    def _is_closed(self, number: int) -> bool:
        return self._days[number][1] and number in self._rollups.minutes

    def _append(self, cursor: Any, days: Days, readings: Readings, *, repeat: bool) -> None:
        """Append rows to the tables of their days, and gather closed days again where they fall into one."""
        number = readings.ts_ms // _DAY_MS
        for day in np.unique(number).tolist():
            part = readings.take(number == day)
            if day in self._rollups.minutes and day not in days:
                duckdb_rollups.add_unknown(cursor, self._rollups, day, part)
                continue
            name = duckdb_days.table_of(cursor, days, day)
            duckdb_days.append(cursor, name, part, repeat=repeat)
            if day in self._rollups.minutes:
                duckdb_rollups.make_again(cursor, self._rollups, day, name, part)

    def _rollup(self, table: str, source: int, from_ms: int, to_ms: int) -> Rollup:
        try:
            return duckdb_rollups.read(self._cursor(), table, source, from_ms, to_ms)
        except duckdb.Error as error:
            raise StoreError(f"The telemetry store refused a query: {error}") from error

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
        return duckdb_days.readings_of(self._numpy(query, values))


def _roll_back(cursor: Any) -> None:
    """Roll back what may not even have begun."""
    try:
        cursor.rollback()
    except duckdb.Error:
        return  # there was no transaction left to roll back


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
