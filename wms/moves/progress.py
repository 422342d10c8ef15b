"""How a task goes on: a step is done, or the bag turned up somewhere; and what nobody reported in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from wms.bags.commands import move_to
from wms.bags.projection import require
from wms.moves import steps
from wms.moves.model import Step, Task, TaskState, Wait
from wms.moves.tasks import COLUMN_COUNT, COLUMNS, end_task, has_arrived, set_state, set_wait, task_of
from wms.moves.trips import forget_void
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

PORTAL_PATIENCE: Final = timedelta(minutes=10)
"""Domain time after a carrier's report for which the portal's crossing may still be under way."""
PORTAL_PATIENCE_REAL: Final = timedelta(seconds=15)
"""The same in real time, for a clock that runs fast while facts travel in real time."""
REPORT_PATIENCE: Final = timedelta(minutes=10)
"""Domain time beyond the usual for which a report may still come when the machine's edge has lost some."""
_SENT: Final = (
    f"SELECT {COLUMNS}, {steps.COLUMNS}, bag.place FROM task_step JOIN task ON task.id = task_step.task "  # noqa: S608
    "JOIN bag ON bag.id = task.bag WHERE task_step.state = 'sent' AND task.state = 'sent' "
)
_FOUND: Final = (
    f"{_SENT} AND bag.place IS NOT NULL AND bag.place <> "
    "CASE WHEN reported_us IS NULL THEN task_step.from_place ELSE task_step.to_place END"
)
_UNCROSSED: Final = f"{_SENT} AND reported_us <= ? AND reported_real_us <= ?"
_LOST: Final = (
    f"{_SENT} AND reported_us IS NULL AND EXISTS (SELECT 1 FROM edge_trouble WHERE edge = ? "  # noqa: S608 - as above
    "AND kind IN ('lost', 'replaced') AND raised_us >= sent_us AND raised_us <= ?) "
    "AND sent_us + CAST(2000000 * seconds AS INTEGER) <= ?"
)


def step_done(tx: Tx, actor: Actor, task: Task, step: Step, at: datetime) -> Task:
    """A step is complete; the task waits for the machine of the next one, or is done."""
    steps.has_gone(tx, (step,), at)
    rest = steps.open_steps(tx.raw, task.id)
    if not rest:
        return end_task(tx, actor, task, TaskState.DONE, at=at)
    _go_on(tx, task, rest[0].device)
    return task


def found_at(tx: Tx, actor: Actor, task: Task, place: str, at: datetime, reason: str = "") -> Task:
    """The bag of an open task is known to be at ``place``, whoever brought it there.

    It has arrived, it is further on its way, or its way begins anew from where it is.
    """
    steps.call_off(tx, task.id)
    rest = steps.open_steps(tx.raw, task.id)
    if has_arrived(tx, task, place):
        steps.has_gone(tx, rest, at)
        return end_task(tx, actor, task, TaskState.DONE, reason, at=at)
    passed = next((index for index, step in enumerate(rest, 1) if step.to_place == place), 0)
    if passed:
        steps.has_gone(tx, rest[:passed], at)
        _go_on(tx, task, rest[passed].device)
    else:
        steps.abandon(tx, task.id)
        _go_on(tx, task, None)
    return task


def settle(tx: Tx, actor: Actor) -> None:
    """Follow what was observed of bags that machines have, and ask where those are that nobody accounts for."""
    for task, _, place in _rows(tx, _FOUND):
        found_at(tx, actor, task, place, tx.now)
    late, late_real = to_us(tx.now - PORTAL_PATIENCE), to_us(tx.real_now - PORTAL_PATIENCE_REAL)
    for task, step, _ in _rows(tx, _UNCROSSED, late, late_real):
        unseen(tx, actor, task, step, str(step.portal))
    overdue = to_us(tx.now - REPORT_PATIENCE)
    for edge in {tx.plant.edge_by_device[device] for device in _devices_with_trips(tx)}:
        for task, step, _ in _rows(tx, _LOST, edge, overdue, overdue):
            if tx.plant.edge_by_device[step.device] == edge:
                unseen(tx, actor, task, step, step.device)
    forget_void(tx)


def unseen(tx: Tx, actor: Actor, task: Task, step: Step, witness: str) -> None:
    """What should have confirmed a step (a portal, a machine) did not: nobody knows where the bag is until it is read.

    The task keeps its claims and waits; an alarm stands as long as it does.
    """
    steps.did_not(tx, step)
    if step.reported_at is not None:
        steps.note_report(tx, step, step.reported_at)
    tx.raw.execute("UPDATE task SET state = 'waiting' WHERE id = ?", (task.id,))
    set_wait(tx, task.id, Wait.UNSEEN, witness)
    data = {"task": task.id, "witness": witness, "expected": step.to_place}
    if require(tx.raw, task.bag)["place"] is not None:
        move_to(tx, actor, task.bag, None, tx.now, kind="bag.unseen", data=data)
    tx.notify("task", task.id)


def _go_on(tx: Tx, task: Task, device: str | None) -> None:
    """The bag moved: what failed before counts no more."""
    tx.raw.execute("UPDATE task SET attempts = 0, not_before_us = 0 WHERE id = ?", (task.id,))
    set_state(tx, task.id, TaskState.WAITING, device)
    set_wait(tx, task.id, Wait.TURN, *([] if device is None else [device]))


def _devices_with_trips(tx: Tx) -> Sequence[str]:
    return [device for (device,) in tx.raw.execute("SELECT DISTINCT device FROM carrier_trip WHERE ended_us IS NULL")]


def _rows(tx: Tx, query: str, *values: object) -> list[tuple[Task, Step, str]]:
    rows = tx.raw.execute(query, values).fetchall()
    return [(task_of(row), steps.step_of(row[COLUMN_COUNT:-1]), row[-1]) for row in rows]
