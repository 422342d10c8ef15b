"""Release: computed from results, holds and records; nobody types it (domain.md 5.3)."""

from __future__ import annotations

from dataclasses import dataclass

from blood.eligibility import Act, BagStatus, Purpose, Reason, eligibility
from wms.bags.commands import change_status
from wms.bags.facts import facts_of
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx


@dataclass(frozen=True, slots=True)
class RefusedRelease:
    """A bag that stays in quarantine, with every gate that it fails."""

    bag: str
    reasons: tuple[Reason, ...]


def release_failures(tx: Tx, bag: str) -> list[Reason]:
    """Every reason why a bag must not be released now; empty when it may."""
    return eligibility(facts_of(tx, bag), Purpose(Act.RELEASE), tx.now)


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
    rows = tx.raw.execute(
        "SELECT id FROM bag WHERE status = ? AND tests = 'negative' AND abo_rhd IS NOT NULL "
        "AND process_check = 'passed' AND label_check = 'passed' AND expires_us > ? "
        "AND NOT EXISTS (SELECT 1 FROM hold WHERE lifted_us IS NULL "
        "AND (hold.bag = bag.id OR instr(bag.place || '/', hold.place || '/') = 1)) "
        "ORDER BY place_since_us LIMIT ?",
        (BagStatus.QUARANTINE.value, to_us(tx.now), limit),
    ).fetchall()
    return [bag for (bag,) in rows if release_if_ready(tx, actor, bag) is None]
