"""A Sparkplug edge that sends readings encoded beforehand, as fast as the historian's stored marks allow."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.catalogue import BenchmarkFailed
from runtime import topics
from runtime.clock import Clock
from runtime.mqtt import Message, MqttLink
from runtime.settings import MqttSettings
from runtime.sparkplug.codec import encode_metric, wrap
from runtime.sparkplug.columns import FIRST_ALIAS, encode_run
from runtime.sparkplug.device import DeviceState, DeviceValues, offset_metrics
from runtime.sparkplug.payload import BDSEQ_METRIC, DataType, Metric, MetricSpec
from runtime.sparkplug.state import decode_state, decode_stored
from runtime.topics import SparkplugKind

UNDER_WAY: Final = 1_500
"""Messages that may be sent and not stored: enough to keep the historian busy, too few to grow a queue."""
_NODE_EPOCH, _NODE_OFFSET = FIRST_ALIAS, FIRST_ALIAS + 1
_GIVE_UP_S: Final = 90.0


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was sent, and the time from the first message sent to the last one stored: real, and the historian's own."""

    readings: int
    messages: int
    seconds: float
    historian_cpu_s: float


@dataclass(frozen=True, slots=True)
class _Source:
    values: DeviceValues
    aliases: np.ndarray[tuple[int], np.dtype[np.int64]]


class Replay:
    """One edge with some devices, each with the same metrics (doubles)."""

    def __init__(
        self, mqtt: MqttSettings, site: str, edge: str, devices: Sequence[str], metrics: Sequence[str]
    ) -> None:
        self._site, self._edge, self._clock = site, edge, Clock()
        self._epoch = str(uuid.uuid4())
        self._seq = 0
        self._stored = self._sent = 0
        self._moved = asyncio.Event()
        self._host = asyncio.Event()
        self._sources = [_source(device, metrics, number) for number, device in enumerate(devices)]
        self._link = MqttLink(mqtt, f"{site}.{edge}.state")
        self._link.subscribe(topics.state(topics.primary_host(site)), self._on_state)
        self._link.subscribe(topics.stored(site, edge), self._on_stored)

    async def run(self, rounds: int, cpu_s: Callable[[], float]) -> Replayed:
        """Send `rounds` readings of every metric, one message a device and round; returns when all are stored.

        One more round goes first and does not count: with it, births and first values are behind the historian.
        `cpu_s` tells the processor time that the historian has used so far.
        """
        linking = asyncio.ensure_future(self._link.run())
        try:
            async with asyncio.timeout(_GIVE_UP_S):
                await self._link.connected.wait()
                await self._host.wait()
                self._birth()
                bodies = self._bodies(rounds + 1)
                await self._send_all(bodies[: len(self._sources)])
                begun, cpu_before = time.monotonic(), cpu_s()
                await self._send_all(bodies[len(self._sources) :])
                readings = rounds * sum(len(source.aliases) for source in self._sources)
                return Replayed(
                    readings, len(bodies) - len(self._sources), time.monotonic() - begun, cpu_s() - cpu_before
                )
        except TimeoutError as error:
            raise BenchmarkFailed(f"{self._stored} messages were stored within {_GIVE_UP_S:g} s") from error
        finally:
            linking.cancel()
            await asyncio.wait([linking])

    def _bodies(self, rounds: int) -> list[tuple[str, bytes]]:
        """All messages of all rounds: readings a second apart, the last round is now."""
        end_ms = self._now_ms()
        bodies = []
        for turn in range(rounds):
            at_ms = end_ms - (rounds - 1 - turn) * 1000
            for number, source in enumerate(self._sources):
                count = len(source.aliases)
                value = 4.0 + ((np.arange(count) + turn + number) % 50) / 100
                bodies.append(
                    (source.values.device, encode_run(source.aliases, np.full(count, at_ms, dtype=np.int64), value))
                )
        return bodies

    async def _send_all(self, bodies: Sequence[tuple[str, bytes]]) -> None:
        by_device = {source.values.device: source.values for source in self._sources}
        first = self._sent + 1
        self._sent += len(bodies)
        for offset, (device, body) in enumerate(bodies, first):
            while offset - self._stored > UNDER_WAY:
                await self._wait_for_mark()
            values = by_device[device]
            head = offset_metrics(
                values.epoch_alias, values.offset_alias, self._epoch, offset, self._now_ms(), named=False
            )
            metrics = encode_metric(head[0]) + encode_metric(head[1], DataType.INT64) + body
            self._send(SparkplugKind.DDATA, metrics, device)
            if offset % 50 == 0:
                await asyncio.sleep(0)
        while self._stored < self._sent:
            await self._wait_for_mark()

    async def _wait_for_mark(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    def _birth(self) -> None:
        now_ms = self._now_ms()
        bdseq = Metric(name=BDSEQ_METRIC, timestamp=now_ms, datatype=DataType.INT64, value=0)
        named = offset_metrics(_NODE_EPOCH, _NODE_OFFSET, self._epoch, 0, now_ms, named=True)
        self._send(SparkplugKind.NBIRTH, b"".join(map(encode_metric, (bdseq, *named))))
        for source in self._sources:
            metrics = source.values.birth_metrics(self._epoch, 0, now_ms)
            self._send(SparkplugKind.DBIRTH, b"".join(map(encode_metric, metrics)), source.values.device)

    def _send(self, kind: SparkplugKind, metrics: bytes, device: str | None = None) -> None:
        payload = wrap(metrics, timestamp=self._now_ms(), seq=self._seq)
        self._seq = (self._seq + 1) % 256
        self._link.send(topics.sparkplug(self._site, kind, self._edge, device), payload)

    def _on_state(self, message: Message) -> None:
        if decode_state(message.payload).online:
            self._host.set()

    def _on_stored(self, message: Message) -> None:
        mark = decode_stored(message.payload)
        if mark.epoch == self._epoch:
            self._stored = mark.offset
            self._moved.set()

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)


def _source(device: str, metrics: Sequence[str], number: int) -> _Source:
    first = FIRST_ALIAS + 2 + number * (len(metrics) + 2)
    values = DeviceValues(device, first, first + 1, DeviceState.PRESENT)
    aliases = np.arange(first + 2, first + 2 + len(metrics), dtype=np.int64)
    for metric, alias in zip(metrics, aliases.tolist(), strict=True):
        values.declare(MetricSpec(metric, DataType.DOUBLE, "Cel"), alias)
    return _Source(values, aliases)
