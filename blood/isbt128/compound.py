"""The head of a compound message (DS023) and national structures, which may not stand in one.

Source: ST-001 2.4.23, 2.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from blood.isbt128.element import Element, Meaning
from blood.isbt128.errors import ScanError
from blood.isbt128.layout import DIGIT, layout

_PRINTABLE: Final = re.compile(r"[ -~]*")
_MOST: Final = 99


class CompoundMessage(Element):
    """DS023: how many structures follow, and the ICCBBA number of their order (000: any order)."""

    data_structure = 23
    name = "Compound Message"
    identifier = "=+"
    key = "compound"
    layout = layout((5, DIGIT))

    def check_values(self) -> None:
        """A message without a structure says nothing."""
        if self.count == 0:
            raise self.wrong(0, "count", "it announces no structure")

    @property
    def count(self) -> int:
        """How many structures follow."""
        return int(self.content[:2])

    @property
    def order(self) -> str:
        """ICCBBA's number (RT017) of the order of the structures; 000 for any."""
        return self.content[2:]

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """Count and order."""
        return {"count": self.count, "order": self.order}


def compound_message(elements: Sequence[Element]) -> str:
    """The characters of a compound message over structures in any order, as a Data Matrix carries it.

    Raises ScanError when a structure may not stand in one, or when there are none or more than 99.
    """
    for element in elements:
        if element.data_structure is None or isinstance(element, CompoundMessage):
            raise ScanError("compound.member", 0, f"{element.name} may not stand in a compound message")
    if len(elements) > _MOST:
        raise ScanError("compound.count", 0, f"A compound message has at most {_MOST} structures, not {len(elements)}")
    head = CompoundMessage(f"{len(elements):02d}000")
    return "".join(element.encode() for element in (head, *elements))


class NationalStructure(Element):
    """``&a`` to ``&z``, ``&;`` and ``&!``: defined by a facility or a nation, read as it is and only alone.

    Its content begins with the second identifier character; what it means is known for the facility only.
    """

    data_structure = None
    name = "National or local structure"
    identifier = "&"
    key = "national"

    def __post_init__(self) -> None:
        met = _PRINTABLE.match(self.content)
        end = 0 if met is None else met.end()
        if end < len(self.content):
            raise self.wrong(end, "characters", f"{self.content[end]!r} is no printable character; scan again")
        if len(self.content) < 2:
            raise self.wrong(len(self.content), "length", "nothing follows its identifier; scan again")

    @classmethod
    def length_of(cls, rest: str) -> int:
        """All that follows: its length is defined nationally."""
        return len(rest)
