"""Preparation orders: asked for, taken back, counted; and the bags that they keep for themselves."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from blood.groups import BloodGroup
from runtime.ids import new_id
from wms.bags.commands import change_fields
from wms.errors import Conflict, Invalid, NotFound
from wms.ledger.chain import canonical
from wms.moves.model import MovePurpose
from wms.moves.tasks import cancel_move, open_task_of
from wms.moves.wanted import plan_move
from wms.orders.sentences import Sentence
from wms.preparation.recipes import operation_for
from wms.preparation.sentences import PrepWait, asked_by
from wms.store.driver import Driver
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx

MOST_UNITS: Final = 100
"""Units of one order; a larger wish is several orders."""


class PrepState(StrEnum):
    """How far an order got: looking for bags, bringing them, in the robot, ended."""

    WAITING = "waiting"
    GATHERING = "gathering"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PreparationOrder:
    """One order; ``named`` are the bags that a person chose, ``made`` and ``held`` count units."""

    id: str
    recipe: str
    component: str
    group: BloodGroup | None
    quantity: int
    named: tuple[str, ...]
    state: PrepState
    made: int
    held: int
    waits: PrepWait | None
    waits_detail: str
    why: Sentence
    for_order: str | None
    for_line: str | None
    usable_until: datetime | None
    not_before: datetime
    created_by: str
    created_at: datetime
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        """True until it is done or cancelled."""
        return self.state not in {PrepState.DONE, PrepState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for. ``usable_until``: what is made must last so long."""

    recipe: str
    component: str
    quantity: int
    group: BloodGroup | None = None
    bags: tuple[str, ...] = ()
    for_order: str | None = None
    for_line: str | None = None
    usable_until: datetime | None = None
    why: Sentence | None = None


SELECT: Final = (
    "SELECT id, recipe, component, abo_rhd, quantity, named, state, made, held, waits, waits_detail, why_en, why_zh, "
    "for_order, for_line, usable_until_us, not_before_us, created_by, created_us, ended_us FROM preparation_order"
)
_INSERT: Final = (
    "INSERT INTO preparation_order (id, recipe, component, abo_rhd, quantity, named, state, made, held, waits_detail, "
    "why_en, why_zh, for_order, for_line, usable_until_us, not_before_us, created_by, created_us) "
    "VALUES (?,?,?,?,?,?,'waiting',0,0,'',?,?,?,?,?,0,?,?)"
)


def create_order(tx: Tx, actor: Actor, ask: Ask) -> str:
    """Ask for units to be prepared; returns the order's id.

    Raises Invalid for a recipe that does not make the component, a quantity that cannot be, or bags that do not suit;
    NotFound for a bag that is unknown. Whether bags are fit is asked when they are taken.
    """
    operation = operation_for(tx.plant, ask.recipe, ask.component)
    if not 1 <= ask.quantity <= MOST_UNITS:
        raise Invalid("quantity", f"An order is for 1 to {MOST_UNITS} units, not {ask.quantity}")
    _check_bags(tx, ask, operation.inputs, operation.min_parents)
    order = new_id("prp")
    why = ask.why or asked_by(actor.id)
    until = None if ask.usable_until is None else to_us(ask.usable_until)
    group = None if ask.group is None else ask.group.value
    tx.raw.execute(
        _INSERT,
        (
            *(order, ask.recipe, ask.component, group, ask.quantity, canonical(list(ask.bags)), why.en, why.zh),
            *(ask.for_order, ask.for_line, until, actor.id, to_us(tx.now)),
        ),
    )
    data = {"recipe": ask.recipe, "component": ask.component, "quantity": ask.quantity, "group": group}
    more = {"bags": list(ask.bags), "for_order": ask.for_order, "why": why.en}
    tx.record("preparation.ordered", actor=actor, subject=order, data={**data, **more})
    tx.notify("preparation", order)
    return order


def cancel_order(tx: Tx, actor: Actor, order: str, reason: str) -> None:
    """Take an order back: its bags are free again; a batch that runs goes on, and what it makes is taken in.

    Raises NotFound, Conflict when it has ended, Invalid without a reason.
    """
    current = require_order(tx.raw, order)
    if not reason.strip():
        raise Invalid("reason", "Cancelling an order needs a reason")
    if not current.is_open:
        raise Conflict("preparation.ended", f"Preparation order {order} has ended ({current.state.value})")
    end_order(tx, actor, current, PrepState.CANCELLED, reason)


def end_order(tx: Tx, actor: Actor, order: PreparationOrder, state: PrepState, reason: str) -> None:
    """Close an order and free the bags that no batch has."""
    for bag in claimed(tx.raw, order.id):
        unclaim(tx, actor, bag, reason or "the preparation order has ended")
    tx.raw.execute(
        "UPDATE preparation_order SET state = ?, waits = NULL, waits_detail = '', ended_us = ?, end_reason = ? "
        "WHERE id = ?",
        (state.value, to_us(tx.now), reason, order.id),
    )
    data = {"made": order.made, "held": order.held, "reason": reason}
    tx.record(f"preparation.{state.value}", actor=actor, subject=order.id, data=data)
    tx.notify("preparation", order.id)


