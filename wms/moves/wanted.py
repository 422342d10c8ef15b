"""Which bags need a move at all: those that do not lie in the zone of their status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from blood.eligibility import BagStatus
from wms.bags.facts import zone_at
from wms.bags.lifecycle import zone_for
from wms.bags.projection import require
from wms.machines.batches import in_open_batch
from wms.moves.model import MovePurpose, Task, TaskState
from wms.moves.tasks import cancel_move, open_task_of, request_move
from wms.store.tx import Actor, Tx

_PURPOSE: Final[Mapping[BagStatus, MovePurpose]] = {
    BagStatus.QUARANTINE: MovePurpose.PUT_AWAY,
    BagStatus.AVAILABLE: MovePurpose.RESTOCK,
    BagStatus.NONCONFORMING: MovePurpose.SEGREGATE,
    BagStatus.RETURNED_PENDING: MovePurpose.RETURN,
}
_FITTING: Final[Mapping[BagStatus, frozenset[MovePurpose]]] = {
    BagStatus.QUARANTINE: frozenset({MovePurpose.PUT_AWAY, MovePurpose.LABEL, MovePurpose.PREPARE}),
    BagStatus.AVAILABLE: frozenset({MovePurpose.RESTOCK, MovePurpose.LABEL, MovePurpose.PREPARE}),
    BagStatus.NONCONFORMING: frozenset({MovePurpose.SEGREGATE}),
    BagStatus.RETURNED_PENDING: frozenset({MovePurpose.RETURN}),
}
"""Moves that a status leaves alone: somebody else asked for them, and they suit it."""
_BROUGHT: Final = frozenset({MovePurpose.LABEL, MovePurpose.PREPARE})
_OUT_OF_REACH: Final = ("mobile", "transit", "hospital", "box")
_UNMOVED: Final = (
    "SELECT id, status, place FROM bag "
    "WHERE status IN ('QUARANTINE', 'AVAILABLE', 'NONCONFORMING', 'RETURNED_PENDING') AND place IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM task WHERE task.bag = bag.id AND (task.state = 'sent' "
    "OR (task.state = 'waiting' AND (task.purpose = CASE bag.status WHEN 'QUARANTINE' THEN 'put_away' "
    "WHEN 'AVAILABLE' THEN 'restock' WHEN 'NONCONFORMING' THEN 'segregate' ELSE 'return' END "
    "OR (task.purpose IN ('label', 'prepare') AND bag.status IN ('QUARANTINE', 'AVAILABLE')))))) "
    "AND NOT EXISTS (SELECT 1 FROM task WHERE task.bag = bag.id AND task.state = 'done' AND task.to_place = bag.place "
    "AND task.ended_us >= bag.place_since_us AND ((task.purpose = 'label' AND bag.status = 'QUARANTINE') "
    "OR (task.purpose = 'prepare' AND bag.status IN ('QUARANTINE', 'AVAILABLE')))) ORDER BY place_since_us"
)
"""Bags that may lie in the wrong zone and that nobody carries, or only for a reason that has passed. One that was
brought to a machine stays for it until its status changes, or whoever asked for it sends it on with `plan_move`."""


def plan_move(tx: Tx, actor: Actor, bag: str) -> str | None:
    """Ask for the move that brings a bag into the zone of its status, unless it is there, under way or out of reach."""
    state = require(tx.raw, bag)
    status, place = BagStatus(str(state["status"])), state["place"]
    zone = zone_for(status)
    if status not in _PURPOSE or zone is None or place is None or str(place).partition("/")[0] in _OUT_OF_REACH:
        return None
    if in_open_batch(tx.raw, bag):
        return None
    task = open_task_of(tx.raw, bag)
    if task is not None and (task.purpose in _FITTING[status] or task.state is TaskState.SENT):
        return None
    if task is not None:
        cancel_move(tx, actor, task.id, f"the bag has become {status.value}")
    if zone_at(tx.plant, str(place)) is zone:
        return None
    return request_move(tx, actor, bag, purpose=_PURPOSE[status], zone=zone)


def plan_next(tx: Tx, actor: Actor, ended: Task) -> None:
    """A move is done: ask for the one that its bag needs now, unless it was brought to a machine that waits for it."""
    if ended.state is TaskState.DONE and ended.purpose not in _BROUGHT:
        plan_move(tx, actor, ended.bag)


def plan_moves(tx: Tx, actor: Actor, limit: int = 100) -> None:
    """Find bags that lie in the wrong zone and that nobody moves yet."""
    shelves = {place.path: place.zone for place in tx.plant.places if place.slots}
    rows = tx.raw.execute(_UNMOVED)
    wrong = [
        bag
        for bag, status, place in rows
        if shelves.get(str(place).rpartition("/")[0]) is not zone_for(BagStatus(status))
        and str(place).partition("/")[0] not in _OUT_OF_REACH
        and not _given_up(tx, bag)
    ]
    for bag in wrong[:limit]:
        plan_move(tx, actor, bag)


def _given_up(tx: Tx, bag: str) -> bool:
    """A move that failed for good is left to people until the bag moves again."""
    row = tx.raw.execute(
        "SELECT 1 FROM task JOIN bag ON bag.id = task.bag WHERE task.bag = ? AND task.state = 'failed' "
        "AND task.ended_us >= bag.place_since_us AND task.from_place = bag.place",
        (bag,),
    ).fetchone()
    return row is not None
