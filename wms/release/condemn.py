"""A donation that is not fit for use is held as a whole, and condemned with all that was made of it."""

from __future__ import annotations

from blood.eligibility import BagStatus
from wms.bags.commands import change_status
from wms.bags.lifecycle import allowed
from wms.holds.commands import place_hold
from wms.holds.scopes import made_from
from wms.store.tx import Actor, Tx


def condemn_donation(tx: Tx, actor: Actor, din: str, reason: str, kind: str) -> None:
    """Hold a donation and make its bags, and what was made from them, NONCONFORMING as far as their status allows.

    ``kind`` names the ledger entries; bags on the road, at hospitals or used keep their status and are held.
    """
    place_hold(tx, actor, donation=din, reason=reason)
    for bag in family_of(tx, din):
        (status,) = tx.raw.execute("SELECT status FROM bag WHERE id = ?", (bag,)).fetchone()
        if allowed(BagStatus(status), BagStatus.NONCONFORMING):
            change_status(tx, actor, bag, BagStatus.NONCONFORMING, kind, order_line=None)


def family_of(tx: Tx, din: str) -> list[str]:
    """The bags of a donation and all that was made from them, pools included, each once."""
    waiting = [bag for (bag,) in tx.raw.execute("SELECT id FROM bag WHERE din = ? ORDER BY id", (din,)).fetchall()]
    found: dict[str, None] = {}
    while waiting:
        bag = waiting.pop(0)
        if bag not in found:
            found[bag] = None
            waiting += made_from(tx.raw, bag)
    return list(found)
