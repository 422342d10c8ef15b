"""A primary host that counts what arrives and says at once that it is stored: stands where telemetry stands."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from runtime import topics
from runtime.clock import Clock
from runtime.settings import MqttSettings
from runtime.sparkplug.host import SparkplugHost
from runtime.sparkplug.readings import Presence, ReadingBatch
from telemetry.offsets import EpochKey, Offsets


class Listener:
    """Runs a `SparkplugHost` on a thread of its own. `on_batch` is called there with every batch."""

    def __init__(self, mqtt: MqttSettings, site: str, on_batch: Callable[[ReadingBatch], None] | None = None) -> None:
        self.readings = 0
        self.messages = 0
        self.offline = 0
        self._on_batch = on_batch
        self._offsets = Offsets()
        self._loop = asyncio.new_event_loop()
        self.host = SparkplugHost(
            mqtt,
            site,
            topics.primary_host(site),
            Clock(),
            on_batch=self._take,
            on_presence=self._note,
            stored=self._stored,
        )
        self._thread = threading.Thread(target=self._run, name="listener")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()

    def _run(self) -> None:
        async def body() -> None:
            self._task = asyncio.ensure_future(self.host.run())
            await asyncio.wait([self._task])

        self._loop.run_until_complete(body())
        self._loop.close()

    def _take(self, batch: ReadingBatch) -> None:
        self._offsets.add((batch.edge, batch.epoch), batch.first_offset, batch.last_offset)
        self.readings += len(batch.source)
        self.messages += 1
        if self.messages % 200 == 0:
            key = batch.edge, batch.epoch
            self.host.acknowledge(*key, self._offsets.mark(key))
        if self._on_batch is not None:
            self._on_batch(batch)

    def _note(self, presence: Presence) -> None:
        self.offline += presence.state.value == "offline"

    def _stored(self) -> Mapping[EpochKey, int]:
        return self._offsets.marks()
