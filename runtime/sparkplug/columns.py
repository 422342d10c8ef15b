"""The fast way through large DATA payloads: metrics of one byte layout become numpy columns without touching each.

A run is a row of metrics that consist of alias, timestamp, double and perhaps `is_historical`, with varints of the same
length. Edges of ours write such runs (aliases have three bytes, timestamps six). A few metrics of that kind are read
one by one, also with booleans, long integers and strings; anything else takes the general path.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from runtime.sparkplug.codec import decode_metric, encode_metric
from runtime.sparkplug.payload import DataType, Metric, Quality, SparkplugError, Value, interpret
from runtime.sparkplug.wire import BYTES, VARINT, bytes_field, read_fields, read_varint

FIRST_ALIAS: Final = 1 << 14
"""Aliases from here to ALIAS_END are varints of three bytes."""
ALIAS_END: Final = 1 << 21

_TIME_LOW, _TIME_END = 1 << 35, 1 << 42  # milliseconds since 1970 that are varints of six bytes: 1971 to 2109
_SHORTEST_RUN: Final = 8  # below this, numpy costs more than it saves
_METRICS_TAG, _TIMESTAMP_FIELD, _SEQ_FIELD, _METRICS_FIELD = 0x12, 1, 3, 2
_ALIAS_TAG, _TIME_TAG, _HISTORICAL_TAG, _DOUBLE_TAG = 0x10, 0x18, 0x28, 0x69
_LONG_TAG, _BOOLEAN_TAG, _STRING_TAG = 0x58, 0x70, 0x7A
_HEAD_SIZE: Final = 14  # tag and length of a metric, alias of three bytes, time of six, tag of the value
_HEAD_MASK: Final = int.from_bytes(bytes.fromhex("ff80 ff808080 ff808080808080 00"), "little")
_HEAD: Final = int.from_bytes(bytes.fromhex("1200 10808000 18808080808000 00"), "little")
_DOUBLE: Final = Struct("<d")
_GOOD: Final = Quality.GOOD.code
_BAD: Final = Quality.BAD.code

Bytes2D = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Columns:
    """A DATA payload: numbers of aliased metrics as columns in the order of the message, everything else in `others`.

    `value` is NaN for null, and its quality is then never GOOD; booleans are 0 or 1; `quality` holds `Quality.code`.
    """

    timestamp: int | None
    seq: int | None
    alias: NDArray[np.int64]
    ts_ms: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint8]
    historical: NDArray[np.bool_]
    others: list[Metric]


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the parts of one metric lie, counted from its tag; `mask` has ones where all metrics of a run agree."""

    size: int
    alias: slice
    time: slice
    double: int
    historical: bool
    mask: NDArray[np.uint8]


class _Parts:
    """Columns under construction, in the order of the message."""

    def __init__(self) -> None:
        self.runs: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.uint8], bool]] = []
        self.others: list[Metric] = []
        self._single: list[tuple[int, int, float, int, bool]] = []
        self.flags: list[NDArray[np.bool_]] = []

    def add_run(
        self, alias: NDArray[np.int64], ts_ms: NDArray[np.int64], value: NDArray[np.float64], historical: bool
    ) -> None:
        self.end_singles()
        quality = np.where(np.isnan(value), np.uint8(_BAD), np.uint8(_GOOD))
        self.runs.append((alias, ts_ms, value, quality, historical))
        self.flags.append(np.full(len(alias), historical))

    def add(self, metric: Metric, types: Mapping[int, DataType]) -> None:
        alias = metric.alias
        if alias is None or alias >= 1 << 63 or isinstance(metric.value, str | bytes):
            self.others.append(metric)
            return
        number = _number(metric.value, types.get(alias))
        quality = metric.quality if number == number else _not_good(metric.quality)
        self._single.append(
            (alias, (metric.timestamp or 0) & (1 << 63) - 1, number, quality.code, metric.is_historical)
        )

    def add_number(self, alias: int, ts_ms: int, number: float) -> None:
        """A current metric without any property."""
        self._single.append((alias, ts_ms, number, _GOOD if number == number else _BAD, False))

    def end_singles(self) -> None:
        if not self._single:
            return
        alias, ts_ms, value, quality, historical = zip(*self._single, strict=True)
        self.runs.append(
            (np.array(alias, np.int64), np.array(ts_ms, np.int64), np.array(value), np.array(quality, np.uint8), False)
        )
        self.flags.append(np.array(historical, np.bool_))
        self._single = []

    def columns(self, timestamp: int | None, seq: int | None) -> Columns:
        self.end_singles()
        if len(self.runs) == 1:
            alias, ts_ms, value, quality, _ = self.runs[0]
            return Columns(timestamp, seq, alias, ts_ms, value, quality, self.flags[0], self.others)
        if not self.runs:
            self.add_run(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), False)
        return Columns(
            timestamp,
            seq,
            np.concatenate([run[0] for run in self.runs]),
            np.concatenate([run[1] for run in self.runs]),
            np.concatenate([run[2] for run in self.runs]),
            np.concatenate([run[3] for run in self.runs]),
            np.concatenate(self.flags),
            self.others,
        )


