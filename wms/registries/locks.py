"""Locks: a donor or a bag kept for one request, until it is issued, given back, or its time is over.

A locked bag carries the request's id in `bag.claim`, so eligibility refuses it to every order and every recipe. One
lock a bag and a donor, by a unique index and by the bag's own claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from runtime.ids import new_id
from wms.bags.commands import change_fields
from wms.bags.projection import require
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.orders import reservations
from wms.orders.commands import LineWish, OrderWish, cancel_order, place_order
from wms.orders.lifecycle import OrderKind
from wms.orders.sentences import Sentence
from wms.registries import tables
from wms.registries.donors import PLATELETS, RARE, find_donor
from wms.registries.fitting import fit_of
from wms.registries.model import DonorState, LockState, RequestKind, RequestState, Verdict
from wms.registries.requests import RequestRow, cancel_request, close_request, require_live, settle
from wms.registries.rules import registry_rules
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

_WHY: Final = Sentence("kept for a patient by the registry", "登记处为指定患者保留")
_PRIORITY: Final = 2
"""Priority class of the order that carries a locked bag: urgent (domain.md 4.4)."""
_ROAD: Final = timedelta(hours=4)
_IN_STORE: Final = frozenset({BagStatus.COLLECTED, BagStatus.PROCESSING, BagStatus.QUARANTINE, BagStatus.AVAILABLE})


def lock_bag(tx: Tx, actor: Actor, request_id: str, bag: str) -> str:
    """Keep a bag for a request; returns the lock's id.

    Raises NotFound, Conflict when somebody else keeps or has reserved it, Refused with what speaks against it.
    """
    row = require_live(tx.conn, request_id)
    _check_room(row)
    state = require(tx.raw, bag)
    if state["claim"] is not None or standing_lock(tx.conn, bag=bag) is not None:
        raise Conflict("lock.taken", f"{bag} is kept for {state['claim'] or 'another request'} already")
    if state["order_line"] is not None:
        raise Conflict("lock.reserved", f"{bag} is reserved for order line {state['order_line']}")
    fit = fit_of(tx, row, bag)
    if fit.verdict is Verdict.NO or BagStatus(str(state["status"])) not in _IN_STORE:
        raise Refused("lock.refused", f"{bag} does not serve this request: {fit.detail}")
    rules = registry_rules(tx.plant.profile)
    component = tx.plant.components[str(state["component"])]
    hours = rules.lock_frozen if is_frozen(component.storage.max_c) else rules.lock_bag
    number = _insert(tx, actor, row, bag=bag, donor=None, expires=tx.now + hours.span)
    change_fields(
        tx, actor, bag, "bag.claimed", data={"request": row.id, "lock": number, "fit": fit.detail}, claim=row.id
    )
    settle(tx, row.id)
    return number


def lock_donor(tx: Tx, actor: Actor, request_id: str, donor: str) -> str:
    """Keep a living donor for a request until the donation comes; returns the lock's id. Raises NotFound, Conflict."""
    row = require_live(tx.conn, request_id)
    _check_room(row)
    registry = PLATELETS if row.kind is RequestKind.PLATELET else RARE
    known = find_donor(tx.conn, registry, donor)
    if known is None:
        raise NotFound("donor.unknown", "There is no such donor in this registry")
    if known.facts.state is not DonorState.ACTIVE:
        raise Conflict("donor.not_active", f"This donor is {known.facts.state.value}; nobody calls")
    name = known.facts.donor
    if standing_lock(tx.conn, donor=name) is not None:
        raise Conflict("lock.taken", "This donor is kept for another request already")
    expires = tx.now + registry_rules(tx.plant.profile).lock_donor.span
    number = _insert(tx, actor, row, bag=None, donor=name, expires=expires)
    settle(tx, row.id)
    return number


def bring_donation(tx: Tx, actor: Actor, bag: str) -> None:
    """A bag of a donor who is kept for a request came in: it is kept in the donor's place, when it may serve."""
    state = require(tx.raw, bag)
    donor = str(state["donor"]).strip().upper()
    lock = standing_lock(tx.conn, donor=donor)
    if lock is None or lock["bag"] is not None or state["claim"] is not None or state["order_line"] is not None:
        return
    row = require_live(tx.conn, lock["request"])
    if fit_of(tx, row, bag).verdict is Verdict.NO:
        return
    expires = tx.now + registry_rules(tx.plant.profile).lock_bag.span
    mine = tables.lock.c.id == lock["id"]
    tx.conn.execute(update(tables.lock).where(mine).values(bag=bag, expires_us=to_us(expires)))
    data = {"request": row.id, "lock": lock["id"]}
    change_fields(tx, actor, bag, "bag.claimed", data=data, claim=row.id)
    tx.notify("registry", row.id)


