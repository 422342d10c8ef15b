"""What the picking screen shows: which shipment gathers in which lane, what lies in which box, who waits for a lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from blood.eligibility import BagStatus
from plant.model import Plant
from wms.bags.projection import require
from wms.moves.read import view
from wms.moves.tasks import open_task_of
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.read import list_orders
from wms.orders.sentences import Sentence
from wms.orders.tables import order
from wms.outbound import boxes
from wms.outbound.boxes import BoxRow, BoxState
from wms.outbound.stations import gathering_places
from wms.outbound.tables import hand_packed, shipment
from wms.store.database import driver_of

_BY_HAND: Final = Sentence(
    "Its tag is not read in a box: pack and check it by hand.", "箱内读不到其标签，请人工装箱核验。"
)
_AT_GATE: Final = Sentence("Waits for the gate.", "等待闸口放行。")
_FOR_OTHERS: Final = Sentence("Waits for the other bags of its shipment.", "等待同批其他血袋。")
_FOR_TURN: Final = Sentence("Waits on its shelf until a carrier is free for it.", "在货架等待搬运。")
_IN_BOX: Final = {
    BoxState.PACKING: Sentence("Waits until its box is closed.", "等待封箱。"),
    BoxState.PACKED: Sentence("Its box waits for the check.", "箱子等待核验。"),
    BoxState.REFUSED: Sentence("Its box was refused.", "箱子未通过。"),
    BoxState.CHECKED: Sentence("Its box waits for the lock.", "箱子等待缓冲间放行。"),
    BoxState.IN_LOCK: Sentence("The lock may open.", "缓冲间可放行。"),
}


@dataclass(frozen=True, slots=True)
class PickedBag:
    """A bag of a shipment, where it is, and what it waits for."""

    bag: str
    status: BagStatus
    place: str | None
    task: str | None
    waits_en: str | None
    waits_zh: str | None


@dataclass(frozen=True, slots=True)
class PickingLane:
    """One lane and the shipment that gathers in it, if any."""

    lane: str
    shipment: str | None
    order: str | None
    hospital: str | None
    priority: int | None
    bags: tuple[PickedBag, ...]


@dataclass(frozen=True, slots=True)
class BoxMismatch:
    """What the last check of a box found: bags of its list that were not seen, and what does not belong."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PickingBox:
    """A transport box; ``fault`` says in a word why it was refused, ``detail`` in a sentence."""

    id: str
    kind: str
    state: BoxState
    place: str | None
    shipment: str | None
    bags: tuple[str, ...]
    mismatch: BoxMismatch | None
    fault: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class QueuedOrder:
    """An order that holds bags and has no lane yet."""

    order: str
    hospital: str
    priority: int
    due_at: datetime
    bags: int


@dataclass(frozen=True, slots=True)
class Picking:
    """The way out as it stands."""

    lanes: tuple[PickingLane, ...]
    boxes: tuple[PickingBox, ...]
    queue: tuple[QueuedOrder, ...]


def picking(conn: Connection, plant: Plant) -> Picking:
    """Everything between shelf and road, from one snapshot."""
    rows = {one.id: one for one in boxes.all_boxes(conn, plant)}
    return Picking(
        _lanes(conn, plant, rows), tuple(_box(conn, plant, one) for one in rows.values()), _queue(conn, plant)
    )


def _lanes(conn: Connection, plant: Plant, rows: Mapping[str, BoxRow]) -> tuple[PickingLane, ...]:
    query = (
        select(shipment.c.id, shipment.c.order_id, shipment.c.hospital, shipment.c.lane, order.c.priority)
        .join(order, order.c.id == shipment.c.order_id)
        .where(shipment.c.lane.is_not(None), shipment.c.state != ShipmentState.RECEIVED.value)
    )
    taken = {row.lane: row for row in conn.execute(query)}
    by_hand = set(conn.execute(select(hand_packed.c.bag)).scalars())
    lanes = []
    for lane in gathering_places(plant):
        row = taken.get(lane)
        if row is None:
            lanes.append(PickingLane(lane, None, None, None, None, ()))
            continue
        held = reservations.bags_of_order(conn, row.order_id)
        bags = tuple(_bag(conn, plant, bag, lane, rows, by_hand) for bag in held)
        lanes.append(PickingLane(lane, row.id, row.order_id, row.hospital, row.priority, bags))
    return tuple(lanes)


def _bag(
    conn: Connection, plant: Plant, bag: str, lane: str, rows: Mapping[str, BoxRow], by_hand: set[str]
) -> PickedBag:
    raw = driver_of(conn)
    state = require(raw, bag)
    status, place = BagStatus(str(state["status"])), None if state["place"] is None else str(state["place"])
    task = open_task_of(raw, bag)
    if task is not None:
        shown = view(conn, task, plant)
        return PickedBag(bag, status, place, task.id, shown.waits_for_en, shown.waits_for_zh)
    waits: Sentence | None = _FOR_TURN
    if bag in by_hand:
        waits = _BY_HAND
    elif (box := boxes.box_at(plant, place)) is not None:
        waits = _IN_BOX.get(rows[box].state)
    elif status is BagStatus.PICKED:
        waits = _FOR_OTHERS if place == lane else _AT_GATE
    if waits is None:
        return PickedBag(bag, status, place, None, None, None)
    return PickedBag(bag, status, place, None, waits.en, waits.zh)


def _box(conn: Connection, plant: Plant, one: BoxRow) -> PickingBox:
    wrong = BoxMismatch(one.missing, one.extra) if one.missing or one.extra else None
    bags: Sequence[str] = boxes.contents(conn, one.id)
    return PickingBox(
        id=one.id,
        kind=plant.box_by_id[one.id].kind.value,
        state=one.state,
        place=one.place,
        shipment=one.shipment,
        bags=tuple(bags),
        mismatch=wrong,
        fault=None if one.fault is None else one.fault.value,
        detail=one.detail,
    )


def _queue(conn: Connection, plant: Plant) -> tuple[QueuedOrder, ...]:
    return tuple(
        QueuedOrder(one.id, one.hospital, one.priority, one.due_at, held)
        for one in list_orders(conn, plant)
        if one.shipment is None and (held := sum(line.reserved + line.picked + line.packed for line in one.lines))
    )
