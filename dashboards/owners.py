"""Whose orders, shipments, trips and returns are: the live stream tells a hospital of its own and of nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from sqlalchemy import Column, select

from wms.orders.tables import order
from wms.outbound.tables import shipment
from wms.recall.holders import HolderKind
from wms.recall.tables import recall_notice
from wms.registries.tables import request
from wms.store.database import Database
from wms.transport.tables import hospital_return, trip_stop

_REMEMBERED: Final = 20_000
_ONE_HOSPITAL: Final = {"order": order, "shipment": shipment, "return": hospital_return, "registry": request}
NOBODY: Final[frozenset[str]] = frozenset()


def owners_in(database: Database) -> Callable[[str, str], frozenset[str]]:
    """A function from topic and key to the ids of the hospitals it concerns; none for what belongs to none or is gone.

    An order never changes its hospital, so that answer is remembered; a trip may get another stop, a recall another
    holder.
    """

    def hospitals(column: Column[str], where: Column[str], key: str) -> frozenset[str]:
        with database.read() as connection:
            return frozenset(connection.execute(select(column).where(where == key)).scalars())

    @lru_cache(maxsize=_REMEMBERED)
    def of_one(topic: str, key: str) -> frozenset[str]:
        table = _ONE_HOSPITAL[topic]
        return hospitals(table.c.hospital, table.c.id, key)

    def owners(topic: str, key: str) -> frozenset[str]:
        if topic == "custody":
            return frozenset({key})
        if topic == "recall":
            return _told_of(database, key)
        if topic == "trip":
            return hospitals(trip_stop.c.hospital, trip_stop.c.trip, key)
        return of_one(topic, key) if topic in _ONE_HOSPITAL else NOBODY

    return owners


def _told_of(database: Database, recall: str) -> frozenset[str]:
    """The hospitals that were told of a recall."""
    told = (recall_notice.c.recall == recall) & (recall_notice.c.kind == HolderKind.HOSPITAL.value)
    with database.read() as connection:
        return frozenset(connection.execute(select(recall_notice.c.holder).where(told)).scalars())
