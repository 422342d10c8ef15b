"""Living with peers that fail: delays that grow, and trouble that is logged once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runtime.logs import get_logger

log = get_logger(__name__)

FIRST_DELAY_S: Final = 0.25  # a peer that restarts is usually back within a second
LONGEST_DELAY_S: Final = 5.0  # design.md 12: working again less than 5 s after the peer is back


@dataclass(slots=True)
class Backoff:
    """Delays that double from the first to the longest; `reset` after success."""

    first_s: float = FIRST_DELAY_S
    longest_s: float = LONGEST_DELAY_S
    _next_s: float = 0.0

    def next_delay(self) -> float:
        """The delay before the next try, in real seconds."""
        delay = self._next_s or self.first_s
        self._next_s = min(delay * 2, self.longest_s)
        return delay

    def reset(self) -> None:
        """Start again from the first delay."""
        self._next_s = 0.0


class LogOnce:
    """Logs a repeating trouble once: first failure WARNING, repeats DEBUG, recovery INFO."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._failing = False

    def failed(self, reason: object) -> None:
        """It failed (again)."""
        write = log.debug if self._failing else log.warning
        self._failing = True
        write("failed", what=self._what, reason=str(reason))

    def recovered(self) -> None:
        """It works; says so only after a failure."""
        if self._failing:
            self._failing = False
            log.info("recovered", what=self._what)
