"""Readings gathered by minute and hour: least, mean and greatest good value, and how many of each quality. Pure.

A reading is a row of its own (`rows_of`), and `coarser` gathers rows of any kind, so that minutes made of readings and
hours made of minutes are one calculation. Means are rounded to `MEAN_DECIMALS`, far below what a probe resolves: so
they take a third of the space.

A row knows its first and last good reading, and the longest time between two good ones beyond a minute: the gaps found
in rows are those found in the readings, as long as a gap is longer than a minute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from runtime.sparkplug.payload import Quality
from telemetry.columns import Floats, Ints
from telemetry.completeness import MINUTE_MS
from telemetry.excursions import trusted
from telemetry.store import History, QualityCounts, Readings

HOUR_MS: Final = 3_600_000
MEAN_DECIMALS: Final = 4
"""A tenth of a millikelvin."""


@dataclass(frozen=True, slots=True, eq=False)
class Rollup:
    """Rows as equal columns, sorted by source and ``at_ms``, the beginning of each row's minute, hour or step.

    ``low``, ``mean`` and ``high`` are NaN, ``first_ms`` and ``last_ms`` 0 where no reading was good. ``longest_ms``:
    the longest time between two good readings in different minutes of the row.
    """

    source: Ints
    at_ms: Ints
    low: Floats
    mean: Floats
    high: Floats
    good: Ints
    uncertain: Ints
    bad: Ints
    stale: Ints
    first_ms: Ints
    last_ms: Ints
    longest_ms: Ints

    def __len__(self) -> int:
        return len(self.source)

    def take(self, which: Ints) -> Rollup:
        """The rows at these positions."""
        return Rollup(*(getattr(self, name)[which] for name in COLUMNS))


COLUMNS: Final = tuple(field.name for field in fields(Rollup))
FLOATS: Final = frozenset({"low", "mean", "high"})


def rollup_of(columns: Sequence[object]) -> Rollup:
    """Columns of any numeric type, in the order of the class, as a roll-up."""
    typed: list[Any] = [
        np.asarray(column, np.float64 if name in FLOATS else np.int64)
        for name, column in zip(COLUMNS, columns, strict=True)
    ]
    return Rollup(*typed)


def joined(parts: Sequence[Rollup]) -> Rollup:
    """Rows of all parts, sorted by source and time."""
    if not parts:
        return rollup_of([[]] * len(COLUMNS))
    together = Rollup(*(np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS))
    return together.take(np.lexsort((together.at_ms, together.source)))


def rows_of(readings: Readings) -> Rollup:
    """Each reading as a row; ``readings`` are sorted by source and time."""
    good = trusted(readings.value, readings.quality)
    uncertain, stale = readings.quality == Quality.UNCERTAIN.code, readings.quality == Quality.STALE.code
    value, at_ms = np.where(good, readings.value, np.nan), np.where(good, readings.ts_ms, 0)
    nothing = np.zeros(len(readings), np.int64)
    counts = (good, uncertain, ~(good | uncertain | stale), stale)
    return rollup_of((readings.source, readings.ts_ms, value, value, value, *counts, at_ms, at_ms, nothing))


def coarser(rows: Rollup, width_ms: int) -> Rollup:
    """Rows gathered into steps of a width; a width that is no multiple of theirs puts each where it begins."""
    if len(rows) == 0:
        return rows
    at_ms = rows.at_ms // width_ms * width_ms
    new = np.r_[True, (at_ms[1:] != at_ms[:-1]) | (rows.source[1:] != rows.source[:-1])]
    starts, group = np.flatnonzero(new), np.cumsum(new) - 1
    counts = [np.add.reduceat(column, starts) for column in (rows.good, rows.uncertain, rows.bad, rows.stale)]
    low, mean, high = (np.full(len(starts), np.nan) for _ in range(3))
    first, last, longest = (np.zeros(len(starts), np.int64) for _ in range(3))
    known = np.flatnonzero(rows.good)
    if len(known):
        mine = group[known]
        begins = np.flatnonzero(np.r_[True, mine[1:] != mine[:-1]])
        into = mine[begins]
        low[into] = np.minimum.reduceat(rows.low[known], begins)
        high[into] = np.maximum.reduceat(rows.high[known], begins)
        total = np.add.reduceat(rows.mean[known] * rows.good[known], begins)
        mean[into] = np.round(total / counts[0][into], MEAN_DECIMALS)
        first[into] = np.minimum.reduceat(rows.first_ms[known], begins)
        last[into] = np.maximum.reduceat(rows.last_ms[known], begins)
        if width_ms > MINUTE_MS:
            between = rows.first_ms[known] - np.r_[0, rows.last_ms[known][:-1]]
            between[begins] = 0
            longest[into] = np.maximum.reduceat(np.maximum(between, rows.longest_ms[known]), begins)
    return rollup_of((rows.source[starts], at_ms[starts], low, mean, high, *counts, first, last, longest))


def gaps_in(rows: Rollup, from_ms: int, to_ms: int, gap_after_ms: int) -> list[tuple[int, int]]:
    """Spans of [from, to] longer than ``gap_after_ms`` without a good reading, of the rows of one source.

    A row with such a span within itself is a gap from its first good reading to its last: it cannot say where.
    """
    known = rows.take(np.flatnonzero(rows.good))
    first, last = np.maximum(known.first_ms, from_ms), np.minimum(known.last_ms, to_ms)
    doubtful = known.longest_ms > gap_after_ms
    begins, ends = np.r_[from_ms, last], np.r_[first, to_ms]
    wide = np.flatnonzero(ends - begins > gap_after_ms)
    spans = list(zip(begins[wide].tolist(), ends[wide].tolist(), strict=True))
    spans += zip(first[doubtful].tolist(), last[doubtful].tolist(), strict=True)
    return sorted(spans)


def history_of(rows: Rollup, from_ms: int, to_ms: int, step_ms: int, gap_after_ms: int) -> History:
    """The history of one source in steps, from rows that are no wider than a step."""
    steps = coarser(rows, step_ms)
    known = steps.take(np.flatnonzero(steps.good))
    columns = (known.at_ms.tolist(), known.low.tolist(), known.mean.tolist(), known.high.tolist())
    counts = QualityCounts(*(int(column.sum()) for column in (rows.good, rows.uncertain, rows.bad, rows.stale)))
    return History(list(zip(*columns, strict=True)), gaps_in(rows, from_ms, to_ms, gap_after_ms), counts)
