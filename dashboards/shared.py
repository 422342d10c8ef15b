"""One answer for everybody who asks at the same moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Computes a value at most once per ``fresh_s`` real seconds, however many ask; an error is not kept.

    Two thousand boards that all ask again after one event cost one query.
    """

    def __init__(self, compute: Callable[[], Awaitable[T]], fresh_s: float) -> None:
        self._compute = compute
        self._fresh_s = fresh_s
        self._busy = asyncio.Lock()
        self._kept: tuple[float, T] | None = None

    async def get(self) -> T:
        """The value, at most ``fresh_s`` old."""
        async with self._busy:
            if self._kept is None or time.monotonic() - self._kept[0] >= self._fresh_s:
                begun = time.monotonic()
                self._kept = (begun, await self._compute())
            return self._kept[1]
