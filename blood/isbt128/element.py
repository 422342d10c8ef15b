"""One data structure as it was scanned: a value that exists is whole, and gives back exactly its characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from blood.isbt128.errors import ScanError
from blood.isbt128.layout import Layout

Meaning: TypeAlias = "str | int | float | bool | Sequence[Meaning] | Mapping[str, Meaning] | None"
"""What a person or a JSON reader is told: plain values only; None for what the structure does not say."""


@dataclass(frozen=True)
class Element:
    """A data structure; each subclass is one of ST-001 Table 2. Built from its content, raises ScanError for a bad one.

    Positions of an error count from the first character of the content.
    """

    content: str

    data_structure: ClassVar[int | None]
    """Its number in ST-001 Table 2; None for national structures, which have none."""
    name: ClassVar[str]
    identifier: ClassVar[str]
    key: ClassVar[str]
    """The first word of its error codes."""
    layout: ClassVar[Layout]

    def __post_init__(self) -> None:
        self.layout.require(self.content, self.key, self.name)
        self.check_values()

    def check_values(self) -> None:
        """Raise ScanError for values that the tables do not know; the characters are known to be right by now."""

    @classmethod
    def length_of(cls, rest: str) -> int:  # noqa: ARG003 - structures of variable length read their count there
        """How many characters of ``rest``, which begins with the content, belong to it; raises ScanError."""
        return cls.layout.length

    def encode(self) -> str:
        """Exactly the characters that were scanned: identifier and content."""
        return self.identifier + self.content

    @property
    def meaning(self) -> Mapping[str, Meaning]:
        """What it says, in words and plain values."""
        return {"value": self.content}

    def wrong(self, position: int, what: str, message: str) -> ScanError:
        """The error ``{key}.{what}`` at a place of the content."""
        return ScanError(f"{self.key}.{what}", position, f"{self.name}: {message}")
