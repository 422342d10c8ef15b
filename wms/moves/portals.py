"""Portals on the routes inside the house: a crossing there is the second half of the evidence for a step."""

from __future__ import annotations

from datetime import datetime

from plant.model import PlaceKind, Plant, Portal
from rfid.messages import Crossing, Direction
from wms.bags.commands import move_to
from wms.bags.projection import BagChange, require
from wms.moves import steps
from wms.moves.model import Step, Wait
from wms.moves.progress import step_done
from wms.moves.tasks import open_task_of
from wms.store.tx import Actor, Tx


def is_indoors(plant: Plant, portal: Portal) -> bool:
    """True for a portal between two places of the house: nobody comes or goes there."""
    return PlaceKind.OUTSIDE not in {plant.place_of(portal.inside).kind, plant.place_of(portal.outside).kind}


def is_evidence(tx: Tx, actor: Actor, bag: str, portal: Portal, crossing: Crossing, at: datetime) -> bool:
    """Take a crossing as evidence for the step on which the bag is carried through; False when it is about none.

    The carrier says where the bag went and the portal says that it was this bag; so a crossing without a clear
    direction counts, one in the other direction does not. A bag that was missed and is now heard of is where its
    carrier said that it put it.
    """
    task = open_task_of(tx.raw, bag)
    step = None if task is None else _awaited(tx, task.id, portal.id)
    if task is None or step is None or crossing.direction not in {_expected(step, portal), Direction.UNKNOWN}:
        return False
    data = {"portal": portal.id, "task": task.id, "reads": crossing.reads, "at": at.isoformat()}
    tx.record("bag.crossed", actor=actor, subject=bag, data=data, bag=BagChange(bag, {}))
    steps.note_crossing(tx, step, crossing.last_seen)
    if step.reported_at is not None:
        if require(tx.raw, bag)["place"] is None and task.waits is Wait.UNSEEN:
            move_to(tx, actor, bag, step.to_place, tx.now, data={"task": task.id, "portal": portal.id})
        step_done(tx, actor, task, step, step.reported_at)
    return True


def _awaited(tx: Tx, task: str, portal: str) -> Step | None:
    """The step that waits for this portal: a machine has it, or it was reported and not seen in time."""
    step = next(iter(steps.open_steps(tx.raw, task)), None)
    carried = step is not None and (step.trip is not None or step.reported_at is not None)
    return step if carried and step is not None and step.portal == portal else None


def _expected(step: Step, portal: Portal) -> Direction:
    """The direction in which a bag on this step crosses the portal."""
    inwards = step.from_place == portal.outside or step.to_place == portal.inside
    return Direction.IN if inwards else Direction.OUT
