"""The hospital's receipt: what was scanned out of the box, judged bag by bag; nothing that was seen is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update

from blood.eligibility import Act, BagStatus, Purpose, ReasonCode, eligibility
from blood.isbt128 import ScanError
from wms.alarms.book import raise_event
from wms.alarms.conditions import WRONG_BAG
from wms.bags.boxed import too_long_in_boxes
from wms.bags.commands import move_to, observe, raise_finding
from wms.bags.exposure import spans_of
from wms.bags.facts import facts_of
from wms.bags.projection import load, require
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import open_holds, place_hold
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.read import FULFILLED
from wms.orders.tables import order
from wms.outbound import boxes, permits, road
from wms.outbound.box_choice import class_for
from wms.outbound.boxes import BoxState
from wms.outbound.gate import in_words
from wms.outbound.shipments import OUTBOUND, set_state, tell
from wms.outbound.tables import shipment, shipment_bag
from wms.recall.frozen import open_recalls
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

TOLERATED_MIN: Final = 1.0
"""Minutes outside its range of which nothing is made: the resolution of a logger that speaks once a minute."""
TOLERATED_SILENCE_MIN: Final = 30.0
"""Minutes of silence of which nothing is made: a hole in the radio, and the time from the opened box to its scan."""

_HOUR: Final = timedelta(hours=1)
_THERE: Final = frozenset({BagStatus.RECEIVED, BagStatus.ISSUED, BagStatus.TRANSFUSED, BagStatus.PRESUMED_TRANSFUSED})
"""Statuses of a bag that its hospital has, or had, already: another scan of its receipt changes nothing."""


class Verdict(StrEnum):
    """What a receipt found of one bag."""

    RECEIVED = "received"
    RECEIVED_ON_HOLD = "received_on_hold"
    WRONG_BAG = "wrong_bag"


@dataclass(frozen=True, slots=True)
class ReceivedBag:
    """One scanned bag, what was found, and why in words (empty when all is well)."""

    bag: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True)
class _Arrival:
    shipment: str
    hospital: str
    place: str
    temperature_ok: bool
    visual_ok: bool


def receive(
    tx: Tx, actor: Actor, shipment_id: str, bags: Sequence[str], *, temperature_ok: bool, visual_ok: bool
) -> tuple[ReceivedBag, ...]:
    """Receive scanned bags of a shipment at its hospital; the shipment is received once all its bags are.

    Scanning a bag again changes nothing. A bag of another shipment is named, alarmed and held. Raises NotFound for an
    unknown shipment or bag, Invalid for what is not a bag id, Conflict before the lock was permitted to open; nothing
    is changed then.
    """
    row = tx.conn.execute(select(shipment).where(shipment.c.id == shipment_id)).one_or_none()
    if row is None:
        raise NotFound("shipment_unknown", f"There is no shipment {shipment_id}")
    if row.state == ShipmentState.GATHERING.value:
        raise Conflict("shipment_not_dispatched", f"Shipment {shipment_id} has not left the centre yet")
    _check(tx, bags)
    place = next(hospital.place for hospital in tx.plant.hospitals if hospital.id == row.hospital)
    arrival = _Arrival(shipment_id, row.hospital, place, temperature_ok, visual_ok)
    _complete_list(tx, shipment_id, row.order_id)
    listed = tx.conn.execute(select(shipment_bag.c.bag).where(shipment_bag.c.shipment == shipment_id)).scalars().all()
    found = tuple(
        _receive_bag(tx, actor, bag, arrival)
        if bag in listed and not _came_before(tx, bag, arrival)
        else _wrong_bag(tx, actor, bag, arrival)
        for bag in dict.fromkeys(bags)
    )
    data = {"bags": [one.bag for one in found], "temperature_ok": temperature_ok, "visual_ok": visual_ok}
    tx.record("shipment.receipt", actor=actor, subject=shipment_id, data=data)
    _settle_boxes(tx, actor, shipment_id)
    _close(tx, shipment_id, row.order_id, row.state)
    return found


def _check(tx: Tx, bags: Sequence[str]) -> None:
    if not bags:
        raise Invalid("bags", "Scan at least one bag")
    for bag in bags:
        try:
            tx.plant.identifiers.parse_bag_id(bag)
        except ScanError as error:
            raise Invalid("bags", str(error)) from error
        if load(tx.raw, bag) is None:
            raise NotFound("bag.unknown", f"There is no bag {bag}; check the scan")


def _complete_list(tx: Tx, shipment_id: str, order_id: str) -> None:
    """The hospital may be faster than the lock's own report: then the permit says what stood in the lock."""
    judged = permits.of_shipment(tx, shipment_id)
    permitted = {epc for one in judged if one.outcome is not permits.PermitOutcome.REFUSED for epc in one.epcs}
    for bag in reservations.bags_of_order(tx.conn, order_id):
        state = require(tx.raw, bag)
        if state["status"] in {BagStatus.PACKED.value, BagStatus.IN_TRANSIT.value} and state["epc"] in permitted:
            road.leaving(tx, shipment_id, bag)


