"""Listens on the broker of a running demo to what one reader says, and comes back when the broker does."""

from __future__ import annotations

import asyncio
import threading
import time
from types import TracebackType
from typing import Self

from plant.model import Reader
from runtime import topics
from runtime.mqtt import Message, MqttLink
from runtime.settings import MqttSettings
from runtime.topics import SparkplugKind


class DemoWire:
    """Monotonic times at which the reader was last found (DBIRTH) and last spoke (DDATA); 0 before."""

    def __init__(self, mqtt: MqttSettings, site: str, reader: Reader) -> None:
        self.found_at = self.spoke_at = 0.0
        self._loop = asyncio.new_event_loop()
        self._link = MqttLink(mqtt, "benchmark.wire")
        self._link.subscribe(topics.sparkplug(site, SparkplugKind.DBIRTH, reader.group, reader.id), self._found)
        self._link.subscribe(topics.sparkplug(site, SparkplugKind.DDATA, reader.group, reader.id), self._spoke)
        self._thread = threading.Thread(target=self._run, name="wire")

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
            self._task = asyncio.ensure_future(self._link.run())
            await asyncio.wait([self._task])

        self._loop.run_until_complete(body())
        self._loop.close()

    def _found(self, _: Message) -> None:
        self.found_at = time.monotonic()

    def _spoke(self, _: Message) -> None:
        self.spoke_at = time.monotonic()
