"""OPC UA values -> Sparkplug edge: status becomes quality, SourceTimestamp becomes the time of the reading."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from asyncua import Client, ua
from asyncua.common.subscription import OverflowPolicy, Subscription

from plant.model import Device
from plant.signals import SignalType, signals_of
from plc_bridge.journal import JOURNAL_HEAD
from plc_bridge.plc_link import PlcLink, PlcState, PlcUnreachable
from runtime.clock import Clock
from runtime.health import HealthPart
from runtime.sparkplug.payload import Quality

Value = float | bool | int | str | None

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)  # servers give such times to values that they never had
PUBLISHING_MS: Final = 100
SUBSCRIBE_CHUNK: Final = 1_000
QUEUE_PER_SIGNAL: Final = 20
LOCAL_QUEUE: Final = 200_000  # one publish response is queued whole before it is read
REREAD_EVERY_S: Final = 20.0  # real; a value is published at least every 60 s even when nothing changes

_TYPES: Final[dict[SignalType, tuple[type, ...]]] = {
    SignalType.DOUBLE: (float, int),
    SignalType.BOOLEAN: (bool,),
    SignalType.INT: (int,),
    SignalType.STRING: (str,),
}


class StateEdge(Protocol):
    """What the reader tells: `runtime.sparkplug.edge.SparkplugEdge`, or a recorder in tests."""

    def update(self, device: str, metric: str, value: Value, at: datetime, quality: Quality = Quality.GOOD) -> None:
        """A value of a metric."""

    def device_found(self, device: str) -> None:
        """The device's values are live."""

    def device_lost(self, device: str) -> None:
        """The device's values are stale."""


