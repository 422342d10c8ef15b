"""Shocks: what a feast, a closure, a disaster or a campaign does to supply and demand, day by day.

World.md 7. A shock is data; the inventory model, the pace of the people and scenarios read the same phases.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """What a phase multiplies."""

    SUPPLY = "supply"
    DEMAND = "demand"
    PLATELET_SUPPLY = "platelet_supply"
    RHD_NEGATIVE_SUPPLY = "rhd_negative_supply"
    REACTIVE = "reactive"
    FIRST_TIME = "first_time"


@dataclass(frozen=True, slots=True)
class Phase:
    """A factor on one channel for ``days`` days, beginning ``first_day`` days after the shock's day 0."""

    channel: Channel
    factor: float
    first_day: int
    days: int


@dataclass(frozen=True, slots=True)
class Casualties:
    """Admissions of a mass-casualty event: they come within ``within_h`` hours of day 0."""

    admissions: int
    within_h: float
    red_cells_each: float = 3.0  # V MCE: plan 3 red cells, 1 plasma, .25 platelets per admission
    plasma_each: float = 1.0
    platelets_each: float = 0.25
    group_o_share: float = 0.40  # design


@dataclass(frozen=True, slots=True)
class Shock:
    """A named shock; its phases of one channel multiply where they overlap."""

    name: str
    phases: tuple[Phase, ...]
    casualties: Casualties | None = None

    def factor(self, channel: Channel, day: int) -> float:
        """Factor of a channel on a day counted from the shock's day 0; 1 outside all phases."""
        factor = 1.0
        for phase in self.phases:
            if phase.channel is channel and phase.first_day <= day < phase.first_day + phase.days:
                factor *= phase.factor
        return factor

    @property
    def last_day(self) -> int:
        """The last day that differs from an ordinary one."""
        return max(phase.first_day + phase.days for phase in self.phases) - 1


@dataclass(frozen=True, slots=True)
class DatedShock:
    """A shock with the date of its day 0."""

    shock: Shock
    day_0: date

    def factor(self, channel: Channel, day: date) -> float:
        """Factor of a channel on a date."""
        return self.shock.factor(channel, (day - self.day_0).days)


def combined(shocks: Iterable[DatedShock], channel: Channel, day: date) -> float:
    """Product of the factors of all shocks on a date."""
    factor = 1.0
    for shock in shocks:
        factor *= shock.factor(channel, day)
    return factor


_S, _D = Channel.SUPPLY, Channel.DEMAND

SPRING_FESTIVAL: Final = Shock(  # design script, depth from V MYS worst week .27-.46
    "spring-festival",
    (Phase(_S, 0.45, 0, 10), Phase(_S, 0.75, 10, 10), Phase(_D, 0.75, 0, 8), Phase(_D, 1.10, 8, 7)),
)
FASTING_MONTH: Final = Shock(
    # V MYS, own statistic: mean ratio by days from the feast, 2012-19; day 0 is the first day of the fast
    "fasting-month",
    (
        Phase(_S, 0.60, 0, 12),
        Phase(_S, 0.80, 12, 15),
        Phase(_S, 0.50, 27, 7),  # the feast's week; two days of it are empty
        Phase(_S, 0.12, 30, 2),
        Phase(_S, 1.12, 36, 12),
    ),
)
PANDEMIC: Final = Shock(  # V COVZ (whole-blood donors -67 %), V COVC; demand cut at once
    "pandemic",
    (Phase(_S, 0.33, 0, 28), Phase(_S, 0.70, 28, 28), Phase(_D, 0.50, 0, 28), Phase(_D, 0.80, 28, 28)),
)
PANDEMIC_LATE_CUT: Final = Shock(  # the same, demand cut 3 days late and only to .7
    "pandemic-late-cut",
    (Phase(_S, 0.33, 0, 28), Phase(_S, 0.70, 28, 28), Phase(_D, 0.70, 3, 25), Phase(_D, 0.80, 28, 28)),
)
MASS_CASUALTY: Final = Shock(  # V QUAKE: 685 -> 1 151 donations a day for a week; V MCE
    "mass-casualty",
    (Phase(_S, 1.70, 0, 7), Phase(_S, 0.80, 7, 14), Phase(Channel.REACTIVE, 1.2, 0, 7)),
    Casualties(admissions=120, within_h=6.0),
)
MASS_CASUALTY_CROWD: Final = Shock(  # S: one city filled its stores in 2 days at four times its supply
    "mass-casualty-crowd",
    (Phase(_S, 4.0, 0, 3), Phase(_S, 1.70, 3, 4), Phase(_S, 0.80, 7, 14), Phase(Channel.REACTIVE, 1.2, 0, 7)),
    Casualties(admissions=120, within_h=6.0),
)
PLATELET_CAMPAIGN: Final = Shock(  # design: donors of the campaign are deferred afterwards
    "platelet-campaign",
    (Phase(Channel.PLATELET_SUPPLY, 2.2, 0, 3), Phase(Channel.PLATELET_SUPPLY, 0.6, 3, 14)),
)
HEAT_WEEK: Final = Shock("heat-week", (Phase(_S, 0.85, 0, 7),))  # design; heat itself belongs to the physics
TERM_START: Final = Shock(  # V MYS best week 1.4-2.0
    "term-start", (Phase(_S, 1.6, 0, 5), Phase(Channel.FIRST_TIME, 0.70 / 0.60, 0, 5))
)
RHD_NEGATIVE_DROUGHT: Final = Shock("rhd-negative-drought", (Phase(Channel.RHD_NEGATIVE_SUPPLY, 0.0, 0, 21),))  # design

SHOCKS: Final = {
    shock.name: shock
    for shock in (
        SPRING_FESTIVAL,
        FASTING_MONTH,
        PANDEMIC,
        PANDEMIC_LATE_CUT,
        MASS_CASUALTY,
        MASS_CASUALTY_CROWD,
        PLATELET_CAMPAIGN,
        HEAT_WEEK,
        TERM_START,
        RHD_NEGATIVE_DROUGHT,
    )
}
