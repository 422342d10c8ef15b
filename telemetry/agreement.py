"""Two probes of one place that contradict each other for an hour: one of them lies, and nobody knows which.

Each is compared with the load probe of its place. Two of a kind must show the same. A load probe stands in liquid and
follows the air over a quarter of an hour: an air probe is compared as such a bottle in its air would feel it (virtual
chambers in health, doors and defrosts included: within .5 K). The limits leave room for probes inside their tolerance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from plant.model import Plant, Probe, ProbeKind
from telemetry.columns import Bools, Floats, Ints
from telemetry.conditions import Condition, ConditionChange
from telemetry.sources import SensorTable
from telemetry.telling import change_of

APART_K: Final = 1.2
FROZEN_APART_K: Final = 2.5
"""Below `FROZEN_C` thermocouples stand, which lie half a kelvin apart when they are new (world.md 2.3)."""
FROZEN_C: Final = -10.0
BOTTLE_S: Final = 900.0
"""Time constant of 20 to 60 mL of glycol in moving air (world.md 2.3)."""
SUSTAINED_MIN: Final = 60
_AGREES_AGAIN: Final = 0.7
_SETTLED_MIN: Final = 60
"""What a bottle feels is known so long after the air around it was first known."""
_GAP_MIN: Final = 5
_MINUTE_MS: Final = 60_000
_NEVER: Final = -1


class AgreementWatch:
    """Pairs of probes that cover one place. One thread at a time."""

    def __init__(self, plant: Plant, table: SensorTable, watched: Bools) -> None:
        rows = {sensor.id: row for row, sensor in enumerate(table.sensors)}
        pairs = [(rows[a.id], rows[b.id]) for a, b in _pairs(plant) if watched[rows[a.id]] and watched[rows[b.id]]]
        both = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        loads = {rows[probe.id] for probe in plant.probes if probe.kind is ProbeKind.LOAD}
        self._table, self._watched = table, watched
        self._first, self._second = both[:, 0], both[:, 1]
        self._is_mixed: Bools = np.array([(a in loads) != (b in loads) for a, b in pairs], dtype=np.bool_)
        self._value: Floats = np.full(len(table.sensors), np.nan)
        self._ts_ms: Ints = np.full(len(table.sensors), _NEVER, dtype=np.int64)
        self._felt: Floats = np.full(len(pairs), np.nan)
        self._since_min: Ints = np.full(len(pairs), _NEVER, dtype=np.int64)
        self._apart_min: Ints = np.zeros(len(pairs), dtype=np.int64)
        self._together_min: Ints = np.zeros(len(pairs), dtype=np.int64)
        self._told: Bools = np.zeros(len(pairs), dtype=np.bool_)
        self._minute = _NEVER

    def resume(self, rows: Iterable[int]) -> None:
        """These were told when the last run ended: they hold until the pair is seen to agree."""
        self._told |= np.isin(self._second, list(rows))

    def take(self, rows: Ints, ts_ms: Ints, value: Floats) -> None:
        """Take trusted live readings in order."""
        use = np.flatnonzero(self._watched[rows])
        self._value[rows[use]], self._ts_ms[rows[use]] = value[use], ts_ms[use]

    def look(self, now_ms: int) -> list[ConditionChange]:
        """Once a minute; a probe that has not spoken for some minutes leaves its pair as it was."""
        minute = now_ms // _MINUTE_MS
        passed = minute - self._minute
        if passed <= 0 or len(self._first) == 0:
            return []
        self._minute = minute
        return list(self._judge(now_ms, 1 if passed > _GAP_MIN else int(passed)))

    def _judge(self, now_ms: int, minutes: int) -> Iterator[ConditionChange]:
        fresh = (now_ms - self._ts_ms <= _GAP_MIN * _MINUTE_MS) & (self._ts_ms != _NEVER)
        known = fresh[self._first] & fresh[self._second]
        first, second = self._value[self._first], self._value[self._second]
        self._feel(known, second, now_ms // _MINUTE_MS, minutes)
        settled = ~self._is_mixed | (now_ms // _MINUTE_MS - self._since_min >= _SETTLED_MIN)
        apart = np.abs(first - np.where(self._is_mixed, self._felt, second))
        limit = np.where(second < FROZEN_C, FROZEN_APART_K, APART_K)
        sure = known & settled
        self._apart_min = np.where(
            sure & (apart > limit), self._apart_min + minutes, np.where(sure, 0, self._apart_min)
        )
        together = sure & (apart <= limit * _AGREES_AGAIN)
        self._together_min = np.where(together, self._together_min + minutes, 0)
        told = np.where(self._told, self._together_min < SUSTAINED_MIN, self._apart_min >= SUSTAINED_MIN)
        turned = np.flatnonzero(told != self._told)
        self._told = np.asarray(told, dtype=np.bool_)
        for number in turned.tolist():
            sensor = self._table.sensors[int(self._second[number])]
            yield change_of(
                sensor.id,
                Condition.SENSORS_DISAGREE,
                active=bool(told[number]),
                at_ms=now_ms,
                place=sensor.place,
                value=round(float(apart[number]), 2),
                limit=float(limit[number]),
            )

    def _feel(self, known: Bools, air_c: Floats, minute: int, minutes: int) -> None:
        """Let the imagined bottle of each mixed pair follow its air; after a gap it begins anew."""
        begins = known & (np.isnan(self._felt))
        self._since_min = np.where(begins, minute, self._since_min)
        share = 1.0 - np.exp(-minutes * 60.0 / BOTTLE_S)
        followed = self._felt + share * (air_c - self._felt)
        self._felt = np.where(known, np.where(begins, air_c, followed), np.nan)


def _pairs(plant: Plant) -> Iterator[tuple[Probe, Probe]]:
    """Each probe of a place with the place's first load probe, whom the bags follow (where none stands, the first).

    A probe is told of once, whatever it covers.
    """
    by_place: dict[str, list[Probe]] = {}
    for probe in plant.probes:
        for place in probe.covers:
            by_place.setdefault(place, []).append(probe)
    told: set[str] = set()
    for probes in by_place.values():
        reference = next((probe for probe in probes if probe.kind is ProbeKind.LOAD), probes[0])
        for probe in probes:
            if probe is not reference and probe.id not in told:
                told.add(probe.id)
                yield reference, probe