def _receive_bag(tx: Tx, actor: Actor, bag: str, arrival: _Arrival) -> ReceivedBag:
    state = require(tx.raw, bag)
    if BagStatus(str(state["status"])) in _THERE:
        kept = [*open_holds(tx.raw, bag, None if state["place"] is None else str(state["place"]))]
        held = "; ".join([*kept, *(f"recall: {case}" for case in open_recalls(tx.raw, bag))])
        return ReceivedBag(bag, Verdict.RECEIVED_ON_HOLD if held else Verdict.RECEIVED, held)
    road.infer_departure(tx, actor, bag, arrival.shipment)
    minutes, against = _logged(tx, bag)
    against = (*against, *_too_long(tx, bag))
    facts = facts_of(tx, bag)
    if _box_of(tx, bag) is not None:  # it stands open by now, its logger says nothing of it any more: its record counts
        facts = replace(facts, open_excursion=False)
    against_it = eligibility(facts, Purpose(Act.RECEIVE), tx.now)
    recalled = [in_words([reason]) for reason in against_it if reason.code is ReasonCode.RECALL]
    reasons = [in_words([reason]) for reason in against_it if reason.code is not ReasonCode.RECALL]
    reasons += against
    reasons += [] if arrival.temperature_ok else ["too warm or too cold on arrival"]
    reasons += [] if arrival.visual_ok else ["did not look right on arrival"]
    _arrive(tx, actor, bag, arrival)
    entry = (shipment_bag.c.shipment == arrival.shipment) & (shipment_bag.c.bag == bag)
    values = {
        "received_us": to_us(tx.now),
        "minutes_outside": minutes,
        "temperature_ok": arrival.temperature_ok,
        "visual_ok": arrival.visual_ok,
    }
    tx.conn.execute(update(shipment_bag).where(entry).values(values))
    reservations.end(tx, bag, FULFILLED)
    if reasons:  # a recall keeps the bag by itself, for as long as the case says
        place_hold(tx, actor, bag=bag, reason=f"on receipt: {'; '.join(reasons)}"[:500])
    if not reasons and not recalled:
        return ReceivedBag(bag, Verdict.RECEIVED, "")
    detail = "; ".join([*recalled, *reasons])
    return ReceivedBag(bag, Verdict.RECEIVED_ON_HOLD, detail)


def _came_before(tx: Tx, bag: str, arrival: _Arrival) -> bool:
    """True when a bag of the list was received before and is believed elsewhere since: sent back, or sent out anew."""
    entry = (shipment_bag.c.shipment == arrival.shipment) & (shipment_bag.c.bag == bag)
    received_us = tx.conn.execute(select(shipment_bag.c.received_us).where(entry)).scalar_one()
    state = require(tx.raw, bag)
    is_there = BagStatus(str(state["status"])) in _THERE and state["hospital"] == arrival.hospital
    return received_us is not None and not is_there


def _box_of(tx: Tx, bag: str) -> str | None:
    place = require(tx.raw, bag)["place"]
    return boxes.box_at(tx.plant, None if place is None else str(place))


