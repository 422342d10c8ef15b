"""Every new donation and every bag that is typed or released is held against the open requests, and each try recorded.

The ledger is followed: whatever path a bag took, its change stands there, and the mark says how far was looked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec
from sqlalchemy import func, insert, select, update

from blood.components import Family
from wms.bags.projection import require
from wms.bags.tables import bag as bag_table
from wms.errors import NotFound
from wms.ledger.chain import ledger
from wms.registries import tables
from wms.registries.donors import note_donation
from wms.registries.fitting import fit_of
from wms.registries.locks import bring_donation, expire_locks, watch_locks
from wms.registries.model import RequestKind
from wms.registries.requests import RequestRow, RequestWish, live_requests, open_request, require_request
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

FOLLOWER: Final = Actor("service:registry", "controller")
_LEDGER: Final = "ledger"
_AT_ONCE: Final = 500
"""Ledger entries of one look; a backlog is worked off tick by tick."""
_STOCK: Final = 300
"""Bags of the store that are held against one request at once; an incubator holds fewer."""
_TELLING: Final = frozenset({"abo_rhd", "tests", "antigens", "hla", "attributes"})
_SERVING: Final = frozenset({"AVAILABLE", "QUARANTINE"})


def follow_requests(tx: Tx) -> None:
    """One look: expire locks, follow what is kept, and try what is new in the ledger."""
    expire_locks(tx, FOLLOWER)
    watch_locks(tx, FOLLOWER)
    begin = _mark(tx)
    rows = tx.conn.execute(
        select(ledger.c.seq, ledger.c.bag, ledger.c.data)
        .where(ledger.c.seq > begin)
        .order_by(ledger.c.seq)
        .limit(_AT_ONCE)
    ).all()
    if not rows:
        return
    try_bags(tx, _telling(rows))
    _set_mark(tx, begin, int(rows[-1].seq))


def try_bags(tx: Tx, bags: Iterable[tuple[str, bool]]) -> None:
    """Hold bags against the open requests; ``True`` beside a bag says that it is a new donation."""
    for bag, is_new in dict(bags).items():
        if is_new:
            _came(tx, bag)
        for row in live_requests(tx.conn):
            try_one(tx, row, bag)


def open_and_try(tx: Tx, actor: Actor, wish: RequestWish) -> str:
    """Open a request and hold at once what is in store against it; raises what `open_request` raises."""
    number = open_request(tx, actor, wish)
    _try_stock(tx, require_request(tx.conn, number))
    return number


def try_stock(tx: Tx) -> None:
    """The net: what is in store is held against every open request again; an answer that changed is recorded."""
    for row in live_requests(tx.conn):
        _try_stock(tx, row)


def _try_stock(tx: Tx, row: RequestRow) -> None:
    family = Family.PLATELETS if row.kind is RequestKind.PLATELET else Family.RED_CELLS
    components = [key for key, component in tx.plant.components.items() if component.family is family]
    query = select(bag_table.c.id).where(
        bag_table.c.component.in_(components), bag_table.c.status.in_(sorted(_SERVING)), bag_table.c.claim.is_(None)
    )
    if row.kind is RequestKind.RARE:
        query = query.where(bag_table.c.antigens.is_not(None))
    for bag in tx.conn.execute(query.order_by(bag_table.c.expires_us, bag_table.c.id).limit(_STOCK)).scalars().all():
        try_one(tx, row, bag)


def try_one(tx: Tx, row: RequestRow, bag: str) -> None:
    """Hold one bag against one request, and record what that gave; the same answer again is not recorded."""
    try:
        fit = fit_of(tx, row, bag)
    except NotFound:
        return
    mine = (
        (tables.tried.c.request == row.id) & (tables.tried.c.bag == bag) & (tables.tried.c.verdict == fit.verdict.value)
    )
    if tx.conn.execute(select(tables.tried.c.bag).where(mine)).first() is not None:
        return
    values = {"request": row.id, "bag": bag, "verdict": fit.verdict.value, "at_us": to_us(tx.now), "detail": fit.detail}
    tx.conn.execute(insert(tables.tried).values(**values))
    tx.record("registry.tried", actor=FOLLOWER, subject=row.id, data={**values, "request": row.id})
    tx.notify("registry", row.id)


def _came(tx: Tx, bag: str) -> None:
    state = require(tx.raw, bag)
    note_donation(tx, str(state["donor"]), from_us(int(state["collected_us"] or 0)))
    bring_donation(tx, FOLLOWER, bag)


def _telling(rows: Iterable[Any]) -> list[tuple[str, bool]]:
    """Bags whose entry makes them new, typed, or fit to serve; in the order of the ledger."""
    found: dict[str, bool] = {}
    for row in rows:
        if row.bag is None:
            continue
        change = msgspec.json.decode(row.data).get("change")
        if change is None:
            continue
        new, is_new = change.get("new") or {}, change.get("old") is None
        if is_new or _TELLING & new.keys() or new.get("status") in _SERVING:
            found[row.bag] = found.get(row.bag, False) or is_new
    return list(found.items())


def _mark(tx: Tx) -> int:
    value = tx.conn.execute(select(tables.mark.c.value).where(tables.mark.c.name == _LEDGER)).scalar()
    if value is not None:
        return int(value)
    head = int(tx.conn.execute(select(func.max(ledger.c.seq))).scalar() or 0)
    tx.conn.execute(insert(tables.mark).values(name=_LEDGER, value=head))
    return head


def _set_mark(tx: Tx, begin: int, value: int) -> None:
    if value != begin:
        tx.conn.execute(update(tables.mark).where(tables.mark.c.name == _LEDGER).values(value=value))
