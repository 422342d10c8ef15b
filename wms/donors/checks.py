"""The donor check: a donation that its donor speaks against is held with all its components; quality decides.

The hold and the ledger say "donor check" and nothing else (the list is nobody's but quality's).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from wms.donors.causes import Cause, causes, donations_of
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import end_donation_hold, place_hold
from wms.ledger.chain import canonical
from wms.release.condemn import condemn_donation, family_of
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

DONOR_CHECK: Final = "donor check"
"""Reason of the hold; never more than this."""
_STILL_INSIDE: Final = frozenset({"COLLECTED", "PROCESSING", "QUARANTINE", "NONCONFORMING", "CONSUMED", "DISCARDED"})


class CheckState(StrEnum):
    """What became of the donor check of a donation."""

    PASSED = "passed"
    HELD = "held"
    CLEARED = "cleared"
    CONDEMNED = "condemned"


class CheckVerdict(StrEnum):
    """What quality may decide."""

    CLEARED = "cleared"
    CONDEMNED = "condemned"


def check_donor(tx: Tx, actor: Actor, donor: str, only: str | None = None) -> list[str]:
    """Check the donations of a donor (or ``only`` one of them) and hold what is new; returns the donations held now."""
    held = []
    for given in donations_of(tx.raw, tx.plant, donor):
        if only is not None and given.din != only:
            continue
        found = causes(tx.raw, tx.plant, donor, given.at, given.kind, given.din)
        if _hold(tx, actor, given.din, donor, found):
            held.append(given.din)
    return held


def state_of(raw: Driver, din: str) -> CheckState:
    """How the donor check of a donation stands."""
    return _together(raw.execute("SELECT verdict FROM donor_check WHERE din = ?", (din,)).fetchall())


_OF_BAG: Final = (
    "WITH RECURSIVE line (bag) AS (SELECT CAST(? AS TEXT) UNION "
    "SELECT bag_parentage.parent FROM bag_parentage JOIN line ON bag_parentage.child = line.bag) "
    "SELECT DISTINCT donor_check.verdict FROM line JOIN bag ON bag.id = line.bag "
    "JOIN donor_check ON donor_check.din = bag.din"
)


def _together(rows: Sequence[Sequence[Any]]) -> CheckState:
    verdicts = {verdict for (verdict,) in rows}
    if None in verdicts:
        return CheckState.HELD
    if CheckVerdict.CONDEMNED.value in verdicts:
        return CheckState.CONDEMNED
    return CheckState.CLEARED if verdicts else CheckState.PASSED


def state_of_bag(raw: Driver, bag: str) -> CheckState:
    """How the donor checks of all donations in a bag stand together: of a pool's every one."""
    return _together(raw.execute(_OF_BAG, (bag,)).fetchall())


def is_held(raw: Driver, bag: str) -> bool:
    """True when a bag must not be used as far as its donors go: not decided yet, or condemned."""
    return state_of_bag(raw, bag) in {CheckState.HELD, CheckState.CONDEMNED}


def decide(tx: Tx, actor: Actor, din: str, verdict: CheckVerdict, comment: str) -> None:
    """Quality decides about a held donation; the comment stays with the check and is not in the ledger.

    Raises NotFound, Invalid without a comment, Conflict when it is decided already.
    """
    state = state_of(tx.raw, din)
    if state is CheckState.PASSED:
        raise NotFound("donor_check.unknown", f"Donation {din} is not held by a donor check")
    if state is not CheckState.HELD:
        raise Conflict("donor_check.decided", f"The donor check of {din} is decided already")
    if not comment.strip():
        raise Invalid("comment", "A decision needs a comment")
    tx.raw.execute(
        "UPDATE donor_check SET verdict = ?, decided_us = ?, decided_by = ?, comment = ? "
        "WHERE din = ? AND decided_us IS NULL",
        (verdict.value, to_us(tx.now), actor.id, comment, din),
    )
    tx.record("donor_check.decided", actor=actor, subject=din, data={"verdict": verdict.value})
    if verdict is CheckVerdict.CLEARED:
        end_donation_hold(tx, actor, din, DONOR_CHECK, "decided by quality")
    else:
        condemn_donation(tx, actor, din, DONOR_CHECK, "bag.failed_donor_check")
    tx.notify("deferral", din)


def _hold(tx: Tx, actor: Actor, din: str, donor: str, found: tuple[Cause, ...]) -> bool:
    rows = tx.raw.execute("SELECT cause FROM donor_check WHERE din = ?", (din,)).fetchall()
    known = {cause for (cause,) in rows}
    new = [cause for cause in found if cause.id not in known]
    if not new:
        return False
    gone = _gone(tx, din)
    for cause in new:
        tx.raw.execute(
            "INSERT INTO donor_check (din, cause, donor, code, held_us, gone) VALUES (?,?,?,?,?,?)",
            (din, cause.id, donor, cause.code, to_us(tx.now), canonical(gone)),
        )
    tx.record("donor_check.failed", actor=actor, subject=din, data={"left_quarantine": gone})
    place_hold(tx, actor, donation=din, reason=DONOR_CHECK)
    tx.notify("deferral", din)
    return True


def _gone(tx: Tx, din: str) -> list[str]:
    """Bags of the donation's family that have left quarantine: quality may have to recall them."""
    gone = []
    for bag in family_of(tx, din):
        (status,) = tx.raw.execute("SELECT status FROM bag WHERE id = ?", (bag,)).fetchone()
        if status not in _STILL_INSIDE:
            gone.append(bag)
    return gone
