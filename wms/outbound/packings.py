"""What the packing station was asked to do, as rows: each packing or unpacking, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Row, func, insert, select, update

from plc_bridge.messages import PackBox, UnpackBox
from runtime.ids import new_id
from wms.machines.outbox import withdraw
from wms.outbound.boxes import BoxFault
from wms.outbound.tables import packing as table
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Tx

COMMAND_VALID_S: Final = 20.0
"""Real seconds in which the station must have taken a command; a later start could meet a changed lane."""


class PackingKind(StrEnum):
    """Into the box, or out of it again."""

    PACK = "pack"
    UNPACK = "unpack"


class PackingState(StrEnum):
    """How far it got; SENT and ACCEPTED are open."""

    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"


_OPEN: Final = (PackingState.SENT.value, PackingState.ACCEPTED.value)


@dataclass(frozen=True, slots=True)
class Packing:
    """One order to the packing station."""

    id: str
    kind: PackingKind
    state: PackingState
    device: str
    command: str
    box: str
    shipment: str
    lane: str
    bags: tuple[str, ...]
    created_at: datetime
    ended_at: datetime | None


def ask_to_pack(tx: Tx, device: str, shipment: str, box: str, lane: str, bags: Sequence[tuple[str, str]]) -> None:
    """Send the order to put ``bags`` (id and tag) from a lane into a box."""
    number = new_id("pck")
    names, epcs = tuple(bag for bag, _ in bags), tuple(epc for _, epc in bags)
    message = PackBox(packing=number, box=box, lane=lane, bags=names, epcs=epcs)
    command = tx.command(device, message, valid_s=COMMAND_VALID_S)
    _insert(tx, number, PackingKind.PACK, device, command, box, shipment, lane, names)


def ask_to_unpack(tx: Tx, device: str, shipment: str, box: str, lane: str, bags: Sequence[str]) -> None:
    """Send the order to take everything out of a box."""
    number = new_id("pck")
    command = tx.command(device, UnpackBox(packing=number, box=box, lane=lane), valid_s=COMMAND_VALID_S)
    _insert(tx, number, PackingKind.UNPACK, device, command, box, shipment, lane, tuple(bags))


def find(tx: Tx, number: str) -> Packing | None:
    """The packing with this id, or None."""
    row = tx.conn.execute(select(table).where(table.c.id == number)).one_or_none()
    return None if row is None else _packing(row)


def of_command(tx: Tx, command: str) -> Packing | None:
    """The packing that a command asked for, or None."""
    row = tx.conn.execute(select(table).where(table.c.command == command)).one_or_none()
    return None if row is None else _packing(row)


def open_ones(tx: Tx) -> Sequence[Packing]:
    """Packings that the station has not ended, oldest first."""
    query = select(table).where(table.c.state.in_(_OPEN)).order_by(table.c.id)
    return [_packing(row) for row in tx.conn.execute(query)]


def accept(tx: Tx, packing: Packing) -> None:
    """The station has begun it."""
    tx.conn.execute(update(table).where(table.c.id == packing.id).values(state=PackingState.ACCEPTED.value))


def end(tx: Tx, packing: Packing, state: PackingState, detail: str = "", fault: BoxFault | None = None) -> None:
    """Note how it ended; a command that still waits is not sent again."""
    withdraw(tx.raw, packing.command)
    values = {"state": state.value, "detail": detail, "fault": None if fault is None else fault.value}
    ended = {"ended_us": to_us(tx.now)}
    tx.conn.execute(update(table).where(table.c.id == packing.id).values(**values, **ended))


def blame(tx: Tx, shipment: str, box: str, fault: BoxFault) -> None:
    """Note on the packings of a box for a shipment why it is emptied again."""
    mine = (table.c.shipment == shipment) & (table.c.box == box) & (table.c.kind == PackingKind.PACK.value)
    tx.conn.execute(update(table).where(mine).values(fault=fault.value))


def boxes_blamed(tx: Tx, shipment: str, fault: BoxFault) -> frozenset[str]:
    """Boxes that were emptied again for one fault, for a shipment."""
    query = select(table.c.box).where(table.c.shipment == shipment, table.c.fault == fault.value)
    return frozenset(tx.conn.execute(query).scalars())


def failures_in_row(tx: Tx, box_or_shipment: str, kind: PackingKind) -> tuple[int, datetime | None]:
    """How often in a row the station failed with this, and when it last did."""
    of_it = (table.c.kind == kind.value) & ((table.c.box == box_or_shipment) | (table.c.shipment == box_or_shipment))
    done = select(func.max(table.c.id)).where(of_it, table.c.state == PackingState.DONE.value).scalar_subquery()
    failed = select(func.count(), func.max(table.c.ended_us)).where(
        of_it, table.c.state == PackingState.FAILED.value, table.c.id > func.coalesce(done, "")
    )
    count, last = tx.conn.execute(failed).one()
    return int(count), from_us_or_none(last)


def faulty_boxes(tx: Tx, shipment: str) -> frozenset[str]:
    """Boxes that were refused for this shipment before: another one is taken the next time."""
    query = select(table.c.box).where(table.c.shipment == shipment, table.c.fault.is_not(None))
    return frozenset(tx.conn.execute(query).scalars())


def _insert(
    tx: Tx,
    number: str,
    kind: PackingKind,
    device: str,
    command: str,
    box: str,
    shipment: str,
    lane: str,
    bags: tuple[str, ...],
) -> None:
    tx.conn.execute(
        insert(table).values(
            id=number,
            kind=kind.value,
            state=PackingState.SENT.value,
            device=device,
            command=command,
            box=box,
            shipment=shipment,
            lane=lane,
            bags=" ".join(bags),
            detail="",
            created_us=to_us(tx.now),
        )
    )


def _packing(row: Row[tuple[object, ...]]) -> Packing:
    return Packing(
        id=row.id,
        kind=PackingKind(row.kind),
        state=PackingState(row.state),
        device=row.device,
        command=row.command,
        box=row.box,
        shipment=row.shipment,
        lane=row.lane,
        bags=tuple(row.bags.split()),
        created_at=from_us(row.created_us),
        ended_at=from_us_or_none(row.ended_us),
    )
