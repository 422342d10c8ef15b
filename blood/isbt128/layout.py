"""The form of a content: which characters may stand at each place. ISBT 128 wants it checked before any meaning.

Source: ICCBBA ST-001 v6.2.2, 2.2 (identifier, then length and characters, then the values) and the tables of 2.4.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import Final

from blood.isbt128.errors import ScanError

DIGIT: Final = string.digits
UPPER: Final = string.ascii_uppercase
LOWER: Final = string.ascii_lowercase
UPPER_DIGIT: Final = UPPER + DIGIT
ALPHANUMERIC: Final = UPPER + LOWER + DIGIT
NO_O: Final = UPPER.replace("O", "")
FACILITY: Final = (NO_O + DIGIT.replace("0", ""), NO_O + DIGIT, NO_O + DIGIT, DIGIT, DIGIT)
"""A facility number (FIN): no letter O anywhere, no 0 in front, digits in the last two places."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The characters that may stand at each place of a content of fixed length."""

    places: tuple[str, ...]
    pattern: re.Pattern[str]

    @property
    def length(self) -> int:
        """How many characters a content has."""
        return len(self.places)

    def require(self, content: str, key: str, name: str) -> None:
        """Raise ScanError ``{key}.characters`` or ``{key}.length`` at the first place that is not as it must be."""
        if self.pattern.fullmatch(content):
            return
        for position, (character, allowed) in enumerate(zip(content, self.places, strict=False)):
            if character not in allowed:
                raise ScanError(
                    f"{key}.characters",
                    position,
                    f"{name}: {character!r} cannot be character {position + 1} of {content!r}; scan again",
                )
        raise ScanError(
            f"{key}.length",
            min(len(content), self.length),
            f"{name}: {self.length} characters are needed and {content!r} has {len(content)}; scan again",
        )


def require_run(content: str, start: int, allowed: str, length: int, key: str, name: str) -> None:
    """The rest of a content of variable length: from ``start`` one set of characters up to ``length``; see `Layout`."""
    for position in range(start, min(len(content), length)):
        if content[position] not in allowed:
            message = f"{name}: {content[position]!r} cannot be character {position + 1}; scan again"
            raise ScanError(f"{key}.characters", position, message)
    if len(content) != length:
        message = f"{name}: {length} characters are needed by its own count and there are {len(content)}; scan again"
        raise ScanError(f"{key}.length", min(len(content), length), message)


def layout(*parts: str | tuple[str, ...] | tuple[int, str]) -> Layout:
    """A layout from its parts: one set for one place, ``(count, set)``, or a tuple of sets such as FACILITY."""
    places: list[str] = []
    for part in parts:
        match part:
            case str():
                places.append(part)
            case (int(count), str(allowed)):
                places.extend([allowed] * count)
            case _:
                places.extend(str(allowed) for allowed in part)
    return Layout(tuple(places), re.compile("".join(f"[{re.escape(allowed)}]" for allowed in places)))
