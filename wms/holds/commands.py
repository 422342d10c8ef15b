"""Placing and lifting holds. Anyone may hold; lifting needs the signatures of two people (domain.md 5.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from runtime.ids import new_id
from wms.bags.projection import BagChange, require
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.scopes import Scope, bags_at, bags_of, made_from, only_scope
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

SIGNATURES_TO_LIFT: Final = 2


class Signature(Protocol):
    """What `wms.people` and tests hand in: who signed, already checked for act, subject and age."""

    @property
    def id(self) -> str:
        """Id of the signature."""

    @property
    def person(self) -> str:
        """Username of who signed."""


def place_hold(
    tx: Tx,
    actor: Actor,
    *,
    bag: str | None = None,
    donation: str | None = None,
    place: str | None = None,
    batch: str | None = None,
    reason: str,
) -> str:
    """Hold one bag, all bags of a donation or of a batch, or every bag at a place and below it; returns the hold's id.

    Whatever is held breaks its reservation, and what was made from it is held, too. A donation's hold keeps bags of it
    that become known later, a place's hold bags that come there. A second hold of one bag, donation or batch for the
    same reason is the first one. Raises Invalid, NotFound.
    """
    if not reason.strip():
        raise Invalid("hold.reason", "A hold needs a reason")
    scope, subject = only_scope(bag=bag, donation=donation, place=place, batch=batch)
    if scope is Scope.BAG:
        require(tx.raw, subject)
        return _hold_bag(tx, actor, subject, reason, origin=None)
    if scope is Scope.PLACE:
        return _hold_place(tx, actor, subject, reason)
    return _hold_wide(tx, actor, scope, subject, reason)


def lift_hold(tx: Tx, actor: Actor, hold: str, reason: str, signatures: Sequence[Signature]) -> None:
    """End a hold on the word of two different people; every hold that was carried away from it ends with it.

    Raises NotFound, Conflict when it is lifted already, Refused without two signatures or when a disposition decides
    about it; the refusal changes nothing.
    """
    bag, place, lifted = _require(tx.raw, hold)
    if lifted is not None:
        raise Conflict("hold.lifted", f"Hold {hold} is lifted already")
    if not reason.strip():
        raise Invalid("hold.reason", "Lifting a hold needs a reason")
    if (asked := tx.raw.execute(_ASKED, (hold,)).fetchone()) is not None:
        raise Refused("hold.disposition", f"Hold {hold} ends with the decision of disposition {asked[0]}")
    people = {signature.person for signature in signatures}
    if len(people) < SIGNATURES_TO_LIFT:
        raise Refused("hold.signatures", f"Lifting a hold needs the signatures of two people; {len(people)} signed")
    ids = [signature.id for signature in signatures]
    signed: dict[str, object] = {"reason": reason, "signatures": ids, "people": sorted(people)}
    for lifted_hold, lifted_bag in _with_carried(tx.raw, hold, bag):
        _lift(tx, actor, lifted_hold, lifted_bag, place, signed)


def end_rule_holds(tx: Tx, actor: Actor, bag: str, reason: str, answer: str) -> int:
    """End the holds of one bag that a rule placed for exactly this reason, now that its question is answered.

    Returns how many. Holds for any other reason stay: they are lifted by two people.
    """
    query = "SELECT id FROM hold WHERE bag = ? AND reason = ? AND lifted_us IS NULL"
    holds = [hold for (hold,) in tx.raw.execute(query, (bag, reason)).fetchall()]
    for hold in holds:
        _lift(tx, actor, hold, bag, None, {"reason": answer, "rule": reason})
    return len(holds)


def end_donation_hold(tx: Tx, actor: Actor, donation: str, reason: str, answer: str) -> int:
    """End the hold that a rule placed on a donation for exactly this reason, and all that was carried away from it.

    Returns how many wide holds ended; those for any other reason stay.
    """
    query = "SELECT id FROM wide_hold WHERE scope = 'donation' AND subject = ? AND reason = ? AND lifted_us IS NULL"
    wide = [hold for (hold,) in tx.raw.execute(query, (donation, reason)).fetchall()]
    for hold in wide:
        for lifted, bag in _with_carried(tx.raw, hold, None):
            _lift(tx, actor, lifted, bag, None, {"reason": answer, "rule": reason})
    return len(wide)


def end_holds_of_bag(tx: Tx, actor: Actor, bag: str, answer: str) -> int:
    """End every hold of a bag whose story is over, signed for elsewhere; returns how many.

    What was made from the bag stays held: its holds are its own.
    """
    rows = tx.raw.execute("SELECT id FROM hold WHERE bag = ? AND lifted_us IS NULL ORDER BY id", (bag,)).fetchall()
    for (hold,) in rows:
        _lift(tx, actor, hold, bag, None, {"reason": answer, "rule": "the bag exists no more"})
    return len(rows)


def hold_if_leaving_held_place(tx: Tx, actor: Actor, bag: str, left: str, *, left_us: int | None = None) -> None:
    """A bag that leaves a held place takes the hold with it; later holds than ``left_us`` spare it."""
    for hold, reason, opened_us in tx.raw.execute(_OPEN_AT_PLACE, (left,)).fetchall():
        if left_us is not None and opened_us > left_us:
            continue
        _hold_bag(tx, actor, bag, reason, origin=hold)


def hold_new_bag(tx: Tx, actor: Actor, bag: str, din: str) -> None:
    """A bag has become known: open holds of its donation keep it, too."""
    for hold, reason in tx.raw.execute(_OPEN_ON_DONATION, (din,)).fetchall():
        _hold_bag(tx, actor, bag, reason, origin=hold)


def inherit_holds(tx: Tx, actor: Actor, child: str, parent: str, parent_place: str | None) -> None:
    """What keeps a parent keeps what is made from it, and is lifted with it."""
    rows = tx.raw.execute(
        "SELECT id, origin, reason FROM hold WHERE bag = ? AND lifted_us IS NULL ORDER BY id", (parent,)
    )
    for hold, origin, reason in rows.fetchall():
        _hold_bag(tx, actor, child, reason, origin=origin or hold)
    if parent_place is not None:
        hold_if_leaving_held_place(tx, actor, child, parent_place)


def open_holds(raw: Driver, bag: str, place: str | None) -> tuple[str, ...]:
    """Reasons of all open holds that keep this bag, its own and those of where it lies; each once."""
    rows = raw.execute(_OPEN_FOR_BAG, (bag, place or "")).fetchall()
    return tuple(dict.fromkeys(reason for (reason,) in rows))


_ASKED: Final = "SELECT id FROM disposition WHERE hold = ? AND state = 'open' ORDER BY id"
_AT: Final = "substr(? || '/', 1, length(place) + 1) = place || '/'"
_OPEN_AT_PLACE: Final = (
    f"SELECT id, reason, opened_us FROM hold WHERE place IS NOT NULL AND lifted_us IS NULL AND {_AT}"  # noqa: S608 - a constant of this file
)
_OPEN_FOR_BAG: Final = (
    "SELECT reason FROM hold WHERE bag = ? AND lifted_us IS NULL "  # noqa: S608 - a constant of this file
    "UNION ALL SELECT reason FROM hold WHERE place IS NOT NULL AND lifted_us IS NULL "
    f"AND {_AT}"
)
_OPEN_ON_DONATION: Final = (
    "SELECT id, reason FROM wide_hold WHERE subject = ? AND scope = 'donation' AND lifted_us IS NULL ORDER BY id"
)


def _hold_bag(tx: Tx, actor: Actor, bag: str, reason: str, origin: str | None) -> str:
    same = tx.raw.execute(
        "SELECT id FROM hold WHERE bag = ? AND reason = ? AND coalesce(origin, '') = ? AND lifted_us IS NULL",
        (bag, reason, origin or ""),
    ).fetchone()
    if same is not None:
        return str(same[0])
    hold = _insert(tx, actor, bag, None, origin, reason)
    tx.record(
        "hold.placed", actor=actor, subject=hold, data={"reason": reason, "origin": origin}, bag=BagChange(bag, {})
    )
    tx.notify("hold", hold)
    tx.hooks.on_hold(tx, actor, bag)
    for child in made_from(tx.raw, bag):  # a pool has its own donation number: genealogy decides, not the number
        _hold_bag(tx, actor, child, reason, origin or hold)
    return hold


def _hold_place(tx: Tx, actor: Actor, place: str, reason: str) -> str:
    try:
        tx.plant.place_of(place)
    except KeyError:
        raise NotFound("place.unknown", f"There is no place {place}") from None
    hold = _insert(tx, actor, None, place, None, reason)
    tx.record("hold.placed", actor=actor, subject=hold, data={"reason": reason, "place": place})
    tx.notify("hold", hold)
    for bag in bags_at(tx.raw, place):
        tx.notify("bag", bag)
        tx.hooks.on_hold(tx, actor, bag)
    return hold


def _hold_wide(tx: Tx, actor: Actor, scope: Scope, subject: str, reason: str) -> str:
    covered = bags_of(tx.raw, scope, subject)
    same = tx.raw.execute(
        "SELECT id FROM wide_hold WHERE scope = ? AND subject = ? AND reason = ? AND lifted_us IS NULL",
        (scope.value, subject, reason),
    ).fetchone()
    if same is not None:
        return str(same[0])
    hold = new_id("hld")
    tx.raw.execute(
        "INSERT INTO wide_hold (id, scope, subject, reason, opened_us, opened_by) VALUES (?,?,?,?,?,?)",
        (hold, scope.value, subject, reason, to_us(tx.now), actor.id),
    )
    tx.record("hold.placed", actor=actor, subject=hold, data={"reason": reason, scope.value: subject})
    tx.notify("hold", hold)
    for bag in covered:
        _hold_bag(tx, actor, bag, reason, origin=hold)
    return hold


def _insert(tx: Tx, actor: Actor, bag: str | None, place: str | None, origin: str | None, reason: str) -> str:
    hold = new_id("hld")
    tx.raw.execute(
        "INSERT INTO hold (id, bag, place, origin, reason, opened_us, opened_by) VALUES (?,?,?,?,?,?,?)",
        (hold, bag, place, origin, reason, to_us(tx.now), actor.id),
    )
    return hold


def _require(raw: Driver, hold: str) -> tuple[str | None, str | None, int | None]:
    """Bag, place and lifting of a hold; neither bag nor place for a wide one. Raises NotFound."""
    row = raw.execute("SELECT bag, place, lifted_us FROM hold WHERE id = ?", (hold,)).fetchone()
    if row is not None:
        return row[0], row[1], row[2]
    wide = raw.execute("SELECT lifted_us FROM wide_hold WHERE id = ?", (hold,)).fetchone()
    if wide is None:
        raise NotFound("hold.unknown", f"There is no hold {hold}")
    return None, None, wide[0]


def _with_carried(raw: Driver, hold: str, bag: str | None) -> Iterator[tuple[str, str | None]]:
    yield hold, bag
    query = "SELECT id, bag FROM hold WHERE origin = ? AND lifted_us IS NULL ORDER BY id"
    yield from raw.execute(query, (hold,)).fetchall()


def _lift(tx: Tx, actor: Actor, hold: str, bag: str | None, place: str | None, signed: dict[str, object]) -> None:
    values = (to_us(tx.now), actor.id, signed["reason"], hold)
    for table in ("hold", "wide_hold"):  # an id is in one of them
        tx.raw.execute(f"UPDATE {table} SET lifted_us = ?, lifted_by = ?, lift_reason = ? WHERE id = ?", values)  # noqa: S608 - the two names above
    change = None if bag is None else BagChange(bag, {})
    tx.record("hold.lifted", actor=actor, subject=hold, data=signed, bag=change)
    tx.notify("hold", hold)
    if bag is None and place is not None:
        for held in bags_at(tx.raw, place):
            tx.notify("bag", held)
