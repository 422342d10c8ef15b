"""Bags that nobody can find: MISSING, found again, or given up for LOST by two people."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from blood.eligibility import BagStatus
from wms.bags.commands import change_status, move_to, raise_finding
from wms.bags.projection import require
from wms.errors import Invalid, NotFound, Refused
from wms.holds.commands import Signature
from wms.moves.slots import require_place
from wms.moves.tasks import cancel_move, open_task_of
from wms.orders import reservations
from wms.orders.reasons import status_is
from wms.store.tx import Actor, Tx

SIGNATURES_FOR_LOST = 2


class Verdict(StrEnum):
    """How the search for a missing bag ended."""

    FOUND = "found"
    LOST = "lost"


def resolve(
    tx: Tx,
    actor: Actor,
    count: str,
    bag: str,
    verdict: Verdict,
    *,
    place: str | None = None,
    signatures: Sequence[Signature] = (),
) -> None:
    """End the search for a bag that a count missed: found at `place`, or lost on two signatures (checked already).

    Raises NotFound, Invalid without the place, Refused without two people or when the bag is not missing.
    """
    query = "SELECT 1 FROM stock_count_item WHERE count = ? AND subject = ?"
    if tx.raw.execute(query, (count, bag)).fetchone() is None:
        raise NotFound("count.bag", f"Count {count} says nothing of bag {bag}")
    if verdict is Verdict.LOST:
        declare_lost(tx, actor, bag, signatures)
    elif place is None:
        raise Invalid("place", "Say where the bag was found")
    else:
        found(tx, actor, bag, place)
    tx.notify("count", count)


def declare_missing(tx: Tx, actor: Actor, bag: str, why: str) -> None:
    """Nobody knows where a bag is: it is MISSING, belongs to no order any more, and no machine looks for it."""
    task = open_task_of(tx.raw, bag)
    if task is not None:
        cancel_move(tx, actor, task.id, why)
    change_status(tx, actor, bag, BagStatus.MISSING, "bag.missing", data={"reason": why})
    move_to(tx, actor, bag, None, tx.now, kind="bag.place_unknown", data={"reason": why})
    reservations.release(tx, actor, bag, status_is(BagStatus.MISSING))
    tx.notify("stock", bag)


def found(tx: Tx, actor: Actor, bag: str, place: str) -> None:
    """A MISSING bag is here: it is in quarantine and held, for nobody knows how warm it has been meanwhile.

    Raises NotFound, Refused when it is not missing, Invalid for a place that is none or taken.
    """
    state = require(tx.raw, bag)
    if BagStatus(str(state["status"])) is not BagStatus.MISSING:
        raise Refused("bag.not_missing", f"Bag {bag} is {state['status']}, not missing")
    require_place(tx.raw, tx.plant, place, for_bag=bag)
    change_status(tx, actor, bag, BagStatus.QUARANTINE, "bag.found", data={"place": place})
    move_to(tx, actor, bag, place, tx.now)
    raise_finding(tx, actor, bag, f"it was missing and was found at {place}; nobody knows how warm it has been")


def declare_lost(tx: Tx, actor: Actor, bag: str, signatures: Sequence[Signature]) -> None:
    """Give up a MISSING bag for good, on the word of two different people (their signatures are checked already).

    Raises NotFound, TransitionRefused when it is not missing, Refused without two people.
    """
    people = sorted({signature.person for signature in signatures})
    if len(people) < SIGNATURES_FOR_LOST:
        raise Refused("count.signatures", f"Two people declare a bag lost; {len(people)} signed")
    data = {"people": people, "signatures": [signature.id for signature in signatures]}
    change_status(tx, actor, bag, BagStatus.LOST, "bag.lost", data=data)
