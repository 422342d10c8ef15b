"""Sparkplug B payloads to bytes and back (sparkplug_b.proto, Sparkplug 3.0 chapter 6.4).

Scalars, quality and property values are read; data sets, templates and metadata are skipped as unknown fields are. What
protobuf calls malformed raises SparkplugError and nothing else does.
"""

from __future__ import annotations

import struct
from typing import Final

from runtime.sparkplug.payload import (
    QUALITY_PROPERTY,
    DataType,
    Metric,
    Payload,
    Property,
    Quality,
    SparkplugError,
    Value,
    interpret,
)
from runtime.sparkplug.wire import BYTES, FIXED32, FIXED64, VARINT, bytes_field, read_fields, tag, varint_field

OUR_QUALITY_PROPERTY: Final = "hv/quality"

_P_TIMESTAMP, _P_METRICS, _P_SEQ, _P_UUID, _P_BODY = 1, 2, 3, 4, 5
_M_NAME, _M_ALIAS, _M_TIMESTAMP, _M_DATATYPE = 1, 2, 3, 4
_M_HISTORICAL, _M_TRANSIENT, _M_NULL, _M_PROPERTIES = 5, 6, 7, 9
_M_INT, _M_LONG, _M_FLOAT, _M_DOUBLE, _M_BOOLEAN, _M_STRING, _M_BYTES = 10, 11, 12, 13, 14, 15, 16
_S_KEYS, _S_VALUES = 1, 2
_V_TYPE, _V_NULL, _V_INT, _V_LONG, _V_FLOAT, _V_DOUBLE, _V_BOOLEAN, _V_STRING = 1, 2, 3, 4, 5, 6, 7, 8

_INT_TYPES: Final = {DataType.INT8, DataType.INT16, DataType.INT32, DataType.UINT8, DataType.UINT16, DataType.UINT32}
_LONG_TYPES: Final = {DataType.INT64, DataType.UINT64, DataType.DATETIME}
_TEXT_TYPES: Final = {DataType.STRING, DataType.TEXT, DataType.UUID}
_RANGES: Final = {
    DataType.INT8: (-(2**7), 2**7),
    DataType.INT16: (-(2**15), 2**15),
    DataType.INT32: (-(2**31), 2**31),
    DataType.INT64: (-(2**63), 2**63),
    DataType.UINT8: (0, 2**8),
    DataType.UINT16: (0, 2**16),
    DataType.UINT32: (0, 2**32),
    DataType.UINT64: (0, 2**64),
    DataType.DATETIME: (0, 2**64),
}
_UINT32: Final = 0xFFFF_FFFF


# ---- encoding -------------------------------------------------------------------------------------------------------


def encode(payload: Payload) -> bytes:
    """A payload as bytes; raises SparkplugError for a value that its datatype cannot hold."""
    return wrap(
        b"".join(map(encode_metric, payload.metrics)),
        timestamp=payload.timestamp,
        seq=payload.seq,
        uuid=payload.uuid,
        body=payload.body,
    )


def wrap(
    metrics: bytes, *, timestamp: int | None, seq: int | None, uuid: str | None = None, body: bytes | None = None
) -> bytes:
    """A payload around metrics that are already bytes (of `encode_metric` or `columns.encode_run`)."""
    parts = [] if timestamp is None else [varint_field(_P_TIMESTAMP, timestamp)]
    parts.append(metrics)
    if seq is not None:
        parts.append(varint_field(_P_SEQ, seq))
    if uuid is not None:
        parts.append(bytes_field(_P_UUID, uuid.encode()))
    if body is not None:
        parts.append(bytes_field(_P_BODY, body))
    return b"".join(parts)


def encode_metric(metric: Metric, datatype: DataType | None = None) -> bytes:
    """A metric as a field of a payload. `datatype` says how to write a value whose metric does not name its own."""
    parts: list[bytes] = []
    if metric.name is not None:
        parts.append(bytes_field(_M_NAME, metric.name.encode()))
    if metric.alias is not None:
        parts.append(varint_field(_M_ALIAS, metric.alias))
    if metric.timestamp is not None:
        parts.append(varint_field(_M_TIMESTAMP, metric.timestamp))
    if metric.datatype is not None:
        parts.append(varint_field(_M_DATATYPE, metric.datatype))
    for field, flag in (
        (_M_HISTORICAL, metric.is_historical),
        (_M_TRANSIENT, metric.is_transient),
        (_M_NULL, metric.is_null),
    ):
        if flag:
            parts.append(varint_field(field, 1))
    properties = dict(metric.properties)
    if metric.quality is not Quality.GOOD:
        properties |= _quality_properties(metric.quality)
    if properties:
        parts.append(bytes_field(_M_PROPERTIES, _encode_properties(properties)))
    if not metric.is_null and metric.value is not None:
        parts.append(_encode_value(metric.value, metric.datatype or datatype, _M_INT))
    return bytes_field(_P_METRICS, b"".join(parts))


