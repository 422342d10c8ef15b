"""A probe that scatters far more than is normal for it: a bad shield, a loose contact (world.md 2.3: sd x 10 to 30).

Scatter is the mean size of the second difference of its readings, so neither the level nor a steady slope counts. What
is normal is learned from each probe's own readings; a defrost or a door triples it at most (virtual chambers: 3.0), an
sd of ten times the normal makes it more than five times as large.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from telemetry.columns import Bools, Floats, Ints
from telemetry.conditions import Condition, ConditionChange
from telemetry.rounds import rounds
from telemetry.sources import SensorTable
from telemetry.telling import change_of

NOISY_FROM: Final = 4.5
QUIET_AGAIN_AT: Final = 3.0
"""Scatter over the probe's normal scatter."""
LEARN_READINGS: Final = 240
"""Nobody is called noisy before so many of its readings are known."""
_FAST: Final = 1 / 30
_SLOW: Final = 1 / 2000
_LEAST_K: Final = 0.01
"""A scatter below the resolution of a probe says nothing."""
_CLIP_FAST: Final = 20.0
_CLIP_SLOW: Final = 3.0
"""One spike is not noise, and noise is not what is normal: both are cut to so many times the normal."""
_GAP_MS: Final = 3 * 60_000
"""Readings further apart than this are not compared."""


class NoiseWatch:
    """Scatter of each probe, now and normally. One thread at a time."""

    def __init__(self, table: SensorTable, watched: Bools) -> None:
        rows = len(table.sensors)
        self._table, self._watched = table, watched
        self._last: Floats = np.full((2, rows), np.nan)  # the newest value and the one before
        self._ts_ms: Ints = np.zeros(rows, dtype=np.int64)
        self._known: Ints = np.zeros(rows, dtype=np.int64)
        self._fast: Floats = np.zeros(rows)
        self._normal: Floats = np.zeros(rows)
        self.noisy: Bools = np.zeros(rows, dtype=np.bool_)

    def resume(self, rows: Iterable[int]) -> None:
        """These were noisy when the last run ended: they are until they are seen to be quiet."""
        self.noisy[list(rows)] = True

    def take(self, rows: Ints, ts_ms: Ints, value: Floats) -> list[ConditionChange]:
        """Take trusted live readings in order; ``rows``: sensor row of each."""
        use = np.flatnonzero(self._watched[rows])
        changes: list[ConditionChange] = []
        for part in rounds(rows[use]):
            mine = use[part]
            changes += self._follow(rows[mine], ts_ms[mine], value[mine])
        return changes

    def _follow(self, row: Ints, ts_ms: Ints, value: Floats) -> Iterator[ConditionChange]:
        newer = ts_ms > self._ts_ms[row]
        row, ts_ms, value = row[newer], ts_ms[newer], value[newer]
        apart = ts_ms - self._ts_ms[row] > _GAP_MS
        self._last[:, row[apart]] = np.nan
        scatter = np.abs(value - 2 * self._last[0, row] + self._last[1, row])
        self._last[1, row], self._last[0, row], self._ts_ms[row] = self._last[0, row], value, ts_ms
        told = np.isfinite(scatter)
        row, ts_ms, scatter = row[told], ts_ms[told], scatter[told]
        self._learn(row, scatter)
        ratio = self._fast[row] / np.maximum(self._normal[row], _LEAST_K)
        sure = self._known[row] >= LEARN_READINGS
        noisy = np.where(self.noisy[row], ~sure | (ratio > QUIET_AGAIN_AT), sure & (ratio >= NOISY_FROM))
        turned = np.flatnonzero(noisy != self.noisy[row])
        self.noisy[row] = noisy
        for i in turned.tolist():
            sensor = self._table.sensors[int(row[i])]
            yield change_of(
                sensor.id,
                Condition.SENSOR_NOISY,
                active=bool(noisy[i]),
                at_ms=int(ts_ms[i]),
                place=sensor.place,
                value=round(float(ratio[i]), 1),
                limit=NOISY_FROM,
            )

    def _learn(self, row: Ints, scatter: Floats) -> None:
        """Running means; the normal one is a plain mean until enough is known."""
        self._known[row] += 1
        early = self._known[row] <= LEARN_READINGS
        normal = np.maximum(self._normal[row], _LEAST_K)
        calm = np.where(early, scatter, np.minimum(scatter, _CLIP_SLOW * normal))
        pace = np.where(early, 1.0 / self._known[row], _SLOW)
        self._normal[row] += pace * (calm - self._normal[row])
        cut = np.where(early, scatter, np.minimum(scatter, _CLIP_FAST * normal))
        self._fast[row] += np.where(early, np.maximum(pace, _FAST), _FAST) * (cut - self._fast[row])
