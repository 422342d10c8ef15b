"""Red-cell antigens: what a bag was typed for, how sure that is, and the text that keeps it (domain.md 3.8, 4.3).

`bag.antigens` holds `C+ c- K-h Jka+`: name and result, then `h` when only an earlier donation was typed and `u` when
nobody said when. An antigen that is not named was not tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class AntigenError(ValueError):
    """A text that names no antigen, no result, or one antigen twice."""


class Result(StrEnum):
    """What a typing found."""

    POSITIVE = "+"
    NEGATIVE = "-"


class TypingEvidence(StrEnum):
    """Whose blood was typed: this donation's, earlier ones only, or nobody said."""

    CURRENT = ""
    HISTORIC = "h"
    UNSTATED = "u"


RED_CELL_ANTIGENS: Final = (
    *("D", "C", "c", "E", "e", "Cw", "VS/V"),
    *("K", "k", "Kpa", "Kpb", "Jsa", "Jsb"),
    *("Fya", "Fyb", "Jka", "Jkb", "M", "N", "S", "s", "U", "Mia"),
    *("P1", "Lea", "Leb", "Lua", "Lub", "Doa", "Dob", "Coa", "Cob", "Dia", "Dib", "Ina", "Inb"),
    *("H", "Vel", "HbS"),
)
"""Every antigen that has a name here, in the order of writing; those of ISBT 128 DS012, and H, Vel and HbS."""
_ORDER: Final = {name: place for place, name in enumerate(RED_CELL_ANTIGENS)}
_SUPERSCRIPT: Final = str.maketrans({"ᵃ": "a", "ᵇ": "b", "ʷ": "w"})
_ALIASES: Final = {"Mur": "Mia", "Mi(a)/Mur": "Mia", "VS": "VS/V", "V": "VS/V"}
_TOKEN: Final = re.compile(r"(.+?)([+-])([hu]?)")


@dataclass(frozen=True, slots=True)
class Typed:
    """One antigen of a bag's red cells, as typed."""

    antigen: str
    result: Result
    evidence: TypingEvidence = TypingEvidence.CURRENT


@dataclass(frozen=True, slots=True)
class AntigenSet:
    """All that a bag was typed for, in the order of writing."""

    typed: tuple[Typed, ...] = ()

    def of(self, antigen: str) -> Typed | None:
        """The typing of one antigen; None when it was not tested."""
        return next((one for one in self.typed if one.antigen == antigen), None)


UNTESTED: Final = AntigenSet()
"""A bag whose red cells nobody typed."""


def antigen_name(text: str) -> str:
    """The name used here for an antigen however it is spelt (`Fy(a)`, `anti-Fya`, `Jkᵃ`); raises AntigenError."""
    name = text.strip().removeprefix("anti-").translate(_SUPERSCRIPT)
    name = _ALIASES.get(name, name).replace("(", "").replace(")", "")
    name = _ALIASES.get(name, name)
    if name not in _ORDER:
        raise AntigenError(f"{text!r} is no red-cell antigen that has a name here")
    return name


def antigen_set(typed: Iterable[Typed]) -> AntigenSet:
    """Put typings in order; raises AntigenError when one antigen stands there twice or has no name here."""
    ordered = sorted(typed, key=lambda one: _ORDER[antigen_name(one.antigen)])
    names = [one.antigen for one in ordered]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise AntigenError(f"{', '.join(twice)} is typed twice")
    return AntigenSet(tuple(ordered))


def write(antigens: AntigenSet) -> str | None:
    """The text for column `bag.antigens`; None when nothing was tested."""
    return " ".join(f"{one.antigen}{one.result}{one.evidence}" for one in antigens.typed) or None


def read(text: str | None) -> AntigenSet:
    """Read what `write` gives; raises AntigenError naming the word that cannot be read."""
    return antigen_set(_typed(word) for word in (text or "").split())


def _typed(word: str) -> Typed:
    match = _TOKEN.fullmatch(word)
    if match is None:
        raise AntigenError(f"{word!r} is not an antigen with its result, such as K- or Jka+h")
    name, result, evidence = match.groups()
    return Typed(antigen_name(name), Result(result), TypingEvidence(evidence))