def _quality_properties(quality: Quality) -> dict[str, Property]:
    # tck-id-payloads-propertyset-quality-value-value allows 0, 192 and 500 only
    if quality is Quality.UNCERTAIN:
        return {
            QUALITY_PROPERTY: Property(DataType.INT32, int(Quality.BAD)),
            OUR_QUALITY_PROPERTY: Property(DataType.INT32, int(quality)),
        }
    return {QUALITY_PROPERTY: Property(DataType.INT32, int(quality))}


def _encode_properties(properties: dict[str, Property]) -> bytes:
    parts = [bytes_field(_S_KEYS, key.encode()) for key in properties]
    for entry in properties.values():
        value = b"" if entry.datatype is None else varint_field(_V_TYPE, entry.datatype)
        if entry.value is None:
            value += varint_field(_V_NULL, 1)
        else:
            value += _encode_value(entry.value, entry.datatype, _V_INT)
        parts.append(bytes_field(_S_VALUES, value))
    return b"".join(parts)


def _encode_value(value: Value, datatype: DataType | None, int_field: int) -> bytes:
    """The value's field; the fields of all kinds follow `int_field` in the same order in metrics and properties."""
    try:
        return _encode_typed(value, _datatype_of(value) if datatype is None else datatype, int_field)
    except (TypeError, struct.error, OverflowError, AttributeError) as error:
        raise SparkplugError(f"{value!r} is not a {datatype.name if datatype else 'value'}") from error


def _encode_typed(value: Value, datatype: DataType, int_field: int) -> bytes:
    if datatype in _INT_TYPES or datatype in _LONG_TYPES:
        low, high = _RANGES[datatype]
        if not isinstance(value, int) or not low <= value < high:
            raise SparkplugError(f"{value!r} is not a {datatype.name}")
        if datatype in _INT_TYPES:
            return varint_field(int_field, value & _UINT32)
        return varint_field(int_field + 1, value)
    if datatype is DataType.FLOAT:
        return tag(int_field + 2, FIXED32) + struct.pack("<f", value)
    if datatype is DataType.DOUBLE:
        return tag(int_field + 3, FIXED64) + struct.pack("<d", value)
    if datatype is DataType.BOOLEAN:
        if value not in (0, 1):
            raise SparkplugError(f"{value!r} is not a BOOLEAN")
        return varint_field(int_field + 4, int(bool(value)))
    if datatype in _TEXT_TYPES and isinstance(value, str):
        return bytes_field(int_field + 5, value.encode())
    if datatype is DataType.BYTES and isinstance(value, bytes) and int_field == _M_INT:
        return bytes_field(_M_BYTES, value)
    raise SparkplugError(f"{value!r} is not a {datatype.name}")


def _datatype_of(value: Value) -> DataType:
    if isinstance(value, bool):
        return DataType.BOOLEAN
    if isinstance(value, int):
        return DataType.INT64
    if isinstance(value, float):
        return DataType.DOUBLE
    return DataType.STRING if isinstance(value, str) else DataType.BYTES


# ---- decoding -------------------------------------------------------------------------------------------------------


def decode(data: bytes) -> Payload:
    """Read a payload; raises SparkplugError when the bytes are not one."""
    timestamp: int | None = None
    seq: int | None = None
    uuid: str | None = None
    body: bytes | None = None
    metrics: list[Metric] = []
    for field, wire_type, value, start, end in read_fields(data, 0, len(data)):
        if field == _P_METRICS and wire_type == BYTES:
            metrics.append(decode_metric(data, start, end))
        elif field == _P_TIMESTAMP and wire_type == VARINT:
            timestamp = value
        elif field == _P_SEQ and wire_type == VARINT:
            seq = value
        elif field == _P_UUID and wire_type == BYTES:
            uuid = _text(data, start, end)
        elif field == _P_BODY and wire_type == BYTES:
            body = data[start:end]
    return Payload(timestamp, tuple(metrics), seq, uuid, body)


