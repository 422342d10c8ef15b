"""Lanes: which shipment gathers where, who gets a free lane, and when an emergency takes one away."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from blood.eligibility import BagStatus, Zone
from wms.bags.facts import zone_at
from wms.bags.tables import bag as bag_table
from wms.moves.model import TaskState
from wms.moves.tasks import cancel_move, open_task_of
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.read import Order
from wms.orders.sentences import Sentence
from wms.outbound.shipments import (
    OUTBOUND,
    Gathered,
    active,
    begin,
    drop,
    emergency_queued,
    gathered,
    next_order,
)
from wms.outbound.stations import gathering_places, sorting_lanes
from wms.store.tx import Tx

_TAKEN: Final = Sentence("an emergency took its lane", "分拣道让给了紧急订单")


def begin_next(tx: Tx) -> None:
    """Give every free lane to the most urgent order that may be picked; an emergency need not wait for one."""
    while (lane := _free_lane(tx)) is not None or emergency_queued(tx):
        order = next_order(tx)
        if order is None:
            return
        lane = lane or _take_lane(tx, order)
        if lane is None:
            return
        begin(tx, order, lane)


def bags_on(tx: Tx, lane: str) -> int:
    """How many bags lie in a lane."""
    query = select(func.count()).select_from(bag_table).where(bag_table.c.place == lane)
    return int(tx.conn.execute(query).scalar_one())


def room_on(tx: Tx, lane: str) -> int | None:
    """How many more bags a lane takes; None where nothing limits it."""
    capacity = tx.plant.place_of(lane).capacity
    return None if capacity is None else max(0, capacity - bags_on(tx, lane))


def lane_for_unpacking(tx: Tx, shipment: str | None) -> str | None:
    """Where the bags of a box are laid: the lane of its shipment, else a free one, else the emptiest."""
    own = next((one.lane for one in active(tx) if one.id == shipment), None)
    if own is not None:
        return own
    lanes = sorting_lanes(tx.plant)
    return _free_lane(tx) or min(lanes, key=lambda lane: (bags_on(tx, lane), lane), default=None)


def _free_lane(tx: Tx) -> str | None:
    """A lane that no shipment has, one without forgotten bags first."""
    taken = {one.lane for one in active(tx)}
    free = [lane for lane in gathering_places(tx.plant) if lane not in taken]
    if not sorting_lanes(tx.plant) and active(tx):
        return None  # the lock itself is the lane: nobody gathers in it while a shipment leaves
    return min(free, key=lambda lane: (bags_on(tx, lane), lane), default=None)


def _take_lane(tx: Tx, order: Order) -> str | None:
    """Send the least urgent routine shipment back to the queue, if none of its bags has reached its lane yet."""
    for one in reversed(active(tx)):
        bags = gathered(tx, one.order)
        if one.is_emergency or one.state is not ShipmentState.GATHERING or one.lane is None:
            continue
        if any(bag.status is BagStatus.PACKED or bag.place == one.lane for bag in bags):
            continue
        for bag in bags:
            _call_back(tx, bag)
        tx.record("shipment.evicted", actor=OUTBOUND, subject=one.id, data={"order": one.order, "for": order.id})
        drop(tx, one)
        return one.lane
    return None


def _call_back(tx: Tx, bag: Gathered) -> None:
    """A bag that still lies on its shelf stays reserved; one that is under way is given back to stock."""
    task = open_task_of(tx.raw, bag.bag)
    on_shelf = bag.status is BagStatus.RESERVED and bag.place is not None and zone_at(tx.plant, bag.place) is Zone.STOCK
    if on_shelf and (task is None or task.state is TaskState.WAITING):
        if task is not None:
            cancel_move(tx, OUTBOUND, task.id, _TAKEN.en)
        return
    reservations.release(tx, OUTBOUND, bag.bag, _TAKEN)
