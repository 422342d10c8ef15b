"""Ledger entries as people and programs read them: pages for the API, JSON lines for export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, inspect

from wms.ledger.chain import SELECT_ENTRIES
from wms.ledger.verify import pages
from wms.store.database import Database, driver_of
from wms.store.metadata import from_us


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One sealed entry; ``data`` holds what was recorded and, under ``change``, old and new values of a bag."""

    seq: int
    at: datetime
    at_real: datetime
    actor: str
    station: str
    kind: str
    subject: str
    data: dict[str, Any]
    hash: str


def entries(conn: Connection, *, after: int = 0, limit: int = 100) -> tuple[LedgerEntry, ...]:
    """Entries above a number, oldest first."""
    return tuple(_entry(row) for row in driver_of(conn).execute(SELECT_ENTRIES, (after, limit)))


def entries_of_bag(conn: Connection, bag: str, *, limit: int = 500) -> tuple[LedgerEntry, ...]:
    """Everything the ledger says about one bag, oldest first."""
    rows = driver_of(conn).execute(
        "SELECT seq, at_us, at_real_us, actor, station, kind, subject, bag, data, hash FROM ledger WHERE bag = ? "
        "ORDER BY seq LIMIT ?",
        (bag, limit),
    )
    return tuple(_entry(row) for row in rows)


def export(database: Database, after: int = 0) -> Iterator[bytes]:
    """The ledger as JSON lines (without line ends), oldest first, in one consistent snapshot."""
    with database.read() as connection:
        for row in pages(driver_of(connection), after):
            yield msgspec.json.encode(_entry(row))


def _entry(row: tuple[Any, ...]) -> LedgerEntry:
    seq, at_us, at_real_us, actor, station, kind, subject, _bag, data, digest = row
    content = msgspec.json.decode(data)
    return LedgerEntry(seq, from_us(at_us), from_us(at_real_us), actor, station, kind, subject, content, digest.hex())


def last_recorded_at(conn: Connection) -> datetime | None:
    """Domain time of the newest entry; None while the ledger is empty or its table does not exist yet."""
    if not inspect(conn).has_table("ledger"):
        return None
    (at_us,) = driver_of(conn).execute("SELECT max(at_us) FROM ledger").fetchone()
    return None if at_us is None else from_us(at_us)
