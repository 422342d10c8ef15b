"""The thread that runs the ingest: a bounded queue in front, deliveries behind, the store's health in between.

A batch that finds the queue full is not taken: it stays unacknowledged, and the edge sends it again from its window. So
nothing is dropped, and nothing grows without end.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import structlog

from runtime.clock import Clock
from runtime.health import HealthPart
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch
from telemetry.ingest import Delivery, Ingest, StoreDelayedError
from telemetry.store import StoreBusyError, StoreError

QUEUE_BATCHES: Final = 10_000
BATCHES_PER_PASS: Final = 512
"""Batches that share a transaction: one commit costs about a millisecond."""
UNSTORED_BATCHES: Final = 20_000
"""With this many evaluated but unstored batches no more are taken until the store works again."""
LOOK_EVERY_S: Final = 0.25
_RETRY_S: Final = 1.0
_log = structlog.get_logger(__name__)


class IngestFullError(RuntimeError):
    """There is no room for another batch; nothing of it was taken."""


@dataclass(slots=True)
class IngestThread:
    """Runs an `Ingest` in a thread. ``deliver`` is called from that thread for every delivery that says something."""

    ingest: Ingest
    clock: Clock
    deliver: Callable[[Delivery], None]
    health: HealthPart
    capacity: int = QUEUE_BATCHES
    _queue: queue.Queue[ReadingBatch | Presence] = field(init=False)
    _stop: threading.Event = field(init=False, default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._queue = queue.Queue()

    def submit(self, item: ReadingBatch | Presence) -> None:
        """Hand over a batch (`on_batch`) or a presence (`on_presence`); never waits.

        Raises IngestFullError when a batch found no room: it stays unacknowledged and the edge sends it again. A
        presence, which nobody would send again, always finds room.
        """
        full = self._queue.qsize() >= self.capacity or self.ingest.unstored >= UNSTORED_BATCHES
        if full and isinstance(item, ReadingBatch):
            self.ingest.counts.refused += 1
            raise IngestFullError(f"{self._queue.qsize()} batches wait for the telemetry store")
        self._queue.put_nowait(item)

    async def run(self) -> None:
        """Run until cancelled; what is queued by then is passed through before it returns. May be run again."""
        self._stop.clear()
        with ThreadPoolExecutor(2, thread_name_prefix="telemetry-ingest") as own:
            work = asyncio.wrap_future(own.submit(self._loop))
            house = asyncio.wrap_future(own.submit(self._keep_house))
            try:
                await asyncio.shield(asyncio.wait([work, house], return_when=asyncio.FIRST_COMPLETED))
            finally:
                self._stop.set()
                await asyncio.wait([work, house])
            for ended in (work, house):
                ended.result()  # what ended one of them by itself is told to who supervises

    def _loop(self) -> None:
        while not (self._stop.is_set() and self._queue.empty()):
            batches: list[ReadingBatch] = []
            for item in self._take():
                if isinstance(item, ReadingBatch):
                    batches.append(item)
                    continue
                if batches and item.state is PresenceState.OFFLINE:
                    self._pass(batches)  # what came before a departure is judged before it
                    batches = []
                self._tell(self.ingest.presence(item, self.clock.now()))
            self._pass(batches)
            self.health.waiting = self._queue.qsize() + self.ingest.unstored

    def _pass(self, batches: list[ReadingBatch]) -> None:
        try:
            if batches or self.ingest.unstored:
                self._tell(self.ingest.process(batches, self.clock.now()))
            else:
                self._tell(self.ingest.look(self.clock.now()))
            fault = self.ingest.fault
            self.health.ok() if fault is None else self.health.degraded(fault)
        except StoreDelayedError as error:
            self._tell(error.delivery)
            if not isinstance(error.__cause__, StoreBusyError):
                self._complain(str(error))
        except StoreError as error:
            self._complain(str(error))

    def _keep_house(self) -> None:
        """Close and drop days in a thread of its own: a large day takes a minute, and no alarm waits for it."""
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                self.ingest.close_days(self.clock.now())
                self.ingest.drop_days(self.clock.now())
            except StoreError as error:
                self._complain(str(error))
            except Exception as error:  # noqa: BLE001 - a house that cannot be kept stops no alarm
                self._complain(f"days are neither closed nor dropped: {error!r}")

    def _complain(self, detail: str) -> None:
        _log.warning("telemetry.store_failed", detail=detail, waiting=self.ingest.unstored)
        self.health.down(detail)
        self._stop.wait(_RETRY_S)

    def _take(self) -> list[ReadingBatch | Presence]:
        try:
            items = [self._queue.get(timeout=LOOK_EVERY_S)]
        except queue.Empty:
            return []
        while len(items) < BATCHES_PER_PASS:
            try:
                items.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return items

    def _tell(self, delivery: Delivery) -> None:
        if delivery.changes or delivery.acknowledged or delivery.heard:
            self.deliver(delivery)
