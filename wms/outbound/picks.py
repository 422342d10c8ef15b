"""Picks: asks the cranes for the bags of the shipment that has the lane, a few at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from blood.eligibility import Act, BagStatus, Purpose, eligibility
from wms.bags.commands import change_status
from wms.bags.facts import facts_of
from wms.bags.projection import require
from wms.moves.model import MovePurpose, Task, TaskState
from wms.moves.tasks import open_task_of, request_move
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.reasons import in_both
from wms.orders.sentences import NOT_CARRIED, Sentence
from wms.outbound.shipments import OUTBOUND, ActiveShipment, Gathered, gathered
from wms.outbound.stations import gate_of
from wms.store.tx import Actor, Tx

PICKS_AHEAD: Final = 4
"""Bags between shelf and lane at one time: enough to keep cranes and gate busy, few enough to change one's mind."""


def request_picks(tx: Tx, one: ActiveShipment) -> None:
    """Ask for the next bags of a gathering shipment, while fewer than `PICKS_AHEAD` are on their way to the lane."""
    if one.state is not ShipmentState.GATHERING:
        return
    bags = gathered(tx, one.order)
    under_way = sum(bag.status is BagStatus.PICKED or _being_carried(tx, bag) for bag in bags)
    for bag in bags:
        if under_way >= PICKS_AHEAD:
            return
        if bag.status is BagStatus.RESERVED and open_task_of(tx.raw, bag.bag) is None:
            under_way += _request(tx, one, bag)


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


def _being_carried(tx: Tx, bag: Gathered) -> bool:
    return bag.status is BagStatus.RESERVED and open_task_of(tx.raw, bag.bag) is not None


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
