"""Placing and lifting holds. Anyone may hold; lifting needs the signatures of two people (domain.md 5.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from runtime.ids import new_id
from wms.bags.projection import BagChange, require
from wms.errors import Conflict, Invalid, NotFound, Refused
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


def place_hold(tx: Tx, actor: Actor, *, bag: str | None = None, place: str | None = None, reason: str) -> str:
    """Hold one bag, or every bag at a place (and below it), and return the hold's id.

    A bag hold breaks the bag's reservation, and holds what was made from the bag, too. A second hold of one bag for
    the same reason is the first one. Raises Invalid, NotFound.
    """
    if not reason.strip():
        raise Invalid("hold.reason", "A hold needs a reason")
    if (bag is None) == (place is None):
        raise Invalid("hold.scope", "A hold is on one bag or on one place")
    if bag is not None:
        require(tx.raw, bag)
        return _hold_bag(tx, actor, bag, reason, origin=None)
    return _hold_place(tx, actor, str(place), reason)


def lift_hold(tx: Tx, actor: Actor, hold: str, reason: str, signatures: Sequence[Signature]) -> None:
    """End a hold on the word of two different people; bags that carried a place hold away are freed with it.

    Raises NotFound, Conflict when it is lifted already, Refused without two signatures; the refusal changes nothing.
    """
    row = tx.raw.execute("SELECT bag, place, lifted_us FROM hold WHERE id = ?", (hold,)).fetchone()
    if row is None:
        raise NotFound("hold.unknown", f"There is no hold {hold}")
    bag, place, lifted = row
    if lifted is not None:
        raise Conflict("hold.lifted", f"Hold {hold} is lifted already")
    if not reason.strip():
        raise Invalid("hold.reason", "Lifting a hold needs a reason")
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


def hold_if_leaving_held_place(tx: Tx, actor: Actor, bag: str, left: str, *, left_us: int | None = None) -> None:
    """A bag that leaves a held place takes the hold with it; later holds than ``left_us`` spare it."""
    for hold, reason, opened_us in tx.raw.execute(_OPEN_AT_PLACE, (left,)).fetchall():
        if left_us is not None and opened_us > left_us:
            continue
        _hold_bag(tx, actor, bag, reason, origin=hold)


def open_holds(raw: Driver, bag: str, place: str | None) -> tuple[str, ...]:
    """Reasons of all open holds that keep this bag, its own and those of where it lies."""
    rows = raw.execute(_OPEN_FOR_BAG, (bag, place or "")).fetchall()
    return tuple(reason for (reason,) in rows)


_OPEN_AT_PLACE: Final = (
    "SELECT id, reason, opened_us FROM hold WHERE place IS NOT NULL AND lifted_us IS NULL "
    "AND instr(?1 || '/', place || '/') = 1"
)
_OPEN_FOR_BAG: Final = (
    "SELECT reason FROM hold WHERE bag = ?1 AND lifted_us IS NULL "
    "UNION ALL SELECT reason FROM hold WHERE place IS NOT NULL AND lifted_us IS NULL "
    "AND instr(?2 || '/', place || '/') = 1"
)


def _hold_bag(tx: Tx, actor: Actor, bag: str, reason: str, origin: str | None) -> str:
    same = tx.raw.execute(
        "SELECT id FROM hold WHERE bag = ? AND reason = ? AND origin IS ? AND lifted_us IS NULL", (bag, reason, origin)
    ).fetchone()
    if same is not None:
        return str(same[0])
    hold = _insert(tx, actor, bag, None, origin, reason)
    tx.record(
        "hold.placed", actor=actor, subject=hold, data={"reason": reason, "origin": origin}, bag=BagChange(bag, {})
    )
    tx.hooks.on_hold(tx, actor, bag)
    for child in _made_from(tx.raw, bag):
        _hold_bag(tx, actor, child, reason, origin)
    return hold


def _made_from(raw: Driver, bag: str) -> list[str]:
    """Bags that were made from a bag: what is found wrong with it later is wrong with them (a pool has its own DIN)."""
    rows = raw.execute("SELECT child FROM bag_parentage WHERE parent = ? ORDER BY child", (bag,))
    return [child for (child,) in rows.fetchall()]


def _hold_place(tx: Tx, actor: Actor, place: str, reason: str) -> str:
    try:
        tx.plant.place_of(place)
    except KeyError:
        raise NotFound("place.unknown", f"There is no place {place}") from None
    hold = _insert(tx, actor, None, place, None, reason)
    tx.record("hold.placed", actor=actor, subject=hold, data={"reason": reason, "place": place})
    for bag in _bags_at(tx.raw, place):
        tx.notify("bag", bag)
        tx.hooks.on_hold(tx, actor, bag)
    return hold


def _insert(tx: Tx, actor: Actor, bag: str | None, place: str | None, origin: str | None, reason: str) -> str:
    hold = new_id("hld")
    tx.raw.execute(
        "INSERT INTO hold (id, bag, place, origin, reason, opened_us, opened_by) VALUES (?,?,?,?,?,?,?)",
        (hold, bag, place, origin, reason, to_us(tx.now), actor.id),
    )
    return hold


def _with_carried(raw: Driver, hold: str, bag: str | None) -> Iterator[tuple[str, str | None]]:
    yield hold, bag
    if bag is None:
        yield from raw.execute("SELECT id, bag FROM hold WHERE origin = ? AND lifted_us IS NULL", (hold,)).fetchall()


def _lift(tx: Tx, actor: Actor, hold: str, bag: str | None, place: str | None, signed: dict[str, object]) -> None:
    tx.raw.execute(
        "UPDATE hold SET lifted_us = ?, lifted_by = ?, lift_reason = ? WHERE id = ?",
        (to_us(tx.now), actor.id, signed["reason"], hold),
    )
    change = None if bag is None else BagChange(bag, {})
    tx.record("hold.lifted", actor=actor, subject=hold, data=signed, bag=change)
    if bag is None and place is not None:
        for held in _bags_at(tx.raw, place):
            tx.notify("bag", held)


def _bags_at(raw: Driver, place: str) -> list[str]:
    rows = raw.execute("SELECT id FROM bag WHERE place = ?1 OR (place >= ?1 || '/' AND place < ?1 || '0')", (place,))
    return [bag for (bag,) in rows.fetchall()]
