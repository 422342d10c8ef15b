"""Commands down to an edge: durable once per id, in order per device, never after their deadline (design.md 4)."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec

from runtime import topics
from runtime.clock import Clock
from runtime.logs import get_logger
from runtime.mqtt import Message, MqttLink

log = get_logger(__name__)

REMEMBER: Final = timedelta(days=30)  # ids of ended commands; deadlines are minutes

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Instant = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class Command:
    """What a device is asked to do. `data` is JSON of a schema named by `type`; both instants are real time."""

    id: str
    device: str
    type: str
    data: bytes
    issued_real: datetime
    deadline_real: datetime


class CommandError(ValueError):
    """Bytes that are not a command."""


class _CommandDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: _Text
    device: _Text
    type: _Text
    issued_real: _Instant
    deadline_real: _Instant
    data: msgspec.Raw


def encode_command(command: Command) -> bytes:
    """A command as JSON."""
    return msgspec.json.encode(
        _CommandDocument(
            command.id,
            command.device,
            command.type,
            command.issued_real.astimezone(UTC),
            command.deadline_real.astimezone(UTC),
            msgspec.Raw(command.data),
        )
    )


def decode_command(payload: bytes) -> Command:
    """Read a command; raises CommandError with the reason."""
    try:
        read = msgspec.json.decode(payload, type=_CommandDocument)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CommandError(f"not a command: {error}") from error
    return Command(read.id, read.device, read.type, bytes(read.data), read.issued_real, read.deadline_real)


async def publish_command(link: MqttLink, site: str, edge: str, command: Command) -> None:
    """Send a command, QoS 1; raises LinkDown, after which the edge may or may not have it: send the same id again."""
    await link.publish(topics.commands(site, edge), encode_command(command), qos=1)


Handle = Callable[[Command], Awaitable[None]]


class CommandListener:
    """Gives each command of an edge to `handle` until it returned once, also across restarts; then never again.

    When `handle` raises or the process dies in between, the sender's next repetition calls it again: it must read back
    what the device made of the id before it repeats anything. A command that arrives or comes to its turn after its
    deadline goes to `expired` instead, unless its handling began earlier and was cut off: then only `handle`, which
    reads back, can know what became of it. Commands of one device run one after the other.
    """

    def __init__(
        self,
        link: MqttLink,
        site: str,
        edge: str,
        store: Path,
        handle: Handle,
        *,
        expired: Handle | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._handle, self._expired = handle, expired
        self._clock = clock or Clock()
        self._table = _CommandTable(store)
        self._queued: set[str] = set()
        self._lines: dict[str, asyncio.Queue[Command]] = {}
        self._tasks: asyncio.TaskGroup | None = None
        link.subscribe(topics.commands(site, edge), self._on_message)

    async def run(self) -> None:
        """Work until cancelled. Commands that arrive while nobody runs wait."""
        self._table.forget_before(self._clock.real_now() - REMEMBER)
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            for device, line in self._lines.items():
                tasks.create_task(self._work(line), name=f"commands of {device}")
            await asyncio.Event().wait()

    def close(self) -> None:
        """Close the table of ended commands."""
        self._table.close()

    def _on_message(self, message: Message) -> None:
        try:
            command = decode_command(message.payload)
        except CommandError as error:
            log.warning("unreadable command", topic=message.topic, reason=str(error))
            return
        if command.id in self._queued or self._table.has_ended(command.id):
            return
        self._queued.add(command.id)
        line = self._lines.get(command.device)
        if line is None:
            line = self._lines[command.device] = asyncio.Queue()
            if self._tasks is not None:
                self._tasks.create_task(self._work(line), name=f"commands of {command.device}")
        line.put_nowait(command)

    async def _work(self, line: asyncio.Queue[Command]) -> None:
        while True:
            command = await line.get()
            try:
                await self._execute(command)
                await asyncio.to_thread(self._table.end, command.id, self._clock.real_now())
            except Exception:
                log.exception("a command was not handled; its repetition will be", command=command.id)
            finally:
                self._queued.discard(command.id)

    async def _execute(self, command: Command) -> None:
        if self._clock.real_now() < command.deadline_real or self._table.has_begun(command.id):
            await asyncio.to_thread(self._table.begin, command.id, self._clock.real_now())
            await self._handle(command)
        elif self._expired is not None:
            await self._expired(command)
        else:
            log.warning("command expired", command=command.id, device=command.device)


class _CommandTable:
    """Ids of commands whose handling began, and whether it ended, on disk."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = full")
        self._db.execute(
            "create table if not exists command"
            " (id text primary key, began_us integer not null, ended_us integer) strict"
        )

    def has_begun(self, command: str) -> bool:
        return self._find("select 1 from command where id = ?", command)

    def has_ended(self, command: str) -> bool:
        return self._find("select 1 from command where id = ? and ended_us is not null", command)

    def begin(self, command: str, at: datetime) -> None:
        self._db.execute("insert or ignore into command values (?, ?, null)", (command, _micros(at)))

    def end(self, command: str, at: datetime) -> None:
        sql = "insert into command values (?, ?, ?) on conflict (id) do update set ended_us = excluded.ended_us"
        self._db.execute(sql, (command, _micros(at), _micros(at)))

    def forget_before(self, at: datetime) -> None:
        self._db.execute("delete from command where ended_us < ?", (_micros(at),))

    def close(self) -> None:
        self._db.close()

    def _find(self, sql: str, command: str) -> bool:
        with closing(self._db.execute(sql, (command,))) as rows:
            return rows.fetchone() is not None


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
