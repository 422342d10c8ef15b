"""HLA-A, HLA-B and platelet antigens of a platelet unit (DS014). Source: ST-001 2.4.14, Tables 14 to 16.

HLA-C is not carried. Sub-antigens stand under their antigen (A203 and A210 under A2, B5102 under B51).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import DIGIT, layout
from blood.isbt128.pairs import Result, antigen_pair, said

_A_NUMBERS: Final = (1, 2, 3, 9, 10, 11, 19, *range(23, 27), *range(28, 35), 36, 43, 66, 68, 69, 74, 80)
_B_NUMBERS: Final = (
    *(5, 7, 8, *range(12, 19), 21, 22, 27, 35, *range(37, 43), *range(44, 66)),
    *(67, 70, 71, 72, 73, 75, 76, 77, 78, 81, 82, 83),
)
_A: Final = frozenset(f"{number:02d}" for number in _A_NUMBERS)
_B: Final = frozenset(f"{number:02d}" for number in _B_NUMBERS)
_NOT_TESTED: Final = "00"
_NO_INFORMATION: Final = "99"
_LOCI: Final = ((0, "A", _A), (4, "B", _B))
IGA: Final = "IgA"
CMV_ANTIBODY: Final = "CMV antibody"
_PAIRS: Final = (
    ("HPA-1a", "HPA-1b"),
    ("HPA-2a", "HPA-2b"),
    ("HPA-3a", "HPA-3b"),
    ("HPA-4a", "HPA-4b"),
    ("HPA-5a", "HPA-5b"),
    ("HPA-15a", "HPA-6bw"),
    ("HPA-15b", "HPA-7bw"),
    (IGA, CMV_ANTIBODY),
)


class Titre(StrEnum):
    """High-titre anti-A and anti-B (ST-001 Table 16)."""

    NOT_TESTED = "not tested"
    NOT_HIGH = "high titre not detected"
    NO_INFORMATION = "no information"


_TITRES: Final = {"0": Titre.NOT_TESTED, "1": Titre.NOT_HIGH, "9": Titre.NO_INFORMATION}


class PlateletAntigens(Element):
    """DS014: two HLA-A, two HLA-B, eight pairs of platelet antigens with IgA and CMV, titre of anti-A and anti-B."""

    data_structure = 14
    name = "Special Testing: Platelet HLA and Platelet Specific Antigens"
    identifier = "&{"
    key = "platelets"
    layout = layout((18, DIGIT))

    def check_values(self) -> None:
        """Antigens must be known and in order; reserved places are 0."""
        for start, locus, known in _LOCI:
            for position in (start, start + 2):
                value = self.content[position : position + 2]
                if value not in known and value not in {_NOT_TESTED, _NO_INFORMATION}:
                    raise self.wrong(position, "hla", f"{value!r} is no antigen HLA-{locus} that is known")
            if self.content[start : start + 2] > self.content[start + 2 : start + 4]:
                raise self.wrong(start + 2, "order", f"the lower of two antigens HLA-{locus} stands first")
        if self.content[16] != "0":
            raise self.wrong(16, "reserved", f"character 17 is {self.content[16]!r}, only 0 is defined")
        if self.content[17] not in _TITRES:
            raise self.wrong(17, "titre", f"{self.content[17]!r} says nothing known about anti-A and anti-B")

    @property
    def hla_a(self) -> tuple[str, ...]:
        """HLA-A antigens that were found, such as ("A2", "A24"); the same twice when the genotype says so."""
        return self._hla(0)

    @property
    def hla_b(self) -> tuple[str, ...]:
        """HLA-B antigens that were found."""
        return self._hla(1)

    def _hla(self, which: int) -> tuple[str, ...]:
        start, locus, known = _LOCI[which]
        values = (self.content[start : start + 2], self.content[start + 2 : start + 4])
        return tuple(f"{locus}{int(value)}" for value in values if value in known)

    @property
    def results(self) -> Mapping[str, Result]:
        """Every platelet antigen, IgA and CMV antibody, with what the structure says of it."""
        found: dict[str, Result] = {}
        for pair, digit in zip(_PAIRS, self.content[8:16], strict=True):
            found.update(zip(pair, antigen_pair(digit), strict=True))
        return found

    @property
    def hpa(self) -> Mapping[str, bool]:
        """Platelet antigen -> present, for those with a result."""
        return {name: present for name, present in said(self.results) if name not in {IGA, CMV_ANTIBODY}}

    @property
    def titre(self) -> Titre:
        """What is said about high-titre anti-A and anti-B."""
        return _TITRES[self.content[17]]

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """HLA, HPA, IgA, CMV and titre."""
        return {
            "hla_a": list(self.hla_a),
            "hla_b": list(self.hla_b),
            "hpa": dict(self.hpa),
            "iga": self.results[IGA].value,
            "cmv_antibody": self.results[CMV_ANTIBODY].value,
            "high_titre": self.titre.value,
        }
