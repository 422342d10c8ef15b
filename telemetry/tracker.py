"""Excursions of all probes while readings come in; what arrives late re-opens the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from blood.components import Limits
from telemetry.columns import Bools, Ints
from telemetry.conditions import Condition, ConditionChange, Severity
from telemetry.excursions import Excursion, ExcursionKind, advance, scan, side, trusted
from telemetry.limits import LimitBook
from telemetry.sources import SensorTable
from telemetry.store import Readings, ReadingStore, join
from telemetry.telling import moment

GAP_AFTER_MS: Final = 5 * 60 * 1000
"""Longer than this without a good reading is a gap: five of the one-minute repeats (domain.md 2.1, sensor loss)."""
_FOREVER_MS: Final = 2**53


@dataclass(frozen=True, slots=True, eq=False)
class TrackerStep:
    """What one pass changes: excursions to put, ids to remove, the state afterwards, late findings to tell."""

    put: list[Excursion]
    removed: list[str]
    running: dict[int, Excursion]
    last_ms: Ints
    late: list[ConditionChange]


class ExcursionTracker:
    """Running excursion and last good reading of each probe: ``plan`` computes, ``accept`` follows the commit."""

    def __init__(self, table: SensorTable, store: ReadingStore, limits: LimitBook) -> None:
        self._table = table
        self.use(limits)
        self._store = store
        rows = {sensor.id: row for row, sensor in enumerate(table.sensors) if table.is_probe[row]}
        self._running = {rows[e.probe]: e for e in store.running() if e.probe in rows}
        self._last_ms = np.full(len(table.sensors), -1, dtype=np.int64)
        latest = store.latest()
        for row, source in enumerate(table.source.tolist()):
            if (mine := latest.ts_ms[latest.source == source]).size:
                self._last_ms[row] = int(mine.max())

    def plan(self, readings: Readings, rows: Ints) -> TrackerStep:
        """The step for new readings in order of arrival; ``rows``: sensor row of each, -1 for none. Changes nothing."""
        step = TrackerStep([], [], dict(self._running), self._last_ms.copy(), [])
        use = np.flatnonzero((rows >= 0) & trusted(readings.value, readings.quality))
        use = use[self._table.is_probe[rows[use]]]
        mine, ts = rows[use], readings.ts_ms[use]
        late = readings.historical[use] | (ts < self._last_ms[mine])
        redo = np.unique(mine[late])
        simple = use[~np.isin(mine, redo)]
        self._follow(step, readings.take(simple), rows[simple])
        for row in redo.tolist():
            which = use[mine == row]
            self._reopen(step, row, readings.take(which), late[mine == row])
        return step

    def accept(self, step: TrackerStep) -> None:
        """Take over the state of a step whose transaction is committed."""
        self._running = dict(step.running)
        self._last_ms = step.last_ms

    def use(self, limits: LimitBook) -> None:
        """Judge by these versions of the limits from the next step on, each reading by those of its own time."""
        self._book = limits
        sensors = zip(self._table.sensors, self._table.is_probe.tolist(), strict=True)
        self._columns = limits.for_rows([sensor.id if is_probe else None for sensor, is_probe in sensors])

    def _limits_at(self, row: int) -> Callable[[int], Limits]:
        probe = self._table.sensors[row].id

        def at(ts_ms: int) -> Limits:
            found = self._book.at(probe, ts_ms)
            return Limits(None, None) if found is None else found.limits

        return at

    def _follow(self, step: TrackerStep, readings: Readings, rows: Ints) -> None:
        """Readings in time order: only those outside, or of a probe that is outside, need a look each."""
        np.maximum.at(step.last_ms, rows, readings.ts_ms)
        outside = self._columns.outside(rows, readings.ts_ms, readings.value)
        concerned = np.isin(rows, np.fromiter(self._running, np.int64, len(self._running))) | np.isin(
            rows, rows[outside]
        )
        running = step.running
        changed: dict[str, Excursion] = {}
        for i in np.flatnonzero(concerned).tolist():
            row = int(rows[i])
            probe, ts, value = self._table.sensors[row].id, int(readings.ts_ms[i]), float(readings.value[i])
            now, ended = advance(probe, running.get(row), ts, value, self._limits_at(row)(ts), GAP_AFTER_MS)
            changed |= {e.id: e for e in (ended, now) if e is not None}
            running.pop(row, None)
            if now is not None:
                running[row] = now
        step.put.extend(changed.values())

    def _reopen(self, step: TrackerStep, row: int, new: Readings, late: Bools) -> None:
        """Judge again the stretch that late readings fall into, from what is stored and what is new."""
        step.last_ms[row] = max(int(step.last_ms[row]), int(new.ts_ms.max()))
        probe, source = self._table.sensors[row].id, int(self._table.source[row])
        first, last = int(new.ts_ms.min()), int(new.ts_ms.max())
        following = self._store.neighbour(source, last)
        reach = last if following is None else following
        touched = self._store.excursions([probe], first, reach)
        start = min([first, *(e.from_ms for e in touched)])
        end = max([reach, *(_FOREVER_MS if e.to_ms is None else e.to_ms for e in touched)])
        stored = self._store.readings(source, start, min(end, self._horizon(row, last)))
        fresh = new.take(~np.isin(new.ts_ms, stored.ts_ms))
        together = join([stored, fresh])
        together = together.take(np.argsort(together.ts_ms, kind="stable"))
        found = scan(probe, together.ts_ms, together.value, together.quality, self._limits_at(row), GAP_AFTER_MS)
        step.removed.extend({e.id for e in touched} - {e.id for e in found})
        step.put.extend(found)
        self._keep_running(step, row, touched, found)
        told = self._late_change(row, new.take(late & ~np.isin(new.ts_ms, stored.ts_ms)))
        if told is not None:
            step.late.append(told)

    def _horizon(self, row: int, last: int) -> int:
        return max(int(self._last_ms[row]), last)

    def _keep_running(self, step: TrackerStep, row: int, touched: list[Excursion], found: list[Excursion]) -> None:
        running = step.running
        if any(e.to_ms is None for e in touched):
            running.pop(row, None)
        if found and found[-1].to_ms is None:
            running[row] = found[-1]

    def _late_change(self, row: int, late: Readings) -> ConditionChange | None:
        outside = np.flatnonzero(self._columns.outside(np.full(len(late), row), late.ts_ms, late.value))
        if len(outside) == 0:
            return None
        sensor, first = self._table.sensors[row], int(outside[0])
        ts_ms, value = int(late.ts_ms[first]), float(late.value[first])
        limits = self._limits_at(row)(ts_ms)
        return ConditionChange(
            source=sensor.id,
            condition=Condition.LATE_EXCURSION,
            active=True,
            priority_hint=Severity.HIGH,
            value=value,
            limit=limits.max_c if side(value, limits) is ExcursionKind.ABOVE else limits.min_c,
            at=moment(ts_ms),
            place=sensor.place,
        )
