"""Destroying bags: one signed act over one or many, all of them or none (HL7 status WA, ISBT 128 group code `Md`).

A destroyed bag is DISCARDED for ever and lies nowhere any more: it went to the waste. What still kept it (a
reservation, a preparation order, a move that nobody has begun) lets go of it first; what a machine or a hospital has,
or lies in a box, is refused by name (HL7 table 0510: WA, wasted; ST-001 table 5: `Md`, discard; domain.md 5.1, 5.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from blood.eligibility import BagStatus
from runtime.ids import new_id
from wms.bags.commands import change_status, move_to
from wms.bags.lifecycle import allowed
from wms.bags.projection import BagState, require
from wms.discards.causes import AT_HOSPITAL, NEEDS_COMMENT, Cause, cause_of
from wms.discards.rules import Standing, standing
from wms.errors import Invalid, Refused
from wms.holds.commands import Signature, end_holds_of_bag
from wms.moves.tasks import cancel_move, open_task_of
from wms.orders import reservations
from wms.orders.reasons import status_is
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx
from wms.transport.returns import close_without_verdict

SIGNATURES: Final = 2


class DiscardRefused(Refused):
    """Bags that must not be destroyed now: none of the act's bags was; ``bags`` names each with its reasons."""

    def __init__(self, bags: Sequence[Standing]) -> None:
        self.bags = tuple(bags)
        said = "; ".join(f"{one.bag}: {' and '.join(remark.detail for remark in one.refused)}" for one in bags)
        super().__init__("discard.refused", f"Nothing was discarded. {said}")


@dataclass(frozen=True, slots=True)
class Discarded:
    """A signed act that was done."""

    id: str
    bags: tuple[str, ...]


def discard(
    tx: Tx, actor: Actor, bags: Sequence[str], cause: str, comment: str, signatures: Sequence[Signature]
) -> Discarded:
    """Destroy bags on the word of two different people (checked already for act, subject and content).

    Raises Invalid (no bag, one named twice, unknown cause, a comment that is missing), Refused without two people,
    DiscardRefused naming every bag that must not be destroyed; then nothing was changed.
    """
    found = _checked(bags, cause, comment)
    people = sorted({signature.person for signature in signatures})
    if len(people) < SIGNATURES:
        raise Refused("discard.signatures", f"Discarding needs the signatures of two people; {len(people)} signed")
    looks = [standing(tx, bag) for bag in bags]
    if refused := [one for one in looks if one.refused]:
        raise DiscardRefused(refused)
    act = new_id("dis")
    data = {"bags": list(bags), "cause": found.key, "comment": comment, "people": people}
    tx.record("discard.signed", actor=actor, subject=act, data={**data, "signatures": [one.id for one in signatures]})
    for bag in bags:
        _destroy(tx, actor, bag, act, found, comment)
    tx.notify("discard", act)
    return Discarded(act, tuple(bags))


def book_waste(tx: Tx, actor: Actor, wasted: BagState, hospital: str, comment: str) -> None:
    """A hospital destroyed a bag of its own: count it among the discards. ``wasted``: the bag as it was before."""
    act = new_id("dis")
    _book(tx, actor, wasted, act, cause_of(AT_HOSPITAL), comment, hospital)
    tx.notify("discard", act)


def check(tx: Tx, bags: Sequence[str]) -> tuple[Standing, ...]:
    """How bags stand, for people who mean to sign; changes nothing."""
    return tuple(standing(tx, bag) for bag in dict.fromkeys(bags))


def _checked(bags: Sequence[str], cause: str, comment: str) -> Cause:
    if not bags or len(set(bags)) != len(bags):
        raise Invalid("bags", "Name each bag once")
    found = cause_of(cause)
    if found.key == NEEDS_COMMENT and not comment.strip():
        raise Invalid("comment", "Say which other cause it is")
    return found


def _destroy(tx: Tx, actor: Actor, bag: str, act: str, cause: Cause, comment: str) -> None:
    _let_go(tx, actor, bag)
    state = require(tx.raw, bag)
    data = {"discard": act, "cause": cause.key, "comment": comment}
    status = BagStatus(str(state["status"]))
    if status is BagStatus.RETURNED_PENDING:
        close_without_verdict(tx, actor, bag, f"discarded with {act}")
    if not allowed(status, BagStatus.DISCARDED):
        change_status(tx, actor, bag, BagStatus.NONCONFORMING, "bag.condemned", data=data)
    change_status(tx, actor, bag, BagStatus.DISCARDED, "bag.discarded", data=data, claim=None, order_line=None)
    move_to(tx, actor, bag, None, tx.now, kind="bag.to_waste", data={"discard": act, "from": state["place"]})
    end_holds_of_bag(tx, actor, bag, f"discarded with {act}")
    _book(tx, actor, state, act, cause, comment, None)


def _let_go(tx: Tx, actor: Actor, bag: str) -> None:
    """Free a bag of what keeps it; the move that a broken reservation asks for is taken back with the others."""
    reservations.release(tx, actor, bag, status_is(BagStatus.DISCARDED))
    task = open_task_of(tx.raw, bag)
    if task is not None:
        cancel_move(tx, actor, task.id, "the bag is discarded")


def _book(tx: Tx, actor: Actor, state: BagState, act: str, cause: Cause, comment: str, hospital: str | None) -> None:
    month = tx.now.astimezone(ZoneInfo(tx.plant.site.timezone)).strftime("%Y-%m")
    group, place = state["abo_rhd"], state["place"]
    tx.raw.execute(
        "INSERT INTO discard "
        "(bag, act, cause, comment, at_us, done_by, component, abo_rhd, hospital, from_place, month) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            *(state["id"], act, cause.key, comment, to_us(tx.now), actor.id, state["component"]),
            *(group, hospital, place, month),
        ),
    )
    tx.notify("stock", str(state["id"]))
