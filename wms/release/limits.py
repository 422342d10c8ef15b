"""Limits that release judges by, from the profile's versioned data file: each number with its source. Pure."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Annotated

import msgspec

from blood.components import Family
from wms.laboratory.profile import Status


class Number(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number that a site may change, with who claims it."""

    value: Annotated[float, msgspec.Meta(ge=0)]
    source: str
    status: Status


class TemperatureLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a temperature record may have in it, in minutes over the life of the bag (gaps: the longest single one)."""

    gap_max_min: Number
    core_outside_max_min: Number
    air_outside_max_min: Number
    still_max_min: Number


class VolumeLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Plausible volumes of one bag of a family, in mL."""

    family: Family
    min_ml: Number
    max_ml: Number


class DrawLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long blood may flow until ``up_to_ml`` are in the bag; for all components when none is named."""

    up_to_ml: Annotated[float, msgspec.Meta(gt=0)]
    max_min: Number
    components: tuple[str, ...] = ()
    apheresis: bool = False


class ProcessLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How soon after collection a component must be separated, and its freezing begun; by anticoagulant when named."""

    components: tuple[str, ...]
    separated_within_h: Number | None = None
    frozen_within_h: Number | None = None
    anticoagulants: tuple[str, ...] = ()


class ReleaseLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All limits of one profile."""

    profile: str
    version: Annotated[int, msgspec.Meta(ge=1)]
    temperature: TemperatureLimits
    collection_tolerance: Number
    volume: tuple[VolumeLimits, ...]
    draw: tuple[DrawLimit, ...]
    process: tuple[ProcessLimit, ...]

    def draw_limit(self, component: str, volume_ml: float, *, apheresis: bool) -> DrawLimit | None:
        """The tightest limit on the draw for this component and volume; None when the profile has none."""
        fitting = [
            limit
            for limit in self.draw
            if limit.apheresis is apheresis
            and volume_ml <= limit.up_to_ml
            and (not limit.components or component in limit.components)
        ]
        return min(fitting, key=lambda limit: limit.max_min.value, default=None)

    def process_limit(self, component: str, anticoagulant: str | None) -> ProcessLimit | None:
        """What holds for a component: the entry of its anticoagulant, or the one for all; None when there is none."""
        fitting = [limit for limit in self.process if component in limit.components]
        named = [limit for limit in fitting if anticoagulant in limit.anticoagulants]
        return next(iter([*named, *(limit for limit in fitting if not limit.anticoagulants)]), None)

    def volume_limits(self, family: Family) -> VolumeLimits | None:
        """Plausible volumes of a family; None when the profile has none."""
        return next((limits for limits in self.volume if limits.family is family), None)


@cache
def release_limits(profile: str) -> ReleaseLimits:
    """Release limits of a component profile ("cn-2012"); raises ValueError when the file is missing or malformed."""
    path = resources.files("wms.release") / f"{profile}.toml"
    if not path.is_file():
        raise ValueError(f"There are no release limits for profile {profile!r}")
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), ReleaseLimits)
