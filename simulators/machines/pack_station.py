"""The packing station: bags from a lane into a box with conditioned coolant and a running logger, and out again.

World.md 4: 90 s a box and 8 s a bag. A packed box goes onto the tunnel as soon as that is free.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from plant.model import PlaceKind, Plant, PortalKind
from plc_bridge.messages import BoxPacked, BoxUnpacked, Outcome, PackBox, UnpackBox, report_type
from simulators import boxes
from simulators.boxes import LoggerState, TransportBox
from simulators.chance import draw
from simulators.floor import Bag
from simulators.machines.packml import Job, Phases, Unit, run
from simulators.memory import JobStatus
from simulators.physics.box import Conditioning
from simulators.scene import Scene

BOX_S: Final = 90.0
BAG_S: Final = 8.0
_PHASES: Final = Phases(starting_s=5.0, execute_s=0.0, completing_s=5.0)
_QUEUE: Final = 20
_WRONG_COOLANT: Final = 1.0 / 2000.0
_NO_LOGGER: Final = 1.0 / 500.0
_HOUSE: Final = "dispatch/"


class Slip(StrEnum):
    """What the person or the gripper at the station gets wrong."""

    NONE = "none"
    UNCONDITIONED = "unconditioned"
    FORGOTTEN = "forgotten"
    NO_LOGGER = "no_logger"


class PackStation(msgspec.Struct):
    """State of the station; `forced` is a slip that was asked for."""

    unit: Unit[PackBox | UnpackBox]
    place: str
    forced: Slip = Slip.NONE

    def accept(self, scene: Scene, job: str, command: PackBox | UnpackBox) -> str | None:
        """Queue a packing; returns the reason for a refusal, or None."""
        box = scene.boxes.get(command.box)
        if box is None:
            return f"there is no box {command.box}"
        if not box.place.startswith(_HOUSE):
            return f"box {box.id} is not here: it is at {box.place}"
        lane = scene.plant.place_by_path.get(command.lane)
        if lane is None or lane.kind is not PlaceKind.LANE:
            return f"there is no lane {command.lane}"
        if len(self.unit.queue) >= _QUEUE:
            return f"{_QUEUE} boxes wait already"
        if isinstance(command, PackBox):
            room = scene.plant.box_by_id[box.id].bags
            if not 1 <= len(command.bags) <= room or len(set(command.bags)) != len(command.bags):
                return f"box {box.id} takes 1 to {room} different bags, not {len(command.bags)}"
            if len(command.bags) != len(command.epcs):
                return f"{len(command.bags)} bags and {len(command.epcs)} tags do not belong together"
            if box.body is not None or scene.floor.at(box.inside):
                return f"box {box.id} is not empty"
        elif box.body is None:
            return f"box {box.id} stands open and empty"
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
        self._send_on(scene)

    def _work(self, scene: Scene, now: datetime) -> datetime | None:
        job = self.unit.job
        if job is None or self.unit.ends is None:
            return now
        box = scene.boxes[job.command.box]
        box.place = self.place
        bags = len(job.command.bags) if isinstance(job.command, PackBox) else len(scene.floor.at(box.inside))
        over = self.unit.ends + timedelta(seconds=BOX_S + BAG_S * bags - _PHASES.starting_s - _PHASES.completing_s)
        return over if over <= now else None

    def _finish(self, scene: Scene, job: Job[PackBox | UnpackBox], at: datetime) -> None:
        if isinstance(job.command, PackBox):
            self._pack(scene, job.id, job.command, at)
        else:
            self._unpack(scene, job.id, job.command, at)

    def _pack(self, scene: Scene, job: str, command: PackBox, at: datetime) -> None:
        box = scene.boxes[command.box]
        found = [
            bag
            for name, epc in zip(command.bags, command.epcs, strict=True)
            if (bag := scene.floor.bags.get(name)) is not None and bag.place == command.lane and bag.epc == epc
        ]
        missing = len(command.bags) - len(found)
        reason = f"{missing} of {len(command.bags)} bags did not lie in {command.lane}" if missing else ""
        for bag in found:
            scene.floor.put(bag, box.inside)
        slip = self._close(scene, box, command.packing, found)
        report = BoxPacked(
            device=self.unit.device,
            packing=command.packing,
            box=box.id,
            bags=tuple(bag.id for bag in found),
            coolant_c=boxes.coolant_c(scene.plant, box),
            logger_started=box.logger is LoggerState.RUNNING,
            weight_kg=boxes.weight_kg(scene.plant, box, found),
            outcome=Outcome.FAILED if missing else Outcome.DONE,
            reason=reason,
        )
        scene.report(self.unit.device, report_type(report), report, at)
        scene.note("packed", at, box=box.id, packing=command.packing, bags=list(report.bags), slip=slip)
        scene.finish(self.unit.device, job, JobStatus.FAILED if missing else JobStatus.DONE, reason)
        self.unit.processed += len(found)
        self.unit.defective += missing

    def _close(self, scene: Scene, box: TransportBox, packing: str, bags: list[Bag]) -> Slip:
        if not bags:
            boxes.open_up(box)
            return Slip.NONE
        slip, self.forced = self._slip(scene, packing), Slip.NONE
        wrong = {Slip.UNCONDITIONED: Conditioning.UNCONDITIONED, Slip.FORGOTTEN: Conditioning.FORGOTTEN}
        boxes.close(scene.plant, box, bags, wrong.get(slip, Conditioning.FOR_HEAT))
        box.logger = LoggerState.OFF if slip is Slip.NO_LOGGER else LoggerState.RUNNING
        return slip

    def _slip(self, scene: Scene, packing: str) -> Slip:
        if self.forced is not Slip.NONE:
            return self.forced
        chance = draw(scene.seed, "packing", packing)
        if chance.random() < _WRONG_COOLANT:
            return chance.choice((Slip.UNCONDITIONED, Slip.FORGOTTEN))
        return Slip.NO_LOGGER if chance.random() < _NO_LOGGER else Slip.NONE

    def _unpack(self, scene: Scene, job: str, command: UnpackBox, at: datetime) -> None:
        box = scene.boxes[command.box]
        bags = scene.floor.at(box.inside)
        for bag in bags:
            scene.floor.put(bag, command.lane)
        boxes.open_up(box)
        report = BoxUnpacked(
            device=self.unit.device,
            packing=command.packing,
            box=box.id,
            lane=command.lane,
            bags=tuple(bag.id for bag in bags),
        )
        scene.report(self.unit.device, report_type(report), report, at)
        scene.note("unpacked", at, box=box.id, packing=command.packing, bags=list(report.bags), place=command.lane)
        scene.finish(self.unit.device, job, JobStatus.DONE)

    def _send_on(self, scene: Scene) -> None:
        """Push the next closed box into the tunnel when that is free; without a tunnel, into the lock."""
        busy = self.unit.job.command.box if self.unit.job is not None else None
        tunnel, lock = _after(scene.plant)
        target = tunnel or lock
        if target is None or (tunnel is not None and any(box.place == tunnel for box in scene.boxes.values())):
            return
        waiting = [box for box in scene.boxes.values() if box.place == self.place and box.id != busy]
        for box in waiting:
            if box.body is not None:
                box.place = target
                return


def _after(plant: Plant) -> tuple[str | None, str | None]:
    """Where the tunnel and the lock of a plant are."""
    tunnel = next((portal.inside for portal in plant.portals if portal.kind is PortalKind.TUNNEL), None)
    lock = next((device.place for device in plant.devices if device.kind.value == "dispatch_lock"), None)
    return tunnel, lock
