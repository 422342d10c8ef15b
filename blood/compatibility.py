"""Which bag group may serve which patient group, in order of preference (domain.md 4.1 and 4.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from blood.components import Family
from blood.groups import BloodGroup

_RED_CELL_ABO: Final[Mapping[str, Sequence[str]]] = {
    "O": "O",
    "A": ("A", "O"),
    "B": ("B", "O"),
    "AB": ("AB", "A", "B", "O"),
}
# Plasma and cryo: the donor's antibodies must not meet the patient's antigens; group O plasma only to group O.
_PLASMA_ABO: Final[Mapping[str, Sequence[str]]] = {
    "O": ("O", "A", "B", "AB"),
    "A": ("A", "AB"),
    "B": ("B", "AB"),
    "AB": ("AB",),
}
# Platelets without a high-titre result (NHSBT sheet): first and second choice only.
_PLATELET_ABO: Final[Mapping[str, Sequence[str]]] = {
    "O": ("O", "A", "B"),
    "A": ("A", "AB"),
    "B": ("B", "AB"),
    "AB": ("AB", "A", "B"),
}


def preference(family: Family, recipient: BloodGroup) -> tuple[BloodGroup, ...]:
    """Return the bag groups that may serve a recipient, best first; a group that is absent is incompatible.

    Red cells: RhD-negative patients get RhD-negative cells only. Plasma and cryo ignore RhD. Whole blood is given
    ABO identical. Sources: domain.md 4.1 (general rule), 4.2 (Lifeblood AU plasma, NHSBT platelets).
    """
    table = {
        Family.RED_CELLS: _RED_CELL_ABO,
        Family.PLASMA: _PLASMA_ABO,
        Family.CRYO: _PLASMA_ABO,
        Family.PLATELETS: _PLATELET_ABO,
        Family.WHOLE_BLOOD: {abo: (abo,) for abo in ("O", "A", "B", "AB")},
    }[family]
    same, other = ("+", "-") if recipient.rhd_positive else ("-", "+")
    rhd_matters = family not in {Family.PLASMA, Family.CRYO}
    signs = (same, other) if recipient.rhd_positive or not rhd_matters else (same,)
    return tuple(BloodGroup(abo + sign) for abo in table[recipient.abo] for sign in signs)


def compatible(family: Family, bag: BloodGroup, recipient: BloodGroup) -> bool:
    """True when a bag of this group may serve this recipient."""
    return bag in preference(family, recipient)
