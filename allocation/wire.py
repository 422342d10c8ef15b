"""Bytes between the warehouse and the solve worker: 4-byte big-endian length, then MessagePack. Pure functions.

Client: ``write(frame(encode_request(snapshot, policy)))``, then feed what arrives to ``unframe`` until it yields a
message for ``decode_reply``. One request at a time per connection; the worker answers each with one reply.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import numpy as np
import numpy.typing as npt

from allocation.model import GROUPS, UNKNOWN_GROUP, Policy, Snapshot
from allocation.plan import LineExplanation, Plan
from blood.components import Family

HEADER_BYTES: Final = 4
MAX_MESSAGE_BYTES: Final = 512 * 1024 * 1024
_MOST_BAGS: Final = 1_000_000


class WireError(ValueError):
    """Bytes that are not a message of this protocol."""


class Solved(msgspec.Struct, frozen=True, tag="solved"):
    """The answer: a plan and a sentence for every line."""

    plan: Plan
    explanations: tuple[LineExplanation, ...]


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The worker could not plan; ``code`` for machines, ``detail`` for a person."""

    code: str
    detail: str


class _SnapshotWire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at_us: int
    timezone: str
    components: tuple[str, ...]
    families: tuple[Family, ...]
    hospitals: tuple[str, ...]
    bag: tuple[str, ...]
    bag_place: tuple[str, ...]
    bag_zone: tuple[str, ...]
    bag_refused: tuple[str, ...]
    bag_refused_zh: tuple[str, ...]
    line: tuple[str, ...]
    columns: dict[str, bytes]


class _Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    snapshot: _SnapshotWire
    policy: Policy


_BAG_COLUMNS: Final = ("bag_component", "bag_group", "bag_expires_us", "bag_retrieval")
_LINE_COLUMNS: Final = (
    "line_hospital",
    "line_component",
    "line_recipient",
    "line_quantity",
    "line_priority",
    "line_substitution",
    "line_usable_until_us",
)
_request_decoder = msgspec.msgpack.Decoder(_Request)
_reply_decoder: Final[msgspec.msgpack.Decoder[Solved | Failed]] = msgspec.msgpack.Decoder(Solved | Failed)
_encoder = msgspec.msgpack.Encoder()
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def frame(message: bytes) -> bytes:
    """Put the length before a message; raises WireError when it is too large."""
    if len(message) > MAX_MESSAGE_BYTES:
        raise WireError(f"A message of {len(message)} bytes is over the limit of {MAX_MESSAGE_BYTES}")
    return len(message).to_bytes(HEADER_BYTES, "big") + message


def unframe(buffer: bytes) -> tuple[bytes | None, bytes]:
    """Split the first whole message off a buffer: (message, rest), or (None, buffer) while it is incomplete."""
    if len(buffer) < HEADER_BYTES:
        return None, buffer
    end = HEADER_BYTES + message_length(buffer[:HEADER_BYTES])
    if len(buffer) < end:
        return None, buffer
    return buffer[HEADER_BYTES:end], buffer[end:]


def message_length(header: bytes) -> int:
    """Length that a 4-byte header announces; raises WireError over the limit."""
    length = int.from_bytes(header, "big")
    if length > MAX_MESSAGE_BYTES:
        raise WireError(f"A message of {length} bytes is over the limit of {MAX_MESSAGE_BYTES}")
    return length


def encode_request(snapshot: Snapshot, policy: Policy) -> bytes:
    """Encode what the worker needs; columns travel as little-endian 64-bit integers (one byte for flags)."""
    columns = {name: _bytes_of(getattr(snapshot, name)) for name in (*_BAG_COLUMNS, *_LINE_COLUMNS)}
    wire = _SnapshotWire(
        snapshot.at_us,
        snapshot.timezone,
        snapshot.components,
        snapshot.families,
        snapshot.hospitals,
        snapshot.bag,
        snapshot.bag_place,
        snapshot.bag_zone,
        snapshot.bag_refused,
        snapshot.bag_refused_zh,
        snapshot.line,
        columns,
    )
    return _encoder.encode(_Request(wire, policy))


def decode_request(message: bytes) -> tuple[Snapshot, Policy]:
    """Decode a request; raises WireError when fields are missing, unknown, of unequal length or out of range."""
    try:
        request = _request_decoder.decode(message)
    except _UNREADABLE as error:
        raise WireError(f"Not a solve request: {error}") from error
    wire = request.snapshot
    bags, lines = len(wire.bag), len(wire.line)
    if {len(wire.bag_place), len(wire.bag_zone), len(wire.bag_refused), len(wire.bag_refused_zh)} != {bags}:
        raise WireError("Bag columns differ in length")
    if set(wire.columns) != {*_BAG_COLUMNS, *_LINE_COLUMNS}:
        raise WireError(f"Unexpected set of columns {sorted(wire.columns)}")
    substitution = wire.columns["line_substitution"]
    if len(substitution) != lines:
        raise WireError("Line columns differ in length")
    numbers = {
        name: _ints(name, data, bags if name in _BAG_COLUMNS else lines)
        for name, data in wire.columns.items()
        if name != "line_substitution"
    }
    snapshot = Snapshot(
        at_us=wire.at_us,
        timezone=wire.timezone,
        components=wire.components,
        families=wire.families,
        hospitals=wire.hospitals,
        bag=wire.bag,
        bag_place=wire.bag_place,
        bag_zone=wire.bag_zone,
        bag_refused=wire.bag_refused,
        bag_refused_zh=wire.bag_refused_zh,
        line=wire.line,
        line_substitution=np.frombuffer(substitution, dtype=np.uint8).astype(np.bool_),
        **numbers,
    )
    _check_ranges(snapshot)
    return snapshot, request.policy


def _check_ranges(snapshot: Snapshot) -> None:
    components = len(snapshot.components)
    try:
        ZoneInfo(snapshot.timezone)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise WireError(f"{snapshot.timezone!r} is not a time zone") from error
    if len(snapshot.families) != components:
        raise WireError("Components and families differ in number")
    bounds = {
        "bag_component": (0, components),
        "bag_group": (UNKNOWN_GROUP, len(GROUPS)),
        "line_component": (0, components),
        "line_recipient": (0, len(GROUPS)),
        "line_hospital": (0, len(snapshot.hospitals)),
        "line_priority": (0, 6),
        "line_quantity": (1, _MOST_BAGS),
    }
    for name, (low, end) in bounds.items():
        column = getattr(snapshot, name)
        if ((column < low) | (column >= end)).any():
            raise WireError(f"Column {name} holds values outside {low}..{end - 1}")


def encode_reply(reply: Solved | Failed) -> bytes:
    """Encode an answer of the worker."""
    return _encoder.encode(reply)


def decode_reply(message: bytes) -> Solved | Failed:
    """Decode an answer of the worker; raises WireError."""
    try:
        return _reply_decoder.decode(message)
    except _UNREADABLE as error:
        raise WireError(f"Not a solve reply: {error}") from error


def _bytes_of(column: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> bytes:
    return column.astype(np.uint8 if column.dtype == np.bool_ else "<i8").tobytes()


def _ints(name: str, data: bytes, length: int) -> npt.NDArray[np.int64]:
    if len(data) != 8 * length:
        raise WireError(f"Column {name} has {len(data)} bytes for {length} rows")
    return np.frombuffer(data, dtype="<i8").astype(np.int64)
