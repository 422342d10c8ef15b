"""Reasons of a recall and its deadline, as the site's data file gives them (`recall.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from wms.errors import Invalid

FILE: Final = Path(__file__).with_name("recall.toml")


class RecallReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reason: ``of_the_donor`` says that the donor's other donations belong to the case as well."""

    code: str
    name_en: str
    name_zh: str
    of_the_donor: bool
    source: str
    status: str


class Minutes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time in minutes with where it comes from."""

    value: float
    source: str
    status: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    acknowledge_within_min: Minutes
    reason: list[RecallReason]


@dataclass(frozen=True, slots=True)
class RecallSettings:
    """What a site decides about recalls."""

    reasons: tuple[RecallReason, ...]
    acknowledge_within_min: Minutes

    @property
    def acknowledge_within(self) -> timedelta:
        """Domain time that a holder has for an answer before it becomes an alarm."""
        return timedelta(minutes=self.acknowledge_within_min.value)

    def reason(self, code: str) -> RecallReason:
        """The reason of this code; raises Invalid."""
        for reason in self.reasons:
            if reason.code == code:
                return reason
        known = ", ".join(reason.code for reason in self.reasons)
        raise Invalid("recall.reason", f"There is no reason {code} for a recall; this site knows {known}")


@cache
def recall_settings() -> RecallSettings:
    """The settings in force; raises msgspec.ValidationError for a file that is not one."""
    content = msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), _File)
    return RecallSettings(tuple(content.reason), content.acknowledge_within_min)
