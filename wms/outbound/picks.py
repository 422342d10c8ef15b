"""Picks: asks the carriers for the bags of each gathering shipment, a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from blood.eligibility import Act, BagStatus, Purpose, eligibility
from plant.model import BoxClass
from wms.bags.commands import change_status
from wms.bags.facts import facts_of
from wms.bags.projection import require
from wms.moves.model import MovePurpose, Task, TaskState
from wms.moves.tasks import open_task_of, request_move
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.reasons import in_both
from wms.orders.sentences import NOT_CARRIED, Sentence
from wms.outbound.box_choice import class_for, room_by_class
from wms.outbound.boxes import empty_boxes
from wms.outbound.lanes import room_on
from wms.outbound.shipments import OUTBOUND, ActiveShipment, Gathered, gathered
from wms.outbound.stations import gate_of
from wms.store.tx import Actor, Tx

PICKS_AHEAD: Final = 4
"""Bags of one shipment between shelf and lane at one time: keeps carriers and gate busy, and minds can change."""


def request_picks(tx: Tx, one: ActiveShipment) -> None:
    """Ask for the next bags of a gathering shipment, while fewer than `PICKS_AHEAD` are on their way to its lane.

    No bag is fetched that would find no room in the lane, or for which no box is empty: it is better off on its shelf.
    """
    if one.state is not ShipmentState.GATHERING or one.lane is None:
        return
    bags = gathered(tx, one.order)
    under_way = sum(_is_under_way(tx, bag, one.lane) for bag in bags)
    room = room_on(tx, one.lane)
    ahead = PICKS_AHEAD if room is None else min(PICKS_AHEAD, room)
    unboxed = without_box(tx, bags)
    for bag in bags:
        if under_way >= ahead:
            return
        if _lies_ready(tx, bag) and bag.bag not in unboxed:
            under_way += _request(tx, one, bag)


def without_box(tx: Tx, bags: Sequence[Gathered]) -> frozenset[str]:
    """Bags still on their shelves for which no box of their class is empty; the shipment can leave without them."""
    plant = tx.plant
    if not plant.boxes:
        return frozenset()
    room = dict(room_by_class(empty_boxes(tx.conn, plant)))
    for component in _waiting_for_boxes(tx):
        room[component] -= 1
    short = []
    for bag in bags:
        kind = class_for(plant, plant.components[bag.component])
        if kind is None or not _lies_ready(tx, bag):
            continue
        room[kind] -= 1
        if room[kind] < 0:
            short.append(bag.bag)
    return frozenset(short)


def _waiting_for_boxes(tx: Tx) -> Iterable[BoxClass]:
    """The class of each bag that was fetched, or is being fetched, and is in no box yet."""
    query = (
        "SELECT component FROM bag WHERE status = 'PICKED' UNION ALL SELECT bag.component FROM task "
        "JOIN bag ON bag.id = task.bag WHERE task.purpose = 'pick' AND task.state IN ('waiting', 'sent') "
        "AND bag.status = 'RESERVED'"
    )
    for (component,) in tx.raw.execute(query):
        kind = class_for(tx.plant, tx.plant.components[component])
        if kind is not None:
            yield kind


def pick_ended(tx: Tx, actor: Actor, task: Task, at: datetime) -> None:
    """A pick or a return to the gate ended: the bag is picked, or another one has to serve the line."""
    if task.state is TaskState.FAILED:
        reservations.release(tx, actor, task.bag, NOT_CARRIED)
        return
    status = BagStatus(str(require(tx.raw, task.bag)["status"]))
    held = reservations.standing_of(tx.conn, task.bag)
    if task.state is TaskState.DONE and status is BagStatus.RESERVED and held is not None:
        data = {"task": task.id, "at": at.isoformat()}
        change_status(tx, actor, task.bag, BagStatus.PICKED, "bag.picked", data=data)
        tx.notify("order", held.order)


def _lies_ready(tx: Tx, bag: Gathered) -> bool:
    return bag.status is BagStatus.RESERVED and open_task_of(tx.raw, bag.bag) is None


def _is_under_way(tx: Tx, bag: Gathered, lane: str) -> bool:
    if bag.status is BagStatus.PICKED:
        return bag.place != lane
    return bag.status is BagStatus.RESERVED and not _lies_ready(tx, bag)


def _request(tx: Tx, one: ActiveShipment, bag: Gathered) -> int:
    reasons = eligibility(facts_of(tx, bag.bag), Purpose(Act.PICK, order_line=bag.line), tx.now)
    if not reasons:
        gate = gate_of(tx.plant)
        request_move(tx, OUTBOUND, bag.bag, purpose=MovePurpose.PICK, to_place=gate.inside, priority=one.priority)
        return 1
    if one.out_of_patience(tx.now):
        why = in_both(reasons[:1])
        said = Sentence(f"it could not be picked in time ({why.en})", f"未能按时拣选：{why.zh}")
        reservations.release(tx, OUTBOUND, bag.bag, said)
    return 0
