"""What the commits changed, handed to everyone who watches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from wms.store.writer import Change

BACKLOG: Final = 2_000
"""Changes that wait for one slow watcher before it is told to look at everything anew."""
RESET: Final = "reset"
"""Topic of the change that replaces those a slow watcher missed."""


class Changes:
    """A fan-out of committed changes; lives on the event loop."""

    def __init__(self) -> None:
        self.stirred = asyncio.Event()
        self._watchers: set[asyncio.Queue[Change | None]] = set()

    def publish(self, change: Change) -> None:
        """Give a change to every watcher; one that lags too far behind gets a `reset` instead of what it missed."""
        self.stirred.set()
        for queue in self._watchers:
            if queue.qsize() >= BACKLOG:
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(Change(change.seq, {RESET: ()}))
            else:
                queue.put_nowait(change)

    async def subscribe(self) -> AsyncIterator[Change]:
        """Changes from the first time it is awaited on, until the warehouse closes."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            self._watchers.discard(queue)

    def close(self) -> None:
        """End every subscription."""
        for queue in self._watchers:
            queue.put_nowait(None)
