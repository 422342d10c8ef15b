"""The dispatch diverter: rests at reject, lets a bag pass only with its own permit while that holds (design.md 4).

Of two orders for one tag the later one holds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from plant.model import PlaceKind
from plc_bridge.messages import GateDecided, GateDecision, GatePermit, GateReject, report_type
from simulators.machines.packml import Job, Unit
from simulators.memory import JobStatus
from simulators.scene import Scene

REJECT_AFTER: Final = timedelta(seconds=20)
"""Real time that a bag may stand undecided; the people behind it wait in real time, and so do permits."""
AT_REST: Final = "reject"
"""Position of the diverter when nobody has said otherwise."""
_REJECT: Final = "dispatch/reject"
_PERMITS: Final = 200


class Gate(msgspec.Struct):
    """State of the diverter; `waiting` are the bags in front of it in order, the first stands in the field.

    `position` is where it points: a lane's path for a moment, else `REJECT`.
    """

    unit: Unit[GatePermit | GateReject]
    place: str
    position: str = AT_REST
    waiting: list[str] = []
    stands_since_real: datetime | None = None

    def accept(self, scene: Scene, job: str, command: GatePermit | GateReject) -> str | None:
        """Take a permit or its contrary; returns the reason for a refusal, or None."""
        if command.until_real < scene.real:
            return "the permit has run out" if isinstance(command, GatePermit) else "the order has run out"
        if isinstance(command, GatePermit):
            lane = scene.plant.place_by_path.get(command.lane)
            if lane is None or lane.kind is not PlaceKind.LANE or lane.path == _REJECT:
                return f"there is no lane {command.lane}"
        for former in [former for former in self.unit.queue if former.command.epc == command.epc]:
            self._drop(scene, former, "a later order came for this tag")
        if len(self.unit.queue) >= _PERMITS:
            return f"{_PERMITS} permits wait already"
        self.unit.queue.append(Job(job, command))
        return None

    def step(self, scene: Scene) -> None:
        """Advance to the scene's times: at most one bag is decided a step."""
        self.position = AT_REST
        self._drop_stale_permits(scene)
        if self.unit.is_halted:
            self.stands_since_real = None
            return
        present = [bag.id for bag in scene.floor.at(self.place)]
        first = self.waiting[0] if self.waiting else None
        self.waiting = [name for name in self.waiting if name in present] + [
            name for name in present if name not in self.waiting
        ]
        if not self.waiting:
            self.stands_since_real = None
            return
        if self.waiting[0] != first or self.stands_since_real is None:
            self.stands_since_real = scene.real
            return
        epc = scene.floor.bags[self.waiting[0]].epc
        order = next((job for job in self.unit.queue if job.command.epc == epc), None)
        if order is not None:
            self.unit.queue.remove(order)
            self._obey(scene, order.id, order.command)
        elif scene.real - self.stands_since_real >= REJECT_AFTER:
            self._decide(scene, None, f"no permit within {REJECT_AFTER.seconds} s")

    def _obey(self, scene: Scene, job: str, order: GatePermit | GateReject) -> None:
        """Let the bag pass into its lane, or put it out; a full lane sends it to reject, and the permit is spent."""
        if isinstance(order, GateReject):
            self._decide(scene, None, order.reason)
            scene.finish(self.unit.device, job, JobStatus.DONE)
            return
        lane = order.lane
        capacity = scene.plant.place_of(lane).capacity
        if capacity is not None and len(scene.floor.at(lane)) >= capacity:
            self._decide(scene, None, f"{lane} is full")
            scene.finish(self.unit.device, job, JobStatus.FAILED, f"{lane} is full")
            return
        self.position = lane
        self._decide(scene, order, "")
        scene.finish(self.unit.device, job, JobStatus.DONE)

    def _drop_stale_permits(self, scene: Scene) -> None:
        for job in [job for job in self.unit.queue if job.command.until_real < scene.real]:
            self._drop(scene, job, "the permit ran out before the bag came")

    def _drop(self, scene: Scene, job: Job[GatePermit | GateReject], reason: str) -> None:
        self.unit.queue.remove(job)
        scene.finish(self.unit.device, job.id, JobStatus.FAILED, reason)

    def _decide(self, scene: Scene, permit: GatePermit | None, reason: str) -> None:
        bag = scene.floor.bags[self.waiting.pop(0)]
        decision = GateDecision.REJECTED if permit is None else GateDecision.PASSED
        to = _REJECT if permit is None else permit.lane
        named = None if permit is None else permit.permit
        scene.floor.put(bag, to)
        self.stands_since_real = None
        if permit is not None:
            self.unit.processed += 1
        else:
            self.unit.defective += 1
        report = GateDecided(
            gate=_portal(scene, self.unit.device),
            device=self.unit.device,
            epc=bag.epc,
            decision=decision,
            permit=named,
            reason=reason,
            at_place=to,
        )
        scene.report(self.unit.device, report_type(report), report)
        scene.note("gate", bag=bag.id, decision=decision, permit=named, place=to)


def _portal(scene: Scene, device: str) -> str:
    return next(portal.id for portal in scene.plant.portals if portal.device == device)
