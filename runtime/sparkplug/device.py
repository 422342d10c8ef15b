"""The current values of an edge's devices, and which of their changes still have to be published. No I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

import numpy as np

from runtime.sparkplug.codec import encode_metric
from runtime.sparkplug.columns import encode_run
from runtime.sparkplug.payload import (
    EPOCH_METRIC,
    OFFSET_METRIC,
    UNIT_PROPERTY,
    DataType,
    Metric,
    MetricSpec,
    Property,
    Quality,
    SparkplugError,
    Value,
)
from runtime.sparkplug.wire import bytes_field, varint_field

REPUBLISH_MS: Final = 60_000  # domain time: a steady value must not look dead
_METRICS_FIELD, _ALIAS_FIELD, _TIMESTAMP_FIELD, _LONG_FIELD, _STRING_FIELD = 2, 2, 3, 11, 15

_INTEGERS: Final = {
    DataType.INT8, DataType.INT16, DataType.INT32, DataType.INT64,
    DataType.UINT8, DataType.UINT16, DataType.UINT32, DataType.UINT64, DataType.DATETIME,
}  # fmt: skip
_REALS: Final = {DataType.DOUBLE, DataType.FLOAT}
_TEXTS: Final = {DataType.STRING, DataType.TEXT, DataType.UUID}


class DeviceState(Enum):
    """Whether the edge reaches the device."""

    LOST = "lost"
    PRESENT = "present"


@dataclass(slots=True)
class _Current:
    """The newest value of a metric; UNKNOWN until the source speaks: null and stale."""

    spec: MetricSpec
    alias: int
    value: Value = None
    quality: Quality = Quality.STALE
    at_ms: int = 0
    published_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Change:
    alias: int
    datatype: DataType
    at_ms: int
    value: Value
    quality: Quality
    historical: bool


@dataclass(slots=True)
class DeviceValues:
    """One device: takes updates, decides what is worth publishing, writes births and data."""

    device: str
    epoch_alias: int
    offset_alias: int
    state: DeviceState = DeviceState.LOST
    _metrics: dict[str, _Current] = field(default_factory=dict)
    _changes: list[_Change] = field(default_factory=list)

    def declare(self, spec: MetricSpec, alias: int) -> None:
        """Add a metric."""
        self._metrics[spec.name] = _Current(spec, alias)

    def update(self, metric: str, value: Value, at_ms: int, quality: Quality) -> None:
        """Take a value; raises SparkplugError for an unknown metric or a value that its datatype cannot hold."""
        current = self._metrics.get(metric)
        if current is None:
            raise SparkplugError(f"{self.device} has no metric {metric!r}")
        value = _checked(value, current.spec)
        if value is None and quality is Quality.GOOD:
            quality = Quality.BAD  # unknown is never normal
        if at_ms < current.at_ms:
            self._changes.append(_Change(current.alias, current.spec.datatype, at_ms, value, quality, historical=True))
            return
        changed = value != current.value or quality is not current.quality
        current.value, current.quality, current.at_ms = value, quality, at_ms
        if changed or at_ms - current.published_ms >= REPUBLISH_MS:
            self._publish(current)

    def republish_steady(self, now_ms: int) -> None:
        """Publish what was seen again since, but not published for a minute of domain time."""
        for current in self._metrics.values():
            if current.at_ms > current.published_ms and now_ms - current.published_ms >= REPUBLISH_MS:
                self._publish(current)

    def republish_all(self) -> None:
        """Publish every known value again: the consumer may have lost its memory with the session."""
        waiting = {(change.alias, change.at_ms) for change in self._changes}
        for current in self._metrics.values():
            known = current.at_ms and current.quality is not Quality.STALE
            if known and (current.alias, current.at_ms) not in waiting:
                self._publish(current)

    def lose(self) -> None:
        """The device is out of reach: what we know is stale."""
        self.state = DeviceState.LOST
        for current in self._metrics.values():
            current.quality = Quality.STALE

    @property
    def has_changes(self) -> bool:
        """Whether there is something to publish."""
        return bool(self._changes)

    def take_body(self) -> bytes:
        """The changes since the last call as encoded metrics, in order of arrival, current ones in order of time."""
        changes, self._changes = self._changes, []
        live = sorted((change for change in changes if not change.historical), key=lambda change: change.at_ms)
        late = [change for change in changes if change.historical]
        return _encode(live) + _encode(late)

    def birth_metrics(self, epoch: str, offset: int, now_ms: int) -> tuple[Metric, ...]:
        """Metrics of a DBIRTH: all that will ever be reported, with name, alias, datatype and current value."""
        known = tuple(
            Metric(
                name=current.spec.name,
                alias=current.alias,
                timestamp=current.at_ms or now_ms,
                datatype=current.spec.datatype,
                value=current.value,
                is_null=current.value is None,
                quality=current.quality,
                properties=_unit(current.spec),
            )
            for current in sorted(self._metrics.values(), key=lambda current: current.at_ms or now_ms)
        )
        return known + tuple(offset_metrics(self.epoch_alias, self.offset_alias, epoch, offset, now_ms, named=True))

    def _publish(self, current: _Current) -> None:
        current.published_ms = current.at_ms
        self._changes.append(
            _Change(
                current.alias, current.spec.datatype, current.at_ms, current.value, current.quality, historical=False
            )
        )


def offset_metrics(
    epoch_alias: int, offset_alias: int, epoch: str, offset: int, now_ms: int, *, named: bool
) -> tuple[Metric, Metric]:
    """The two metrics that stand in every data message; `named` for births, where name and datatype are obligatory."""
    return (
        Metric(
            name=EPOCH_METRIC if named else None,
            alias=epoch_alias,
            timestamp=now_ms,
            datatype=DataType.STRING if named else None,
            value=epoch,
        ),
        Metric(
            name=OFFSET_METRIC if named else None,
            alias=offset_alias,
            timestamp=now_ms,
            datatype=DataType.INT64 if named else None,
            value=offset,
        ),
    )


class OffsetHead:
    """The two metrics that stand in every data message as bytes; what never changes is written once."""

    def __init__(self, epoch_alias: int, offset_alias: int, epoch: str) -> None:
        self._epoch_alias = varint_field(_ALIAS_FIELD, epoch_alias)
        self._offset_alias = varint_field(_ALIAS_FIELD, offset_alias)
        self._epoch = bytes_field(_STRING_FIELD, epoch.encode())

    def encode(self, offset: int, at_ms: int) -> bytes:
        """Equal to `encode_metric` of both `offset_metrics` without names."""
        at = varint_field(_TIMESTAMP_FIELD, at_ms)
        epoch = bytes_field(_METRICS_FIELD, self._epoch_alias + at + self._epoch)
        return epoch + bytes_field(_METRICS_FIELD, self._offset_alias + at + varint_field(_LONG_FIELD, offset))


def _encode(changes: Sequence[_Change]) -> bytes:
    parts: list[bytes] = []
    run: list[_Change] = []
    for change in changes:
        plain = change.datatype is DataType.DOUBLE and change.quality is Quality.GOOD and not change.historical
        if plain:
            run.append(change)
            continue
        parts += (_encode_run(run), encode_metric(_metric(change), change.datatype))
        run = []
    parts.append(_encode_run(run))
    return b"".join(parts)


def _encode_run(run: Sequence[_Change]) -> bytes:
    if not run:
        return b""
    return encode_run(
        np.array([change.alias for change in run], np.int64),
        np.array([change.at_ms for change in run], np.int64),
        np.array([change.value for change in run], np.float64),
    )


def _metric(change: _Change) -> Metric:
    return Metric(
        alias=change.alias,
        timestamp=change.at_ms,
        value=change.value,
        is_null=change.value is None,
        is_historical=change.historical,
        quality=change.quality,
    )


def _unit(spec: MetricSpec) -> dict[str, Property]:
    return {UNIT_PROPERTY: Property(DataType.STRING, spec.unit)} if spec.unit else {}


def _checked(value: Value, spec: MetricSpec) -> Value:
    """The value as its datatype wants it; NaN is null."""
    if value is None:
        return None
    datatype = spec.datatype
    if datatype in _REALS and isinstance(value, int | float) and not isinstance(value, bool):
        return None if math.isnan(value) else float(value)
    if datatype is DataType.BOOLEAN and isinstance(value, bool):
        return value
    if datatype in _INTEGERS and isinstance(value, int) and not isinstance(value, bool):
        encode_metric(Metric(value=value), datatype)  # refuses what does not fit
        return value
    if datatype in _TEXTS and isinstance(value, str):
        return value
    if datatype is DataType.BYTES and isinstance(value, bytes):
        return value
    raise SparkplugError(f"{spec.name}: {value!r} is not a {datatype.name}")
