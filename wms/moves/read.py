"""Tasks, their steps and what is on the move, as the screens show them (docs/interfaces.md 5 and 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from blood.eligibility import DonationType, Zone
from plant.model import Plant
from wms.bags.read import place_names
from wms.moves import steps
from wms.moves.model import Step, Task, TaskState, Wait
from wms.moves.sentences import sentence
from wms.moves.tasks import SELECT_TASK, task_of
from wms.store.database import driver_of
from wms.store.metadata import from_us

_LIMIT: Final = 500
_ZONES: Final = {
    Zone.QUARANTINE.value: ("quarantine", "待检区"),
    Zone.STOCK.value: ("stock", "合格区"),
    Zone.RETURNED.value: ("returned", "退回区"),
    Zone.NONCONFORMING.value: ("non-conforming", "不合格区"),
}
_KINDS: Final = {
    DonationType.ALLOGENEIC.value: ("allogeneic", "异体"),
    DonationType.AUTOLOGOUS.value: ("autologous", "自体"),
    DonationType.DIRECTED.value: ("directed", "定向"),
    DonationType.BIOHAZARD.value: ("biohazard", "生物危害"),
}
_MOVING: Final = (
    "SELECT task_step.task, task.bag, task_step.device, task_step.from_place, task_step.to_place, sent_us, seconds "
    "FROM task_step JOIN task ON task.id = task_step.task "
    "WHERE task_step.state = 'sent' AND reported_us IS NULL ORDER BY sent_us, task_step.task"
)


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a task: what one machine does in one trip, and the portal that must see the bag."""

    device: str
    from_place: str
    to_place: str
    state: str
    portal: str | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task with its steps and what it waits for in words; one that has not begun has no steps yet."""

    id: str
    kind: str
    purpose: str
    bag: str
    from_place: str
    to_place: str | None
    device: str | None
    state: str
    waits_for_en: str | None
    waits_for_zh: str | None
    created_at: datetime
    ended_at: datetime | None
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class MoveView:
    """A bag that a machine has, or is about to take: since when, and how long that step usually takes."""

    task: str
    bag: str
    device: str
    from_place: str
    to_place: str
    started_at: datetime
    seconds: float


def tasks(
    conn: Connection, plant: Plant, *, state: str | None = None, device: str | None = None, limit: int = _LIMIT
) -> tuple[TaskView, ...]:
    """Tasks in one state, or all open ones for None, most urgent first; ended ones newest first.

    ``device`` keeps those whose present, or first, step is that machine's.
    """
    where, order, values = (
        "state IN (?, ?)",
        "priority, created_us, id",
        [TaskState.WAITING.value, TaskState.SENT.value],
    )
    if state in {TaskState.WAITING.value, TaskState.SENT.value}:
        values = [state, state]
    elif state is not None:
        where, order, values = "state = ?", "ended_us DESC", [state]
    if device is not None:
        where, values = f"{where} AND device = ?", [*values, device]
    raw = driver_of(conn)
    rows = raw.execute(f"{SELECT_TASK} WHERE {where} ORDER BY {order} LIMIT ?", (*values, limit)).fetchall()
    return tuple(view(conn, task_of(row), plant) for row in rows)


def view(conn: Connection, task: Task, plant: Plant) -> TaskView:
    """A task as the screens show it, machines and places by their names."""
    said = None if task.waits is None else sentence(task.waits, *_names(plant, task.waits, task.waits_detail))
    return TaskView(
        id=task.id,
        kind=task.purpose.value,
        purpose=task.purpose.value,
        bag=task.bag,
        from_place=task.from_place,
        to_place=task.to_place,
        device=task.device,
        state=task.state.value,
        waits_for_en=None if said is None else said.en,
        waits_for_zh=None if said is None else said.zh,
        created_at=task.created_at,
        ended_at=task.ended_at,
        steps=tuple(_step_view(step) for step in steps.steps_of(driver_of(conn), task.id)),
    )


def moving(conn: Connection) -> tuple[MoveView, ...]:
    """What machines carry now, the longest under way first."""
    rows = driver_of(conn).execute(_MOVING).fetchall()
    return tuple(
        MoveView(task, bag, device, from_place, to_place, from_us(sent_us), seconds)
        for task, bag, device, from_place, to_place, sent_us, seconds in rows
    )


def _step_view(step: Step) -> StepView:
    return StepView(step.device, step.from_place, step.to_place, step.state.value, step.portal)


def _names(plant: Plant, wait: Wait, detail: str) -> tuple[Sequence[str], Sequence[str]]:
    """The parts of a wait's detail as names in both languages; reasons and ids stay as they are."""
    if wait is Wait.RETRY:
        return (detail,), (detail,)
    parts = [_name(plant, part) for part in detail.split("; ", 2)]
    return [english for english, _ in parts], [chinese for _, chinese in parts]


def _name(plant: Plant, part: str) -> tuple[str, str]:
    device = plant.device_by_id.get(part)
    if device is not None:
        return device.name_en, device.name_zh
    if part in plant.components:
        return plant.components[part].name_en, plant.components[part].name_zh
    portal = next((portal for portal in plant.portals if portal.id == part), None)
    if portal is not None:
        return portal.name_en, portal.name_zh
    return _ZONES.get(part) or _KINDS.get(part) or place_names(plant, part)
