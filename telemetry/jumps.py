"""Values that no probe can reach so fast: a spike is not believed, and what stays where it jumped to is.

A bottle of glycol follows its medium over a quarter of an hour, the air of a store over a minute (world.md 2.3); what
moves faster is the electronics: 85.0 and -127 are classics. Loggers of boxes are left out: a box is opened anywhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from plant.model import Plant, ProbeKind
from runtime.sparkplug.payload import Quality
from telemetry.columns import Bools, Floats, Ints
from telemetry.excursions import trusted
from telemetry.rounds import rounds
from telemetry.sources import SensorTable
from telemetry.store import Readings

LOAD_K_PER_MIN: Final = 5.0
AIR_K_PER_MIN: Final = 20.0
BELIEVED_AT: Final = 3
"""A value that comes so often in a row has not jumped: the world has."""
_MINUTE_MS: Final = 60_000


def finite(readings: Readings) -> Readings:
    """The same readings; an infinite value is none at all, and bad: it is no evidence for either side of a limit."""
    endless = np.isinf(readings.value)
    if not endless.any():
        return readings
    return replace(
        readings,
        value=np.where(endless, np.nan, readings.value),
        quality=np.where(endless, np.minimum(readings.quality, np.uint8(Quality.BAD.code)), readings.quality),
    )


class JumpFilter:
    """What was last believed of each probe. One thread at a time."""

    def __init__(self, plant: Plant, table: SensorTable) -> None:
        rows = len(table.sensors)
        kinds = {probe.id: probe.kind for probe in plant.probes if probe.device not in plant.box_by_id}
        self._k_per_min: Floats = np.array([_limit(kinds.get(sensor.id)) for sensor in table.sensors])
        self._value: Floats = np.full(rows, np.nan)
        self._ts_ms: Ints = np.zeros(rows, dtype=np.int64)
        self._elsewhere: Floats = np.full(rows, np.nan)
        self._times: Ints = np.zeros(rows, dtype=np.int64)

    def judge(self, readings: Readings, rows: Ints) -> Readings:
        """The same readings; those that cannot be true are uncertain. ``rows``: sensor row of each, -1 for none."""
        use = np.flatnonzero((rows >= 0) & ~readings.historical & trusted(readings.value, readings.quality))
        use = use[np.isfinite(self._k_per_min[rows[use]])]
        if len(use) == 0:
            return readings
        quality = readings.quality
        for part in rounds(rows[use]):
            mine = use[part]
            wild = self._judge(rows[mine], readings.ts_ms[mine], readings.value[mine])
            if wild.any():
                quality = quality.copy() if quality is readings.quality else quality
                quality[mine[wild]] = Quality.UNCERTAIN.code
        if quality is readings.quality:
            return readings
        return Readings(readings.source, readings.ts_ms, readings.value, quality, readings.historical)

    def _judge(self, row: Ints, ts_ms: Ints, value: Floats) -> Bools:
        minutes = np.maximum(1.0, (ts_ms - self._ts_ms[row]) / _MINUTE_MS)
        limit = self._k_per_min[row]
        wild = np.abs(value - self._value[row]) > limit * minutes  # nan, nothing known yet: not wild
        stays = wild & (np.abs(value - self._elsewhere[row]) <= limit)
        times = np.where(wild, np.where(stays, self._times[row] + 1, 1), 0)
        wild = wild & (times < BELIEVED_AT)
        self._times[row] = np.where(wild, times, 0)
        self._elsewhere[row] = np.where(wild, value, np.nan)
        believed = row[~wild]
        self._value[believed], self._ts_ms[believed] = value[~wild], ts_ms[~wild]
        return np.asarray(wild)


def _limit(kind: ProbeKind | None) -> float:
    return {ProbeKind.LOAD: LOAD_K_PER_MIN, ProbeKind.AIR: AIR_K_PER_MIN}.get(kind, np.inf) if kind else np.inf
