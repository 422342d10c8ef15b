"""A temperature that changes faster than its store can in health: a door torn open, a load probe out of its glycol.

Looked at once a minute over the last ten. The limits stand well above the quickest healthy ten minutes of the virtual
chambers (load: .5 K in a cold room, 2.3 K in a defrost at -30; air: 2.8 K and 7.2 K) and below what bags in danger do.
An air probe beside a door that was open in those minutes is left out: its door has an alarm of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from plant.model import Plant, ProbeKind
from telemetry.columns import Bools, Floats, Ints
from telemetry.conditions import Condition, ConditionChange
from telemetry.sources import SensorKind, SensorTable
from telemetry.telling import change_of

SPAN_MIN: Final = 10
_RING: Final = SPAN_MIN + 2  # both ends, and the minute that is being written
LOAD_K: Final = 1.5
AIR_K: Final = 6.0
FROZEN_LOAD_K: Final = 5.0
FROZEN_AIR_K: Final = 15.0
"""Kelvin in ten minutes; a store below `FROZEN_C` swings with its defrosts."""
FROZEN_C: Final = -10.0
_CALM_AGAIN: Final = 0.5
_IN_A_ROW: Final = 2
_DOOR_MS: Final = 20 * 60_000
"""After a door has shut the air falls back as fast as it rose."""
_MINUTE_MS: Final = 60_000
_NEVER: Final = -1


class RateWatch:
    """The last minutes of each probe. One thread at a time."""

    def __init__(self, plant: Plant, table: SensorTable, watched: Bools) -> None:
        rows = len(table.sensors)
        airs = {probe.id for probe in plant.probes if probe.kind is ProbeKind.AIR}
        self._table, self._watched = table, watched
        self._is_air: Bools = np.array([sensor.id in airs for sensor in table.sensors], dtype=np.bool_)
        self._is_door: Bools = np.array([s.kind is SensorKind.DOOR for s in table.sensors], dtype=np.bool_)
        beside = zip(table.cell_row[table.hush_cell].tolist(), table.hush_door.tolist(), strict=True)
        pairs = np.array(sorted(set(beside)), dtype=np.int64).reshape(-1, 2)
        self._probe_beside, self._door_beside = pairs[:, 0], pairs[:, 1]
        self._open_ms: Ints = np.full(rows, _NEVER, dtype=np.int64)
        self._is_open: Bools = np.zeros(rows, dtype=np.bool_)
        self._minute_of: Ints = np.full((rows, _RING), _NEVER, dtype=np.int64)
        self._value_of: Floats = np.full((rows, _RING), np.nan)
        self._over: Ints = np.zeros(rows, dtype=np.int64)
        self._told: Bools = np.zeros(rows, dtype=np.bool_)
        self._minute = _NEVER

    def resume(self, rows: Iterable[int]) -> None:
        """These were told when the last run ended: they hold until ten calm minutes are seen."""
        self._told[list(rows)] = True

    def take(self, rows: Ints, ts_ms: Ints, value: Floats) -> None:
        """Take trusted live readings in order; the last of a minute stays."""
        doors = np.flatnonzero(self._is_door[rows])
        self._is_open[rows[doors]] = value[doors] > 0
        self._open_ms[rows[doors]] = np.where(value[doors] > 0, ts_ms[doors], self._open_ms[rows[doors]])
        use = np.flatnonzero(self._watched[rows])
        minute = ts_ms[use] // _MINUTE_MS
        slot = minute % _RING
        self._minute_of[rows[use], slot], self._value_of[rows[use], slot] = minute, value[use]

    def look(self, now_ms: int) -> list[ConditionChange]:
        """Once a minute, what the last whole ten minutes say; what is not known raises nothing and ends nothing."""
        minute = now_ms // _MINUTE_MS - 1  # the last whole one
        if minute <= self._minute:
            return []
        self._minute = minute
        return list(self._judge(minute, now_ms))

    def _judge(self, minute: int, now_ms: int) -> Iterator[ConditionChange]:
        new, old = minute % _RING, (minute - SPAN_MIN) % _RING
        known = (self._minute_of[:, new] == minute) & (self._minute_of[:, old] == minute - SPAN_MIN)
        moved = np.abs(self._value_of[:, new] - self._value_of[:, old])
        limit = self._limits(self._value_of[:, old])
        over = known & (moved > limit) & ~self._beside_door(now_ms)
        calm = known & (moved <= limit * _CALM_AGAIN)
        self._over = np.where(over, self._over + 1, np.where(known, 0, self._over))
        told = np.where(self._told, ~calm, self._over >= _IN_A_ROW)
        turned = np.flatnonzero(told != self._told)
        self._told = np.asarray(told, dtype=np.bool_)
        for row in turned.tolist():
            sensor = self._table.sensors[row]
            yield change_of(
                sensor.id,
                Condition.TEMPERATURE_RATE,
                active=bool(told[row]),
                at_ms=now_ms,
                place=sensor.place,
                value=round(float(moved[row]), 2),
                limit=float(limit[row]),
            )

    def _limits(self, before_c: Floats) -> Floats:
        frozen = before_c < FROZEN_C
        load = np.where(frozen, FROZEN_LOAD_K, LOAD_K)
        return np.asarray(np.where(self._is_air, np.where(frozen, FROZEN_AIR_K, AIR_K), load))

    def _beside_door(self, now_ms: int) -> Bools:
        answer = np.zeros(len(self._table.sensors), dtype=np.bool_)
        door = self._door_beside
        lately = self._is_open[door] | ((self._open_ms[door] != _NEVER) & (now_ms - self._open_ms[door] < _DOOR_MS))
        answer[self._probe_beside[lately]] = True
        return answer
