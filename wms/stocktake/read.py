"""What the screens show of counts and of shelves with antennas (docs/interfaces.md 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from plant.model import Plant
from wms.bags.tables import bag
from wms.errors import NotFound
from wms.stocktake.counts import COUNTED, Means, antenna_shelves
from wms.stocktake.matching import CountState
from wms.stocktake.tables import shelf_account, sighting, stock_count, stock_count_item
from wms.store.metadata import from_us, from_us_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class CountItem:
    """One bag of a count; for a tag that is bound to none, `bag` is its EPC and the state says so."""

    bag: str
    believed_place: str | None
    seen_place: str | None
    state: CountState


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count; `expected` is how many bags were believed to be there, `seen` how many of them have been seen."""

    id: str
    place: str
    by: Means
    state: str
    expected: int
    seen: int
    items: tuple[CountItem, ...]
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfView:
    """A shelf with an antenna: what is believed and what is seen; `seen` is None before its first account."""

    shelf: str
    reader: str
    believed: int
    seen: int | None
    at: datetime | None
    missing: tuple[str, ...]
    surplus: tuple[str, ...]


def list_counts(conn: Connection, *, open_only: bool = False, limit: int = 100) -> tuple[Count, ...]:
    """Counts, newest first."""
    query = select(stock_count).order_by(stock_count.c.opened_us.desc(), stock_count.c.id.desc()).limit(limit)
    if open_only:
        query = query.where(stock_count.c.closed_us.is_(None))
    return _counts(conn, conn.execute(query).mappings().all())


def one_count(conn: Connection, count_id: str) -> Count:
    """One count; raises NotFound."""
    rows = conn.execute(select(stock_count).where(stock_count.c.id == count_id)).mappings().all()
    if not rows:
        raise NotFound("count.unknown", f"There is no count {count_id}")
    return _counts(conn, rows)[0]


def shelves(conn: Connection, plant: Plant) -> tuple[ShelfView, ...]:
    """Every shelf with an antenna, in order of the plant document."""
    return tuple(_shelf(conn, shelf, reader) for shelf, reader in antenna_shelves(plant).items())


def _shelf(conn: Connection, shelf: str, reader: str) -> ShelfView:
    at_us = conn.execute(select(shelf_account.c.at_us).where(shelf_account.c.shelf == shelf)).scalar_one_or_none()
    lying = select(bag.c.id).where(
        bag.c.place >= f"{shelf}/", bag.c.place < f"{shelf}0", bag.c.status.in_([status.value for status in COUNTED])
    )
    believed = set(conn.execute(lying).scalars())
    tags = (
        select(sighting.c.epc, bag.c.id)
        .outerjoin(bag, bag.c.epc == sighting.c.epc)
        .where(sighting.c.shelf == shelf, sighting.c.gone_us.is_(None))
    )
    seen = {row.id or row.epc for row in conn.execute(tags)}
    return ShelfView(
        shelf=shelf,
        reader=reader,
        believed=len(believed),
        seen=None if at_us is None else len(seen),
        at=from_us_or_none(at_us),
        missing=() if at_us is None else tuple(sorted(believed - seen)),
        surplus=tuple(sorted(seen - believed)),
    )


def _counts(conn: Connection, rows: Sequence[RowMapping]) -> tuple[Count, ...]:
    query = (
        select(stock_count_item)
        .where(stock_count_item.c.count.in_([row["id"] for row in rows]))
        .order_by(stock_count_item.c.subject)
    )
    items: dict[str, list[CountItem]] = {}
    for row in conn.execute(query).mappings():
        item = CountItem(
            bag=row["subject"],
            believed_place=row["believed_place"],
            seen_place=row["seen_place"],
            state=CountState(row["state"]),
        )
        items.setdefault(row["count"], []).append(item)
    return tuple(_count(row, tuple(items.get(row["id"], ()))) for row in rows)


def _count(row: RowMapping, items: tuple[CountItem, ...]) -> Count:
    states = [item.state for item in items]
    looked_for = {CountState.SEEN, CountState.NOT_SEEN, CountState.MOVED}
    return Count(
        id=row["id"],
        place=row["place"],
        by=Means(row["by_means"]),
        state="open" if row["closed_us"] is None else "closed",
        expected=sum(state in looked_for for state in states),
        seen=states.count(CountState.SEEN),
        items=items,
        opened_at=from_us(row["opened_us"]),
        opened_by=row["opened_by"],
        closed_at=from_us_or_none(row["closed_us"]),
    )
