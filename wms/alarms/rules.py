"""What is fixed of one kind of alarm: how urgent, whose, called what, and what to do first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Nature(StrEnum):
    """A STANDING condition ends when its cause ends; an EVENT happened, and is over when a person acknowledges it."""

    STANDING = "standing"
    EVENT = "event"


class Owner(StrEnum):
    """The role that has to act first."""

    OPERATOR = "operator"
    QUALITY = "quality"
    ENGINEER = "engineer"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of alarm.

    ``priorities`` is indexed by level (0 = first seen, higher = escalated; the last one holds for all above);
    1 is the most urgent of 4. ``suppressed_by`` names a condition of the same source, or of the device it hangs on,
    that covers this one.
    """

    key: str
    priorities: tuple[int, ...]
    nature: Nature
    owner: Owner
    title_en: str
    title_zh: str
    guidance_en: str
    guidance_zh: str
    unit: str = ""
    suppressed_by: str | None = None

    def priority(self, level: int) -> int:
        """Priority (1 is most urgent) at a level."""
        return self.priorities[min(level, len(self.priorities) - 1)]
