"""The way out by scanner: pick, pack, close, check and let go, with every rule that holds for the machines.

Each function returns what the person does next, in both languages. A refusal changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete

from blood.eligibility import Act, BagStatus, Purpose, eligibility
from runtime.ids import new_id
from wms.alarms.book import clear
from wms.alarms.conditions import LOCK_CONTENT
from wms.bags.commands import change_status, move_to
from wms.bags.facts import facts_of
from wms.bags.projection import require
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.moves.tasks import cancel_move, open_task_of
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.sentences import Sentence
from wms.outbound import boxes, packings, permits, road, tunnel
from wms.outbound.box_choice import class_for
from wms.outbound.boxes import BoxFault, BoxRow, BoxState
from wms.outbound.gate import in_words, reasons_against
from wms.outbound.lock import free_lane
from wms.outbound.packing import PATIENCE
from wms.outbound.permits import PermitOutcome
from wms.outbound.shipments import ActiveShipment, active, active_of_order, gathered, set_state
from wms.outbound.stations import exit_of, gate_of
from wms.outbound.tables import hand_packed
from wms.passports.sealing import why_not_sealable
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

_OPEN_FOR_HANDS: Final = frozenset({BoxState.EMPTY, BoxState.PACKING})
_READY: Final = frozenset({BoxState.CHECKED, BoxState.IN_LOCK})


@dataclass(frozen=True, slots=True)
class HandCheck:
    """What a check by scans found of a box, and what to do next."""

    box: str
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    next: Sentence


def pick(tx: Tx, actor: Actor, bag: str) -> Sentence:
    """A person takes a reserved bag from its shelf for the shipment that gathers, and carries it to the gate.

    Raises NotFound, or Refused when its shipment does not gather, or naming every reason against the bag.
    """
    one = _shipment_of(tx, bag)
    line = require(tx.raw, bag)["order_line"]
    reasons = eligibility(facts_of(tx, bag), Purpose(Act.PICK, order_line=None if line is None else str(line)), tx.now)
    if reasons:
        raise Refused("pick_refused", f"{bag} may not be picked; leave it where it is. {in_words(reasons)}")
    task = open_task_of(tx.raw, bag)
    if task is not None:
        cancel_move(tx, actor, task.id, "picked by hand")
    change_status(tx, actor, bag, BagStatus.PICKED, "bag.picked", data={"by": "hand"})
    gate = gate_of(tx.plant).inside
    move_to(tx, actor, bag, gate, tx.now, data={"by": "hand"})
    tx.notify("order", one.order)
    return Sentence(f"Carry it to the gate, and on into {one.lane}.", f"送到闸口，再放入 {one.lane}。")


def pack(tx: Tx, actor: Actor, box: str, bag: str) -> Sentence:
    """A person puts a bag from its lane into an empty box, or into the one that is being packed for its shipment.

    Raises NotFound; Refused when the bag may not leave, lies elsewhere, or does not fit the box's shipment, class or
    room; Conflict while the packing station has the bag in hand.
    """
    one, into = _shipment_of(tx, bag), boxes.one_box(tx.conn, tx.plant, box)
    state = require(tx.raw, bag)
    reasons = reasons_against(tx, bag, None if state["order_line"] is None else str(state["order_line"]))
    if reasons:
        raise Refused("pack_refused", f"{bag} may not be packed: {in_words(reasons)}")
    if state["status"] != BagStatus.PICKED.value or state["place"] != one.lane:
        raise Refused("pack_place", f"{bag} is {state['status']} at {state['place']}; it is packed from {one.lane}")
    _refuse_what_the_station_has(tx, bag, box)
    kind = tx.plant.box_by_id[box].kind
    needed = class_for(tx.plant, tx.plant.components[str(state["component"])])
    if needed is not kind:
        asked = "a container of its own" if needed is None else f"a {needed.value} box"
        raise Refused("pack_class", f"{bag} needs {asked}; {box} is a {kind.value} box")
    if into.state not in _OPEN_FOR_HANDS or into.shipment not in {None, one.id}:
        raise Refused("box_taken", f"Box {box} is {into.state.value} for {into.shipment}; take another one")
    inside = boxes.contents(tx.conn, box)
    if len(inside) >= tx.plant.box_by_id[box].bags:
        raise Refused("box_full", f"Box {box} holds {len(inside)} bags and is full; close it and take another one")
    if into.state is BoxState.EMPTY and inside:
        raise Refused("box_not_empty", f"Box {box} is not empty: {', '.join(inside)}")
    if into.state is BoxState.EMPTY:
        boxes.put(tx, actor, box, BoxState.PACKING, shipment=one.id, place=one.lane)
    move_to(tx, actor, bag, boxes.place_in(box), tx.now, data={"by": "hand"})
    change_status(tx, actor, bag, BagStatus.PACKED, "bag.packed", data={"by": "hand", "box": box})
    tx.conn.execute(delete(hand_packed).where(hand_packed.c.bag == bag))
    tx.notify("order", one.order)
    return Sentence(
        f"{len(inside) + 1} bags are in {box.upper()}. Scan the next one, or close the box.",
        f"{box.upper()} 内已有 {len(inside) + 1} 袋。继续扫描，或封箱。",
    )


def close(tx: Tx, actor: Actor, box: str, *, coolant_ok: bool, logger_started: bool) -> Sentence:
    """A person closes a box and says that its coolant is right and its logger runs; else the box is refused.

    Raises NotFound, Refused when it is not being packed by hand or is empty.
    """
    one = boxes.one_box(tx.conn, tx.plant, box)
    inside = boxes.contents(tx.conn, box)
    if one.state is not BoxState.PACKING or not inside:
        raise Refused("box_not_packing", f"Box {box} is {one.state.value} with {len(inside)} bags; nothing to close")
    boxes.put(tx, actor, box, BoxState.PACKED, **{**boxes.UNTROUBLED, "packed_us": to_us(tx.now)})
    data = {"bags": list(inside), "coolant_ok": coolant_ok, "logger_started": logger_started}
    tx.record("box.closed", actor=actor, subject=box, data=data)
    if not coolant_ok:
        boxes.refuse(tx, actor, box, BoxFault.COOLANT, Sentence("its coolant is not right", "冷媒不符"))
    elif not logger_started:
        boxes.refuse(tx, actor, box, BoxFault.LOGGER, Sentence("its logger was not started", "温度记录仪未启动"))
    else:
        return Sentence("Check the box: scan every bag in it.", "核验：逐袋扫描箱内血袋。")
    return Sentence("Take every bag out again and use another box.", "取出全部血袋，改用另一箱。")


def take_out(tx: Tx, actor: Actor, box: str, bag: str) -> Sentence:
    """A person takes a bag out of a box and lays it into the lane of its shipment.

    Raises NotFound, Refused when it is not in that box or the box has left, Conflict once the lock may open for it.
    """
    one, state = boxes.one_box(tx.conn, tx.plant, box), require(tx.raw, bag)
    if state["place"] != boxes.place_in(box):
        raise Refused("box_other", f"{bag} is at {state['place']}, not in box {box}")
    if one.state in boxes.AWAY:
        raise Refused("box_away", f"Box {box} has left the centre")
    if one.shipment is not None and permits.is_decided(tx, one.shipment):
        raise Conflict("box_permitted", f"The lock may open for box {box} at any moment; wait, then tell the van")
    mine = next((found for found in active(tx) if found.id == one.shipment), None)
    lane = mine.lane if mine is not None and mine.lane is not None else gate_of(tx.plant).inside
    move_to(tx, actor, bag, lane, tx.now, data={"by": "hand", "box": box})
    if BagStatus(str(state["status"])) is BagStatus.PACKED:
        change_status(tx, actor, bag, BagStatus.PICKED, "bag.unpacked", data={"by": "hand", "box": box})
    if not boxes.contents(tx.conn, box):
        boxes.empty(tx, actor, box)
    elif one.state in {BoxState.CHECKED, BoxState.IN_LOCK}:
        boxes.put(tx, actor, box, BoxState.PACKED)  # what was checked is not what it is now
    return Sentence(f"Lay it into {lane}.", f"放入 {lane}。")


def check(tx: Tx, actor: Actor, box: str, bags: Sequence[str]) -> HandCheck:
    """A person scanned every bag of a closed box: exactly its list, or the box is refused with names.

    Raises NotFound, Invalid without scans, Refused when the box is not closed or the lock belongs to another shipment.
    """
    one = boxes.one_box(tx.conn, tx.plant, box)
    if not bags:
        raise Invalid("items", "Scan every bag in the box")
    for bag in bags:
        require(tx.raw, bag)
    if one.state not in {BoxState.PACKED, BoxState.REFUSED, BoxState.CHECKED}:
        raise Refused("box_not_closed", f"Box {box} is {one.state.value}; close it first")
    _refuse_busy_line(tx, one)
    found = tunnel.judge(tx, actor, box, bags, by="hand")
    return HandCheck(box, found.missing, found.extra, _after_check(boxes.one_box(tx.conn, tx.plant, box)))


def let_go(tx: Tx, actor: Actor, shipment: str, bags: Sequence[str]) -> Sentence:
    """The manual twin of lock and portal: a person scanned every bag of a shipment while it was carried out.

    Raises NotFound; Refused when a box is not checked, a bag may not leave, or the scans are not exactly the shipment.
    """
    one = next((found for found in active(tx) if found.id == shipment), None)
    if one is None:
        raise NotFound("shipment_not_here", f"There is no shipment {shipment} in the house")
    for bag in bags:
        require(tx.raw, bag)
    if permits.is_decided(tx, shipment):
        raise Conflict("lock_permitted", f"The lock may open for {shipment} at any moment; wait for its answer")
    held = gathered(tx, one.order)
    found = tunnel.compare([bag.bag for bag in held], bags)
    if not found.is_exact:
        raise Refused("lock_content", f"Not scanned: {', '.join(found.missing)}; not its own: {', '.join(found.extra)}")
    unready = [box.id for box in boxes.boxes_of(tx.conn, tx.plant, shipment) if box.state not in _READY]
    if unready:
        raise Refused("box_not_checked", f"These boxes are not checked: {', '.join(unready)}")
    for one_bag in held:
        reasons = eligibility(facts_of(tx, one_bag.bag), Purpose(Act.DISPATCH, order_line=one_bag.line), tx.now)
        if reasons:
            raise Refused("dispatch_refused", f"{one_bag.bag} must not leave: {in_words(reasons)}")
        if (unsealed := why_not_sealable(tx, one_bag.bag)) is not None:
            raise Refused("dispatch_no_passport", f"{unsealed.en}.")
    _leave(tx, actor, one, bags)
    return Sentence("The shipment is on its way. Load its boxes.", "该批已出库，请装车。")


def _leave(tx: Tx, actor: Actor, one: ActiveShipment, bags: Sequence[str]) -> None:
    device = exit_of(tx.plant).device or ""
    epcs = sorted(str(epc) for bag in bags if (epc := require(tx.raw, bag)["epc"]) is not None)
    permit = new_id("prm")
    permits.give(tx, permit, one.id, device, epcs, tx.real_now)
    permits.end(tx, permit, PermitOutcome.OPENED, "by hand")
    free_lane(tx, one.id)
    clear(tx, device, LOCK_CONTENT)
    tx.record("lock.opened", actor=actor, subject=one.id, data={"permit": permit, "bags": list(bags), "by": "hand"})
    if one.state is not ShipmentState.PERMITTED:
        set_state(tx, one.id, one.order, ShipmentState.PERMITTED, permitted_us=to_us(tx.now))
    for bag in bags:
        road.depart_by_hand(tx, actor, bag, one.id)
    road.settle(tx, one.id)


def _shipment_of(tx: Tx, bag: str) -> ActiveShipment:
    require(tx.raw, bag)
    standing = reservations.standing_of(tx.conn, bag)
    if standing is None:
        raise Refused("no_order", f"No order holds {bag}")
    one = active_of_order(tx, standing.order)
    if one is None or one.lane is None:
        raise Refused("lane_none", f"The shipment of {standing.order} does not gather now; leave {bag} where it is")
    return one


def _refuse_what_the_station_has(tx: Tx, bag: str, box: str) -> None:
    for asked in packings.open_ones(tx):
        overdue = tx.now >= asked.created_at + PATIENCE
        if not overdue and (bag in asked.bags or box == asked.box):
            what = bag if bag in asked.bags else f"box {box}"
            raise Conflict("pack_by_station", f"The packing station is about to pack {what}; take another one or wait")


def _refuse_busy_line(tx: Tx, one: BoxRow) -> None:
    others = boxes.holders_of_line(tx.conn, tx.plant) - {one.shipment}
    if others:
        raise Refused("lock_busy", f"Shipment {', '.join(sorted(others))} has the lock; check the box when it has left")


def _after_check(one: BoxRow) -> Sentence:
    if one.state is BoxState.CHECKED:
        return Sentence("Push the box into the lock.", "将箱子推入缓冲间。")
    return Sentence(f"Do not let it go: {one.detail}.", f"不得出库：{one.detail}。")
