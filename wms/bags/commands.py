"""What may be done to a bag, always through the ledger: asked-for changes are guarded, observed never refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from blood.eligibility import BagStatus
from wms.bags.lifecycle import ENDED, FINAL, TransitionRefused, allowed
from wms.bags.projection import BagState, Scalar, require
from wms.bags.stays import Arrival, end_of_stay, end_stay, first_stay, insert_stay
from wms.errors import Conflict
from wms.holds.commands import hold_if_leaving_held_place, hold_new_bag, place_hold
from wms.recall.frozen import closed_cases, join_by_origin
from wms.store.metadata import to_us
from wms.store.tx import Actor, BagChange, Tx


def create_bag(
    tx: Tx,
    actor: Actor,
    bag: str,
    *,
    kind: str,
    place: str,
    at: datetime,
    fields: Mapping[str, Scalar],
    parents: Sequence[str] = (),
    operation: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Make a bag known at a place since ``at``; ``fields`` are its other columns. Raises Conflict when it exists.

    ``operation`` is what made it of its ``parents``. Open holds of its donation keep it at once, and a bag that an open
    recall is about is frozen as it is made; of one that is closed already it is a finding.
    """
    if tx.raw.execute("SELECT 1 FROM bag WHERE id = ?", (bag,)).fetchone():
        raise Conflict("bag.exists", f"Bag {bag} is already known")
    since = to_us(at)
    change = BagChange(bag, {"made_us": since, **fields, "place": place, "place_since_us": since})
    tx.record(kind, actor=actor, subject=bag, data={**(data or {}), "parents": list(parents)}, bag=change)
    first_stay(tx.raw, bag, place, since)
    tx.raw.executemany(
        "INSERT INTO bag_parentage (parent, child, operation) VALUES (?, ?, ?)",
        [(parent, bag, operation) for parent in parents],
    )
    hold_new_bag(tx, actor, bag, str(fields["din"]))
    join_by_origin(tx, actor, bag, str(fields["din"]), str(fields["donor"]), parents)
    for case in closed_cases(tx.raw, str(fields["din"])):
        raise_finding(tx, actor, bag, f"its donation was recalled, and case {case} is closed already")


def change_status(
    tx: Tx,
    actor: Actor,
    bag: str,
    to: BagStatus,
    kind: str,
    *,
    expected_version: int | None = None,
    data: Mapping[str, Any] | None = None,
    **fields: Scalar,
) -> None:
    """Step a bag to ``to`` and set further ``fields``, as one ledger entry of ``kind``.

    Raises NotFound, TransitionRefused, or Conflict when ``expected_version`` is given and gone.
    """
    state = require(tx.raw, bag)
    status = BagStatus(str(state["status"]))
    if not allowed(status, to):
        raise TransitionRefused(bag, status, to)
    change = BagChange(bag, {"status": to.value, **_ending(tx, state, to), **fields}, expected_version, state)
    tx.record(kind, actor=actor, subject=bag, data=data, bag=change)


def change_fields(
    tx: Tx, actor: Actor, bag: str, kind: str, *, data: Mapping[str, Any] | None = None, **fields: Scalar
) -> None:
    """Set fields of a bag that are not its status or place, as one ledger entry."""
    tx.record(kind, actor=actor, subject=bag, data=data, bag=BagChange(bag, fields))


def observe(
    tx: Tx,
    actor: Actor,
    bag: str,
    to: BagStatus,
    kind: str,
    *,
    data: Mapping[str, Any] | None = None,
    **fields: Scalar,
) -> bool:
    """Record that a bag *was seen* to become ``to``; never refused (design.md 4). Returns whether the table allows it.

    A step that the table does not allow is recorded all the same (a bag whose story is over keeps its status), named as
    a finding and holds the bag until two people have looked at it. Seeing what is already known changes nothing.
    """
    state = require(tx.raw, bag)
    status = BagStatus(str(state["status"]))
    if status is to:
        if fields or data:
            tx.record(kind, actor=actor, subject=bag, data=data, bag=BagChange(bag, fields))
        return True
    fits = allowed(status, to)
    kept = status if status in FINAL else to
    change = BagChange(bag, {"status": kept.value, **_ending(tx, state, kept), **fields})
    tx.record(kind, actor=actor, subject=bag, data=data, bag=change)
    if not fits:
        raise_finding(tx, actor, bag, f"seen to become {to.value} while it was {status.value} ({kind})")
    return fits


def raise_finding(tx: Tx, actor: Actor, bag: str, detail: str) -> None:
    """Name a contradiction about a bag in the ledger and hold the bag until it is understood."""
    tx.record("finding.raised", actor=actor, subject=bag, data={"detail": detail}, bag=BagChange(bag, {}))
    place_hold(tx, actor, bag=bag, reason=f"finding: {detail}")


def move_to(
    tx: Tx,
    actor: Actor,
    bag: str,
    place: str | None,
    at: datetime,
    kind: str = "bag.moved",
    data: Mapping[str, Any] | None = None,
) -> Arrival:
    """Record that a bag is at ``place`` since ``at`` (None: nobody knows where).

    A fact about the past goes into the history and never overrides a later place. Leaving a held place holds the bag,
    also when it is only now heard that the bag had been there.
    """
    state = require(tx.raw, bag)
    since = to_us(at)
    content = {**(data or {}), "place": place, "at": at.isoformat()}
    if place is None:
        end_stay(tx.raw, bag, since)
        change = BagChange(bag, {"place": None, "place_since_us": since})
        tx.record(kind, actor=actor, subject=bag, data=content, bag=change)
        _leave(tx, actor, state)
        return Arrival.CURRENT
    arrival = insert_stay(tx.raw, bag, place, since)
    if arrival is Arrival.KNOWN and data is None:
        return arrival
    current = arrival is Arrival.CURRENT
    fields: dict[str, Scalar] = {"place": place, "place_since_us": since} if current else {}
    change = BagChange(bag, fields, seen=state)
    tx.record(kind, actor=actor, subject=bag, data={**content, "arrival": arrival.value}, bag=change)
    if current:
        _leave(tx, actor, state)
    elif arrival is Arrival.HISTORY:
        hold_if_leaving_held_place(tx, actor, bag, place, left_us=end_of_stay(tx.raw, bag, since))
    return arrival


def _ending(tx: Tx, state: BagState, to: BagStatus) -> dict[str, Scalar]:
    """When the story of a bag ends, or that it goes on after all; nothing where that does not change."""
    if to in ENDED:
        return {} if state["ended_us"] is not None else {"ended_us": to_us(tx.now)}
    return {} if state["ended_us"] is None else {"ended_us": None}


def _leave(tx: Tx, actor: Actor, state: BagState) -> None:
    if state["place"] is not None and BagStatus(str(state["status"])) not in FINAL:
        hold_if_leaving_held_place(tx, actor, str(state["id"]), str(state["place"]))
