"""A scripted warehouse that runs the virtual centre at full speed in one process, and the instants the tests share."""

from datetime import UTC, datetime, timedelta

import msgspec

from plc_bridge.messages import Freeze, GatePermit, LockPermit, MoveBag, Separate
from simulators.people import receive
from simulators.world import World

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
SEED = 7


class ScriptedWarehouse:
    """Gives every machine its work from what physically lies where; real time runs with domain time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shipped = 0
        self._jobs = 0
        self._moving: set[str] = set()
        self._load: list[str] = []
        self._hospital = ""

    def live(self, minutes: float) -> None:
        for _ in range(round(minutes * 2)):
            now = self.world.state.now + timedelta(seconds=30)
            self.world.advance(now, now)
            self.world.drain_reads()
            self._work()

    def _order(self, device: str, command: msgspec.Struct) -> bool:
        self._jobs += 1
        return (
            self.world.start_job(device, f"job-{self._jobs}", msgspec.json.encode(command).decode()).status
            == "accepted"
        )

    def _work(self) -> None:
        world, floor = self.world, self.world.floor
        world.state.people.unreported.clear()
        world.state.people.unannounced.clear()
        whole = [bag.id for bag in floor.at("dock")][:12]
        if whole and not world.state.robots["robot-1"].unit.job:
            self._order(
                "robot-1", Separate(batch=f"b{self._jobs}", bags=tuple(whole), outputs=("D0002V00", "D0003V00"))
            )
        plasma = [bag.id for bag in floor.at("prep/out") if bag.component == "FFP"][:12]
        if plasma and not world.state.freezers["freezer-1"].unit.job:
            self._order("freezer-1", Freeze(batch=f"f{self._jobs}", bags=tuple(plasma)))
        self._put_away()
        self._dispatch()
        for shipment in list(world.state.people.delivered):
            receive(world.scene, world.state.people, shipment)

    def _put_away(self) -> None:
        floor, memory = self.world.floor, self.world.state
        busy = memory.freezers["freezer-1"].unit.job
        frozen = [] if busy else floor.at("prep/freezer-1")
        red = [bag for bag in floor.at("prep/out") if bag.component == "RBC_S"]
        for bags, device, shelf in ((frozen, "crane-2", "plasma-1/q1"), (red, "crane-1", "cold-1/q2")):
            free = [slot for slot in self.world.plant.slots(shelf) if not floor.at(slot) and slot not in self._moving]
            for bag in [bag for bag in bags if bag.id not in self._moving]:
                if free:
                    self._move(device, bag.id, free.pop(0))

    def _move(self, device: str, name: str, to: str) -> None:
        bag = self.world.floor.bags[name]
        command = MoveBag(task=f"t{self._jobs}", bag=name, epc=bag.epc, from_place=bag.place, to_place=to)
        if self._order(device, command):
            self._moving |= {name, to}

    def _dispatch(self) -> None:
        floor, people = self.world.floor, self.world.state.people
        lock = self.world.state.locks["lock-1"]
        if not self._load and people.unordered and lock.state == "shut":
            need = people.unordered.pop(min(people.unordered))
            for component, group, count in need.lines:
                shelf = "cold-1/s" if component == "RBC_S" else "plasma-1/s"
                found = [b.id for b in floor.bags.values() if b.place.startswith(shelf) and b.group == group][:count]
                self._load += found
                self._hospital = need.hospital
                for name in found:
                    self._move("crane-1" if component == "RBC_S" else "crane-2", name, "dispatch/gate")
        real = self.world.scene.real
        for bag in floor.at("dispatch/gate"):
            until = real + timedelta(seconds=600)
            self._order("gate-1", GatePermit(permit="p", epc=bag.epc, lane="dispatch/lane", until_real=until))
        lane = floor.at("dispatch/lane")
        if self._load and {bag.id for bag in lane} == set(self._load):
            self.shipped += 1
            epcs = tuple(bag.epc for bag in lane)
            until = real + timedelta(seconds=60)
            shipment = f"shp-{self.shipped}"
            self._order(
                "lock-1",
                LockPermit(permit="l", shipment=shipment, hospital=self._hospital, epcs=epcs, until_real=until),
            )
            self._load = []
