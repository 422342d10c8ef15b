"""How many donors come and how much is ordered on a given day, relative to the mean day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from statistics import fmean

from simulators.chance import draw
from simulators.rhythm.profiles import Profile
from simulators.rhythm.sampling import poisson, truncated_lognormal_mean, truncated_normal
from simulators.rhythm.shocks import Channel, DatedShock, combined

_MEMORY_DAYS = 25
"""Days of the past that still matter: .42 ** 25 is 4e-10 of a standard deviation."""


def noise(seed: int, profile: Profile, day: date) -> float:
    """Day-to-day factor with mean 1: the exponential of a truncated AR(1), the same for a day whoever asks first."""
    low, high = (math.log(end) / profile.log_sd for end in profile.noise_range)
    z = math.sqrt(1.0 - profile.phi**2) * math.fsum(
        profile.phi**age * _surprise(seed, profile.name, day - timedelta(days=age)) for age in range(_MEMORY_DAYS)
    )
    x = profile.log_sd * truncated_normal(z, low, high)
    return math.exp(x) / truncated_lognormal_mean(profile.log_sd, low, high)


def _surprise(seed: int, profile: str, day: date) -> float:
    return draw(seed, "rhythm", profile, day.isoformat()).gauss(0.0, 1.0)


@cache
def _holes(profile: Profile, year: int) -> tuple[DatedShock, ...]:
    return tuple(DatedShock(profile.hole, day) for around in (year - 1, year) for day in profile.feasts(around))


def holiday(profile: Profile, channel: Channel, day: date) -> float:
    """Factor of the profile's moving feast; raises UnknownFeastError where the feast's date is not known."""
    return combined(_holes(profile, day.year), channel, day)


def supply_factor(seed: int, profile: Profile, day: date, shocks: Sequence[DatedShock] = ()) -> float:
    """Expected donations of a day over those of the mean day: weekday x month x feast x noise x shocks."""
    weekday = profile.weekdays[day.weekday()] / fmean(profile.weekdays)
    month = profile.months[day.month - 1]
    shock = combined(shocks, Channel.SUPPLY, day)
    return weekday * month * holiday(profile, Channel.SUPPLY, day) * noise(seed, profile, day) * shock


def demand_factor(profile: Profile, day: date, shocks: Sequence[DatedShock] = ()) -> float:
    """Expected demand of a day over that of the mean day: weekday x feast x shocks."""
    weekday = profile.demand_weekdays[day.weekday()] / fmean(profile.demand_weekdays)
    return weekday * holiday(profile, Channel.DEMAND, day) * combined(shocks, Channel.DEMAND, day)


def donations_on(seed: int, profile: Profile, mean: float, day: date, shocks: Sequence[DatedShock] = ()) -> int:
    """Number of donations on a day at a site whose mean day has ``mean``."""
    expected = mean * supply_factor(seed, profile, day, shocks)
    return poisson(draw(seed, "donations", profile.name, day.isoformat()), expected)
