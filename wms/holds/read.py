"""Holds as people see them: those that keep a bag, a searchable list of all, and one with its bags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from wms.errors import NotFound
from wms.holds.scopes import Scope
from wms.store.database import driver_of
from wms.store.metadata import from_us, from_us_or_none
from wms.store.patterns import containing

_BAG_HOLD: Final = (
    "SELECT hold.id, CASE WHEN bag IS NULL THEN 'place' ELSE 'bag' END AS scope, coalesce(bag, place) AS subject, "
    "reason, opened_us, opened_by, lifted_us, lifted_by, lift_reason, origin FROM hold"
)
_WIDE_HOLD: Final = (
    "SELECT id, scope, subject, reason, opened_us, opened_by, lifted_us, lifted_by, lift_reason, NULL AS origin "
    "FROM wide_hold"
)
_KEEPING: Final = (
    "SELECT hold.id, hold.reason, hold.opened_us, hold.opened_by, "
    "coalesce(wide.scope, CASE WHEN coalesce(root.bag, hold.bag) IS NULL OR root.place IS NOT NULL THEN 'place' "
    "ELSE 'bag' END), coalesce(wide.subject, root.place, root.bag, hold.bag, hold.place), hold.origin FROM hold "
    "LEFT JOIN hold AS root ON root.id = hold.origin LEFT JOIN wide_hold AS wide ON wide.id = hold.origin "
    "WHERE hold.lifted_us IS NULL AND (hold.bag = ? OR (hold.place IS NOT NULL "
    "AND substr(? || '/', 1, length(hold.place) + 1) = hold.place || '/')) ORDER BY hold.id"
)
_ALL: Final = f"SELECT * FROM ({_BAG_HOLD} UNION ALL {_WIDE_HOLD}) AS holds"  # noqa: S608 - the two queries above


@dataclass(frozen=True, slots=True)
class OpenHold:
    """One open hold that keeps a bag, or a place where it lies.

    ``scope`` and ``subject`` are of the hold that it was carried from (``origin``), of itself where it was not.
    """

    id: str
    reason: str
    opened_at: datetime
    opened_by: str
    scope: Scope
    subject: str
    origin: str | None


@dataclass(frozen=True, slots=True)
class HoldView:
    """One hold; ``bags`` is how many it keeps now (for a lifted one: kept). ``origin`` is the hold that carried it."""

    id: str
    scope: Scope
    subject: str
    reason: str
    opened_at: datetime
    opened_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lift_reason: str | None
    origin: str | None
    bags: int


@dataclass(frozen=True, slots=True)
class HoldList:
    """A page of holds, newest first, and how many there are in all."""

    items: tuple[HoldView, ...]
    total: int


def holds_of_bag(conn: Connection, bag: str, place: str | None) -> tuple[OpenHold, ...]:
    """Every open hold that keeps a bag: its own, and those of the places it lies in."""
    rows = driver_of(conn).execute(_KEEPING, (bag, place or "")).fetchall()
    return tuple(
        OpenHold(hold, reason, from_us(opened), by, Scope(scope), subject, origin)
        for hold, reason, opened, by, scope, subject, origin in rows
    )


def holds_on_donation(conn: Connection, din: str) -> tuple[HoldView, ...]:
    """Open holds on all of a donation."""
    query = f"{_ALL} WHERE scope = 'donation' AND subject = ? AND lifted_us IS NULL ORDER BY id"
    return tuple(_view(conn, row) for row in driver_of(conn).execute(query, (din,)).fetchall())


def list_holds(
    conn: Connection,
    *,
    everything: bool = False,
    scope: Scope | None = None,
    q: str | None = None,
    carried: bool = False,
    limit: int = 100,
) -> HoldList:
    """Holds that stand on their own, newest first; ``everything`` adds lifted ones.

    Those that a wider hold carried to single bags are left out: they are counted in its ``bags``, and are lifted with
    it; ``carried`` brings them back. ``q`` is part of a subject or of a reason.
    """
    conditions: list[str] = ["1 = 1"]
    values: list[object] = []
    if not everything:
        conditions.append("lifted_us IS NULL")
    if not carried:
        conditions.append("origin IS NULL")
    if scope is not None:
        conditions.append("scope = ?")
        values.append(scope.value)
    if q:
        conditions.append("(upper(subject) LIKE ? ESCAPE '!' OR upper(reason) LIKE ? ESCAPE '!')")
        values += [containing("".join(q.split()).upper()), containing(q.strip().upper())]
    where = " AND ".join(conditions)
    raw = driver_of(conn)
    (total,) = raw.execute(f"SELECT count(*) FROM ({_ALL} WHERE {where}) AS found", tuple(values)).fetchone()  # noqa: S608 - fixed conditions
    rows = raw.execute(f"{_ALL} WHERE {where} ORDER BY opened_us DESC, id DESC LIMIT ?", (*values, limit)).fetchall()
    return HoldList(tuple(_view(conn, row) for row in rows), int(total))


def one_hold(conn: Connection, hold: str) -> HoldView:
    """One hold; raises NotFound."""
    row = driver_of(conn).execute(f"{_ALL} WHERE id = ?", (hold,)).fetchone()
    if row is None:
        raise NotFound("hold.unknown", f"There is no hold {hold}")
    return _view(conn, row)


def kept_by(conn: Connection, hold: HoldView, limit: int = 500) -> tuple[str, ...]:
    """Bags under a hold: its own, those it was carried to, and for an open hold of a place those that lie there."""
    return tuple(bag for (bag,) in driver_of(conn).execute(*_kept_query(hold, "id", limit)).fetchall())


def _view(conn: Connection, row: tuple[Any, ...]) -> HoldView:
    hold, scope, subject, reason, opened, by, lifted, lifted_by, lift_reason, origin = row
    view = HoldView(
        id=hold,
        scope=Scope(scope),
        subject=subject,
        reason=reason,
        opened_at=from_us(opened),
        opened_by=by,
        lifted_at=from_us_or_none(lifted),
        lifted_by=lifted_by,
        lift_reason=lift_reason,
        origin=origin,
        bags=0,
    )
    query, values = _kept_query(view, "count(*)", None)
    (bags,) = driver_of(conn).execute(query, values).fetchone()
    return replace(view, bags=int(bags))


def _kept_query(hold: HoldView, columns: str, limit: int | None) -> tuple[str, tuple[object, ...]]:
    """Bags under a hold, by the index of what carried it."""
    while_open = " AND hold.lifted_us IS NULL" if hold.lifted_at is None else ""
    carried = f"SELECT bag FROM hold WHERE (id = ? OR origin = ?) AND bag IS NOT NULL{while_open}"  # noqa: S608 - fixed parts
    values: list[object] = [hold.id, hold.id]
    condition = f"id IN ({carried})"
    if hold.scope is Scope.PLACE and hold.lifted_at is None:
        condition += " OR place = ? OR (place >= ? AND place < ?)"
        values += [hold.subject, f"{hold.subject}/", f"{hold.subject}0"]
    ending = "" if limit is None else " ORDER BY id LIMIT ?"
    if limit is not None:
        values.append(limit)
    return f"SELECT {columns} FROM bag WHERE {condition}{ending}", tuple(values)  # noqa: S608 - fixed parts
