"""The loopback line between the world and its children: length-prefixed MessagePack; the child reconnects."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Final

import msgspec

from runtime.backoff import Backoff, LogOnce
from runtime.logs import get_logger
from simulators.radio.passes import TagRead
from simulators.signals import SignalValue

log = get_logger(__name__)

QUIET_S: Final = 3.0
"""Real seconds of silence after which a child takes the world for gone; the world speaks twice a second."""
_ANSWER_S: Final = 4.0
_LARGEST: Final = 8 * 1024 * 1024


class _Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


# ---- child to world ------------------------------------------------------------------------------------------------


class Hello(_Message, frozen=True, kw_only=True, tag="hello"):
    """A child says for whom it speaks: a PLC cell or a reader."""

    role: str
    name: str


class StartJob(_Message, frozen=True, kw_only=True, tag="start_job"):
    """Give a job to a machine."""

    call: int
    device: str
    job: str
    payload: str


class JobState(_Message, frozen=True, kw_only=True, tag="job_state"):
    """Ask how a job stands."""

    call: int
    device: str
    job: str


class ReadJournal(_Message, frozen=True, kw_only=True, tag="read_journal"):
    """Ask for durable journal entries above a number."""

    call: int
    after: int
    limit: int


class ReaderHeard(_Message, frozen=True, kw_only=True, tag="reader_heard"):
    """A reader child says whether a client runs an inventory on it."""

    listening: bool


ChildMessage = Hello | StartJob | JobState | ReadJournal | ReaderHeard

# ---- world to child ------------------------------------------------------------------------------------------------


class Answer(_Message, frozen=True, kw_only=True, tag="answer"):
    """Answer to a call: status and sentence, or a JSON text."""

    call: int
    status: str
    detail: str


class Values(_Message, frozen=True, kw_only=True, tag="values"):
    """Signals of a cell, and how far its durable journal goes."""

    values: list[SignalValue]
    epoch: str
    head: int


class Reads(_Message, frozen=True, kw_only=True, tag="reads"):
    """What a reader's antennas heard; empty as a sign of life. `now_us` is domain time in microseconds since 1970."""

    reads: list[TagRead]
    now_us: int


WorldMessage = Answer | Values | Reads

_ENCODER: Final = msgspec.msgpack.Encoder()
_CHILD: Final[msgspec.msgpack.Decoder[ChildMessage]] = msgspec.msgpack.Decoder(ChildMessage)
_WORLD: Final[msgspec.msgpack.Decoder[WorldMessage]] = msgspec.msgpack.Decoder(WorldMessage)


class LinkError(ConnectionError):
    """The line carried something that is not a message of this protocol."""


class WorldAway(ConnectionError):  # noqa: N818 - what it means, in the words of the house
    """The world cannot be reached: values are bad and methods have no one to ask."""


def send(writer: asyncio.StreamWriter, message: ChildMessage | WorldMessage) -> None:
    """Put a message on the line."""
    body = _ENCODER.encode(message)
    writer.write(len(body).to_bytes(4, "big") + body)


async def receive_from_child(reader: asyncio.StreamReader) -> ChildMessage:
    """The next message of a child; raises LinkError, or IncompleteReadError at the end."""
    try:
        return _CHILD.decode(await _frame(reader))
    except msgspec.DecodeError as error:
        raise LinkError(str(error)) from error


async def receive_from_world(reader: asyncio.StreamReader) -> WorldMessage:
    """The next message of the world; raises LinkError, or IncompleteReadError at the end."""
    try:
        return _WORLD.decode(await _frame(reader))
    except msgspec.DecodeError as error:
        raise LinkError(str(error)) from error


async def _frame(reader: asyncio.StreamReader) -> bytes:
    size = int.from_bytes(await reader.readexactly(4), "big")
    if size > _LARGEST:
        raise LinkError(f"a message of {size} bytes")
    return await reader.readexactly(size)


class WorldLink:
    """A child's end of the line: `run` keeps it up for ever, `call` asks and waits, `alive`: the world speaks."""

    def __init__(
        self,
        port: int,
        hello: Hello,
        on_message: Callable[[Values | Reads], None],
        on_connect: Callable[[], None] = lambda: None,
    ) -> None:
        self._port = port
        self._hello = hello
        self._on_connect = on_connect
        self._on_message = on_message
        self._writer: asyncio.StreamWriter | None = None
        self._calls = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._heard = 0.0

    @property
    def alive(self) -> bool:
        """True while the world has spoken within the last seconds."""
        return self._writer is not None and time.monotonic() - self._heard < QUIET_S

    async def run(self) -> None:
        """Connect, listen, and connect again, until cancelled."""
        delays, trouble = Backoff(longest_s=1.0), LogOnce("the line to the world")
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                try:
                    self._writer = writer
                    send(writer, self._hello)
                    self._on_connect()
                    trouble.recovered()
                    delays.reset()
                    await self._listen(reader)
                finally:
                    self._writer = None
                    writer.close()
            except (OSError, asyncio.IncompleteReadError) as error:
                trouble.failed(error)
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(WorldAway("the line to the world broke"))
            await asyncio.sleep(delays.next_delay())

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while True:
            async with asyncio.timeout(QUIET_S):
                message = await receive_from_world(reader)
            self._heard = time.monotonic()
            if isinstance(message, Answer):
                future = self._waiting.get(message.call)
                if future is not None and not future.done():
                    future.set_result(message)
            else:
                self._on_message(message)

    def tell(self, message: ChildMessage) -> None:
        """Send without waiting; dropped when the line is down (the child says it again after Hello)."""
        if self._writer is not None:
            send(self._writer, message)

    async def call(self, make: Callable[[int], ChildMessage]) -> Answer:
        """Ask the world; raises WorldAway when it cannot be reached or does not answer."""
        writer = self._writer
        if writer is None or not self.alive:
            raise WorldAway("the world does not speak")
        number = next(self._calls)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            send(writer, make(number))
            async with asyncio.timeout(_ANSWER_S):
                return await future
        except TimeoutError as error:
            raise WorldAway("the world did not answer") from error
        finally:
            del self._waiting[number]
