"""Keep a part of a service alive: restart with back-off, log once, never give up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from runtime.backoff import Backoff, LogOnce
from runtime.health import HealthPart

SETTLED_S: Final = 1.0  # a part that ran this long counts as recovered


async def supervise(
    name: str, run: Callable[[], Awaitable[None]], health_part: HealthPart, *, backoff: Backoff | None = None
) -> None:
    """Run `run()` for ever: when it raises or ends, say so in log and health, wait, start it again. Cancel to stop."""
    delays = backoff or Backoff()
    trouble = LogOnce(name)
    while True:
        said_before = health_part.detail
        task = asyncio.ensure_future(run())
        try:
            done, _ = await asyncio.wait({task}, timeout=SETTLED_S)
            if not done:
                delays.reset()
                trouble.recovered()
                if health_part.detail == said_before:  # the part itself may know better
                    health_part.ok()
            await task
            reason = "ended without being asked to"
        except asyncio.CancelledError:
            if not task.cancelled():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                raise
            if (current := asyncio.current_task()) is not None and current.cancelling():
                raise
            reason = "was cancelled from inside"
        except Exception as error:  # noqa: BLE001 - the one place that owns retry; everything is reported
            reason = _sentence(error)
        trouble.failed(reason)
        health_part.down(reason)
        await asyncio.sleep(delays.next_delay())


def _sentence(error: Exception) -> str:
    """What went wrong, without the groups that task groups wrap around it."""
    cause: BaseException = error
    while isinstance(cause, BaseExceptionGroup) and len(cause.exceptions) == 1:
        cause = cause.exceptions[0]
    return f"{type(cause).__name__}: {cause}"
