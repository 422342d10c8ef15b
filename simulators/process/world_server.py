"""The world as a process: steps on the shared clock, keeps itself on disk, speaks to its children."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from runtime.clock import Clock
from runtime.logs import get_logger
from simulators.process.link import (
    Answer,
    Hello,
    JobState,
    LinkError,
    ReaderHeard,
    ReadJournal,
    Reads,
    StartJob,
    Values,
    receive_from_child,
    send,
)
from simulators.process.records import RecordFile
from simulators.radio.passes import TagRead
from simulators.scene import Listening
from simulators.signals import cell_signals
from simulators.state import save_state
from simulators.world import World

log = get_logger(__name__)

TICK_S: Final = 0.1
_SPEAK_S: Final = 0.5
_SNAPSHOT_S: Final = 5.0
_CATCH_UP: Final = timedelta(hours=1)
"""At most so much domain time is stepped through before children are heard again."""
_LOG_KEPT: Final = 200
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class WorldServer:
    """Owns the world. Whatever the outside is told was on disk before: snapshot first, then journals and log."""

    def __init__(self, world: World, clock: Clock, folder: Path) -> None:
        self.world = world
        self.port = 0
        self.ready = asyncio.Event()
        self._clock = clock
        self._snapshot = snapshot_path(folder)
        self._log = RecordFile(folder / "simulate" / "world.jsonl", kept=_LOG_KEPT)
        self._journals = {
            cell: RecordFile(folder / "simulate" / f"journal-{cell}.jsonl") for cell in world.state.memory
        }
        self._children: dict[asyncio.StreamWriter, Hello] = {}
        self._handlers: set[asyncio.Task[None]] = set()
        self._discrete: dict[str, list[object]] = {}
        self._saved_at = 0.0
        self._spoke_at = 0.0
        for reader in world.plant.readers:
            world.listen(reader.id, Listening.NO)
        self.keep()

    async def run(self) -> None:
        """Serve until cancelled; the port is known once `ready` is set."""
        server = await asyncio.start_server(self._welcome, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        try:
            while True:
                self.tick()
                await asyncio.sleep(TICK_S)
        finally:
            server.close()
            for writer in list(self._children):
                writer.close()
            if self._handlers:
                await asyncio.wait(self._handlers, timeout=1.0)
            self.keep()

    def tick(self) -> None:
        """Live on to now; keep what matters; tell the children."""
        world = self.world
        to = min(self._clock.now(), world.state.now + _CATCH_UP)
        if self._clock.now() - world.state.now > timedelta(hours=12):
            to = self._clock.now()  # the world slept; it says so itself
        before = self._heads()
        world.advance(to, self._clock.real_now())
        if self._heads() != before or time.monotonic() - self._saved_at > _SNAPSHOT_S:
            self.keep()
        self._speak()

    def keep(self) -> None:
        """Put the world on disk: a snapshot with the new lines, then the files get them, then the world drops them."""
        state = self.world.state
        save_state(state, self._snapshot)
        self._saved_at = time.monotonic()
        self._log.append(state.log.lines, force=False)
        state.log.cut(self._log.head)
        for cell, memory in state.memory.items():
            self._journals[cell].append(memory.journal.lines, force=True)
            memory.journal.cut(self._journals[cell].head)

    def recent(self, lines: int) -> list[str]:
        """The last lines of the world's log, as JSON texts."""
        return [text for _, text in list(self._log.lines)[-lines:]]

    def journal(self, cell: str, after: int, limit: int) -> list[str]:
        """Lines of a cell's journal above a number, as JSON texts."""
        return self._journals[cell].above(after, limit)

    def _heads(self) -> tuple[int, ...]:
        state = self.world.state
        return (state.log.head, *(memory.journal.head for memory in state.memory.values()))

    # ---- children ----------------------------------------------------------------------------------------------------

    def _speak(self) -> None:
        regular = time.monotonic() - self._spoke_at >= _SPEAK_S
        if regular:
            self._spoke_at = time.monotonic()
        reads: dict[str, list[TagRead]] = {}
        for read in self.world.drain_reads():
            reads.setdefault(read.reader, []).append(read)
        changed = {cell: self._changed(cell) for cell in self._journals}
        now_us = (self.world.state.now - _EPOCH) // timedelta(microseconds=1)
        for writer, hello in self._children.items():
            if hello.role == "reader":
                if regular or hello.name in reads:
                    send(writer, Reads(reads=reads.get(hello.name, []), now_us=now_us))
            elif regular or changed[hello.name]:
                self._show(writer, hello.name)

    def _changed(self, cell: str) -> bool:
        """True when a value that is not a temperature, or the journal, differs from the last look."""
        look: list[object] = [
            value.value for value in cell_signals(self.world, cell) if not isinstance(value.value, float)
        ]
        look.append(self._journals[cell].head)
        changed = self._discrete.get(cell) != look
        self._discrete[cell] = look
        return changed

    def _show(self, writer: asyncio.StreamWriter, cell: str) -> None:
        epoch = self.world.state.memory[cell].epoch
        send(writer, Values(values=cell_signals(self.world, cell), epoch=epoch, head=self._journals[cell].head))

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.create_task(self._serve_child(reader, writer))
        self._handlers.add(handler)
        handler.add_done_callback(self._handlers.discard)

    async def _serve_child(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello: Hello | None = None
        try:
            first = await receive_from_child(reader)
            hello = first if isinstance(first, Hello) and self._knows(first) else None
            if hello is None:
                log.warning("a stranger on the world's line was turned away", said=repr(first))
                return
            self._children[writer] = hello
            if hello.role == "plc":
                self._show(writer, hello.name)
            while True:
                self._answer(writer, hello, await receive_from_child(reader))
                await writer.drain()
        except (LinkError, OSError, asyncio.IncompleteReadError) as error:
            log.debug("a child left the world's line", child=hello.name if hello else "", reason=str(error))
        finally:
            self._children.pop(writer, None)
            if hello is not None and hello.role == "reader":
                self.world.listen(hello.name, Listening.NO)
            writer.close()

    def _knows(self, hello: Hello) -> bool:
        plant = self.world.plant
        known = {"plc": {cell.id for cell in plant.cells}, "reader": {reader.id for reader in plant.readers}}
        return hello.name in known.get(hello.role, ())

    def _answer(self, writer: asyncio.StreamWriter, hello: Hello, message: object) -> None:
        world = self.world
        if isinstance(message, ReaderHeard) and hello.role == "reader":
            world.listen(hello.name, Listening.YES if message.listening else Listening.NO)
        elif isinstance(message, StartJob) and hello.role == "plc":
            world.scene.real = self._clock.real_now()
            answer = world.start_job(message.device, message.job, message.payload)
            self.keep()  # a machine that said "accepted" remembers it after a crash
            send(writer, Answer(call=message.call, status=answer.status, detail=answer.detail))
        elif isinstance(message, JobState) and hello.role == "plc":
            answer = world.job_state(message.device, message.job)
            send(writer, Answer(call=message.call, status=answer.status, detail=answer.detail))
        elif isinstance(message, ReadJournal) and hello.role == "plc":
            entries = self.journal(hello.name, message.after, message.limit)
            send(writer, Answer(call=message.call, status="ok", detail="[" + ",".join(entries) + "]"))
        else:
            raise LinkError(f"a {hello.role} does not send {type(message).__name__}")


def snapshot_path(folder: Path) -> Path:
    """Where the world of a data folder keeps its snapshot."""
    return folder / "simulate" / "world.json"
