"""Which messages of a window are on their way, and which are due to be sent again. No I/O; times are monotonic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

AHEAD: Final = 1_000  # messages above the mark that may be on their way again
CHUNK: Final = 200


class InFlight:
    """When each message was last sent. What was never sent is due at once, the rest when it is not stored in time."""

    def __init__(self, resend_after_s: float) -> None:
        self._resend_after_s = resend_after_s
        self._sent_at: dict[int, float] = {}

    def sent(self, first: int, last: int, now: float) -> None:
        """An inclusive range was sent (again); of a long one, what `due` will ask for is remembered."""
        self._sent_at.update(dict.fromkeys(range(first, min(last, first + AHEAD) + 1), now))

    def stored(self, mark: int) -> None:
        """Everything up to the mark is stored."""
        self._sent_at = {offset: at for offset, at in self._sent_at.items() if offset > mark}

    def nobody_heard(self) -> None:
        """Whoever it was sent to is gone: what is not stored is due at once."""
        self._sent_at.clear()

    def due(self, stored: int, head: int, now: float) -> list[int]:
        """The lowest offsets to send again, in order, a chunk at most."""
        before = now - self._resend_after_s
        candidates = range(stored + 1, min(head, stored + AHEAD) + 1)
        return [offset for offset in candidates if self._sent_at.get(offset, before) <= before][:CHUNK]


def ranges(offsets: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Rising offsets as inclusive ranges without gaps."""
    first = last = None
    for offset in offsets:
        if first is None or last is None:
            first = offset
        elif offset != last + 1:
            yield first, last
            first = offset
        last = offset
    if first is not None and last is not None:
        yield first, last
