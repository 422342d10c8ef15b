"""A preparation robot: takes a batch in, works on it by its recipe, lays what came of it at `prep/out` (world.md 4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from plant.model import Recipe
from plc_bridge.messages import Outcome, Process, Separate, report_type
from simulators.chance import draw
from simulators.machines import processing, separation
from simulators.machines.packml import Job, PackState, Phases, Unit, run
from simulators.machines.reliability import repair_time
from simulators.machines.trouble import stop
from simulators.memory import JobStatus
from simulators.scene import Scene

_WAITING_BATCHES: Final = 2
_PHASES: Final = Phases(separation.STARTING_S, 0.0, separation.COMPLETING_S)
_IMBALANCE: Final = 1.0 / 300.0
_IMBALANCE_MEDIAN_MIN: Final = 10.0
_CLEANING: Final = timedelta(minutes=45)
_OUT: Final = "prep/out"


class PrepRobot(msgspec.Struct):
    """State of a robot; `started` is the batch that its rotor has already run up for, `leaked` calls for cleaning.

    `misses` is a unit outside its limits that was asked for.
    """

    unit: Unit[Separate | Process]
    place: str
    started: str = ""
    leaked: bool = False
    misses: bool = False

    def accept(self, scene: Scene, job: str, command: Separate | Process) -> str | None:
        """Take a batch in; returns the reason for a refusal, or None."""
        recipes = scene.plant.device_by_id[self.unit.device].recipes
        if isinstance(command, Separate):
            here = Recipe.SEPARATE in recipes
            reason = separation.refusal(scene, command) if here else "this robot does not separate whole blood"
        else:
            reason = processing.refusal(scene, command, recipes)
        if reason is None and self.unit.state is not PackState.IDLE and len(self.unit.queue) >= _WAITING_BATCHES:
            reason = "the infeed is full"
        if reason is not None:
            return reason
        for name in _bags_of(command):
            scene.floor.put(scene.floor.bags[name], self.place)
        self.unit.queue.append(Job(job, command))
        return None

    def step(self, scene: Scene) -> None:
        """Advance to the scene's time."""
        run(
            self.unit,
            scene.now,
            _PHASES,
            lambda job, at: self._finish(scene, job, at),
            lambda now: self._work(scene, now),
        )
        if self.leaked and stop(scene, self.unit, PackState.ABORTED, "cleaning after a leak", _CLEANING):
            self.leaked = False

    def _work(self, scene: Scene, now: datetime) -> datetime | None:
        job = self.unit.job
        if job is None or self.unit.ends is None:
            return now
        batch = job.command.batch
        if self.started != batch:
            self.started = batch
            if isinstance(job.command, Separate) and draw(scene.seed, "run-up", batch).random() < _IMBALANCE:
                lasts = repair_time(scene.seed, self.unit.device, "imbalance", batch, _IMBALANCE_MEDIAN_MIN)
                if stop(scene, self.unit, PackState.ABORTED, "imbalance", lasts):
                    return None
        command = job.command
        seconds = separation.EXECUTE_S if isinstance(command, Separate) else processing.seconds(command)
        over = self.unit.ends + timedelta(seconds=seconds)
        return over if over <= now else None

    def _finish(self, scene: Scene, job: Job[Separate | Process], at: datetime) -> None:
        device, began = self.unit.device, self.unit.began or at
        if isinstance(job.command, Separate):
            separated = separation.separate(scene, device, job.command, _OUT, began, at)
            scene.report(device, report_type(separated), separated, at)
            outcomes = [unit.outcome for unit in separated.units]
        else:
            processed = processing.process(scene, device, job.command, _OUT, began, at, misses=self.misses)
            scene.report(device, report_type(processed), processed, at)
            outcomes, self.misses = [unit.outcome for unit in processed.units], False
        scene.finish(device, job.id, JobStatus.DONE)
        failed = outcomes.count(Outcome.FAILED)
        self.unit.processed += len(outcomes) - failed
        self.unit.defective += failed
        self.leaked = failed > 0


def _bags_of(command: Separate | Process) -> tuple[str, ...]:
    if isinstance(command, Separate):
        return command.bags
    return tuple(name for unit in command.units for name in unit.parents)
