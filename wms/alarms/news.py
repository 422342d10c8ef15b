"""News: what is known of one condition of one source at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wms.alarms.machine import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is known of one condition of one source at ``at`` (domain time).

    ``value`` and ``limit`` are in the rule's unit. ``subject_*`` names what it is about where the title asks for it.
    ``latches``: after its end the alarm stays until a person resets it.
    """

    source: str
    condition: str
    state: Condition
    at: datetime
    level: int = 0
    value: float | None = None
    limit: float | None = None
    place: str | None = None
    subject_en: str = ""
    subject_zh: str = ""
    latches: bool = False
