"""What a chamber's own history says of it: how fast it warms when its compressor rests, and what is usual. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from plant.model import DeviceKind
from telemetry.columns import Floats
from telemetry.forecast import Basis
from telemetry.thermal.events import SETTLED_MIN, Minute, Stretch, Usual, rests, streaks
from telemetry.thermal.model import SLOPE_SPREAD, usual_slope

ENOUGH_EVENTS: Final = 5
"""With fewer rests the kind stands in for the chamber."""
_TO_SPREAD: Final = 1.4826
"""Standard deviation over median absolute deviation of a normal distribution."""
LEAST_HISTORY_MIN: Final = 14 * 60
"""With less nobody knows what is usual: it takes a defrost, and those may be twelve hours apart."""
_MARGIN_C: Final = 0.2
_LONGER: Final = 1.3
"""So many times its longest rest or run is more than usual."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A chamber as it is known: logarithm of the K/min of air late in a rest, its uncertainty, and what is usual.

    ``usual`` None: nothing was read of it yet.
    """

    kind: DeviceKind
    slope: float
    spread: float
    events: int
    usual: Usual | None

    @property
    def basis(self) -> Basis:
        """Whether the chamber itself has taught it enough, or its kind has to stand in."""
        return Basis.EVENTS if self.events >= ENOUGH_EVENTS else Basis.KIND


def fit(kind: DeviceKind, history: Minute | None) -> Fitted:
    """A chamber fitted on its own rests; with fewer than `ENOUGH_EVENTS` what is known of its kind, which is wide.

    Robust: the median of the logarithms of the slopes, so that a door or a defrost among them shifts nothing. Raises
    KeyError for machines that are no cold chambers.
    """
    slopes = np.array([] if history is None else [slope for one in rests(history) if (slope := _late_slope(one)) > 0])
    usual = None if history is None else _usual(history)
    if len(slopes) < ENOUGH_EVENTS:
        return Fitted(kind, usual_slope(kind), SLOPE_SPREAD, len(slopes), usual)
    logs = np.log(slopes)
    scatter = _TO_SPREAD * float(np.median(np.abs(logs - np.median(logs))))
    return Fitted(kind, float(np.median(logs)), scatter / float(np.sqrt(len(logs))), len(logs), usual)


def _late_slope(rest: Stretch) -> float:
    """K/min of air in the later half of a rest, when the cold of the coil is spent."""
    half = len(rest.minutes) // 2
    return float(np.polyfit(rest.minutes[half:], rest.air_c[half:], 1)[0])


def _usual(history: Minute) -> Usual | None:
    air, load = history.air_c, history.load_c
    if min(np.isfinite(air).sum(), np.isfinite(load).sum()) < LEAST_HISTORY_MIN:
        return None
    held: Floats = np.lib.stride_tricks.sliding_window_view(air, SETTLED_MIN).min(axis=1)  # nan where a minute is
    most = float(np.nanmax(held)) if not np.isnan(held).all() else float(np.nanmax(air))
    rest, run = (
        _LONGER * max((end - begin for begin, end in streaks(which)), default=np.inf)
        for which in (~history.runs, history.runs)
    )
    return Usual(float(np.nanmedian(air)), most + _MARGIN_C, float(np.nanmax(load)) + _MARGIN_C, rest, run)
