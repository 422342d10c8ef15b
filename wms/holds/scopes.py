"""What a hold is about: one bag, a donation, a place or a batch; and which bags that means now."""

from __future__ import annotations

from enum import StrEnum

from wms.errors import Invalid, NotFound
from wms.store.driver import Driver


class Scope(StrEnum):
    """How wide a hold reaches."""

    BAG = "bag"
    DONATION = "donation"
    PLACE = "place"
    BATCH = "batch"


def only_scope(**named: str | None) -> tuple[Scope, str]:
    """The one scope that was named, and its subject; raises Invalid unless exactly one was."""
    given = [(Scope(scope), subject) for scope, subject in named.items() if subject is not None]
    if len(given) != 1:
        raise Invalid("hold.scope", "A hold is on one bag, one donation, one place or one batch")
    return given[0]


def bags_of(raw: Driver, scope: Scope, subject: str) -> tuple[str, ...]:
    """Bags of a donation or of a batch, whatever became of them; raises NotFound when there is no such thing.

    What was made from them follows by genealogy and is not listed here.
    """
    if scope is Scope.DONATION:
        rows = raw.execute("SELECT id FROM bag WHERE din = ? ORDER BY id", (subject,)).fetchall()
        if not rows:
            raise NotFound("donation.unknown", f"There is no bag of a donation {subject}")
    else:
        if raw.execute("SELECT 1 FROM batch WHERE id = ?", (subject,)).fetchone() is None:
            raise NotFound("batch.unknown", f"There is no batch {subject}")
        rows = raw.execute("SELECT bag FROM batch_bag WHERE batch = ? ORDER BY bag", (subject,)).fetchall()
    return tuple(bag for (bag,) in rows)


def bags_at(raw: Driver, place: str) -> tuple[str, ...]:
    """Bags that lie at a place or below it now."""
    rows = raw.execute(
        "SELECT id FROM bag WHERE place = ? OR (place >= ? AND place < ?) ORDER BY id",
        (place, f"{place}/", f"{place}0"),
    )
    return tuple(bag for (bag,) in rows.fetchall())


def made_from(raw: Driver, bag: str) -> tuple[str, ...]:
    """Bags that were made from a bag: what is found wrong with it later is wrong with them."""
    rows = raw.execute("SELECT child FROM bag_parentage WHERE parent = ? ORDER BY child", (bag,))
    return tuple(child for (child,) in rows.fetchall())
