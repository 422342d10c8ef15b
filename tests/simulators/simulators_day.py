"""A scripted warehouse that runs the virtual centre at full speed in one process, and the instants the tests share."""

from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush

import msgspec

from plant.model import Plant
from plc_bridge.messages import Carry, Freeze, GatePermit, Load, LockPermit, Separate
from simulators.floor import Bag
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
        self._goals: dict[str, str] = {}
        self._sent: dict[str, tuple[str, tuple[str, str]]] = {}
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
        self._carry()
        self._dispatch()
        for shipment in list(world.state.people.delivered):
            receive(world.scene, world.state.people, shipment)

    def _put_away(self) -> None:
        floor = self.world.floor
        for component, shelf in (("FFP", "plasma-1/q1"), ("RBC_S", "cold-1/q2")):
            bags = [bag for bag in floor.at("prep/out") if bag.component == component and bag.core_c < self._cold(bag)]
            free = [slot for slot in self.world.plant.slots(shelf) if not floor.at(slot)]
            for bag in [bag for bag in bags if bag.id not in self._goals]:
                free = [slot for slot in free if slot not in self._goals.values()]
                if free:
                    self._goals[bag.id] = free.pop(0)

    def _cold(self, bag: Bag) -> float:
        return -15.0 if bag.plasma is not None else 100.0

    def _carry(self) -> None:
        """One trip for each leg that bags with a goal have before them."""
        trips: dict[tuple[str, str, str], list[Load]] = {}
        for name, goal in list(self._goals.items()):
            bag = self.world.floor.bags.get(name)
            if bag is None or bag.place == goal:
                del self._goals[name]
                self._sent.pop(name, None)
                continue
            sent = self._sent.get(name)
            if sent is not None and sent[0] == bag.place and self.world.job_state(*sent[1]).status == "accepted":
                continue
            device, to_place = next_leg(self.world.plant, bag.place, goal)
            load = Load(task=f"{name}>{goal}", bag=name, epc=bag.epc, from_place=bag.place, to_place=to_place)
            trips.setdefault((device, store(bag.place), store(to_place)), []).append(load)
        for (device, _, _), loads in trips.items():
            carries = self.world.plant.device_by_id[device].carries
            for first in range(0, len(loads), carries):
                part = tuple(loads[first : first + carries])
                if self._order(device, Carry(trip=f"trip-{self._jobs}", loads=part)):
                    self._sent |= {load.bag: (load.from_place, (device, f"job-{self._jobs}")) for load in part}

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
                self._goals |= dict.fromkeys(found, "dispatch/gate")
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


def store(place: str) -> str:
    """A slot's store, or the place itself."""
    return place.partition("/")[0] if place.count("/") == 2 else place


def next_leg(plant: Plant, at: str, goal: str) -> tuple[str, str]:
    """The machine that carries a bag next on its way to a goal, and where it puts it down."""
    queue: list[tuple[float, str, tuple[str, str] | None]] = [(0.0, store(at), None)]
    seen = set()
    while queue:
        seconds, node, first = heappop(queue)
        if node == store(goal) and first is not None:
            return first[0], goal if first[1] == store(goal) else first[1]
        if node in seen:
            continue
        seen.add(node)
        for route in plant.routes:
            if route.from_place == node and (node == store(at) or "/cell" not in node):
                heappush(queue, (seconds + route.seconds, route.to_place, first or (route.device, route.to_place)))
    raise AssertionError(f"no way from {at} to {goal}")
