"""Giving waiting tasks to cranes: one at a time each, most urgent first, with a reason for each that still waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from blood.eligibility import Act, Purpose, Zone, eligibility
from plant.model import DeviceKind
from plc_bridge.messages import CommandAnswered, CommandOutcome, MoveBag
from wms.bags.facts import facts_of, zone_at
from wms.bags.projection import BagState, require
from wms.moves.model import MovePurpose, Task, TaskState, Wait
from wms.moves.slots import choose_slot, crane_for
from wms.moves.tasks import SELECT_TASK, cancel_move, end_task, set_wait, task_of
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

COMMAND_VALID_S: Final = 20.0
"""Real seconds in which a crane must have taken a command; a later start could meet a changed world."""
RETRY_AFTER: Final = timedelta(seconds=60)
"""Domain time before a failed move is tried again."""
MAX_ATTEMPTS: Final = 3
"""Attempts before a move is left to people."""
_LOOK_AHEAD: Final = 50
_TURN: Final = "ORDER BY priority, coalesce(waits, '') IN ('slot', 'no_crane', 'bag_away'), created_us, id"
"""What nobody could carry out at the last look comes after its equals: it must not fill the look-ahead for ever."""


def dispatch_waiting(tx: Tx, actor: Actor) -> None:
    """Send the most urgent possible task to each idle crane, and say for the others what they wait for."""
    busy = {device for (device,) in tx.raw.execute("SELECT device FROM task WHERE state = 'sent'")}
    rows = tx.raw.execute(
        f"{SELECT_TASK} WHERE state = 'waiting' AND not_before_us <= ? {_TURN} LIMIT ?",
        (to_us(tx.now), _LOOK_AHEAD * sum(device.kind is DeviceKind.CRANE for device in tx.plant.devices)),
    ).fetchall()
    for task in map(task_of, rows):
        device = _prepare(tx, actor, task, busy)
        if device is not None:
            busy.add(device)


def _prepare(tx: Tx, actor: Actor, task: Task, busy: set[str]) -> str | None:
    state = require(tx.raw, task.bag)
    if state["place"] is None:
        set_wait(tx, task.id, Wait.BAG_AWAY, task.bag)
        return None
    place = str(state["place"])
    (zone,) = tx.raw.execute("SELECT zone FROM task WHERE id = ?", (task.id,)).fetchone()
    if place == task.to_place or (zone is not None and zone_at(tx.plant, place) is Zone(zone)):
        end_task(tx, actor, task, TaskState.DONE, "it lies there already")
        return None
    target = task.to_place or _reserve(tx, task, state, zone)
    if target is None:
        return None
    device = crane_for(tx.plant, tx.plant.components[str(state["component"])], place, target)
    if device is None or state["epc"] is None:
        set_wait(tx, task.id, Wait.NO_CRANE, place)
    elif device in busy:
        set_wait(tx, task.id, Wait.TURN, device)
    elif task.purpose is MovePurpose.PICK and (reasons := why_not_pick(tx, task.bag)):
        cancel_move(tx, actor, task.id, reasons)
    else:
        _send(tx, task, place, target, device, str(state["epc"]))
        return device
    return None


def why_not_pick(tx: Tx, bag: str) -> str:
    """Every reason why a bag must not be taken from its shelf for its order now, in words; empty when it may.

    Asked when somebody really goes for the bag: it may have become unfit since the pick was asked for, and at the gate
    nobody can see any more that the place which it came from is too warm.
    """
    facts = facts_of(tx, bag)
    reasons = eligibility(facts, Purpose(Act.PICK, order_line=facts.order_line), tx.now)
    return "; ".join(f"{reason.code.value}: {reason.detail}" for reason in reasons)


def _reserve(tx: Tx, task: Task, state: BagState, zone: str) -> str | None:
    component = tx.plant.components[str(state["component"])]
    slot = choose_slot(tx.raw, tx.plant, component, Zone(zone))
    if slot is None:
        set_wait(tx, task.id, Wait.SLOT, f"{zone}, {component.key}")
        return None
    tx.raw.execute("UPDATE task SET slot = ?1, to_place = ?1 WHERE id = ?2", (slot, task.id))
    return slot


def _send(tx: Tx, task: Task, from_place: str, to_place: str, device: str, epc: str) -> None:
    message = MoveBag(task=task.id, bag=task.bag, epc=epc, from_place=from_place, to_place=to_place)
    command = tx.command(device, message, valid_s=COMMAND_VALID_S)
    tx.raw.execute(
        "UPDATE task SET state = 'sent', command = ?, device = ?, from_place = ? WHERE id = ?",
        (command, device, from_place, task.id),
    )
    set_wait(tx, task.id, Wait.MACHINE, device)
    tx.notify("task", task.id)


def answered(tx: Tx, actor: Actor, answer: CommandAnswered) -> None:
    """Follow a crane's answer: what was not executed is tried again as a new command, what is unknown is read back."""
    row = tx.raw.execute(f"{SELECT_TASK} WHERE command = ? AND state = 'sent'", (answer.command,)).fetchone()
    if row is None:
        return
    task = task_of(row)
    if answer.outcome is CommandOutcome.UNKNOWN:
        set_wait(tx, task.id, Wait.READ_BACK, answer.device)
    elif answer.outcome is CommandOutcome.ACCEPTED:
        set_wait(tx, task.id, Wait.MACHINE, answer.device)
    elif answer.outcome is CommandOutcome.EXPIRED:
        back_to_waiting(tx, task, answer.detail or "the machine did not take it in time", attempts=task.attempts)
    else:
        retry_or_fail(tx, actor, task, answer.detail)


def retry_or_fail(tx: Tx, actor: Actor, task: Task, reason: str) -> Task:
    """A machine said that it did not do it: try again a little later, or leave it to people after `MAX_ATTEMPTS`."""
    if task.attempts + 1 >= MAX_ATTEMPTS:
        return end_task(tx, actor, task, TaskState.FAILED, reason)
    back_to_waiting(tx, task, reason, attempts=task.attempts + 1)
    return task


def back_to_waiting(tx: Tx, task: Task, reason: str, *, attempts: int) -> None:
    """Put a sent task back into the queue; its next command is a new one."""
    tx.raw.execute(
        "UPDATE task SET state = 'waiting', command = NULL, attempts = ?, not_before_us = ? WHERE id = ?",
        (attempts, to_us(tx.now + RETRY_AFTER), task.id),
    )
    set_wait(tx, task.id, Wait.RETRY, reason)
    tx.notify("task", task.id)
