"""The daily inventory model: first in, first out, with a life in days. World.md 7; the shelf behind every shock."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from simulators.chance import draw
from simulators.rhythm.sampling import lognormal, poisson
from simulators.rhythm.shocks import Channel, Shock

RED_CELLS_A_DAY: Final = 426.0  # calc, world.md 1.3: usable bags a day at 500 donations
PLATELETS_A_DAY: Final = 79.0  # calc, doses
DEMAND_OF_SUPPLY: Final = 0.97
COVER_DAYS: Final = 8.0
RED_CELL_LIFE_D: Final = 35
PLATELET_LIFE_D: Final = 5
PLATELET_USABLE_FROM_D: Final = 1  # results come the next afternoon: 4 days are left
PLATELET_COVER_DAYS: Final = 3.0
PLATELET_DEMAND_LOG_SD: Final = 0.30  # calc: the day-to-day noise that gives the base case .7 % short, 3.7 % outdated
RUN_IN_D: Final = 10
"""Ordinary days before the shock: cover 8.0 grows to the 8.3 days with which the scripts begin."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: cover in mean days of demand at its end, and bags supplied, asked for, short and outdated."""

    cover_d: float
    supplied: float
    asked: float
    short: float
    outdated: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run of days; ``run_in`` of them come before the shock."""

    days: tuple[Day, ...]
    run_in: int

    @property
    def lowest_cover_d(self) -> float:
        """The smallest cover."""
        return min(day.cover_d for day in self.days)

    @property
    def highest_cover_d(self) -> float:
        """The largest cover."""
        return max(day.cover_d for day in self.days)

    @property
    def lowest_on_day(self) -> int:
        """Index of the first day with the smallest cover, run-in included."""
        return min(range(len(self.days)), key=lambda number: self.days[number].cover_d)

    @property
    def short_share(self) -> float:
        """Bags short over bags asked for."""
        return sum(day.short for day in self.days) / sum(day.asked for day in self.days)

    @property
    def outdated_share(self) -> float:
        """Bags outdated over bags supplied."""
        return sum(day.outdated for day in self.days) / sum(day.supplied for day in self.days)


def red_cells_under(shock: Shock, days: int = 70) -> Outcome:
    """Red cells of a mid-size site under a shock, without chance; casualties of day 0 add to its demand."""
    demand = RED_CELLS_A_DAY * DEMAND_OF_SUPPLY
    casualties = shock.casualties
    extra = casualties.admissions * casualties.red_cells_each if casualties is not None else 0.0
    flows = [
        (
            RED_CELLS_A_DAY * shock.factor(Channel.SUPPLY, day),
            demand * shock.factor(Channel.DEMAND, day) + (extra if day == 0 else 0.0),
        )
        for day in range(-RUN_IN_D, days - RUN_IN_D)
    ]
    return run(flows, mean_demand=demand, cover_d=COVER_DAYS, life_d=RED_CELL_LIFE_D)


def platelets_under(shock: Shock, seed: int, days: int = 70) -> Outcome:
    """Platelet doses of a mid-size site under a shock, with chance in both flows."""
    demand = PLATELETS_A_DAY * DEMAND_OF_SUPPLY
    median = demand * math.exp(-(PLATELET_DEMAND_LOG_SD**2) / 2.0)
    flows = []
    for day in range(-RUN_IN_D, days - RUN_IN_D):
        chance = draw(seed, "platelets", day)
        supplied = poisson(chance, PLATELETS_A_DAY * shock.factor(Channel.PLATELET_SUPPLY, day))
        asked = lognormal(chance, median, PLATELET_DEMAND_LOG_SD)
        flows.append((float(supplied), asked))
    return run(
        flows,
        mean_demand=demand,
        cover_d=PLATELET_COVER_DAYS,
        life_d=PLATELET_LIFE_D,
        usable_from_d=PLATELET_USABLE_FROM_D,
    )


def rhd_negative_cover_gone_after_d(shock: Shock, cover_d: float = COVER_DAYS) -> int:
    """Days until RhD-negative stock of ``cover_d`` days is gone under a shock, demand as ever."""
    cover, day = cover_d, 0
    while cover > 0.0 and day <= shock.last_day:
        cover += shock.factor(Channel.RHD_NEGATIVE_SUPPLY, day) - 1.0
        day += 1
    return day


def run(
    flows: Iterable[tuple[float, float]],
    *,
    mean_demand: float,
    cover_d: float,
    life_d: int,
    usable_from_d: int = 0,
    run_in: int = RUN_IN_D,
) -> Outcome:
    """Live through (supplied, asked) day by day: oldest first, what reaches ``life_d`` days is outdated.

    The shelf begins with ``cover_d`` days of mean demand, as if collected evenly on the days before.
    """
    full = int(cover_d)
    shelf = deque([age, cover_d / full * mean_demand] for age in range(full, 0, -1))
    days = []
    for supplied, asked in flows:
        shelf.append([0, supplied])
        outdated = 0.0
        while shelf and shelf[0][0] >= life_d:
            outdated += shelf.popleft()[1]
        short = _take(shelf, asked, usable_from_d)
        days.append(Day(sum(lot[1] for lot in shelf) / mean_demand, supplied, asked, short, outdated))
        for lot in shelf:
            lot[0] += 1
    return Outcome(tuple(days), run_in)


def _take(shelf: deque[list[float]], asked: float, usable_from_d: int) -> float:
    """Take from the oldest usable lots; return what was missing."""
    for lot in shelf:
        if lot[0] >= usable_from_d:
            taken = min(lot[1], asked)
            lot[1] -= taken
            asked -= taken
    while shelf and shelf[0][1] <= 0.0:
        shelf.popleft()
    return asked
