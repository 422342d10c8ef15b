"""Component catalogue: what may be stored where, how long, in which unit; loaded from a versioned profile file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib import resources
from typing import Any


class ProfileError(ValueError):
    """A profile file with a missing, unknown or impossible entry; the text names the component and the key."""


class Family(StrEnum):
    """Compatibility family of a component."""

    WHOLE_BLOOD = "whole_blood"
    RED_CELLS = "red_cells"
    PLASMA = "plasma"
    PLATELETS = "platelets"
    CRYO = "cryo"


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


@dataclass(frozen=True, slots=True)
class Component:
    """One kind of blood component with the numbers a site stores it by; ``source`` and ``status`` say who claims so."""

    key: str
    family: Family
    name_en: str
    name_zh: str
    storage: Limits
    transport: Limits
    shelf_life: timedelta
    ml_per_unit: float
    freeze: FreezeRule | None
    source: str
    status: str


_KEYS = {
    "key",
    "family",
    "name_en",
    "name_zh",
    "storage",
    "transport",
    "shelf_life",
    "ml_per_unit",
    "freeze",
    "source",
    "status",
}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def load_profile(name: str) -> Mapping[str, Component]:
    """Load a bundled profile ("cn-2012") as component key -> Component; raises ProfileError."""
    path = resources.files("blood") / "profiles" / f"{name}.toml"
    if not path.is_file():
        raise ProfileError(f"There is no component profile {name!r}")
    return parse_profile(path.read_text(encoding="utf-8"))


def parse_profile(text: str) -> Mapping[str, Component]:
    """Parse a profile document; every unknown or missing key is a ProfileError that names it."""
    document = tomllib.loads(text)
    components = [_component(entry) for entry in document.get("component", [])]
    if not components:
        raise ProfileError("The profile names no component")
    return {component.key: component for component in components}


def _component(entry: dict[str, Any]) -> Component:
    key = entry.get("key", "?")
    unknown, missing = set(entry) - _KEYS, _KEYS - {"freeze"} - set(entry)
    if unknown or missing:
        raise ProfileError(f"Component {key}: unknown keys {sorted(unknown)}, missing keys {sorted(missing)}")
    freeze = entry.get("freeze")
    return Component(
        key=key,
        family=Family(entry["family"]),
        name_en=entry["name_en"],
        name_zh=entry["name_zh"],
        storage=_limits(key, entry["storage"]),
        transport=_limits(key, entry["transport"]),
        shelf_life=read_duration(f"Component {key}", entry["shelf_life"]),
        ml_per_unit=float(entry["ml_per_unit"]),
        freeze=FreezeRule(float(freeze["core_c"]), timedelta(minutes=freeze["within_min"])) if freeze else None,
        source=entry["source"],
        status=entry["status"],
    )


def _limits(key: str, entry: dict[str, float]) -> Limits:
    low, high = entry.get("min_c"), entry.get("max_c")
    if low is None and high is None:
        raise ProfileError(f"Component {key}: a temperature range needs min_c or max_c")
    if low is not None and high is not None and low >= high:
        raise ProfileError(f"Component {key}: min_c {low} is not below max_c {high}")
    return Limits(low, high)


def read_duration(where: str, text: str) -> timedelta:
    """A duration such as P35D or PT24H; raises ProfileError that begins with ``where``."""
    match = _DURATION.fullmatch(text)
    if not match or not any(match.groups()):
        raise ProfileError(f"{where}: {text!r} is not a duration such as P35D or PT24H")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
