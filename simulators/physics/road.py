"""Vans: how long a way takes, what breaks down, and how warm it gets behind the seats (world.md 5)."""

from __future__ import annotations

import math
import random
from enum import StrEnum
from typing import Final

import msgspec

LOAD_S: Final = 360.0
LOAD_BOX_S: Final = 20.0
HAND_OVER_S: Final = 480.0
BOXES: Final = 60
SHIFT_S: Final = 36_000.0
_KM_BETWEEN_BREAKDOWNS: Final = 8000.0
_SPREAD: Final = 0.25  # standard deviation of the time, as a share of its mean
_PEAKS: Final = ((7.0, 9.5), (17.0, 19.5))
_NIGHT: Final = (22.0, 6.0)
_SUN_DRIVING_K: Final = 8.0
_SUN_PARKED_K: Final = 12.0
_HOTTEST_C: Final = 45.0
_CARGO_TAU_S: Final = 1200.0


class Area(StrEnum):
    """Where a road runs."""

    CITY = "city"
    OUT_OF_TOWN = "out_of_town"


class Motion(StrEnum):
    """Whether a van drives or stands."""

    DRIVING = "driving"
    PARKED = "parked"


class Cargo(msgspec.Struct):
    """Air in the cargo space of a van in Celsius."""

    air_c: float


def mean_km_h(area: Area, local_hour: float) -> float:
    """Mean speed at a local hour of the day: 24 km/h in the city, 16 in the peaks, 35 at night; 55 out of town."""
    if area is Area.OUT_OF_TOWN:
        return 55.0
    if any(start <= local_hour < end for start, end in _PEAKS):
        return 16.0
    return 35.0 if local_hour >= _NIGHT[0] or local_hour < _NIGHT[1] else 24.0


def travel_s(km: float, area: Area, local_hour: float, chance: random.Random) -> float:
    """Seconds for a way that starts at a local hour; lognormal, with a standard deviation of 25 % of the mean."""
    sigma = math.sqrt(math.log(1.0 + _SPREAD**2))
    return km / mean_km_h(area, local_hour) * 3600.0 * chance.lognormvariate(-0.5 * sigma**2, sigma)


def loading_s(boxes: int) -> float:
    """Seconds to load so many boxes at the gate."""
    return LOAD_S + LOAD_BOX_S * boxes


def breakdown_km(km: float, chance: random.Random) -> float | None:
    """Kilometre at which the van breaks down on this way, or None; once in 8 000 km."""
    at = chance.expovariate(1.0 / _KM_BETWEEN_BREAKDOWNS)
    return at if at < km else None


def step(cargo: Cargo, dt: float, *, outdoor_c: float, sun: float, motion: Motion) -> None:
    """Advance the cargo air by ``dt`` seconds; ``sun`` is 0 to 1, and a parked body heats up to 45 C."""
    if motion is Motion.DRIVING:
        goal_c = outdoor_c + _SUN_DRIVING_K * sun
    else:
        goal_c = min(outdoor_c + _SUN_PARKED_K * sun, max(_HOTTEST_C, outdoor_c))
    cargo.air_c += (goal_c - cargo.air_c) * (1.0 - math.exp(-dt / _CARGO_TAU_S))
