"""How moves end: a crane's report or a person's scan, whichever comes first; and which bags need a move at all."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from blood.eligibility import BagStatus, Zone
from plc_bridge.messages import BagMoved, Outcome
from wms.bags.commands import move_to, raise_finding
from wms.bags.facts import zone_at
from wms.bags.lifecycle import zone_for
from wms.bags.projection import require
from wms.errors import Conflict, Invalid, Refused
from wms.machines.batches import in_open_batch
from wms.moves.dispatch import retry_or_fail, why_not_pick
from wms.moves.model import MovePurpose, Task, TaskState
from wms.moves.slots import require_place
from wms.moves.tasks import cancel_move, end_task, open_task_of, request_move, require_task
from wms.store.tx import Actor, Tx

_OPEN: Final = {TaskState.WAITING, TaskState.SENT}
_PURPOSE: Final = {
    BagStatus.QUARANTINE: MovePurpose.PUT_AWAY,
    BagStatus.AVAILABLE: MovePurpose.RESTOCK,
    BagStatus.NONCONFORMING: MovePurpose.SEGREGATE,
}
_OUT_OF_REACH: Final = ("mobile", "transit", "hospital")


_UNMOVED: Final = (
    "SELECT id, status, place FROM bag WHERE status IN ('QUARANTINE', 'AVAILABLE', 'NONCONFORMING') "
    "AND place IS NOT NULL AND NOT EXISTS (SELECT 1 FROM task WHERE task.bag = bag.id AND (task.state = 'sent' "
    "OR (task.state = 'waiting' AND task.purpose = CASE bag.status WHEN 'QUARANTINE' THEN 'put_away' "
    "WHEN 'AVAILABLE' THEN 'restock' ELSE 'segregate' END))) ORDER BY place_since_us"
)
"""Bags that may lie in the wrong zone and that nobody carries, or only for a reason that has passed."""


def crane_reported(tx: Tx, actor: Actor, report: BagMoved, at: datetime) -> None:
    """Follow a crane's report: the bag is where the crane says, whatever the task has become meanwhile.

    Raises NotFound for an unknown task or bag; the inbox parks such a report where a person sees it.
    """
    task = require_task(tx.raw, report.task)
    require(tx.raw, report.bag)
    if report.bag != task.bag:
        raise_finding(tx, actor, report.bag, f"{report.device} carried it for task {task.id}, which is for {task.bag}")
    if report.outcome is Outcome.DONE or report.at_place != task.from_place:
        move_to(tx, actor, report.bag, report.at_place, at, data={"task": task.id, "device": report.device})
    if task.state not in _OPEN:
        return
    if report.outcome is Outcome.FAILED or report.bag != task.bag:
        retry_or_fail(tx, actor, task, report.reason or f"{report.bag} was carried in its place")
        return
    if report.at_place != task.to_place:
        raise_finding(tx, actor, report.bag, f"{report.device} put it at {report.at_place}, not at {task.to_place}")
    end_task(tx, actor, task, TaskState.DONE, at=at)
    plan_move(tx, actor, task.bag)


def complete_by_hand(tx: Tx, actor: Actor, task: str, bag: str, at_place: str) -> Task:
    """The manual twin: a person carried the bag and scanned it at ``at_place``.

    Raises NotFound, Conflict when the task has ended, Invalid when it is the wrong bag (a hard stop, domain.md 5.4) or
    the wrong place, Refused when it is a pick and the bag must not be taken from its shelf.
    """
    current = require_task(tx.raw, task)
    if current.state not in _OPEN:
        raise Conflict("task.ended", f"Task {task} has ended ({current.state.value})")
    if bag != current.bag:
        raise Invalid("task.wrong_bag", f"This is {bag}; the task is for {current.bag}. Put it back")
    require_place(tx.raw, tx.plant, at_place, for_bag=bag)
    (zone,) = tx.raw.execute("SELECT zone FROM task WHERE id = ?", (task,)).fetchone()
    if zone is None and at_place != current.to_place:
        raise Invalid("task.wrong_place", f"The task goes to {current.to_place}, not to {at_place}")
    if zone is not None and zone_at(tx.plant, at_place) is not Zone(zone):
        raise Invalid("task.wrong_place", f"{at_place} is not in the {zone} zone")
    if current.purpose is MovePurpose.PICK and (reasons := why_not_pick(tx, bag)):
        raise Refused("task.pick_refused", f"{bag} may not be picked; put it back. {reasons}")
    move_to(tx, actor, bag, at_place, tx.now, data={"task": task, "by": "hand"})
    ended = end_task(tx, actor, current, TaskState.DONE, "carried by hand")
    plan_move(tx, actor, bag)
    return ended


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
    if task is not None and (task.purpose is _PURPOSE[status] or task.state is TaskState.SENT):
        return None
    if task is not None:
        cancel_move(tx, actor, task.id, f"the bag has become {status.value}")
    if zone_at(tx.plant, str(place)) is zone:
        return None
    return request_move(tx, actor, bag, purpose=_PURPOSE[status], zone=zone)


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
