"""What an operation makes of which bags: inputs, limits, expiry; read from the profile (domain.md 1.4). Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from blood.attributes import Attribute
from blood.evidence import Evidence


class OperationKind(StrEnum):
    """What is done; a preparation robot's recipes have the same names (`plant.model.Recipe`)."""

    SEPARATE = "separate"
    FREEZE = "freeze"
    POOL = "pool"
    WASH = "wash"
    IRRADIATE = "irradiate"
    VIRUS_INACTIVATE = "virus_inactivate"
    LEUCOREDUCE = "leucoreduce"
    SPLIT = "split"
    OPEN = "open"
    THAW = "thaw"
    DEGLYCEROLISE = "deglycerolise"
    RELABEL = "relabel"


class ExpiryBasis(StrEnum):
    """From what the expiry of the output follows; ``APPROVED``: from collection, later than the parent's if need be."""

    PARENTS = "parents"
    COLLECTION = "collection"
    APPROVED = "approved"


class Doer(StrEnum):
    """Who does it: a machine that reports each unit, or people who scan what they did."""

    MACHINE = "machine"
    HAND = "hand"


class Approval(StrEnum):
    """Who must agree before it happens."""

    NONE = "none"
    TWO_PEOPLE = "two_people"


class Trait(StrEnum):
    """What all parents of one unit must have in common."""

    ABO = "abo"
    RHD = "rhd"


@dataclass(frozen=True, slots=True)
class MeasureLimit:
    """A measured value that a unit must have, in ``unit``; ``None`` is an open side."""

    name: str
    unit: str
    min: float | None
    max: float | None
    name_en: str
    name_zh: str
    evidence: Evidence

    def fault(self, value: float | None, unit: str) -> str | None:
        """Why a measured value fails, as a phrase; None when it lies inside. A value that is not known fails."""
        if value is None or not math.isfinite(value):
            return f"{self.name} was not measured"
        if unit != self.unit:
            return f"{self.name} was reported in {unit}, not in {self.unit}"
        if self.min is not None and value < self.min:
            return f"{self.name} {value:g} {unit}, at least {self.min:g}"
        if self.max is not None and value > self.max:
            return f"{self.name} {value:g} {unit}, at most {self.max:g}"
        return None


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a profile.

    One unit is made from ``min_parents`` to ``max_parents`` bags of ``inputs``, none collected longer than ``max_age``
    ago, all alike in ``same``. ``output`` is what it becomes (None: it stays what it is), ``also`` what comes of it
    besides, ``max_pieces`` into how many of it one bag may be split. ``attributes`` are what the output is then.
    ``evidence`` gives the source of each number by its name in the file; measures carry their own.
    """

    recipe: OperationKind
    inputs: tuple[str, ...]
    output: str | None
    also: tuple[str, ...]
    min_parents: int
    max_parents: int
    max_pieces: int
    max_age: timedelta | None
    same: frozenset[Trait]
    expiry: ExpiryBasis
    expiry_limit: timedelta | None
    measures: tuple[MeasureLimit, ...]
    batch_fails_at: float
    automatic_share: float
    evidence: Mapping[str, Evidence]
    by: Doer
    approval: Approval
    attributes: frozenset[Attribute]
    source: str
    status: str

    @property
    def outputs(self) -> tuple[str, ...]:
        """Every component that comes of it."""
        return (*(() if self.output is None else (self.output,)), *self.also)

    @property
    def by_hand(self) -> bool:
        """True when people do it and scan what they did."""
        return self.by is Doer.HAND

    def too_old(self, collected_at: datetime, at: datetime) -> bool:
        """True when a bag collected then may not be taken any more."""
        return self.max_age is not None and at - collected_at > self.max_age


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured value of a unit as the machine reported it."""

    name: str
    value: float
    unit: str


def faults_of(operation: Operation, measured: Sequence[Measured]) -> tuple[str, ...]:
    """Every limit that a unit misses, judged from the measured values; a value told twice must lie inside both times.

    A measure that the operation does not know is no fault: it is kept in the record.
    """
    by_name: dict[str, list[Measured]] = {}
    for one in measured:
        by_name.setdefault(one.name, []).append(one)
    faults: list[str | None] = []
    for limit in operation.measures:
        values = by_name.get(limit.name)
        if values is None:
            faults.append(limit.fault(None, limit.unit))
        else:
            faults += [limit.fault(one.value, one.unit) for one in values]
    return tuple(fault for fault in faults if fault is not None)
