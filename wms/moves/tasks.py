"""Asking for a move and taking it back. A task is durable; who carries it out is decided by `wms.moves.dispatch`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from blood.eligibility import Zone
from runtime.ids import new_id
from wms.bags.facts import zone_at
from wms.bags.projection import BagState, require
from wms.errors import Conflict, Invalid, NotFound
from wms.moves import claims, steps
from wms.moves.availability import blocked_devices
from wms.moves.graph import graph_of
from wms.moves.model import MovePurpose, Task, TaskState, Wait
from wms.moves.slots import Search, choose_slot
from wms.store.driver import Driver
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx

COLUMNS: Final = (
    "task.id, task.bag, task.purpose, task.zone, task.from_place, task.to_place, task.device, task.state, "
    "task.priority, task.attempts, task.waits, task.waits_detail, task.created_us, task.ended_us"
)
COLUMN_COUNT: Final = 14
SELECT_TASK: Final = f"SELECT {COLUMNS} FROM task"  # noqa: S608 - the columns above
OPEN: Final = frozenset({TaskState.WAITING, TaskState.SENT})
_UNKNOWN_PLACE: Final = ""
_OF_OUTBOUND: Final = {MovePurpose.PICK, MovePurpose.REGATE}


def request_move(
    tx: Tx,
    actor: Actor,
    bag: str,
    *,
    purpose: MovePurpose,
    to_place: str | None = None,
    zone: Zone | None = None,
    priority: int = 5,
) -> str:
    """Ask for a bag to be carried to a shared place, or to a free slot of a zone, and return the task's id.

    The slot is chosen and reserved here when one is free, else as soon as one becomes free. Asking again for the same
    move returns the open task; priority 0 goes first. Raises NotFound, Invalid, or Conflict when the bag has another
    open move.
    """
    if (to_place is None) == (zone is None):
        raise Invalid("task.target", "A move goes to a place or to a zone")
    state = require(tx.raw, bag)
    open_task = open_task_of(tx.raw, bag)
    if open_task is not None:
        if open_task.purpose is purpose and (to_place is None or open_task.to_place == to_place):
            return open_task.id
        detail = f"Bag {bag} is to be moved already (task {open_task.id}, {open_task.purpose.value})"
        raise Conflict("task.open", detail)
    blocked = frozenset(blocked_devices(tx))
    chosen = None if zone is None else choose_slot(tx.raw, tx.plant, Search(state, zone, tx.now, blocked))
    slot = None if isinstance(chosen, Wait) else chosen
    target = to_place or slot
    source = _UNKNOWN_PLACE if state["place"] is None else str(state["place"])
    way = None if target is None else graph_of(tx.plant).path(source, target)
    wait, detail = (Wait.TURN, way[0].device) if way else (Wait.NO_WAY, source)
    if isinstance(chosen, Wait) and zone is not None:
        wait, detail = chosen, slot_detail(state, zone)
    task = new_id("tsk")
    tx.raw.execute(
        "INSERT INTO task (id, bag, purpose, zone, from_place, to_place, device, state, priority, attempts, "
        "waits, waits_detail, not_before_us, created_us) VALUES (?,?,?,?,?,?,?,'waiting',?,0,?,?,0,?)",
        (
            *(task, bag, purpose.value, None if zone is None else zone.value, source, target),
            *(way[0].device if way else None, priority, wait.value, detail, to_us(tx.now)),
        ),
    )
    if slot is not None:
        claims.claim_slot(tx.raw, task, slot)
    data = {"bag": bag, "purpose": purpose.value, "from": source, "to": target}
    tx.record("move.requested", actor=actor, subject=task, data=data)
    tx.notify("task", task)
    return task


def cancel_move(tx: Tx, actor: Actor, task: str, reason: str) -> None:
    """Take an open task back and free what it had reserved. Raises NotFound, Conflict when it has ended.

    A machine that is already carrying the bag reports where it put it; that report is followed like any other.
    """
    current = require_task(tx.raw, task)
    if current.state not in OPEN:
        raise Conflict("task.ended", f"Task {task} has ended ({current.state.value})")
    end_task(tx, actor, current, TaskState.CANCELLED, reason)


def end_task(
    tx: Tx, actor: Actor, task: Task, state: TaskState, reason: str = "", *, at: datetime | None = None
) -> Task:
    """Close a task, whatever its machine still says later, and return it closed; ``at``: when the bag arrived.

    The end of a pick or of a return to the gate is told to outbound, unless it was taken back. A task that failed
    says as its `from_place` where the bag was left.
    """
    steps.finish(tx, task.id, state)
    place = require(tx.raw, task.bag)["place"]
    source = str(place) if state is TaskState.FAILED and place is not None else task.from_place
    tx.raw.execute(
        "UPDATE task SET state = ?, ended_us = ?, from_place = ?, waits = NULL, waits_detail = ? WHERE id = ?",
        (state.value, to_us(tx.now), source, reason, task.id),
    )
    tx.record(f"move.{state.value}", actor=actor, subject=task.id, data={"bag": task.bag, "reason": reason})
    tx.notify("task", task.id)
    ended = require_task(tx.raw, task.id)
    if task.purpose in _OF_OUTBOUND and state is not TaskState.CANCELLED:
        tx.hooks.on_move_ended(tx, actor, ended, at or tx.now)
    return ended


def has_arrived(tx: Tx, task: Task, place: str) -> bool:
    """True when a bag at a place needs this move no more: it is the wanted place, or of the wanted zone."""
    return place == task.to_place or (task.zone is not None and zone_at(tx.plant, place) is task.zone)


def set_wait(tx: Tx, task: str, wait: Wait, *detail: str) -> None:
    """Say what an open task waits for; screens are told only when that changes."""
    changed = tx.raw.execute(
        "UPDATE task SET waits = ?1, waits_detail = ?2 "
        "WHERE id = ?3 AND (waits IS DISTINCT FROM ?1 OR waits_detail <> ?2)",
        (wait.value, "; ".join(detail), task),
    )
    if changed.rowcount:
        tx.notify("task", task)


def set_state(tx: Tx, task: str, state: TaskState, device: str | None) -> None:
    """Note whether a machine has a task now, and which machine is next."""
    tx.raw.execute("UPDATE task SET state = ?, device = ? WHERE id = ?", (state.value, device, task))
    tx.notify("task", task)


def slot_detail(state: BagState, zone: Zone) -> str:
    """What a slot is missing for, as the detail of `Wait.SLOT` and `Wait.ALONE`."""
    return f"{zone.value}; {state['component']}; {state['donation_type']}"


def require_task(raw: Driver, task: str) -> Task:
    """The task of that id; raises NotFound."""
    row = raw.execute(f"{SELECT_TASK} WHERE id = ?", (task,)).fetchone()
    if row is None:
        raise NotFound("task.unknown", f"There is no task {task}")
    return task_of(row)


def open_task_of(raw: Driver, bag: str) -> Task | None:
    """The open task of a bag, if any; there is never more than one."""
    row = raw.execute(f"{SELECT_TASK} WHERE bag = ? AND state IN ('waiting', 'sent')", (bag,)).fetchone()
    return None if row is None else task_of(row)


def task_of(row: Sequence[Any]) -> Task:
    """A task from a row of `SELECT_TASK`."""
    return Task(
        id=row[0],
        bag=row[1],
        purpose=MovePurpose(row[2]),
        zone=None if row[3] is None else Zone(row[3]),
        from_place=row[4],
        to_place=row[5],
        device=row[6],
        state=TaskState(row[7]),
        priority=row[8],
        attempts=row[9],
        waits=None if row[10] is None else Wait(row[10]),
        waits_detail=row[11],
        created_at=from_us(row[12]),
        ended_at=from_us_or_none(row[13]),
    )
