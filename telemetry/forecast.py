"""Minutes until a temperature leaves its limits, from the newest minutes of its trend; pure.

A store swings with its compressor (twice an hour and more, world.md 2.2), so a slope counts only when it was straight
for one such swing and both halves of that time agree. Beyond the alert band there is no healthy swing: any straight
half hour counts there, or else ten straight minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from telemetry.columns import Floats, Ints

LOOK_BACK_MIN: Final = 30
"""One swing of the slowest cold room; also how much of the trend `minutes_left` wants."""
HORIZON_MIN: Final = 240.0
"""What lies further ahead is not foretold."""
_BEYOND_ALERT_MIN: Final = 10
_LEAST_SHARE: Final = 0.9
"""Of the minutes of a window that must have spoken."""
_STRAIGHT_R2: Final = 0.9
_HALVES_AGREE: Final = 0.7
"""The gentler half's slope over the steeper one's: below it the air is still settling after the cooling failed."""
_FLAT_C_PER_MIN: Final = 0.002


@dataclass(frozen=True, slots=True)
class Band:
    """Limits and the alert limits inside them, in Celsius; nan where a side is open."""

    low: float
    high: float
    alert_low: float
    alert_high: float


class Basis(StrEnum):
    """What a forecast rests on: a straight line, the kind of the chamber, or events of the chamber itself."""

    LINE = "line"
    KIND = "kind"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes until a limit; ``low`` to ``high`` hold 80 of 100 cases, None while no model vouches for a band."""

    median: float
    low: float | None = None
    high: float | None = None
    basis: Basis = Basis.LINE

    def after(self, minutes: float) -> Minutes:
        """The same so many minutes later; nothing falls below 0."""
        low, high = (None if side is None else max(side - minutes, 0.0) for side in (self.low, self.high))
        return Minutes(max(self.median - minutes, 0.0), low, high, self.basis)


def minutes_left(minute: Ints, value: Floats, band: Band) -> float | None:
    """Minutes from the newest value until a limit; 0 outside, None when it does not surely head there or too far.

    ``minute``: whole minutes, rising, with the ``value`` in Celsius of each that spoke.
    """
    if len(value) == 0:
        return None
    newest = float(value[-1])
    if newest > band.high or newest < band.low:
        return 0.0
    slope = _steady_slope(minute, value)
    if slope == 0 and (newest > band.alert_high or newest < band.alert_low):
        slope = _quick_slope(minute, value)
    limit = band.high if slope > 0 else band.low
    if slope == 0 or np.isnan(limit):
        return None
    left = (limit - newest) / slope
    return left if left <= HORIZON_MIN else None


def _quick_slope(minute: Ints, value: Floats) -> float:
    end = int(minute[-1])
    spans = (LOOK_BACK_MIN, _BEYOND_ALERT_MIN)
    slopes = (
        _straight_slope(minute[part], value[part], span)
        for span in spans
        if len(part := _window(minute, end - span, end))
    )
    return next((slope for slope in slopes if slope != 0), 0.0)


def _steady_slope(minute: Ints, value: Floats) -> float:
    end, half = int(minute[-1]), LOOK_BACK_MIN // 2
    whole = _window(minute, end - LOOK_BACK_MIN, end)
    if _straight_slope(minute[whole], value[whole], LOOK_BACK_MIN) == 0:
        return 0.0
    middle = end - half
    earlier, later = (
        _fit(minute[part], value[part])[0]
        for part in (_window(minute, end - LOOK_BACK_MIN, middle), _window(minute, middle, end))
    )
    agree = earlier * later > 0 and min(abs(earlier), abs(later)) >= _HALVES_AGREE * max(abs(earlier), abs(later))
    return later if agree and abs(later) >= _FLAT_C_PER_MIN else 0.0


def _window(minute: Ints, after: int, until: int) -> Ints:
    return np.flatnonzero((minute > after) & (minute <= until))


def _straight_slope(minute: Ints, value: Floats, wanted: int) -> float:
    """Slope in Celsius a minute of a straight stretch; 0 when it is flat, crooked or has too few points."""
    if len(minute) < _LEAST_SHARE * wanted:
        return 0.0
    slope, r2 = _fit(minute, value)
    return slope if r2 >= _STRAIGHT_R2 and abs(slope) >= _FLAT_C_PER_MIN else 0.0


def _fit(minute: Ints, value: Floats) -> tuple[float, float]:
    """Slope and coefficient of determination of the best line; (0, 0) where there is none."""
    if len(minute) < 2 or np.ptp(value) == 0:
        return 0.0, 0.0
    x = (minute - minute[0]).astype(np.float64)
    slope, start = np.polyfit(x, value, 1)
    return float(slope), 1.0 - float(np.var(value - (slope * x + start)) / np.var(value))
