"""The dispatch lock: opens for exactly the bags in the checked boxes of one shipment; one shipment at a time.

What cannot be called back: the lock judges a permit the moment it arrives, and no message takes one away. When a bag
becomes unfit while a permit is out, the permit is withdrawn if it has not left the outbox, the alarm says so, and what
leaves all the same is caught at the portal behind the lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from blood.eligibility import Act, BagStatus, Purpose, Reason, ReasonCode, eligibility
from plc_bridge.messages import CommandAnswered, CommandOutcome, LockOpened, LockPermit, LockRefused
from runtime.ids import new_id
from wms.alarms.book import News, clear, raise_event, tell
from wms.alarms.conditions import LEFT_WITHOUT_PERMIT, LOCK_CONTENT, PERMIT_WITHDRAWN
from wms.alarms.machine import Condition
from wms.bags.commands import raise_finding
from wms.bags.facts import facts_of
from wms.bags.projection import require
from wms.bags.tags import bag_of_tag
from wms.errors import NotFound
from wms.machines.outbox import OutgoingCommand, withdraw_issued
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.reasons import in_both
from wms.orders.sentences import Sentence
from wms.outbound import boxes, permits, road
from wms.outbound.boxes import BoxState
from wms.outbound.gate import in_words
from wms.outbound.permits import Permit, PermitOutcome
from wms.outbound.picks import without_box
from wms.outbound.shipments import OUTBOUND, ActiveShipment, Gathered, drop, enough, gathered, set_state
from wms.outbound.stations import exit_of, lock_place, tag_of
from wms.outbound.tables import shipment
from wms.passports.sealing import why_not_sealable
from wms.portals.hearing import why_unheard
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

PERMIT_S: Final = 30.0
"""Real seconds that a lock permit holds; the lock judges it the moment it arrives."""
SILENCE_S: Final = 15.0
"""Real seconds after its end for which the report of an opened lock may still be under way."""
RETRY_S: Final = 20.0
"""Real seconds before a lock that held the wrong bags is asked again."""
PUSH: Final = timedelta(seconds=20)
"""Domain time that a checked box needs from the tunnel into the lock."""
ARRIVAL: Final = timedelta(minutes=5)
"""Domain time after the first permit for which a missing box may still be on its way into the lock."""
_NO_BOX: Final = Sentence("no transport box of its class was empty", "当时没有该温区的空运输箱")
_ON_THE_ROAD: Final = frozenset({BagStatus.IN_TRANSIT, BagStatus.RECEIVED, BagStatus.ISSUED})


def follow(tx: Tx, one: ActiveShipment) -> None:
    """Ask the lock to open when a shipment is complete, and again while it has not; a function of database state."""
    bags = gathered(tx, one.order)
    if one.state is ShipmentState.PERMITTED:
        _follow_permit(tx, one, bags)
    elif not bags:
        drop(tx, one)
    else:
        left_behind = without_box(tx, bags) if one.out_of_patience(tx.now) else frozenset()
        leaving = [bag for bag in bags if bag.bag not in left_behind]
        if leaving and all(bag.status is BagStatus.PACKED for bag in leaving) and enough(tx, one):
            _permit(tx, one, leaving)


def opened(tx: Tx, actor: Actor, report: LockOpened) -> None:
    """The lock opened: the bags that stood in it are leaving. Without a permit of ours each of them is a finding."""
    permit = permits.find(tx, report.permit)
    tags = {bag_of_tag(tx, epc): epc for epc in report.epcs}
    if permit is None:
        for bag in tags:
            raise_event(tx, bag, LEFT_WITHOUT_PERMIT)
            raise_finding(tx, actor, bag, f"{report.device} opened with a permit that this controller never gave")
        return
    permits.end(tx, permit.id, PermitOutcome.OPENED, "")
    free_lane(tx, permit.shipment)
    clear(tx, report.device, LOCK_CONTENT)
    data = {"permit": permit.id, "bags": list(tags)}
    tx.record("lock.opened", actor=actor, subject=permit.shipment, data=data)
    stands = tx.conn.execute(select(shipment.c.id).where(shipment.c.id == permit.shipment)).first() is not None
    for bag, epc in tags.items():
        permitted = stands and epc in permit.epcs  # a shipment that was given up meanwhile permits nothing any more
        if permitted:
            road.leaving(tx, permit.shipment, bag)
        _name_if_it_must_not_leave(tx, actor, report.device, bag, permitted=permitted)
    if stands:
        road.settle(tx, permit.shipment)


def refused(tx: Tx, actor: Actor, report: LockRefused) -> None:
    """The lock stayed shut. A permit that ran out is given again; wrong content is an alarm until it is put right.

    Raises NotFound for a permit that this controller never gave.
    """
    permit = permits.find(tx, report.permit)
    if permit is None:
        raise NotFound("permit_unknown", f"{report.device} refuses permit {report.permit}, which was never given")
    wrong_content = bool(report.missing or report.extra)
    permits.end(tx, permit.id, PermitOutcome.REFUSED if wrong_content else PermitOutcome.EXPIRED, report.reason)
    data = {"permit": permit.id, "reason": report.reason, "missing": report.missing, "extra": report.extra}
    tx.record("lock.refused", actor=actor, subject=permit.shipment, data=data)
    if wrong_content and permits.opening(tx, permit.shipment) is None and not _may_still_arrive(tx, permit, report):
        tell(tx, _content_alarm(tx, report))


def answered(tx: Tx, answer: CommandAnswered, command: OutgoingCommand) -> None:
    """The bridge's answer to a lock permit: what never reached the lock is given again."""
    if answer.outcome in {CommandOutcome.EXPIRED, CommandOutcome.REFUSED}:
        for permit in permits.awaited(tx, command.device, command.issued_real):
            permits.end(tx, permit.id, PermitOutcome.EXPIRED, answer.detail)


