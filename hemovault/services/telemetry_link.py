"""From the primary host to telemetry to the alarm book: what is wrong is told, in order, and never lost.

Telemetry works in its own thread; the alarm book is written by the controller's writer. In between stands a queue that
keeps every condition change until it is committed: an alarm is never lost because the database was busy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from plant.model import Plant
from runtime.backoff import Backoff, LogOnce
from runtime.clock import Clock
from runtime.health import HealthPart
from runtime.sparkplug.readings import Presence, PresenceState
from telemetry.conditions import ConditionChange
from telemetry.ingest import Delivery
from wms.alarms.feed import apply_conditions, device_presence
from wms.errors import Unavailable
from wms.store.tx import Tx
from wms.warehouse import Warehouse

GRACE_S: Final = 15.0
"""Real seconds after a start in which machines may report before their silence is an alarm."""
_AT_ONCE: Final = 500
_News = Sequence[ConditionChange] | Presence


class AlarmFeed:
    """Carries condition changes and presences into the alarm book; lives on the event loop."""

    def __init__(self, warehouse: Warehouse, health: HealthPart) -> None:
        self._warehouse = warehouse
        self._health = health
        self._queue: asyncio.Queue[_News] = asyncio.Queue()
        self._seen: set[str] = set()
        self._trouble = LogOnce("alarms from telemetry")

    def tell(self, news: _News) -> None:
        """Take news; call it on the event loop."""
        if isinstance(news, Presence):
            self._seen.add(news.device or news.edge)
        self._queue.put_nowait(news)

    async def run(self) -> None:
        """Commit news in their order until cancelled; what cannot be committed is tried again, never passed over."""
        while True:
            news = [await self._queue.get()]
            while len(news) < _AT_ONCE and not self._queue.empty():
                news.append(self._queue.get_nowait())
            await self._commit(news)

    async def watch_for_absent(self) -> None:
        """Once, after the grace: whatever the plant has and nobody heard of is offline."""
        clock: Clock = self._warehouse.clock
        await clock.sleep_real(GRACE_S)
        for edge, device in expected(self._warehouse.plant):
            if (device or edge) not in self._seen:
                self.tell(Presence(edge, device, PresenceState.OFFLINE, clock.now(), ()))
        await asyncio.Event().wait()

    async def _commit(self, news: Sequence[_News]) -> None:
        delays = Backoff()
        while True:
            try:
                await self._warehouse.write(lambda tx: _apply(tx, news))
            except Unavailable as error:
                self._trouble.failed(error)
                self._health.down(error.detail)
                await asyncio.sleep(delays.next_delay())
            else:
                self._trouble.recovered()
                self._health.ok()
                return


def expected(plant: Plant) -> Iterable[tuple[str, str | None]]:
    """Every edge and device that should be online: (edge, None) or (edge, device)."""
    edges = {cell.id: cell.edge for cell in plant.cells}
    yield from ((edge, None) for edge in edges.values())
    yield from ((edges[device.cell], device.id) for device in plant.devices)
    yield from ((group, None) for group in sorted({reader.group for reader in plant.readers}))
    yield from ((reader.group, reader.id) for reader in plant.readers)


def deliver_on(
    loop: asyncio.AbstractEventLoop,
    feed: AlarmFeed,
    acknowledge: Callable[[str, str, int], None],
    heard: Callable[[Iterable[str]], None],
) -> Callable[[Delivery], None]:
    """Return what the telemetry thread calls with each delivery: one hop onto the event loop."""

    def on_loop(delivery: Delivery) -> None:
        if delivery.changes:
            feed.tell(delivery.changes)
        for edge, epoch, mark in delivery.acknowledged:
            acknowledge(edge, epoch, mark)
        heard(delivery.heard)

    def deliver(delivery: Delivery) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(on_loop, delivery)

    return deliver


def _apply(tx: Tx, news: Sequence[_News]) -> None:
    for item in news:
        if isinstance(item, Presence):
            device_presence(tx, item.device or item.edge, online=item.state is PresenceState.ONLINE, at=item.at)
        else:
            apply_conditions(tx, item)
