"""The dispatch lock: opens for exactly the packed bags of one shipment; asked again when a permit merely ran out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from blood.eligibility import Act, BagStatus, Purpose, eligibility
from plc_bridge.messages import CommandAnswered, CommandOutcome, LockOpened, LockPermit, LockRefused
from runtime.ids import new_id
from wms.alarms.book import News, clear, raise_event, tell
from wms.alarms.conditions import LEFT_WITHOUT_PERMIT, LOCK_CONTENT
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
from wms.outbound import permits, road
from wms.outbound.permits import Permit, PermitOutcome
from wms.outbound.shipments import (
    OUTBOUND,
    ActiveShipment,
    Gathered,
    drop,
    emergency_waits,
    gathered,
    is_short,
    set_state,
)
from wms.outbound.stations import exit_of, gate_of, tag_of
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

PERMIT_S: Final = 30.0
"""Real seconds that a lock permit holds; the lock judges it the moment it arrives."""
SILENCE_S: Final = 15.0
"""Real seconds after its end for which the report of an opened lock may still be under way."""
RETRY_S: Final = 20.0
"""Real seconds before a lock that held the wrong bags is asked again."""
_ON_THE_ROAD: Final = frozenset({BagStatus.IN_TRANSIT, BagStatus.RECEIVED, BagStatus.ISSUED})


def follow(tx: Tx, one: ActiveShipment) -> None:
    """Ask the lock to open when a shipment is complete, and again while it has not; a function of database state."""
    bags = gathered(tx, one.order)
    if one.state is ShipmentState.PERMITTED:
        _follow_permit(tx, one, bags)
    elif not bags:
        drop(tx, one)
    elif all(bag.status is BagStatus.PACKED for bag in bags) and _enough(tx, one):
        _permit(tx, one, bags)


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
    clear(tx, report.device, LOCK_CONTENT)
    data = {"permit": permit.id, "bags": list(tags)}
    tx.record("lock.opened", actor=actor, subject=permit.shipment, data=data)
    for bag, epc in tags.items():
        if epc in permit.epcs:
            road.leaving(tx, permit.shipment, bag)
        _name_if_it_must_not_leave(tx, actor, report.device, bag, permitted=epc in permit.epcs)
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
    if wrong_content and permits.opening(tx, permit.shipment) is None:
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
        if set(last.epcs) - {tag_of(tx, bag.bag) for bag in bags}:  # one of its bags lost its order meanwhile
            withdraw_issued(tx.raw, last.device, to_us(last.issued_real))
        if tx.real_now > last.until_real + timedelta(seconds=SILENCE_S):
            _follow_silence(tx, one, last, bags)
    elif any(bag.status in _ON_THE_ROAD for bag in bags):
        return  # what has left needs no second permit, and must not be taken from its order
    elif not bags:
        set_state(tx, one.id, one.order, ShipmentState.GATHERING)
    elif last.outcome is PermitOutcome.EXPIRED or _rested(tx, last):
        _permit(tx, one, bags)


def _follow_silence(tx: Tx, one: ActiveShipment, permit: Permit, bags: Sequence[Gathered]) -> None:
    """The lock's report is late or lost: a bag seen outside proves that it opened, else the permit has run out."""
    if not any(bag.status in _ON_THE_ROAD for bag in bags):
        permits.end(tx, permit.id, PermitOutcome.EXPIRED, "the lock did not answer")
        return
    permits.end(tx, permit.id, PermitOutcome.OPENED, "the lock did not report; its bags were seen outside")
    tx.record("lock.opening_inferred", actor=OUTBOUND, subject=one.id, data={"permit": permit.id})
    for bag in bags:
        road.leaving(tx, one.id, bag.bag)


def _name_if_it_must_not_leave(tx: Tx, actor: Actor, device: str, bag: str, *, permitted: bool) -> None:
    """The lock has opened: what its permit does not name, or its order had lost meanwhile, is an alarm at once."""
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    if permitted and status not in road.AT_HOME:
        return
    raise_event(tx, bag, LEFT_WITHOUT_PERMIT, place=exit_of(tx.plant).outside)
    why = f"while it was {status.value}" if permitted else "though its permit does not name it"
    raise_finding(tx, actor, bag, f"{device} opened on it {why}")


def _enough(tx: Tx, one: ActiveShipment) -> bool:
    return one.out_of_patience(tx.now) or not is_short(tx, one.order) or emergency_waits(tx)


def _rested(tx: Tx, permit: Permit) -> bool:
    return permit.ended_real is None or tx.real_now > permit.ended_real + timedelta(seconds=RETRY_S)


def _permit(tx: Tx, one: ActiveShipment, bags: Sequence[Gathered]) -> None:
    """Give a permit for these bags, if each may leave and nothing else is known to stand in the lock."""
    unfit = [bag for bag in bags if not _may_leave(tx, bag)]
    if unfit or not _alone_in_lane(tx, bags):
        return
    device = exit_of(tx.plant).device
    epcs = sorted(epc for bag in bags if (epc := tag_of(tx, bag.bag)) is not None)
    if device is None or len(epcs) != len(bags):
        return
    permit, until = new_id("prm"), tx.real_now + timedelta(seconds=PERMIT_S)
    message = LockPermit(permit=permit, shipment=one.id, hospital=one.hospital, epcs=tuple(epcs), until_real=until)
    permits.give(tx, permit, one.id, device, epcs, until)
    tx.command(device, message, valid_s=PERMIT_S)
    if one.state is not ShipmentState.PERMITTED:
        set_state(tx, one.id, one.order, ShipmentState.PERMITTED, permitted_us=to_us(tx.now))


def _may_leave(tx: Tx, bag: Gathered) -> bool:
    """Ask eligibility once more; a bag that must not leave goes back to a shelf."""
    reasons = eligibility(facts_of(tx, bag.bag), Purpose(Act.DISPATCH, order_line=bag.line), tx.now)
    if reasons:
        why = in_both(reasons)
        reservations.release(tx, OUTBOUND, bag.bag, Sentence(f"it must not leave: {why.en}", f"不得出库：{why.zh}"))
    return not reasons


def _alone_in_lane(tx: Tx, bags: Sequence[Gathered]) -> bool:
    lane = gate_of(tx.plant).outside
    standing = {bag for (bag,) in tx.raw.execute("SELECT id FROM bag WHERE place = ?", (lane,))}
    return standing == {bag.bag for bag in bags}


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
