"""Reading a profile's components; every fault of the file is named, not only the first."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Final

from blood.attributes import Attribute
from blood.components import (
    Agitation,
    Catalogue,
    Component,
    DayEnd,
    Family,
    FreezeRule,
    LifeUnit,
    Limits,
    ProfileError,
    ShelfLife,
)
from blood.evidence import Evidence, Sourced
from blood.out_of_control import OutOfControlRule
from blood.toml_reading import Reading

_EVIDENCE: Final = frozenset({"source", "status"})
_FILE: Final = frozenset({"profile", "version", "compatibility", "days", "component"})
_REQUIRED: Final = frozenset(
    {"key", "family", "name_en", "name_zh", "storage", "transport", "shelf_life", "ml_per_unit"}
)
_OPTIONAL: Final = frozenset({"usual", "freeze", "agitation", "out_of_control", "attributes"})
_CLOCK: Final = frozenset({"quarantine_ok_min", "quarantine_h", "max_events", "max_c", "transfuse_within_h"})
_NOT_GIVEN: Final = Evidence("", "unverified")


def load_profile(name: str) -> Mapping[str, Component]:
    """Components of a bundled profile ("cn-2012") by key; raises ProfileError."""
    return load_catalogue(name).components


@cache
def load_catalogue(name: str) -> Catalogue:
    """Load a bundled profile ("cn-2012"); raises ProfileError naming every fault."""
    return parse_catalogue(profile_text(name))


def profile_text(name: str) -> str:
    """The document of a bundled profile; raises ProfileError when there is none."""
    path = resources.files("blood") / "profiles" / f"{name}.toml"
    if not path.is_file():
        raise ProfileError(f"There is no component profile {name!r}")
    return path.read_text(encoding="utf-8")


def parse_catalogue(text: str) -> Catalogue:
    """Parse a profile document; raises ProfileError naming every unknown, missing or impossible entry."""
    faults: list[str] = []
    file = Reading("Profile", tomllib.loads(text), faults)
    file.keys(_FILE, {"operation"})
    days = file.table("days")
    days.keys({"end"} | _EVIDENCE)
    components = [_component(one) for one in file.tables("component")]
    if not components:
        file.fault("it names no component")
    keys = [component.key for component in components]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        file.fault(f"component {key} is described twice")
    made = Catalogue(
        profile=file.text("profile"),
        version=file.whole("version", least=1) or 0,
        compatibility=file.text("compatibility"),
        days_end=days.choice(DayEnd, "end", DayEnd.END_OF_DAY),
        components={component.key: component for component in components},
        evidence={"days": days.evidence()},
    )
    if faults:
        raise ProfileError("; ".join(faults))
    return made


def _component(entry: Reading) -> Component:
    key = entry.text("key")
    entry.where = f"Component {key}"
    entry.keys(_REQUIRED, _OPTIONAL)
    evidence: dict[str, Evidence] = {}
    storage, transport = entry.table("storage"), entry.table("transport")
    storage.keys(_EVIDENCE, {"min_c", "max_c"})
    transport.keys(_EVIDENCE, {"min_c", "max_c", "max_h"})
    evidence |= {"storage": storage.evidence(), "transport": transport.evidence()}
    ml_per_unit = entry.sourced_number("ml_per_unit") or Sourced(1.0, _NOT_GIVEN)
    evidence["ml_per_unit"] = ml_per_unit.evidence
    shelf_lives = _shelf_lives(entry)
    return Component(
        key=key,
        family=entry.choice(Family, "family", Family.RED_CELLS),
        name_en=entry.text("name_en"),
        name_zh=entry.text("name_zh"),
        storage=_limits(storage),
        transport=_limits(transport),
        transport_max=_hours(transport, "max_h"),
        shelf_lives=shelf_lives,
        usual=_usual(entry, shelf_lives),
        ml_per_unit=ml_per_unit.value,
        freeze=_freeze(entry, evidence),
        agitation=_agitation(entry),
        out_of_control=_out_of_control(entry),
        attributes=entry.choices(Attribute, "attributes"),
        evidence=evidence,
    )


def _limits(entry: Reading) -> Limits:
    low, high = entry.number("min_c"), entry.number("max_c")
    if low is None and high is None:
        entry.fault("a temperature range needs min_c or max_c")
    if low is not None and high is not None and low >= high:
        entry.fault(f"min_c {low:g} is not below max_c {high:g}")
    return Limits(low, high)


def _hours(entry: Reading, key: str) -> timedelta | None:
    hours = entry.number(key)
    if hours is not None and hours <= 0:
        entry.fault(f"{key} {hours:g} is not longer than nothing")
    return None if hours is None else timedelta(hours=hours)


def _shelf_lives(entry: Reading) -> tuple[ShelfLife, ...]:
    found = []
    for one in entry.tables("shelf_life"):
        one.keys({"medium", "value"} | _EVIDENCE)
        length = one.duration("value")
        unit = LifeUnit.HOURS if "T" in str(one.entry.get("value")) else LifeUnit.DAYS
        found.append(ShelfLife(one.text("medium"), Sourced(length or timedelta(days=1), one.evidence()), unit))
    if not found:
        entry.fault("it has no shelf_life")
    return tuple(found)


def _usual(entry: Reading, shelf_lives: tuple[ShelfLife, ...]) -> str:
    media = [one.medium for one in shelf_lives]
    usual = entry.entry.get("usual", media[0] if len(media) == 1 else None)
    if usual not in media or len(set(media)) != len(media):
        entry.fault(f"usual {usual!r} is not one of {', '.join(media)}, or one of them stands there twice")
    return str(usual)


def _freeze(entry: Reading, evidence: dict[str, Evidence]) -> FreezeRule | None:
    if "freeze" not in entry.entry:
        return None
    freeze = entry.table("freeze")
    freeze.keys({"core_c", "within_min"} | _EVIDENCE)
    evidence["freeze"] = freeze.evidence()
    within = freeze.number("within_min") or 0.0
    if within <= 0:
        freeze.fault(f"within_min {within:g} is not longer than nothing")
    return FreezeRule(freeze.number("core_c") or 0.0, timedelta(minutes=within))


def _agitation(entry: Reading) -> Agitation | None:
    if "agitation" not in entry.entry:
        return None
    agitation = entry.table("agitation")
    agitation.keys(_EVIDENCE, {"max_single_gap_h", "max_total_gap_h"})
    return Agitation(_hours(agitation, "max_single_gap_h"), _hours(agitation, "max_total_gap_h"), agitation.evidence())


def _out_of_control(entry: Reading) -> OutOfControlRule | None:
    if "out_of_control" not in entry.entry:
        return None
    clock = entry.table("out_of_control")
    clock.keys({"return_ok_min"} | _EVIDENCE, _CLOCK)
    rule = OutOfControlRule(
        return_ok_min=clock.number("return_ok_min") or 0.0,
        evidence=clock.evidence(),
        quarantine_ok_min=clock.number("quarantine_ok_min"),
        quarantine_h=clock.number("quarantine_h"),
        max_events=clock.whole("max_events"),
        max_c=clock.number("max_c"),
        transfuse_within_h=clock.number("transfuse_within_h"),
    )
    if (rule.quarantine_ok_min is None) != (rule.quarantine_h is None):
        clock.fault("quarantine_ok_min and quarantine_h go together")
    if rule.return_ok_min < 0 or rule.longest_min < rule.return_ok_min or (rule.quarantine_h or 0.0) < 0:
        clock.fault("its minutes and hours must not be negative, nor quarantine_ok_min below return_ok_min")
    return rule
