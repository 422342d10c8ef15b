"""One source over time from the widest rows that answer exactly: hours, minutes at their edges, readings at theirs.

Where readings or minutes were dropped because of their age, what is left answers: a row then counts with its whole
minute or hour.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from telemetry.completeness import DAY_MS, MINUTE_MS
from telemetry.duckdb_rollups import RollupTables, month_end_ms, month_of
from telemetry.rollups import HOUR_MS, Rollup, joined, rows_of
from telemetry.store import Readings

Read = Callable[[str, int, int], Rollup]
"""Rows of the source in a table of roll-ups that begin in [from, to)."""
Raw = Callable[[int, int], Readings]
"""Readings of the source in [from, to], sorted by time."""
_READINGS: Final = 0


@dataclass(slots=True)
class HistoryReader:
    """Reads one source; ``days`` are those whose readings are kept."""

    days: Collection[int]
    tables: RollupTables
    read: Read
    raw: Raw
    _months: dict[int, Rollup] = field(default_factory=dict)

    def rows(self, from_ms: int, to_ms: int, step_ms: int, gap_after_ms: int) -> Rollup:
        """Rows of [from, to] that may be gathered into steps and searched for gaps longer than ``gap_after_ms``."""
        width = _widest(step_ms, gap_after_ms)
        parts: list[Rollup] = []
        for day in range(from_ms // DAY_MS, to_ms // DAY_MS + 1):
            begin, end = max(from_ms, day * DAY_MS), min(to_ms + 1, (day + 1) * DAY_MS)
            if width == HOUR_MS and month_of(day) in self.tables.hours and not self._is_open(day):
                parts += self._hours(day, begin, end, to_ms, gap_after_ms)
            else:
                parts += self._fine(day, begin, end, width)
        return joined(parts)

    def _is_open(self, day: int) -> bool:
        return day in self.days and day not in self.tables.minutes

    def _hours(self, day: int, begin: int, end: int, to_ms: int, gap_after_ms: int) -> list[Rollup]:
        first, last = _up(begin, HOUR_MS), end // HOUR_MS * HOUR_MS
        if first >= last:
            return self._fine(day, begin, end, MINUTE_MS)
        hours = self._month(day, first, to_ms)
        hours = hours.take(np.flatnonzero((hours.at_ms >= first) & (hours.at_ms < last)))
        split = hours.longest_ms > gap_after_ms
        if day not in self.tables.minutes:
            split[:] = False
        parts = [hours.take(np.flatnonzero(~split))]
        for hour in hours.at_ms[split].tolist():
            parts += self._fine(day, hour, hour + HOUR_MS, MINUTE_MS)
        return [*self._fine(day, begin, first, MINUTE_MS), *parts, *self._fine(day, last, end, MINUTE_MS)]

    def _month(self, day: int, from_ms: int, to_ms: int) -> Rollup:
        """Hours of the day's month from an instant on, asked once."""
        month = month_of(day)
        if month not in self._months:
            self._months[month] = self.read(self.tables.hours[month], from_ms, min(month_end_ms(month), to_ms + 1))
        return self._months[month]

    def _fine(self, day: int, begin: int, end: int, width_ms: int) -> list[Rollup]:
        """Minutes and readings of a part of a day, ``width_ms`` at most; else the finest that is left."""
        if begin >= end:
            return []
        minutes = self.tables.minutes.get(day)
        if day not in self.days:
            if minutes is not None:
                return [self.read(minutes, begin // MINUTE_MS * MINUTE_MS, end)]
            hours = self.tables.hours.get(month_of(day))
            return [] if hours is None else [self.read(hours, begin // HOUR_MS * HOUR_MS, end)]
        first, last = _up(begin, MINUTE_MS), end // MINUTE_MS * MINUTE_MS
        if minutes is None or width_ms == _READINGS or first >= last:
            return [rows_of(self.raw(begin, end - 1))]
        edges = [rows_of(self.raw(a, b - 1)) for a, b in ((begin, first), (last, end)) if a < b]
        return [self.read(minutes, first, last), *edges]


def _widest(step_ms: int, gap_after_ms: int) -> int:
    if step_ms % MINUTE_MS or gap_after_ms < MINUTE_MS:
        return _READINGS
    return MINUTE_MS if step_ms % HOUR_MS else HOUR_MS


def _up(ms: int, width_ms: int) -> int:
    return -(-ms // width_ms) * width_ms
