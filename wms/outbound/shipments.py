"""Shipments: one per order, one at a time in the lock; begun when its order may be picked, settled when it has left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from blood.eligibility import BagStatus
from runtime.ids import new_id
from wms.bags.projection import require
from wms.orders import reservations
from wms.orders.lifecycle import EMERGENCY_PRIORITIES, LineCounts, ShipmentState, may_gather
from wms.orders.read import Order, OrderLine, list_orders, one_order
from wms.outbound.tables import shipment
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

OUTBOUND: Final = Actor("service:outbound", "serve")
GRACE: Final = timedelta(minutes=30)
"""Domain time a begun shipment waits for a bag that the planner or a crane may still bring; then it leaves without."""
_ACTIVE: Final = (ShipmentState.GATHERING.value, ShipmentState.PERMITTED.value)


@dataclass(frozen=True, slots=True)
class Gathered:
    """A bag of a shipment that is still in the house."""

    bag: str
    line: str
    status: BagStatus
    place: str | None


@dataclass(frozen=True, slots=True)
class ActiveShipment:
    """The shipment that has the lane and the lock now."""

    id: str
    order: str
    hospital: str
    priority: int
    state: ShipmentState
    created_at: datetime

    def out_of_patience(self, at: datetime) -> bool:
        """True when it should leave with what it has."""
        return self.priority in EMERGENCY_PRIORITIES or at >= self.created_at + GRACE


def active(tx: Tx) -> ActiveShipment | None:
    """The shipment that has the lane now; there is never more than one."""
    row = tx.conn.execute(select(shipment).where(shipment.c.state.in_(_ACTIVE))).one_or_none()
    if row is None:
        return None
    priority = one_order(tx.conn, tx.plant, row.order_id).priority
    state = ShipmentState(row.state)
    return ActiveShipment(row.id, row.order_id, row.hospital, priority, state, from_us(row.created_us))


def begin_next(tx: Tx) -> None:
    """Give the lane, when it is free, to the most urgent order that may be picked."""
    if active(tx) is None and (order := _next_order(tx)) is not None:
        _begin(tx, order)


def emergency_waits(tx: Tx) -> bool:
    """True while an emergency order could be picked, if the lane were free: nobody waits for late bags then."""
    order = _next_order(tx)
    return order is not None and order.priority in EMERGENCY_PRIORITIES


def gathered(tx: Tx, order_id: str) -> Sequence[Gathered]:
    """The bags that an order holds, with where they stand."""
    found = []
    for bag in reservations.bags_of_order(tx.conn, order_id):
        state = require(tx.raw, bag)
        place = None if state["place"] is None else str(state["place"])
        found.append(Gathered(bag, str(state["order_line"]), BagStatus(str(state["status"])), place))
    return found


def is_short(tx: Tx, order_id: str) -> bool:
    """True while a line of the order misses bags."""
    return any(line.short for line in one_order(tx.conn, tx.plant, order_id).lines)


def drop(tx: Tx, one: ActiveShipment) -> None:
    """End a shipment that holds no bag any more; its order waits again, and the lane is free."""
    tx.conn.execute(delete(shipment).where(shipment.c.id == one.id))
    tx.record("shipment.dropped", actor=OUTBOUND, subject=one.id, data={"order": one.order})
    tell(tx, one.id, one.order)


def set_state(tx: Tx, shipment_id: str, order_id: str, state: ShipmentState, **columns: int) -> None:
    """Step a shipment; ``columns`` are further `*_us` columns."""
    tx.conn.execute(update(shipment).where(shipment.c.id == shipment_id).values(state=state.value, **columns))
    data = {"order": order_id, "state": state.value}
    tx.record(f"shipment.{state.value}", actor=OUTBOUND, subject=shipment_id, data=data)
    tell(tx, shipment_id, order_id)


def tell(tx: Tx, shipment_id: str, order_id: str) -> None:
    """Tell the screens of a shipment and its order."""
    tx.notify("shipment", shipment_id)
    tx.notify("order", order_id)


def _next_order(tx: Tx) -> Order | None:
    roads = {hospital.id: hospital.road_min for hospital in tx.plant.hospitals}
    for order in list_orders(tx.conn, tx.plant):
        lines = [_counts_of(line) for line in order.lines]
        if order.shipment is None and may_gather(lines, order.priority, order.due_at, roads[order.hospital], tx.now):
            return order
    return None


def _begin(tx: Tx, order: Order) -> None:
    shipment_id = new_id("shp")
    tx.conn.execute(
        insert(shipment).values(
            id=shipment_id,
            order_id=order.id,
            hospital=order.hospital,
            state=ShipmentState.GATHERING.value,
            created_us=to_us(tx.now),
        )
    )
    tx.record("shipment.begun", actor=OUTBOUND, subject=shipment_id, data={"order": order.id})
    tell(tx, shipment_id, order.id)


def _counts_of(line: OrderLine) -> LineCounts:
    return LineCounts(line.reserved, line.picked, line.packed, line.in_transit, line.received, line.short)
