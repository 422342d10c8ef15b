"""Returns: a hospital announces them, the portal or a scan takes them in, quality decides about every bag.

A returned bag may go back into stock only when its temperature is known for the whole time that it was away: in its box
from the box's logger, at the hospital from what the hospital states. Unknown is no. The cumulative rule of the profile
(minutes out of control over a bag's whole life) is not judged here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Row, func, insert, select, update

from blood.eligibility import BagStatus, Zone
from plant.model import PlaceKind, Plant, Portal, PortalKind
from rfid.messages import Crossing, Direction
from runtime.ids import new_id
from wms.alarms.book import raise_event
from wms.alarms.conditions import RETURN_UNANNOUNCED
from wms.bags.commands import change_status, move_to, observe, raise_finding
from wms.bags.projection import BagChange, require
from wms.bags.tables import stay
from wms.bags.tags import bag_of_tag
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import open_holds
from wms.moves.model import MovePurpose
from wms.moves.tasks import cancel_move, open_task_of, request_move
from wms.outbound.receipt import TOLERATED_MIN
from wms.outbound.tables import shipment_bag
from wms.recall.frozen import open_recalls
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx
from wms.transport.tables import hospital_return, returned_bag

OUT_OF_CONTROL_MIN: Final = 30.0
"""Minutes out of a watched temperature after which a returned bag is not taken into stock (domain.md 2.3)."""
NOT_SAID: Final = "it came without a word"


class ReturnState(StrEnum):
    """How far one bag of a return got."""

    ANNOUNCED = "announced"
    RECEIVED = "received"
    RESTOCKED = "restocked"
    NONCONFORMING = "nonconforming"


class Verdict(StrEnum):
    """What quality decides."""

    RESTOCK = "restock"
    NONCONFORMING = "nonconforming"


CAN_COME_BACK: Final = frozenset(
    {BagStatus.IN_TRANSIT, BagStatus.RECEIVED, BagStatus.ISSUED, BagStatus.PRESUMED_TRANSFUSED}
)


@dataclass(frozen=True, slots=True)
class ReturnWish:
    """What a hospital announces; ``temperature_ok`` and ``visual_ok`` are its word, None when it gives none."""

    hospital: str
    bags: Sequence[str]
    reason: str
    temperature_ok: bool | None
    visual_ok: bool | None
    shipment: str | None = None


def announce(tx: Tx, actor: Actor, wish: ReturnWish) -> str:
    """A hospital says that bags come back; returns the return's id.

    Raises NotFound for an unknown hospital or bag, Invalid without bags or a reason, Refused for a bag that this
    hospital does not have or that is announced already.
    """
    if wish.hospital not in tx.plant.hospital_by_id:
        raise NotFound("hospital_unknown", f"There is no hospital {wish.hospital!r}")
    if not wish.bags or len(set(wish.bags)) != len(wish.bags):
        raise Invalid("bags", "Name each bag that comes back once")
    if not wish.reason.strip():
        raise Invalid("reason", "Say why the bags come back")
    for bag in wish.bags:
        state = require(tx.raw, bag)
        if state["hospital"] != wish.hospital or BagStatus(str(state["status"])) not in CAN_COME_BACK:
            raise Refused("return_not_yours", f"{bag} is {state['status']}; {wish.hospital} does not have it")
        if (earlier := open_return_of(tx, bag)) is not None:
            raise Refused("return_known", f"{bag} is announced already, with return {earlier}")
    return _insert(tx, actor, wish)


def on_crossing(tx: Tx, actor: Actor, crossing: Crossing, portal: Portal, at: datetime) -> None:
    """A tag passed the returns portal. Raises NotFound for a tag that is bound to no bag."""
    bag = bag_of_tag(tx, crossing.epc)
    data = {"portal": crossing.portal, "reads": crossing.reads, "at": at.isoformat()}
    if crossing.direction is Direction.IN:
        _take_in(tx, actor, bag, portal.inside, crossing.last_seen)
    elif crossing.direction is Direction.UNKNOWN:
        tx.record("crossing.unclear", actor=actor, subject=bag, data=data, bag=BagChange(bag, {}))
    else:
        move_to(tx, actor, bag, portal.outside, crossing.last_seen, kind="bag.crossed", data=data)
        status = BagStatus(str(require(tx.raw, bag)["status"]))
        raise_finding(tx, actor, bag, f"it went out through {crossing.portal} while it was {status.value}")


def receive(tx: Tx, actor: Actor, return_id: str, bag: str) -> str:
    """The manual twin of the returns portal: a person scans a bag of a return; returns the place where it lies now.

    Raises NotFound, Refused for a bag that this return does not name, Conflict when it was received before.
    """
    _require(tx, return_id)
    row = _entry(tx, return_id, bag)
    if row is None:
        raise Refused("return_other", f"{bag} is not of return {return_id}. Announce it, or scan the right return")
    if row.state != ReturnState.ANNOUNCED.value:
        raise Conflict("return_received", f"{bag} was received before; it is {row.state}")
    place = returns_portal(tx.plant).inside
    _take_in(tx, actor, bag, place, tx.now)
    return place


def decide(tx: Tx, actor: Actor, return_id: str, bag: str, verdict: Verdict, comment: str) -> None:
    """Quality decides about a bag that came back: stock again, or non-conforming.

    Raises NotFound, Invalid without a comment, Conflict when it is not here or decided already, Refused with every
    reason why it may not go back into stock.
    """
    _require(tx, return_id)
    row = _entry(tx, return_id, bag)
    if row is None:
        raise NotFound("return_other", f"{bag} is not of return {return_id}")
    if row.state != ReturnState.RECEIVED.value:
        raise Conflict("return_state", f"{bag} is {row.state}; only what has come back is decided")
    if not comment.strip():
        raise Invalid("comment", "Say what was looked at and why it is decided so")
    if verdict is Verdict.RESTOCK and (reasons := why_no_restock(tx, return_id, bag)):
        raise Refused("return_no_restock", f"{bag} may not go back into stock: {'; '.join(reasons)}")
    if (task := open_task_of(tx.raw, bag)) is not None:
        cancel_move(tx, actor, task.id, "quality has decided about it")
    restocked = verdict is Verdict.RESTOCK
    to = BagStatus.AVAILABLE if restocked else BagStatus.NONCONFORMING
    data = {"return": return_id, "comment": comment}
    kind = f"bag.return_{verdict.value}"
    change_status(tx, actor, bag, to, kind, data=data, custody="centre", hospital=None, order_line=None)
    purpose = MovePurpose.RESTOCK if restocked else MovePurpose.SEGREGATE
    request_move(tx, actor, bag, purpose=purpose, zone=Zone.STOCK if restocked else Zone.NONCONFORMING)
    state = ReturnState.RESTOCKED if restocked else ReturnState.NONCONFORMING
    values = {"state": state.value, "decided_us": to_us(tx.now), "decided_by": actor.id, "comment": comment}
    _change(tx, return_id, bag, **values)
    _close_if_done(tx, return_id)


def why_no_restock(tx: Tx, return_id: str, bag: str) -> Sequence[str]:
    """Everything that speaks against stock: an unknown or broken temperature record, its looks, holds, age."""
    told = tx.conn.execute(select(hospital_return).where(hospital_return.c.id == return_id)).one()
    state = require(tx.raw, bag)
    reasons = list(open_holds(tx.raw, bag, None if state["place"] is None else str(state["place"])))
    reasons += [f"recall: {recall}" for recall in open_recalls(tx.raw, bag)]
    if told.temperature_ok is None:
        reasons.append("the hospital said nothing about its temperature")
    elif not told.temperature_ok:
        reasons.append("the hospital could not keep its temperature")
    if not told.visual_ok:
        reasons.append("it did not look right, or nobody looked")
    minutes = minutes_outside_on_the_road(tx, bag)
    if minutes is None:
        reasons.append("no box logger knows how warm it was on the road")
    elif minutes >= TOLERATED_MIN:
        reasons.append(f"its box was outside its range for {minutes:.0f} min")
    standing = minutes_without_envelope(tx, return_id, bag)
    if standing > OUT_OF_CONTROL_MIN:
        reasons.append(f"it has stood for {standing:.0f} min where nobody watches the temperature")
    if from_us(int(state["expires_us"] or 0)) <= tx.now:
        reasons.append("it has expired")
    return reasons


def minutes_without_envelope(tx: Tx, return_id: str, bag: str) -> float:
    """Minutes since it came back that a bag spent at places without a permitted temperature: benches, belts, lanes."""
    came = select(returned_bag.c.received_us).where(
        returned_bag.c.hospital_return == return_id, returned_bag.c.bag == bag
    )
    since = tx.conn.execute(came).scalar_one_or_none()
    if since is None:
        return 0.0
    stays = tx.conn.execute(select(stay.c.place, stay.c.from_us, stay.c.to_us).where(stay.c.bag == bag)).all()
    open_us = [
        max(0, (to_us(tx.now) if one.to_us is None else one.to_us) - max(one.from_us, since))
        for one in stays
        if tx.plant.envelope_of(one.place) is None
    ]
    return float(sum(open_us)) / 60e6


def minutes_outside_on_the_road(tx: Tx, bag: str) -> float | None:
    """What the logger of the box in which it was delivered had recorded at its receipt; None: nobody knows."""
    query = select(func.max(shipment_bag.c.minutes_outside), func.count(shipment_bag.c.bag)).where(
        shipment_bag.c.bag == bag, shipment_bag.c.minutes_outside.is_not(None)
    )
    worst, known = tx.conn.execute(query).one()
    unknown = select(func.count()).where(shipment_bag.c.bag == bag, shipment_bag.c.minutes_outside.is_(None))
    if not known or tx.conn.execute(unknown).scalar_one():
        return None
    return float(worst)


def open_return_of(tx: Tx, bag: str) -> str | None:
    """The return that names a bag and has not decided about it, or None."""
    query = (
        select(returned_bag.c.hospital_return)
        .where(
            returned_bag.c.bag == bag,
            returned_bag.c.state.in_([ReturnState.ANNOUNCED.value, ReturnState.RECEIVED.value]),
        )
        .order_by(returned_bag.c.hospital_return.desc())
    )
    found = tx.conn.execute(query).scalars().first()
    return None if found is None else str(found)


def returns_portal(plant: Plant) -> Portal:
    """The passage through which bags of hospitals come in; raises NotFound in a plant without one."""
    for portal in plant.portals:
        if is_returns(plant, portal):
            return portal
    raise NotFound("portal.returns", "This plant has no returns portal")


def is_returns(plant: Plant, portal: Portal) -> bool:
    """True for a passage without a lock whose outside is where the hospitals are."""
    outside = plant.place_by_path.get(portal.outside)
    among = any(hospital.place.startswith(portal.outside + "/") for hospital in plant.hospitals)
    passage = portal.kind is PortalKind.PASSAGE and portal.device is None
    return passage and outside is not None and outside.kind is PlaceKind.OUTSIDE and among


def _take_in(tx: Tx, actor: Actor, bag: str, place: str, at: datetime) -> None:
    """It is back: pending until quality decides, on its way to the returned shelf of its store."""
    state = require(tx.raw, bag)
    return_id = open_return_of(tx, bag)
    if return_id is None:
        hospital = str(state["hospital"] or "")
        return_id = _insert(tx, actor, ReturnWish(hospital, [bag], NOT_SAID, None, None))
        raise_event(tx, bag, RETURN_UNANNOUNCED, place=place)
    data = {"return": return_id}
    observe(tx, actor, bag, BagStatus.RETURNED_PENDING, "bag.returned", data=data, custody="centre", hospital=None)
    move_to(tx, actor, bag, place, at, data=data)
    _change(tx, return_id, bag, state=ReturnState.RECEIVED.value, received_us=to_us(at))
    tx.notify("return", return_id)
    fits = require(tx.raw, bag)["status"] == BagStatus.RETURNED_PENDING.value
    if fits and open_task_of(tx.raw, bag) is None:
        request_move(tx, actor, bag, purpose=MovePurpose.RETURN, zone=Zone.RETURNED)


def _insert(tx: Tx, actor: Actor, wish: ReturnWish) -> str:
    number = new_id("ret")
    tx.conn.execute(
        insert(hospital_return).values(
            id=number,
            hospital=wish.hospital,
            shipment=wish.shipment,
            reason=wish.reason,
            temperature_ok=wish.temperature_ok,
            visual_ok=wish.visual_ok,
            created_us=to_us(tx.now),
            created_by=actor.id,
        )
    )
    rows = [{"hospital_return": number, "bag": bag, "state": ReturnState.ANNOUNCED.value} for bag in wish.bags]
    tx.conn.execute(insert(returned_bag), rows)
    data = {"hospital": wish.hospital, "bags": list(wish.bags), "reason": wish.reason}
    words = {"temperature_ok": wish.temperature_ok, "visual_ok": wish.visual_ok}
    tx.record("return.announced", actor=actor, subject=number, data={**data, **words})
    tx.notify("return", number)
    return number


def _require(tx: Tx, return_id: str) -> None:
    if tx.conn.execute(select(hospital_return.c.id).where(hospital_return.c.id == return_id)).first() is None:
        raise NotFound("return_unknown", f"There is no return {return_id}")


def _entry(tx: Tx, return_id: str, bag: str) -> Row[tuple[object, ...]] | None:
    query = select(returned_bag).where(returned_bag.c.hospital_return == return_id, returned_bag.c.bag == bag)
    return tx.conn.execute(query).one_or_none()


def _change(tx: Tx, return_id: str, bag: str, **values: object) -> None:
    mine = (returned_bag.c.hospital_return == return_id) & (returned_bag.c.bag == bag)
    tx.conn.execute(update(returned_bag).where(mine).values(**values))
    tx.notify("return", return_id)


def _close_if_done(tx: Tx, return_id: str) -> None:
    open_states = [ReturnState.ANNOUNCED.value, ReturnState.RECEIVED.value]
    left = select(returned_bag.c.bag).where(
        returned_bag.c.hospital_return == return_id, returned_bag.c.state.in_(open_states)
    )
    if tx.conn.execute(left).first() is None:
        tx.conn.execute(
            update(hospital_return).where(hospital_return.c.id == return_id).values(closed_us=to_us(tx.now))
        )
