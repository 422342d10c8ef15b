"""Protocol Buffers on the byte level: varints and fields (protobuf.dev, "Encoding"), just what Sparkplug B needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runtime.sparkplug.payload import SparkplugError

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
GROUP_START: Final = 3
GROUP_END: Final = 4
FIXED32: Final = 5
_DEEPEST_GROUP: Final = 32
_LONGEST_VARINT: Final = 10
_MASK64: Final = (1 << 64) - 1


def varint(number: int) -> bytes:
    """An unsigned 64-bit number as a varint; negative numbers become their two's complement."""
    number &= _MASK64
    if number < 0x80:
        return bytes((number,))
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def tag(field: int, wire_type: int) -> bytes:
    """The tag of a field."""
    return varint(field << 3 | wire_type)


def varint_field(field: int, number: int) -> bytes:
    """A whole varint field."""
    return tag(field, VARINT) + varint(number)


def bytes_field(field: int, value: bytes) -> bytes:
    """A whole length-delimited field."""
    return tag(field, BYTES) + varint(len(value)) + value


def read_varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Number and position behind it; longer than 64 bits is cut as protobuf does. Raises SparkplugError."""
    if at < end and data[at] < 0x80:  # most are one byte
        return data[at], at + 1
    number = shift = 0
    for position in range(at, min(end, at + _LONGEST_VARINT)):
        byte = data[position]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number & _MASK64, position + 1
        shift += 7
    raise SparkplugError(f"a varint at byte {at} does not end")


def read_fields(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Fields as (number, wire type, value, start, end).

    `value` is the number of a varint, else 0; `start` and `end` bound the content of the others. Groups, of which
    Sparkplug has none, are skipped. Raises SparkplugError for anything that is not protobuf.
    """
    while at < end:
        key, at = read_varint(data, at, end)
        field, wire_type = key >> 3 & 0x1FFF_FFFF, key & 7
        if field == 0:
            raise SparkplugError("field number 0")
        value, start, at = _content(data, at, end, field, wire_type, 0)
        if wire_type != GROUP_START:
            yield field, wire_type, value, start, at


def _content(data: bytes, at: int, end: int, field: int, wire_type: int, depth: int) -> tuple[int, int, int]:
    """Varint value, start of content, position behind the field."""
    if wire_type == VARINT:
        value, behind = read_varint(data, at, end)
        return value, at, behind
    if wire_type == GROUP_START:
        return 0, at, _skip_group(data, at, end, field, depth)
    if wire_type == BYTES:
        length, at = read_varint(data, at, end)
    elif wire_type in (FIXED64, FIXED32):
        length = 8 if wire_type == FIXED64 else 4
    else:
        raise SparkplugError(f"field {field} has wire type {wire_type}")
    if length > end - at:
        raise SparkplugError(f"field {field} is cut off: {length} bytes announced, {end - at} left")
    return 0, at, at + length


def _skip_group(data: bytes, at: int, end: int, group: int, depth: int) -> int:
    if depth >= _DEEPEST_GROUP:
        raise SparkplugError("groups are nested too deeply")
    while at < end:
        key, at = read_varint(data, at, end)
        field, wire_type = key >> 3 & 0x1FFF_FFFF, key & 7
        if wire_type == GROUP_END:
            if field != group:
                raise SparkplugError(f"group {group} ends as {field}")
            return at
        if field == 0:
            raise SparkplugError("field number 0")
        _, _, at = _content(data, at, end, field, wire_type, depth + 1)
    raise SparkplugError(f"group {group} does not end")
