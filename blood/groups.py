"""ABO/RhD blood groups."""

from __future__ import annotations

from enum import StrEnum


class BloodGroup(StrEnum):
    """ABO and RhD of a donor, a bag or a patient; the value is ASCII ("O-"), screens typeset the minus sign."""

    O_NEG = "O-"
    O_POS = "O+"
    A_NEG = "A-"
    A_POS = "A+"
    B_NEG = "B-"
    B_POS = "B+"
    AB_NEG = "AB-"
    AB_POS = "AB+"

    @property
    def abo(self) -> str:
        """ABO part: "O", "A", "B" or "AB"."""
        return self.value[:-1]

    @property
    def rhd_positive(self) -> bool:
        """True when RhD positive."""
        return self.value.endswith("+")
