"""Running links, edges and hosts inside one test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final

LIMIT_S: Final = 60.0
"""Waiting ends here (real seconds): no promise of ours, but long enough for a machine that has much else to do."""


@asynccontextmanager
async def running(*parts: Any) -> AsyncIterator[None]:
    """Run `part.run()` of each (or the coroutine itself) as long as the block lasts; then cancel and wait."""
    coroutines: list[Coroutine[Any, Any, None]] = [
        part if isinstance(part, Coroutine) else part.run() for part in parts
    ]
    tasks = [asyncio.create_task(coroutine) for coroutine in coroutines]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result


async def until(condition: Callable[[], bool], seconds: float = LIMIT_S) -> None:
    """Wait until something holds; fails after a while."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is awaited happens in other tasks, threads and processes
            await asyncio.sleep(0.01)
