"""Rules that a temperature record is read by, from the profile's versioned data file. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from blood.components import Component, Family
from wms.laboratory.profile import Status
from wms.passports.model import Side
from wms.passports.outcomes import TWO_PEOPLE, DispositionOutcome
from wms.release.limits import Number

_COLD_MAX_C = 10.0
"""A component that is kept below this, and not frozen, is kept cold."""


class Kept(StrEnum):
    """How a component is stored."""

    COLD = "cold"
    ROOM = "room"
    FROZEN = "frozen"


class EventKind(StrEnum):
    """What happened to a bag."""

    EXCURSION = "excursion"
    AGITATION = "agitation"
    NO_DATA = "no_data"


class Where(StrEnum):
    """Where it happened: in a store, or in a transport box."""

    STORAGE = "storage"
    TRANSIT = "transit"


class Automatic(StrEnum):
    """What is done at once. A BLOCK is a hold that only a discard ends."""

    HOLD = "hold"
    BLOCK = "block"


class _Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    status: Status


class AbsoluteLimit(_Row, frozen=True):
    """A limit that blood does not survive, whatever its place permits."""

    kept: tuple[Kept, ...]
    families: tuple[Family, ...]
    side: Side
    value_c: float


class Drift(_Row, frozen=True):
    """How fast a closed chamber can change at most, and between which ends."""

    kept: tuple[Kept, ...]
    rise_c_per_h: Annotated[float, msgspec.Meta(gt=0)]
    fall_c_per_h: Annotated[float, msgspec.Meta(gt=0)]
    floor_c: float
    ceiling_c: float


class TriggerRule(_Row, frozen=True):
    """When people must decide, what is done until then, and what they may decide. Empty filters fit everything.

    ``within_c``: the core never left these; ``most_min``: nor was it outside its range for longer; ``first_only``: and
    it is the first such event of the bag. ``people`` must sign, two at least where the outcome cannot be taken back.
    """

    key: str
    name_en: str
    name_zh: str
    event: EventKind
    automatic: Automatic
    people: Annotated[int, msgspec.Meta(ge=1, le=2)]
    outcomes: Annotated[tuple[DispositionOutcome, ...], msgspec.Meta(min_length=1)]
    kept: tuple[Kept, ...] = ()
    families: tuple[Family, ...] = ()
    watch: Where | None = None
    colder_than_c: float | None = None
    warmer_than_c: float | None = None
    within_c: tuple[float, float] | None = None
    most_min: float | None = None
    first_only: bool = False

    def signers(self, outcome: DispositionOutcome) -> int:
        """How many people must sign an outcome of this trigger."""
        return max(self.people, 2 if outcome in TWO_PEOPLE else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One thing that happened to a bag, as the rows of the data file look at it."""

    kind: EventKind
    where: Where
    coldest_c: float | None
    warmest_c: float | None
    minutes: float
    is_first: bool


class RecordRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All rules of one profile."""

    profile: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    confirm_load_min: Number
    confirm_air_min: Number
    confirm_box_min: Number
    no_data_h: Number
    absolute: tuple[AbsoluteLimit, ...]
    drift: tuple[Drift, ...]
    trigger: tuple[TriggerRule, ...]

    def absolutes(self, component: Component) -> tuple[AbsoluteLimit, ...]:
        """The absolute limits of a component."""
        kept = kept_as(component)
        return tuple(one for one in self.absolute if kept in one.kept and component.family in one.families)

    def drift_of(self, component: Component) -> Drift:
        """How fast the places of a component can change."""
        kept = kept_as(component)
        return next(one for one in self.drift if kept in one.kept)

    def trigger_of(self, component: Component, event: Happened) -> TriggerRule | None:
        """The first row that fits what happened; None: nobody has to decide."""
        return next((row for row in self.trigger if _fits(row, component, event)), None)

    def named(self, key: str) -> TriggerRule:
        """The row of a key; raises KeyError when the file has none."""
        for row in self.trigger:
            if row.key == key:
                return row
        raise KeyError(key)


def kept_as(component: Component) -> Kept:
    """How a component is stored, by its storage range."""
    most = component.storage.max_c
    if most is None or most > _COLD_MAX_C:
        return Kept.ROOM
    return Kept.FROZEN if most < 0 else Kept.COLD


def _fits(row: TriggerRule, component: Component, event: Happened) -> bool:
    if row.event is not event.kind or (row.watch is not None and row.watch is not event.where):
        return False
    if (row.kept and kept_as(component) not in row.kept) or (row.families and component.family not in row.families):
        return False
    if row.first_only and not event.is_first:
        return False
    if row.most_min is not None and event.minutes > row.most_min:
        return False
    return _fits_values(row, event)


def _fits_values(row: TriggerRule, event: Happened) -> bool:
    coldest, warmest = event.coldest_c, event.warmest_c
    if row.colder_than_c is not None and (coldest is None or coldest >= row.colder_than_c):
        return False
    if row.warmer_than_c is not None and (warmest is None or warmest <= row.warmer_than_c):
        return False
    if row.within_c is None:
        return True
    low, high = row.within_c
    return coldest is not None and warmest is not None and coldest >= low and warmest <= high


@cache
def record_rules(profile: str) -> RecordRules:
    """Rules of a component profile ("cn-2012"); raises ValueError when the file is missing or malformed."""
    path = resources.files("wms.passports") / "rules" / f"{profile}.toml"
    if not path.is_file():
        raise ValueError(f"There are no rules of temperature records for profile {profile!r}")
    rules = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), RecordRules)
    missing = set(Kept) - {kept for drift in rules.drift for kept in drift.kept}
    if missing:
        raise ValueError(f"The rules of {profile} say nothing of how fast a {min(missing)} store changes")
    return rules
