"""Antenna shelves against what is believed, all the time: questions and findings; and bags that stay missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from blood.eligibility import BagStatus
from wms.alarms.conditions import BAG_MISSING, BAG_UNSEEN
from wms.alarms.watch import Standing, follow
from wms.bags.commands import raise_finding
from wms.moves.tasks import open_task_of
from wms.portals.hearing import deaf_shelves
from wms.stocktake.counts import COUNTED, FRESH
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

WATCH: Final = Actor("service:stocktake", "serve")
UNSEEN: Final = timedelta(minutes=30)
"""Domain time for which a bag may lie unseen before a person is asked: one slot in a hundred is read badly."""
ELSEWHERE: Final = timedelta(minutes=10)
"""Domain time for which a bag may be seen where nobody believes it to be: the report of its carrier may be late."""
ROUND: Final = timedelta(seconds=150)
"""How old a read may be in an account: an older account than the carrier's report does not contradict it."""
_US: Final = timedelta(microseconds=1)

_STRANGERS: Final = (
    "SELECT sighting.shelf, sighting.epc, bag.id, bag.place, bag.status "
    "FROM sighting JOIN bag ON bag.epc = sighting.epc JOIN shelf_account ON shelf_account.shelf = sighting.shelf "
    "WHERE sighting.gone_us IS NULL AND sighting.reported_us IS NULL AND sighting.since_us <= ? "
    "AND (sighting.since_us >= bag.place_since_us OR shelf_account.at_us >= bag.place_since_us + ?) "
    "AND bag.place_since_us <= ? "
    "AND ((bag.place IS NULL AND bag.status NOT IN ('CONSUMED', 'DISCARDED', 'TRANSFUSED')) "
    "OR NOT (bag.place = sighting.shelf "
    "OR (bag.place >= sighting.shelf || '/' AND bag.place < sighting.shelf || '0')))"
)
"""Bags that are seen where nobody believes them to be, those among them of which nobody knows where they are."""


def tick(tx: Tx) -> None:
    """Ask for bags that antennas do not see, name those that they see elsewhere, call for those that are missing."""
    deaf = deaf_shelves(tx)
    _name_strangers(tx, deaf)
    accounts = tx.raw.execute("SELECT shelf, at_us FROM shelf_account").fetchall()
    since = to_us(tx.now - FRESH)
    unseen = {shelf: unseen_on(tx, shelf) for shelf, at_us in accounts if at_us >= since and shelf not in deaf}
    unsure = {shelf for shelf, _ in accounts} - set(unseen)
    follow(tx, BAG_UNSEEN, [Standing(s, len(bags), s, len(bags)) for s, bags in unseen.items() if bags], unsure)
    missing = tx.raw.execute("SELECT id FROM bag WHERE status = ?", (BagStatus.MISSING.value,)).fetchall()
    follow(tx, BAG_MISSING, [Standing(bag, 1, None, 1) for (bag,) in missing])


def unseen_on(tx: Tx, shelf: str) -> list[str]:
    """Bags that are believed on a shelf and that its antenna has not seen for long."""
    since = to_us(tx.now - UNSEEN)
    rows = tx.raw.execute(
        "SELECT bag.id, bag.status, bag.place_since_us, sighting.epc, sighting.gone_us FROM bag "
        "LEFT JOIN sighting ON sighting.epc = bag.epc AND sighting.shelf = ?1 "
        "WHERE bag.place >= ?1 || '/' AND bag.place < ?1 || '0'",
        (shelf,),
    ).fetchall()
    return sorted(
        bag
        for bag, status, placed_us, epc, gone_us in rows
        if BagStatus(status) in COUNTED
        and (epc is None or gone_us is not None)
        and max(placed_us, gone_us or 0) <= since
    )


def _name_strangers(tx: Tx, deaf: frozenset[str]) -> None:
    """A bag that is seen for long on a shelf where it is not believed to be: named once, and held."""
    before = to_us(tx.now - ELSEWHERE)
    for shelf, epc, bag, place, status in tx.raw.execute(_STRANGERS, (before, ROUND // _US, before)).fetchall():
        if shelf in deaf or open_task_of(tx.raw, bag) is not None:
            continue
        tx.raw.execute("UPDATE sighting SET reported_us = ? WHERE shelf = ? AND epc = ?", (to_us(tx.now), shelf, epc))
        raise_finding(tx, WATCH, bag, f"the antenna of {shelf} sees it; it should be {status} at {place}")
