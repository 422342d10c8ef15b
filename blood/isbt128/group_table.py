"""The codes of DS002: groups with their intended use, rare groups, pools, subgroups, messages, phenotypes.

Source: ST-001 v6.2.2 Tables 4, 5 and 6 (RT005, RT006, RT007).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blood.groups import BloodGroup


class Rhd(StrEnum):
    """RhD as the code says it."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    POOLED = "pooled"
    NOT_STATED = "not stated"


class GroupUse(StrEnum):
    """For whom: the columns of Table 4."""

    NOT_SPECIFIED = "intended use not specified"
    DIRECTED = "directed use only"
    EMERGENCY = "emergency use only"
    DIRECTED_BIOHAZARD = "directed, biohazardous"
    DIRECTED_CROSSOVER = "directed, eligible for crossover"
    AUTOLOGOUS_CROSSOVER = "autologous, eligible for crossover"
    AUTOLOGOUS = "autologous use only"
    AUTOLOGOUS_BIOHAZARD = "autologous use only, biohazardous"


class GroupMessage(StrEnum):
    """Special messages of Table 5 that stand in place of a group."""

    NO_GROUP = "00"
    AUTOLOGOUS = "Ma"
    BIOHAZARD = "Mb"
    DISCARD = "Md"
    FRACTIONATION = "Mf"
    QUARANTINE = "Mq"
    RESEARCH = "Mr"
    NOT_FOR_TRANSFUSION = "Mx"
    TISSUE_RHD_POSITIVE = "T1"
    TISSUE_RHD_NEGATIVE = "T2"
    TISSUE_NOTHING = "T3"
    TISSUE_AUTOLOGOUS_QUARANTINE = "T4"
    TISSUE_OUTER_PACKAGING = "T5"
    TISSUE_STERILIZE = "T6"

    @property
    def words(self) -> str:
        """The message as a person reads it."""
        return _WORDS[self]


_WORDS: Final[Mapping[GroupMessage, str]] = {
    GroupMessage.NO_GROUP: "no ABO or Rh information",
    GroupMessage.AUTOLOGOUS: "autologous collection",
    GroupMessage.BIOHAZARD: "biohazardous",
    GroupMessage.DISCARD: "to be discarded",
    GroupMessage.FRACTIONATION: "for fractionation only",
    GroupMessage.QUARANTINE: "in quarantine for further testing or processing",
    GroupMessage.RESEARCH: "for research only",
    GroupMessage.NOT_FOR_TRANSFUSION: "not for transfusion, by test results",
    GroupMessage.TISSUE_RHD_POSITIVE: "tissue: ABO not specified, RhD positive",
    GroupMessage.TISSUE_RHD_NEGATIVE: "tissue: ABO not specified, RhD negative",
    GroupMessage.TISSUE_NOTHING: "tissue: ABO and RhD not specified",
    GroupMessage.TISSUE_AUTOLOGOUS_QUARANTINE: "tissue: autologous collection in quarantine",
    GroupMessage.TISSUE_OUTER_PACKAGING: "tissue: see outer packaging",
    GroupMessage.TISSUE_STERILIZE: "tissue: to be sterilized before release",
}


@dataclass(frozen=True, slots=True)
class CodedGroup:
    """What a code of Table 4 says; ``abo`` is O, A, B, AB, a subgroup, a rare group or ``pooled``."""

    abo: str
    rhd: Rhd
    use: GroupUse


