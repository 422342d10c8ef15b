"""The dispatch gate: a bag there is judged by eligibility; only a permit moves the diverter from reject to a lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select, update

from blood.eligibility import Act, BagStatus, Purpose, Reason, eligibility
from plc_bridge.messages import GateDecided, GateDecision, GatePermit, GateReject
from rfid.messages import GateRead
from runtime.ids import new_id
from wms.alarms.book import raise_event
from wms.alarms.conditions import GATE_REJECTED, LEFT_WITHOUT_PERMIT
from wms.bags.commands import change_status, move_to, observe, raise_finding
from wms.bags.facts import facts_of
from wms.bags.projection import BagChange, BagState, require
from wms.bags.tags import bag_of_tag
from wms.errors import Refused
from wms.machines.outbox import withdraw_issued
from wms.moves.model import MovePurpose
from wms.moves.tasks import cancel_move, open_task_of, request_move
from wms.orders import reservations
from wms.orders.reasons import in_both
from wms.orders.sentences import Sentence
from wms.outbound.box_choice import class_for
from wms.outbound.boxes import box_at, holders_of_line
from wms.outbound.shipments import OUTBOUND, ActiveShipment, active_of_order
from wms.outbound.stations import gate_named, gate_of, gathering_places, lock_place
from wms.outbound.tables import gate_decision, gate_read
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

PERMIT_S: Final = 10.0
"""Real seconds that a permit holds (design.md 4)."""
READ_HOLDS_S: Final = 15.0
"""Real seconds for which a read may still be answered; later the diverter has rejected the bag, or is about to."""
STUBBORN: Final = 3
"""Rejections of an eligible bag after which a person is called: its tag, or the way to the gate, is at fault."""


def on_read(tx: Tx, actor: Actor, read: GateRead, at: datetime) -> None:
    """A tag stands at the gate. Raises NotFound for an unknown tag or gate: such a bag gets no permit."""
    gate_named(tx.plant, read.portal)
    bag = bag_of_tag(tx, read.epc)
    values = {"gate": read.portal, "bag": bag, "epc": read.epc, "seen_us": to_us(read.seen_at)}
    tx.conn.execute(insert(gate_read).values(**values, received_real_us=to_us(tx.real_now)))
    data = {"gate": read.portal, "reads": read.reads, "at": at.isoformat()}
    tx.record("gate.read", actor=actor, subject=bag, data=data, bag=BagChange(bag, {}))
    answer_reads(tx)


def answer_reads(tx: Tx) -> None:
    """Answer reads that wait: a permit, a refusal with its reasons, or nothing while the crane's report is still due.

    Crane and reader report on different ways, so a bag may be read before it is known to stand at the gate. A read that
    waited on a way of its own (a broker, a spool) is old when it comes: for a bag that is known to lie elsewhere it is
    worth nothing.
    """
    fresh = to_us(tx.real_now - timedelta(seconds=READ_HOLDS_S))
    waiting = select(gate_read).where(gate_read.c.answered_real_us.is_(None)).order_by(gate_read.c.id)
    for row in tx.conn.execute(waiting).all():
        state = require(tx.raw, row.bag)
        if row.received_real_us < fresh:
            refusal = (
                f"it was not known in time to have been brought here; it was {state['status']} at {state['place']}"
            )
            _answer(tx, row.id, permit=None, refusal=refusal)
        elif not _is_on_its_way(state, gate_named(tx.plant, row.gate).inside):
            _judge(tx, row.id, row.gate, row.bag, row.epc)


def withdraw_broken(tx: Tx) -> None:
    """Take back permits that may still wait for the broker while their bag lost its order (a hold, a cancellation)."""
    recent = select(gate_read.c.gate, gate_read.c.bag, gate_read.c.answered_real_us).where(
        gate_read.c.permit.is_not(None),
        gate_read.c.answered_real_us > to_us(tx.real_now - timedelta(seconds=PERMIT_S)),
    )
    for row in tx.conn.execute(recent).all():
        device = gate_named(tx.plant, row.gate).device
        if device is not None and reservations.standing_of(tx.conn, row.bag) is None:
            withdraw_issued(tx.raw, device, row.answered_real_us)


def on_decided(tx: Tx, actor: Actor, decided: GateDecided, at: datetime) -> None:
    """The diverter let a bag pass, or rejected it (its rest position); both are observed, never refused."""
    bag = bag_of_tag(tx, decided.epc)
    tx.conn.execute(
        insert(gate_decision).values(
            bag=bag,
            at_us=to_us(at),
            decision=decided.decision.value,
            permit=decided.permit,
            reason=decided.reason,
        )
    )
    data = {"gate": decided.gate, "permit": decided.permit, "reason": decided.reason}
    move_to(tx, actor, bag, decided.at_place, at, kind=f"bag.gate_{decided.decision.value}", data=data)
    if decided.decision is GateDecision.PASSED:
        _passed(tx, actor, bag, decided, data)
    _tell_order(tx, bag)


def follow_rejects(tx: Tx) -> None:
    """Picked bags that are at neither gate nor lane: to the gate again when eligible, else to a shelf with an alarm."""
    there = {gate_of(tx.plant).inside, *gathering_places(tx.plant)}
    picked = tx.raw.execute("SELECT id, order_line, place FROM bag WHERE status = 'PICKED'").fetchall()
    for bag, line, place in picked:
        if place is None or place in there or box_at(tx.plant, place) or open_task_of(tx.raw, bag) is not None:
            continue
        reasons = reasons_against(tx, bag, line)
        if reasons:
            raise_event(tx, bag, GATE_REJECTED, place=place)
            why = in_both(reasons)
            said = Sentence(f"refused at the gate: {why.en}", f"出库闸拒绝：{why.zh}")
            reservations.release(tx, OUTBOUND, bag, said)
            continue
        if _rejections(tx, bag) == STUBBORN:
            raise_event(tx, bag, GATE_REJECTED, place=place)
        gate = gate_of(tx.plant).inside
        request_move(tx, OUTBOUND, bag, purpose=MovePurpose.REGATE, to_place=gate, priority=0)


def pass_by_hand(tx: Tx, actor: Actor, bag: str) -> str:
    """The manual twin of the gate: a person scans a picked bag, carries it into its lane, and is told which that is.

    What no box of this centre suits travels in a container of its own, and goes right into the lock. Raises NotFound,
    or Refused naming every reason why it must not pass; the refusal changes nothing.
    """
    line = require(tx.raw, bag)["order_line"]
    reasons = reasons_against(tx, bag, None if line is None else str(line))
    if reasons:
        raise Refused("gate_refused", f"{bag} may not pass: {in_words(reasons)}")
    target = _lane_for(tx, bag)
    if target is None:
        raise Refused("lane_none", f"The shipment of {bag} has no lane now. Leave it at the gate")
    component = tx.plant.components[str(require(tx.raw, bag)["component"])]
    if tx.plant.boxes and class_for(tx.plant, component) is None:
        target = lock_place(tx.plant)
        others = holders_of_line(tx.conn, tx.plant) - {_shipment_id(tx, bag)}
        if others:
            raise Refused("lock_busy", f"Shipment {', '.join(sorted(others))} has the lock; wait until it has left")
    task = open_task_of(tx.raw, bag)
    if task is not None:
        cancel_move(tx, actor, task.id, "carried past the gate by hand")
    if target == lock_place(tx.plant) and BagStatus(str(require(tx.raw, bag)["status"])) is BagStatus.PICKED:
        change_status(tx, actor, bag, BagStatus.PACKED, "bag.packed", data={"by": "hand"})
    move_to(tx, actor, bag, target, tx.now, data={"by": "hand"})
    _tell_order(tx, bag)
    return target


def reasons_against(tx: Tx, bag: str, line: str | None) -> Sequence[Reason]:
    """Every reason why a bag must not pass the gate for a line now."""
    return eligibility(facts_of(tx, bag), Purpose(Act.PASS_GATE, order_line=line), tx.now)


def in_words(reasons: Sequence[Reason]) -> str:
    """Reasons as one line."""
    return "; ".join(f"{reason.code.value}: {reason.detail}" for reason in reasons)


def _is_on_its_way(state: BagState, gate: str) -> bool:
    """True while the report that brings this bag to the gate is still due."""
    status = BagStatus(str(state["status"]))
    if status is BagStatus.RESERVED:
        return True
    return status in {BagStatus.PICKED, BagStatus.PACKED} and state["place"] != gate


def _passed(tx: Tx, actor: Actor, bag: str, decided: GateDecided, data: Mapping[str, Any]) -> None:
    """It lies in a lane now, picked as before; in a plant without lanes it stands in the lock and is packed.

    A bag that no order holds any more, or that lies in the lane of another shipment, is a finding.
    """
    if not _permitted(tx, bag, decided.permit):
        raise_event(tx, bag, LEFT_WITHOUT_PERMIT, place=decided.at_place)
        raise_finding(tx, actor, bag, f"the gate {decided.gate} let it pass without a permit of ours")
    elif reservations.standing_of(tx.conn, bag) is None:
        raise_finding(tx, actor, bag, f"it passed {decided.gate} on a permit given before its order lost it")
    elif decided.at_place == lock_place(tx.plant):
        observe(tx, actor, bag, BagStatus.PACKED, "bag.packed", data=data)
    elif decided.at_place != _lane_for(tx, bag):
        raise_finding(tx, actor, bag, f"{decided.gate} put it into {decided.at_place}, the lane of another shipment")


def _judge(tx: Tx, read: int, gate: str, bag: str, epc: str) -> None:
    line = require(tx.raw, bag)["order_line"]
    reasons = reasons_against(tx, bag, None if line is None else str(line))
    if reasons:
        words = in_words(reasons)
        _refuse(tx, gate, epc, words)
        _answer(tx, read, permit=None, refusal=words)
        data = {"gate": gate, "reasons": words}
        tx.record("gate.refused", actor=OUTBOUND, subject=bag, data=data, bag=BagChange(bag, {}))
        return
    standing = _standing_permit(tx, bag)
    if standing is not None:
        _answer(tx, read, permit=standing, refusal=None)
        return
    lane = _lane_for(tx, bag)
    if lane is None:
        _answer(tx, read, permit=None, refusal="its shipment has no lane now")
        return
    permit = new_id("prm")
    device = gate_named(tx.plant, gate).device
    if device is None:
        _answer(tx, read, permit=None, refusal=f"the gate {gate} has no diverter")
        return
    until = tx.real_now + timedelta(seconds=PERMIT_S)
    tx.command(device, GatePermit(permit=permit, epc=epc, lane=lane, until_real=until), valid_s=PERMIT_S)
    _answer(tx, read, permit=permit, refusal=None)
    data = {"gate": gate, "permit": permit, "lane": lane}
    tx.record("gate.permitted", actor=OUTBOUND, subject=bag, data=data, bag=BagChange(bag, {}))


def _refuse(tx: Tx, gate: str, epc: str, words: str) -> None:
    """Have it put out at once: while it stands in the gate, those behind it stay out of the cold too."""
    device = gate_named(tx.plant, gate).device
    if device is not None:
        until = tx.real_now + timedelta(seconds=PERMIT_S)
        tx.command(device, GateReject(epc=epc, reason=words, until_real=until), valid_s=PERMIT_S)


def _lane_for(tx: Tx, bag: str) -> str | None:
    one = _shipment_of(tx, bag)
    return None if one is None else one.lane


def _shipment_id(tx: Tx, bag: str) -> str | None:
    one = _shipment_of(tx, bag)
    return None if one is None else one.id


def _shipment_of(tx: Tx, bag: str) -> ActiveShipment | None:
    standing = reservations.standing_of(tx.conn, bag)
    return None if standing is None else active_of_order(tx, standing.order)


def _standing_permit(tx: Tx, bag: str) -> str | None:
    """A permit that was just given and not used yet; a second read of the standing bag needs no second one."""
    used = select(gate_decision.c.permit).where(gate_decision.c.bag == bag, gate_decision.c.permit.is_not(None))
    query = select(gate_read.c.permit).where(
        gate_read.c.bag == bag,
        gate_read.c.permit.is_not(None),
        gate_read.c.permit.not_in(used),
        gate_read.c.answered_real_us > to_us(tx.real_now - timedelta(seconds=PERMIT_S)),
    )
    return tx.conn.execute(query).scalars().first()


def _answer(tx: Tx, read: int, *, permit: str | None, refusal: str | None) -> None:
    values = {"permit": permit, "refusal": refusal, "answered_real_us": to_us(tx.real_now)}
    tx.conn.execute(update(gate_read).where(gate_read.c.id == read).values(values))


def _permitted(tx: Tx, bag: str, permit: str | None) -> bool:
    query = select(gate_read.c.id).where(gate_read.c.bag == bag, gate_read.c.permit == permit)
    return permit is not None and tx.conn.execute(query).first() is not None


def _rejections(tx: Tx, bag: str) -> int:
    rejected = (gate_decision.c.bag == bag) & (gate_decision.c.decision == GateDecision.REJECTED.value)
    return int(tx.conn.execute(select(func.count()).select_from(gate_decision).where(rejected)).scalar_one())


def _tell_order(tx: Tx, bag: str) -> None:
    standing = reservations.standing_of(tx.conn, bag)
    if standing is not None:
        tx.notify("order", standing.order)
