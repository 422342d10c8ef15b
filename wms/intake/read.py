"""What the screens show of consignments (docs/interfaces.md 9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, select

from wms.errors import NotFound
from wms.intake.matching import ACTS, Act, ItemState
from wms.intake.tables import consignment, consignment_item
from wms.store.metadata import from_us, from_us_or_none


class ConsignmentState(StrEnum):
    """How far a consignment is."""

    ANNOUNCED = "announced"
    ARRIVING = "arriving"
    JUDGED = "judged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a person, or the system, said about a number."""

    act: Act
    by: str
    at: datetime
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsignmentItem:
    """One number; `acts` is what may be said about it now."""

    id: int
    din: str | None
    epc: str | None
    bag: str | None
    state: ItemState
    acts: tuple[Act, ...]
    resolved: Resolved | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """A despatch note and what came of it. `expected` in `counts` is how many the note names."""

    id: str
    origin: str
    sent_at: datetime
    first_seen_at: datetime | None
    judged_at: datetime | None
    state: ConsignmentState
    counts: Mapping[str, int]
    items: tuple[ConsignmentItem, ...]


def list_consignments(conn: Connection, *, open_only: bool = True, limit: int = 200) -> tuple[Consignment, ...]:
    """Consignments, newest first; those that are closed only when asked for."""
    query = select(consignment).order_by(consignment.c.sent_us.desc(), consignment.c.id.desc()).limit(limit)
    if open_only:
        query = query.where(consignment.c.closed_us.is_(None))
    return _consignments(conn, conn.execute(query).mappings().all())


def one_consignment(conn: Connection, consignment_id: str) -> Consignment:
    """One consignment; raises NotFound."""
    rows = conn.execute(select(consignment).where(consignment.c.id == consignment_id)).mappings().all()
    if not rows:
        raise NotFound("consignment.unknown", f"There is no consignment {consignment_id}")
    return _consignments(conn, rows)[0]


def _consignments(conn: Connection, rows: Sequence[RowMapping]) -> tuple[Consignment, ...]:
    query = (
        select(consignment_item)
        .where(consignment_item.c.consignment.in_([row["id"] for row in rows]))
        .order_by(consignment_item.c.id)
    )
    items: dict[str, list[ConsignmentItem]] = {}
    for row in conn.execute(query).mappings():
        items.setdefault(row["consignment"], []).append(_item(row))
    return tuple(_consignment(row, tuple(items.get(row["id"], ()))) for row in rows)


def _consignment(row: RowMapping, items: tuple[ConsignmentItem, ...]) -> Consignment:
    counts = {state.value: sum(item.state is state for item in items) for state in ItemState}
    on_note = (ItemState.EXPECTED, ItemState.RECEIVED, ItemState.MISSING)
    counts[ItemState.EXPECTED.value] = sum(counts[state.value] for state in on_note)
    return Consignment(
        id=row["id"],
        origin=row["origin"],
        sent_at=from_us(row["sent_us"]),
        first_seen_at=from_us_or_none(row["first_seen_us"]),
        judged_at=from_us_or_none(row["judged_us"]),
        state=_state(row),
        counts=counts,
        items=items,
    )


def _state(row: RowMapping) -> ConsignmentState:
    if row["closed_us"] is not None:
        return ConsignmentState.CLOSED
    if row["judged_us"] is not None:
        return ConsignmentState.JUDGED
    return ConsignmentState.ANNOUNCED if row["first_seen_us"] is None else ConsignmentState.ARRIVING


def _item(row: RowMapping) -> ConsignmentItem:
    state, act = ItemState(row["state"]), row["act"]
    resolved = None
    if act is not None:
        resolved = Resolved(Act(act), row["act_by"], from_us(row["act_us"]), row["comment"] or "")
    return ConsignmentItem(
        id=row["id"],
        din=None if row["bag"] is None else row["bag"].partition("-")[0],
        epc=row["epc"],
        bag=row["bag"],
        state=state,
        acts=() if resolved is not None else ACTS[state],
        resolved=resolved,
    )
