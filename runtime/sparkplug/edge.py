"""The Sparkplug session of one edge: births, data with offsets, deaths, rebirth, and re-sending what is not stored.

Two clocks meet here: metrics and payloads carry domain time, back-off and re-sending run on real time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from runtime import topics
from runtime.backoff import LogOnce
from runtime.clock import Clock
from runtime.health import Health
from runtime.logs import get_logger
from runtime.mqtt import Message, MqttLink, Will
from runtime.settings import MqttSettings
from runtime.sparkplug.codec import decode, encode, encode_metric, wrap
from runtime.sparkplug.columns import mark_historical
from runtime.sparkplug.device import DeviceState, DeviceValues, OffsetHead, offset_metrics
from runtime.sparkplug.inflight import InFlight, ranges
from runtime.sparkplug.payload import (
    BDSEQ_METRIC,
    EPOCH_METRIC,
    FIRST_METRIC,
    OFFSET_METRIC,
    REBIRTH_METRIC,
    DataType,
    Metric,
    MetricSpec,
    Payload,
    Quality,
    SparkplugError,
    Value,
)
from runtime.sparkplug.state import decode_state, decode_stored
from runtime.sparkplug.window import StateWindow, WindowError, WindowMessage
from runtime.threads import in_thread
from runtime.topics import SparkplugKind

__all__ = ["DataType", "MetricSpec", "Quality", "SparkplugEdge"]

log = get_logger(__name__)

FLUSH_EVERY_S: Final = 0.1
STEADY_EVERY_S: Final = 1.0  # how often steady values are looked through
RESEND_AFTER_S: Final = 10.0  # a message that is not stored by then is sent again as historical
MOST_HELD: Final = 10_000  # messages in memory while the disk takes none


class SparkplugEdge:
    """Publishes devices as long as the primary host is there; keeps what is not stored on disk.

    `update`, `device_lost` and `device_found` are called on the event loop, before or while `run` runs. A device is
    lost until it is found or a good value of it arrives. Close it when it is not run again.
    """

    def __init__(
        self,
        mqtt: MqttSettings,
        site: str,
        edge: str,
        devices: Mapping[str, Sequence[MetricSpec]],
        clock: Clock,
        window_path: Path,
        health: Health,
        *,
        host_id: str | None = None,
    ) -> None:
        self._site, self._edge, self._clock = site, edge, clock
        self._health = health.part("state")
        self._window = StateWindow(window_path, edge)
        self._aliases = {
            EPOCH_METRIC: self._window.alias("", EPOCH_METRIC, DataType.STRING),
            OFFSET_METRIC: self._window.alias("", OFFSET_METRIC, DataType.INT64),
            FIRST_METRIC: self._window.alias("", FIRST_METRIC, DataType.INT64),
        }
        self._known = set(self._aliases.values())
        self._heads: dict[str, OffsetHead] = {}
        self._devices = {name: self._declare(name, specs) for name, specs in devices.items()}
        self._bdseq = 0
        self._seq = 0
        self._born = False
        self._host_since: int | None = None  # timestamp of the STATE that says the host is online
        self._last_state = -1  # newest STATE timestamp of this connection
        self._mark: int | None = None  # a stored mark that the window has not taken over yet
        self._in_flight = InFlight(RESEND_AFTER_S)
        self._held: list[WindowMessage] = []  # made and not yet on disk
        self._trouble = LogOnce(f"window of {edge}")
        self._disk_trouble = ""
        self._link = MqttLink(mqtt, f"{site}.{edge}.state", will=self._ndeath)
        self._link.subscribe(topics.sparkplug(site, SparkplugKind.NCMD, edge), self._on_command)
        self._link.subscribe(topics.state(host_id or topics.primary_host(site)), self._on_state)
        self._link.subscribe(topics.stored(site, edge), self._on_stored)
        self._link.on_connect(self._birth_if_allowed)
        self._link.on_disconnect(self._session_over)

    def update(self, device: str, metric: str, value: Value, at: datetime, quality: Quality = Quality.GOOD) -> None:
        """Take a value as of `at` (the source's own time); published within 100 ms real when it changed.

        Raises SparkplugError for an unknown device or metric, or a value that the datatype cannot hold.
        """
        values = self._device(device)
        values.update(metric, value, _millis(at), quality)
        if values.state is DeviceState.LOST and quality in (Quality.GOOD, Quality.UNCERTAIN):
            self.device_found(device)

    def device_lost(self, device: str) -> None:
        """The edge cannot reach a device: DDEATH, its values are stale."""
        values = self._device(device)
        if values.state is DeviceState.PRESENT:
            values.lose()
            if self._born:
                self._send(SparkplugKind.DDEATH, b"", device)

    def device_found(self, device: str) -> None:
        """The edge reaches a device (again): DBIRTH."""
        values = self._device(device)
        if values.state is DeviceState.LOST:
            values.state = DeviceState.PRESENT
            if self._born:
                self._send_device_birth(values)

    async def run(self) -> None:
        """Hold the session until cancelled; then say NDEATH and leave the rest on disk."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._link.run())
                tasks.create_task(self._publish_for_ever())
        finally:
            self._collect()
            self._put_on_disk(None)

    def close(self) -> None:
        """Close the window; a closed edge cannot run."""
        self._window.close()

    # ---- session ----

    def _ndeath(self) -> Will:
        """The Will of the CONNECT that is about to be sent (tck-id-payloads-ndeath-will-message)."""
        self._bdseq = self._window.next_bdseq()
        payload = encode(Payload(timestamp=self._now_ms(), metrics=(self._bdseq_metric(),)))
        return Will(topics.sparkplug(self._site, SparkplugKind.NDEATH, self._edge), payload, qos=1, retain=False)

    def _on_state(self, message: Message) -> None:
        try:
            state = decode_state(message.payload)
        except SparkplugError as error:
            log.warning("unreadable STATE", topic=message.topic, reason=str(error))
            return
        if state.timestamp < self._last_state:
            return  # tck-id-operational-behavior-edge-node-termination-host-offline-timestamp
        self._last_state = state.timestamp
        if state.online:
            if state.timestamp != self._host_since:  # a host that came back does not know us
                self._born = False
            self._host_since = state.timestamp
            self._birth_if_allowed()
        else:
            self._host_since = None
            if self._born:
                self._link.drop("the primary host is away")  # says NDEATH and connects again to wait

    def _session_over(self) -> None:
        self._born = False
        self._host_since, self._last_state = None, -1

    def _on_command(self, message: Message) -> None:
        try:
            metrics = decode(message.payload).metrics
        except SparkplugError as error:
            log.warning("unreadable NCMD", reason=str(error))
            return
        if self._born and any(metric.name == REBIRTH_METRIC and metric.value is True for metric in metrics):
            self._birth()

    def _birth_if_allowed(self) -> None:
        if self._link.connected.is_set() and self._host_since is not None and not self._born:
            self._in_flight.nobody_heard()
            self._birth()

    def _birth(self) -> None:
        """NBIRTH and all DBIRTHs; whatever comes after them may be data."""
        self._born = True
        self._seq = 0
        now_ms = self._now_ms()
        named = offset_metrics(
            self._aliases[EPOCH_METRIC],
            self._aliases[OFFSET_METRIC],
            self._window.epoch,
            self._window.head,
            now_ms,
            named=True,
        )
        rebirth = Metric(name=REBIRTH_METRIC, timestamp=now_ms, datatype=DataType.BOOLEAN, value=False)
        first = Metric(
            name=FIRST_METRIC,
            alias=self._aliases[FIRST_METRIC],
            timestamp=now_ms,
            datatype=DataType.INT64,
            is_null=True,
        )
        metrics = (self._bdseq_metric(), rebirth, *named, first)
        self._send(SparkplugKind.NBIRTH, b"".join(map(encode_metric, metrics)))
        for values in self._devices.values():
            self._send_device_birth(values)
            if values.state is DeviceState.LOST:  # born all the same, so that its stored history has names
                self._send(SparkplugKind.DDEATH, b"", values.device)
            else:
                values.republish_all()

    def _send_device_birth(self, values: DeviceValues) -> None:
        metrics = values.birth_metrics(self._window.epoch, self._window.head, self._now_ms())
        self._send(SparkplugKind.DBIRTH, b"".join(map(encode_metric, metrics)), values.device)

    def _send(self, kind: SparkplugKind, metrics: bytes, device: str | None = None) -> None:
        payload = wrap(metrics, timestamp=self._now_ms(), seq=self._seq)
        self._seq = (self._seq + 1) % 256
        self._link.send(topics.sparkplug(self._site, kind, self._edge, device), payload)

    # ---- data ----

    def _on_stored(self, message: Message) -> None:
        try:
            mark = decode_stored(message.payload)
        except SparkplugError as error:
            log.warning("unreadable stored mark", reason=str(error))
            return
        if mark.epoch == self._window.epoch:
            self._mark = mark.offset

    async def _publish_for_ever(self) -> None:
        steady_due = 0.0
        while True:
            started = time.monotonic()
            if started >= steady_due:
                steady_due = started + STEADY_EVERY_S
                now_ms = self._now_ms()
                for values in self._devices.values():
                    values.republish_steady(now_ms)
            await self._publish_changes()
            await self._resend_due()
            self._say_how_it_is()
            await asyncio.sleep(max(0.0, FLUSH_EVERY_S - (time.monotonic() - started)))

    async def _publish_changes(self) -> None:
        self._collect()
        mark, self._mark = self._mark, None
        if not self._held and mark is None:
            return
        messages = tuple(self._held)
        first = await in_thread(self._put_on_disk, mark)
        if mark is not None:
            self._in_flight.stored(mark)
        if first is not None and self._born:
            for offset, message in enumerate(messages, first):
                self._send_data(offset, message)

    def _collect(self) -> None:
        now_ms = self._now_ms()
        changed = (values for values in self._devices.values() if values.has_changes)
        self._held += [WindowMessage(values.device, now_ms, values.take_body()) for values in changed]
        if len(self._held) > MOST_HELD:
            log.error(
                "readings are dropped: the disk takes none", edge=self._edge, messages=len(self._held) - MOST_HELD
            )
            del self._held[:-MOST_HELD]

    def _put_on_disk(self, mark: int | None) -> int | None:
        """First offset of the messages that were held, None when there are none or the disk takes none."""
        try:
            if mark is not None:
                self._window.mark_stored(mark)
            first = self._window.append(self._held) if self._held else None
        except WindowError as error:
            self._trouble.failed(error)
            self._disk_trouble = str(error)
            return None
        self._held = []
        self._trouble.recovered()
        self._disk_trouble = ""
        return first

    def _send_data(self, offset: int, message: WindowMessage) -> None:
        body = self._heads[message.device].encode(offset, message.at_ms) + message.body
        self._in_flight.sent(offset, offset, time.monotonic())
        self._send(SparkplugKind.DDATA, body, message.device)

    async def _resend_due(self) -> None:
        """Send again what was not stored in time, and what was made while nobody was born."""
        if not self._born or self._mark is not None:
            return
        due = self._in_flight.due(self._window.stored, self._window.head, time.monotonic())
        if not due:
            return
        messages = await in_thread(self._window.read, due[0], due[-1])
        kept = due[0] if messages else await in_thread(self._window.next_kept, due[0])
        if not self._born:
            return
        if kept != due[0]:
            self._send_empty(due[0], kept - 1)
            return
        gone: list[int] = []
        for offset in due:
            message = messages.get(offset)
            if message is None or message.device not in self._devices:
                gone.append(offset)
                continue
            self._send_data(
                offset, WindowMessage(message.device, message.at_ms, mark_historical(message.body, self._known))
            )
        for first, last in ranges(gone):
            self._send_empty(first, last)

    def _send_empty(self, first: int, last: int) -> None:
        """Say that a range of offsets holds nothing any more."""
        log.warning("readings are gone from the window", edge=self._edge, first=first, last=last)
        now_ms = self._now_ms()
        head = offset_metrics(
            self._aliases[EPOCH_METRIC], self._aliases[OFFSET_METRIC], self._window.epoch, last, now_ms, named=False
        )
        start = Metric(alias=self._aliases[FIRST_METRIC], timestamp=now_ms, value=first)
        metrics = encode_metric(head[0]) + encode_metric(head[1], DataType.INT64)
        self._send(SparkplugKind.NDATA, metrics + encode_metric(start, DataType.INT64))
        self._in_flight.sent(first, last, time.monotonic())

    # ---- small things ----

    def _declare(self, device: str, specs: Sequence[MetricSpec]) -> DeviceValues:
        values = DeviceValues(
            device,
            self._window.alias(device, EPOCH_METRIC, DataType.STRING),
            self._window.alias(device, OFFSET_METRIC, DataType.INT64),
        )
        self._heads[device] = OffsetHead(values.epoch_alias, values.offset_alias, self._window.epoch)
        for spec in specs:
            alias = self._window.alias(device, spec.name, spec.datatype)
            self._known.add(alias)
            values.declare(spec, alias)
        return values

    def _device(self, device: str) -> DeviceValues:
        values = self._devices.get(device)
        if values is None:
            raise SparkplugError(f"edge {self._edge} has no device {device!r}")
        return values

    def _bdseq_metric(self) -> Metric:
        return Metric(name=BDSEQ_METRIC, timestamp=self._now_ms(), datatype=DataType.INT64, value=self._bdseq)

    def _say_how_it_is(self) -> None:
        waiting = self._health.waiting = self._window.head - self._window.stored
        if self._disk_trouble:
            self._health.down(self._disk_trouble)
        elif not self._link.connected.is_set():
            self._health.degraded(f"no broker; {waiting} messages wait on disk")
        elif not self._born:
            self._health.degraded(f"the primary host is away; {waiting} messages wait on disk")
        else:
            self._health.ok()

    def _now_ms(self) -> int:
        return _millis(self._clock.now())


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)
