"""Since when readings are still needed: until a bag has left with its passport sealed, its history is not dropped."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from wms.store.database import driver_of

_OLDEST: Final = (
    "SELECT min(stay.from_us) FROM stay JOIN bag ON bag.id = stay.bag "
    "WHERE bag.ended_us IS NULL AND NOT EXISTS (SELECT 1 FROM sealed_passport AS kept WHERE kept.bag = bag.id)"
)


def oldest_needed(conn: Connection) -> int | None:
    """When the oldest stay of a bag without a sealed passport began (us since 1970); None: there is none."""
    (oldest,) = driver_of(conn).execute(_OLDEST).fetchone()
    return None if oldest is None else int(oldest)
