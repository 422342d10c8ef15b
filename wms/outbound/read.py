"""What the screens show of shipments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from blood.eligibility import BagStatus
from wms.bags.tables import bag
from wms.errors import NotFound
from wms.orders.lifecycle import ShipmentState
from wms.orders.tables import order_line, reservation
from wms.outbound.tables import shipment, shipment_bag
from wms.store.metadata import from_us, from_us_or_none


@dataclass(frozen=True, slots=True)
class ShipmentBag:
    """A bag of a shipment."""

    bag: str
    status: BagStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """What leaves together for one hospital; before it leaves its bags are those that the order holds.

    ``lane`` is where it gathers. How it travels is `wms.transport.read.travels`.
    """

    id: str
    order: str
    hospital: str
    state: ShipmentState
    lane: str | None
    bags: tuple[ShipmentBag, ...]
    created_at: datetime
    dispatched_at: datetime | None
    received_at: datetime | None


def list_shipments(
    conn: Connection, *, hospital: str | None = None, state: ShipmentState | None = None, limit: int = 500
) -> tuple[Shipment, ...]:
    """Shipments, newest first."""
    query = select(shipment).order_by(shipment.c.created_us.desc(), shipment.c.id.desc()).limit(limit)
    if hospital is not None:
        query = query.where(shipment.c.hospital == hospital)
    if state is not None:
        query = query.where(shipment.c.state == state.value)
    return _shipments(conn, conn.execute(query).mappings().all())


def one_shipment(conn: Connection, shipment_id: str) -> Shipment:
    """One shipment; raises NotFound."""
    rows = conn.execute(select(shipment).where(shipment.c.id == shipment_id)).mappings().all()
    if not rows:
        raise NotFound("shipment_unknown", f"There is no shipment {shipment_id}")
    return _shipments(conn, rows)[0]


def _shipments(conn: Connection, rows: Sequence[RowMapping]) -> tuple[Shipment, ...]:
    left = _left(conn, [row["id"] for row in rows])
    held = _held(conn, [row["order_id"] for row in rows])
    return tuple(
        Shipment(
            id=row["id"],
            order=row["order_id"],
            hospital=row["hospital"],
            state=ShipmentState(row["state"]),
            lane=row["lane"],
            bags=tuple(left.get(row["id"]) or held.get(row["order_id"], [])),
            created_at=from_us(row["created_us"]),
            dispatched_at=from_us_or_none(row["dispatched_us"]),
            received_at=from_us_or_none(row["received_us"]),
        )
        for row in rows
    )


def _left(conn: Connection, shipments: Sequence[str]) -> Mapping[str, list[ShipmentBag]]:
    query = (
        select(shipment_bag.c.shipment, shipment_bag.c.bag, bag.c.status)
        .join(bag, bag.c.id == shipment_bag.c.bag)
        .where(shipment_bag.c.shipment.in_(shipments))
        .order_by(shipment_bag.c.bag)
    )
    found: dict[str, list[ShipmentBag]] = {}
    for row in conn.execute(query):
        found.setdefault(row.shipment, []).append(ShipmentBag(row.bag, BagStatus(row.status)))
    return found


def _held(conn: Connection, orders: Sequence[str]) -> Mapping[str, list[ShipmentBag]]:
    query = (
        select(order_line.c.order_id, reservation.c.bag, bag.c.status)
        .join(order_line, order_line.c.id == reservation.c.line)
        .join(bag, bag.c.id == reservation.c.bag)
        .where(order_line.c.order_id.in_(orders), reservation.c.ended_us.is_(None))
        .order_by(reservation.c.id)
    )
    found: dict[str, list[ShipmentBag]] = {}
    for row in conn.execute(query):
        found.setdefault(row.order_id, []).append(ShipmentBag(row.bag, BagStatus(row.status)))
    return found
