"""Leaving the house: crossings of the dispatch portal, the seal on each bag, and when a shipment is on the road."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from blood.eligibility import BagStatus
from rfid.messages import Crossing, Direction
from wms.alarms.book import raise_event
from wms.alarms.conditions import LEFT_WITHOUT_PERMIT, MISSED_READ
from wms.bags.commands import move_to, observe, raise_finding
from wms.bags.projection import BagChange, require
from wms.bags.tags import bag_of_tag
from wms.orders import reservations
from wms.orders.lifecycle import ShipmentState
from wms.orders.sentences import Sentence
from wms.outbound import boxes, permits
from wms.outbound.boxes import BoxState
from wms.outbound.shipments import OUTBOUND, set_state
from wms.outbound.stations import exit_of
from wms.outbound.tables import shipment, shipment_bag
from wms.passports.sealing import seal
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

PORTAL_PATIENCE: Final = timedelta(minutes=10)
"""Domain time after the lock opened for which a bag's crossing may still be under way."""
PORTAL_PATIENCE_REAL: Final = timedelta(seconds=15)
"""The same in real time, for a clock that runs fast while facts travel in real time."""

_LEFT: Final = Sentence("it left without a permit", "未经放行离开")
AT_HOME: Final = frozenset(BagStatus) - {
    BagStatus.PACKED,
    BagStatus.IN_TRANSIT,
    BagStatus.RECEIVED,
    BagStatus.ISSUED,
    BagStatus.TRANSFUSED,
    BagStatus.PRESUMED_TRANSFUSED,
    BagStatus.RETURNED_PENDING,
}
"""Statuses in which a bag has no business outside, whatever permit once named it.

Nor has one that came back and is not decided yet; only a late report of how it once left is no news of it.
"""


def transit(shipment_id: str) -> str:
    """The place of a shipment's bags on the road."""
    return f"transit/{shipment_id}"


def on_crossing(tx: Tx, actor: Actor, crossing: Crossing, at: datetime) -> None:
    """A tag passed the dispatch portal. Raises NotFound for a tag that is bound to no bag."""
    bag = bag_of_tag(tx, crossing.epc)
    data = {"portal": crossing.portal, "reads": crossing.reads, "at": at.isoformat()}
    if crossing.direction is Direction.UNKNOWN:
        tx.record("crossing.unclear", actor=actor, subject=bag, data=data, bag=BagChange(bag, {}))
        return
    if crossing.direction is Direction.IN:
        _came_back(tx, actor, bag, crossing)
        return
    state = require(tx.raw, bag)
    status = BagStatus(str(state["status"]))
    travels = _permitted_shipment(tx, bag, crossing.epc)
    came_back = status is BagStatus.RETURNED_PENDING and to_us(crossing.last_seen) >= int(state["place_since_us"] or 0)
    if travels is None or status in AT_HOME or came_back:
        _left_without_permit(tx, actor, bag, crossing)
        return
    if status is BagStatus.PACKED:
        _depart(tx, actor, bag, travels, crossing.last_seen, "bag.dispatched")
    else:
        _onto_the_road(tx, actor, bag, travels, crossing.last_seen, "bag.crossed", data)
    leaving(tx, travels, bag, crossed_at=crossing.last_seen)
    settle(tx, travels)


def leaving(tx: Tx, shipment_id: str, bag: str, crossed_at: datetime | None = None) -> None:
    """Enter a bag into its shipment's list; ``crossed_at`` when the portal saw it go."""
    entry = (shipment_bag.c.shipment == shipment_id) & (shipment_bag.c.bag == bag)
    if tx.conn.execute(select(shipment_bag.c.bag).where(entry)).first() is None:
        state = require(tx.raw, bag)
        box = boxes.box_at(tx.plant, None if state["place"] is None else str(state["place"]))
        values = {"shipment": shipment_id, "bag": bag, "line": state["order_line"] or "", "box": box}
        tx.conn.execute(insert(shipment_bag).values(**values))
    if crossed_at is not None:
        tx.conn.execute(update(shipment_bag).where(entry).values(crossed_us=to_us(crossed_at)))


def settle(tx: Tx, shipment_id: str) -> None:
    """Put a shipment on the road once the portal saw all its bags, or has had time enough to see them.

    A bag that stood in the opened lock and was not seen at the portal has left all the same: it is sent on its way,
    and its missed read is an alarm.
    """
    row = _shipment(tx, shipment_id)
    opening = permits.opening(tx, shipment_id)
    if row.state != ShipmentState.PERMITTED.value or opening is None:
        return
    listed = tx.conn.execute(select(shipment_bag).where(shipment_bag.c.shipment == shipment_id)).all()
    unseen = [entry.bag for entry in listed if entry.crossed_us is None]
    since, since_real = opening.ended_at or tx.now, opening.ended_real or tx.real_now
    waited = tx.now >= since + PORTAL_PATIENCE and tx.real_now >= since_real + PORTAL_PATIENCE_REAL
    if unseen and not waited:
        return
    for bag in unseen:
        infer_departure(tx, OUTBOUND, bag, shipment_id)
    set_state(tx, shipment_id, row.order_id, ShipmentState.IN_TRANSIT, dispatched_us=to_us(tx.now))
    left_in = {entry.box for entry in listed}
    for box in boxes.boxes_of(tx.conn, tx.plant, shipment_id):
        if box.state in boxes.CLOSED and box.id in left_in:  # one whose bags are being taken out stays in the house
            boxes.put(tx, OUTBOUND, box.id, BoxState.IN_TRANSIT, place=transit(shipment_id))


