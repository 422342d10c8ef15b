"""Hospitals by size: how much they order, how far they are, when they receive, and what becomes of what they got."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from plant.model import HospitalSize
from simulators.rhythm.donations import Product
from simulators.rhythm.sampling import lognormal, pick


@dataclass(frozen=True, slots=True)
class Habits:
    """A hospital of one size (all design). ``road_min`` is (median, 95 %); ``window`` None means all day."""

    red_cell_share: float
    lines_a_day: float
    median_units: float
    cover_days: float
    road_min: tuple[float, float]
    window: tuple[time, time] | None


HABITS: Final = {
    HospitalSize.LARGE: Habits(0.085, 14.0, 8.0, 5.0, (25.0, 55.0), None),
    HospitalSize.MEDIUM: Habits(0.042, 7.0, 4.0, 4.0, (30.0, 70.0), (time(7), time(21))),
    HospitalSize.SMALL: Habits(0.011, 2.0, 2.0, 3.0, (45.0, 120.0), (time(8), time(17, 30))),
}
HOSPITALS: Final = {HospitalSize.LARGE: 4, HospitalSize.MEDIUM: 10, HospitalSize.SMALL: 22}  # design, mid-size site

RETURNED: Final = 0.003  # design, of shipped bags
RETURN_UNFIT: Final = 0.40  # design: out for more than 30 min, or without a record
TRANSFUSED: Final = 0.94  # V KASH: 93-95 % of what was ordered
OUTDATED: Final[Mapping[str, float]] = {
    Product.RED_CELLS: 0.015,
    Product.PLATELETS: 0.06,
}  # design; nothing else expires at a hospital
_P95: Final = 1.645


class Fate(StrEnum):
    """What becomes of a bag that a hospital received."""

    TRANSFUSED = "transfused"
    RETURNED = "returned"
    RETURNED_UNFIT = "returned_unfit"
    OUTDATED = "outdated"
    WASTED = "wasted"


def drive_min(chance: random.Random, size: HospitalSize, *, median_min: float | None = None) -> float:
    """Minutes on the road to a hospital; ``median_min`` replaces the median of its size."""
    median, p95 = HABITS[size].road_min
    return lognormal(chance, median_min or median, math.log(p95 / median) / _P95)


def is_receiving(size: HospitalSize, at: datetime) -> bool:
    """True when a hospital's blood bank takes routine deliveries at a (site-local) time."""
    window = HABITS[size].window
    return window is None or window[0] <= at.time() < window[1]


def next_receiving(size: HospitalSize, at: datetime) -> datetime:
    """The first (site-local) time from ``at`` on at which a routine delivery is taken."""
    window = HABITS[size].window
    if window is None or is_receiving(size, at):
        return at
    day = at.date() + timedelta(days=at.time() >= window[1])
    return datetime.combine(day, window[0], at.tzinfo)


def fate(chance: random.Random, component: str) -> Fate:
    """What becomes of a shipped bag of a component."""
    if chance.random() >= RETURNED:
        return fate_in_hospital(chance, component)
    return Fate.RETURNED_UNFIT if chance.random() < RETURN_UNFIT else Fate.RETURNED


def fate_in_hospital(chance: random.Random, component: str) -> Fate:
    """What becomes of a bag that a hospital keeps."""
    outdated = OUTDATED.get(component, 0.0)
    transfused = min(TRANSFUSED, 1.0 - outdated)
    wasted = 1.0 - transfused - outdated
    return pick(chance, {Fate.TRANSFUSED: transfused, Fate.OUTDATED: outdated, Fate.WASTED: wasted})
