"""Commands -> StartJob with read-back. After an error nobody knows: JobState is asked before any repeat.

Every command is answered by a fact. UNKNOWN is said when the deadline passes and nobody can tell; the bridge goes on
asking, also after a restart, until it can.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any, Final, Protocol

import msgspec
from asyncua import ua

from plc_bridge.messages import COMMAND_TYPE, CommandAnswered, CommandOutcome, MachineCommand, report_type
from plc_bridge.plc_link import PlcUnreachable
from plc_bridge.spool_room import SpoolRoom
from runtime.clock import Clock
from runtime.commands import Command
from runtime.facts.spool import SpoolFull
from runtime.health import HealthPart

ASK_EVERY_S: Final = 0.5
ASK_UNRESOLVED_EVERY_S: Final = 2.0
UNRESOLVED_CURSOR: Final = "commands/unresolved"
SETTLE_S: Final = 1.0  # a request that was in flight when the link broke has been executed or lost by then

_COMMANDS: Final = msgspec.json.Decoder(MachineCommand)
_KNOWN: Final = {
    "accepted": CommandOutcome.ACCEPTED,
    "done": CommandOutcome.ACCEPTED,
    "failed": CommandOutcome.ACCEPTED,
    "refused": CommandOutcome.REFUSED,
}
_STARTED: Final = {"accepted": CommandOutcome.ACCEPTED, "refused": CommandOutcome.REFUSED}


class Machines(Protocol):
    """The machines of a cell: `plc_bridge.plc_link.PlcLink`, or a simulated world in the same process."""

    @property
    def connected(self) -> asyncio.Event:
        """Set while there is a connection."""

    async def call(self, owner: str, method: str, *arguments: ua.Variant) -> list[Any]:
        """Call method `{owner}/{method}`; raises PlcUnreachable when there is no sure answer."""


class AnswerSink(Protocol):
    """Where answers go: `plc_bridge.spool_room.GuardedSpool`, or a recorder in tests."""

    @property
    def room(self) -> SpoolRoom:
        """Whether a fact would fit."""

    async def record(
        self,
        type: str,  # noqa: A002 - CloudEvents names it so
        message: msgspec.Struct,
        at: datetime,
        source_key: str | None = None,
        *,
        cursor: tuple[str, str] | None = None,
    ) -> int:
        """Append a fact; raises SpoolFull."""


class CommandRunner:
    """Executes commands on the machines of one cell; `execute` and `expire` are what a CommandListener calls."""

    def __init__(
        self,
        link: Machines,
        devices: frozenset[str],
        sink: AnswerSink,
        unresolved: str | None,
        clock: Clock,
        health: HealthPart,
    ) -> None:
        self._link, self._devices, self._sink, self._clock, self._health = link, devices, sink, clock, health
        self._unresolved: dict[str, str] = (
            {} if unresolved is None else msgspec.json.decode(unresolved, type=dict[str, str])
        )
        self._health.ok()

    async def execute(self, command: Command) -> None:
        """Bring a command to its machine, once, and answer it; returns when the answer is on disk and sure."""
        if (refusal := self._refusal(command)) is not None:
            await self._answer(command.id, command.device, CommandOutcome.REFUSED, refusal)
            return
        while self._clock.real_now() < command.deadline_real:
            if self._sink.room is SpoolRoom.FULL:
                self._health.down("No commands are taken: the spool is full, what machines report could not be kept.")
                await asyncio.sleep(ASK_EVERY_S)
                continue
            try:
                answer = await self._state(command.id, command.device) or await self._start(command)
            except PlcUnreachable:
                await asyncio.sleep(ASK_EVERY_S)
                continue
            await self._answer(command.id, command.device, *answer)
            return
        await self.expire(command)

    async def expire(self, command: Command) -> None:
        """Answer a command whose time is over: what the machine made of it, EXPIRED if it never had it, or UNKNOWN."""
        try:
            await self._resolve(command.id, command.device)
        except PlcUnreachable as error:
            detail = f"The deadline has passed and the machine cannot be asked: {error}."
            await self._answer(command.id, command.device, CommandOutcome.UNKNOWN, detail)
            await self._resolve_at_last(command.id, command.device)

    async def run(self) -> None:
        """Resolve the commands that were left UNKNOWN by an earlier process, then wait to be cancelled."""
        for command, device in list(self._unresolved.items()):
            await self._resolve_at_last(command, device)
        await asyncio.Event().wait()

    async def _resolve_at_last(self, command: str, device: str) -> None:
        while True:
            await self._link.connected.wait()
            try:
                await self._resolve(command, device)
            except PlcUnreachable:
                await asyncio.sleep(ASK_UNRESOLVED_EVERY_S)
            else:
                return

    async def _resolve(self, command: str, device: str) -> None:
        """Answer from JobState; a machine that does not know the id is asked twice. Raises PlcUnreachable."""
        answer = await self._state(command, device)
        if answer is None:
            await asyncio.sleep(SETTLE_S)
            answer = await self._state(command, device)
        if answer is None:
            answer = (CommandOutcome.EXPIRED, "The deadline passed before the machine had the command.")
        await self._answer(command, device, *answer)

    async def _state(self, command: str, device: str) -> tuple[CommandOutcome, str] | None:
        """What the machine made of an id, None when it does not know it; raises PlcUnreachable."""
        status, detail = _two_texts(await self._link.call(device, "JobState", _text(command)))
        if status == "unknown":
            return None
        if status not in _KNOWN:
            raise PlcUnreachable(f"{device} says {status!r} of a job, which means nothing here")
        return _KNOWN[status], detail if status in _STARTED else f"{status} {detail}".strip()

    async def _start(self, command: Command) -> tuple[CommandOutcome, str]:
        payload = _text(command.data.decode())
        status, detail = _two_texts(await self._link.call(command.device, "StartJob", _text(command.id), payload))
        if status not in _STARTED:
            raise PlcUnreachable(f"{command.device} answered {status!r} to StartJob, which means nothing here")
        return _STARTED[status], detail

    def _refusal(self, command: Command) -> str | None:
        """Why this bridge cannot bring the command to any machine; None when it can try."""
        if command.device not in self._devices:
            return f"There is no machine {command.device!r} in this cell."
        if command.type != COMMAND_TYPE:
            return f"A command of type {command.type!r} is not known here."
        try:
            _COMMANDS.decode(command.data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return f"Not a machine command: {error}."
        return None

    async def _answer(self, command: str, device: str, outcome: CommandOutcome, detail: str) -> None:
        """Record the answer, and with it which commands stay unresolved; waits while the spool is full."""
        self._unresolved.pop(command, None)
        if outcome is CommandOutcome.UNKNOWN:
            self._unresolved[command] = device
        message = CommandAnswered(command=command, device=device, outcome=outcome, detail=detail)
        while True:
            cursor = (UNRESOLVED_CURSOR, msgspec.json.encode(self._unresolved).decode())
            try:
                await self._sink.record(
                    report_type(message), message, self._clock.now(), f"answer/{command}/{outcome}", cursor=cursor
                )
            except SpoolFull as error:
                self._health.down(f"No commands are taken, their answers could not be kept: {error}.")
                await asyncio.sleep(ASK_UNRESOLVED_EVERY_S)
            else:
                self._health.ok()
                return


def _text(value: str) -> ua.Variant:
    return ua.Variant(value, ua.VariantType.String)


def _two_texts(result: list[object]) -> tuple[str, str]:
    """Status and detail of a method's answer; raises PlcUnreachable for anything else."""
    if len(result) == 1 and isinstance(result[0], list):
        result = result[0]
    if len(result) != 2 or not all(isinstance(text, str) for text in result):
        raise PlcUnreachable("the machine's answer is not a status and a detail")
    return str(result[0]), str(result[1])
