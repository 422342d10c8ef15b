"""The outbox of machine commands: written in the transaction that decides, published after it commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from sqlalchemy import Column, Index, LargeBinary, Table, Text

from fleet.messages import COMMAND_TYPE as FLEET_COMMAND_TYPE
from fleet.messages import FleetCommand
from plc_bridge.messages import COMMAND_TYPE, MachineCommand
from wms.store.driver import Driver
from wms.store.metadata import from_us, instant, metadata, to_us

machine_command: Final = Table(
    "machine_command",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("detail", Text, nullable=False),
    instant("issued_real_us"),
    instant("deadline_real_us"),
    instant("sent_real_us", nullable=True),
    instant("answered_real_us", nullable=True),
    Index("ix_machine_command_device_state", "device", "state"),
)


class CommandState(StrEnum):
    """How far a command got. QUEUED, SENT and UNKNOWN are open: sent again, under the same id, until answered."""

    QUEUED = "queued"
    SENT = "sent"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


OPEN: Final = (CommandState.QUEUED, CommandState.SENT, CommandState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class OutgoingCommand:
    """One command as it goes to an edge: ``data`` is the JSON of a tagged machine or fleet command."""

    id: str
    device: str
    type: str
    data: bytes
    issued_real: datetime
    deadline_real: datetime


_INSERT: Final = (
    "INSERT INTO machine_command (id, device, type, data, state, detail, issued_real_us, deadline_real_us) "
    "VALUES (?,?,?,?,'queued','',?,?)"
)
_SELECT_DUE: Final = (
    "SELECT id, device, type, data, issued_real_us, deadline_real_us FROM machine_command "
    "WHERE state IN ('queued','sent','unknown') AND (sent_real_us IS NULL OR sent_real_us < ?) ORDER BY id"
)
_MARK_SENT: Final = (
    "UPDATE machine_command SET sent_real_us = ?, state = CASE state WHEN 'queued' THEN 'sent' ELSE state END "
    "WHERE id = ?"
)
_ACCEPTED: Final = (
    "UPDATE machine_command SET state = 'accepted' WHERE id = ? AND state IN ('queued', 'sent', 'unknown', 'expired')"
)
_WITHDRAW: Final = (
    "UPDATE machine_command SET state = 'withdrawn' WHERE id = ? AND state IN ('queued', 'sent', 'unknown')"
)


def enqueue(raw: Driver, command: OutgoingCommand) -> None:
    """Add a command to the outbox."""
    issued, deadline = to_us(command.issued_real), to_us(command.deadline_real)
    raw.execute(_INSERT, (command.id, command.device, command.type, command.data, issued, deadline))


def outgoing(
    command_id: str, device: str, message: MachineCommand | FleetCommand, issued_real: datetime, valid_s: float
) -> OutgoingCommand:
    """Dress a machine message as a command that is void after ``valid_s`` real seconds."""
    deadline = issued_real + timedelta(seconds=valid_s)
    kind = FLEET_COMMAND_TYPE if isinstance(message, FleetCommand) else COMMAND_TYPE
    return OutgoingCommand(command_id, device, kind, msgspec.json.encode(message), issued_real, deadline)


def due(raw: Driver, *, unsent_since: datetime) -> list[OutgoingCommand]:
    """Open commands never sent, or last sent before ``unsent_since`` (real time), oldest first."""
    rows = raw.execute(_SELECT_DUE, (to_us(unsent_since),))
    return [
        OutgoingCommand(command, device, type_, data, from_us(issued), from_us(deadline))
        for command, device, type_, data, issued, deadline in rows
    ]


def mark_sent(raw: Driver, command_id: str, at_real: datetime) -> None:
    """Note that a command was handed to the broker; an unanswered one is sent again."""
    raw.execute(_MARK_SENT, (to_us(at_real), command_id))


def accepted(raw: Driver, command_id: str) -> None:
    """Note that a machine acts on a command, as its reports show: it is not sent again."""
    raw.execute(_ACCEPTED, (command_id,))


def withdraw_issued(raw: Driver, device: str, issued_real_us: int) -> None:
    """Stop what was asked of a device at one instant from being sent, if it has not left or was not answered yet."""
    rows = raw.execute(
        "SELECT id FROM machine_command WHERE device = ? AND issued_real_us = ?", (device, issued_real_us)
    ).fetchall()
    for (command,) in rows:
        withdraw(raw, command)


def withdraw(raw: Driver, command_id: str) -> None:
    """Stop repeating a command that nobody waits for any more; the machine may have done it all the same."""
    raw.execute(_WITHDRAW, (command_id,))