def decode_columns(data: bytes, types: Mapping[int, DataType] | None = None) -> Columns:
    """Read a DATA payload as columns; `types` (alias -> datatype of the birth) gives integers their sign.

    Equal in outcome to `codec.decode` for every payload; raises SparkplugError for what is not one.
    """
    types = types or {}
    timestamp: int | None = None
    seq: int | None = None
    parts = _Parts()
    at, end = 0, len(data)
    while at < end:
        taken = 0
        if data[at] == _METRICS_TAG:
            taken = _take_run(data, at, end, parts) or _take_one(data, at, end, parts, types)
        if taken:
            at += taken
            continue
        field, wire_type, value, start, at = next(read_fields(data, at, end), (0, 0, 0, 0, end))
        if field == _METRICS_FIELD and wire_type == BYTES:
            parts.add(decode_metric(data, start, at), types)
        elif field == _TIMESTAMP_FIELD and wire_type == VARINT:
            timestamp = value
        elif field == _SEQ_FIELD and wire_type == VARINT:
            seq = value
    return parts.columns(timestamp, seq)


def encode_run(
    alias: NDArray[np.int64], ts_ms: NDArray[np.int64], value: NDArray[np.float64], *, historical: bool = False
) -> bytes:
    """Metrics of good doubles as bytes for `codec.wrap`; NaN becomes null with quality BAD."""
    count = len(alias)
    fits = (
        count >= _SHORTEST_RUN
        and alias.min() >= FIRST_ALIAS
        and alias.max() < ALIAS_END
        and ts_ms.min() >= _TIME_LOW
        and ts_ms.max() < _TIME_END
        and not np.isnan(value).any()
    )
    if not fits:
        rows = zip(alias.tolist(), ts_ms.tolist(), value.tolist(), strict=True)
        return b"".join(encode_metric(_metric(*row, historical=historical)) for row in rows)
    head = [_METRICS_TAG, 0, _ALIAS_TAG, 0, 0, 0, _TIME_TAG, 0, 0, 0, 0, 0, 0, _DOUBLE_TAG, *(0,) * 8]
    if historical:
        head += [_HISTORICAL_TAG, 1]
    head[1] = len(head) - 2
    out = np.empty((count, len(head)), np.uint8)
    out[:] = head
    _put_varints(out[:, 3:6], alias)
    _put_varints(out[:, 7:13], ts_ms)
    out[:, 14:22] = np.ascontiguousarray(value, "<f8").view(np.uint8).reshape(count, 8)
    return out.tobytes()


def mark_historical(metrics: bytes, known: Container[int]) -> bytes:
    """The same metrics, flagged as historical (protobuf lets the flag follow at the end of each).

    Metrics whose alias is not `known` any more are left out: nobody could name them.
    """
    parts = []
    for field, wire_type, _, start, end in read_fields(metrics, 0, len(metrics)):
        if field == _METRICS_FIELD and wire_type == BYTES and decode_metric(metrics, start, end).alias in known:
            content = metrics[start:end] + bytes((_HISTORICAL_TAG, 1))
            parts.append(bytes_field(_METRICS_FIELD, content))
    return b"".join(parts)


# ---- runs -----------------------------------------------------------------------------------------------------------


def _take_run(data: bytes, at: int, end: int, parts: _Parts) -> int:
    """Bytes of the run that begins here, 0 when there is none worth it."""
    if end - at < 2 or data[at + 1] >= 0x80:
        return 0
    size = data[at + 1] + 2
    count = (end - at) // size
    if count < _SHORTEST_RUN or data[at + size : at + size + 2] != data[at : at + 2]:
        return 0
    layout = _layout(data, at, size)
    if layout is None:
        return 0
    rows: Bytes2D = np.frombuffer(data, np.uint8, count * size, at).reshape(count, size)
    strange = (rows ^ rows[0]) & layout.mask
    if strange.any():
        count = int(strange.any(axis=1).argmax())
        if count < _SHORTEST_RUN:
            return 0
        rows = rows[:count]
    value = np.ascontiguousarray(rows[:, layout.double : layout.double + 8]).view("<f8").ravel()
    parts.add_run(_varints(rows[:, layout.alias]), _varints(rows[:, layout.time]), value, layout.historical)
    return count * size


