"""Returns: a hospital announces them, the portal or a scan takes them in, quality decides about every bag.

What may be decided is worked out in `wms.transport.return_verdicts`: temperature, looks and the out-of-control clock of
the bag's whole life. Unknown is no.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, insert, select, update

from blood.eligibility import BagStatus, Zone
from plant.model import PlaceKind, Plant, Portal, PortalKind
from rfid.messages import Crossing, Direction
from runtime.ids import new_id
from wms.alarms.book import raise_event
from wms.alarms.conditions import RETURN_UNANNOUNCED
from wms.bags.commands import change_fields, change_status, move_to, observe, raise_finding
from wms.bags.projection import BagChange, require
from wms.bags.tags import bag_of_tag
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import Signature, end_rule_holds, place_hold
from wms.moves.model import MovePurpose
from wms.moves.tasks import cancel_move, open_task_of, request_move
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx
from wms.transport.return_verdicts import RESTING, Proposal, Verdict, proposal
from wms.transport.tables import hospital_return, returned_bag

SIGNATURES: Final = 2
NOT_SAID: Final = "it came without a word"


class ReturnState(StrEnum):
    """How far one bag of a return got."""

    ANNOUNCED = "announced"
    RECEIVED = "received"
    QUARANTINED = "quarantined"
    RESTOCKED = "restocked"
    NONCONFORMING = "nonconforming"
    DISCARDED = "discarded"


_OPEN: Final = (ReturnState.ANNOUNCED.value, ReturnState.RECEIVED.value, ReturnState.QUARANTINED.value)
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


def decide(
    tx: Tx,
    actor: Actor,
    return_id: str,
    bag: str,
    verdict: Verdict,
    comment: str,
    signatures: Sequence[Signature] = (),
) -> None:
    """Quality decides about a bag that came back: stock again, a rest in quarantine first, or non-conforming.

    A bag that was longer out of control than the profile accepts without a rest needs two people (domain.md 2.7).
    Raises NotFound, Invalid without a comment, Conflict when it is not here or decided already, Refused with every
    reason why that may not be decided, or without the two people.
    """
    row = _undecided(tx, return_id, bag)
    if not comment.strip():
        raise Invalid("comment", "Say what was looked at and why it is decided so")
    found = proposal(tx, return_id, bag)
    if verdict not in found.may:
        raise Refused(f"return_no_{verdict.value}", f"{bag} may not be decided so: {'; '.join(found.against)}")
    people = sorted({signature.person for signature in signatures})
    if found.two_people and verdict is not Verdict.NONCONFORMING and len(people) < SIGNATURES:
        raise Refused("return_signatures", f"{bag} was out of control for long; two people decide about it")
    data = {"return": return_id, "comment": comment, "clock": found.clock.detail, "people": people}
    values = {"decided_us": to_us(tx.now), "decided_by": actor.id, "comment": comment}
    if verdict is Verdict.QUARANTINE:
        _rest(tx, actor, return_id, bag, data, values, found.until)
        return
    if (task := open_task_of(tx.raw, bag)) is not None:
        cancel_move(tx, actor, task.id, "quality has decided about it")
    if row.state == ReturnState.QUARANTINED.value:
        end_rule_holds(tx, actor, bag, RESTING, f"quality has decided: {verdict.value}")
    restocked = verdict is Verdict.RESTOCK
    to = BagStatus.AVAILABLE if restocked else BagStatus.NONCONFORMING
    kind = f"bag.return_{verdict.value}"
    change_status(tx, actor, bag, to, kind, data=data, custody="centre", hospital=None, order_line=None)
    purpose = MovePurpose.RESTOCK if restocked else MovePurpose.SEGREGATE
    request_move(tx, actor, bag, purpose=purpose, zone=Zone.STOCK if restocked else Zone.NONCONFORMING)
    state = ReturnState.RESTOCKED if restocked else ReturnState.NONCONFORMING
    _change(tx, return_id, bag, state=state.value, **values)
    _close_if_done(tx, return_id)


def proposed(tx: Tx, return_id: str, bag: str) -> Proposal:
    """What may be decided about a bag of a return now; changes nothing. Raises NotFound, Conflict as `decide` does."""
    _undecided(tx, return_id, bag)
    return proposal(tx, return_id, bag)


def _rest(
    tx: Tx,
    actor: Actor,
    return_id: str,
    bag: str,
    data: Mapping[str, Any],
    values: Mapping[str, object],
    until: datetime | None,
) -> None:
    """It rests on the returned shelf, held, until the clock allows to decide again."""
    until_us = None if until is None else to_us(until)
    change_fields(tx, actor, bag, "bag.return_quarantine", data={**data, "until": until and until.isoformat()})
    place_hold(tx, actor, bag=bag, reason=RESTING)
    _change(tx, return_id, bag, state=ReturnState.QUARANTINED.value, quarantine_until_us=until_us, **values)


def _undecided(tx: Tx, return_id: str, bag: str) -> Row[tuple[object, ...]]:
    _require(tx, return_id)
    row = _entry(tx, return_id, bag)
    if row is None:
        raise NotFound("return_other", f"{bag} is not of return {return_id}")
    if row.state not in {ReturnState.RECEIVED.value, ReturnState.QUARANTINED.value}:
        raise Conflict("return_state", f"{bag} is {row.state}; only what has come back is decided")
    return row


def close_without_verdict(tx: Tx, actor: Actor, bag: str, comment: str) -> None:
    """A returned bag is discarded before anybody decided about it: its return waits for it no longer."""
    return_id = open_return_of(tx, bag)
    if return_id is None:
        return
    values = {"state": ReturnState.DISCARDED.value, "decided_us": to_us(tx.now), "decided_by": actor.id}
    _change(tx, return_id, bag, **values, comment=comment)
    _close_if_done(tx, return_id)


def open_return_of(tx: Tx, bag: str) -> str | None:
    """The return that names a bag and has not decided about it, or None."""
    query = (
        select(returned_bag.c.hospital_return)
        .where(
            returned_bag.c.bag == bag,
            returned_bag.c.state.in_(_OPEN),
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
    left = select(returned_bag.c.bag).where(
        returned_bag.c.hospital_return == return_id, returned_bag.c.state.in_(_OPEN)
    )
    if tx.conn.execute(left).first() is None:
        tx.conn.execute(
            update(hospital_return).where(hospital_return.c.id == return_id).values(closed_us=to_us(tx.now))
        )
