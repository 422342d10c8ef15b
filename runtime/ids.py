"""Ids of things we make: `prefix-` and 26 characters of Crockford base 32 that sort by time of making (ULID layout)."""

from __future__ import annotations

import random
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from runtime.clock import Clock

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS: Final = 80
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class IdMaker:
    """Makes ids that rise strictly within one process, within a millisecond and when the machine's clock steps back."""

    def __init__(self, clock: Clock, random_bits: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._last = 0
        self._lock = threading.Lock()

    def new_id(self, prefix: str) -> str:
        """A new id such as `ord-01J...`; safe from any thread."""
        since = self._clock.real_now() - _EPOCH
        millis = (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000
        with self._lock:
            number = (millis << _RANDOM_BITS) | self._random_bits(_RANDOM_BITS)
            if number <= self._last:
                number = self._last + 1
            self._last = number
        return f"{prefix}-{_base32(number)}"


def _base32(number: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


_makers: Final = [IdMaker(Clock())]


def new_id(prefix: str) -> str:
    """A new id such as `ord-01J...`: sortable by real time of making, safe in URLs, unique between processes."""
    return _makers[-1].new_id(prefix)


@contextmanager
def seeded_ids(clock: Clock, seed: int) -> Iterator[None]:
    """Within the block the ids of this process follow from a seed and a clock: a simulated run that can be repeated.

    Never where ids of several processes meet: they would be the same.
    """
    maker = IdMaker(clock, random.Random(seed).getrandbits)  # noqa: S311 - a simulation wants repeatable ids
    _makers.append(maker)
    try:
        yield
    finally:
        _makers.remove(maker)
