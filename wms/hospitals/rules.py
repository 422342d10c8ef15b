"""What hospitals do with blood, as versioned data: how long a crossmatch holds, when use is presumed, fates, causes."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from blood.eligibility import BagStatus
from wms.errors import Invalid


class Proof(StrEnum):
    """What shows that a bag was rightly wasted."""

    CLOCK = "clock"
    PEOPLE = "people"


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Hours(_Entry, frozen=True):
    """A number of hours with its source and how far that was verified (V, S, design, unverified)."""

    hours: Annotated[float, msgspec.Meta(gt=0)]
    source: str
    status: str

    @property
    def span(self) -> timedelta:
        """The hours as a timedelta."""
        return timedelta(hours=self.hours)


class CrossmatchMethod(_Entry, frozen=True):
    """How blood is crossmatched, and how long a compatible result holds."""

    method: str
    name_en: str
    name_zh: str
    valid_hours: Annotated[float, msgspec.Meta(gt=0)]
    source: str
    status: str

    @property
    def span(self) -> timedelta:
        """How long a compatible result holds."""
        return timedelta(hours=self.valid_hours)


class FateRule(_Entry, frozen=True):
    """A fate, the status that it gives the bag, and its codes in HL7 tables 0510 and 0513 (domain.md 7.1)."""

    key: str
    name_en: str
    name_zh: str
    status_becomes: BagStatus | None = None
    hl7_0510: str | None = None
    hl7_0513: str | None = None


class WasteCause(_Entry, frozen=True):
    """Why a hospital wastes a bag, and what shows it."""

    key: str
    name_en: str
    name_zh: str
    proof: Proof


class HospitalRules(_Entry, frozen=True):
    """The rules of one profile."""

    profile: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    presumed_after: Hours
    report_within: Hours
    crossmatch: tuple[CrossmatchMethod, ...]
    fate: tuple[FateRule, ...]
    waste: tuple[WasteCause, ...]

    def method(self, key: str) -> CrossmatchMethod:
        """The crossmatch method of that name; raises Invalid."""
        for method in self.crossmatch:
            if method.method == key:
                return method
        known = ", ".join(method.method for method in self.crossmatch)
        raise Invalid("crossmatch.method", f"{key!r} is not a way to crossmatch; profile {self.profile} knows {known}")

    def cause(self, key: str | None) -> WasteCause:
        """The cause of that name; raises Invalid."""
        for cause in self.waste:
            if cause.key == key:
                return cause
        known = ", ".join(cause.key for cause in self.waste)
        raise Invalid("fate.cause", f"Say why it was wasted: {known}")


@cache
def hospital_rules(profile: str) -> HospitalRules:
    """Rules of a component profile ("cn-2012"); raises ValueError when the file is missing or malformed."""
    path = resources.files("wms.hospitals") / f"{profile}.toml"
    if not path.is_file():
        raise ValueError(f"There are no rules for hospitals in profile {profile!r}")
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), HospitalRules)
