"""Dead letters and edge troubles as people see them (docs/interfaces.md 5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from wms.store.database import driver_of
from wms.store.metadata import from_us


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A fact that waits for somebody; ``raw`` is shown as text, undecodable bytes escaped."""

    id: str
    edge: str
    epoch: str | None
    seq: int | None
    received_real: datetime
    code: str
    detail: str
    raw: str


@dataclass(frozen=True, slots=True)
class EdgeTrouble:
    """A replaced spool, a named loss or two edges with one name, until two people accept it."""

    id: str
    edge: str
    kind: str
    epoch: str
    detail: str
    raised_at: datetime


def dead_letters(conn: Connection, *, limit: int = 200) -> tuple[DeadLetter, ...]:
    """Parked facts that were not applied since, newest first."""
    rows = driver_of(conn).execute(
        "SELECT id, edge, epoch, seq, received_real_us, code, detail, raw FROM dead_letter WHERE applied_us IS NULL "
        "ORDER BY id DESC LIMIT ?",
        (limit,),
    )
    return tuple(
        DeadLetter(letter, edge, epoch, seq, from_us(received), code, detail, raw.decode("utf-8", "backslashreplace"))
        for letter, edge, epoch, seq, received, code, detail, raw in rows
    )


def edge_troubles(conn: Connection) -> tuple[EdgeTrouble, ...]:
    """Troubles that nobody accepted yet, oldest first; each is one alarm."""
    rows = driver_of(conn).execute(
        "SELECT id, edge, kind, epoch, detail, raised_us FROM edge_trouble WHERE accepted_us IS NULL ORDER BY id"
    )
    return tuple(
        EdgeTrouble(trouble, edge, kind, epoch, detail, from_us(raised))
        for trouble, edge, kind, epoch, detail, raised in rows
    )
