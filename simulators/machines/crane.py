"""A crane: one bag after the other from place to place, 35 s a move (world.md 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from plant.model import PlaceKind
from plc_bridge.messages import BagMoved, MoveBag, Outcome, report_type
from simulators.machines.packml import Job, Phases, Unit, run
from simulators.memory import JobStatus
from simulators.scene import Scene

_PHASES: Final = Phases(starting_s=1.0, execute_s=33.0, completing_s=1.0)
_QUEUE: Final = 500


class Crane(msgspec.Struct):
    """State of a crane."""

    unit: Unit[MoveBag]

    def accept(self, scene: Scene, job: str, command: MoveBag) -> str | None:
        """Queue a move; returns the reason for a refusal, or None."""
        if len(self.unit.queue) >= _QUEUE:
            return f"{_QUEUE} moves wait already"
        for path in (command.from_place, command.to_place):
            try:
                scene.plant.place_of(path)
            except KeyError:
                return f"there is no place {path}"
        self.unit.queue.append(Job(job, command))
        return None

    def step(self, scene: Scene) -> None:
        """Advance to the scene's time."""
        run(self.unit, scene.now, _PHASES, lambda job, at: self._finish(scene, job, at))

    def _finish(self, scene: Scene, job: Job[MoveBag], at: datetime) -> None:
        command, device = job.command, self.unit.device
        trouble = _trouble(scene, command)
        if trouble is None:
            scene.floor.put(scene.floor.bags[command.bag], command.to_place)
            self.unit.processed += 1
            kind = scene.plant.place_of(command.to_place).kind
            event = "stored" if kind is PlaceKind.SHELF else "moved"
            scene.note(
                event, at, bag=command.bag, task=command.task, from_place=command.from_place, place=command.to_place
            )
        else:
            self.unit.defective += 1
        report = BagMoved(
            task=command.task,
            device=device,
            bag=command.bag,
            epc=command.epc,
            at_place=command.from_place if trouble else command.to_place,
            outcome=Outcome.FAILED if trouble else Outcome.DONE,
            reason=trouble or "",
        )
        scene.report(device, report_type(report), report, at)
        scene.finish(device, job.id, JobStatus.FAILED if trouble else JobStatus.DONE, trouble or "")


def _trouble(scene: Scene, command: MoveBag) -> str | None:
    """Why the move cannot be made, or None."""
    bag = scene.floor.bags.get(command.bag)
    if bag is None or bag.place != command.from_place:
        return f"{command.bag} does not lie at {command.from_place}"
    if bag.epc != command.epc:
        return f"the tag of {command.bag} is not {command.epc}"
    if scene.plant.place_of(command.to_place).kind is PlaceKind.SHELF and scene.floor.at(command.to_place):
        return f"{command.to_place} is occupied"
    return None
