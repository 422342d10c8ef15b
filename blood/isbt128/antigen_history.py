"""Red-cell antigens by ISBT number, with how and how often they were tested (DS030).

Source: ST-001 2.4.30, Tables 22 and 23.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.layout import DIGIT, layout, require_run

_COUNT: Final = 3
_SEGMENT: Final = 10
_SYSTEMS: Final = {
    "004001": "D",
    "004002": "C",
    "004003": "E",
    "004004": "c",
    "004005": "e",
    "004008": "Cw",
    "002001": "M",
    "002002": "N",
    "002003": "S",
    "002004": "s",
    "002005": "U",
    "005001": "Lua",
    "005002": "Lub",
    "006001": "K",
    "006002": "k",
    "006003": "Kpa",
    "006004": "Kpb",
    "006006": "Jsa",
    "006007": "Jsb",
    "007001": "Lea",
    "007002": "Leb",
    "008001": "Fya",
    "008002": "Fyb",
    "009001": "Jka",
    "009002": "Jkb",
    "010001": "Dia",
    "010002": "Dib",
}
"""Names of the numbers most in use (ISBT working party); another number is shown as it is."""


class Method(StrEnum):
    """How a result was found."""

    NOT_STATED = "not stated"
    SEROLOGY = "serology"
    GENOTYPE = "predicted from genotype"


class History(StrEnum):
    """How often and on which collections (ST-001 Table 23)."""

    ONCE_THIS = "01"
    ONCE_PRIOR = "02"
    TWICE_CURRENT_AND_HISTORIC = "03"
    TWICE_HISTORIC = "04"
    TWICE_THIS = "05"
    NOT_STATED = "06"

    @property
    def words(self) -> str:
        """The history as a person reads it."""
        return _HISTORY_WORDS[self]


_HISTORY_WORDS: Final[Mapping[History, str]] = {
    History.ONCE_THIS: "once on this collection",
    History.ONCE_PRIOR: "once on a prior collection",
    History.TWICE_CURRENT_AND_HISTORIC: "twice or more, this and earlier collections",
    History.TWICE_HISTORIC: "twice or more, earlier collections only",
    History.TWICE_THIS: "twice or more on this collection, different samples",
    History.NOT_STATED: "not stated",
}
_METHODS: Final = {"1": Method.NOT_STATED, "2": Method.SEROLOGY, "3": Method.GENOTYPE}


@dataclass(frozen=True, slots=True)
class TestedAntigen:
    """One segment: ISBT number of the antigen, present or not, how found, how often."""

    number: str
    present: bool
    method: Method
    history: History

    @property
    def name(self) -> str:
        """Its usual name, or its number when that is not one of the most usual."""
        return _SYSTEMS.get(self.number, self.number)


class RedCellAntigensWithHistory(Element):
    """DS030: a count, then as many antigens of ten digits; results of one antigen must agree."""

    data_structure = 30
    name = "Red Cell Antigens with Test History"
    identifier = "&%"
    key = "antigen_history"
    layout = layout((_COUNT, DIGIT))

    def __post_init__(self) -> None:
        require_run(self.content, _COUNT, DIGIT, self.length_of(self.content), self.key, self.name)
        seen: dict[str, bool] = {}
        for start in range(_COUNT, len(self.content), _SEGMENT):
            segment = self.content[start : start + _SEGMENT]
            if not "01" <= segment[6:8] <= "06":
                raise self.wrong(start + 6, "result", f"{segment[6:8]!r} is no result that is known")
            if not "01" <= segment[8:] <= "06":
                raise self.wrong(start + 8, "history", f"{segment[8:]!r} is no test history that is known")
            present = _is_present(segment)
            if seen.setdefault(segment[:6], present) is not present:
                message = f"antigen {segment[:6]} is said to be present and absent; do not use it"
                raise self.wrong(start + 6, "contradiction", message)

    @classmethod
    def length_of(cls, rest: str) -> int:
        """Three digits of count, ten for each antigen."""
        cls.layout.require(rest[:_COUNT], cls.key, cls.name)
        return _COUNT + int(rest[:_COUNT]) * _SEGMENT

    @property
    def count(self) -> int:
        """How many antigens."""
        return int(self.content[:_COUNT])

    @property
    def antigens(self) -> tuple[TestedAntigen, ...]:
        """Every antigen, in the order of the code."""
        segments = (self.content[start : start + _SEGMENT] for start in range(_COUNT, len(self.content), _SEGMENT))
        return tuple(
            TestedAntigen(
                number=segment[:6],
                present=_is_present(segment),
                method=_METHODS[str((int(segment[6:8]) + 1) // 2)],
                history=History(segment[8:]),
            )
            for segment in segments
        )

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Each antigen with number, name, presence, method and history."""
        return {
            "antigens": [
                {
                    "number": one.number,
                    "name": one.name,
                    "present": one.present,
                    "method": one.method.value,
                    "history": one.history.words,
                }
                for one in self.antigens
            ]
        }


def _is_present(segment: str) -> bool:
    return int(segment[6:8]) % 2 == 0
