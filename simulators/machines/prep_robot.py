"""The preparation robot: whole blood from the dock becomes red cells and plasma with tags (world.md 4)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from blood.components import Family
from blood.isbt128 import BagId
from plc_bridge.messages import BatchSeparated, ChildBag, Outcome, Separate, SeparatedUnit, report_type
from simulators.chance import draw
from simulators.floor import Bag, new_bag
from simulators.machines.packml import Job, PackState, Phases, Unit, run
from simulators.memory import JobStatus
from simulators.scene import Scene

CAPACITY: Final = 12
_WAITING_BATCHES: Final = 2
_PHASES: Final = Phases(
    starting_s=180.0, execute_s=23.5 * 60.0, completing_s=180.0
)  # spin 18, express 4.5, margin 1 min
_ROOM_C: Final = 22.0
_RUPTURE: Final = 1.0 / 4000.0
_OUT: Final = "prep/out"
_DOCK: Final = "dock"


class PrepRobot(msgspec.Struct):
    """State of the robot."""

    unit: Unit[Separate]
    place: str

    def accept(self, scene: Scene, job: str, command: Separate) -> str | None:
        """Take a batch in; returns the reason for a refusal, or None."""
        if not 1 <= len(command.bags) <= CAPACITY:
            return f"a batch holds 1 to {CAPACITY} bags, not {len(command.bags)}"
        if len(set(command.bags)) != len(command.bags):
            return "a bag is named twice"
        if unknown := [code for code in command.outputs if code not in scene.plant.product_component]:
            return f"this site makes no product {unknown[0]}"
        if self.unit.state is not PackState.IDLE and len(self.unit.queue) >= _WAITING_BATCHES:
            return "the infeed is full"
        for name in command.bags:
            bag = scene.floor.bags.get(name)
            if bag is None or bag.place != _DOCK:
                return f"{name} does not lie at the dock"
            if scene.plant.components[bag.component].family is not Family.WHOLE_BLOOD:
                return f"{name} is not whole blood"
        for name in command.bags:
            scene.floor.put(scene.floor.bags[name], self.place)
        self.unit.queue.append(Job(job, command))
        return None

    def step(self, scene: Scene) -> None:
        """Advance to the scene's time."""
        run(self.unit, scene.now, _PHASES, lambda job, at: self._finish(scene, job, at))

    def _finish(self, scene: Scene, job: Job[Separate], at: datetime) -> None:
        command, device = job.command, self.unit.device
        units = tuple(self._separate(scene, command, scene.floor.bags[name], at) for name in command.bags)
        report = BatchSeparated(
            batch=command.batch, device=device, started_at=self.unit.began or at, ended_at=at, place=_OUT, units=units
        )
        scene.report(device, report_type(report), report, at)
        scene.finish(device, job.id, JobStatus.DONE)

    def _separate(self, scene: Scene, command: Separate, parent: Bag, at: datetime) -> SeparatedUnit:
        chance = draw(scene.seed, "separate", parent.id)
        if chance.random() < _RUPTURE:
            scene.floor.put(parent, _OUT)
            self.unit.defective += 1
            scene.note("separated", at, bag=parent.id, batch=command.batch, outcome=Outcome.FAILED, children=[])
            return SeparatedUnit(
                parent=parent.id, outcome=Outcome.FAILED, reason="the bag leaked in the rotor", children=()
            )
        children = [self._child(scene, parent, code) for code in command.outputs]
        scene.floor.remove(parent)
        for child in children:
            scene.floor.add(child)
        self.unit.processed += 1
        names = [child.id for child in children]
        scene.note("separated", at, bag=parent.id, batch=command.batch, outcome=Outcome.DONE, children=names)
        return SeparatedUnit(
            parent=parent.id,
            outcome=Outcome.DONE,
            reason="",
            children=tuple(ChildBag(bag=c.id, epc=c.epc, tid=c.tid, volume_ml=c.volume_ml) for c in children),
        )

    def _child(self, scene: Scene, parent: Bag, code: str) -> Bag:
        component = scene.plant.product_component[code]
        share = 0.5 if component.family is Family.PLASMA else 0.7  # red cells include the additive solution
        return new_bag(
            scene.plant,
            scene.seed,
            BagId(parent.din, code),
            group=parent.group,
            volume_ml=round(parent.volume_ml * share, 1),
            donor=parent.donor,
            collected_at=parent.collected_at,
            place=_OUT,
            temperature_c=_ROOM_C,
        )