def infer_departure(tx: Tx, actor: Actor, bag: str, shipment_id: str) -> None:
    """A bag that must have left although the portal did not see it: sent on its way, named as a missed read."""
    if BagStatus(str(require(tx.raw, bag)["status"])) is BagStatus.PACKED:
        _depart(tx, actor, bag, shipment_id, tx.now, "bag.dispatch_inferred")
        tx.record("finding.missed_read", actor=actor, subject=bag, data={"portal": exit_of(tx.plant).id})
        raise_event(tx, bag, MISSED_READ, place=exit_of(tx.plant).inside)


def depart_by_hand(tx: Tx, actor: Actor, bag: str, shipment_id: str) -> None:
    """A person scanned a bag on its way out, in the portal's place."""
    _depart(tx, actor, bag, shipment_id, tx.now, "bag.dispatched")
    leaving(tx, shipment_id, bag, crossed_at=tx.now)


def _depart(tx: Tx, actor: Actor, bag: str, shipment_id: str, at: datetime, kind: str) -> None:
    data = {"shipment": shipment_id}
    observe(tx, actor, bag, BagStatus.IN_TRANSIT, kind, data=data)
    _onto_the_road(tx, actor, bag, shipment_id, at, "bag.moved", data)
    _seal(tx, bag, shipment_id)


def _onto_the_road(
    tx: Tx, actor: Actor, bag: str, shipment_id: str, at: datetime, kind: str, data: Mapping[str, Any]
) -> None:
    """A bag in a box stays in it, and the box is on the road; a bag without one is on the road itself."""
    if not _in_box(tx, bag):
        move_to(tx, actor, bag, transit(shipment_id), at, kind=kind, data=data)


def _in_box(tx: Tx, bag: str) -> bool:
    place = require(tx.raw, bag)["place"]
    return boxes.box_at(tx.plant, None if place is None else str(place)) is not None


def _seal(tx: Tx, bag: str, shipment_id: str) -> None:
    """Seal what the bag is and how it was kept into the ledger, before any history of it can be dropped."""
    state = require(tx.raw, bag)
    row = _shipment(tx, shipment_id)
    about = {
        "shipment": shipment_id,
        "order": row.order_id,
        "hospital": row.hospital,
        "line": state["order_line"],
        "component": state["component"],
        "group": state["abo_rhd"],
        "collected_at": from_us(int(state["collected_us"] or 0)).isoformat(),
        "expires_at": from_us(int(state["expires_us"] or 0)).isoformat(),
        "tests": state["tests"],
        "process_check": state["process_check"],
    }
    seal(tx, OUTBOUND, bag, shipment_id, about)


def _permitted_shipment(tx: Tx, bag: str, epc: str) -> str | None:
    """The shipment in which a bag may leave, or left: its lock permit names the bag's tag."""
    standing = reservations.standing_of(tx.conn, bag)
    if standing is None:
        listed = select(shipment_bag.c.shipment).where(shipment_bag.c.bag == bag)
        known = tx.conn.execute(listed.order_by(shipment_bag.c.shipment.desc())).scalars().first()
        return None if known is None else str(known)
    found = tx.conn.execute(select(shipment.c.id).where(shipment.c.order_id == standing.order)).scalar_one_or_none()
    if found is None:
        return None
    judged = permits.of_shipment(tx, found)
    given = any(epc in one.epcs and one.outcome is not permits.PermitOutcome.REFUSED for one in judged)
    return str(found) if given else None


def _left_without_permit(tx: Tx, actor: Actor, bag: str, crossing: Crossing) -> None:
    data = {"portal": crossing.portal}
    fits = observe(tx, actor, bag, BagStatus.IN_TRANSIT, "bag.left", data=data)
    if not _in_box(tx, bag):
        move_to(tx, actor, bag, exit_of(tx.plant).outside, crossing.last_seen, kind="bag.crossed", data=data)
    raise_event(tx, bag, LEFT_WITHOUT_PERMIT, place=exit_of(tx.plant).outside)
    reservations.release(tx, actor, bag, _LEFT)  # else its shipment would wait for it for ever
    if fits:
        raise_finding(tx, actor, bag, f"it left through {crossing.portal} without a permit")


def _came_back(tx: Tx, actor: Actor, bag: str, crossing: Crossing) -> None:
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    inside = exit_of(tx.plant).inside
    if not _in_box(tx, bag):
        move_to(tx, actor, bag, inside, crossing.last_seen, kind="bag.crossed", data={"portal": crossing.portal})
    if status is not BagStatus.PACKED:
        raise_finding(tx, actor, bag, f"it came back through {crossing.portal} while it was {status.value}")


def _shipment(tx: Tx, shipment_id: str) -> Row[tuple[object, ...]]:
    return tx.conn.execute(select(shipment).where(shipment.c.id == shipment_id)).one()
