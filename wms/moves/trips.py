"""Trips of carriers: sending one with its loads, following the answer to it, and trying again what was not done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from plc_bridge.messages import Carry, CommandAnswered, CommandOutcome, Load
from runtime.ids import new_id
from wms.moves import steps
from wms.moves.availability import RETRY_AFTER
from wms.moves.model import Step, StepState, Task, TaskState, TripState, Wait
from wms.moves.tasks import OPEN, end_task, require_task, set_wait
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

COMMAND_VALID_S: Final = 20.0
"""Real seconds in which a carrier must have taken a trip; a later start could meet a changed world."""
VOID_AFTER: Final = timedelta(seconds=30)
"""Real time behind the deadline of a withdrawn command after which nothing of it can begin any more."""
MAX_ATTEMPTS: Final = 3
"""Attempts before a move is left to people."""
_ON_TRIP: Final = f"SELECT {steps.COLUMNS} FROM task_step WHERE trip = ? AND state = 'sent'"  # noqa: S608 - columns
_VOID: Final = (
    "SELECT carrier_trip.id FROM carrier_trip JOIN machine_command ON machine_command.id = carrier_trip.command "
    "WHERE carrier_trip.ended_us IS NULL AND carrier_trip.state = 'open' AND machine_command.state = 'withdrawn' "
    "AND deadline_real_us < ?"
)


@dataclass(slots=True)
class Trip:
    """A trip being put together: loads that share machine, beginning and end (as the routes know them)."""

    device: str
    from_node: str
    to_node: str
    limit: int
    loads: list[tuple[Step, str, str]] = field(default_factory=list)
    """Step, bag and tag of each load."""

    def takes(self, from_node: str, to_node: str) -> bool:
        """True when one more load of this kind fits on the trip."""
        return (self.from_node, self.to_node) == (from_node, to_node) and len(self.loads) < self.limit


def busy_devices(tx: Tx) -> set[str]:
    """Carriers that have a trip: each makes one at a time."""
    return {device for (device,) in tx.raw.execute("SELECT device FROM carrier_trip WHERE ended_us IS NULL")}


def send(tx: Tx, trip: Trip) -> None:
    """Ask a carrier to make a trip."""
    name = new_id("trp")
    loads = tuple(
        Load(task=step.task, bag=bag, epc=epc, from_place=step.from_place, to_place=step.to_place)
        for step, bag, epc in trip.loads
    )
    command = tx.command(trip.device, Carry(trip=name, loads=loads), valid_s=COMMAND_VALID_S)
    now = to_us(tx.now)
    tx.raw.execute(
        "INSERT INTO carrier_trip (id, device, command, state, fault, sent_us) VALUES (?,?,?,?,'',?)",
        (name, trip.device, command, TripState.OPEN.value, now),
    )
    for step, _, _ in trip.loads:
        tx.raw.execute(
            "UPDATE task_step SET state = 'sent', trip = ?, sent_us = ?, reported_us = NULL, reported_real_us = NULL, "
            "crossed_us = NULL WHERE task = ? AND n = ?",
            (name, now, step.task, step.n),
        )
        tx.raw.execute(
            "UPDATE task SET state = 'sent', device = ?1, waits = 'machine', waits_detail = ?1 WHERE id = ?2",
            (trip.device, step.task),
        )
        tx.notify("task", step.task)


def answered(tx: Tx, actor: Actor, answer: CommandAnswered) -> None:
    """Follow a carrier's answer: what was not executed is tried again as a new trip, what is unknown is read back."""
    row = tx.raw.execute(
        "SELECT id FROM carrier_trip WHERE command = ? AND ended_us IS NULL", (answer.command,)
    ).fetchone()
    if row is None:
        return
    loads = _loads(tx, row[0])
    if answer.outcome is CommandOutcome.ACCEPTED:
        tx.raw.execute("UPDATE carrier_trip SET state = ? WHERE id = ?", (TripState.ACCEPTED.value, row[0]))
    if answer.outcome in {CommandOutcome.ACCEPTED, CommandOutcome.UNKNOWN}:
        wait = Wait.MACHINE if answer.outcome is CommandOutcome.ACCEPTED else Wait.READ_BACK
        for step in loads:
            if step.reported_at is None and require_task(tx.raw, step.task).state in OPEN:
                set_wait(tx, step.task, wait, answer.device)
        return
    expired = answer.outcome is CommandOutcome.EXPIRED
    fault = answer.detail or ("it did not take it in time" if expired else "it refused")
    tx.raw.execute("UPDATE carrier_trip SET fault = ? WHERE id = ?", (fault, row[0]))
    for step in loads:
        task = require_task(tx.raw, step.task)
        if task.state not in OPEN:
            steps.settle_ended(tx, step, StepState.FAILED)
        elif expired:
            _wait_again(tx, task, step, fault, attempts=task.attempts)
        else:
            _try_again(tx, actor, task, step, fault)


def forget_void(tx: Tx) -> None:
    """Trips that were withdrawn before any machine took them, and that none can begin any more, hold no room."""
    for (trip,) in tx.raw.execute(_VOID, (to_us(tx.real_now - VOID_AFTER),)).fetchall():
        for step in _loads(tx, trip):
            steps.settle_ended(tx, step, StepState.FAILED)
        tx.raw.execute(
            "UPDATE carrier_trip SET state = ?, ended_us = ? WHERE id = ? AND ended_us IS NULL",
            (TripState.ENDED.value, to_us(tx.now), trip),
        )


def retry_later(tx: Tx, actor: Actor, task: Task, step: Step, reason: str) -> None:
    """A machine tried and could not: the same again a little later, left to people after `MAX_ATTEMPTS`."""
    tx.raw.execute("UPDATE task SET not_before_us = ? WHERE id = ?", (to_us(tx.now + RETRY_AFTER), task.id))
    _try_again(tx, actor, task, step, reason)


def _try_again(tx: Tx, actor: Actor, task: Task, step: Step, reason: str) -> None:
    if task.attempts + 1 < MAX_ATTEMPTS:
        _wait_again(tx, task, step, reason, attempts=task.attempts + 1)
    else:
        steps.did_not(tx, step)
        end_task(tx, actor, task, TaskState.FAILED, reason)


def _wait_again(tx: Tx, task: Task, step: Step, reason: str, *, attempts: int) -> None:
    """A step is to be done again, by a new trip; its machine is not asked for a while, another one may be."""
    steps.did_not(tx, step)
    tx.raw.execute("UPDATE task SET state = 'waiting', attempts = ? WHERE id = ?", (attempts, task.id))
    set_wait(tx, task.id, Wait.RETRY, reason)
    tx.notify("task", task.id)


def _loads(tx: Tx, trip: str) -> Sequence[Step]:
    return [steps.step_of(row) for row in tx.raw.execute(_ON_TRIP, (trip,)).fetchall()]
