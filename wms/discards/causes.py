"""Causes of discard: a versioned data file that a site may change, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec

from wms.errors import Invalid

NEEDS_COMMENT = "other"
"""The cause that says nothing by itself."""
AT_HOSPITAL = "hospital"
"""The cause of what a hospital reports as wasted."""


class CauseKind(StrEnum):
    """How indicators count a cause."""

    OUTDATED = "outdated"
    TESTS = "tests"
    QUALITY = "quality"
    HANDLING = "handling"
    OTHER = "other"


class Cause(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One cause, its names, and who says so."""

    key: str
    kind: CauseKind
    name_en: str
    name_zh: str
    source: str
    status: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    cause: tuple[Cause, ...]


@cache
def causes() -> Mapping[str, Cause]:
    """Every cause of this site by its key, in the order of the file."""
    text = (resources.files("wms.discards") / "causes.toml").read_bytes()
    return {cause.key: cause for cause in msgspec.toml.decode(text, type=_File).cause}


def cause_of(key: str) -> Cause:
    """The cause of that key; raises Invalid naming what there is."""
    found = causes().get(key)
    if found is None:
        raise Invalid("cause", f"{key!r} is no cause of discard here; there is {', '.join(causes())}")
    return found
