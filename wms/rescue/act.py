"""Doing a rescue: hold, move to the named slots, plan the orders again. In parts, so that the writer stays free."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from blood.eligibility import BagStatus
from wms.alarms.rows import require
from wms.alarms.stake import areas_of
from wms.bags.lifecycle import zone_for
from wms.bags.projection import require as require_bag
from wms.errors import Refused
from wms.holds.commands import place_hold
from wms.moves import claims
from wms.moves.model import MovePurpose
from wms.moves.slots import require_place
from wms.moves.tasks import open_task_of, request_move
from wms.orders import reservations
from wms.orders.sentences import Sentence
from wms.rescue.plan import Carry
from wms.store.tx import Actor, Tx

T = TypeVar("T")

AT_ONCE: Final = 40
"""Moves of one closure: the writer serves alarms and machines in between."""
PRIORITY: Final = 0
_PURPOSE: Final = {
    BagStatus.QUARANTINE: MovePurpose.PUT_AWAY,
    BagStatus.AVAILABLE: MovePurpose.RESTOCK,
    BagStatus.RESERVED: MovePurpose.RESTOCK,
    BagStatus.NONCONFORMING: MovePurpose.SEGREGATE,
    BagStatus.RETURNED_PENDING: MovePurpose.RETURN,
}
_OPEN_HOLD: Final = "SELECT id FROM hold WHERE place = ? AND reason = ? AND lifted_us IS NULL"
_REPLANNED: Final = Sentence(
    "The store of this bag is failing; the line is planned again.", "该血袋所在冷库出现故障，已重新分配。"
)


@dataclass(frozen=True, slots=True)
class Begun:
    """What one part of a rescue did: tasks that were asked for, and bags that could not be, each with why."""

    tasks: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def hold_areas(tx: Tx, actor: Actor, alarm_id: str) -> tuple[str, ...]:
    """Hold every place behind an alarm, once: the ids of the holds that stand for it. Raises NotFound."""
    source = str(require(tx.conn, alarm_id)["source"])
    reason = f"rescue: {source}"
    holds = []
    for area in areas_of(tx.plant, source):
        standing = tx.raw.execute(_OPEN_HOLD, (area, reason)).fetchone()
        holds.append(str(standing[0]) if standing is not None else place_hold(tx, actor, place=area, reason=reason))
    return tuple(holds)


def ask_for_moves(tx: Tx, actor: Actor, moves: Sequence[Carry]) -> Begun:
    """Ask for planned moves. What has changed since the plan was made is refused by name and moves nothing.

    A bag that is on its way to the same slot already counts as asked for.
    """
    tasks, refused = [], []
    for move in moves:
        try:
            tasks.append(_ask(tx, actor, move))
        except Refused as refusal:
            refused.append((move.bag, refusal.detail))
    return Begun(tuple(tasks), tuple(refused))


def plan_again(tx: Tx, actor: Actor, bags: Sequence[str]) -> tuple[str, ...]:
    """Take bags off the order lines that they are promised to; the planner looks for others. Returns the lines."""
    lines = []
    for bag in bags:
        standing = reservations.standing_of(tx.conn, bag)
        if standing is not None and str(require_bag(tx.raw, bag)["status"]) == BagStatus.RESERVED.value:
            lines.append(standing.line)
            reservations.release(tx, actor, bag, _REPLANNED)
    return tuple(lines)


def record_rescue(
    tx: Tx, actor: Actor, alarm_id: str, *, holds: int, tasks: int, refused: int, lines: int, comment: str
) -> None:
    """Put the whole of it into the ledger, with the alarm as its subject."""
    data = {"holds": holds, "moves": tasks, "refused": refused, "lines": lines, "comment": comment}
    tx.record("rescue.begun", actor=actor, subject=alarm_id, data=data)
    tx.notify("rescue", alarm_id)


def parts(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """Moves, or bags, in the order of their urgency, in parts that the writer takes at once."""
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]


def _ask(tx: Tx, actor: Actor, move: Carry) -> str:
    state = require_bag(tx.raw, move.bag)
    status = BagStatus(str(state["status"]))
    open_task = open_task_of(tx.raw, move.bag)
    if open_task is not None and open_task.to_place == move.to_place:
        return open_task.id
    if state["place"] != move.from_place or zone_for(status) is not tx.plant.place_of(move.to_place).zone:
        raise Refused("rescue.changed", f"{move.bag} is no longer at {move.from_place} in the same state: plan again")
    if tx.hooks.excursion_at(move.to_place):
        raise Refused("rescue.unfit", f"{move.to_place} is outside its limits now, or cannot say: plan again")
    require_place(tx.raw, tx.plant, move.to_place, for_bag=move.bag)
    task = request_move(tx, actor, move.bag, purpose=_PURPOSE[status], to_place=move.to_place, priority=PRIORITY)
    claims.claim_slot(tx.raw, task, move.to_place)
    return task
