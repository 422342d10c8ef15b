"""How long a donor waits between donations, and what information reaches back how far: versioned data. Pure."""

from __future__ import annotations

import calendar
import tomllib
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from wms.errors import Invalid
from wms.laboratory.profile import Status


class DonationKind(StrEnum):
    """How blood is given, as far as the time to the next donation goes."""

    WHOLE_BLOOD = "whole_blood"
    APHERESIS = "apheresis"


class Interval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shortest time from one kind of donation to another, in days or in calendar months."""

    after: DonationKind
    before: DonationKind
    source: str
    status: Status
    days: Annotated[int, msgspec.Meta(ge=0)] = 0
    months: Annotated[int, msgspec.Meta(ge=0)] = 0

    def ends(self, given: datetime) -> datetime:
        """When a donor who gave then may give again."""
        return _months_later(given, self.months) + timedelta(days=self.days)


class InformationRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of information after a donation, and how many days before it donations are in doubt; None: all."""

    kind: str
    name_en: str
    name_zh: str
    source: str
    status: Status
    days_back: Annotated[int, msgspec.Meta(ge=0)] | None = None


class DonorRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The rules of one profile."""

    profile: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    interval: tuple[Interval, ...]
    information: tuple[InformationRule, ...]

    def after(self, given: DonationKind, wanted: DonationKind) -> Interval | None:
        """The interval between two kinds; None when the profile has none."""
        return next((one for one in self.interval if (one.after, one.before) == (given, wanted)), None)

    def information_of(self, kind: str) -> InformationRule:
        """The rule of that kind; raises Invalid."""
        for rule in self.information:
            if rule.kind == kind:
                return rule
        known = ", ".join(rule.kind for rule in self.information)
        raise Invalid("information.kind", f"{kind!r} is no kind of information after a donation; one of {known}")


@cache
def donor_rules(profile: str) -> DonorRules:
    """Donor rules of a component profile ("cn-2012"); raises ValueError when the file is missing or malformed."""
    path = resources.files("wms.donors") / f"{profile}.toml"
    if not path.is_file():
        raise ValueError(f"There are no donor rules for profile {profile!r}")
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), DonorRules)


def _months_later(given: datetime, months: int) -> datetime:
    """The same day so many calendar months later, or the last day of a shorter month."""
    year, month = divmod(given.year * 12 + given.month - 1 + months, 12)
    day = min(given.day, calendar.monthrange(year, month + 1)[1])
    return given.replace(year=year, month=month + 1, day=day)
