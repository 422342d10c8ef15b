"""ABO, RhD and phenotype of a bag (DS002). Source: ST-001 2.4.2."""

from __future__ import annotations

from collections.abc import Mapping

from blood.groups import BloodGroup
from blood.isbt128.element import Element, Meaning
from blood.isbt128.group_table import (
    GROUP_CODES,
    PHENOTYPES,
    SEE_SPECIAL_TESTING,
    CodedGroup,
    GroupMessage,
    GroupUse,
    Rhd,
    group_code,
)
from blood.isbt128.layout import ALPHANUMERIC, UPPER_DIGIT, layout

_ABO = frozenset(group.abo for group in BloodGroup)
_NOTHING: Mapping[str, bool] = {}


class AboRhd(Element):
    """DS002: group with intended use, or a special message; then Rh/K or Mi(a) phenotype."""

    data_structure = 2
    name = "Blood Groups [ABO and RhD]"
    identifier = "=%"
    key = "group"
    layout = layout((2, ALPHANUMERIC), (2, UPPER_DIGIT))

    @classmethod
    def of(cls, group: BloodGroup, use: GroupUse = GroupUse.NOT_SPECIFIED, phenotype: str = "0") -> AboRhd:
        """The structure for a group; ``phenotype`` is the character of ST-001 Table 6, ``0`` for none stated."""
        return cls(f"{group_code(group, use)}{phenotype}0")

    @classmethod
    def of_message(cls, message: GroupMessage) -> AboRhd:
        """The structure for a special message."""
        return cls(f"{message.value}00")

    def check_values(self) -> None:
        """Both codes must be in the tables; the last character is 0 until ICCBBA uses it."""
        if self.code not in GROUP_CODES and self.message is None:
            raise self.wrong(0, "code", f"{self.code!r} is no group and no message that is known; do not use this bag")
        if self.content[3] != "0":
            raise self.wrong(3, "reserved", f"the last character is {self.content[3]!r}, only 0 is defined")

    @property
    def code(self) -> str:
        """The two characters of group and use, or of the message."""
        return self.content[:2]

    @property
    def coded(self) -> CodedGroup | None:
        """Group and use; None when a message stands there."""
        return GROUP_CODES.get(self.code)

    @property
    def message(self) -> GroupMessage | None:
        """The special message; None when a group stands there."""
        return _MESSAGES.get(self.code)

    @property
    def group(self) -> BloodGroup | None:
        """The group, when it is one of the eight common ones with a stated RhD; None for everything else."""
        coded = self.coded
        if coded is None or coded.abo not in _ABO or coded.rhd not in {Rhd.POSITIVE, Rhd.NEGATIVE}:
            return None
        return BloodGroup(f"{coded.abo}{'+' if coded.rhd is Rhd.POSITIVE else '-'}")

    @property
    def use(self) -> GroupUse | None:
        """For whom it is; None when a message stands there."""
        return None if self.coded is None else self.coded.use

    @property
    def antigens(self) -> Mapping[str, bool]:
        """Antigen (C c E e K, Mia/Mur) -> present; what is not stated is absent."""
        return PHENOTYPES.get(self.content[2], _NOTHING)

    @property
    def needs_special_testing(self) -> bool:
        """True when a special-testing bar code carries the phenotype and must be read too."""
        return self.content[2] == SEE_SPECIAL_TESTING

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Group, use, message and phenotype."""
        coded, message = self.coded, self.message
        return {
            "abo": None if coded is None else coded.abo,
            "rhd": None if coded is None else coded.rhd.value,
            "use": None if coded is None else coded.use.value,
            "message": None if message is None else message.words,
            "antigens": dict(self.antigens),
            "needs_special_testing": self.needs_special_testing,
        }


_MESSAGES = {message.value: message for message in GroupMessage}
