"""Reading the operations of a profile file; every fault of the file is named, not only the first."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any, Final, TypeVar

from blood.components import Component, ProfileError, parse_profile, read_duration
from blood.evidence import Evidence
from blood.operations import ExpiryBasis, MeasureLimit, Operation, OperationKind, Trait

Entry = dict[str, Any]
Choice = TypeVar("Choice", OperationKind, ExpiryBasis, Trait)

_REQUIRED: Final = frozenset({"recipe", "inputs", "expiry", "batch_fails_at", "source", "status"})
_OPTIONAL: Final = frozenset(
    {"output", "also", "parents", "max_age", "same", "expiry_limit", "automatic_share", "measures"}
)
_MEASURE: Final = frozenset({"name", "unit", "name_en", "name_zh", "source", "status"})
_STATUSES: Final = frozenset({"V", "S", "unverified"})
_NOTHING: Final = Evidence("", "unverified")


@cache
def load_operations(profile: str) -> tuple[Operation, ...]:
    """The operations of a bundled profile ("cn-2012"); raises ProfileError naming every fault."""
    path = resources.files("blood") / "profiles" / f"{profile}.toml"
    if not path.is_file():
        raise ProfileError(f"There is no component profile {profile!r}")
    text = path.read_text(encoding="utf-8")
    return parse_operations(text, parse_profile(text))


def parse_operations(text: str, components: Mapping[str, Component]) -> tuple[Operation, ...]:
    """Parse the operations of a profile document over its components; raises ProfileError naming every fault."""
    faults: list[str] = []
    operations = []
    for number, entry in enumerate(tomllib.loads(text).get("operation", []), start=1):
        reader = _Reader(f"Operation {number} ({entry.get('recipe', '?')})", entry, components)
        operations.append(reader.operation())
        faults += reader.faults
    made = [(one.recipe, one.output) for one in operations]
    faults += sorted(
        {f"{recipe} of {output} is described twice" for recipe, output in made if made.count((recipe, output)) > 1}
    )
    if faults:
        raise ProfileError("; ".join(faults))
    return tuple(operations)


class _Reader:
    """Reads one entry and collects what is wrong with it; a faulty value is replaced so that reading can go on."""

    def __init__(self, where: str, entry: Entry, components: Mapping[str, Component]) -> None:
        self.where = where
        self.entry = entry
        self.components = components
        self.faults: list[str] = []
        self.evidence: dict[str, Evidence] = {}

    def operation(self) -> Operation:
        entry = self.entry
        for key in sorted(_REQUIRED - set(entry)):
            self._fault(f"{key} is missing")
        for key in sorted(set(entry) - _REQUIRED - _OPTIONAL):
            self._fault(f"{key} is unknown")
        evidence = self._evidence("the operation", entry)
        low, high = self._parents()
        operation = Operation(
            recipe=self._choice(OperationKind, entry.get("recipe"), OperationKind.SEPARATE),
            inputs=self._known("inputs", entry.get("inputs", [])),
            output=entry.get("output"),
            also=self._known("also", entry.get("also", [])),
            min_parents=low,
            max_parents=high,
            max_age=self._duration("max_age"),
            same=frozenset(self._choice(Trait, name, Trait.ABO) for name in entry.get("same", [])),
            expiry=self._choice(ExpiryBasis, entry.get("expiry"), ExpiryBasis.PARENTS),
            expiry_limit=self._duration("expiry_limit"),
            measures=tuple(self._measure(one) for one in entry.get("measures", [])),
            batch_fails_at=self._share("batch_fails_at", 1.0),
            automatic_share=self._share("automatic_share", 0.0),
            evidence=self.evidence,
            source=evidence.source,
            status=evidence.status,
        )
        self._check(operation)
        return operation

    def _check(self, made: Operation) -> None:
        if not made.inputs:
            self._fault("it has no inputs")
        if (made.output is None) != (made.recipe is OperationKind.FREEZE):
            self._fault("freezing keeps the bag, every other operation has an output")
        if made.output is not None:
            self._known("output", [made.output])
        if made.expiry is ExpiryBasis.COLLECTION and made.expiry_limit is not None:
            self._fault("expiry_limit bounds an expiry that follows the parents, not one from collection")
        if made.max_parents > 1 and made.recipe is not OperationKind.POOL:
            self._fault("only a pool has more than one parent")
        if made.recipe is OperationKind.POOL and not {Trait.ABO, Trait.RHD} <= made.same:
            self._fault("a pool needs parents of the same abo and rhd: its group is theirs")
        names = [measure.name for measure in made.measures]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._fault(f"measure {name} is named twice")
        if made.recipe is OperationKind.FREEZE:
            for key in made.inputs:
                if key in self.components and self.components[key].freeze is None:
                    self._fault(f"{key} has no freeze rule")

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.where}: {text}")

    def _evidence(self, of: str, entry: Entry) -> Evidence:
        source, status = entry.get("source"), entry.get("status")
        if not isinstance(source, str) or not source.strip():
            self._fault(f"{of} has no source")
            return _NOTHING
        if status not in _STATUSES:
            self._fault(f"{of} has the status {status!r}, not V, S or unverified")
            return _NOTHING
        return Evidence(source, str(status))

    def _choice(self, kind: type[Choice], value: object, otherwise: Choice) -> Choice:
        try:
            return kind(str(value))
        except ValueError:
            self._fault(f"{value!r} is none of {', '.join(kind)}")
            return otherwise

    def _known(self, key: str, names: object) -> tuple[str, ...]:
        if not isinstance(names, list):
            self._fault(f"{key} is not a list")
            return ()
        for name in names:
            if name not in self.components:
                self._fault(f"{key} names {name!r}, which is no component")
        return tuple(str(name) for name in names)

    def _parents(self) -> tuple[int, int]:
        entry = self.entry.get("parents")
        if entry is None:
            return 1, 1
        self.evidence["parents"] = self._evidence("parents", entry)
        low, high = entry.get("min"), entry.get("max")
        if not isinstance(low, int) or not isinstance(high, int) or not 1 <= low <= high:
            self._fault(f"parents from {low} to {high} is impossible")
            return 1, 1
        return low, high

    def _value(self, key: str) -> object:
        entry = self.entry.get(key)
        if not isinstance(entry, dict) or "value" not in entry:
            self._fault(f"{key} needs a value, a source and a status")
            return None
        self.evidence[key] = self._evidence(key, entry)
        return entry["value"]

    def _duration(self, key: str) -> timedelta | None:
        if key not in self.entry:
            return None
        value = self._value(key)
        if value is None:
            return None
        try:
            length = read_duration(f"{self.where}, {key}", str(value))
        except ProfileError as error:
            self.faults.append(str(error))
            return None
        if length <= timedelta():
            self._fault(f"{key} is not longer than nothing")
        return length

    def _share(self, key: str, otherwise: float) -> float:
        if key not in self.entry:
            return otherwise
        value = self._value(key)
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            self._fault(f"{key} is a share from 0 to 1, not {value!r}")
            return otherwise
        return float(value)

    def _measure(self, entry: Entry) -> MeasureLimit:
        name = str(entry.get("name", "?"))
        for key in sorted(_MEASURE - set(entry)):
            self._fault(f"measure {name}: {key} is missing")
        for key in sorted(set(entry) - _MEASURE - {"min", "max"}):
            self._fault(f"measure {name}: {key} is unknown")
        low, high = self._bound(name, entry.get("min")), self._bound(name, entry.get("max"))
        if low is None and high is None:
            self._fault(f"measure {name} needs min or max")
        if low is not None and high is not None and low >= high:
            self._fault(f"measure {name}: min {low:g} is not below max {high:g}")
        return MeasureLimit(
            name=name,
            unit=str(entry.get("unit", "")),
            min=low,
            max=high,
            name_en=str(entry.get("name_en", name)),
            name_zh=str(entry.get("name_zh", name)),
            evidence=self._evidence(f"measure {name}", entry),
        )

    def _bound(self, name: str, value: object) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self._fault(f"measure {name}: {value!r} is not a number")
            return None
        return float(value)
