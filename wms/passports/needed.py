"""Since when readings are still needed: until a bag has left with its passport sealed, its history is not dropped."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from wms.store.database import driver_of

_NEEDED: Final = (
    "SELECT id FROM bag WHERE ended_us IS NULL AND (custody = 'centre' "
    "OR NOT EXISTS (SELECT 1 FROM sealed_passport AS kept WHERE kept.bag = bag.id))"
)
_OLDEST: Final = (
    f"SELECT min(stay.from_us) FROM stay WHERE stay.bag IN ({_NEEDED}) "  # noqa: S608 - constants of this file
    f"OR stay.bag IN (SELECT parent FROM bag_parentage WHERE child IN ({_NEEDED}))"
)


def oldest_needed(conn: Connection) -> int | None:
    """When the oldest stay began (us since 1970) of a bag that is here, or left without a sealed passport; None: none.

    Stays of what such a bag was made of count, too, and so does one that came back: its next passport begins anew.
    """
    (oldest,) = driver_of(conn).execute(_OLDEST).fetchone()
    return None if oldest is None else int(oldest)
