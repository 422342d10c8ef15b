"""Release: computed from results, holds and records; nobody types it (domain.md 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from blood.eligibility import Act, BagStatus, Purpose, Reason, ReasonCode, eligibility
from wms.bags.commands import change_status
from wms.bags.facts import facts_of
from wms.recall.frozen import NOT_RECALLED
from wms.release.temperature import FRESH, is_stale
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

RECORDS_GOOD: Final = (
    "((bag.process_check = 'passed' AND EXISTS (SELECT 1 FROM temperature_judgement AS good "
    "WHERE good.bag = bag.id AND good.state = 'passed')) "
    "OR EXISTS (SELECT 1 FROM release_override WHERE release_override.bag = bag.id))"
)
"""For queries over table `bag`: its records are good, or people passed one by; the gates say which, in full."""
_READY: Final = (
    "SELECT bag.id FROM bag JOIN temperature_judgement AS judged ON judged.bag = bag.id "  # noqa: S608 - constants
    f"WHERE bag.status = 'QUARANTINE' AND judged.judged_us >= ? AND {RECORDS_GOOD} "
    "AND bag.tests = 'negative' AND bag.abo_rhd IS NOT NULL "
    f"AND bag.label_check = 'passed' AND bag.expires_us > ? AND {NOT_RECALLED} "
    "AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.bag = bag.id AND hold.lifted_us IS NULL) "
    "AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.place IS NOT NULL AND hold.lifted_us IS NULL "
    "AND substr(bag.place || '/', 1, length(hold.place) + 1) = hold.place || '/') "
    "ORDER BY bag.place_since_us, bag.id LIMIT ?"
)
"""Bags that pass every gate that a column can tell; those that wait or are held do not stand before them."""


@dataclass(frozen=True, slots=True)
class RefusedRelease:
    """A bag that stays in quarantine, with every gate that it fails."""

    bag: str
    reasons: tuple[Reason, ...]


def release_failures(tx: Tx, bag: str) -> list[Reason]:
    """Every reason why a bag must not be released now; empty when it may."""
    reasons = eligibility(facts_of(tx, bag), Purpose(Act.RELEASE), tx.now)
    if is_stale(tx.raw, bag, tx.now):
        reasons.append(Reason(ReasonCode.RELEASE_GATE, "temperature: the record is being judged anew"))
    return reasons


def release_if_ready(tx: Tx, actor: Actor, bag: str) -> RefusedRelease | None:
    """Make a quarantined bag AVAILABLE when every gate passes; otherwise say which do not and leave it where it is."""
    reasons = release_failures(tx, bag)
    if reasons:
        return RefusedRelease(bag, tuple(reasons))
    change_status(tx, actor, bag, BagStatus.AVAILABLE, "bag.released")
    tx.notify("stock", bag)
    return None


def release_ready_bags(tx: Tx, actor: Actor, limit: int = 200) -> list[str]:
    """Release quarantined bags whose results are complete and whose other gates have passed since; returns them."""
    rows = tx.raw.execute(_READY, (to_us(tx.now - FRESH), to_us(tx.now), limit)).fetchall()
    return [bag for (bag,) in rows if release_if_ready(tx, actor, bag) is None]
