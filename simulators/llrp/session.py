"""What a reader does with the messages of its one client: a pure state machine, bytes in, bytes out (domain.md 6.5)."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from simulators.llrp import codec
from simulators.llrp.codec import Content, Frame, LlrpError, Message, Status, Tag

_TAGS_PER_REPORT: Final = 200
_START_GPI: Final = 3
_RESPONSE_OFFSET: Final = 10
_ACCESSSPEC: Final = frozenset(
    {
        Message.ADD_ACCESSSPEC,
        Message.DELETE_ACCESSSPEC,
        Message.ENABLE_ACCESSSPEC,
        Message.DISABLE_ACCESSSPEC,
        Message.GET_ACCESSSPECS,
    }
)


class SpecState(Enum):
    """Life of a ROSpec."""

    DISABLED = 0
    INACTIVE = 1
    ACTIVE = 2


@dataclass(slots=True)
class RoSpec:
    """A reader operation: its raw parameter, how it starts, what its reports carry."""

    number: int
    raw: bytes
    start_trigger: int
    content: Content
    state: SpecState = SpecState.DISABLED


class ReaderSession:
    """One connection of a client to the emulated reader."""

    def __init__(self, name: str, antennas: int) -> None:
        self._name = name
        self._antennas = antennas
        self._specs: dict[int, RoSpec] = {}
        self._ids = itertools.count(1)
        self.keepalive_ms = 0
        self.closing = False

    @property
    def inventorying(self) -> bool:
        """True while a ROSpec is active: tags are reported."""
        return any(spec.state is SpecState.ACTIVE for spec in self._specs.values())

    def greeting(self, utc_us: int) -> bytes:
        """What the reader says first."""
        return codec.connection_event(next(self._ids), codec.Attempt.SUCCESS, utc_us)

    def keepalive(self) -> bytes:
        """A KEEPALIVE."""
        return codec.frame(Message.KEEPALIVE, next(self._ids))

    def report(self, tags: Sequence[Tag]) -> list[bytes]:
        """Reports of tags for the active ROSpec; nothing while there is none."""
        spec = next((spec for spec in self._specs.values() if spec.state is SpecState.ACTIVE), None)
        if spec is None:
            return []
        parts = (tags[start : start + _TAGS_PER_REPORT] for start in range(0, len(tags), _TAGS_PER_REPORT))
        return [codec.tag_report(next(self._ids), part, spec.content) for part in parts]

    def handle(self, message: Frame) -> list[bytes]:
        """Answer one message; an unknown one is answered with ERROR_MESSAGE."""
        if message.version != codec.VERSION:
            return [self._error(message, Status.UNSUPPORTED_VERSION, f"LLRP version {message.version}")]
        try:
            kind = Message(message.type)
        except ValueError:
            return [self._error(message, Status.UNSUPPORTED_MESSAGE, f"message type {message.type}")]
        try:
            return self._known(kind, message)
        except (LlrpError, struct.error) as error:
            return [self._answer(kind, message, codec.status(Status.PARAMETER_ERROR, str(error)))]

    def _known(self, kind: Message, message: Frame) -> list[bytes]:
        if kind in {Message.ENABLE_EVENTS_AND_REPORTS, Message.KEEPALIVE_ACK, Message.GET_REPORT}:
            return []  # no answer exists
        if kind is Message.GET_READER_CAPABILITIES:
            return [self._answer(kind, message, codec.capabilities(self._antennas))]
        if kind is Message.GET_READER_CONFIG:
            return [self._answer(kind, message, codec.configuration(self._name, self._antennas, self.keepalive_ms))]
        if kind is Message.SET_READER_CONFIG:
            return [self._answer(kind, message, self._set_config(message.body))]
        if kind is Message.CLOSE_CONNECTION:
            self.closing = True
            return [codec.frame(Message.CLOSE_CONNECTION_RESPONSE, message.id, codec.status(Status.SUCCESS))]
        if kind in _ACCESSSPEC:
            return [self._answer(kind, message, codec.status(Status.SUCCESS))]
        if Message.ADD_ROSPEC <= kind <= Message.GET_ROSPECS:
            return [self._answer(kind, message, self._rospec(kind, message.body))]
        return [self._error(message, Status.UNSUPPORTED_MESSAGE, f"a client does not send {kind.name}")]

    def _set_config(self, body: bytes) -> bytes:
        for kind, content in codec.parameters(body[1:]):
            if kind == 220:
                trigger, period_ms = struct.unpack_from("!BI", content)
                self.keepalive_ms = period_ms if trigger == 1 else 0
        return codec.status(Status.SUCCESS)

    def _rospec(self, kind: Message, body: bytes) -> bytes:
        if kind is Message.ADD_ROSPEC:
            return self._add(body)
        if kind is Message.GET_ROSPECS:
            return codec.status(Status.SUCCESS) + b"".join(codec.tlv(177, spec.raw) for spec in self._specs.values())
        (number,) = struct.unpack("!I", body)
        chosen = [spec for spec in self._specs.values() if number in {0, spec.number}]
        if not chosen and number != 0:
            return codec.status(Status.FIELD_ERROR, f"there is no ROSpec {number}")
        for spec in chosen:
            if kind is Message.DELETE_ROSPEC:
                del self._specs[spec.number]
            elif kind is Message.START_ROSPEC and spec.state is SpecState.DISABLED:
                return codec.status(Status.FIELD_ERROR, f"ROSpec {spec.number} is disabled")
            else:
                spec.state = _next_state(kind, spec)
        return codec.status(Status.SUCCESS)

    def _add(self, body: bytes) -> bytes:
        for kind, content in codec.parameters(body):
            if kind == 177:
                spec = _parse_rospec(content)
                if spec.number == 0 or spec.number in self._specs:
                    return codec.status(Status.FIELD_ERROR, f"ROSpec {spec.number} exists or is 0")
                if spec.start_trigger == _START_GPI:
                    return codec.status(Status.FIELD_ERROR, "this reader has no general purpose input")
                self._specs[spec.number] = spec
                return codec.status(Status.SUCCESS)
        return codec.status(Status.PARAMETER_ERROR, "ADD_ROSPEC without a ROSpec")

    def _answer(self, kind: Message, message: Frame, body: bytes) -> bytes:
        return codec.frame(kind + _RESPONSE_OFFSET, message.id, body)

    def _error(self, message: Frame, code: Status, text: str) -> bytes:
        return codec.frame(Message.ERROR_MESSAGE, message.id, codec.status(code, text))


def _next_state(kind: Message, spec: RoSpec) -> SpecState:
    if kind is Message.DISABLE_ROSPEC:
        return SpecState.DISABLED
    if kind is Message.START_ROSPEC:
        return SpecState.ACTIVE
    if kind is Message.STOP_ROSPEC:
        return SpecState.DISABLED if spec.state is SpecState.DISABLED else SpecState.INACTIVE
    return (
        SpecState.ACTIVE if spec.start_trigger != 0 else SpecState.INACTIVE
    )  # enabled: any trigger but Null starts it


def _parse_rospec(content: bytes) -> RoSpec:
    number, _priority, _state = struct.unpack_from("!IBB", content)
    start_trigger, fields = 0, Content(0)
    for kind, part in codec.parameters(content[6:]):
        if kind == 178:
            for inner, trigger in codec.parameters(part):
                if inner == 179:
                    start_trigger = trigger[0]
        elif kind == 237:
            for inner, selector in codec.parameters(part[3:]):
                if inner == 238:
                    fields = Content(struct.unpack_from("!H", selector)[0] & 0xFFC0)
    return RoSpec(number, content, start_trigger, fields)
