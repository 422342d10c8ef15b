"""Who: donor, staff, patient, registered donor, chain of identity (DS019, 020, 024, 025, 039, 040).

Source: ST-001 2.4.19, 2.4.20, 2.4.24, 2.4.25, 2.4.39, 2.4.40. The checksum of DS039 (GRID, ST-015) is checked for its
range only: the rule was not to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import ALPHANUMERIC, DIGIT, FACILITY, UPPER_DIGIT, layout, require_run

_PATIENT_HEAD: Final = 4


class DonorId(Element):
    """DS019: a donor, by facility and a number of sixteen digits."""

    data_structure = 19
    name = "Donor Identification Number"
    identifier = "=;"
    key = "donor"
    layout = layout(FACILITY, (16, DIGIT))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Facility and number."""
        return {"facility": self.content[:5], "number": self.content[5:]}


class StaffId(Element):
    """DS020: a member of staff, by facility and six characters."""

    data_structure = 20
    name = "Staff Member Identification Number"
    identifier = "='"
    key = "staff"
    layout = layout(FACILITY, (6, UPPER_DIGIT))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Facility and number."""
        return {"facility": self.content[:5], "number": self.content[5:]}


class PatientBirthDate(Element):
    """DS024: date of birth of a patient, and where this occurrence of it stood."""

    data_structure = 24
    name = "Patient Date of Birth"
    identifier = "=#"
    key = "birth_date"
    layout = layout((10, DIGIT))

    def check_values(self) -> None:
        """The day must exist."""
        try:
            self._day()
        except ValueError:
            raise self.wrong(2, "value", f"there is no day {self.content[2:]}") from None

    def _day(self) -> date:
        return date(int(self.content[2:6]), int(self.content[6:8]), int(self.content[8:]))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Location code and date."""
        return {"location": self.content[:2], "date": self._day().isoformat()}


class PatientId(Element):
    """DS025: number of a patient with its own length, and where this occurrence of it stood."""

    data_structure = 25
    name = "Patient Identification Number"
    identifier = "&#"
    key = "patient"
    layout = layout((_PATIENT_HEAD, DIGIT))

    def __post_init__(self) -> None:
        length = self.length_of(self.content)
        require_run(self.content, _PATIENT_HEAD, ALPHANUMERIC, length, self.key, self.name)

    @classmethod
    def length_of(cls, rest: str) -> int:
        """Location (2), length (2), and so many characters."""
        cls.layout.require(rest[:_PATIENT_HEAD], cls.key, cls.name)
        return _PATIENT_HEAD + int(rest[2:_PATIENT_HEAD])

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Location code and number."""
        return {"location": self.content[:2], "number": self.content[_PATIENT_HEAD:]}


class RegisteredDonor(Element):
    """DS039: global registration identifier of a stem-cell donor (GRID)."""

    data_structure = 39
    name = "Global Registration Identifier for Donors"
    identifier = "&:"
    key = "grid"
    layout = layout(DIGIT[1:], (3, DIGIT), (13, UPPER_DIGIT), (2, DIGIT))

    def check_values(self) -> None:
        """A checksum is 00 to 36."""
        if int(self.content[17:]) > 36:
            raise self.wrong(17, "check", f"{self.content[17:]} is no checksum")

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Issuing organisation and donor."""
        return {"issuing_organisation": self.content[:4], "donor": self.content[4:17], "checksum": self.content[17:]}


class ChainOfIdentity(Element):
    """DS040: chain of identity identifier."""

    data_structure = 40
    name = "Chain of Identity Identifier"
    identifier = "&/"
    key = "chain_of_identity"
    layout = layout("C", "H", FACILITY, (2, DIGIT), (6, UPPER_DIGIT))

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Facility, year and sequence."""
        return {"facility": self.content[2:7], "year": int(self.content[7:9]), "sequence": self.content[9:]}