def release_lock(tx: Tx, actor: Actor, lock_id: str, reason: str, state: LockState = LockState.RELEASED) -> None:
    """Give back what is kept. Raises NotFound, Conflict when it ended or was issued, Invalid without a reason."""
    if not reason.strip():
        raise Invalid("lock.reason", "Say why it is given back")
    lock = require_lock(tx.conn, lock_id)
    if lock["ended_us"] is not None or lock["state"] != LockState.HELD.value:
        raise Conflict("lock.ended", f"Lock {lock_id} is {lock['state']} already")
    _end(tx, actor, lock, state, reason)
    settle(tx, lock["request"])


def issue_lock(tx: Tx, actor: Actor, request_id: str, lock_id: str) -> str:
    """Send a locked bag to the hospital: an order of its own, reserved at once; returns the order's id.

    From here on the bag is its patient's: every gate on the way and the hospital refuse it to everybody else.
    Raises NotFound, Conflict when the lock is not held or has no bag yet, Refused with what speaks against the bag now.
    """
    row, lock = require_live(tx.conn, request_id), require_lock(tx.conn, lock_id)
    if lock["request"] != row.id:
        raise NotFound("lock.unknown", f"Request {row.id} has no lock {lock_id}")
    if lock["state"] != LockState.HELD.value or lock["ended_us"] is not None or lock["bag"] is None:
        raise Conflict("lock.not_issuable", "Only a bag that is kept now can be issued; a donor's has not come yet")
    bag = str(lock["bag"])
    data = {"request": row.id, "lock": lock_id}
    change_fields(tx, actor, bag, "bag.unclaimed", data=data, claim=None)
    fit = fit_of(tx, row, bag)
    if fit.verdict is not Verdict.FITS:
        raise Refused("lock.refused", f"{bag} cannot be sent: {fit.detail}")
    state = require(tx.raw, bag)
    wish = LineWish(
        str(state["component"]), BloodGroup(str(state["abo_rhd"])), 1, substitution=False, patient=row.patient
    )
    due_at = max(row.needed_by, tx.now + _ROAD)
    order = place_order(tx, actor, OrderWish(row.hospital, OrderKind.PATIENT, _PRIORITY, due_at, (wish,)))
    reservations.reserve(tx, actor, bag, f"{order}-1", int(state["version"] or 0), _WHY)
    reservations.set_sentence(tx, f"{order}-1", _WHY)
    change_fields(tx, actor, bag, "bag.intended", data=data, intended_for=row.patient)
    values = {"state": LockState.ISSUED.value, "order_id": order, "issued_us": to_us(tx.now), "expires_us": None}
    tx.conn.execute(update(tables.lock).where(tables.lock.c.id == lock_id).values(**values))
    tx.record("registry.lock_issued", actor=actor, subject=row.id, data={**data, "bag": bag, "order": order})
    settle(tx, row.id)
    return order


def end_request(tx: Tx, actor: Actor, request_id: str, state: RequestState, outcome: str, comment: str) -> None:
    """Cancel or close a request and give back everything that it still keeps; what was issued goes its way.

    Raises NotFound, Conflict, Invalid.
    """
    if state is RequestState.CANCELLED:
        cancel_request(tx, actor, request_id, comment)
    else:
        close_request(tx, actor, request_id, outcome, comment)
    for lock in standing_locks(tx.conn, request_id):
        held = lock["state"] == LockState.HELD.value
        _end(tx, actor, lock, LockState.RELEASED if held else LockState.ISSUED, f"its request is {state.value}")


def expire_locks(tx: Tx, actor: Actor) -> None:
    """The clock: what was kept for too long is given back, and the request is open again."""
    over = (
        tables.lock.c.ended_us.is_(None)
        & (tables.lock.c.state == LockState.HELD.value)
        & (tables.lock.c.expires_us <= to_us(tx.now))
    )
    for lock in tx.conn.execute(select(tables.lock).where(over).order_by(tables.lock.c.id)).mappings().all():
        release_lock(tx, actor, lock["id"], f"kept since {from_us(lock['locked_us']).isoformat()}", LockState.EXPIRED)


def watch_locks(tx: Tx, actor: Actor) -> None:
    """Give up kept bags that can serve no more; follow issued ones until the hospital has them.

    One whose reservation broke is nobody's any more and lost to the request, which is open again.
    """
    for lock in tx.conn.execute(_STANDING_BAGS).mappings().all():
        state = require(tx.raw, str(lock["bag"]))
        if lock["state"] == LockState.ISSUED.value:
            _follow(tx, actor, lock, state["status"], state["order_line"], state["hospital"])
        elif state["claim"] != lock["request"] or BagStatus(str(state["status"])) not in _IN_STORE:
            _end(tx, actor, lock, LockState.LOST, f"it is {state['status']}")
            settle(tx, lock["request"])


