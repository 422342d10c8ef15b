"""Cranes, conveyors, diverters and mobile robots: one trip after the other, up to so many bags at once (world.md 4).

Bags lie where they were taken from until the trip ends, then where they were put down. A trip that is interrupted goes
on when the carrier is mended; after a lost position it is given up, and its bags are brought back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec

from plant.model import DeviceKind, PlaceKind
from plc_bridge.messages import BagMoved, Carry, Load, Outcome, report_type
from simulators.chance import draw
from simulators.machines.loads import (
    NO_ROOM,
    crowded_place,
    stop_of,
    trip_seconds,
    way_for,
    why_not_put,
    why_not_taken,
    wrong_end,
)
from simulators.machines.packml import Job, PackState, Phases, Unit, run
from simulators.machines.reliability import repair_time
from simulators.machines.trouble import stop
from simulators.machines.ways import PortalOnWay
from simulators.memory import JobStatus
from simulators.passages import read_through
from simulators.radio.passes import PASS_S
from simulators.scene import Scene

QUEUE: Final = 50
_PHASES: Final = Phases(starting_s=1.0, execute_s=0.0, completing_s=1.0)
_FETCH_SHARE: Final = {DeviceKind.CRANE: 0.5, DeviceKind.AMR: 0.5}
"""Share of a trip after which the bags are on board; belts take them at once."""
_DROP: Final = 1.0 / 50_000.0
_JAM: Final = 1.0 / 4_000.0
_JAM_MEDIAN_MIN: Final = 8.0
_WRONG_WAY: Final = 1.0 / 20_000.0
_NO_ROOM_AFTER: Final = timedelta(minutes=10)
_DRAIN_PCT_PER_S: Final = 100.0 / (4.0 * 3600.0)
_CHARGE_PCT_PER_S: Final = 100.0 / 1800.0
_TO_CHARGER_PCT: Final = 20.0
_CHARGED_PCT: Final = 95.0
_CHARGING: Final = "charging"


class Carrier(msgspec.Struct):
    """State of a carrier: `place` is where it stands or is driving to, `load` the bags on it.

    `spoiled` is why the present trip will be given up; `misroute` and `drop` are mishaps that were asked for; `takes_s`
    is how long the present trip takes.
    """

    unit: Unit[Carry]
    kind: DeviceKind
    home: str
    place: str
    load: list[str] = []
    battery_pct: float = 100.0
    takes_s: float | None = None
    waits_since: datetime | None = None
    spoiled: str = ""
    misroute: bool = False
    drop: bool = False

    def accept(self, scene: Scene, job: str, command: Carry) -> str | None:
        """Queue a trip; returns the reason for a refusal, or None."""
        carries = scene.plant.device_by_id[self.unit.device].carries
        if not 1 <= len(command.loads) <= carries:
            return f"a trip carries 1 to {carries} bags, not {len(command.loads)}"
        if len({load.bag for load in command.loads}) != len(command.loads):
            return "a bag is named twice"
        if len(self.unit.queue) >= QUEUE:
            return f"{QUEUE} trips wait already"
        for load in command.loads:
            if way_for(scene.plant, self.unit.device, load) is None:
                return f"{self.unit.device} has no way from {load.from_place} to {load.to_place}"
        self.unit.queue.append(Job(job, command))
        return None

    def step(self, scene: Scene, dt: float) -> None:
        """Advance to the scene's time, ``dt`` seconds after the last step."""
        if self.kind is DeviceKind.AMR:
            self._drive(scene, dt)
        if self.waits_since is not None and self.unit.state is PackState.SUSPENDED:
            self._look_for_room(scene)
        run(
            self.unit,
            scene.now,
            _PHASES,
            lambda job, at: self._finish(scene, job, at),
            lambda now: self._under_way(scene, now),
        )
        if self.unit.state is PackState.IDLE:
            self.load, self.takes_s = [], None

    def lose_position(self, reason: str) -> None:
        """The present trip will be given up once the carrier is mended."""
        if self.unit.job is not None:
            self.spoiled = reason

    # ---- under way -------------------------------------------------------------------------------------------------

    def _under_way(self, scene: Scene, now: datetime) -> datetime | None:
        job = self.unit.job
        if job is None or self.unit.ends is None:
            return now
        if self.takes_s is None:
            whole_s = trip_seconds(scene.plant, self.unit.device, self.kind, job.command.loads)
            self.takes_s = whole_s - _PHASES.starting_s - _PHASES.completing_s
            if self._jams(scene, job.command.trip):
                return None
        since_s = (now - self.unit.ends).total_seconds()
        loads = job.command.loads
        if since_s < self.takes_s * _FETCH_SHARE.get(self.kind, 0.0):
            self.place, self.load = stop_of(loads[0].from_place, scene.plant), []
        else:
            self.place = stop_of(loads[-1].to_place, scene.plant)
            self.load = [load.bag for load in loads if why_not_taken(scene, load) is None]
        over = self.unit.ends + timedelta(seconds=self.takes_s)
        if over > now:
            return None
        if self.waits_since is None and (crowded := crowded_place(scene, loads)) is not None:
            self.waits_since = now
            self.unit.halt(now, PackState.SUSPENDED, f"{NO_ROOM} {crowded}")
            return None
        return over

    def _jams(self, scene: Scene, trip: str) -> bool:
        if self.kind is not DeviceKind.CONVEYOR or draw(scene.seed, "jam", trip).random() >= _JAM:
            return False
        return self.jam(scene, repair_time(scene.seed, self.unit.device, "jam", trip, _JAM_MEDIAN_MIN))

    def jam(self, scene: Scene, lasts: timedelta | None) -> bool:
        """Something is stuck on the belt; False when it stood already."""
        return stop(scene, self.unit, PackState.HELD, "jam", lasts, event="jam")

    def _look_for_room(self, scene: Scene) -> None:
        job = self.unit.job
        if job is None or self.waits_since is None:
            return
        gave_up = scene.now - self.waits_since >= _NO_ROOM_AFTER
        if gave_up or crowded_place(scene, job.command.loads) is None:
            self.unit.resume(scene.now)

    def _drive(self, scene: Scene, dt: float) -> None:
        """A mobile robot drains its battery while it works and drives to its charger between trips."""
        unit = self.unit
        if unit.trouble == _CHARGING:
            self.battery_pct = min(100.0, self.battery_pct + dt * _CHARGE_PCT_PER_S)
            if self.battery_pct >= _CHARGED_PCT:
                unit.resume(scene.now)
            return
        if unit.state is not PackState.IDLE:
            self.battery_pct = max(0.0, self.battery_pct - dt * _DRAIN_PCT_PER_S)
        if self.battery_pct <= 0.0:
            stop(scene, unit, PackState.HELD, _CHARGING, None)  # flat, with bags on it: staff bring the charger
        elif unit.state is PackState.IDLE and self.battery_pct < _TO_CHARGER_PCT:
            unit.halt(scene.now, PackState.SUSPENDED, _CHARGING)
            self.place = self.home

    # ---- the end of a trip -----------------------------------------------------------------------------------------

    def _finish(self, scene: Scene, job: Job[Carry], at: datetime) -> None:
        device, loads = self.unit.device, job.command.loads
        self._through_portals(scene, job, at)
        failed = 0
        for load in loads:
            trouble = self.spoiled or why_not_taken(scene, load) or why_not_put(scene, load)
            at_place = load.from_place
            if trouble is None:
                trouble, at_place = self._put_down(scene, job.command.trip, load, at)
            failed += trouble is not None
            report = BagMoved(
                task=load.task,
                device=device,
                bag=load.bag,
                epc=load.epc,
                at_place=at_place,
                outcome=Outcome.FAILED if trouble else Outcome.DONE,
                reason=trouble or "",
            )
            scene.report(device, report_type(report), report, at)
        self.unit.processed += len(loads) - failed
        self.unit.defective += failed
        detail = f"{failed} of {len(loads)} bags were not carried" if failed else ""
        scene.note("carried", at, device=device, trip=job.command.trip, bags=len(loads) - failed, failed=failed)
        scene.finish(device, job.id, JobStatus.FAILED if failed else JobStatus.DONE, detail)
        self.spoiled, self.waits_since, self.takes_s, self.load = "", None, None, []

    def _through_portals(self, scene: Scene, job: Job[Carry], at: datetime) -> None:
        """Let the antennas on the way see what is carried; who is not read arrives all the same."""
        passing: dict[PortalOnWay, list[str]] = {}
        for load in job.command.loads:
            way = way_for(scene.plant, self.unit.device, load)
            if way is None or self.spoiled or why_not_taken(scene, load) or why_not_put(scene, load):
                continue
            for on_way in way.portals:
                passing.setdefault(on_way, []).append(load.bag)
        starts = at - timedelta(seconds=PASS_S)
        for on_way, bags in passing.items():
            packing = f"{on_way.portal}/{job.command.trip}"
            read_through(scene, on_way.portal, on_way.direction, bags, packing, starts)

    def _put_down(self, scene: Scene, trip: str, load: Load, at: datetime) -> tuple[str | None, str]:
        """Put one bag down; returns what went wrong as the carrier knows it, and where it says that the bag is."""
        bag, chance = scene.floor.bags[load.bag], draw(scene.seed, "put down", trip, load.bag)
        if self.kind is DeviceKind.CRANE and (self.drop or chance.random() < _DROP):
            self.drop = False
            aisle = stop_of(load.to_place, scene.plant)
            aisle = aisle if scene.plant.place_by_path[aisle].kind is PlaceKind.STORE else self.home
            scene.floor.put(bag, aisle)
            scene.note("moved", at, bag=bag.id, task=load.task, from_place=load.from_place, place=aisle, dropped=True)
            return "gripper drop: the bag fell", aisle
        really = self._goes_wrong(scene, load, chance.random())
        scene.floor.put(bag, really or load.to_place)
        event = "stored" if scene.plant.place_of(bag.place).kind is PlaceKind.SHELF else "moved"
        scene.note(event, at, bag=bag.id, task=load.task, from_place=load.from_place, place=bag.place)
        if really is not None:
            scene.note("fault", at, fault="wrong_way", target=self.unit.device, bag=bag.id, place=really)
        return None, load.to_place  # a diverter does not notice where its arm sent a bag: the antennas must

    def _goes_wrong(self, scene: Scene, load: Load, luck: float) -> str | None:
        """Where a belt's bag ends up when the diverter on its way points the wrong way, or None."""
        way = way_for(scene.plant, self.unit.device, load)
        if self.kind not in {DeviceKind.CONVEYOR, DeviceKind.DIVERTER} or way is None:
            return None
        if not self.misroute and luck >= _WRONG_WAY:
            return None
        wrong = wrong_end(scene.plant, self.unit.device, self.kind, way)
        if wrong is not None:
            self.misroute = False
        return wrong


def new_carrier(device: str, kind: DeviceKind, home: str) -> Carrier:
    """A carrier at rest at its home."""
    return Carrier(unit=Unit(device), kind=kind, home=home, place=home)