@dataclass(frozen=True, slots=True)
class SignalSource:
    """One signal of one device and the node path it is read from."""

    device: str
    metric: str
    type: SignalType
    path: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A value as the edge wants it; bad quality has no value."""

    value: Value
    at: datetime
    quality: Quality


def sources_of(devices: Sequence[Device]) -> tuple[SignalSource, ...]:
    """All signals of some devices in the order of the plant document."""
    return tuple(
        SignalSource(device.id, signal.metric, signal.type, f"{device.id}/{signal.metric}")
        for device in devices
        for signal in signals_of(device.kind)
    )


def sample_of(data: ua.DataValue | None, expected: SignalType, clock: Clock) -> Sample:
    """Map a DataValue: bad status, wrong type or NaN is BAD without a value; no source time is UNCERTAIN, read now."""
    at = None if data is None else data.SourceTimestamp
    quality = Quality.GOOD
    if at is None or at.year <= NEVER.year:
        at, quality = clock.now(), Quality.UNCERTAIN
    if data is None or data.Value is None:
        return Sample(None, at, Quality.BAD)
    severity = 0 if data.StatusCode is None else data.StatusCode.value >> 30
    value = data.Value.Value
    kinds = _TYPES[expected]
    wrong = not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)
    if severity > 1 or wrong or (isinstance(value, float) and not math.isfinite(value)):
        return Sample(None, at, Quality.BAD)
    if expected is SignalType.DOUBLE:
        value = float(value)
    return Sample(value, at, Quality.UNCERTAIN if severity else quality)


class SignalsReader:
    """Follows all signals of a cell. `attach` belongs to PlcLink's `on_session`, `detach` to its `on_lost`."""

    def __init__(
        self,
        link: PlcLink,
        devices: Sequence[Device],
        edge: StateEdge,
        clock: Clock,
        health: HealthPart,
        *,
        on_journal: Callable[[], None],
    ) -> None:
        self.changes = 0
        self._link, self._edge, self._clock, self._health = link, edge, clock, health
        self._on_journal = on_journal
        self._devices = [device.id for device in devices]
        self._sources = sources_of(devices)
        self._notified: list[datetime | None] = [None] * len(self._sources)
        self._read_before: list[datetime | None] = [None] * len(self._sources)
        self._told_at = [NEVER] * len(self._sources)
        self._client: Client | None = None
        self._pump: asyncio.Task[None] | None = None

    async def attach(self, client: Client) -> None:
        """Subscribe (once per client; asyncua carries it over reconnects) and read everything again."""
        if client is not self._client:
            await self._subscribe(client)
        await self.reread()
        for device in self._devices:
            self._edge.device_found(device)

    def detach(self) -> None:
        """The PLC has gone: all its devices are lost."""
        for device in self._devices:
            self._edge.device_lost(device)

    async def run(self) -> None:
        """Read everything again now and then, and replace a connection whose subscription has died unnoticed."""
        while True:
            await asyncio.sleep(REREAD_EVERY_S)
            if self._link.state is PlcState.CONNECTED:
                if self._is_subscription_silent():
                    self._link.drop()
                    continue
                with contextlib.suppress(PlcUnreachable):  # the link notices and says so
                    await self.reread()

    async def close(self) -> None:
        """Stop handing on notifications."""
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.gather(self._pump, return_exceptions=True)
            self._pump = None

    async def reread(self) -> None:
        """Publish the present value of every signal; raises PlcUnreachable."""
        values = await self._link.read([source.path for source in self._sources])
        bad = 0
        for index, (source, data) in enumerate(zip(self._sources, values, strict=True)):
            sample = sample_of(data, source.type, self._clock)
            is_bad = sample.quality is Quality.BAD
            bad += is_bad
            self._read_before[index] = None if is_bad else sample.at
            self._tell(index, sample)
        if bad:
            self._health.degraded(f"{bad} of {len(values)} signals have no good value.")
        else:
            self._health.ok(f"{len(values)} signals")

    async def _subscribe(self, client: Client) -> None:
        await self.close()
        self._client = client
        self._notified = [None] * len(self._sources)
        parameters = ua.CreateSubscriptionParameters()
        parameters.RequestedPublishingInterval = PUBLISHING_MS
        parameters.RequestedLifetimeCount = 10_000
        parameters.RequestedMaxKeepAliveCount = client.get_keepalive_count(PUBLISHING_MS)
        parameters.MaxNotificationsPerPublish = 10_000
        parameters.PublishingEnabled = True
        subscription = await client.create_subscription(
            parameters, queue_maxsize=LOCAL_QUEUE, overflow=OverflowPolicy.DISCONNECT
        )
        for start in range(0, len(self._sources), SUBSCRIBE_CHUNK):
            chunk = self._sources[start : start + SUBSCRIBE_CHUNK]
            requests = [self._request(start + i, source.path) for i, source in enumerate(chunk)]
            await subscription.create_monitored_items(requests)  # a refused item shows as BAD in every re-read
        await subscription.create_monitored_items([self._request(len(self._sources), JOURNAL_HEAD)])
        self._pump = asyncio.create_task(self._hand_on(subscription), name="OPC UA notifications")

    def _request(self, index: int, path: str) -> ua.MonitoredItemCreateRequest:
        """Ask for changes of status, value or source time: else a steady temperature sends nothing and looks dead."""
        monitor = ua.ReadValueId()
        monitor.NodeId = self._link.node_id(path)
        monitor.AttributeId = ua.AttributeIds.Value
        parameters = ua.MonitoringParameters()
        parameters.ClientHandle = index
        parameters.SamplingInterval = PUBLISHING_MS
        parameters.QueueSize = QUEUE_PER_SIGNAL
        parameters.DiscardOldest = True
        parameters.Filter = ua.DataChangeFilter(
            Trigger=ua.DataChangeTrigger.StatusValueTimestamp,
            DeadbandType=ua.DeadbandType.None_,
        )
        request = ua.MonitoredItemCreateRequest()
        request.ItemToMonitor = monitor
        request.MonitoringMode = ua.MonitoringMode.Reporting
        request.RequestedParameters = parameters
        return request

    async def _hand_on(self, subscription: Subscription) -> None:
        sources, clock, notified = self._sources, self._clock, self._notified
        async for event in subscription:
            item: Any = getattr(getattr(event, "data", None), "monitored_item", None)
            if item is None or self._link.state is not PlcState.CONNECTED:
                continue  # a status change, which the link's own watch covers; or a value of a PLC that has gone
            if item.ClientHandle == len(sources):
                self._on_journal()
                continue
            source = sources[item.ClientHandle]
            sample = sample_of(item.Value, source.type, clock)
            notified[item.ClientHandle] = sample.at
            self._tell(item.ClientHandle, sample)
            self.changes += 1

    def _tell(self, index: int, sample: Sample) -> None:
        """Hand a sample on. A value that turned bad is bad now, even when its server gives it an old time."""
        source, at = self._sources[index], sample.at
        if sample.quality is Quality.BAD:
            at = max(at, self._told_at[index])
        self._told_at[index] = at
        self._edge.update(source.device, source.metric, sample.value, at, sample.quality)

    def _is_subscription_silent(self) -> bool:
        """True when some value was newer at the last-but-one reading of everything than any notification since."""
        return any(
            read is not None and (notified is None or notified < read)
            for read, notified in zip(self._read_before, self._notified, strict=True)
        )
