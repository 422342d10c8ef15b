"""When a journey endangers blood: a box that lost its temperature is held and ordered again; urgent stuck blood too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from blood.groups import BloodGroup
from wms.alarms.book import raise_event
from wms.alarms.conditions import BOX_ENDANGERED
from wms.holds.commands import place_hold
from wms.orders.commands import LineWish, OrderWish, place_order
from wms.orders.lifecycle import OrderKind
from wms.orders.tables import order, order_line
from wms.outbound import boxes
from wms.outbound.tables import shipment, shipment_bag
from wms.store.tx import Tx
from wms.transport import trips
from wms.transport.choice import AT_ONCE
from wms.transport.trips import RUNNING, TRANSPORT, TripBox, TripRow, TripState

LOST_MIN: Final = 10.0
"""Minutes confirmed outside its range after which a box on the road counts as lost: an opened lid makes five.

A silent logger is an alarm of its own, and the receipt judges it; nothing is ordered again for a hole in the radio.
"""
URGENT_WAIT: Final = timedelta(minutes=30)
"""How long an urgent shipment may stand still before it is ordered again: the promise of an emergency (world.md 5)."""
SOON: Final = timedelta(hours=2)
"""When a replacement is due, unless the first promise was later."""
_URGENT: Final = 2


@dataclass(frozen=True, slots=True)
class _First:
    """The order whose blood is in danger."""

    id: str
    hospital: str
    kind: str
    priority: int


def rescue(tx: Tx) -> None:
    """Look at every box on a running trip: hold and order again what was lost, order again what is urgent and stuck."""
    for one in trips.list_trips(tx.conn, states=RUNNING):
        for box in one.undelivered:
            if box.replacement is None:
                _look(tx, one, box)


def _look(tx: Tx, one: TripRow, box: TripBox) -> None:
    minutes = boxes.one_box(tx.conn, tx.plant, box.box).minutes_outside(tx.now)
    inside = boxes.contents(tx.conn, box.box)
    if minutes is not None and minutes >= LOST_MIN and inside:
        why = f"box {box.box} was outside its range for {minutes:.0f} min on the road"
        raise_event(tx, box.box, BOX_ENDANGERED, subject_en=box.box.upper())
        for bag in inside:
            place_hold(tx, TRANSPORT, bag=bag, reason=why)
        _order_again(tx, one, box, why)
    elif _is_urgent_and_stuck(tx, one, box):
        _order_again(tx, one, box, f"{one.vehicle} does not get on: {one.detail}")


def _is_urgent_and_stuck(tx: Tx, one: TripRow, box: TripBox) -> bool:
    if one.state is not TripState.STUCK or one.stuck_since is None or tx.now < one.stuck_since + URGENT_WAIT:
        return False
    return _order_of(tx, box.shipment).priority in AT_ONCE


def _order_again(tx: Tx, one: TripRow, box: TripBox, why: str) -> None:
    """Place an order for what lies in the box, as its lines had asked for it; once for each box of a trip."""
    first = _order_of(tx, box.shipment)
    inside = set(boxes.contents(tx.conn, box.box))
    listed = select(shipment_bag.c.bag, shipment_bag.c.line).where(shipment_bag.c.shipment == box.shipment)
    wanted = Counter(row.line for row in tx.conn.execute(listed) if row.bag in inside)
    rows = tx.conn.execute(select(order_line).where(order_line.c.id.in_(list(wanted))).order_by(order_line.c.id)).all()
    if not rows:
        return
    lines = tuple(
        LineWish(row.component, BloodGroup(row.abo_rhd), wanted[row.id], bool(row.substitution), row.min_days_left)
        for row in rows
    )
    kind, priority = OrderKind(first.kind), min(first.priority, _URGENT)
    wish = OrderWish(first.hospital, kind, priority, tx.now + SOON, lines)
    placed = place_order(tx, TRANSPORT, wish)
    trips.set_box(tx, one.id, box.box, replacement=placed)
    data = {"box": box.box, "order": placed, "replaces": first.id, "why": why}
    tx.record("order.replacement", actor=TRANSPORT, subject=placed, data=data)
    trips.told(tx, one)


def _order_of(tx: Tx, shipment_id: str) -> _First:
    query = (
        select(order.c.id, order.c.hospital, order.c.kind, order.c.priority)
        .join(shipment, shipment.c.order_id == order.c.id)
        .where(shipment.c.id == shipment_id)
    )
    row = tx.conn.execute(query).one()
    return _First(row.id, row.hospital, row.kind, row.priority)
