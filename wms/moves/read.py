"""Tasks as the screens show them (docs/interfaces.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from blood.eligibility import Zone
from plant.model import Plant
from wms.bags.read import place_names
from wms.moves.model import Task, TaskState
from wms.moves.sentences import sentence
from wms.moves.tasks import SELECT_TASK, task_of
from wms.store.database import driver_of

_LIMIT: Final = 500
_ZONES: Final = {
    Zone.QUARANTINE.value: ("quarantine", "待检区"),
    Zone.STOCK.value: ("stock", "合格区"),
    Zone.RETURNED.value: ("returned", "退回区"),
    Zone.NONCONFORMING.value: ("non-conforming", "不合格区"),
}


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task with what it waits for in words."""

    id: str
    kind: str
    bag: str
    from_place: str
    to_place: str | None
    device: str | None
    state: str
    waits_for_en: str | None
    waits_for_zh: str | None
    created_at: datetime
    ended_at: datetime | None


def tasks(conn: Connection, plant: Plant, *, state: str | None = None, limit: int = _LIMIT) -> tuple[TaskView, ...]:
    """Tasks in one state, or all open ones for None, most urgent first; ended ones newest first."""
    if state is None or state in {TaskState.WAITING.value, TaskState.SENT.value}:
        states = (state, state) if state else (TaskState.WAITING.value, TaskState.SENT.value)
        rows = driver_of(conn).execute(
            f"{SELECT_TASK} WHERE state IN (?, ?) ORDER BY priority, created_us, id LIMIT ?", (*states, limit)
        )
    else:
        rows = driver_of(conn).execute(f"{SELECT_TASK} WHERE state = ? ORDER BY ended_us DESC LIMIT ?", (state, limit))
    return tuple(view(task_of(row), plant) for row in rows)


def view(task: Task, plant: Plant) -> TaskView:
    """A task as the screens show it, machines and places by their names."""
    names = _names(plant, task.waits_detail)
    english, chinese = (None, None) if task.waits is None else sentence(task.waits, *names)
    return TaskView(
        id=task.id,
        kind=task.purpose.value,
        bag=task.bag,
        from_place=task.from_place,
        to_place=task.to_place,
        device=task.device,
        state=task.state.value,
        waits_for_en=english,
        waits_for_zh=chinese,
        created_at=task.created_at,
        ended_at=task.ended_at,
    )


def _names(plant: Plant, detail: str) -> tuple[str, str]:
    """The names of a device, a place, or a zone and component in both languages; a reason stays as it is."""
    device = plant.device_by_id.get(detail)
    if device is not None:
        return device.name_en, device.name_zh
    zone, _, component = detail.partition(", ")
    if zone in _ZONES and component in plant.components:
        english, chinese = _ZONES[zone]
        made = plant.components[component]
        return f"{english}, {made.name_en}", f"{chinese}，{made.name_zh}"
    return place_names(plant, detail)
