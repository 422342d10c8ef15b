"""Ids of things we make: `prefix-` and 26 characters of Crockford base 32 that sort by time of making (ULID layout)."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime
from typing import Final

from runtime.clock import Clock

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS: Final = 80
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class IdMaker:
    """Makes ids that rise strictly within one process, within a millisecond and when the machine's clock steps back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def new_id(self, prefix: str) -> str:
        """A new id such as `ord-01J...`; safe from any thread."""
        since = self._clock.real_now() - _EPOCH
        millis = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
        with self._lock:
            number = (millis << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
            if number <= self._last:
                number = self._last + 1
            self._last = number
        return f"{prefix}-{_base32(number)}"


def _base32(number: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


new_id: Final = IdMaker(Clock()).new_id
"""A new id such as `ord-01J...`: sortable by real time of making, safe in URLs, unique between processes."""
