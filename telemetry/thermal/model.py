"""The model of a chamber that warms: the walls drift towards the world outside, air follows them, a probe follows air.

Three first-order lags in a row with a closed solution (times in minutes, temperatures in Celsius):

    walls' = (outside - walls) / slow_min      air' = (walls - air) / air_min      load' = (air - load) / load_min

``outside`` is what the chamber would end at: the room, plus what the fans heat, less what weak cooling still takes.
Uncertain parameters are one normal distribution over the vector (log air_min, log slow_min, log load_min, outside,
walls at the start): a belief. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from plant.model import DeviceKind
from telemetry.columns import Floats

PARAMETERS: Final = 5
AIR_MIN, SLOW_MIN, LOAD_MIN, OUTSIDE_C, WALLS_C = range(PARAMETERS)
_APART: Final = 1.02
"""Equal lags have another closed form; they are kept this far apart, which no reading can tell."""


class Basis(StrEnum):
    """What a belief rests on."""

    KIND = "kind"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """Mean and covariance of the parameters; ``walls_c`` counts from the first air of a stretch.

    ``events``: how many stretches of the chamber's own it has learned from; 0: only its kind is known.
    """

    mean: Floats
    covariance: Floats
    events: int = 0

    @property
    def basis(self) -> Basis:
        """Whether the chamber itself has taught it enough, or its kind has to stand in."""
        return Basis.EVENTS if self.events >= ENOUGH_EVENTS else Basis.KIND


ENOUGH_EVENTS: Final = 5


def prior(kind: DeviceKind) -> Belief:
    """What is believed of a chamber of which nothing but the kind is known: wide; raises KeyError for other machines.

    Design values (world.md 2.1): a room with much blood holds out for hours, a cabinet for one.
    """
    slow_min, outside_c = _KINDS[kind]
    mean = np.array([np.log(5.0), np.log(slow_min), np.log(20.0), outside_c, 1.0])
    return Belief(mean, np.diag(np.square([0.8, 1.0, 0.3, 6.0, 1.5])))


_KINDS: Final[Mapping[DeviceKind, tuple[float, float]]] = {
    DeviceKind.COLD_ROOM: (600.0, 25.0),
    DeviceKind.PLASMA_FREEZER: (900.0, 22.0),
    DeviceKind.ULTRA_FREEZER: (1200.0, 22.0),
}
"""Kind -> (minutes, Celsius) of the slow lag and of outside."""


def knows(kind: DeviceKind) -> bool:
    """True for chambers that are colder than the room; an incubator drifts both ways and is not modelled."""
    return kind in _KINDS


def curve(parameters: Floats, minutes: Floats, air_c: float, load_c: float) -> tuple[Floats, Floats]:
    """Air and load over time from where they stand at minute 0; a row per row of ``parameters``."""
    theta = np.atleast_2d(parameters)
    air_min, slow_min, load_min = np.exp(theta[:, [AIR_MIN, SLOW_MIN, LOAD_MIN]]).T[..., np.newaxis]
    air_min = np.where(np.abs(air_min / load_min - 1) < _APART - 1, load_min * _APART, air_min)
    slow_min = np.maximum(slow_min, np.maximum(air_min, load_min) * _APART)
    outside = theta[:, [OUTSIDE_C]]
    short = outside - (air_c + theta[:, [WALLS_C]])
    slow, quick, probe = (np.exp(-minutes / lag) for lag in (slow_min, air_min, load_min))
    walls_share = -short * slow_min / (slow_min - air_min)
    air_share = air_c - outside - walls_share
    air = outside + walls_share * slow + air_share * quick
    walls_in_load = walls_share * slow_min / (slow_min - load_min)
    air_in_load = air_share * air_min / (air_min - load_min)
    load_share = load_c - outside - walls_in_load - air_in_load
    load = outside + walls_in_load * slow + air_in_load * quick + load_share * probe
    return air, load
