"""How long readings, minutes and hours are kept, and what may be dropped at an instant. Pure.

Old days of readings go first, then minutes, then hours. A day that somebody still needs is kept, however old: whoever
knows gives the oldest instant that is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

KEEP_RAW_DAYS: Final = 400
KEEP_MINUTE_DAYS: Final = 3 * 366
KEEP_HOUR_DAYS: Final = 30 * 366
_DAY_MS: Final = 86_400_000

OldestNeeded = Callable[[], int | None]
"""The oldest instant (ms since 1970) whose readings are needed; None when none is. What it raises keeps everything."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days for which each kind is kept."""

    raw_days: int = KEEP_RAW_DAYS
    minute_days: int = KEEP_MINUTE_DAYS
    hour_days: int = KEEP_HOUR_DAYS

    def __post_init__(self) -> None:
        """Refuse what would drop a roll-up before what it was made of; raises ValueError."""
        if not 2 <= self.raw_days <= self.minute_days <= self.hour_days:
            raise ValueError("readings are kept for 2 days at least, minutes no shorter, hours no shorter than minutes")


@dataclass(frozen=True, slots=True)
class Horizons:
    """Days that ended before these instants (ms since 1970) may be dropped."""

    raw_ms: int
    minutes_ms: int
    hours_ms: int


def horizons(retention: Retention, now_ms: int, oldest_needed_ms: int | None) -> Horizons:
    """What may be dropped now; nothing of a day in which ``oldest_needed_ms`` lies, nor of a later one."""
    needed = now_ms if oldest_needed_ms is None else oldest_needed_ms // _DAY_MS * _DAY_MS
    kept = (retention.raw_days, retention.minute_days, retention.hour_days)
    return Horizons(*(min(now_ms - days * _DAY_MS, needed) for days in kept))
