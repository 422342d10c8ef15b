"""The facet itself: which recalls keep a bag, how bags join a case, and how a new bag joins by what it was made of.

Imported by the making of bags and by eligibility's facts, so it may import neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from blood.eligibility import BagStatus
from wms.bags.projection import BagChange, require
from wms.recall.scope import Relation
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

RELEASED: Final = "released"
"""The one outcome that lets a bag go again; every other one keeps it frozen, also when its case is closed."""

NOT_RECALLED: Final = (
    "NOT EXISTS (SELECT 1 FROM bag_recall WHERE bag_recall.bag = bag.id "  # noqa: S608 - a constant
    f"AND coalesce(bag_recall.outcome, '') <> '{RELEASED}')"
)
"""For queries over table `bag` that choose bags for work: none that a recall keeps."""

_KEPT_BY: Final = (
    f"SELECT recall FROM bag_recall WHERE bag = ? AND coalesce(outcome, '') <> '{RELEASED}' ORDER BY recall"  # noqa: S608 - a constant
)
_IN_HOUSE: Final = frozenset({BagStatus.RESERVED, BagStatus.PICKED, BagStatus.PACKED})


def open_recalls(raw: Driver, bag: str) -> tuple[str, ...]:
    """Ids of the cases that keep a bag: those from which two people have not released it."""
    return tuple(case for (case,) in raw.execute(_KEPT_BY, (bag,)).fetchall())


def closed_cases(raw: Driver, din: str) -> tuple[str, ...]:
    """Cases that are closed and about a donation of which at least one bag was not let go again."""
    return tuple(case for (case,) in raw.execute(_CLOSED, (din, din)).fetchall())


def join(tx: Tx, actor: Actor, case: str, bags: Mapping[str, Relation]) -> Sequence[str]:
    """Freeze bags for a case, all at once; returns those that were not in it before.

    Every bag gets its ledger entry and a new version, so that a plan or a permit that was made before is overtaken;
    reservations break and their lines are planned again, as for a hold.
    """
    is_known = "SELECT 1 FROM bag_recall WHERE bag = ? AND recall = ?"
    new = [bag for bag in bags if tx.raw.execute(is_known, (bag, case)).fetchone() is None]
    joined_us = to_us(tx.now)
    tx.raw.executemany(
        "INSERT INTO bag_recall (bag, recall, relation, joined_us) VALUES (?, ?, ?, ?)",
        [(bag, case, bags[bag].value, joined_us) for bag in new],
    )
    for bag in new:
        data = {"recall": case, "relation": bags[bag].value}
        tx.record("bag.recalled", actor=actor, subject=case, data=data, bag=BagChange(bag, {}))
    for bag in new:
        freeze(tx, actor, bag)
    if new:
        tx.notify("recall", case)
    return new


def freeze(tx: Tx, actor: Actor, bag: str) -> None:
    """Take a bag that a recall keeps from the order that has it."""
    if BagStatus(str(require(tx.raw, bag)["status"])) in _IN_HOUSE:
        tx.hooks.on_hold(tx, actor, bag)


def join_by_origin(tx: Tx, actor: Actor, bag: str, din: str, donor: str, parents: Sequence[str]) -> None:
    """A bag was just made: freeze it for every case that its donation, its donor or a parent of it belongs to."""
    raw = tx.raw
    cases: dict[str, Relation] = {}
    for case, relation in raw.execute(_BY_DONATION, (din,)).fetchall():
        cases.setdefault(case, Relation(relation))
    for (case,) in raw.execute(_BY_DONOR, (donor,)).fetchall():
        cases.setdefault(case, Relation.DONOR)
    for parent in parents:
        for case in open_recalls(raw, parent):
            cases.setdefault(case, Relation.CHILD)
    for case, relation in cases.items():
        join(tx, actor, case, {bag: relation})


_BY_DONATION: Final = (
    "SELECT recall.id, recall_donation.relation FROM recall_donation JOIN recall ON recall.id = recall_donation.recall "
    "WHERE recall_donation.din = ? AND recall.closed_us IS NULL ORDER BY recall.id"
)
_CLOSED: Final = (
    "SELECT recall.id FROM recall_donation JOIN recall ON recall.id = recall_donation.recall "  # noqa: S608 - a constant
    "WHERE recall_donation.din = ? AND recall.closed_us IS NOT NULL AND EXISTS (SELECT 1 FROM bag_recall "
    "JOIN bag ON bag.id = bag_recall.bag WHERE bag_recall.recall = recall.id AND bag.din = ? "
    f"AND coalesce(bag_recall.outcome, '') NOT IN ('{RELEASED}', 'consumed')) ORDER BY recall.id"
)
_BY_DONOR: Final = (
    "SELECT recall.id FROM recall_donor JOIN recall ON recall.id = recall_donor.recall "
    "WHERE recall_donor.donor = ? AND recall.closed_us IS NULL ORDER BY recall.id"
)
