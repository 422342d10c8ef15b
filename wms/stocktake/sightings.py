"""What shelf antennas see: the newest account of each shelf, and what it says against what is believed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from rfid.messages import ShelfSeen
from wms.errors import Invalid, NotFound
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

_NOW: Final = "SELECT epc FROM sighting WHERE shelf = ? AND gone_us IS NULL"
_SEEN: Final = (
    "INSERT INTO sighting (shelf, epc, since_us) VALUES (?, ?, ?) ON CONFLICT (shelf, epc) "
    "DO UPDATE SET since_us = excluded.since_us, gone_us = NULL, reported_us = NULL"
)


def on_shelf_seen(tx: Tx, actor: Actor, seen: ShelfSeen, at: datetime) -> None:
    """Take one part of a shelf's account; it holds when all its parts are here. Older accounts change nothing.

    Raises NotFound for a shelf that this plant has not, Invalid for a part that its account cannot have.
    """
    if seen.shelf not in tx.plant.place_by_path:
        raise NotFound("shelf.unknown", f"{seen.reader} reports shelf {seen.shelf}, which this plant has not")
    if not 1 <= seen.part <= seen.parts:
        raise Invalid("shelf.part", f"{seen.reader} sent part {seen.part} of {seen.parts} of {seen.round_id}")
    account = tx.raw.execute("SELECT at_us FROM shelf_account WHERE shelf = ?", (seen.shelf,)).fetchone()
    if account is not None and account[0] >= to_us(seen.at):
        return
    tx.raw.execute(
        "INSERT INTO shelf_part (round_id, part, shelf, epcs) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (seen.round_id, seen.part, seen.shelf, " ".join(seen.epcs)),
    )
    parts = tx.raw.execute("SELECT epcs FROM shelf_part WHERE round_id = ?", (seen.round_id,)).fetchall()
    if len(parts) == seen.parts:
        tx.raw.execute("DELETE FROM shelf_part WHERE shelf = ?", (seen.shelf,))
        _apply(tx, actor, seen, {epc for (epcs,) in parts for epc in epcs.split()}, at)


def tags_on(tx: Tx, shelf: str) -> dict[str, str | None]:
    """Tags that the antenna of a shelf sees now, each with the bag that it is bound to."""
    rows = tx.raw.execute(
        "SELECT sighting.epc, bag.id FROM sighting LEFT JOIN bag ON bag.epc = sighting.epc "
        "WHERE sighting.shelf = ? AND sighting.gone_us IS NULL",
        (shelf,),
    )
    return dict(rows.fetchall())


def bags_believed_on(tx: Tx, place: str) -> dict[str, str]:
    """Bags that are believed to lie at a place or below it, each with where exactly."""
    rows = tx.raw.execute(
        "SELECT id, place FROM bag WHERE place = ?1 OR (place >= ?1 || '/' AND place < ?1 || '0')", (place,)
    )
    return dict(rows.fetchall())


def _apply(tx: Tx, actor: Actor, seen: ShelfSeen, tags: set[str], at: datetime) -> None:
    before = {epc for (epc,) in tx.raw.execute(_NOW, (seen.shelf,))}
    at_us = to_us(seen.at)
    tx.raw.executemany(_SEEN, [(seen.shelf, epc, at_us) for epc in sorted(tags - before)])
    tx.raw.executemany(
        "UPDATE sighting SET gone_us = ? WHERE shelf = ? AND epc = ?",
        [(at_us, seen.shelf, epc) for epc in sorted(before - tags)],
    )
    tx.raw.execute(
        "INSERT INTO shelf_account (shelf, reader, at_us) VALUES (?, ?, ?) ON CONFLICT (shelf) "
        "DO UPDATE SET reader = excluded.reader, at_us = excluded.at_us",
        (seen.shelf, seen.reader, at_us),
    )
    if tags != before:
        data = {"came": len(tags - before), "went": len(before - tags), "tags": len(tags), "at": at.isoformat()}
        tx.record("shelf.seen", actor=actor, subject=seen.shelf, data=data)
        tx.notify("shelf", seen.shelf)


def shelves_below(shelves: Iterable[str], place: str) -> list[str]:
    """Those of some shelves that are a place or lie below it."""
    return [shelf for shelf in shelves if shelf == place or shelf.startswith(f"{place}/")]
