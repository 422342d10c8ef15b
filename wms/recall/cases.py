"""Cases: opened in one action that freezes everything, compared with what is known later, closed by two people."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import msgspec

from runtime.ids import new_id
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import Signature
from wms.recall.frozen import join
from wms.recall.notices import remind, tell_holders
from wms.recall.outcomes import SIGNATURES, require_open, settle
from wms.recall.reach import Reach, reach_of
from wms.recall.scope import Scope
from wms.recall.settings import recall_settings
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

FOLLOW_EVERY_S: Final = 30.0
"""Domain time between two comparisons of the open cases with what is known (late facts, bags that travel on)."""
_CASES: Final = Actor("service:recall", "serve")
_NAMED_AT_MOST: Final = 20


def open_case(
    tx: Tx, actor: Actor, scope: Scope, reason_code: str, comment: str, *, of_the_donor: bool | None = None
) -> str:
    """Open a recall: every bag that belongs to it is frozen and every holder told, in this one transaction.

    One closure, however many bags: a recall that is half in force is none. ``of_the_donor`` overrides what the reason
    says about the donor's other donations. Raises Invalid, NotFound when nothing is known by that name.
    """
    reason = recall_settings().reason(reason_code)
    if not comment.strip():
        raise Invalid("recall.comment", "A recall needs a comment: what happened, who reported it")
    scope.check(tx.plant)
    with_donor = reason.of_the_donor if of_the_donor is None else of_the_donor
    reach = reach_of(tx.raw, tx.plant, scope, of_the_donor=with_donor)
    if not reach.bags:
        raise NotFound("recall.nothing", "No bag is known by that name; nothing was recalled")
    case = new_id("rcl")
    tx.raw.execute(
        "INSERT INTO recall (id, reason_code, comment, scope, of_the_donor, opened_us, opened_by) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (case, reason_code, comment, scope.text(), with_donor, to_us(tx.now), actor.id),
    )
    about = {"scope": msgspec.to_builtins(scope), "of_the_donor": with_donor}
    data = {"reason": reason_code, "comment": comment, **about, "bags": len(reach.bags)}
    tx.record("recall.opened", actor=actor, subject=case, data=data)
    _take_in(tx, actor, case, reach)
    return case


def follow_cases(tx: Tx) -> None:
    """Compare every open case with what is known now: late bags join, new holders are told, silent ones alarm."""
    rows = tx.raw.execute("SELECT id, scope, of_the_donor FROM recall WHERE closed_us IS NULL ORDER BY id").fetchall()
    for case, scope, of_the_donor in rows:
        reach = reach_of(tx.raw, tx.plant, Scope.of_text(scope), of_the_donor=bool(of_the_donor))
        _take_in(tx, _CASES, case, reach)
    remind(tx)


def close_case(tx: Tx, actor: Actor, case: str, comment: str, signatures: Collection[Signature]) -> None:
    """Close a case in which every bag has an outcome, on the word of two people.

    Raises NotFound, Conflict naming the bags without an outcome, Invalid, Refused; the refusal changes nothing.
    """
    require_open(tx, case)
    if not comment.strip():
        raise Invalid("recall.comment", "Closing a recall needs a comment")
    people = sorted({signature.person for signature in signatures})
    if len(people) < SIGNATURES:
        raise Refused("recall.signatures", f"Closing a recall needs the signatures of two people; {len(people)} signed")
    settle(tx, _CASES, case)
    open_bags = sorted(_column(tx, "SELECT bag FROM bag_recall WHERE recall = ? AND outcome IS NULL", case))
    if open_bags:
        more = len(open_bags) - _NAMED_AT_MOST
        named = ", ".join(open_bags[:_NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
        raise Conflict("recall.open_bags", f"{len(open_bags)} bags have no outcome yet: {named}")
    tx.raw.execute(
        "UPDATE recall SET closed_us = ?, closed_by = ?, close_comment = ? WHERE id = ?",
        (to_us(tx.now), ",".join(people), comment, case),
    )
    signed = {"comment": comment, "signatures": [signature.id for signature in signatures], "people": people}
    tx.record("recall.closed", actor=actor, subject=case, data=signed)
    tx.notify("recall", case)


def _take_in(tx: Tx, actor: Actor, case: str, reach: Reach) -> None:
    known = _column(tx, "SELECT din FROM recall_donation WHERE recall = ?", case)
    tx.raw.executemany(
        "INSERT INTO recall_donation (din, recall, relation) VALUES (?, ?, ?)",
        [(din, case, relation.value) for din, relation in reach.donations.items() if din not in known],
    )
    donors = _column(tx, "SELECT donor FROM recall_donor WHERE recall = ?", case)
    tx.raw.executemany(
        "INSERT INTO recall_donor (donor, recall) VALUES (?, ?)",
        [(donor, case) for donor in sorted(reach.donors - donors)],
    )
    join(tx, actor, case, reach.bags)
    settle(tx, _CASES, case)
    tell_holders(tx, actor, case)


def _column(tx: Tx, question: str, case: str) -> set[str]:
    return {str(value) for (value,) in tx.raw.execute(question, (case,)).fetchall()}
