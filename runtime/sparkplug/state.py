"""STATE of a primary host and the `stored` mark: the two JSON messages that go beside Sparkplug's payloads."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

from runtime.sparkplug.payload import SparkplugError

T = TypeVar("T")


class HostState(msgspec.Struct, frozen=True):
    """STATE (tck-id-host-topic-phid-birth-payload): `timestamp` is real UTC in ms, that of the CONNECT's Will."""

    online: bool
    timestamp: Annotated[int, msgspec.Meta(ge=0)]


class StoredMark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The historian has offsets 1 to `offset` of an epoch."""

    epoch: str
    offset: Annotated[int, msgspec.Meta(ge=0)]


def decode_state(payload: bytes) -> HostState:
    """Read a STATE message; raises SparkplugError."""
    return _decode(payload, HostState)


def decode_stored(payload: bytes) -> StoredMark:
    """Read a stored mark; raises SparkplugError."""
    return _decode(payload, StoredMark)


def _decode(payload: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SparkplugError(f"not a {kind.__name__}: {error}") from error
