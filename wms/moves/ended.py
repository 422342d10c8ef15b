"""What carriers and people say of moves: a report of one load, or a person's scan, whichever comes first."""

from __future__ import annotations

from datetime import datetime

from plc_bridge.messages import BagMoved, Outcome
from wms.bags.commands import move_to, raise_finding
from wms.bags.projection import require
from wms.errors import Conflict, Invalid, Refused
from wms.moves import claims, steps
from wms.moves.dispatch import why_not_pick
from wms.moves.graph import graph_of
from wms.moves.model import MovePurpose, Step, StepState, Task, Wait
from wms.moves.progress import found_at, step_done
from wms.moves.slots import require_place
from wms.moves.tasks import OPEN, has_arrived, require_task, set_wait
from wms.moves.trips import retry_later
from wms.moves.wanted import plan_next
from wms.store.tx import Actor, Tx


def carrier_reported(tx: Tx, actor: Actor, report: BagMoved, at: datetime) -> None:
    """Follow a carrier's report: the bag is where the carrier says, whatever the task has become meanwhile.

    Raises NotFound for an unknown task or bag; the inbox parks such a report where a person sees it.
    """
    task = require_task(tx.raw, report.task)
    require(tx.raw, report.bag)
    step = _reported_step(tx, task, report)
    if report.bag != task.bag:
        raise_finding(tx, actor, report.bag, f"{report.device} carried it for task {task.id}, which is for {task.bag}")
    lay_at = task.from_place if step is None else step.from_place
    if report.outcome is Outcome.DONE or report.at_place != lay_at:
        move_to(tx, actor, report.bag, report.at_place, at, data={"task": task.id, "device": report.device})
        task = require_task(tx.raw, report.task)  # leaving a held place may have broken the order that wanted the bag
        step = _reported_step(tx, task, report)
    if step is None:
        return
    if task.state not in OPEN:
        done = report.outcome is Outcome.DONE and report.bag == task.bag
        steps.settle_ended(tx, step, StepState.DONE if done else StepState.FAILED)
    elif report.bag != task.bag:
        retry_later(tx, actor, task, step, f"{report.bag} was carried in its place")
    elif report.at_place == step.to_place:
        _arrived(tx, actor, task, step, at)
    elif report.outcome is Outcome.FAILED and report.at_place == step.from_place:
        retry_later(tx, actor, task, step, report.reason)
    else:
        _put_elsewhere(tx, actor, task, step, report, at)


def complete_by_hand(tx: Tx, actor: Actor, task: str, bag: str, at_place: str) -> Task:
    """The manual twin: a person carried the bag and scanned it at ``at_place``, its end or a place on its way.

    Raises NotFound, Conflict when the task has ended, Invalid when it is the wrong bag (a hard stop, domain.md 5.4),
    the wrong place or a full one, Refused when it is a pick and the bag must not be taken from its shelf.
    """
    current = require_task(tx.raw, task)
    if current.state not in OPEN:
        raise Conflict("task.ended", f"Task {task} has ended ({current.state.value})")
    if bag != current.bag:
        raise Invalid("task.wrong_bag", f"This is {bag}; the task is for {current.bag}. Put it back")
    require_place(tx.raw, tx.plant, at_place, for_bag=bag)
    arrives = has_arrived(tx, current, at_place)
    if not arrives:
        _require_on_the_way(tx, current, at_place)
    if current.purpose is MovePurpose.PICK:
        under_way = require(tx.raw, bag)["place"] != current.from_place
        if reasons := why_not_pick(tx, bag, under_way=under_way):
            raise Refused("task.pick_refused", f"{bag} may not be picked; put it back. {reasons}")
    move_to(tx, actor, bag, at_place, tx.now, data={"task": task, "by": "hand"})
    current = require_task(tx.raw, task)
    if current.state not in OPEN:  # leaving a held place has broken the order that wanted the bag
        return current
    after = found_at(tx, actor, current, at_place, tx.now, "carried by hand")
    plan_next(tx, actor, after)
    return after


def _reported_step(tx: Tx, task: Task, report: BagMoved) -> Step | None:
    """The step that a report is about: the one that this machine has and has not reported yet."""
    step = steps.sent_step(tx.raw, task.id)
    return step if step is not None and step.device == report.device and step.reported_at is None else None


def _arrived(tx: Tx, actor: Actor, task: Task, step: Step, at: datetime) -> None:
    """The carrier put the bag where it should; done, unless a portal on the way has not seen it yet."""
    if step.portal is not None and step.crossed_at is None:
        steps.note_report(tx, step, at)
        set_wait(tx, task.id, Wait.PORTAL, step.portal)
        return
    plan_next(tx, actor, step_done(tx, actor, task, step, at))


def _put_elsewhere(tx: Tx, actor: Actor, task: Task, step: Step, report: BagMoved, at: datetime) -> None:
    """The carrier put the bag down where nobody asked for it: its way goes on from there."""
    if report.outcome is Outcome.DONE:
        raise_finding(tx, actor, report.bag, f"{report.device} put it at {report.at_place}, not at {step.to_place}")
        if require_task(tx.raw, task.id).state not in OPEN:  # the hold has broken the order that wanted the bag
            return
    plan_next(tx, actor, found_at(tx, actor, task, report.at_place, at))


def _require_on_the_way(tx: Tx, task: Task, place: str) -> None:
    """Raises Invalid when a person may not put the bag of a task down at a place."""
    on_the_way = {step.to_place for step in steps.open_steps(tx.raw, task.id)}
    graph, now = graph_of(tx.plant), require(tx.raw, task.bag)["place"]
    if not on_the_way and now is not None and task.to_place is not None:
        on_the_way = {leg.to_place for leg in graph.path(str(now), task.to_place) or ()}
    if place not in on_the_way:
        if task.zone is None:
            raise Invalid("task.wrong_place", f"The task goes to {task.to_place}, not to {place}")
        raise Invalid("task.wrong_place", f"{place} is not in the {task.zone.value} zone, nor on the way there")
    if claims.is_full(tx, place, for_task=task.id):
        raise Invalid(
            "place.full", f"{place} is full, or reserved for bags on their way; carry it on to {task.to_place}"
        )