def standing_lock(conn: Connection, *, bag: str | None = None, donor: str | None = None) -> RowMapping | None:
    """The lock that stands on a bag or a donor, or None."""
    column, key = (tables.lock.c.bag, bag) if bag is not None else (tables.lock.c.donor, donor)
    return conn.execute(select(tables.lock).where(column == key, tables.lock.c.ended_us.is_(None))).mappings().first()


def standing_locks(conn: Connection, request_id: str) -> Sequence[RowMapping]:
    """Everything that is still kept for a request."""
    mine = (tables.lock.c.request == request_id) & tables.lock.c.ended_us.is_(None)
    return conn.execute(select(tables.lock).where(mine).order_by(tables.lock.c.id)).mappings().all()


def require_lock(conn: Connection, lock_id: str) -> RowMapping:
    """A lock; raises NotFound."""
    row = conn.execute(select(tables.lock).where(tables.lock.c.id == lock_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("lock.unknown", f"There is no lock {lock_id}")
    return row


def is_frozen(max_c: float | None) -> bool:
    """True for a component that is kept below freezing."""
    return max_c is not None and max_c < 0


_STANDING_BAGS: Final = (
    select(tables.lock)
    .where(tables.lock.c.ended_us.is_(None), tables.lock.c.bag.is_not(None))
    .order_by(tables.lock.c.id)
)
_WITH_THE_HOSPITAL: Final = frozenset({"RECEIVED", "ISSUED", "TRANSFUSED", "PRESUMED_TRANSFUSED"})
"""It has come: between two looks it may have been given already."""
_ON_THE_ROAD: Final = frozenset({"RESERVED", "PICKED", "PACKED", "IN_TRANSIT"})


def _check_room(row: RequestRow) -> None:
    if row.state is not RequestState.OPEN:
        raise Conflict("request.full", f"Request {row.id} has its {row.doses} doses already")


def _follow(tx: Tx, actor: Actor, lock: RowMapping, status: Any, line: Any, hospital: Any) -> None:
    if status in _ON_THE_ROAD and line == f"{lock['order_id']}-1":
        return
    request = tx.conn.execute(select(tables.request).where(tables.request.c.id == lock["request"])).mappings().one()
    if status in _WITH_THE_HOSPITAL and hospital == request["hospital"]:
        _end(tx, actor, lock, LockState.ISSUED, "the hospital has it")
        return
    if status in _ON_THE_ROAD or status == BagStatus.AVAILABLE.value:
        _cancel_order(tx, actor, str(lock["order_id"]))
    data = {"request": lock["request"], "reason": "its reservation broke"}
    change_fields(tx, actor, str(lock["bag"]), "bag.intended", data=data, intended_for=None)
    _end(tx, actor, lock, LockState.LOST, f"its reservation broke; it is {status}")
    settle(tx, lock["request"])


def _cancel_order(tx: Tx, actor: Actor, order: str) -> None:
    try:
        with tx.savepoint():
            cancel_order(tx, actor, order, "the bag that the registry kept for it cannot go")
    except Conflict:
        return  # it is leaving with another bag: the receipt will tell


def _insert(tx: Tx, actor: Actor, row: RequestRow, *, bag: str | None, donor: str | None, expires: datetime) -> str:
    number = new_id("lck")
    tx.conn.execute(
        insert(tables.lock).values(
            id=number,
            request=row.id,
            donor=donor,
            bag=bag,
            state=LockState.HELD.value,
            locked_us=to_us(tx.now),
            locked_by=actor.id,
            expires_us=to_us(expires),
        )
    )
    data = {"lock": number, "bag": bag, "donor": donor, "expires_at": expires.isoformat()}
    tx.record("registry.locked", actor=actor, subject=row.id, data=data)
    return number


def _end(tx: Tx, actor: Actor, lock: RowMapping, state: LockState, reason: str) -> None:
    values = {"state": state.value, "ended_us": to_us(tx.now), "end_reason": reason}
    tx.conn.execute(update(tables.lock).where(tables.lock.c.id == lock["id"]).values(**values))
    data = {"lock": lock["id"], "bag": lock["bag"], "donor": lock["donor"], "state": state.value, "reason": reason}
    tx.record("registry.unlocked", actor=actor, subject=lock["request"], data=data)
    if lock["bag"] is not None and require(tx.raw, str(lock["bag"]))["claim"] == lock["request"]:
        change_fields(tx, actor, str(lock["bag"]), "bag.unclaimed", data={"request": lock["request"]}, claim=None)
    tx.notify("registry", lock["request"])