def _follow_permit(tx: Tx, one: ActiveShipment, bags: Sequence[Gathered]) -> None:
    given = permits.of_shipment(tx, one.id)
    last = given[0]
    if permits.opening(tx, one.id) is not None:
        road.settle(tx, one.id)
    elif last.outcome is PermitOutcome.OPEN:
        _withdraw_if_unfit(tx, one, last, bags)
        if tx.real_now > last.until_real + timedelta(seconds=SILENCE_S):
            _follow_silence(tx, one, last, bags)
    elif any(bag.status in _ON_THE_ROAD for bag in bags):
        return  # what has left needs no second permit, and must not be taken from its order
    elif not bags or any(bag.status is not BagStatus.PACKED for bag in bags):
        set_state(tx, one.id, one.order, ShipmentState.GATHERING)
    elif last.outcome is PermitOutcome.EXPIRED or _rested(tx, last):
        _permit(tx, one, bags)


def _follow_silence(tx: Tx, one: ActiveShipment, permit: Permit, bags: Sequence[Gathered]) -> None:
    """The lock's report is late or lost: a bag seen outside proves that it opened, else the permit has run out."""
    if not any(bag.status in _ON_THE_ROAD for bag in bags):
        permits.end(tx, permit.id, PermitOutcome.EXPIRED, "the lock did not answer")
        return
    permits.end(tx, permit.id, PermitOutcome.OPENED, "the lock did not report; its bags were seen outside")
    free_lane(tx, one.id)
    tx.record("lock.opening_inferred", actor=OUTBOUND, subject=one.id, data={"permit": permit.id})
    for bag in bags:
        road.leaving(tx, one.id, bag.bag)


def _name_if_it_must_not_leave(tx: Tx, actor: Actor, device: str, bag: str, *, permitted: bool) -> None:
    """The lock has opened: what its permit does not name, or its order had lost meanwhile, is an alarm at once."""
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    if permitted and status not in road.AT_HOME:
        return
    raise_event(tx, bag, LEFT_WITHOUT_PERMIT, place=exit_of(tx.plant).outside)
    why = f"while it was {status.value}" if permitted else "though no permit that stands names it"
    raise_finding(tx, actor, bag, f"{device} opened on it {why}")


def _withdraw_if_unfit(tx: Tx, one: ActiveShipment, permit: Permit, bags: Sequence[Gathered]) -> None:
    """A bag of the permit lost its order or may not leave any more: take back what has not left, and say so."""
    held = {tag_of(tx, bag.bag) for bag in bags}
    unfit = {bag.bag: reasons for bag in bags if bag.status is BagStatus.PACKED and (reasons := _reasons(tx, bag))}
    if not set(permit.epcs) - held and not unfit:
        return
    withdraw_issued(tx.raw, permit.device, to_us(permit.issued_real))
    if permit.detail:
        return
    permits.remark(tx, permit.id, "withdrawn: a bag of it must not leave")
    lost = [bag for epc in permit.epcs if epc not in held and (bag := _bag_or_none(tx, epc)) is not None]
    data = {"permit": permit.id, "lost": lost, "unfit": {bag: in_words(reasons) for bag, reasons in unfit.items()}}
    tx.record("lock.permit_withdrawn", actor=OUTBOUND, subject=one.id, data=data)
    for bag in [*lost, *unfit]:
        raise_event(tx, bag, PERMIT_WITHDRAWN, place=lock_place(tx.plant))


def free_lane(tx: Tx, shipment_id: str) -> None:
    """The lock has opened for a shipment: its lane is for the next one."""
    tx.conn.execute(update(shipment).where(shipment.c.id == shipment_id).values(lane=None))


def _rested(tx: Tx, permit: Permit) -> bool:
    return permit.ended_real is None or tx.real_now > permit.ended_real + timedelta(seconds=RETRY_S)


