"""The machine's journal -> the fact spool, every entry once: cursor and facts move in one transaction.

What the journal cannot give any more (a gap, another journal, a journal put back) is itself reported as a fact.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Protocol

import msgspec
from asyncua import ua

from plc_bridge.messages import JournalLoss, JournalLossKind, report_type
from plc_bridge.plc_link import PlcLink, PlcUnreachable
from runtime.backoff import LogOnce
from runtime.clock import Clock
from runtime.facts.envelope import MAX_BYTES
from runtime.facts.spool import SpoolEntry, SpoolFull
from runtime.health import HealthPart

JOURNAL_EPOCH: Final = "Journal/Epoch"
JOURNAL_HEAD: Final = "Journal/Head"
POLL_EVERY_S: Final = 0.5  # real; the controller waits for these reports
RETRY_FULL_S: Final = 1.0
READ_LIMIT: Final = 200
LARGEST_DATA: Final = MAX_BYTES - 1024  # room for the envelope


class JournalUnreadable(ValueError):  # noqa: N818 - says what happened, as the house names its errors
    """The journal's answer is not a list of entries."""


class JournalEntry(msgspec.Struct, frozen=True):
    """One report as the machine keeps it; `data` is untouched JSON, right or wrong."""

    seq: Annotated[int, msgspec.Meta(ge=1)]
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    type: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    data: msgspec.Raw


class JournalCursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a journal is in the spool. `turn` counts how often the same journal was put back."""

    epoch: str
    seq: int = 0
    turn: int = 0


class FactSink(Protocol):
    """Where facts go: `runtime.facts.edge.FactEdge`."""

    async def record_many(self, entries: Sequence[SpoolEntry], *, cursor: tuple[str, str] | None = None) -> list[int]:
        """Append facts and move a cursor in one transaction; raises SpoolFull."""


@dataclass(frozen=True, slots=True)
class JournalState:
    """What the machine says of its journal now."""

    epoch: str
    head: int


_ENTRIES: Final = msgspec.json.Decoder(list[JournalEntry])


def decode_entries(text: str) -> list[JournalEntry]:
    """Entries from `Journal/Read`; raises JournalUnreadable."""
    try:
        return _ENTRIES.decode(text)
    except msgspec.DecodeError as error:
        raise JournalUnreadable(f"the journal's answer cannot be read: {error}") from error


def follow(cursor: JournalCursor | None, state: JournalState, cell: str) -> tuple[JournalCursor, JournalLoss | None]:
    """Where to read on, and what was lost on the way there. A first contact (no cursor) loses nothing."""
    if cursor is None or (cursor.epoch == state.epoch and state.head >= cursor.seq):
        return cursor or JournalCursor(state.epoch), None
    if cursor.epoch != state.epoch:
        loss = JournalLoss(
            cell=cell,
            journal_epoch=cursor.epoch,
            kind=JournalLossKind.REPLACED,
            from_seq=cursor.seq + 1,
            to_seq=None,
            detail=f"The PLC has a new journal {state.epoch}; reports of the old one above {cursor.seq} may be lost.",
        )
        return JournalCursor(state.epoch), loss
    loss = JournalLoss(
        cell=cell,
        journal_epoch=cursor.epoch,
        kind=JournalLossKind.PUT_BACK,
        from_seq=state.head + 1,
        to_seq=cursor.seq,
        detail=f"The PLC's journal ends at {state.head} but had reached {cursor.seq}: its memory was put back.",
    )
    return JournalCursor(cursor.epoch, state.head, cursor.turn + 1), loss


def spool_entries(
    cursor: JournalCursor, entries: Sequence[JournalEntry], cell: str, clock: Clock
) -> tuple[list[SpoolEntry], JournalCursor]:
    """Facts for the entries after a cursor, with a loss reported wherever a number is missing, and the cursor after."""
    facts: list[SpoolEntry] = []
    for entry in entries:
        if entry.seq <= cursor.seq:
            continue
        facts += [fact_of(loss, clock) for loss in _losses(cursor, entry, cell)]
        if len(entry.data) <= LARGEST_DATA:
            facts.append(SpoolEntry(entry.type, bytes(entry.data), entry.at, _key(cursor, entry.seq, cell)))
        cursor = replace_seq(cursor, entry.seq)
    return facts, cursor


def replace_seq(cursor: JournalCursor, seq: int) -> JournalCursor:
    """The same journal, further on."""
    return msgspec.structs.replace(cursor, seq=seq)


def fact_of(loss: JournalLoss, clock: Clock) -> SpoolEntry:
    """A loss as a fact of its own, reported once."""
    key = f"loss/{loss.cell}/{loss.journal_epoch}/{loss.kind}/{loss.from_seq}-{loss.to_seq}"
    return SpoolEntry(report_type(loss), msgspec.json.encode(loss), clock.now(), key)


def _losses(cursor: JournalCursor, entry: JournalEntry, cell: str) -> Iterator[JournalLoss]:
    if entry.seq > cursor.seq + 1:
        yield JournalLoss(
            cell=cell,
            journal_epoch=cursor.epoch,
            kind=JournalLossKind.GAP,
            from_seq=cursor.seq + 1,
            to_seq=entry.seq - 1,
            detail=f"The PLC's journal has no reports {cursor.seq + 1} to {entry.seq - 1} any more.",
        )
    if len(entry.data) > LARGEST_DATA:
        yield JournalLoss(
            cell=cell,
            journal_epoch=cursor.epoch,
            kind=JournalLossKind.TOO_LARGE,
            from_seq=entry.seq,
            to_seq=entry.seq,
            detail=f"Report {entry.seq} ({entry.type}) has {len(entry.data)} bytes; a fact carries {LARGEST_DATA}.",
        )


def _key(cursor: JournalCursor, seq: int, cell: str) -> str:
    turn = f".{cursor.turn}" if cursor.turn else ""
    return f"{cell}/{cursor.epoch}{turn}/{seq}"


class JournalFollower:
    """Carries one cell's journal into the spool for ever."""

    def __init__(
        self, link: PlcLink, cell: str, sink: FactSink, cursor: str | None, clock: Clock, health: HealthPart
    ) -> None:
        self._link, self._cell, self._sink, self._clock, self._health = link, cell, sink, clock, health
        self._cursor = None if cursor is None else msgspec.json.decode(cursor, type=JournalCursor)
        self._trouble = LogOnce(f"journal of cell {cell}")
        self._wake = asyncio.Event()

    @staticmethod
    def cursor_name(cell: str) -> str:
        """Name of the cursor in the spool."""
        return f"journal/{cell}"

    def wake(self) -> None:
        """There is something new: read at once."""
        self._wake.set()

    async def run(self) -> None:
        """Drain, wait for news, drain; ends only when cancelled."""
        while True:
            await self._link.connected.wait()
            self._wake.clear()
            try:
                await self._drain()
                self._trouble.recovered()
                self._health.ok()
                wait_s = POLL_EVERY_S
            except PlcUnreachable as error:
                self._trouble.failed(error)
                wait_s = POLL_EVERY_S
            except (SpoolFull, JournalUnreadable) as error:
                self._trouble.failed(error)
                self._health.down(f"Reports of cell {self._cell} stay in the PLC: {error}.")
                wait_s = RETRY_FULL_S
            with contextlib.suppress(TimeoutError):  # not wait_for: before Python 3.12 it can swallow a cancel
                async with asyncio.timeout(wait_s):
                    await self._wake.wait()

    async def _drain(self) -> None:
        """Move everything that the journal has into the spool; raises PlcUnreachable, SpoolFull, JournalUnreadable."""
        state = await self._state()
        cursor, loss = follow(self._cursor, state, self._cell)
        if cursor != self._cursor:
            await self._keep([fact_of(loss, self._clock)] if loss is not None else [], cursor)
        while cursor.seq < state.head:
            arguments = (ua.Variant(cursor.seq, ua.VariantType.Int64), ua.Variant(READ_LIMIT, ua.VariantType.Int32))
            (text,) = await self._link.call("Journal", "Read", *arguments)
            entries = decode_entries(text)
            if (await self._state()).epoch != cursor.epoch:
                return  # replaced while we read: these entries may be of either journal
            facts, after = spool_entries(cursor, entries, self._cell, self._clock)
            if after == cursor:
                raise JournalUnreadable(f"the head is {state.head} but nothing comes after {cursor.seq}")
            await self._keep(facts, after)
            cursor = after

    async def _keep(self, facts: Sequence[SpoolEntry], cursor: JournalCursor) -> None:
        encoded = msgspec.json.encode(cursor).decode()
        await self._sink.record_many(facts, cursor=(self.cursor_name(self._cell), encoded))
        self._cursor = cursor

    async def _state(self) -> JournalState:
        epoch, head = await self._link.read([JOURNAL_EPOCH, JOURNAL_HEAD])
        values = [None if data.Value is None else data.Value.Value for data in (epoch, head)]
        if not isinstance(values[0], str) or not isinstance(values[1], int) or not values[0]:
            raise JournalUnreadable("the PLC does not say its journal's epoch and head")
        return JournalState(values[0], values[1])
