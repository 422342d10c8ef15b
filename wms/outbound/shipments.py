"""Shipments: one per order, one to a lane, one at a time in the lock; what they hold and how they step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Row, delete, insert, select, update

from blood.eligibility import BagStatus
from runtime.ids import new_id
from wms.bags.projection import require
from wms.orders import reservations
from wms.orders.lifecycle import EMERGENCY_PRIORITIES, LineCounts, ShipmentState, may_gather
from wms.orders.read import Order, OrderLine, list_orders, one_order
from wms.orders.tables import order
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
    component: str
    status: BagStatus
    place: str | None


@dataclass(frozen=True, slots=True)
class ActiveShipment:
    """A shipment that is still in the house; ``lane`` is where it gathers, None once its lane is free again."""

    id: str
    order: str
    hospital: str
    priority: int
    state: ShipmentState
    lane: str | None
    created_at: datetime

    @property
    def is_emergency(self) -> bool:
        """True in the emergency tier."""
        return self.priority in EMERGENCY_PRIORITIES

    def out_of_patience(self, at: datetime) -> bool:
        """True when it should leave with what it has."""
        return self.is_emergency or at >= self.created_at + GRACE


def active(tx: Tx) -> Sequence[ActiveShipment]:
    """Shipments that are still in the house, the most urgent first."""
    query = (
        select(shipment, order.c.priority)
        .join(order, order.c.id == shipment.c.order_id)
        .where(shipment.c.state.in_(_ACTIVE))
        .order_by(order.c.priority, shipment.c.created_us, shipment.c.id)
    )
    return [_active(row) for row in tx.conn.execute(query)]


def active_of_order(tx: Tx, order_id: str) -> ActiveShipment | None:
    """The shipment of an order while it is in the house, or None."""
    return next((one for one in active(tx) if one.order == order_id), None)


def next_order(tx: Tx) -> Order | None:
    """The most urgent order that may be picked and has no shipment yet."""
    roads = {hospital.id: hospital.road_min for hospital in tx.plant.hospitals}
    for candidate in list_orders(tx.conn, tx.plant):
        lines = [_counts_of(line) for line in candidate.lines]
        road = roads[candidate.hospital]
        if candidate.shipment is None and may_gather(lines, candidate.priority, candidate.due_at, road, tx.now):
            return candidate
    return None


def begin(tx: Tx, begun: Order, lane: str) -> None:
    """Begin the shipment of an order in a lane that is free."""
    shipment_id = new_id("shp")
    tx.conn.execute(
        insert(shipment).values(
            id=shipment_id,
            order_id=begun.id,
            hospital=begun.hospital,
            state=ShipmentState.GATHERING.value,
            lane=lane,
            created_us=to_us(tx.now),
        )
    )
    tx.record("shipment.begun", actor=OUTBOUND, subject=shipment_id, data={"order": begun.id, "lane": lane})
    tell(tx, shipment_id, begun.id)


def emergency_presses(tx: Tx, one: ActiveShipment) -> bool:
    """True while an emergency waits for what this shipment has: then it does not wait for late bags any more."""
    if any(other.is_emergency and other.id != one.id for other in active(tx)):
        return True
    return emergency_queued(tx)


def emergency_queued(tx: Tx) -> bool:
    """True while an emergency order could be picked and has no lane."""
    without = select(order.c.id).where(
        order.c.closed_us.is_(None),
        order.c.priority.in_(EMERGENCY_PRIORITIES),
        order.c.id.not_in(select(shipment.c.order_id)),
    )
    if tx.conn.execute(without.limit(1)).first() is None:
        return False
    waiting = next_order(tx)
    return waiting is not None and waiting.priority in EMERGENCY_PRIORITIES


def gathered(tx: Tx, order_id: str) -> Sequence[Gathered]:
    """The bags that an order holds, with where they stand."""
    found = []
    for bag in reservations.bags_of_order(tx.conn, order_id):
        state = require(tx.raw, bag)
        place = None if state["place"] is None else str(state["place"])
        status = BagStatus(str(state["status"]))
        found.append(Gathered(bag, str(state["order_line"]), str(state["component"]), status, place))
    return found


def is_short(tx: Tx, order_id: str) -> bool:
    """True while a line of the order misses bags."""
    return any(line.short for line in one_order(tx.conn, tx.plant, order_id).lines)


def enough(tx: Tx, one: ActiveShipment) -> bool:
    """True when a shipment need not wait for bags that its order still misses."""
    return one.out_of_patience(tx.now) or not is_short(tx, one.order) or emergency_presses(tx, one)


def drop(tx: Tx, one: ActiveShipment) -> None:
    """End a shipment that holds no bag any more; its order waits again, and the lane is free."""
    tx.conn.execute(delete(shipment).where(shipment.c.id == one.id))
    tx.record("shipment.dropped", actor=OUTBOUND, subject=one.id, data={"order": one.order})
    tell(tx, one.id, one.order)


def set_state(tx: Tx, shipment_id: str, order_id: str, state: ShipmentState, **columns: int | str | None) -> None:
    """Step a shipment; ``columns`` are further columns of its row."""
    tx.conn.execute(update(shipment).where(shipment.c.id == shipment_id).values(state=state.value, **columns))
    data = {"order": order_id, "state": state.value}
    tx.record(f"shipment.{state.value}", actor=OUTBOUND, subject=shipment_id, data=data)
    tell(tx, shipment_id, order_id)


def tell(tx: Tx, shipment_id: str, order_id: str) -> None:
    """Tell the screens of a shipment and its order."""
    tx.notify("shipment", shipment_id)
    tx.notify("order", order_id)


def _active(row: Row[tuple[object, ...]]) -> ActiveShipment:
    return ActiveShipment(
        id=row.id,
        order=row.order_id,
        hospital=row.hospital,
        priority=row.priority,
        state=ShipmentState(row.state),
        lane=row.lane,
        created_at=from_us(row.created_us),
    )


def _counts_of(line: OrderLine) -> LineCounts:
    return LineCounts(line.reserved, line.picked, line.packed, line.in_transit, line.received, line.short)
