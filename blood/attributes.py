"""What was done to a bag or found in it, as column `bag.attributes` keeps it: `irradiated,cmv_negative`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class UnknownAttributeError(ValueError):
    """A text that names no attribute of a bag."""


class Attribute(StrEnum):
    """One property that a patient may need or must be spared."""

    IRRADIATED = "irradiated"
    LEUCOREDUCED = "leucoreduced"
    WASHED = "washed"
    VIRUS_INACTIVATED = "virus_inactivated"
    CMV_NEGATIVE = "cmv_negative"
    LOW_TITRE = "low_titre"
    OPENED = "opened"


def write(attributes: Iterable[Attribute]) -> str | None:
    """The canonical text of attributes, None for none: each once, in the order of the enumeration."""
    there = set(attributes)
    return ",".join(one.value for one in Attribute if one in there) or None


def read(text: str | None) -> frozenset[Attribute]:
    """Read what `write` gives; raises UnknownAttributeError naming the word."""
    words = (text or "").split(",") if text else []
    try:
        return frozenset(Attribute(word.strip()) for word in words)
    except ValueError:
        unknown = next(word for word in words if word.strip() not in set(Attribute))
        raise UnknownAttributeError(f"{unknown!r} is no attribute of a bag; there is {', '.join(Attribute)}") from None
