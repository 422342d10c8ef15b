"""The model of a chamber that warms, and what is believed of a kind of chamber before it failed. Pure.

Lags with a closed solution (minutes, Celsius): the walls, and with them the load, drift towards the world outside; air
follows the walls; the load probe follows air. What the bags and the inner walls take up at first, and then no more,
slows the beginning down or speeds it up by a middle lag:

    walls' = (outside - walls) / slow     air' = (walls - air) / air_min     load' = (air - load) / load_min
    air and load gain besides: slope * (1 - lasting) * middle * (1 - exp(-t / middle))

``slope`` is how fast air rises in the first half hour, which is what every rest of the compressor shows; ``lasting`` is
the share of it that the slow drift keeps. ``outside`` is where the chamber would end: the room, and what the fans heat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from plant.model import DeviceKind
from telemetry.columns import Floats

PARAMETERS: Final = 7
SLOPE, LASTING, MIDDLE_MIN, OUTSIDE_C, AIR_MIN, LOAD_MIN, WALLS_C = range(PARAMETERS)
"""Logarithm of K/min, logit of a share, logarithms of minutes, Celsius; walls in K above the first air."""
_APART: Final = 0.02
"""Equal lags have another closed form; they are kept so far apart, which no reading can tell."""
_LEAST_RISE_C: Final = 0.3


class Cooling(StrEnum):
    """What the compressor does during a failure.

    It rests (dead, no supply), runs in vain (weak, door ajar), or runs and never rests (a thermostat welded on), which
    is seen upside down (`telemetry.thermal.cold`).
    """

    RESTS = "rests"
    RUNS = "runs"
    NEVER_RESTS = "never rests"


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Mean and covariance of the parameters."""

    mean: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True)
class _Kind:
    slope: float
    before: tuple[float, ...]
    spread: tuple[float, ...]


_KINDS: Final[Mapping[DeviceKind, _Kind]] = {
    DeviceKind.COLD_ROOM: _Kind(-2.0, (-0.85, -0.75, 3.6, 27.0, 1.5, 2.85, 0.5), (0.4, 0.5, 0.6, 6.0, 0.5, 0.3, 0.8)),
    DeviceKind.PLASMA_FREEZER: _Kind(
        -1.6, (-0.45, -0.7, 2.8, 25.0, 2.1, 2.95, 0.5), (0.45, 0.5, 0.6, 8.0, 0.8, 0.3, 1.0)
    ),
    DeviceKind.ULTRA_FREEZER: _Kind(
        -2.2, (0.0, -0.27, 3.4, 27.0, 1.8, 2.9, 0.4), (0.25, 0.4, 0.35, 6.0, 0.6, 0.3, 1.1)
    ),
}
"""Per kind: the usual logarithm of the slope in rests, and how a failure differs (slope: from the chamber's own rests).

Means and standard deviations over the curves of 200 simulated failures of the training seeds 901 and 902."""
_RUNS: Final = _Kind(0.0, (-0.4, -1.4, 3.0, 25.0, 1.6, 2.8, 1.0), (1.0, 0.9, 0.9, 14.0, 1.2, 0.3, 1.8))
"""Cooling in vain tells little of itself beforehand, whatever the kind: wide."""
_NEVER_RESTS: Final = _Kind(0.0, (0.1, -0.6, 1.8, 3.0, 1.3, 2.68, 1.2), (0.5, 1.3, 1.0, 11.0, 0.8, 0.25, 2.2))
"""Upside down, against the store's own runs; over 120 simulated welded thermostats, training seeds 901 and 902."""
SLOPE_SPREAD: Final = 0.9
"""Of the logarithm of the slope in rests between chambers of one kind: rooms and cabinets, full and empty."""


def knows(kind: DeviceKind) -> bool:
    """True for chambers that are colder than the room; an incubator drifts both ways and is not modelled."""
    return kind in _KINDS


def usual_slope(kind: DeviceKind) -> float:
    """Logarithm of the K/min by which air rises while the compressor rests; raises KeyError for other machines."""
    return _KINDS[kind].slope


def before(kind: DeviceKind, cooling: Cooling, slope: float, spread: float) -> Belief:
    """What is believed of a failure at its beginning. ``slope`` and ``spread``: of the chamber's own rests, as logs."""
    known = {Cooling.RESTS: _KINDS[kind], Cooling.RUNS: _RUNS, Cooling.NEVER_RESTS: _NEVER_RESTS}[cooling]
    mean = np.array(known.before)
    mean[SLOPE] += slope
    variance = np.square(known.spread)
    variance[SLOPE] += spread**2
    return Belief(mean, np.diag(variance))


def end_c(parameters: Floats, air_c: float) -> Floats:
    """Where air would end, one for each row of parameters."""
    return np.asarray(np.maximum(parameters[:, OUTSIDE_C], air_c + parameters[:, WALLS_C] + _LEAST_RISE_C))


def curve(parameters: Floats, minutes: Floats, air_c: float, load_c: float) -> tuple[Floats, Floats]:
    """Air and load over time from where they stand at minute 0; a row per row of ``parameters``."""
    theta = np.atleast_2d(parameters)
    slope, middle, air_min, load_min = np.exp(theta[:, [SLOPE, MIDDLE_MIN, AIR_MIN, LOAD_MIN]]).T[..., np.newaxis]
    lasting = 1 / (1 + np.exp(-theta[:, [LASTING]]))
    air_min, middle = (
        np.where(np.abs(lag / load_min - 1) < _APART, load_min * (1 + _APART), lag) for lag in (air_min, middle)
    )
    outside = end_c(theta, air_c)[:, np.newaxis]
    rise = outside - air_c - theta[:, [WALLS_C]]
    slow = np.maximum(rise / (slope * lasting), (1 + _APART) * np.maximum(air_min, load_min))
    by_slow, by_air, by_load, by_middle = (np.exp(-minutes / lag) for lag in (slow, air_min, load_min, middle))
    gain = slope * (1 - lasting) * middle

    walls_share = -rise * slow / (slow - air_min)
    air_share = air_c - outside - walls_share
    air = outside + walls_share * by_slow + air_share * by_air + gain * (1 - by_middle)
    walls_in_load = walls_share * slow / (slow - load_min)
    air_in_load = air_share * air_min / (air_min - load_min)
    load_share = load_c - outside - walls_in_load - air_in_load
    load = outside + walls_in_load * by_slow + air_in_load * by_air + load_share * by_load
    return air, load + gain * (1 - (middle * by_middle - load_min * by_load) / (middle - load_min))