def _logged(tx: Tx, bag: str) -> tuple[float | None, Sequence[str]]:
    """Minutes for which the box of a bag was outside its range (None: nobody knows), and what speaks against it."""
    box = _box_of(tx, bag)
    if box is None:  # what no box of the centre suits has a container of its own: the hospital says how that came
        component = tx.plant.components[str(require(tx.raw, bag)["component"])]
        has_one = bool(tx.plant.boxes) and class_for(tx.plant, component) is not None
        return None, ("it came in no box, and nobody knows how warm it was on the road",) if has_one else ()
    one = boxes.one_box(tx.conn, tx.plant, box)
    minutes, silent = one.minutes_outside(tx.now), one.minutes_silent(tx.now)
    if minutes is None:
        return None, (f"nobody knows how warm it was in box {box}",)
    if minutes >= TOLERATED_MIN:
        return minutes, (f"box {box} was outside its range for {minutes:.0f} min",)
    if silent >= TOLERATED_SILENCE_MIN:
        return None, (f"nobody knows how warm it was in box {box} for {silent:.0f} min",)
    return minutes, ()


def _too_long(tx: Tx, bag: str) -> Sequence[str]:
    component = tx.plant.components[str(require(tx.raw, bag)["component"])]
    spent = too_long_in_boxes(component, spans_of(tx.raw, bag), tx.now)
    if spent is None or component.transport_max is None:
        return ()
    return (f"{spent / _HOUR:.0f} h in a transport box, at most {component.transport_max / _HOUR:g}",)


def _wrong_bag(tx: Tx, actor: Actor, bag: str, arrival: _Arrival) -> ReceivedBag:
    """A bag of something else: always a finding; when it was on the road, it has arrived here."""
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    detail = (
        f"scanned at {arrival.hospital} with shipment {arrival.shipment}, to which it does not belong; "
        f"it was {status.value}"
    )
    raise_event(tx, bag, WRONG_BAG, place=arrival.place)
    raise_finding(tx, actor, bag, detail)
    if status is BagStatus.IN_TRANSIT:
        _arrive(tx, actor, bag, arrival)
        reservations.end(tx, bag, "arrived with another shipment")
        _strike_off(tx, bag)
    return ReceivedBag(bag, Verdict.WRONG_BAG, detail)


def _strike_off(tx: Tx, bag: str) -> None:
    """The shipment that should have brought the bag waits for it no longer."""
    waiting = (shipment_bag.c.bag == bag) & shipment_bag.c.received_us.is_(None)
    query = (
        select(shipment.c.id, shipment.c.order_id, shipment.c.state)
        .join(shipment_bag, shipment_bag.c.shipment == shipment.c.id)
        .where(waiting)
    )
    rows = tx.conn.execute(query).all()
    tx.conn.execute(update(shipment_bag).where(waiting).values(received_us=to_us(tx.now)))
    for row in rows:
        _close(tx, row.id, row.order_id, row.state)


def _arrive(tx: Tx, actor: Actor, bag: str, arrival: _Arrival) -> None:
    data = {"shipment": arrival.shipment}
    whose = {"custody": "hospital", "hospital": arrival.hospital}
    observe(tx, actor, bag, BagStatus.RECEIVED, "bag.received", data=data, **whose)
    move_to(tx, actor, bag, arrival.place, tx.now, data=data)


def _settle_boxes(tx: Tx, actor: Actor, shipment_id: str) -> None:
    """A box out of which every bag was received is at the hospital, empty, and waits for a vehicle home."""
    for one in boxes.boxes_of(tx.conn, tx.plant, shipment_id):
        if one.state is not BoxState.AT_HOSPITAL and not boxes.contents(tx.conn, one.id):
            hospital = tx.conn.execute(select(shipment.c.hospital).where(shipment.c.id == shipment_id)).scalar_one()
            place = tx.plant.hospital_by_id[hospital].place
            boxes.put(tx, actor, one.id, BoxState.AT_HOSPITAL, place=place)


def _close(tx: Tx, shipment_id: str, order_id: str, state: str) -> None:
    left = select(shipment_bag.c.bag).where(
        shipment_bag.c.shipment == shipment_id, shipment_bag.c.received_us.is_(None)
    )
    if tx.conn.execute(left).first() is not None:
        tell(tx, shipment_id, order_id)
        return
    if state != ShipmentState.RECEIVED.value:
        set_state(tx, shipment_id, order_id, ShipmentState.RECEIVED, received_us=to_us(tx.now))
        tx.conn.execute(update(order).where(order.c.id == order_id).values(closed_us=to_us(tx.now)))
        tx.record("order.fulfilled", actor=OUTBOUND, subject=order_id, data={"shipment": shipment_id})
