"""How a store behaves over minutes and hours: heading for a limit, cooling without a pause, a probe without a ripple.

Each is seen long before a limit is passed (world.md 2.2, 2.3):

* the temperature will reach a limit within the horizon of `telemetry.forecast`, and has said so for some minutes;
* a compressor that rests no more in three hours has lost its margin: refrigerant leaks, a door stands ajar, a coil is
  iced up;
* the air around a compressor that starts and stops is never still: an air probe that says exactly the same for so long
  is stuck, and its value is doubtful from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np

from plant.model import DeviceKind, Plant, ProbeKind
from runtime.sparkplug.readings import SourceRegistry
from telemetry.columns import Bools, Floats, Ints
from telemetry.conditions import Condition, ConditionChange
from telemetry.excursions import trusted
from telemetry.rounds import rounds
from telemetry.sources import SensorTable
from telemetry.store import Readings
from telemetry.telling import change_of

COMPRESSOR_METRIC: Final = "Compressor/Running"
TREND_AFTER_MS: Final = 20 * 60_000
"""A trend is told when it has held for so long (a defrost, the slow swing of an ultra-low freezer end before), and"""
TREND_OVER_MS: Final = 15 * 60_000
"""it is over when nothing was foretold for so long."""
_DOUBT_MS: Final = 3 * 60_000
"""A trend that is not told yet begins anew after so long without one."""
DUTY_MIN: Final = 180
LABOURS_FROM: Final = 0.97
"""Share of the last three hours that a compressor ran; a defrost takes a tenth of them once in a while."""
RESTS_AGAIN_AT: Final = 0.85
STUCK_AFTER_MS: Final = 45 * 60_000
STUCK_READINGS: Final = 20
_AT_ONCE: Final = 200
"""Probes that one look asks for their forecast: it costs a fraction of a millisecond each."""
_MINUTE_MS: Final = 60_000
_HELD_MIN: Final = 5
_CYCLING: Final = frozenset({DeviceKind.COLD_ROOM, DeviceKind.PLASMA_FREEZER, DeviceKind.ULTRA_FREEZER})
_NEVER: Final = -1

Forecast = Callable[[str], float | None]
"""Probe id -> minutes until a limit; None when it does not head there, or nobody can say."""


class Behaviour:
    """Memory of the last hours of each probe and each compressor. One thread at a time."""

    def __init__(self, plant: Plant, table: SensorTable, registry: SourceRegistry) -> None:
        rows = len(table.sensors)
        cycling = {device.id for device in plant.devices if device.kind in _CYCLING}
        airs = {probe.id for probe in plant.probes if probe.kind is ProbeKind.AIR and probe.device in cycling}
        self._table = table
        self._may_stick: Bools = np.array([sensor.id in airs for sensor in table.sensors], dtype=np.bool_)
        self._last: Floats = np.full(rows, np.nan)
        self._same_since_ms: Ints = np.zeros(rows, dtype=np.int64)
        self._same: Ints = np.zeros(rows, dtype=np.int64)
        self.stuck: Bools = np.zeros(rows, dtype=np.bool_)
        self._trending = [
            row for row, s in enumerate(table.sensors) if table.is_probe[row] and s.device not in plant.box_by_id
        ]
        self._next_trend = 0
        self._foretold_since_ms: Ints = np.full(rows, _NEVER, dtype=np.int64)
        self._foretold_ms: Ints = np.full(rows, _NEVER, dtype=np.int64)
        self._told_trend: Bools = np.zeros(rows, dtype=np.bool_)
        self._cooled = [device for device in plant.devices if device.id in cycling]
        edges = plant.edge_by_device
        sources = [registry.add(edges[device.id], device.id, COMPRESSOR_METRIC) for device in self._cooled]
        self._cooled_by: Ints = np.full(len(registry), _NEVER, dtype=np.int64)
        self._cooled_by[sources] = np.arange(len(sources))
        self._runs: Floats = np.full(len(self._cooled), np.nan)
        self._ran: Floats = np.full((len(self._cooled), DUTY_MIN), np.nan)
        self._labours: Bools = np.zeros(len(self._cooled), dtype=np.bool_)
        self._minute = _NEVER

    def resume(self, standing: Iterable[tuple[str, Condition]], now_ms: int) -> None:
        """What stood when the last run ended holds until it is seen to be over."""
        rows = {sensor.id: row for row, sensor in enumerate(self._table.sensors)}
        devices = {device.id: number for number, device in enumerate(self._cooled)}
        for source, condition in standing:
            if condition is Condition.SENSOR_STUCK and source in rows:
                self.stuck[rows[source]] = True
            elif condition is Condition.TEMPERATURE_TREND and source in rows:
                self._told_trend[rows[source]] = True
                self._foretold_since_ms[rows[source]] = self._foretold_ms[rows[source]] = now_ms
            elif condition is Condition.COOLING_LABOURS and source in devices:
                self._labours[devices[source]] = True

    def take(self, readings: Readings, rows: Ints) -> list[ConditionChange]:
        """Take new readings; ``rows``: sensor row of each, -1 for none. Tells which probes are stuck, or move again."""
        good = ~readings.historical & trusted(readings.value, readings.quality)
        known = np.flatnonzero(good & (readings.source < len(self._cooled_by)))
        number = self._cooled_by[readings.source[known]]
        self._runs[number[number != _NEVER]] = readings.value[known[number != _NEVER]]  # in order: the last one stays
        use = np.flatnonzero(good & (rows >= 0))
        use = use[self._may_stick[rows[use]]]
        changes: list[ConditionChange] = []
        for part in rounds(rows[use]):
            mine = use[part]
            changes += self._follow(rows[mine], readings.ts_ms[mine], readings.value[mine])
        return changes

    def look(self, now_ms: int, forecast: Forecast) -> list[ConditionChange]:
        """Let time pass: trends are asked for, and once a minute each compressor's share of running is taken."""
        changes = list(self._trends(now_ms, forecast))
        if now_ms // _MINUTE_MS > self._minute:
            changes += self._duties(now_ms, now_ms // _MINUTE_MS)
        return changes

    def _follow(self, row: Ints, ts_ms: Ints, value: Floats) -> Iterator[ConditionChange]:
        same = value == self._last[row]
        moved = ~same & ~np.isnan(self._last[row])
        self._same[row] = np.where(same, self._same[row] + 1, 0)
        self._same_since_ms[row] = np.where(same, self._same_since_ms[row], ts_ms)
        self._last[row] = value
        lasts = (ts_ms - self._same_since_ms[row] >= STUCK_AFTER_MS) & (self._same[row] >= STUCK_READINGS)
        stuck = lasts | (self.stuck[row] & ~moved)
        turned = np.flatnonzero(stuck != self.stuck[row])
        self.stuck[row] = stuck
        for i in turned.tolist():
            sensor = self._table.sensors[int(row[i])]
            minutes = (int(ts_ms[i]) - int(self._same_since_ms[row[i]])) / _MINUTE_MS
            yield change_of(
                sensor.id,
                Condition.SENSOR_STUCK,
                active=bool(stuck[i]),
                at_ms=int(ts_ms[i]),
                place=sensor.place,
                value=minutes,
            )

    def _trends(self, now_ms: int, forecast: Forecast) -> Iterator[ConditionChange]:
        """Ask a part of the probes, the next part the next time."""
        asked = self._trending[self._next_trend : self._next_trend + _AT_ONCE]
        self._next_trend = 0 if self._next_trend + _AT_ONCE >= len(self._trending) else self._next_trend + _AT_ONCE
        for row in asked:
            sensor = self._table.sensors[row]
            left = forecast(sensor.id)
            if left is not None:
                if self._foretold_since_ms[row] == _NEVER:
                    self._foretold_since_ms[row] = now_ms
                self._foretold_ms[row] = now_ms
                held = now_ms - self._foretold_since_ms[row] >= TREND_AFTER_MS
                if held and left > 0 and not self._told_trend[row]:
                    self._told_trend[row] = True
                    yield change_of(
                        sensor.id,
                        Condition.TEMPERATURE_TREND,
                        active=True,
                        at_ms=now_ms,
                        place=sensor.place,
                        value=left,
                    )
            elif now_ms - self._foretold_ms[row] >= (TREND_OVER_MS if self._told_trend[row] else _DOUBT_MS):
                self._foretold_since_ms[row] = _NEVER
                if self._told_trend[row]:
                    self._told_trend[row] = False
                    yield change_of(
                        sensor.id, Condition.TEMPERATURE_TREND, active=False, at_ms=now_ms, place=sensor.place
                    )

    def _duties(self, now_ms: int, minute: int) -> Iterator[ConditionChange]:
        missed = minute - self._minute if self._minute != _NEVER else 1
        known = missed <= _HELD_MIN  # what it said last holds until it speaks again, but not for ever
        for back in range(min(missed, DUTY_MIN)):
            self._ran[:, (minute - back) % DUTY_MIN] = self._runs if known else np.nan
        self._minute = minute
        whole: Bools = ~np.asarray(np.isnan(self._ran).any(axis=1), dtype=np.bool_)
        share = np.where(whole, np.nanmean(np.where(whole[:, None], self._ran, 0.0), axis=1), 0.0)
        labours = np.where(self._labours, ~whole | (share > RESTS_AGAIN_AT), whole & (share >= LABOURS_FROM))
        for number in np.flatnonzero(labours != self._labours).tolist():
            device = self._cooled[number]
            yield change_of(
                device.id,
                Condition.COOLING_LABOURS,
                active=bool(labours[number]),
                at_ms=now_ms,
                place=device.place,
                value=float(share[number]) * 100,
                limit=LABOURS_FROM * 100,
            )
        self._labours = np.asarray(labours, dtype=np.bool_)
