"""What became of each bag of a case: said by a person, or known by itself where the bag exists no more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final

from blood.eligibility import BagStatus
from wms.bags.commands import change_status
from wms.bags.lifecycle import allowed
from wms.bags.projection import BagChange, require
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import Signature
from wms.machines.batches import in_open_batch
from wms.recall.frozen import RELEASED, freeze
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

S = BagStatus
SIGNATURES: Final = 2


class Outcome(StrEnum):
    """How the story of a bag ends for a case."""

    DESTROYED = "destroyed"
    CONSUMED = "consumed"  # used up; what was made of it is in the case itself
    RETURNED = "returned"  # back at the centre, out of use
    QUARANTINED = "quarantined"  # set aside at the centre as non-conforming
    PATIENT_INFORMED = "patient_informed"  # transfused; the patient knows
    PATIENT_NOT_INFORMED = "patient_not_informed"  # transfused; the comment says why the patient was not told
    LOST = "lost"
    RELEASED = RELEASED  # found to be no danger: two people let it go again


_FITS: Final[Mapping[Outcome, frozenset[BagStatus]]] = {
    Outcome.DESTROYED: frozenset({S.DISCARDED}),
    Outcome.CONSUMED: frozenset({S.CONSUMED}),
    Outcome.RETURNED: frozenset({S.RETURNED_PENDING, S.NONCONFORMING}),
    Outcome.QUARANTINED: frozenset(
        {S.COLLECTED, S.PROCESSING, S.QUARANTINE, S.AVAILABLE, S.RETURNED_PENDING, S.NONCONFORMING}
    ),
    Outcome.PATIENT_INFORMED: frozenset({S.TRANSFUSED, S.PRESUMED_TRANSFUSED}),
    Outcome.PATIENT_NOT_INFORMED: frozenset({S.TRANSFUSED, S.PRESUMED_TRANSFUSED}),
    Outcome.LOST: frozenset({S.LOST}),
    Outcome.RELEASED: frozenset(S) - {S.CONSUMED, S.DISCARDED, S.LOST, S.TRANSFUSED, S.PRESUMED_TRANSFUSED},
}
_BY_ITSELF: Final = {
    S.CONSUMED: Outcome.CONSUMED,
    S.DISCARDED: Outcome.DESTROYED,
    S.LOST: Outcome.LOST,
}
"""A bag that exists no more has its outcome; a transfused one has not: somebody speaks with the patient."""


def possible(status: BagStatus) -> tuple[Outcome, ...]:
    """The outcomes that a bag of this status can have."""
    return tuple(outcome for outcome, statuses in _FITS.items() if status in statuses)


def set_outcome(
    tx: Tx,
    actor: Actor,
    case: str,
    bags: Sequence[str],
    outcome: Outcome,
    comment: str,
    signatures: Collection[Signature] = (),
) -> None:
    """Say what became of bags of an open case; another word later replaces it while the case is open.

    `quarantined` does what it says: the bag becomes non-conforming and is carried there. `released` needs two people.
    Raises NotFound, Conflict (closed, or the bag's status says otherwise), Invalid, Refused; nothing is changed then.
    """
    if not comment.strip():
        raise Invalid("recall.comment", "An outcome needs a comment: who saw it, where, by which record")
    require_open(tx, case)
    if outcome is Outcome.RELEASED and len({signature.person for signature in signatures}) < SIGNATURES:
        raise Refused("recall.signatures", "Releasing a bag from a recall needs the signatures of two people")
    for bag in bags:
        _set_one(tx, actor, case, bag, outcome, comment, [signature.id for signature in signatures])
    tx.notify("recall", case)


def settle(tx: Tx, actor: Actor, case: str) -> None:
    """Give their outcome to bags that exist no more: used up, destroyed, given up as lost."""
    query = (
        "SELECT bag.id, bag.status FROM bag_recall JOIN bag ON bag.id = bag_recall.bag "
        "WHERE bag_recall.recall = ? AND bag_recall.outcome IS NULL AND bag.status IN ('CONSUMED', 'DISCARDED', 'LOST')"
    )
    rows = tx.raw.execute(query, (case,)).fetchall()
    for bag, status in rows:
        _write(tx, actor, case, bag, _BY_ITSELF[BagStatus(status)], "", ())
    if rows:
        tx.notify("recall", case)


def require_open(tx: Tx, case: str) -> None:
    """Raise NotFound for an unknown case, Conflict for a closed one."""
    row = tx.raw.execute("SELECT closed_us FROM recall WHERE id = ?", (case,)).fetchone()
    if row is None:
        raise NotFound("recall.unknown", f"There is no recall {case}")
    if row[0] is not None:
        raise Conflict("recall.closed", f"Recall {case} is closed")


def _set_one(
    tx: Tx, actor: Actor, case: str, bag: str, outcome: Outcome, comment: str, signatures: Sequence[str]
) -> None:
    row = tx.raw.execute("SELECT outcome FROM bag_recall WHERE recall = ? AND bag = ?", (case, bag)).fetchone()
    if row is None:
        raise NotFound("recall.bag_unknown", f"Bag {bag} is not in recall {case}")
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    if status not in _FITS[outcome]:
        raise Conflict("recall.outcome", f"Bag {bag} is {status.value}; its outcome cannot be {outcome.value}")
    if outcome is Outcome.QUARANTINED and status is not S.NONCONFORMING:
        _set_aside(tx, actor, bag, status)
    _write(tx, actor, case, bag, outcome, comment, signatures)
    if row[0] == RELEASED and outcome is not Outcome.RELEASED:
        freeze(tx, actor, bag)


def _set_aside(tx: Tx, actor: Actor, bag: str, status: BagStatus) -> None:
    if in_open_batch(tx.raw, bag) or not allowed(status, S.NONCONFORMING):
        raise Conflict("recall.outcome", f"Bag {bag} is in a machine; wait until it comes out")
    change_status(tx, actor, bag, S.NONCONFORMING, "bag.set_aside")


def _write(
    tx: Tx, actor: Actor, case: str, bag: str, outcome: Outcome, comment: str, signatures: Sequence[str]
) -> None:
    tx.raw.execute(
        "UPDATE bag_recall SET outcome = ?, outcome_comment = ?, outcome_by = ?, outcome_us = ? "
        "WHERE recall = ? AND bag = ?",
        (outcome.value, comment, actor.id, to_us(tx.now), case, bag),
    )
    data = {"recall": case, "outcome": outcome.value, "comment": comment, "signatures": list(signatures)}
    tx.record("bag.recall_outcome", actor=actor, subject=case, data=data, bag=BagChange(bag, {}))
