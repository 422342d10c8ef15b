"""Red-cell antigens of one collection in 18 digits (DS012; the Finnish DS013).

Source: ST-001 2.4.12, Tables 9 and 12.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import DIGIT, layout
from blood.isbt128.pairs import Result, antigen_pair, said

_RH: Final = (
    "C+c-E+e-",
    "C+c+E+e-",
    "C-c+E+e-",
    "C+c-E+e+",
    "C+c+E+e+",
    "C-c+E+e+",
    "C+c-E-e+",
    "C+c+E-e+",
    "C-c+E-e+",
)
_NO_RH: Final = "9"
CMV_ANTIBODY: Final = "CMV antibody"
_PAIRS: Final = (
    ("K", "k"),
    ("Cw", "Mia"),
    ("M", "N"),
    ("S", "s"),
    ("U", "P1"),
    ("Lua", "Kpa"),
    ("Lea", "Leb"),
    ("Fya", "Fyb"),
    ("Jka", "Jkb"),
    ("Doa", "Dob"),
    ("Ina", "Cob"),
    ("Dia", "VS/V"),
    ("Jsa", "C"),
    ("c", "E"),
    ("e", CMV_ANTIBODY),
)
"""Positions 2 to 16."""
_RH_ANTIGENS: Final = ("C", "c", "E", "e")
_ELSEWHERE: Final = "00"
_NATIONAL: Final = "95"
_PARVOVIRUS: Final = "97"
_NAMES: Final = (
    "Ena 'N' Vw Mur Hut Hil P PP1Pk hrS hrB f Ce G Hr0 CE cE Cx Ew Dw hrH Goa Rh32 Rh33 Tar Kpb Kpc Jsb Ula K11 K12 "
    "K13 K14 K17 K18 K19 K22 K23 K24 Lub Lu3 Lu4 Lu5 Lu6 Lu7 Lu8 Lu11 Lu12 Lu13 Lu20 Aua Aub Fy4 Fy5 Fy6 Dib Sda Wrb "
    "Ytb Xga Sc1 Sc2 Sc3 Joa - Hy Gya Co3 LWa LWb Kx Ge2 Ge3 Wb Lsa Ana Dha Cra IFC Kna Inb Csa I Era Vel Lan Ata Jra "
    "Oka Wra Ge4 - - - -"
)
_ALSO_NEGATIVE: Final = tuple(_NAMES.split())
"""Values 01 to 94 of positions 17 and 18; a dash is removed or reserved."""
_ALSO_SAID: Final = {"96": ("HbS", False), _PARVOVIRUS: ("parvovirus B19 antibody", True), "98": ("IgA", False)}


class RedCellAntigens(Element):
    """DS012: Rh phenotype or single Rh antigens, fifteen pairs, and one further antigen that was found negative."""

    data_structure = 12
    name = "Special Testing: Red Blood Cell Antigens"
    identifier = "=\\"
    key = "antigens"
    layout = layout((18, DIGIT))

    def check_values(self) -> None:
        """Rh is told in one way only, and the further antigen is a known one."""
        if self.content[0] != _NO_RH:
            for position, digit in enumerate(self.content[13:16], 13):
                named = dict(zip(_PAIRS[position - 1], antigen_pair(digit), strict=True))
                if any(antigen in _RH_ANTIGENS for antigen, _ in said(named)):
                    message = "it gives an Rh phenotype and single Rh antigens; only one of both may stand"
                    raise self.wrong(position, "rh_twice", message)
        further = self.content[16:]
        if "01" <= further <= "94" and _ALSO_NEGATIVE[int(further) - 1] == "-":
            raise self.wrong(16, "further", f"{further!r} names no antigen that is known")

    @property
    def results(self) -> Mapping[str, Result]:
        """Every antigen of the structure, and the CMV antibody, with what it says of it."""
        found: dict[str, Result] = {}
        for pair, digit in zip(_PAIRS, self.content[1:16], strict=True):
            found.update(zip(pair, antigen_pair(digit), strict=True))
        if self.content[0] != _NO_RH:
            row = _RH[int(self.content[0])]
            signs = zip(row[0::2], row[1::2], strict=True)
            found.update({antigen: Result.POSITIVE if sign == "+" else Result.NEGATIVE for antigen, sign in signs})
        return found

    @property
    def antigens(self) -> Mapping[str, bool]:
        """Antigen -> present, for those with a result; without CMV, and with the further antigen found negative."""
        found = {antigen: present for antigen, present in said(self.results) if antigen != CMV_ANTIBODY}
        further = self.content[16:]
        if "01" <= further <= "94":
            found[_ALSO_NEGATIVE[int(further) - 1]] = False
        return found

    @property
    def cmv_antibody(self) -> Result:
        """CMV antibody of this collection."""
        return self.results[CMV_ANTIBODY]

    @property
    def also(self) -> Mapping[str, bool]:
        """What else positions 17 and 18 say: HbS, parvovirus B19 antibody or IgA -> present."""
        return dict([_ALSO_SAID[self.content[16:]]]) if self.content[16:] in _ALSO_SAID else {}

    @property
    def says_more_elsewhere(self) -> bool:
        """True when the label or another structure carries further results."""
        return self.content[16:] == _ELSEWHERE

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Antigens with a result, CMV, and what else is said."""
        return {
            "antigens": dict(self.antigens),
            "cmv_antibody": self.cmv_antibody.value,
            "also": dict(self.also),
            "nationally_specified": self.content[16:] == _NATIONAL,
            "more_elsewhere": self.says_more_elsewhere,
        }


class FinnishRedCellAntigens(Element):
    """DS013: the same form over the Finnish table; its meaning is left to readers that know that table."""

    data_structure = 13
    name = "Special Testing: Red Blood Cell Antigens - Finnish"
    identifier = "&\\"
    key = "antigens"
    layout = layout((18, DIGIT))
