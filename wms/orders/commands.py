"""Placing and cancelling orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select, update

from blood.groups import BloodGroup
from plant.model import Plant
from runtime.ids import new_id
from wms.errors import Conflict, Invalid, NotFound
from wms.hospitals.patients import require_patient
from wms.orders import reservations
from wms.orders.lifecycle import OrderKind, ShipmentState
from wms.orders.sentences import WAITS_FOR_PLANNER, Sentence
from wms.orders.tables import order, order_line
from wms.outbound.tables import shipment
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

MAX_QUANTITY: Final = 200
"""Bags of one line; a bigger wish is a typing error or several orders."""
PRIORITIES: Final = range(6)


@dataclass(frozen=True, slots=True)
class LineWish:
    """One line of a new order; ``min_days_left`` is the shelf life still wanted at arrival.

    ``patient``: pseudonym of who is to get the bags, known to the ordering hospital; only bags that suit are given.
    """

    component: str
    group: BloodGroup
    quantity: int
    substitution: bool = True
    min_days_left: int = 0
    patient: str | None = None


@dataclass(frozen=True, slots=True)
class OrderWish:
    """A new order; ``due_at`` is when the bags must have arrived."""

    hospital: str
    kind: OrderKind
    priority: int
    due_at: datetime
    lines: Sequence[LineWish]


def place_order(tx: Tx, actor: Actor, wish: OrderWish) -> str:
    """Enter an order and return its id.

    Raises Invalid naming the field, or NotFound for a hospital, or a patient of a line, that nobody knows.
    """
    _check(tx.plant, wish, tx.now)
    patients = [_patient(tx, wish.hospital, line.patient) for line in wish.lines]
    order_id = new_id("ord")
    tx.conn.execute(
        insert(order).values(
            id=order_id,
            hospital=wish.hospital,
            kind=wish.kind.value,
            priority=wish.priority,
            created_us=to_us(tx.now),
            due_us=to_us(wish.due_at),
            placed_by=actor.id,
        )
    )
    for position, line in enumerate(wish.lines):
        tx.conn.execute(
            insert(order_line).values(
                id=f"{order_id}-{position + 1}",
                order_id=order_id,
                position=position,
                component=line.component,
                abo_rhd=line.group.value,
                quantity=line.quantity,
                substitution=line.substitution,
                min_days_left=line.min_days_left,
                sentence_en=WAITS_FOR_PLANNER.en,
                sentence_zh=WAITS_FOR_PLANNER.zh,
                patient=patients[position],
            )
        )
    tx.record("order.placed", actor=actor, subject=order_id, data=_record(wish, patients))
    tx.notify("order", order_id)
    return order_id


def cancel_order(tx: Tx, actor: Actor, order_id: str, reason: str) -> None:
    """Cancel an order and give its bags back; allowed until the dispatch lock may open.

    Raises NotFound, Invalid without a reason, Conflict when the order is closed or already leaving.
    """
    if not reason.strip():
        raise Invalid("reason", "Say why the order is cancelled")
    row = tx.conn.execute(select(order.c.closed_us).where(order.c.id == order_id)).one_or_none()
    if row is None:
        raise NotFound("order_unknown", f"There is no order {order_id}")
    if row.closed_us is not None:
        raise Conflict("order_closed", f"Order {order_id} is closed; nothing is left to cancel")
    leaving = select(shipment.c.state).where(shipment.c.order_id == order_id)
    state = tx.conn.execute(leaving).scalar_one_or_none()
    if state is not None and state != ShipmentState.GATHERING.value:
        raise Conflict("order_leaving", f"Order {order_id} is already leaving the centre; refuse it on receipt instead")
    now_us = to_us(tx.now)
    tx.conn.execute(
        update(order).where(order.c.id == order_id).values(cancelled_us=now_us, cancel_reason=reason, closed_us=now_us)
    )
    for bag in reservations.bags_of_order(tx.conn, order_id):
        reservations.release(tx, actor, bag, Sentence(f"order cancelled: {reason}", f"订单已取消：{reason}"))
    tx.record("order.cancelled", actor=actor, subject=order_id, data={"reason": reason})
    tx.notify("order", order_id)


def _patient(tx: Tx, hospital: str, pseudonym: str | None) -> str | None:
    return None if pseudonym is None else require_patient(tx.conn, hospital, pseudonym).pseudonym


def _check(plant: Plant, wish: OrderWish, at: datetime) -> None:
    if wish.hospital not in {hospital.id for hospital in plant.hospitals}:
        raise NotFound("hospital_unknown", f"There is no hospital {wish.hospital!r}")
    if wish.priority not in PRIORITIES:
        raise Invalid("priority", f"A priority is 0 (most urgent) to {PRIORITIES[-1]}; got {wish.priority}")
    if wish.due_at.tzinfo is None:
        raise Invalid("due_at", "The due time needs a time zone")
    if wish.due_at <= at:
        raise Invalid("due_at", f"The due time must be in the future; it is now {at.isoformat()}")
    if not wish.lines:
        raise Invalid("lines", "An order needs at least one line")
    made = {product.component for product in plant.products}
    for number, line in enumerate(wish.lines):
        if line.component not in plant.components or line.component not in made:
            raise Invalid(f"lines.{number}.component", f"This centre does not make {line.component!r}")
        if not 1 <= line.quantity <= MAX_QUANTITY:
            raise Invalid(f"lines.{number}.quantity", f"A line asks for 1 to {MAX_QUANTITY} bags; got {line.quantity}")
        if not 0 <= line.min_days_left <= plant.components[line.component].shelf_life.days:
            days = plant.components[line.component].shelf_life.days
            raise Invalid(f"lines.{number}.min_days_left", f"{line.component} lives {days} days at most")


def _record(wish: OrderWish, patients: Sequence[str | None]) -> dict[str, object]:
    return {
        "hospital": wish.hospital,
        "kind": wish.kind.value,
        "priority": wish.priority,
        "due_at": wish.due_at.isoformat(),
        "lines": [
            {
                "component": line.component,
                "group": line.group.value,
                "quantity": line.quantity,
                "substitution": line.substitution,
                "min_days_left": line.min_days_left,
                **({} if patient is None else {"patient": patient}),
            }
            for line, patient in zip(wish.lines, patients, strict=True)
        ],
    }