def _permit(tx: Tx, one: ActiveShipment, bags: Sequence[Gathered]) -> None:
    """Give a permit for these bags, if each may leave and nothing else is known to stand in the lock."""
    if not all([_may_leave(tx, bag) for bag in bags]):  # noqa: C419 - each of them is asked, not only the first
        return
    if not _ready_in_lock(tx, one, bags) or not _alone_in_lock(tx, one, bags):
        return
    if why_unheard(tx, exit_of(tx.plant).id) is not None:
        return  # nothing leaves unread; the reader's alarm says why the lock stays shut
    if any(why_not_sealable(tx, bag.bag) is not None for bag in bags):
        return  # nothing leaves without its passport; its alarm says why when that lasts
    device = exit_of(tx.plant).device
    epcs = sorted(epc for bag in bags if (epc := tag_of(tx, bag.bag)) is not None)
    if device is None or len(epcs) != len(bags):
        return
    _leave_behind(tx, one, bags)
    permit, until = new_id("prm"), tx.real_now + timedelta(seconds=PERMIT_S)
    message = LockPermit(permit=permit, shipment=one.id, hospital=one.hospital, epcs=tuple(epcs), until_real=until)
    permits.give(tx, permit, one.id, device, epcs, until)
    tx.command(device, message, valid_s=PERMIT_S)
    for box in boxes.boxes_of(tx.conn, tx.plant, one.id):
        if box.state is BoxState.CHECKED:
            boxes.put(tx, OUTBOUND, box.id, BoxState.IN_LOCK)
    if one.state is not ShipmentState.PERMITTED:
        set_state(tx, one.id, one.order, ShipmentState.PERMITTED, permitted_us=to_us(tx.now))


def _may_still_arrive(tx: Tx, permit: Permit, report: LockRefused) -> bool:
    """Nothing strange stands in the lock, and what is missing may be a box that is pushed in just now."""
    query = select(shipment.c.permitted_us).where(shipment.c.id == permit.shipment)
    since = tx.conn.execute(query).scalar_one_or_none()
    return not report.extra and since is not None and tx.now < from_us(since) + ARRIVAL


def _may_leave(tx: Tx, bag: Gathered) -> bool:
    """Ask eligibility once more; a bag that must not leave is taken out, one whose box is not cold enough now waits."""
    reasons = _reasons(tx, bag)
    in_box = boxes.box_at(tx.plant, bag.place) is not None
    lasting = [reason for reason in reasons if not (in_box and reason.code is ReasonCode.EXCURSION)]
    if lasting:
        why = in_both(lasting)
        reservations.release(tx, OUTBOUND, bag.bag, Sentence(f"it must not leave: {why.en}", f"不得出库：{why.zh}"))
    return not reasons


def _reasons(tx: Tx, bag: Gathered) -> Sequence[Reason]:
    return eligibility(facts_of(tx, bag.bag), Purpose(Act.DISPATCH, order_line=bag.line), tx.now)


def _ready_in_lock(tx: Tx, one: ActiveShipment, bags: Sequence[Gathered]) -> bool:
    """Every bag lies in a checked box of this shipment whose logger is known to be in range, or in the lock itself."""
    checked = {
        boxes.place_in(box.id)
        for box in boxes.boxes_of(tx.conn, tx.plant, one.id)
        if box.settled_at is not None
        and (
            box.state is BoxState.IN_LOCK or (box.state is BoxState.CHECKED and tx.now >= (box.since or tx.now) + PUSH)
        )
    }
    return all(bag.place in checked or bag.place == lock_place(tx.plant) for bag in bags)


def _alone_in_lock(tx: Tx, one: ActiveShipment, bags: Sequence[Gathered]) -> bool:
    """Nothing else is known to stand in the lock: no bag, and no box of another shipment."""
    lock = lock_place(tx.plant)
    loose = {bag for (bag,) in tx.raw.execute("SELECT id FROM bag WHERE place = ?", (lock,))}
    others = [
        box
        for box in boxes.all_boxes(tx.conn, tx.plant)
        if box.place == lock and box.shipment != one.id and box.state is not BoxState.EMPTY
    ]
    return loose <= {bag.bag for bag in bags} and not others


def _leave_behind(tx: Tx, one: ActiveShipment, bags: Sequence[Gathered]) -> None:
    """Bags that the order holds and that do not travel, for want of a box, go back to those who can use them."""
    travelling = {bag.bag for bag in bags}
    for bag in gathered(tx, one.order):
        if bag.bag not in travelling:
            reservations.release(tx, OUTBOUND, bag.bag, _NO_BOX)


def _bag_or_none(tx: Tx, epc: str) -> str | None:
    row = tx.raw.execute("SELECT id FROM bag WHERE epc = ?", (epc,)).fetchone()
    return None if row is None else str(row[0])


def _content_alarm(tx: Tx, report: LockRefused) -> News:
    return News(
        source=report.device,
        condition=LOCK_CONTENT,
        state=Condition.ACTIVE,
        at=tx.now,
        place=tx.plant.device_by_id[report.device].place,
        subject_en=report.shipment,
        subject_zh=report.shipment,
    )