_STEPS: Final = {
    GroupUse.DIRECTED: -4,
    GroupUse.EMERGENCY: -3,
    GroupUse.DIRECTED_BIOHAZARD: -2,
    GroupUse.DIRECTED_CROSSOVER: -1,
    GroupUse.NOT_SPECIFIED: 0,
    GroupUse.AUTOLOGOUS_CROSSOVER: 1,
    GroupUse.AUTOLOGOUS: 2,
    GroupUse.AUTOLOGOUS_BIOHAZARD: 3,
}
"""The codes of one group stand beside each other: so many places from the one without intended use."""
_COMMON: Final = {
    BloodGroup.O_NEG: 95,
    BloodGroup.O_POS: 51,
    BloodGroup.A_NEG: 6,
    BloodGroup.A_POS: 62,
    BloodGroup.B_NEG: 17,
    BloodGroup.B_POS: 73,
    BloodGroup.AB_NEG: 28,
    BloodGroup.AB_POS: 84,
}
_WITHOUT_RHD: Final = {"O": ("55", "P"), "A": ("66", "A"), "B": ("77", "B"), "AB": ("88", "C")}
_RARE: Final = {
    "para-Bombay": ("D", "E"),
    "Bombay": ("G", "H"),
    "O para-Bombay": ("I", "J"),
    "A para-Bombay": ("K", "N"),
    "B para-Bombay": ("L", "O"),
    "AB para-Bombay": ("M", "Q"),
}
"""First characters for RhD negative and RhD positive."""
_SINGLE: Final = {
    "A0": ("A", Rhd.POOLED),
    "B0": ("B", Rhd.POOLED),
    "C0": ("AB", Rhd.POOLED),
    "D0": ("O", Rhd.POOLED),
    "E0": ("pooled", Rhd.POSITIVE),
    "F0": ("pooled", Rhd.NEGATIVE),
    "G0": ("pooled", Rhd.POOLED),
    "H0": ("pooled", Rhd.NOT_STATED),
    "I0": ("A1", Rhd.NOT_STATED),
    "J0": ("A2", Rhd.NOT_STATED),
    "K0": ("A1B", Rhd.NOT_STATED),
    "L0": ("A2B", Rhd.NOT_STATED),
}
_LETTER_BASE: Final = 6


def _codes() -> Iterator[tuple[str, CodedGroup]]:
    for use, step in _STEPS.items():
        for group, base in _COMMON.items():
            rhd = Rhd.POSITIVE if group.rhd_positive else Rhd.NEGATIVE
            yield f"{base + step:02d}", CodedGroup(group.abo, rhd, use)
        for abo, (plain, letter) in _WITHOUT_RHD.items():
            code = plain if use is GroupUse.NOT_SPECIFIED else f"{letter}{_LETTER_BASE + step}"
            yield code, CodedGroup(abo, Rhd.NOT_STATED, use)
        for abo, (negative, positive) in _RARE.items():
            yield f"{negative}{_LETTER_BASE + step}", CodedGroup(abo, Rhd.NEGATIVE, use)
            yield f"{positive}{_LETTER_BASE + step}", CodedGroup(abo, Rhd.POSITIVE, use)
    for code, (abo, rhd) in _SINGLE.items():
        yield code, CodedGroup(abo, rhd, GroupUse.NOT_SPECIFIED)


GROUP_CODES: Final[Mapping[str, CodedGroup]] = dict(_codes())
"""Every code of Table 4."""
GROUP_CODE_OF: Final[Mapping[CodedGroup, str]] = {coded: code for code, coded in GROUP_CODES.items()}


def group_code(group: BloodGroup, use: GroupUse) -> str:
    """The two characters of a group and its intended use."""
    return GROUP_CODE_OF[CodedGroup(group.abo, Rhd.POSITIVE if group.rhd_positive else Rhd.NEGATIVE, use)]


_RH_ROWS: Final = {
    "1AJ": "-+-+",
    "2BK": "++-+",
    "3CL": "++++",
    "4DM": "+++-",
    "5EN": "-+++",
    "6FO": "-++-",
    "7GP": "+--+",
    "8HQ": "+-++",
    "9IR": "+-+-",
    "XYZ": "-?-?",
    "0ST": "????",
}
"""Table 6: letters for K unknown, K negative, K positive; then C, c, E, e."""
_SIGN: Final = {"+": True, "-": False}


def _phenotypes() -> Iterator[tuple[str, Mapping[str, bool]]]:
    for letters, row in _RH_ROWS.items():
        for letter, kell in zip(tuple(letters), ("?", "-", "+"), strict=True):
            named = zip(("C", "c", "E", "e", "K"), tuple(row + kell), strict=True)
            yield letter, {antigen: _SIGN[sign] for antigen, sign in named if sign in _SIGN}
    yield "U", {"Mia/Mur": False}
    yield "V", {"Mia/Mur": True}
    yield "W", {}


PHENOTYPES: Final[Mapping[str, Mapping[str, bool]]] = dict(_phenotypes())
"""Phenotype character -> antigen -> present; an antigen that is not named was not stated."""
SEE_SPECIAL_TESTING: Final = "W"
"""The phenotype stands in a special-testing bar code, which must be read."""
