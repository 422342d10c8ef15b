"""Component catalogue: what may be stored where, how long, in which unit; each figure with its source (domain.md 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from blood.attributes import Attribute
from blood.evidence import Evidence, Sourced
from blood.out_of_control import OutOfControlRule


class ProfileError(ValueError):
    """A profile file with a missing, unknown or impossible entry; the text names the component and the key."""


class Family(StrEnum):
    """Compatibility family of a component; granulocytes follow red cells, of which they have many."""

    WHOLE_BLOOD = "whole_blood"
    RED_CELLS = "red_cells"
    PLASMA = "plasma"
    PLATELETS = "platelets"
    CRYO = "cryo"


class DayEnd(StrEnum):
    """When a shelf life of days ends: at 23:59 site time of its last day, or to the minute."""

    END_OF_DAY = "end_of_day"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Limits:
    """Permitted temperature range in degrees Celsius; ``None`` is an open side."""

    min_c: float | None
    max_c: float | None

    def contains(self, value_c: float) -> bool:
        """True when the value lies in the range, limits included; never true for NaN, as one side is always set."""
        return (self.min_c is None or value_c >= self.min_c) and (self.max_c is None or value_c <= self.max_c)


@dataclass(frozen=True, slots=True)
class FreezeRule:
    """The core must reach ``core_c`` within ``within`` of the start of freezing."""

    core_c: float
    within: timedelta


class LifeUnit(StrEnum):
    """In what a shelf life is counted: days may end at 23:59, hours always keep their minutes."""

    DAYS = "days"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class ShelfLife:
    """How long a component lasts in one anticoagulant, additive or kind of bag (P35D: days, PT24H: hours)."""

    medium: str
    length: Sourced[timedelta]
    unit: LifeUnit


@dataclass(frozen=True, slots=True)
class Agitation:
    """Continuous gentle agitation, and how long it may be missing at once and in all; None: no limit is known."""

    max_single_gap: timedelta | None
    max_total_gap: timedelta | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Component:
    """One kind of blood component with the numbers a site stores it by.

    ``shelf_life`` is the usual one of ``shelf_lives``; ``transport_max`` None: no limit is known; ``attributes`` are
    what every bag of it is. ``evidence`` gives the source of each figure by its name in the file (``storage``,
    ``transport``, ``ml_per_unit``, ``freeze``).
    """

    key: str
    family: Family
    name_en: str
    name_zh: str
    storage: Limits
    transport: Limits
    transport_max: timedelta | None
    shelf_lives: tuple[ShelfLife, ...]
    usual: str
    ml_per_unit: float
    freeze: FreezeRule | None
    agitation: Agitation | None
    out_of_control: OutOfControlRule | None
    attributes: frozenset[Attribute]
    evidence: Mapping[str, Evidence]

    @property
    def shelf_life(self) -> timedelta:
        """How long it lasts when nobody says in what it is kept."""
        return self.life_in(self.usual).length.value

    def life_in(self, medium: str | None) -> ShelfLife:
        """How it lasts in an anticoagulant, additive or bag (None: the usual); KeyError when the profile has none."""
        wanted = self.usual if medium is None else medium
        for one in self.shelf_lives:
            if one.medium == wanted:
                return one
        raise KeyError(medium)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A profile file: its components, how it counts days, and whose rules of compatibility go with it."""

    profile: str
    version: int
    compatibility: str
    days_end: DayEnd
    components: Mapping[str, Component]
    evidence: Mapping[str, Evidence]
