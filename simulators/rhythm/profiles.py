"""Two populations of donors by their calendar: weekday, month, day-to-day noise, and the feast that keeps them away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from simulators.rhythm.feasts import fasting_months, spring_festivals
from simulators.rhythm.shocks import FASTING_MONTH, SPRING_FESTIVAL, Shock


@dataclass(frozen=True, slots=True)
class Profile:
    """Calendar of one population.

    Ratios to the mean day outside the feast: ``weekdays`` Monday first, ``months`` January first. The log of a day's
    noise is AR(1) with ``phi`` and ``log_sd``, truncated to ``noise_range``. ``feasts`` gives the days 0 of ``hole``
    that fall in a year.
    """

    name: str
    weekdays: tuple[float, ...]
    months: tuple[float, ...]
    demand_weekdays: tuple[float, ...]
    phi: float
    log_sd: float
    noise_range: tuple[float, float]
    feasts: Callable[[int], tuple[date, ...]]
    hole: Shock


_DEMAND_WEEKDAYS: Final = (1.00, 1.05, 1.00, 1.00, 1.05, 0.90, 0.70)  # design

CHINA: Final = Profile(
    name="china",
    weekdays=(0.80, 0.90, 0.95, 0.95, 1.00, 1.25, 1.15),  # design
    months=(1.0,) * 12,  # no source gives a monthly shape for China: the Spring Festival is its season
    demand_weekdays=_DEMAND_WEEKDAYS,
    phi=0.42,  # V MYS
    log_sd=0.45,  # V MYS
    # design: a site of 500 a day takes 190 on its worst Monday and 900 on its best Saturday (world.md 1.1)
    noise_range=(190 / 500 / 0.80, 900 / 500 / 1.25),
    feasts=spring_festivals,
    hole=SPRING_FESTIVAL,
)
MALAYSIA: Final = Profile(
    name="malaysia",
    weekdays=(0.65, 0.96, 1.08, 1.00, 0.67, 1.00, 1.62),  # V MYS 2012-19
    # V MYS 1.03 .98 1.07 1.03 1.03 .92 1.00 1.04 1.02 .98 .99 .91, less what the fast took of May to September then
    months=(1.00, 0.95, 1.04, 1.00, 1.06, 1.03, 1.11, 1.05, 0.99, 0.95, 0.96, 0.88),
    demand_weekdays=_DEMAND_WEEKDAYS,
    phi=0.42,  # V MYS: autocorrelation .42 / .20 / .08 at 1 / 2 / 3 days
    log_sd=0.45,  # V MYS
    noise_range=(0.21, 1.96),  # V MYS, 1-99 % of days
    feasts=fasting_months,
    hole=FASTING_MONTH,
)
PROFILES: Final = {profile.name: profile for profile in (CHINA, MALAYSIA)}
