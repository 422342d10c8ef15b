"""What every sensor says now, for screens and gates: value, quality and age, the last two hours, minutes to a limit.

Written by the ingest thread, read from any thread.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import numpy as np

from blood.components import Limits
from plant.model import Plant
from runtime.sparkplug.payload import Quality
from telemetry.columns import Floats, Ints
from telemetry.evaluate import SILENT_REAL_S, Evaluator
from telemetry.forecast import HORIZON_MIN, LOOK_BACK_MIN, Band, Minutes, minutes_left
from telemetry.limits import LimitBook, LimitSet
from telemetry.sources import SensorTable
from telemetry.telling import moment
from telemetry.tracker import GAP_AFTER_MS

TREND_POINTS: Final = 120
TREND_STEP_MS: Final = 60_000
_LEAST_INSIDE_MIN: Final = 1.0
"""A probe that should have passed its limit by now and has not is about to; 0 would say that it has."""


Foretell = Callable[[str, Band, int], Minutes | None]
"""(probe, limits, ms since 1970) -> when a model says that it leaves them; None: no model can say."""


class LiveQuality(StrEnum):
    """How far a value can be trusted, in the words of the API."""

    GOOD = "good"
    UNCERTAIN = "uncertain"
    BAD = "bad"
    STALE = "stale"


_QUALITY: Final = {
    Quality.GOOD.code: LiveQuality.GOOD,
    Quality.UNCERTAIN.code: LiveQuality.UNCERTAIN,
    Quality.BAD.code: LiveQuality.BAD,
    Quality.STALE.code: LiveQuality.STALE,
}


@dataclass(frozen=True, slots=True)
class LiveReading:
    """The newest reading of a sensor. ``value`` is None while it never spoke or spoke null; silence makes it stale."""

    sensor: str
    value: float | None
    quality: LiveQuality
    at: datetime | None
    age_s: float | None


class LiveValues:
    """Newest values and a minute-by-minute trend of each sensor. ``monotonic`` gives real seconds."""

    def __init__(self, plant: Plant, table: SensorTable, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        rows = len(table.sensors)
        self._plant = plant
        self._table = table
        self._row = {sensor.id: row for row, sensor in enumerate(table.sensors)}
        self._bands: Mapping[str, Band] = {}
        self._foretell: Foretell | None = None
        self._lock = threading.Lock()
        self._monotonic = monotonic
        self._looked_s = -math.inf  # when the evaluator was last followed
        self._value: Floats = np.full(rows, np.nan)
        self._quality: Ints = np.full(rows, Quality.STALE.code, dtype=np.int64)
        self._ts_ms: Ints = np.full(rows, -1, dtype=np.int64)
        self._known = np.zeros(rows, dtype=np.bool_)
        self._outside = np.zeros(rows, dtype=np.bool_)
        self._minute: Ints = np.full((rows, TREND_POINTS), -1, dtype=np.int64)
        self._trend: Floats = np.full((rows, TREND_POINTS), np.nan)

    def use(self, limits: LimitBook, now_ms: int) -> None:
        """Foretell by the limits of this instant from now on."""
        self._bands = {probe.id: _band(limits.at(probe.id, now_ms)) for probe in self._plant.probes}

    def foretell_by(self, foretell: Foretell) -> None:
        """Ask this first how long it takes to a limit; a straight line stands in where it cannot say."""
        self._foretell = foretell

    def follow(self, evaluator: Evaluator) -> None:
        """Take over the evaluator's newest values; called by the thread that owns it, after each pass and each look."""
        with self._lock:
            self._value[:] = evaluator.value
            believed = np.where(evaluator.doubtful, Quality.UNCERTAIN.code, evaluator.quality)
            self._quality[:] = np.where(evaluator.silent, Quality.STALE.code, believed)
            self._ts_ms[:] = np.where(evaluator.heard, evaluator.ts_ms, -1)
            self._known[:] = evaluator.known
            self._outside[:] = evaluator.confirmed_outside()
            self._looked_s = self._monotonic()

    def remember(self, rows: Ints, ts_ms: Ints, value: Floats) -> None:
        """Put good values into the trend, live ones and late ones alike; the last of a minute stays."""
        minute = ts_ms // TREND_STEP_MS
        slot = minute % TREND_POINTS
        with self._lock:
            newer = minute >= self._minute[rows, slot]
            self._minute[rows[newer], slot[newer]] = minute[newer]
            self._trend[rows[newer], slot[newer]] = value[newer]

    def reading(self, sensor: str, now: datetime) -> LiveReading:
        """Newest reading of a probe, door or supply at ``now`` (domain); raises KeyError for an unknown id."""
        row = self._row[sensor]
        with self._lock:
            value, quality, ts = float(self._value[row]), int(self._quality[row]), int(self._ts_ms[row])
        if ts < 0:
            return LiveReading(sensor, None, LiveQuality.STALE, None, None)
        at = moment(ts)
        return LiveReading(
            sensor, None if np.isnan(value) else value, _QUALITY[quality], at, (now - at).total_seconds()
        )

    def trend(self, probe: str, now: datetime) -> list[tuple[int, float | None]]:
        """Last two hours as (t_ms, value), one point a minute at most; a None stands wherever there is a gap."""
        minutes, values = self._recent(probe, now, TREND_POINTS)
        points: list[tuple[int, float | None]] = []
        for minute, value in zip(minutes.tolist(), values.tolist(), strict=True):
            if points and minute * TREND_STEP_MS - points[-1][0] > GAP_AFTER_MS:
                points.append((points[-1][0] + TREND_STEP_MS, None))
            points.append((minute * TREND_STEP_MS, value))
        return points

    def time_left(self, probe: str, now: datetime, permitted: Limits | None = None) -> Minutes | None:
        """Minutes until a probe leaves a permitted range (None: its own limits), with a band where a model knows.

        None when it is not surely heading there, or nobody can say.
        """
        band = self._bands[probe] if permitted is None else _permitted(permitted)
        value = self._known_value(probe)
        if value is None:
            return None
        if value > band.high or value < band.low:
            return Minutes(0.0, 0.0, 0.0)
        foretold, line = self._foretold(probe, now, band)
        return line if foretold is None else foretold

    def earliest(self, probe: str, now: datetime) -> float | None:
        """Minutes that a person, or a rescue, has to reckon with: the least of the model's band and the straight line.

        So that a model that errs takes no time from anybody. 0 is outside and nothing else.
        """
        band, value = self._bands[probe], self._known_value(probe)
        if value is None:
            return None
        if value > band.high or value < band.low:
            return 0.0
        left = [one.median if one.low is None else one.low for one in self._foretold(probe, now, band) if one]
        return max(min(left), _LEAST_INSIDE_MIN) if left else None

    def minutes_to_limit(self, probe: str, now: datetime) -> float | None:
        """`earliest` as the trend alarm asks it, up to `HORIZON_MIN`: never later than by the straight line alone."""
        left = self.earliest(probe, now)
        return None if left is None or left > HORIZON_MIN else left

    def _known_value(self, probe: str) -> float | None:
        row = self._row[probe]
        with self._lock:
            return float(self._value[row]) if self._known[row] else None

    def _foretold(self, probe: str, now: datetime, band: Band) -> tuple[Minutes | None, Minutes | None]:
        """What the model says, and what a straight line says."""
        model = None if self._foretell is None else self._foretell(probe, band, int(now.timestamp() * 1000))
        left = minutes_left(*self._recent(probe, now, LOOK_BACK_MIN), band)
        return model, None if left is None else Minutes(left)

    def excursion_at(self, place: str) -> bool:
        """True while a place with limits is confirmed outside them, or no probe that covers it can say; else False.

        When telemetry itself has stopped looking (it hangs or was stopped), nobody can say.
        """
        if self._plant.envelope_of(place) is None:
            return False
        rows = [self._row[probe.id] for probe in self._plant.probes_covering(place)]
        with self._lock:
            if self._monotonic() - self._looked_s > SILENT_REAL_S:
                return True
            return bool(self._outside[rows].any()) or not bool(self._known[rows].any())

    def _recent(self, probe: str, now: datetime, points: int) -> tuple[Ints, Floats]:
        row = self._row[probe]
        newest = int(now.timestamp() * 1000) // TREND_STEP_MS
        with self._lock:
            minute, value = self._minute[row].copy(), self._trend[row].copy()
        keep = np.flatnonzero((minute > newest - points) & (minute <= newest) & ~np.isnan(value))
        keep = keep[np.argsort(minute[keep])]
        return minute[keep], value[keep]


def _permitted(limits: Limits) -> Band:
    low, high = (np.nan if side is None else side for side in (limits.min_c, limits.max_c))
    return Band(low, high, low, high)


def _band(limits: LimitSet | None) -> Band:
    if limits is None:
        return Band(np.nan, np.nan, np.nan, np.nan)
    sides = (limits.min_c, limits.max_c, limits.alert_min_c, limits.alert_max_c)
    return Band(*(np.nan if side is None else side for side in sides))
