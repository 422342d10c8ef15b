"""Whose an order or a shipment is: the live stream tells a hospital of its own and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from sqlalchemy import select

from wms.orders.tables import order
from wms.outbound.tables import shipment
from wms.store.database import Database

_REMEMBERED: Final = 20_000
_TABLES: Final = {"order": order, "shipment": shipment}


def owner_in(database: Database) -> Callable[[str, str], str | None]:
    """A function from topic and key to the hospital's id; None for what belongs to no hospital or is gone.

    An order never changes its hospital, so answers are remembered.
    """

    @lru_cache(maxsize=_REMEMBERED)
    def owner(topic: str, key: str) -> str | None:
        table = _TABLES.get(topic)
        if table is None:
            return None
        with database.read() as connection:
            return connection.execute(select(table.c.hospital).where(table.c.id == key)).scalar()

    return owner
