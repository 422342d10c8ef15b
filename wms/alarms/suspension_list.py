"""Suspensions as screens list them: those that last, and those that ended within a day, by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, select

from plant.model import Plant
from wms.alarms.suspension import Suspension, names, suspension_of
from wms.alarms.tables import suspension
from wms.errors import NotFound
from wms.store.metadata import to_us

_SHOWN_AFTER: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedSuspension(Suspension):
    """A suspension with the name of what it suspends."""

    name_en: str
    name_zh: str


def list_suspensions(
    conn: Connection, plant: Plant, now: datetime, *, over: bool = True
) -> tuple[NamedSuspension, ...]:
    """Those that last, the next to end first; then, with ``over``, those that ended within a day."""
    query = select(suspension)
    if over:
        recent = suspension.c.ended_us >= to_us(now - _SHOWN_AFTER)
        query = query.where(suspension.c.ended_us.is_(None) | recent)
    else:
        query = query.where(suspension.c.ended_us.is_(None))
    found = [_named(plant, suspension_of(row)) for row in conn.execute(query).mappings()]
    return tuple(sorted(found, key=lambda one: (one.ended_at is not None, one.until, one.id)))


def one_suspension(conn: Connection, plant: Plant, suspension_id: str) -> NamedSuspension:
    """One of them; raises NotFound."""
    row = conn.execute(select(suspension).where(suspension.c.id == suspension_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("suspension_unknown", f"There is no suspension {suspension_id}")
    return _named(plant, suspension_of(row))


def _named(plant: Plant, one: Suspension) -> NamedSuspension:
    name_en, name_zh = names(plant, one)
    return NamedSuspension(
        **{field: getattr(one, field) for field in Suspension.__slots__}, name_en=name_en, name_zh=name_zh
    )
