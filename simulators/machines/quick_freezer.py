"""The quick freezer: contact plates freeze a batch of plasma and record its core curve (world.md 2.5 and 4)."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from blood.components import Family
from plc_bridge.messages import BatchFrozen, CurvePoint, Freeze, report_type
from simulators.floor import Bag
from simulators.machines.packml import Job, PackState, Phases, Unit, run
from simulators.memory import JobStatus
from simulators.physics import freezing
from simulators.scene import Scene

CAPACITY: Final = 48
_WAITING_BATCHES: Final = 2
_PHASES: Final = Phases(starting_s=300.0, execute_s=0.0, completing_s=240.0)  # 8 and 6 min for 48 bags, fewer here
_PLATES_C: Final = -45.0
_TARGET_C: Final = -30.0
_MARGIN_C: Final = 1.0  # freezes one degree past the target before it opens
_GIVE_UP: Final = timedelta(minutes=75)
_WARMING_C: Final = -10.0
_WARMING_TAU_S: Final = 25.0 * 60.0
_COOLING_TAU_S: Final = 8.0 * 60.0
_ONE_FAN: Final = 0.31  # share of the heat transfer that is left when one of two circulators is dead
_OUT: Final = "prep/out"
"""Where plasma is taken from, and laid frozen."""


class Fault(StrEnum):
    """What may be broken in the freezer."""

    NONE = "none"
    FAN_DEAD = "fan_dead"
    COMPRESSOR_DEAD = "compressor_dead"


class QuickFreezer(msgspec.Struct):
    """State of the freezer; `bags` of the running batch are frozen together, `curve` is the core of the warmest."""

    unit: Unit[Freeze]
    place: str
    plates_c: float = _PLATES_C
    fault: Fault = Fault.NONE
    freezing_since: datetime | None = None
    stepped_to: datetime | None = None
    curve: list[tuple[float, float]] = []
    reached_min: float | None = None

    def accept(self, scene: Scene, job: str, command: Freeze) -> str | None:
        """Take plasma in; returns the reason for a refusal, or None."""
        if not command.bags or len(set(command.bags)) != len(command.bags):
            return "a batch names each of its bags once"
        if len(scene.floor.at(self.place)) + len(command.bags) > CAPACITY:
            return f"{CAPACITY} bags fit in, and {len(scene.floor.at(self.place))} lie inside"
        if self.unit.state is not PackState.IDLE and len(self.unit.queue) >= _WAITING_BATCHES:
            return "the infeed is full"
        for name in command.bags:
            bag = scene.floor.bags.get(name)
            if bag is None or bag.place != _OUT:
                return f"{name} does not lie at {_OUT}"
            if scene.plant.components[bag.component].family is not Family.PLASMA:
                return f"{name} is not plasma"
        for name in command.bags:
            scene.floor.put(scene.floor.bags[name], self.place)
        self.unit.queue.append(Job(job, command))
        return None

    def step(self, scene: Scene, dt: float) -> None:
        """Advance to the scene's time, ``dt`` seconds after the last step."""
        goal, tau = (_WARMING_C, _WARMING_TAU_S) if self.fault is Fault.COMPRESSOR_DEAD else (_PLATES_C, _COOLING_TAU_S)
        self.plates_c += (goal - self.plates_c) * (1.0 - math.exp(-dt / tau))
        run(
            self.unit,
            scene.now,
            _PHASES,
            lambda job, at: self._finish(scene, job, at),
            lambda now: self._freeze(scene, now),
        )

    def core_c(self, scene: Scene) -> float:
        """Core of the warmest bag of the running batch; the plates when the freezer is empty."""
        job = self.unit.job
        cores = [bag.core_c for bag in self._batch(scene, job)] if job else []
        return max(cores, default=self.plates_c)

    def _batch(self, scene: Scene, job: Job[Freeze]) -> list[Bag]:
        return [scene.floor.bags[name] for name in job.command.bags]

    def _freeze(self, scene: Scene, now: datetime) -> datetime | None:
        """Freeze up to ``now``; returns when the batch was done, or None while it is not."""
        job = self.unit.job
        if job is None or self.unit.ends is None:
            return now
        if self.freezing_since is None or self.stepped_to is None:
            self.freezing_since = self.stepped_to = self.unit.ends
            self.curve, self.reached_min = [(0.0, round(self.core_c(scene), 2))], None
        bags = self._batch(scene, job)
        w_per_k = freezing.PLATES_W_PER_K * (_ONE_FAN if self.fault is Fault.FAN_DEAD else 1.0)
        while self.stepped_to < now:
            part = min((now - self.stepped_to).total_seconds(), 5.0)
            for bag in bags:
                if bag.plasma is not None:
                    freezing.step(
                        bag.plasma,
                        part,
                        medium_c=self.plates_c,
                        w_per_k=w_per_k * math.sqrt(bag.plasma.volume_ml / 200.0),
                    )
            self.stepped_to += timedelta(seconds=part)
            minute = (self.stepped_to - self.freezing_since).total_seconds() / 60.0
            core = max(bag.core_c for bag in bags)
            if minute - self.curve[-1][0] >= 1.0:
                self.curve.append((round(minute, 2), round(core, 2)))
            if self.reached_min is None and core <= _TARGET_C:
                self.reached_min = round(minute, 2)
            if core <= _TARGET_C - _MARGIN_C or self.stepped_to - self.freezing_since >= _GIVE_UP:
                self.curve.append((round(minute, 2), round(core, 2)))
                return self.stepped_to
        return None

    def _finish(self, scene: Scene, job: Job[Freeze], at: datetime) -> None:
        device, names = self.unit.device, job.command.bags
        record = BatchFrozen(
            batch=job.command.batch,
            device=device,
            started_at=self.freezing_since or at,
            ended_at=self.stepped_to or at,
            place=_OUT,
            bags=names,
            curve=tuple(CurvePoint(minute=minute, core_c=core) for minute, core in self.curve),
            target_c=_TARGET_C,
            minutes_to_target=self.reached_min,
            lowest_core_c=min(core for _, core in self.curve),
        )
        scene.report(device, report_type(record), record, at)
        scene.finish(device, job.id, JobStatus.DONE)
        if self.reached_min is None:
            self.unit.defective += len(names)
        self.unit.processed += len(names)
        for name in names:
            scene.floor.put(scene.floor.bags[name], _OUT)
            scene.note("frozen", at, bag=name, batch=job.command.batch, minutes=self.reached_min, place=_OUT)
        self.freezing_since = self.stepped_to = None
        self.curve, self.reached_min = [], None
