"""Reading the operations of a profile file; every fault of the file is named, not only the first."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Final

from blood.attributes import Attribute
from blood.component_file import load_profile, profile_text
from blood.components import Component, ProfileError
from blood.evidence import Evidence, Sourced
from blood.operations import Approval, Doer, ExpiryBasis, MeasureLimit, Operation, OperationKind, Trait
from blood.toml_reading import Reading

_EVIDENCE: Final = frozenset({"source", "status"})
_REQUIRED: Final = frozenset({"recipe", "inputs", "expiry"}) | _EVIDENCE
_OPTIONAL: Final = frozenset(
    {"output", "also", "parents", "pieces", "max_age", "same", "expiry_limit", "automatic_share", "measures"}
    | {"by", "approval", "attributes", "batch_fails_at"}
)
_MEASURE: Final = frozenset({"name", "unit", "name_en", "name_zh"}) | _EVIDENCE
_KEEPS_COMPONENT: Final = frozenset({OperationKind.FREEZE, OperationKind.SPLIT, OperationKind.OPEN})
"""Operations after which a bag may still be the component that it was."""
_NOTHING: Final = Evidence("", "unverified")


@cache
def load_operations(profile: str) -> tuple[Operation, ...]:
    """The operations of a bundled profile ("cn-2012"); raises ProfileError naming every fault."""
    return parse_operations(profile_text(profile), load_profile(profile))


def parse_operations(text: str, components: Mapping[str, Component]) -> tuple[Operation, ...]:
    """Parse the operations of a profile document over its components; raises ProfileError naming every fault."""
    faults: list[str] = []
    file = Reading("Profile", tomllib.loads(text), faults)
    operations = []
    for number, entry in enumerate(file.tables("operation"), start=1):
        entry.where = f"Operation {number} ({entry.entry.get('recipe', '?')})"
        operation = _operation(entry, components)
        _check(entry, operation, components)
        operations.append(operation)
    made = [(one.recipe, one.output, one.inputs if one.output is None else ()) for one in operations]
    for recipe, output, inputs in dict.fromkeys(one for one in made if made.count(one) > 1):
        file.fault(f"{recipe} of {output or ', '.join(inputs)} is described twice")
    if faults:
        raise ProfileError("; ".join(faults))
    return tuple(operations)


def _operation(entry: Reading, components: Mapping[str, Component]) -> Operation:
    entry.keys(_REQUIRED, _OPTIONAL)
    own = entry.evidence()
    evidence: dict[str, Evidence] = {}
    output = entry.text("output") if "output" in entry.entry else None
    max_age, limit = entry.sourced_duration("max_age"), entry.sourced_duration("expiry_limit")
    fails_at = _share(entry, "batch_fails_at", 1.0)
    share = _share(entry, "automatic_share", 0.0)
    numbers = {"max_age": max_age, "expiry_limit": limit, "batch_fails_at": fails_at, "automatic_share": share}
    evidence |= {name: one.evidence for name, one in numbers.items() if one is not None and name in entry.entry}
    parents, pieces = _span(entry, "parents", evidence), _span(entry, "pieces", evidence)
    return Operation(
        recipe=entry.choice(OperationKind, "recipe", OperationKind.SEPARATE),
        inputs=_known(entry, "inputs", entry.texts("inputs"), components),
        output=output,
        also=_known(entry, "also", entry.texts("also"), components),
        min_parents=parents[0],
        max_parents=parents[1],
        max_pieces=pieces[1],
        max_age=None if max_age is None else max_age.value,
        same=entry.choices(Trait, "same"),
        expiry=entry.choice(ExpiryBasis, "expiry", ExpiryBasis.PARENTS),
        expiry_limit=None if limit is None else limit.value,
        measures=tuple(_measure(one) for one in entry.tables("measures")),
        batch_fails_at=fails_at.value,
        automatic_share=share.value,
        by=entry.choice(Doer, "by", Doer.MACHINE) if "by" in entry.entry else Doer.MACHINE,
        approval=entry.choice(Approval, "approval", Approval.TWO_PEOPLE)
        if "approval" in entry.entry
        else Approval.NONE,
        attributes=entry.choices(Attribute, "attributes"),
        evidence=evidence,
        source=own.source,
        status=own.status,
    )


def _check(entry: Reading, made: Operation, components: Mapping[str, Component]) -> None:
    """Name what fits no operation of its kind; what a site may set freely was read before."""
    never = {
        "it has no inputs": not made.inputs,
        "a machine's operation needs batch_fails_at": made.by is Doer.MACHINE and "batch_fails_at" not in made.evidence,
        "only freezing, splitting and opening keep the component, every other operation has an output": (
            made.output is None and made.recipe not in _KEEPS_COMPONENT
        ),
        "the machine's freezing keeps the bag: it has no output": (
            made.recipe is OperationKind.FREEZE and made.by is Doer.MACHINE and made.output is not None
        ),
        "expiry_limit bounds an expiry that follows the parents, not one from collection": (
            made.expiry is not ExpiryBasis.PARENTS and made.expiry_limit is not None
        ),
        "only a relabel that two people approve may give a later expiry": (
            made.expiry is ExpiryBasis.APPROVED
            and (made.approval is not Approval.TWO_PEOPLE or made.recipe is not OperationKind.RELABEL)
        ),
        "only a pool has more than one parent": made.max_parents > 1 and made.recipe is not OperationKind.POOL,
        "only a split makes pieces": made.max_pieces > 1 and made.recipe is not OperationKind.SPLIT,
        "a pool needs parents of the same abo and rhd: its group is theirs": (
            made.recipe is OperationKind.POOL and not {Trait.ABO, Trait.RHD} <= made.same
        ),
    }
    for text, holds in never.items():
        if holds:
            entry.fault(text)
    if made.output is not None:
        _known(entry, "output", (made.output,), components)
    names = [measure.name for measure in made.measures]
    for name in sorted({name for name in names if names.count(name) > 1}):
        entry.fault(f"measure {name} is named twice")
    if made.recipe is OperationKind.FREEZE and made.output is None:
        for key in (key for key in made.inputs if key in components and components[key].freeze is None):
            entry.fault(f"{key} has no freeze rule")


def _known(entry: Reading, key: str, names: tuple[str, ...], components: Mapping[str, Component]) -> tuple[str, ...]:
    for name in names:
        if name not in components:
            entry.fault(f"{key} names {name!r}, which is no component")
    return names


def _span(entry: Reading, key: str, evidence: dict[str, Evidence]) -> tuple[int, int]:
    if key not in entry.entry:
        return 1, 1
    one = entry.table(key)
    one.keys({"min", "max"} | _EVIDENCE)
    evidence[key] = one.evidence()
    low, high = one.whole("min", least=1), one.whole("max", least=1)
    if low is None or high is None or low > high:
        entry.fault(f"{key} from {low} to {high} is impossible")
        return 1, 1
    return low, high


def _share(entry: Reading, key: str, otherwise: float) -> Sourced[float]:
    found = entry.sourced_number(key)
    if found is None:
        return Sourced(otherwise, _NOTHING)
    if not 0 <= found.value <= 1:
        entry.fault(f"{key} is a share from 0 to 1, not {found.value:g}")
    return found


def _measure(entry: Reading) -> MeasureLimit:
    entry.where = f"{entry.where} ({entry.entry.get('name', '?')})"
    entry.keys(_MEASURE, {"min", "max"})
    low, high = entry.number("min"), entry.number("max")
    if low is None and high is None:
        entry.fault("a measure needs min or max")
    if low is not None and high is not None and low >= high:
        entry.fault(f"min {low:g} is not below max {high:g}")
    return MeasureLimit(
        name=entry.text("name"),
        unit=entry.text("unit"),
        min=low,
        max=high,
        name_en=entry.text("name_en"),
        name_zh=entry.text("name_zh"),
        evidence=entry.evidence(),
    )
