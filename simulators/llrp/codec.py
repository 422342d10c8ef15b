"""LLRP 1.0.1 on the reader's side: frames, parameters and the messages that a reader emulator sends (domain.md 6.5)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

VERSION: Final = 1
HEADER_BYTES: Final = 10
_LARGEST: Final = 1 << 20
_CHINA: Final = 156
_CHANNELS_KHZ: Final = tuple(920_625 + 250 * number for number in range(16))
_MAX_POWER_CENTIDBM: Final = 3300


class Message(IntEnum):
    """Message types of LLRP 1.0.1 that a reader meets."""

    GET_READER_CAPABILITIES = 1
    GET_READER_CONFIG = 2
    SET_READER_CONFIG = 3
    CLOSE_CONNECTION_RESPONSE = 4
    GET_READER_CAPABILITIES_RESPONSE = 11
    GET_READER_CONFIG_RESPONSE = 12
    CLOSE_CONNECTION = 14
    ADD_ROSPEC = 20
    DELETE_ROSPEC = 21
    START_ROSPEC = 22
    STOP_ROSPEC = 23
    ENABLE_ROSPEC = 24
    DISABLE_ROSPEC = 25
    GET_ROSPECS = 26
    ADD_ACCESSSPEC = 40
    DELETE_ACCESSSPEC = 41
    ENABLE_ACCESSSPEC = 42
    DISABLE_ACCESSSPEC = 43
    GET_ACCESSSPECS = 44
    GET_REPORT = 60
    RO_ACCESS_REPORT = 61
    KEEPALIVE = 62
    READER_EVENT_NOTIFICATION = 63
    ENABLE_EVENTS_AND_REPORTS = 64
    KEEPALIVE_ACK = 72
    ERROR_MESSAGE = 100


class Status(IntEnum):
    """LLRPStatus codes."""

    SUCCESS = 0
    PARAMETER_ERROR = 100
    FIELD_ERROR = 101
    UNSUPPORTED_MESSAGE = 109
    UNSUPPORTED_VERSION = 110


class Attempt(IntEnum):
    """ConnectionAttemptEvent status."""

    SUCCESS = 0
    CLIENT_CONNECTION_EXISTS = 2


class Content(IntFlag):
    """TagReportContentSelector: which optional fields a report carries."""

    ROSPEC_ID = 1 << 15
    SPEC_INDEX = 1 << 14
    INVENTORY_SPEC_ID = 1 << 13
    ANTENNA_ID = 1 << 12
    CHANNEL_INDEX = 1 << 11
    PEAK_RSSI = 1 << 10
    FIRST_SEEN = 1 << 9
    LAST_SEEN = 1 << 8
    SEEN_COUNT = 1 << 7
    ACCESSSPEC_ID = 1 << 6


class LlrpError(ValueError):
    """Bytes that are not LLRP; the connection cannot go on."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message as it stands on the wire."""

    type: int
    id: int
    body: bytes
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag report; times are microseconds since 1970."""

    epc: bytes
    antenna: int
    rssi_dbm: int
    first_seen_us: int
    last_seen_us: int
    seen: int = 1
    channel: int = 1
    rospec: int = 1


def frame(kind: int, number: int, body: bytes = b"") -> bytes:
    """A message with its header."""
    return struct.pack("!HII", VERSION << 10 | kind, HEADER_BYTES + len(body), number) + body


def header(raw: bytes) -> tuple[int, int, int, int]:
    """Type, whole length, message id and version of a header; raises LlrpError."""
    first, length, number = struct.unpack("!HII", raw)
    if not HEADER_BYTES <= length <= _LARGEST:
        raise LlrpError(f"a message of {length} bytes")
    return first & 0x3FF, length, number, first >> 10 & 0x7


def tlv(kind: int, body: bytes) -> bytes:
    """A TLV parameter."""
    return struct.pack("!HH", kind, 4 + len(body)) + body


def parameters(body: bytes) -> Iterator[tuple[int, bytes]]:
    """TLV parameters of a body as (type, content); raises LlrpError when a length is impossible."""
    at = 0
    while at < len(body):
        if len(body) - at < 4:
            raise LlrpError("a parameter is cut off")
        kind, length = struct.unpack_from("!HH", body, at)
        if length < 4 or at + length > len(body):
            raise LlrpError(f"parameter {kind & 0x3FF} claims {length} bytes of {len(body) - at}")
        yield kind & 0x3FF, body[at + 4 : at + length]
        at += length


def status(code: Status, text: str = "") -> bytes:
    """LLRPStatus."""
    words = text.encode()
    return tlv(287, struct.pack("!HH", code, len(words)) + words)


def connection_event(number: int, attempt: Attempt, utc_us: int) -> bytes:
    """READER_EVENT_NOTIFICATION of a connection attempt: the first thing a reader says."""
    event = tlv(128, struct.pack("!Q", utc_us)) + tlv(256, struct.pack("!H", attempt))
    return frame(Message.READER_EVENT_NOTIFICATION, number, tlv(246, event))


def capabilities(antennas: int) -> bytes:
    """Body of GET_READER_CAPABILITIES_RESPONSE: a fixed reader of the Chinese band with so many antennas."""
    firmware = b"1.0"
    general = struct.pack("!HHIIH", antennas, 0x4000, 0, 1, len(firmware)) + firmware
    general += tlv(139, struct.pack("!HH", 1, 0)) + tlv(141, struct.pack("!HH", 0, 0))
    for antenna in range(1, antennas + 1):
        general += tlv(140, struct.pack("!HHB", antenna, 1, 1))
    llrp = struct.pack("!BBHIIIII", 0, 1, 0, 8, 8, 8, 8, 8)
    powers = range(1, 2 + (_MAX_POWER_CENTIDBM - 1000) // 100)
    band = b"".join(tlv(145, struct.pack("!Hh", index, 900 + 100 * index)) for index in powers)
    hops = struct.pack("!BBH", 1, 0, len(_CHANNELS_KHZ)) + b"".join(struct.pack("!I", khz) for khz in _CHANNELS_KHZ)
    band += tlv(146, b"\x80" + tlv(147, hops))
    band += tlv(328, tlv(329, struct.pack("!IBBBBIIIII", 2, 0x80, 2, 2, 2, 274_000, 2000, 20_000, 20_000, 0)))
    regulatory = struct.pack("!HH", _CHINA, 0) + tlv(144, band)
    return (
        status(Status.SUCCESS)
        + tlv(137, general)
        + tlv(142, llrp)
        + tlv(143, regulatory)
        + tlv(327, struct.pack("!BH", 0, 1))
    )


def configuration(name: str, antennas: int, keepalive_ms: int) -> bytes:
    """Body of GET_READER_CONFIG_RESPONSE."""
    identity = name.encode()
    body = status(Status.SUCCESS) + tlv(218, struct.pack("!BH", 1, len(identity)) + identity)
    for antenna in range(1, antennas + 1):
        body += tlv(221, struct.pack("!BHh", 0x80, antenna, 500))
    return body + tlv(220, struct.pack("!BI", 1 if keepalive_ms else 0, keepalive_ms))


def tag_report(number: int, tags: Sequence[Tag], content: Content) -> bytes:
    """RO_ACCESS_REPORT with the fields that the ROSpec selected."""
    return frame(Message.RO_ACCESS_REPORT, number, b"".join(tlv(240, _tag(tag, content)) for tag in tags))


def _tag(tag: Tag, content: Content) -> bytes:
    body = b"\x8d" + tag.epc if len(tag.epc) == 12 else tlv(241, struct.pack("!H", len(tag.epc) * 8) + tag.epc)
    fields: tuple[tuple[Content, int, str, int], ...] = (
        (Content.ROSPEC_ID, 9, "!BI", tag.rospec),
        (Content.SPEC_INDEX, 14, "!BH", 1),
        (Content.INVENTORY_SPEC_ID, 10, "!BH", 1),
        (Content.ANTENNA_ID, 1, "!BH", tag.antenna),
        (Content.PEAK_RSSI, 6, "!Bb", tag.rssi_dbm),
        (Content.CHANNEL_INDEX, 7, "!BH", tag.channel),
        (Content.FIRST_SEEN, 2, "!BQ", tag.first_seen_us),
        (Content.LAST_SEEN, 4, "!BQ", tag.last_seen_us),
        (Content.SEEN_COUNT, 8, "!BH", tag.seen),
        (Content.ACCESSSPEC_ID, 16, "!BI", 0),
    )
    return body + b"".join(
        struct.pack(form, 0x80 | kind, value) for flag, kind, form, value in fields if flag in content
    )