def count_units(tx: Tx, actor: Actor, order: str | None, *, made: int, held: int) -> None:
    """Count what a batch made of an order; it is done when as many units as were asked for were tried."""
    if order is None:
        return
    tx.raw.execute("UPDATE preparation_order SET made = made + ?, held = held + ? WHERE id = ?", (made, held, order))
    tx.notify("preparation", order)
    current = require_order(tx.raw, order)
    if current.is_open and current.made + current.held >= current.quantity:
        end_order(tx, actor, current, PrepState.DONE, "")


def set_state(tx: Tx, order: PreparationOrder, state: PrepState, wait: PrepWait, detail: str) -> None:
    """Say how far an open order is and what it waits for; screens are told only when that changes."""
    if (order.state, order.waits, order.waits_detail) == (state, wait, detail):
        return
    tx.raw.execute(
        "UPDATE preparation_order SET state = ?, waits = ?, waits_detail = ? WHERE id = ?",
        (state.value, wait.value, detail, order.id),
    )
    tx.notify("preparation", order.id)


def claim(tx: Tx, actor: Actor, order: str, bags: Sequence[str]) -> None:
    """Keep bags for an order: nobody else is given them, and no plan that knew them before may reserve them."""
    for bag in bags:
        change_fields(tx, actor, bag, "bag.claimed", claim=order)


def unclaim(tx: Tx, actor: Actor, bag: str, reason: str) -> None:
    """Free a bag that an order kept; it goes back to where its status belongs."""
    change_fields(tx, actor, bag, "bag.unclaimed", data={"reason": reason}, claim=None)
    task = open_task_of(tx.raw, bag)
    if task is not None and task.purpose is MovePurpose.PREPARE:
        cancel_move(tx, actor, task.id, reason)
    plan_move(tx, actor, bag)


def claimed(raw: Driver, order: str) -> list[str]:
    """Bags that an order keeps and that no open batch has, oldest first."""
    rows = raw.execute(
        "SELECT id FROM bag WHERE claim = ? AND NOT EXISTS (SELECT 1 FROM batch_bag JOIN batch "
        "ON batch.id = batch_bag.batch WHERE batch_bag.bag = bag.id AND batch.state IN ('sent', 'accepted')) "
        "ORDER BY collected_us, id",
        (order,),
    )
    return [bag for (bag,) in rows.fetchall()]


def open_orders(raw: Driver) -> list[PreparationOrder]:
    """Open orders, oldest first."""
    rows = raw.execute(f"{SELECT} WHERE ended_us IS NULL ORDER BY created_us, id")
    return [order_from(row) for row in rows.fetchall()]


def require_order(raw: Driver, order: str) -> PreparationOrder:
    """The order of that id; raises NotFound."""
    row = raw.execute(f"{SELECT} WHERE id = ?", (order,)).fetchone()
    if row is None:
        raise NotFound("preparation.unknown", f"There is no preparation order {order}")
    return order_from(row)


def order_from(row: tuple[Any, ...]) -> PreparationOrder:
    """An order from a row of `SELECT`."""
    return PreparationOrder(
        id=row[0],
        recipe=row[1],
        component=row[2],
        group=None if row[3] is None else BloodGroup(row[3]),
        quantity=row[4],
        named=tuple(json.loads(row[5])),
        state=PrepState(row[6]),
        made=row[7],
        held=row[8],
        waits=None if row[9] is None else PrepWait(row[9]),
        waits_detail=row[10],
        why=Sentence(row[11], row[12]),
        for_order=row[13],
        for_line=row[14],
        usable_until=from_us_or_none(row[15]),
        not_before=from_us(row[16]),
        created_by=row[17],
        created_at=from_us(row[18]),
        ended_at=from_us_or_none(row[19]),
    )


def _check_bags(tx: Tx, ask: Ask, inputs: Sequence[str], min_parents: int) -> None:
    if len(set(ask.bags)) != len(ask.bags):
        raise Invalid("bags", "A bag is named twice")
    if ask.bags and len(ask.bags) < ask.quantity * min_parents:
        raise Invalid("bags", f"{ask.quantity} units need at least {ask.quantity * min_parents} bags")
    for bag in ask.bags:
        row = tx.raw.execute("SELECT component, abo_rhd, claim FROM bag WHERE id = ?", (bag,)).fetchone()
        if row is None:
            raise NotFound("bag.unknown", f"There is no bag {bag}")
        if row[0] not in inputs:
            raise Invalid("bags", f"{bag} is {row[0]}; {ask.recipe} of {ask.component} takes {', '.join(inputs)}")
        if ask.group is not None and row[1] != ask.group.value:
            raise Invalid("bags", f"{bag} is {row[1] or 'of unknown group'}, not {ask.group.value}")
        if row[2] is not None:
            raise Conflict("bag.claimed", f"{bag} is kept for preparation order {row[2]}")
