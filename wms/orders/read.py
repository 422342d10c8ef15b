"""What the screens show of orders: each line's counts and sentence, and every bag with why it was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, or_, select

from blood.eligibility import BagStatus
from plant.model import Plant
from wms.bags.tables import bag
from wms.errors import NotFound
from wms.orders.lifecycle import LineCounts, OrderState, ShipmentState, count_line, is_late, order_state
from wms.orders.tables import order, order_line, reservation
from wms.outbound.tables import shipment
from wms.store.metadata import from_us

FULFILLED = "received"
"""End reason of a reservation that did what it was made for."""


@dataclass(frozen=True, slots=True)
class OrderBag:
    """A bag given to a line, and why this one."""

    bag: str
    group: str | None
    status: BagStatus
    why_en: str
    why_zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line: the wish, how much of it stands where, and a sentence that says why."""

    id: str
    component: str
    group: str
    quantity: int
    unit: str
    substitution: bool
    min_days_left: int
    reserved: int
    picked: int
    packed: int
    in_transit: int
    received: int
    short: int
    sentence_en: str
    sentence_zh: str
    patient: str | None
    bags: tuple[OrderBag, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One order of one hospital; ``shipment`` is None until its picking begins."""

    id: str
    hospital: str
    hospital_name_en: str
    hospital_name_zh: str
    kind: str
    priority: int
    created_at: datetime
    due_at: datetime
    state: OrderState
    lines: tuple[OrderLine, ...]
    shipment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSummary:
    """An order on the board: ``bags_done`` are packed or further."""

    id: str
    hospital: str
    hospital_name_en: str
    hospital_name_zh: str
    priority: int
    due_at: datetime
    state: OrderState
    bags_total: int
    bags_done: int
    late: bool


def list_orders(
    conn: Connection, plant: Plant, *, everything: bool = False, hospital: str | None = None, limit: int = 500
) -> tuple[Order, ...]:
    """Open orders, most urgent first, then by due time; with ``everything`` also the closed ones, newest first."""
    if everything:
        query = _ORDERS.order_by(order.c.created_us.desc(), order.c.id.desc()).limit(limit)
    else:
        by_urgency = _ORDERS.order_by(order.c.priority, order.c.due_us, order.c.id)
        query = by_urgency.where(order.c.closed_us.is_(None)).limit(limit)
    if hospital is not None:
        query = query.where(order.c.hospital == hospital)
    return _orders(conn, plant, conn.execute(query).mappings().all())


def one_order(conn: Connection, plant: Plant, order_id: str) -> Order:
    """One order; raises NotFound."""
    rows = conn.execute(_ORDERS.where(order.c.id == order_id)).mappings().all()
    if not rows:
        raise NotFound("order_unknown", f"There is no order {order_id}")
    return _orders(conn, plant, rows)[0]


def order_board(conn: Connection, plant: Plant, at: datetime) -> tuple[OrderSummary, ...]:
    """Open orders in the order of their promises, for the overview."""
    return tuple(_summary(one, at) for one in sorted(list_orders(conn, plant), key=lambda one: (one.due_at, one.id)))


def why(conn: Connection, bag_id: str) -> tuple[str, str, str] | None:
    """(order, why in English, why in Chinese) of the line that a bag serves or served last; None without one."""
    query = (
        select(order_line.c.order_id, reservation.c.why_en, reservation.c.why_zh)
        .join(order_line, order_line.c.id == reservation.c.line)
        .where(reservation.c.bag == bag_id, _SERVES)
        .order_by(reservation.c.id.desc())
    )
    row = conn.execute(query).first()
    return None if row is None else (row.order_id, row.why_en, row.why_zh)


_SERVES = or_(reservation.c.ended_us.is_(None), reservation.c.end_reason == FULFILLED)
_ORDERS = select(order, shipment.c.id.label("shipment"), shipment.c.state.label("shipment_state")).outerjoin(
    shipment, shipment.c.order_id == order.c.id
)


def _orders(conn: Connection, plant: Plant, rows: Sequence[RowMapping]) -> tuple[Order, ...]:
    ids = [row["id"] for row in rows]
    lines: dict[str, list[RowMapping]] = {}
    query = (
        select(order_line).where(order_line.c.order_id.in_(ids)).order_by(order_line.c.order_id, order_line.c.position)
    )
    for row in conn.execute(query).mappings():
        lines.setdefault(row["order_id"], []).append(row)
    bags = _bags(conn, ids)
    names = {hospital.id: (hospital.name_en, hospital.name_zh) for hospital in plant.hospitals}
    return tuple(_order(row, lines.get(row["id"], []), bags, names) for row in rows)


def _bags(conn: Connection, orders: Sequence[str]) -> Mapping[str, list[OrderBag]]:
    query = (
        select(
            reservation.c.line,
            reservation.c.bag,
            reservation.c.why_en,
            reservation.c.why_zh,
            bag.c.abo_rhd,
            bag.c.status,
        )
        .join(order_line, order_line.c.id == reservation.c.line)
        .join(bag, bag.c.id == reservation.c.bag)
        .where(order_line.c.order_id.in_(orders), _SERVES)
        .order_by(reservation.c.id)
    )
    found: dict[str, list[OrderBag]] = {}
    for row in conn.execute(query):
        one = OrderBag(row.bag, row.abo_rhd, BagStatus(row.status), row.why_en, row.why_zh)
        found.setdefault(row.line, []).append(one)
    return found


def _order(
    row: RowMapping,
    line_rows: Sequence[RowMapping],
    bags: Mapping[str, list[OrderBag]],
    names: Mapping[str, tuple[str, str]],
) -> Order:
    lines = [(_counts(line, bags.get(line["id"], [])), line) for line in line_rows]
    travels = None if row["shipment_state"] is None else ShipmentState(row["shipment_state"])
    name_en, name_zh = names.get(row["hospital"], (row["hospital"], row["hospital"]))
    return Order(
        id=row["id"],
        hospital=row["hospital"],
        hospital_name_en=name_en,
        hospital_name_zh=name_zh,
        kind=row["kind"],
        priority=row["priority"],
        created_at=from_us(row["created_us"]),
        due_at=from_us(row["due_us"]),
        state=order_state([counts for counts, _ in lines], travels, cancelled=row["cancelled_us"] is not None),
        lines=tuple(_line(line, counts, tuple(bags.get(line["id"], []))) for counts, line in lines),
        shipment=row["shipment"],
    )


def _counts(line: RowMapping, bags: Sequence[OrderBag]) -> LineCounts:
    return count_line(line["quantity"], [one.status for one in bags])


def _line(row: RowMapping, counts: LineCounts, bags: tuple[OrderBag, ...]) -> OrderLine:
    stands: dict[str, Any] = {
        name: getattr(counts, name) for name in ("reserved", "picked", "packed", "in_transit", "received", "short")
    }
    return OrderLine(
        id=row["id"],
        component=row["component"],
        group=row["abo_rhd"],
        quantity=row["quantity"],
        unit="bag",
        substitution=bool(row["substitution"]),
        min_days_left=row["min_days_left"],
        sentence_en=row["sentence_en"],
        sentence_zh=row["sentence_zh"],
        patient=row["patient"],
        bags=bags,
        **stands,
    )


def _summary(one: Order, at: datetime) -> OrderSummary:
    return OrderSummary(
        id=one.id,
        hospital=one.hospital,
        hospital_name_en=one.hospital_name_en,
        hospital_name_zh=one.hospital_name_zh,
        priority=one.priority,
        due_at=one.due_at,
        state=one.state,
        bags_total=sum(line.quantity for line in one.lines),
        bags_done=sum(line.packed + line.in_transit + line.received for line in one.lines),
        late=is_late(one.state, one.due_at, at),
    )
