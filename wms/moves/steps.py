"""Steps of tasks as rows: written when a task begins, ended one by one as machines, portals or people carry it on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from wms.machines.outbox import CommandState, withdraw
from wms.moves import claims
from wms.moves.graph import Way
from wms.moves.model import Step, StepState, TaskState, TripState
from wms.store.driver import Driver
from wms.store.metadata import from_us_or_none, to_us
from wms.store.tx import Tx

COLUMNS: Final = (
    "task_step.task, n, task_step.device, task_step.from_place, task_step.to_place, seconds, portal, task_step.state, "
    "trip, sent_us, reported_us, crossed_us"
)
_INSERT: Final = (
    "INSERT INTO task_step (task, n, device, from_place, to_place, seconds, portal, state) "
    "VALUES (?,?,?,?,?,?,?,'waiting')"
)
_OF_TASK: Final = f"SELECT {COLUMNS} FROM task_step WHERE task = ? ORDER BY n"  # noqa: S608 - the columns above
_OPEN: Final = (
    f"SELECT {COLUMNS} FROM task_step JOIN task ON task.id = task_step.task "  # noqa: S608 - the columns above
    "WHERE task_step.state = 'waiting' AND task.state = 'waiting' ORDER BY task_step.task, n"
)


def write_steps(tx: Tx, task: str, way: Way) -> list[Step]:
    """Give a task the steps of a way, behind those that it has done."""
    (last,) = tx.raw.execute("SELECT coalesce(max(n), 0) FROM task_step WHERE task = ?", (task,)).fetchone()
    written = []
    for n, leg in enumerate(way, last + 1):
        row = (task, n, leg.device, leg.from_place, leg.to_place, leg.seconds, leg.portal)
        tx.raw.execute(_INSERT, row)
        written.append(Step(*row, StepState.WAITING, None, None, None, None))
    return written


def steps_of(raw: Driver, task: str) -> list[Step]:
    """All steps of a task, in order."""
    return [step_of(row) for row in raw.execute(_OF_TASK, (task,))]


def open_steps(raw: Driver, task: str) -> list[Step]:
    """Steps of a task that are still to be done, in order."""
    return [step for step in steps_of(raw, task) if step.state in {StepState.WAITING, StepState.SENT}]


def sent_step(raw: Driver, task: str) -> Step | None:
    """The step of a task that a machine has now."""
    return next((step for step in open_steps(raw, task) if step.state is StepState.SENT), None)


def waiting_steps(tx: Tx) -> dict[str, list[Step]]:
    """What is still to be done of every task that has begun and that no machine has now."""
    found: dict[str, list[Step]] = {}
    for row in tx.raw.execute(_OPEN):
        step = step_of(row)
        found.setdefault(step.task, []).append(step)
    return found


def bags_on_machines(tx: Tx) -> dict[str, str]:
    """Bag -> machine that has it, or is on its way to it, tasks that were taken back meanwhile included."""
    rows = tx.raw.execute(
        "SELECT task.bag, task_step.device FROM task_step JOIN task ON task.id = task_step.task "
        "WHERE task_step.state = 'sent' AND reported_us IS NULL"
    )
    return dict(rows.fetchall())


def has_gone(tx: Tx, steps: Iterable[Step], at: datetime) -> None:
    """The bag went these steps, whoever carried it: it has left every place that they began at."""
    for step in steps:
        _end(tx, step, StepState.DONE, at)
        claims.leave(tx.raw, step.task, step.from_place)


def call_off(tx: Tx, task: str) -> None:
    """The bag of a task is elsewhere already: its machine is not told again to fetch it."""
    step = sent_step(tx.raw, task)
    if step is not None and step.reported_at is None:
        _withdraw_if_last(tx, step)


def did_not(tx: Tx, step: Step) -> None:
    """A machine did not do a step; it is to be done again."""
    tx.raw.execute(
        "UPDATE task_step SET state = 'waiting', trip = NULL, sent_us = NULL, reported_us = NULL, "
        "reported_real_us = NULL, crossed_us = NULL WHERE task = ? AND n = ?",
        (step.task, step.n),
    )
    _end_trip_if_over(tx, step.trip)


def abandon(tx: Tx, task: str) -> None:
    """The bag does not go on this way: what no machine has yet is forgotten, and so is its room."""
    for step in open_steps(tx.raw, task):
        if step.state is StepState.SENT:
            _end(tx, step, StepState.FAILED, tx.now)
    tx.raw.execute("DELETE FROM task_step WHERE task = ? AND state = 'waiting'", (task,))
    tx.raw.execute("DELETE FROM claim WHERE task = ? AND exclusive = 0", (task,))


def finish(tx: Tx, task: str, state: TaskState) -> None:
    """A task ends: nothing of it is to be done any more, and its claims are free.

    A machine that may have its bag all the same keeps the step, and the room at its end, until it says what it did.
    """
    carried = ""
    for step in open_steps(tx.raw, task):
        if step.state is StepState.WAITING:
            continue
        if step.reported_at is not None:
            _end(tx, step, StepState.DONE if state is TaskState.DONE else StepState.FAILED, tx.now)
        elif _withdraw_if_last(tx, step) is CommandState.QUEUED:
            _end(tx, step, StepState.FAILED, tx.now)
        else:
            carried = step.to_place
    tx.raw.execute("DELETE FROM task_step WHERE task = ? AND state = 'waiting'", (task,))
    claims.give_up(tx.raw, task, but=carried)


def settle_ended(tx: Tx, step: Step, state: StepState) -> None:
    """A machine said what became of a step whose task had ended before: the last room of that task is free."""
    _end(tx, step, state, tx.now)
    claims.give_up(tx.raw, step.task)


def note_report(tx: Tx, step: Step, at: datetime) -> None:
    """The carrier said that it did a step; the portal on the way must still have seen the bag."""
    tx.raw.execute(
        "UPDATE task_step SET reported_us = ?, reported_real_us = ? WHERE task = ? AND n = ?",
        (to_us(at), to_us(tx.real_now), step.task, step.n),
    )
    _end_trip_if_over(tx, step.trip)


def note_crossing(tx: Tx, step: Step, at: datetime) -> None:
    """The portal on the way of a step saw the bag."""
    tx.raw.execute("UPDATE task_step SET crossed_us = ? WHERE task = ? AND n = ?", (to_us(at), step.task, step.n))


def step_of(row: Sequence[Any]) -> Step:
    """A step from a row of `COLUMNS`."""
    task, n, device, from_place, to_place, seconds, portal, state, trip, sent_us, reported_us, crossed_us = row
    instants = (from_us_or_none(sent_us), from_us_or_none(reported_us), from_us_or_none(crossed_us))
    return Step(task, n, device, from_place, to_place, seconds, portal, StepState(state), trip, *instants)


def _end(tx: Tx, step: Step, state: StepState, at: datetime) -> None:
    tx.raw.execute(
        "UPDATE task_step SET state = ?1, reported_us = coalesce(reported_us, ?2) WHERE task = ?3 AND n = ?4",
        (state.value, to_us(at), step.task, step.n),
    )
    _end_trip_if_over(tx, step.trip)


def _withdraw_if_last(tx: Tx, step: Step) -> CommandState | None:
    """Stop repeating a trip's command when nobody waits for any of its loads; returns how far it had got."""
    waited_for = tx.raw.execute(
        "SELECT 1 FROM task_step JOIN task ON task.id = task_step.task WHERE trip = ?1 AND task_step.state = 'sent' "
        "AND task_step.task <> ?2 AND task.state IN ('waiting', 'sent')",
        (step.trip, step.task),
    ).fetchone()
    command = tx.raw.execute(
        "SELECT machine_command.id, machine_command.state FROM machine_command JOIN carrier_trip ON "
        "carrier_trip.command = machine_command.id WHERE carrier_trip.id = ?",
        (step.trip,),
    ).fetchone()
    if waited_for is not None or command is None:
        return None
    withdraw(tx.raw, command[0])
    return CommandState(command[1])


def _end_trip_if_over(tx: Tx, trip: str | None) -> None:
    """A trip is over when every load of it is: the carrier is free for the next."""
    if trip is not None:
        tx.raw.execute(
            "UPDATE carrier_trip SET state = ?1, ended_us = ?2 WHERE id = ?3 AND ended_us IS NULL AND NOT EXISTS "
            "(SELECT 1 FROM task_step WHERE trip = ?3 AND state = 'sent' AND reported_us IS NULL)",
            (TripState.ENDED.value, to_us(tx.now), trip),
        )
