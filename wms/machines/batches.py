"""Batches of bags in the preparation machines: one open batch per machine, begun by a command, ended by a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from plant.model import Device, PlaceKind, Plant
from plc_bridge.messages import CommandAnswered, CommandOutcome, Freeze, MachineCommand, Process, ProcessUnit, Separate
from runtime.ids import new_id
from wms.bags.commands import move_to
from wms.bags.projection import require
from wms.ledger.chain import canonical
from wms.machines.outbox import withdraw
from wms.moves.model import DeviceState
from wms.recall.frozen import NOT_RECALLED
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

CAPACITY: Final = 12
"""Bags in one batch (docs/interfaces.md, the journey)."""
COMMAND_VALID_S: Final = 30.0
"""Real seconds in which a machine must have taken a batch."""
_PAUSE: Final = timedelta(minutes=1)
_OPEN: Final = "state IN ('sent', 'accepted')"
_SPOKEN_FOR: Final = (
    "SELECT 1 FROM batch_bag JOIN batch ON batch.id = batch_bag.batch WHERE batch_bag.bag = ?1 "
    "AND batch.state IN ('sent', 'accepted') "
    "UNION ALL SELECT 1 FROM bag WHERE id = ?1 AND claim IS NOT NULL "
    "UNION ALL SELECT 1 FROM label WHERE label.bag = ?1 AND state IN ('waiting', 'at_station')"
)


class BatchKind(StrEnum):
    """What the machine does with it."""

    SEPARATE = "separate"
    FREEZE = "freeze"
    PROCESS = "process"


def idle(tx: Tx, device: str) -> bool:
    """True when a machine runs, has no open batch, and did not just refuse one.

    One that stands is asked for nothing: its work stays free for people.
    """
    if tx.hooks.device_state(device) is not DeviceState.RUNNING:
        return False
    row = tx.raw.execute(
        f"SELECT 1 FROM batch WHERE device = ? AND ({_OPEN} OR (state = 'cancelled' AND ended_us > ?))",  # noqa: S608 - a constant of this file
        (device, to_us(tx.now - _PAUSE)),
    ).fetchone()
    return row is None


def outlet_of(plant: Plant, device: Device) -> str:
    """The lane beside a preparation machine where its work is put and taken from; its own place when there is none."""
    room = device.place.partition("/")[0]
    lanes = (place.path for place in plant.places if place.kind is PlaceKind.LANE)
    return next((lane for lane in lanes if lane.partition("/")[0] == room), device.place)


def send_freeze(tx: Tx, actor: Actor, device: str, bags: Sequence[str]) -> str:
    """Ask a freezer to take bags; like all that is asked here, they stay where they are until it accepts."""
    batch = new_id("bat")
    return _send(tx, actor, device, BatchKind.FREEZE, batch, Freeze(batch=batch, bags=tuple(bags)), bags)


def send_separate(
    tx: Tx, actor: Actor, device: str, bags: Sequence[str], outputs: Sequence[str], order: str | None = None
) -> str:
    """Ask a robot to separate whole blood into the products named, for a preparation order or (None) automatically."""
    batch = new_id("bat")
    message = Separate(batch=batch, bags=tuple(bags), outputs=tuple(outputs))
    return _send(tx, actor, device, BatchKind.SEPARATE, batch, message, bags, recipe="separate", order=order)


def send_process(tx: Tx, actor: Actor, device: Device, recipe: str, units: Sequence[ProcessUnit], order: str) -> str:
    """Ask a robot to make units by a recipe, for a preparation order."""
    batch = new_id("bat")
    message = Process(batch=batch, recipe=recipe, place=outlet_of(tx.plant, device), units=tuple(units))
    bags = [parent for unit in units for parent in unit.parents]
    asked = canonical([[unit.bag, list(unit.parents)] for unit in units])
    return _send(tx, actor, device.id, BatchKind.PROCESS, batch, message, bags, recipe=recipe, order=order, asked=asked)


def _send(
    tx: Tx,
    actor: Actor,
    device: str,
    kind: BatchKind,
    batch: str,
    message: MachineCommand,
    bags: Sequence[str],
    *,
    recipe: str | None = None,
    order: str | None = None,
    asked: str | None = None,
) -> str:
    command = tx.command(device, message, valid_s=COMMAND_VALID_S)
    tx.raw.execute(
        "INSERT INTO batch (id, kind, recipe, prep_order, asked, device, state, command, created_us) "
        "VALUES (?,?,?,?,?,?,'sent',?,?)",
        (batch, kind.value, recipe, order, asked, device, command, to_us(tx.now)),
    )
    tx.raw.executemany("INSERT INTO batch_bag (batch, bag) VALUES (?, ?)", [(batch, bag) for bag in bags])
    data = {"device": device, "bags": list(bags), "recipe": recipe, "order": order}
    tx.record(f"batch.{kind.value}_asked", actor=actor, subject=batch, data=data)
    tx.notify("batch", batch)
    return batch


def answered(tx: Tx, actor: Actor, answer: CommandAnswered) -> Sequence[str]:
    """Follow a machine's answer to a batch; returns the bags that it took in when it accepted (else none).

    Refused or expired means not executed: the batch is off and its bags are free for a new one. Unknown changes
    nothing: the command is repeated under its id until the read-back is clear.
    """
    row = tx.raw.execute("SELECT id, state FROM batch WHERE command = ?", (answer.command,)).fetchone()
    if row is None or row[1] != "sent" or answer.outcome is CommandOutcome.UNKNOWN:
        return ()
    batch = str(row[0])
    if answer.outcome is CommandOutcome.ACCEPTED:
        tx.raw.execute("UPDATE batch SET state = 'accepted' WHERE id = ?", (batch,))
        tx.record("batch.accepted", actor=actor, subject=batch, data={"device": answer.device})
        tx.notify("batch", batch)
        return bags_of(tx, batch)
    tx.raw.execute("UPDATE batch SET state = 'cancelled', ended_us = ? WHERE id = ?", (to_us(tx.now), batch))
    data = {"device": answer.device, "outcome": answer.outcome.value, "detail": answer.detail}
    tx.record("batch.cancelled", actor=actor, subject=batch, data=data)
    tx.notify("batch", batch)
    return ()


def close_batch(tx: Tx, batch: str, record: str) -> None:
    """The machine's report of a batch is in; an unknown batch is the report's own matter and changes nothing here."""
    row = tx.raw.execute("SELECT command FROM batch WHERE id = ?", (batch,)).fetchone()
    if row is not None:
        withdraw(tx.raw, row[0])
    tx.raw.execute(
        "UPDATE batch SET state = 'done', record = ?, ended_us = ? WHERE id = ?", (record, to_us(tx.now), batch)
    )
    tx.notify("batch", batch)


def bags_of(tx: Tx, batch: str) -> tuple[str, ...]:
    """Bags of a batch."""
    return tuple(bag for (bag,) in tx.raw.execute("SELECT bag FROM batch_bag WHERE batch = ? ORDER BY bag", (batch,)))


def order_of(raw: Driver, batch: str) -> str | None:
    """The preparation order that a batch serves, if any; an unknown batch serves none."""
    row = raw.execute("SELECT prep_order FROM batch WHERE id = ?", (batch,)).fetchone()
    return None if row is None else row[0]


def in_open_batch(raw: Driver, bag: str) -> bool:
    """True while a machine has a bag, or is to get it (batch, preparation order, label): nobody else may carry it."""
    return raw.execute(_SPOKEN_FOR, (bag,)).fetchone() is not None


def into_machine(tx: Tx, actor: Actor, bag: str, device: str, at: datetime) -> None:
    """A machine took a bag in."""
    require(tx.raw, bag)
    move_to(tx, actor, bag, tx.plant.device_by_id[device].place, at, data={"device": device})


_WAITING: Final = (
    "SELECT id, place_since_us FROM bag WHERE status = ? AND place = ? AND component = ? AND claim IS NULL "  # noqa: S608 - constant parts
    "AND NOT EXISTS (SELECT 1 FROM batch_bag JOIN batch ON batch.id = batch_bag.batch "
    f"WHERE batch_bag.bag = bag.id AND {_OPEN}) AND {NOT_RECALLED} "
)
WAITING_FREELY: Final = (
    f"{_WAITING} AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.bag = bag.id AND lifted_us IS NULL) "  # noqa: S608 - constant parts
    "ORDER BY place_since_us, id LIMIT 100"
)
"""Bags of a status, place and component that no batch, order, hold or recall keeps, longest waiting first."""
WAITING_OR_HELD: Final = f"{_WAITING} ORDER BY place_since_us, id LIMIT 100"
"""The same, held ones included: what would spoil by waiting is not kept waiting by a hold, but it is by a recall."""
