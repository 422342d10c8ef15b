"""What a child takes from its parents, by rule: the worst of everything, the group only when all share it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blood.attributes import Attribute
from blood.attributes import read as read_attributes
from blood.attributes import write as write_attributes
from blood.eligibility import DonationType
from blood.groups import BloodGroup
from wms.bags.projection import BagState
from wms.store.metadata import from_us

_TESTS: Final = ("negative", "pending", "not_negative")
"""From best to worst."""
_TYPES: Final = (
    DonationType.ALLOGENEIC,
    DonationType.DIRECTED,
    DonationType.AUTOLOGOUS,
    DonationType.BIOHAZARD,
)
"""From the least to the most restricted."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a child inherits; ``group`` is None when the parents' groups differ or one is not confirmed."""

    din: str
    donor: str
    group: BloodGroup | None
    donation_type: DonationType
    tests: str
    custody: str
    collected_at: datetime
    expiries: tuple[datetime, ...]
    antigens: str | None
    hla: str | None
    attributes: frozenset[Attribute]
    intended_for: str | None
    contradiction: str | None

    def fields(self, given: frozenset[Attribute] = frozenset()) -> Mapping[str, str | int | None]:
        """As columns of the bag row; ``given``: what its operation and its component make of it besides."""
        return {
            "din": self.din,
            "donor": self.donor,
            "abo_rhd": None if self.group is None else self.group.value,
            "donation_type": self.donation_type.value,
            "tests": self.tests,
            "custody": self.custody,
            "antigens": self.antigens,
            "hla": self.hla,
            "attributes": write_attributes(self.attributes | given),
            "intended_for": self.intended_for,
        }


def traits_of(parents: Sequence[BagState], din: str) -> Traits:
    """Traits of what is made of these bags under a donation number; raises ValueError without parents.

    The donor of a pool is the pool itself; it counts as collected when its oldest parent was. What was found in or done
    to only some of its parents does not hold for a pool; what opened one of them opened it. A bag that is meant for one
    patient stays meant for that patient; one pool of bags for several is a contradiction, and so are different groups.
    """
    if not parents:
        raise ValueError("a child has at least one parent")
    groups = {parent["abo_rhd"] for parent in parents}
    common = _shared(parents, "abo_rhd")
    known = sorted(str(group) for group in groups if group is not None)
    patients = sorted({str(parent["intended_for"]) for parent in parents if parent["intended_for"] is not None})
    wrong = [f"its parents have the groups {', '.join(known)}"] if len(known) > 1 else []
    wrong += [f"its parents are meant for the patients {', '.join(patients)}"] if len(patients) > 1 else []
    return Traits(
        din=din,
        donor=str(parents[0]["donor"]) if len(parents) == 1 else f"pool {din}",
        group=None if common is None else BloodGroup(common),
        donation_type=max((DonationType(str(parent["donation_type"])) for parent in parents), key=_TYPES.index),
        tests=max((str(parent["tests"]) for parent in parents), key=_TESTS.index),
        custody=str(parents[0]["custody"]),
        collected_at=min(from_us(int(parent["collected_us"] or 0)) for parent in parents),
        expiries=tuple(from_us(int(parent["expires_us"] or 0)) for parent in parents),
        antigens=_shared(parents, "antigens"),
        hla=_shared(parents, "hla"),
        attributes=_attributes(parents),
        intended_for=patients[0] if patients else None,
        contradiction="; ".join(wrong) or None,
    )


def _shared(parents: Sequence[BagState], column: str) -> str | None:
    """What a column says of all parents alike; None when they differ or one says nothing."""
    values = {parent[column] for parent in parents}
    value = next(iter(values))
    return str(value) if len(values) == 1 and value is not None else None


def _attributes(parents: Sequence[BagState]) -> frozenset[Attribute]:
    each = [read_attributes(None if parent["attributes"] is None else str(parent["attributes"])) for parent in parents]
    opened = frozenset({Attribute.OPENED}) if any(Attribute.OPENED in one for one in each) else frozenset()
    return frozenset.intersection(*each) | opened
