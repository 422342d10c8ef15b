"""Preparation orders and batches as the screens show them (docs/interfaces.md 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from blood.operations import Operation
from plant.model import Plant
from wms.errors import Invalid, NotFound
from wms.machines.records import BatchRecord, UnitRecord, decode_record
from wms.preparation.orders import SELECT, PreparationOrder, PrepState, order_from
from wms.preparation.recipes import operations_of, robots_for
from wms.preparation.sentences import sentence
from wms.store.database import driver_of
from wms.store.metadata import from_us, from_us_or_none

_LIMIT: Final = 200
_BATCH: Final = "SELECT id, kind, recipe, device, state, record, created_us, ended_us FROM batch"


@dataclass(frozen=True, slots=True)
class RecipeView:
    """What can be ordered: the operation with its rules, and the robots that can do it."""

    operation: Operation
    robots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreparationOrderView:
    """One order with what it waits for and why it was made, in words."""

    id: str
    recipe: str
    component: str
    group: str | None
    quantity: int
    state: str
    made: int
    held: int
    waits_en: str | None
    waits_zh: str | None
    why_en: str
    why_zh: str
    batches: tuple[str, ...]
    bags: tuple[str, ...]
    created_at: datetime
    created_by: str
    for_order: str | None


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch with its units and, when it was frozen, its curve; no units before its report is in."""

    id: str
    kind: str
    recipe: str | None
    device: str
    state: str
    bags: tuple[str, ...]
    units: tuple[UnitRecord, ...]
    curve: tuple[tuple[float, float], ...]
    minutes_to_target: float | None
    target_c: float | None
    started_at: datetime | None
    ended_at: datetime | None


def recipes(plant: Plant) -> tuple[RecipeView, ...]:
    """Everything that can be ordered at this site."""
    return tuple(
        RecipeView(one, tuple(robot.id for robot in robots_for(plant, one.recipe.value)))
        for one in operations_of(plant)
    )


def orders(
    conn: Connection, plant: Plant, *, state: str | None = None, limit: int = _LIMIT
) -> tuple[PreparationOrderView, ...]:
    """Orders in one state, or all open ones for None, oldest first; ended ones newest first. Raises Invalid."""
    raw = driver_of(conn)
    if state is None:
        rows = raw.execute(f"{SELECT} WHERE ended_us IS NULL ORDER BY created_us, id LIMIT ?", (limit,))
    elif state in set(PrepState):
        rows = raw.execute(f"{SELECT} WHERE state = ? ORDER BY created_us DESC, id LIMIT ?", (state, limit))
    else:
        raise Invalid("state", f"An order is {', '.join(PrepState)}; not {state}")
    return tuple(_view(conn, plant, order_from(row)) for row in rows.fetchall())


def order(conn: Connection, plant: Plant, order_id: str) -> PreparationOrderView:
    """One order; raises NotFound."""
    row = driver_of(conn).execute(f"{SELECT} WHERE id = ?", (order_id,)).fetchone()
    if row is None:
        raise NotFound("preparation.unknown", f"There is no preparation order {order_id}")
    return _view(conn, plant, order_from(row))


def batches(conn: Connection, *, device: str | None = None, limit: int = _LIMIT) -> tuple[BatchView, ...]:
    """Batches, newest first, of one machine or of all."""
    rows = driver_of(conn).execute(
        f"{_BATCH} WHERE device = coalesce(?1, device) ORDER BY created_us DESC, id LIMIT ?2", (device, limit)
    )
    return tuple(_batch(conn, row) for row in rows.fetchall())


def batch(conn: Connection, batch_id: str) -> BatchView:
    """One batch; raises NotFound."""
    row = driver_of(conn).execute(f"{_BATCH} WHERE id = ?", (batch_id,)).fetchone()
    if row is None:
        raise NotFound("batch.unknown", f"There is no batch {batch_id}")
    return _batch(conn, row)


def _batch(conn: Connection, row: tuple[Any, ...]) -> BatchView:
    batch_id, kind, recipe, device, state, record, created, ended = row
    bags = driver_of(conn).execute("SELECT bag FROM batch_bag WHERE batch = ? ORDER BY bag", (batch_id,)).fetchall()
    done = None if record is None else decode_record(record)
    return BatchView(
        id=batch_id,
        kind=kind,
        recipe=recipe,
        device=device,
        state=state,
        bags=tuple(bag for (bag,) in bags),
        units=() if done is None else done.units,
        curve=() if done is None else done.curve,
        minutes_to_target=None if done is None else done.minutes_to_target,
        target_c=None if done is None else done.target_c,
        started_at=_started(done, state, created),
        ended_at=from_us_or_none(ended) if done is None else done.ended_at,
    )


def _started(done: BatchRecord | None, state: str, created: int) -> datetime | None:
    """As the machine reported; before that, the time at which it was asked, once it has accepted."""
    if done is not None:
        return done.started_at
    return from_us(created) if state == "accepted" else None


def _view(conn: Connection, plant: Plant, one: PreparationOrder) -> PreparationOrderView:
    raw = driver_of(conn)
    made_in = raw.execute("SELECT id FROM batch WHERE prep_order = ? ORDER BY created_us, id", (one.id,)).fetchall()
    kept = raw.execute("SELECT id FROM bag WHERE claim = ? ORDER BY id", (one.id,)).fetchall()
    english, chinese = (None, None) if one.waits is None else sentence(one.waits, *_names(plant, one.waits_detail))
    return PreparationOrderView(
        id=one.id,
        recipe=one.recipe,
        component=one.component,
        group=None if one.group is None else one.group.value,
        quantity=one.quantity,
        state=one.state.value,
        made=one.made,
        held=one.held,
        waits_en=english,
        waits_zh=chinese,
        why_en=one.why.en,
        why_zh=one.why.zh,
        batches=tuple(name for (name,) in made_in),
        bags=tuple(name for (name,) in kept),
        created_at=one.created_at,
        created_by=one.created_by,
        for_order=one.for_order,
    )


def _names(plant: Plant, detail: str) -> tuple[str, str]:
    """Names of the machine or of the components in a detail; anything else stays as it is."""
    device = plant.device_by_id.get(detail)
    if device is not None:
        return device.name_en, device.name_zh
    parts = [plant.components.get(part, part) for part in detail.split(", ")]
    english = ", ".join(part if isinstance(part, str) else part.name_en for part in parts)
    chinese = "，".join(part if isinstance(part, str) else part.name_zh for part in parts)
    return english, chinese
