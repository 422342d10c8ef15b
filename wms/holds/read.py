"""Open holds as people see them (docs/interfaces.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from wms.store.database import driver_of
from wms.store.metadata import from_us


@dataclass(frozen=True, slots=True)
class OpenHold:
    """One open hold, on a bag or on a place."""

    id: str
    reason: str
    opened_at: datetime
    opened_by: str
    place: str | None


def holds_of_bag(conn: Connection, bag: str, place: str | None) -> tuple[OpenHold, ...]:
    """Every open hold that keeps a bag: its own, and those of the places it lies in."""
    rows = driver_of(conn).execute(
        "SELECT id, reason, opened_us, opened_by, place FROM hold WHERE lifted_us IS NULL "
        "AND (bag = ?1 OR (place IS NOT NULL AND instr(?2 || '/', place || '/') = 1)) ORDER BY id",
        (bag, place or ""),
    )
    return tuple(OpenHold(hold, reason, from_us(opened), by, where) for hold, reason, opened, by, where in rows)