def _take_one(data: bytes, at: int, end: int, parts: _Parts, types: Mapping[int, DataType]) -> int:
    """Bytes of the metric that begins here when it is as our edges write it (alias, time, value), else 0."""
    head = int.from_bytes(data[at : at + _HEAD_SIZE], "little")
    size, kind, start = (head >> 8 & 0xFF) + 2, head >> 104, at + _HEAD_SIZE
    stop = at + size
    if head & _HEAD_MASK != _HEAD or stop > end:
        return 0
    alias = head >> 24 & 0x7F | head >> 25 & 0x3F80 | head >> 26 & 0x1FC000
    low = head >> 56 & 0x7F | head >> 57 & 0x3F80 | head >> 58 & 0x1FC000
    ts_ms = low | (head >> 80 & 0x7F | head >> 81 & 0x3F80 | head >> 82 & 0x1FC000) << 21
    if kind == _DOUBLE_TAG and stop - start == 8:
        parts.add_number(alias, ts_ms, _DOUBLE.unpack_from(data, start)[0])
    elif kind == _BOOLEAN_TAG and stop - start == 1 and data[start] < 0x80:
        parts.add_number(alias, ts_ms, 1.0 if data[start] else 0.0)
    elif kind == _LONG_TAG and start < stop:
        value, behind = read_varint(data, start, stop)
        if behind != stop:
            return 0
        parts.add_number(alias, ts_ms, _number(value, types.get(alias)))
    elif kind == _STRING_TAG and start < stop and data[start] == stop - start - 1:
        try:
            parts.others.append(Metric(alias=alias, timestamp=ts_ms, value=data[start + 1 : stop].decode()))
        except UnicodeDecodeError:
            return 0  # the general path says what is wrong
    else:
        return 0
    return size


def _layout(data: bytes, at: int, size: int) -> _Layout | None:
    """The layout of the metric at a position, or None when it is not made of the parts of a run."""
    places: dict[int, slice] = {}
    mask = np.full(size, 0xFF, np.uint8)
    position, stop = at + 2, at + size
    while position < stop:
        tag = data[position]
        start = position + 1
        if tag in places:
            return None
        if tag == _DOUBLE_TAG:
            position = start + 8
            mask[start - at : position - at] = 0
        elif tag in (_ALIAS_TAG, _TIME_TAG, _HISTORICAL_TAG):
            try:
                _, position = read_varint(data, start, stop)
            except SparkplugError:
                return None
            if tag != _HISTORICAL_TAG:
                mask[start - at : position - at] = 0x80
        else:
            return None
        places[tag] = slice(start - at, position - at)
    needed = places.keys() >= {_ALIAS_TAG, _TIME_TAG, _DOUBLE_TAG}
    if position != stop or not needed or any(place.stop - place.start > 8 for place in places.values()):
        return None
    flag = places.get(_HISTORICAL_TAG)
    historical = flag is not None and any(byte & 0x7F for byte in data[at + flag.start : at + flag.stop])
    return _Layout(size, places[_ALIAS_TAG], places[_TIME_TAG], places[_DOUBLE_TAG].start, historical, mask)


def _varints(columns: Bytes2D) -> NDArray[np.int64]:
    total = (columns[:, 0] & 0x7F).astype(np.int64)
    for place in range(1, columns.shape[1]):
        total |= (columns[:, place] & 0x7F).astype(np.int64) << (7 * place)
    return total


def _put_varints(columns: Bytes2D, numbers: NDArray[np.int64]) -> None:
    last = columns.shape[1] - 1
    for place in range(last + 1):
        part = (numbers >> (7 * place)) & 0x7F
        columns[:, place] = part | 0x80 if place < last else part


def _metric(alias: int, ts_ms: int, value: float, *, historical: bool) -> Metric:
    if value == value:
        return Metric(alias=alias, timestamp=ts_ms, datatype=None, value=float(value), is_historical=historical)
    return Metric(alias=alias, timestamp=ts_ms, is_null=True, quality=Quality.BAD, is_historical=historical)


def _number(value: Value, datatype: DataType | None) -> float:
    if value is None or isinstance(value, str | bytes):
        return float("nan")
    typed = value if datatype is None else interpret(value, datatype)
    return float(typed) if isinstance(typed, int | float) else float("nan")


def _not_good(quality: Quality) -> Quality:
    return Quality.BAD if quality is Quality.GOOD else quality
