"""What a child takes from its parents, by rule: the worst of everything, the group only when all share it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

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
    contradiction: str | None

    def fields(self) -> Mapping[str, str | int | None]:
        """As columns of the bag row."""
        return {
            "din": self.din,
            "donor": self.donor,
            "abo_rhd": None if self.group is None else self.group.value,
            "donation_type": self.donation_type.value,
            "tests": self.tests,
            "custody": self.custody,
        }


def traits_of(parents: Sequence[BagState], din: str) -> Traits:
    """Traits of what is made from these bags under a donation number; raises ValueError without parents.

    The donor of a pool is the pool itself; it counts as collected when its oldest parent was.
    """
    if not parents:
        raise ValueError("a child has at least one parent")
    groups = {parent["abo_rhd"] for parent in parents}
    common = next(iter(groups)) if len(groups) == 1 else None
    known = sorted(str(group) for group in groups if group is not None)
    return Traits(
        din=din,
        donor=str(parents[0]["donor"]) if len(parents) == 1 else f"pool {din}",
        group=None if common is None else BloodGroup(str(common)),
        donation_type=max((DonationType(str(parent["donation_type"])) for parent in parents), key=_TYPES.index),
        tests=max((str(parent["tests"]) for parent in parents), key=_TESTS.index),
        custody=str(parents[0]["custody"]),
        collected_at=min(from_us(int(parent["collected_us"] or 0)) for parent in parents),
        expiries=tuple(from_us(int(parent["expires_us"] or 0)) for parent in parents),
        contradiction=f"its parents have the groups {', '.join(known)}" if len(known) > 1 else None,
    )
