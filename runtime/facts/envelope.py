"""The CloudEvents 1.0 envelope of a fact, as JSON (cloudevents.io, JSON format 1.0). Unknown fields are refused."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec

MAX_BYTES: Final = 16 * 1024
SPOOL_LOST: Final = "org.hemovault.spool.lost.v1"
"""Type of the statement that facts `from..to` of an epoch are gone; it stands in their place with seq `to`."""

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Seq = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


class EnvelopeFault(StrEnum):
    """Why an envelope cannot be read; the code of a dead letter."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NOT_AN_ENVELOPE = "not_an_envelope"
    WRONG_ID = "wrong_id"


class EnvelopeError(ValueError):
    """A fact that cannot be read: `code` for machines, the text for a person."""

    def __init__(self, code: EnvelopeFault, detail: str) -> None:
        super().__init__(detail)
        self.code = code


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """A fact's envelope; `time` is when it happened, in domain time; `data` is untouched JSON."""

    id: str
    type: str
    source: str
    edge: str
    epoch: str
    seq: int
    time: datetime
    data: msgspec.Raw


class FactKey(msgspec.Struct, frozen=True):
    """What makes a fact unique, read without understanding the rest."""

    hvedge: _Text
    hvepoch: _Text
    hvseq: _Seq


class SpoolLost(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_seq": "from", "to_seq": "to"}):
    """Data of a SPOOL_LOST fact: an inclusive range."""

    from_seq: _Seq
    to_seq: _Seq


class _CloudEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    specversion: Literal["1.0"]
    id: _Text
    source: _Text
    type: _Text
    time: _Instant
    datacontenttype: Literal["application/json"]
    hvedge: _Text
    hvepoch: _Text
    hvseq: _Seq
    data: msgspec.Raw


_DECODER: Final = msgspec.json.Decoder(_CloudEvent)
_KEY_DECODER: Final = msgspec.json.Decoder(FactKey)


def encode_envelope(*, edge: str, epoch: str, seq: int, type: str, time: datetime, data: bytes) -> bytes:  # noqa: A002 - CloudEvents names it so
    """Wrap `data` (JSON). Raises EnvelopeError when it is not JSON or the whole is larger than 16 KiB."""
    try:
        msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        raise EnvelopeError(EnvelopeFault.NOT_JSON, f"the data of a {type} is not JSON: {error}") from error
    raw = msgspec.json.encode(
        _CloudEvent(
            specversion="1.0",
            id=f"{epoch}/{seq}",
            source=f"/edges/{edge}",
            type=type,
            time=time.astimezone(UTC),
            datacontenttype="application/json",
            hvedge=edge,
            hvepoch=epoch,
            hvseq=seq,
            data=msgspec.Raw(data),
        )
    )
    if len(raw) > MAX_BYTES:
        raise EnvelopeError(EnvelopeFault.TOO_LARGE, f"a {type} of {len(raw)} bytes; the limit is {MAX_BYTES}")
    return raw


def decode_envelope(raw: bytes) -> Envelope:
    """Read a fact; raises EnvelopeError with a code and a sentence."""
    if len(raw) > MAX_BYTES:
        raise EnvelopeError(EnvelopeFault.TOO_LARGE, f"{len(raw)} bytes; the limit is {MAX_BYTES}")
    try:
        event = _DECODER.decode(raw)
    except msgspec.ValidationError as error:
        raise EnvelopeError(EnvelopeFault.NOT_AN_ENVELOPE, f"not a fact envelope: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnvelopeError(EnvelopeFault.NOT_JSON, f"not JSON: {error}") from error
    if event.id != f"{event.hvepoch}/{event.hvseq}":
        raise EnvelopeError(EnvelopeFault.WRONG_ID, f"id {event.id!r} is not {event.hvepoch}/{event.hvseq}")
    return Envelope(
        id=event.id,
        type=event.type,
        source=event.source,
        edge=event.hvedge,
        epoch=event.hvepoch,
        seq=event.hvseq,
        time=event.time.astimezone(UTC),
        data=event.data,
    )


def read_key(raw: bytes) -> FactKey | None:
    """The key of a fact even when the rest of it cannot be read; None when the key cannot either."""
    if len(raw) > MAX_BYTES:
        return None
    try:
        return _KEY_DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
