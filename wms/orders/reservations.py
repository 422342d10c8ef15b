"""Giving a bag to an order line and taking it back: the only place where reservations begin and end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, insert, select, update

from blood.eligibility import BagStatus, Zone
from wms.bags.commands import change_fields, change_status
from wms.bags.facts import zone_at
from wms.bags.projection import require
from wms.moves.model import MovePurpose
from wms.moves.tasks import cancel_move, open_task_of, request_move
from wms.orders.sentences import Sentence, taken_back
from wms.orders.tables import order_line, reservation
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

_BACK: Final = {
    BagStatus.PACKED: BagStatus.PICKED,
    BagStatus.PICKED: BagStatus.RESERVED,
    BagStatus.RESERVED: BagStatus.AVAILABLE,
}
"""The way back from the dispatch lane to the shelf, step by step (design.md 6)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A reservation that stands."""

    bag: str
    line: str
    order: str


def reserve(tx: Tx, actor: Actor, bag: str, line: str, version: int, why: Sentence) -> None:
    """Reserve a bag for a line by compare-and-set; raises Conflict when the bag changed since ``version``."""
    change_status(
        tx,
        actor,
        bag,
        BagStatus.RESERVED,
        "bag.reserved",
        expected_version=version,
        data={"line": line},
        order_line=line,
    )
    values = {"line": line, "bag": bag, "reserved_us": to_us(tx.now), "why_en": why.en, "why_zh": why.zh}
    tx.conn.execute(insert(reservation).values(values))


def release(tx: Tx, actor: Actor, bag: str, reason: Sentence) -> None:
    """Take a bag back from its line: it becomes AVAILABLE again, goes back to a stock shelf, and the line is replanned.

    A bag that has left the centre or whose story took another turn keeps its status; only the reservation ends.
    """
    standing = standing_of(tx.conn, bag)
    if standing is None:
        return
    end(tx, bag, reason.en)
    status = BagStatus(str(require(tx.raw, bag)["status"]))
    if status in _BACK:
        while (status := _BACK[status]) is not BagStatus.AVAILABLE:
            change_status(tx, actor, bag, status, "bag.step_back", data={"reason": reason.en})
        change_status(
            tx, actor, bag, BagStatus.AVAILABLE, "bag.unreserved", data={"reason": reason.en}, order_line=None
        )
        _carry_back(tx, actor, bag, reason.en)
    else:
        change_fields(tx, actor, bag, "bag.unreserved", data={"reason": reason.en}, order_line=None)
    set_sentence(tx, standing.line, taken_back(bag, reason))
    tx.notify("order", standing.order)


def end(tx: Tx, bag: str, reason: str) -> None:
    """End the standing reservation of a bag, if any, without touching the bag."""
    standing = (reservation.c.bag == bag) & reservation.c.ended_us.is_(None)
    tx.conn.execute(update(reservation).where(standing).values(ended_us=to_us(tx.now), end_reason=reason))


def set_sentence(tx: Tx, line: str, sentence: Sentence) -> None:
    """Say why a line stands as it does."""
    values = {"sentence_en": sentence.en, "sentence_zh": sentence.zh}
    tx.conn.execute(update(order_line).where(order_line.c.id == line).values(values))


def standing_of(conn: Connection, bag: str) -> Standing | None:
    """The reservation that holds a bag, or None."""
    query = _STANDING.where(reservation.c.bag == bag)
    row = conn.execute(query).one_or_none()
    return None if row is None else Standing(row.bag, row.line, row.order_id)


def standing_bags(conn: Connection) -> Sequence[Standing]:
    """All reservations that stand, oldest first."""
    return [Standing(row.bag, row.line, row.order_id) for row in conn.execute(_STANDING.order_by(reservation.c.id))]


def bags_of_order(conn: Connection, order_id: str) -> Sequence[str]:
    """Bags that an order holds."""
    query = _STANDING.where(order_line.c.order_id == order_id).order_by(reservation.c.id)
    return [row.bag for row in conn.execute(query)]


def _carry_back(tx: Tx, actor: Actor, bag: str, reason: str) -> None:
    task = open_task_of(tx.raw, bag)
    if task is not None and task.purpose in {MovePurpose.PICK, MovePurpose.REGATE}:
        cancel_move(tx, actor, task.id, reason)
        task = None
    place = require(tx.raw, bag)["place"]
    if task is None and place is not None and zone_at(tx.plant, str(place)) is not Zone.STOCK:
        request_move(tx, actor, bag, purpose=MovePurpose.RESTOCK, zone=Zone.STOCK)


_STANDING: Final = (
    select(reservation.c.bag, reservation.c.line, order_line.c.order_id)
    .join(order_line, order_line.c.id == reservation.c.line)
    .where(reservation.c.ended_us.is_(None))
)
