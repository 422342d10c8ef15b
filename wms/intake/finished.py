"""What was collected finished (apheresis platelets) needs no preparation: from the dock it goes to quarantine."""

from __future__ import annotations

from blood.components import Family
from blood.eligibility import BagStatus
from wms.bags.commands import change_status
from wms.moves.by_hand import receiving_dock
from wms.moves.wanted import plan_move
from wms.release.release import release_if_ready
from wms.store.tx import Actor, Tx


def take_in_finished(tx: Tx, actor: Actor, limit: int = 100) -> None:
    """Take collected bags at the dock that are no whole blood into quarantine, and ask for their move to a slot."""
    rows = tx.raw.execute(
        "SELECT id, component FROM bag WHERE status = 'COLLECTED' AND place = ? ORDER BY place_since_us, id",
        (receiving_dock(tx),),
    ).fetchall()
    finished = [bag for bag, component in rows if tx.plant.components[component].family is not Family.WHOLE_BLOOD]
    for bag in finished[:limit]:
        change_status(tx, actor, bag, BagStatus.QUARANTINE, "bag.taken_in")
        release_if_ready(tx, actor, bag)
        plan_move(tx, actor, bag)