def decode_metric(data: bytes, at: int, end: int) -> Metric:
    """Read the metric whose content lies between two positions; raises SparkplugError."""
    name: str | None = None
    numbers: dict[int, int] = {}
    properties: dict[str, Property] = {}
    kind: int | None = None
    raw: Value = None
    for field, wire_type, value, start, stop in read_fields(data, at, end):
        if field in _NUMBERS and wire_type == VARINT:
            numbers[field] = value
        elif field == _M_NAME and wire_type == BYTES:
            name = _text(data, start, stop)
        elif field == _M_PROPERTIES and wire_type == BYTES:
            properties |= _decode_properties(data, start, stop)
        elif field == _M_BYTES and wire_type == BYTES:
            kind, raw = field, data[start:stop]
        elif _VALUE_WIRE.get(field) == wire_type:
            kind, raw = field, _value(data, field - _M_INT, value, start, stop)
    datatype = _datatype(numbers.get(_M_DATATYPE))
    if kind is not None and datatype is not None:
        raw = interpret(raw, datatype)
    is_null = bool(numbers.get(_M_NULL))
    quality = _take_quality(properties)
    return Metric(
        name=name,
        alias=numbers.get(_M_ALIAS),
        timestamp=numbers.get(_M_TIMESTAMP),
        datatype=datatype,
        value=None if is_null else raw,
        is_historical=bool(numbers.get(_M_HISTORICAL)),
        is_transient=bool(numbers.get(_M_TRANSIENT)),
        is_null=is_null,
        quality=quality,
        properties=properties,
    )


_NUMBERS: Final = {_M_ALIAS, _M_TIMESTAMP, _M_DATATYPE, _M_HISTORICAL, _M_TRANSIENT, _M_NULL}
_WIRE_OF_KIND: Final = (VARINT, VARINT, FIXED32, FIXED64, VARINT, BYTES)  # int, long, float, double, boolean, string
_VALUE_WIRE: Final = {_M_INT + kind: wire_type for kind, wire_type in enumerate(_WIRE_OF_KIND)}
_PROPERTY_WIRE: Final = {_V_INT + kind: wire_type for kind, wire_type in enumerate(_WIRE_OF_KIND)}


def _value(data: bytes, kind: int, number: int, start: int, end: int) -> Value:
    """The value of a field by its kind: 0 int, 1 long, 2 float, 3 double, 4 boolean, 5 string."""
    if kind == 0:
        return number & _UINT32
    if kind == 1:
        return number
    if kind == 4:
        return bool(number)
    if kind == 5:
        return _text(data, start, end)
    value: float = struct.unpack_from("<f" if kind == 2 else "<d", data, start)[0]
    return value


def _decode_properties(data: bytes, at: int, end: int) -> dict[str, Property]:
    keys: list[str] = []
    values: list[Property] = []
    for field, wire_type, _, start, stop in read_fields(data, at, end):
        if field == _S_KEYS and wire_type == BYTES:
            keys.append(_text(data, start, stop))
        elif field == _S_VALUES and wire_type == BYTES:
            values.append(_decode_property(data, start, stop))
    if len(keys) != len(values):  # tck-id-payloads-propertyset-keys-array-size
        raise SparkplugError(f"a property set with {len(keys)} keys and {len(values)} values")
    return dict(zip(keys, values, strict=True))


def _decode_property(data: bytes, at: int, end: int) -> Property:
    datatype: DataType | None = None
    is_null = False
    raw: Value = None
    for field, wire_type, value, start, stop in read_fields(data, at, end):
        if field == _V_TYPE and wire_type == VARINT:
            datatype = _datatype(value)
        elif field == _V_NULL and wire_type == VARINT:
            is_null = bool(value)
        elif _PROPERTY_WIRE.get(field) == wire_type:
            raw = _value(data, field - _V_INT, value, start, stop)
    if datatype is not None:
        raw = interpret(raw, datatype)
    return Property(datatype, None if is_null else raw)


def _take_quality(properties: dict[str, Property]) -> Quality:
    """Take the quality out of the properties; a quality that nobody defined is BAD, never good."""
    standard = properties.pop(QUALITY_PROPERTY, None)
    ours = properties.pop(OUR_QUALITY_PROPERTY, None)
    chosen = ours if ours is not None else standard
    if chosen is None:
        return Quality.GOOD  # tck: the property is only required when the quality is not good
    try:
        return Quality(chosen.value) if isinstance(chosen.value, int) else Quality.BAD
    except ValueError:
        return Quality.BAD


def _datatype(number: int | None) -> DataType | None:
    """None for datatypes that we do not read (data sets, templates, arrays)."""
    try:
        return None if number is None else DataType(number & _UINT32)
    except ValueError:
        return None


def _text(data: bytes, start: int, end: int) -> str:
    try:
        return data[start:end].decode()
    except UnicodeDecodeError as error:
        raise SparkplugError(f"text at byte {start} is not UTF-8") from error
