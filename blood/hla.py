"""HLA-A/-B and HPA types of platelet donors, bags and patients, and the text that keeps them (domain.md 3.9, 4.3).

`bag.hla` holds `A2,24 B8,- HPA-1a+ HPA-1b-`: two antigens a locus, `-` where only one was detected, the same twice when
the genotype proved it homozygous; a locus or antigen that is not named was not tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from blood.antigens import Result

HPA_ANTIGENS: Final = (*(f"HPA-{number}{allele}" for number in (1, 2, 3, 4, 5, 15) for allele in "ab"), "HPA-6bw")
"""Platelet antigens that ISBT 128 DS014 can carry."""
_HPA_ORDER: Final = {name: place for place, name in enumerate(HPA_ANTIGENS)}
_SPLITS: Final = {"A203": "A2", "A210": "A2", "A2403": "A24", "B703": "B7", "B2708": "B27", "B4005": "B40",
                  "B5102": "B51", "B5103": "B51"}  # fmt: skip
_LOCUS: Final = re.compile(r"([AB])(\d{1,4})(?:,(\d{1,4}|-))?")
_HPA: Final = re.compile(r"(HPA-\d{1,2}(?:a|bw|b))([+-])")
_ANTIBODY: Final = re.compile(r"(?:anti-)?(?:HLA-)?([AB]\d{1,4}|Bw[46]|HPA-\d{1,2}(?:a|bw|b))")
_NOT_MOLECULAR: Final = (
    "enter serological antigens such as A2 (a molecular type such as A*02:01 is not understood here)"
)


class HlaError(ValueError):
    """A text that is no HLA/HPA type or antibody."""


@dataclass(frozen=True, slots=True)
class HpaTyped:
    """One platelet antigen, as typed."""

    antigen: str
    result: Result


@dataclass(frozen=True, slots=True)
class HlaType:
    """Antigens of each locus, lower number first: none = not typed, one = the other was not detected."""

    a: tuple[str, ...] = ()
    b: tuple[str, ...] = ()
    hpa: tuple[HpaTyped, ...] = ()

    def hpa_of(self, antigen: str) -> Result | None:
        """The result of one platelet antigen; None when it was not tested."""
        return next((one.result for one in self.hpa if one.antigen == antigen), None)


def write(hla: HlaType | None) -> str | None:
    """The text for column `bag.hla`; None when nothing was tested."""
    if hla is None:
        return None
    loci = [f"{pair[0]},{pair[1][1:] if len(pair) > 1 else '-'}" for pair in (hla.a, hla.b) if pair]
    return " ".join([*loci, *(f"{one.antigen}{one.result}" for one in hla.hpa)]) or None


def read(text: str | None) -> HlaType | None:
    """Read what `write` gives, and what people write (`A24,2 B8`); raises HlaError naming the word."""
    if text is None or not text.strip():
        return None
    loci: dict[str, tuple[str, ...]] = {}
    hpa: list[HpaTyped] = []
    for word in text.split():
        if match := _HPA.fullmatch(word):
            hpa.append(_hpa(match[1], Result(match[2])))
        elif (match := _LOCUS.fullmatch(word)) and match[1] not in loci:
            numbers = [match[2]] if match[3] in {None, "-"} else [match[2], match[3]]
            loci[match[1]] = tuple(sorted((_antigen(match[1] + one) for one in numbers), key=_number))
        else:
            raise HlaError(f"{word!r} is not an HLA locus such as A2,24 or a platelet antigen such as HPA-1a+, "
                           f"or stands there twice; {_NOT_MOLECULAR}")  # fmt: skip
    return hla_type(loci.get("A", ()), loci.get("B", ()), hpa)


def hla_type(a: tuple[str, ...], b: tuple[str, ...], hpa: Iterable[HpaTyped]) -> HlaType:
    """A type in canonical order; raises HlaError when a platelet antigen is named twice."""
    ordered = tuple(sorted(hpa, key=lambda one: _HPA_ORDER[one.antigen]))
    names = [one.antigen for one in ordered]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise HlaError(f"{', '.join(twice)} is typed twice")
    return HlaType(a, b, ordered)


def platelet_antigen(text: str) -> str:
    """The antigen that an antibody such as `anti-HLA-A2`, `B57`, `Bw4` or `anti-HPA-1a` is against; raises HlaError."""
    match = _ANTIBODY.fullmatch(text.strip())
    if match is None or (match[1].startswith("HPA") and match[1] not in _HPA_ORDER):
        raise HlaError(f"{text!r} names no HLA or HPA antigen; {_NOT_MOLECULAR}")
    return match[1] if match[1].startswith(("HPA", "Bw")) else _antigen(match[1])


def _hpa(name: str, result: Result) -> HpaTyped:
    if name not in _HPA_ORDER:
        raise HlaError(f"{name!r} is no platelet antigen that has a name here")
    return HpaTyped(name, result)


def _antigen(name: str) -> str:
    bare = name[0] + name[1:].lstrip("0")
    if bare == name[0]:
        raise HlaError(f"{name!r} is no HLA antigen")
    return _SPLITS.get(bare, bare)


def _number(antigen: str) -> int:
    return int(antigen[1:])
