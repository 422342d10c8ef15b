"""A scripted warehouse that runs the virtual centre at full speed in one process, and the instants the tests share."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from heapq import heappop, heappush

import msgspec

from fleet.messages import DriveTrip, Stop
from plant.model import BoxClass, Route
from plc_bridge.messages import (
    Carry,
    Freeze,
    GatePermit,
    Load,
    LockPermit,
    PackBox,
    PrintLabel,
    Process,
    ProcessUnit,
    Separate,
)
from simulators.floor import Bag
from simulators.machines.packml import PackState
from simulators.people.day import receive
from simulators.world import World

AT = datetime(2026, 11, 22, 1, tzinfo=UTC)
SEED = 7
OUT, GATE, LANE, LOCK, CELL = "prep/out", "dispatch/gate", "dispatch/sort-1", "dispatch/lane", "label/cell-1"
_ZPL = "^XA^BCN^FD>:={din}00^FS^XZ"


class ScriptedWarehouse:
    """Gives every machine its work from what physically lies where; real time runs with domain time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.shipped = 0
        self._jobs = 0
        self._goals: dict[str, str] = {}
        self._sent: dict[str, tuple[str, tuple[str, str]]] = {}
        self._labelled: set[str] = set()
        self._load: list[str] = []
        self._boxes: list[str] = []
        self._hospital = ""

    def live(self, minutes: float) -> None:
        for _ in range(round(minutes * 2)):
            now = self.world.state.now + timedelta(seconds=30)
            self.world.advance(now, now)
            self.world.drain_reads()
            self._work()

    def _order(self, device: str, command: msgspec.Struct) -> bool:
        self._jobs += 1
        payload = msgspec.json.encode(command).decode()
        return self.world.start_job(device, f"job-{self._jobs}", payload).status == "accepted"

    def _is_idle(self, device: str) -> bool:
        unit = self.world.state.units[device]
        return unit.state is PackState.IDLE and not unit.queue

    def _work(self) -> None:
        world = self.world
        world.state.people.unreported.clear()
        world.state.people.unannounced.clear()
        world.state.people.returns.clear()
        self._prepare()
        self._label()
        self._put_away()
        self._dispatch()
        self._carry()
        for shipment in list(world.state.people.delivered):
            receive(world.scene, world.state.people, shipment)

    def _prepare(self) -> None:
        floor = self.world.floor
        whole = [bag.id for bag in floor.at("dock") if bag.component == "WB"][:12]
        if whole and self._is_idle("robot-1"):
            outputs = ("D0002V00", "D0003V00")
            self._order("robot-1", Separate(batch=f"b{self._jobs}", bags=tuple(whole), outputs=outputs))
        fresh = [bag for bag in floor.at(OUT) if bag.component == "FFP" and bag.core_c > 0]
        if len(fresh) > 6 and self._is_idle("robot-2"):
            self._order("robot-2", virus_inactivate(fresh[:2], f"v{self._jobs}"))
        plasma = [bag.id for bag in floor.at(OUT) if bag.plasma is not None and bag.core_c > -15][:12]
        if plasma and self._is_idle("freezer-1"):
            self._order("freezer-1", Freeze(batch=f"f{self._jobs}", bags=tuple(plasma)))

    def _label(self) -> None:
        for bag in self.world.floor.at(CELL):
            if bag.id not in self._labelled and self._is_idle("label-1"):
                zpl = _ZPL.format(din=bag.din)
                self._order("label-1", PrintLabel(label=f"l{self._jobs}", bag=bag.id, epc=bag.epc, zpl=zpl))
                self._labelled.add(bag.id)
                return

    def _put_away(self) -> None:
        floor = self.world.floor
        room = 8 - sum(goal == CELL for goal in self._goals.values()) - len(floor.at(CELL))
        for bag in floor.at(OUT):
            if bag.component == "RBC_S" and bag.id not in self._goals and bag.id not in self._labelled and room > 0:
                self._goals[bag.id] = CELL
                room -= 1
        if self._is_idle("label-1"):
            self._store([bag for bag in floor.at(CELL) if bag.id in self._labelled], "cold-1/q2")
        self._store([bag for bag in floor.at(OUT) if bag.plasma is not None and bag.core_c < -15], "plasma-1/q1")

    def _store(self, bags: Sequence[Bag], shelf: str) -> None:
        taken = set(self._goals.values())
        free = [slot for slot in self.world.plant.slots(shelf) if slot not in taken and not self.world.floor.at(slot)]
        for bag in [bag for bag in bags if bag.id not in self._goals]:
            if free:
                self._goals[bag.id] = free.pop(0)

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
            device, to_node = next_leg(self.world.plant.routes, node(bag.place), node(goal))
            to_place = goal if to_node == node(goal) else to_node
            load = Load(task=f"{name}>{goal}", bag=name, epc=bag.epc, from_place=bag.place, to_place=to_place)
            trips.setdefault((device, node(bag.place), to_node), []).append(load)
        for (device, _, _), loads in trips.items():
            carries = self.world.plant.device_by_id[device].carries
            for first in range(0, len(loads), carries):
                part = tuple(loads[first : first + carries])
                if self._order(device, Carry(trip=f"trip-{self._jobs}", loads=part)):
                    self._sent |= {load.bag: (load.from_place, (device, f"job-{self._jobs}")) for load in part}

    # ---- out -------------------------------------------------------------------------------------------------------

    def _dispatch(self) -> None:
        if not self._load and self.world.state.locks["lock-1"].state == "shut":
            self._pick()
        self._permit_gate()
        gathered = {bag.id for bag in self.world.floor.at(LANE)}
        inside = {bag.id for box in self._boxes for bag in self.world.floor.at(f"box/{box}")}
        if gathered and gathered | inside == set(self._load) and self._is_idle("pack-1"):
            self._pack([self.world.floor.bags[name] for name in sorted(gathered)])
        if self._load and inside == set(self._load) and self._is_idle("pack-1"):
            self._let_go()

    def _pick(self) -> None:
        """The next order that something of is in stock."""
        people, floor = self.world.state.people, self.world.floor
        if not people.unordered:
            return
        need = people.unordered.pop(min(people.unordered))
        self._hospital = need.hospital
        for component, group, count in need.lines:
            found = [
                bag.id
                for bag in floor.bags.values()
                if bag.component == component and bag.group == group and "/s" in bag.place and bag.id not in self._load
            ]
            self._load += found[: min(count, 8)]
        self._goals |= dict.fromkeys(self._load, GATE)

    def _permit_gate(self) -> None:
        real = self.world.scene.real
        for bag in self.world.floor.at(GATE):
            until = real + timedelta(seconds=600)
            self._order("gate-1", GatePermit(permit=f"p{self._jobs}", epc=bag.epc, lane=LANE, until_real=until))
        for bag in self.world.floor.at("dispatch/reject"):
            self._goals.setdefault(bag.id, GATE)

    def _pack(self, bags: Sequence[Bag]) -> None:
        for kind in BoxClass:
            mine = [bag for bag in bags if class_of(bag) is kind]
            free = [
                box
                for box in self.world.plant.boxes
                if box.kind is kind and not box.flies and self.world.state.boxes[box.id].place == "dispatch/boxes"
            ]
            if mine and free:
                part = mine[: free[0].bags]
                names, epcs = tuple(bag.id for bag in part), tuple(bag.epc for bag in part)
                packing = PackBox(packing=f"k{self._jobs}", box=free[0].id, lane=LANE, bags=names, epcs=epcs)
                if self._order("pack-1", packing):
                    self._boxes.append(free[0].id)

    def _let_go(self) -> None:
        """All bags are in boxes: ask the lock until they stand in it, then send the van."""
        boxes = [self.world.state.boxes[name] for name in self._boxes]
        if any(box.place not in {LOCK, "dispatch/check"} for box in boxes):
            return
        if any(box.place == "dispatch/check" for box in boxes) and self.world.state.tunnels["p4-box"].next_at:
            return
        number = self.shipped + 1
        until = self.world.scene.real + timedelta(seconds=60)
        epcs = tuple(bag.epc for box in boxes for bag in self.world.floor.at(box.inside))
        shipment = f"shp-{number}"
        permit = LockPermit(permit="l", shipment=shipment, hospital=self._hospital, epcs=epcs, until_real=until)
        self._order("lock-1", permit)
        if self.world.state.locks["lock-1"].state == "open":
            stop = Stop(hospital=self._hospital, shipment=shipment, boxes=tuple(self._boxes))
            van = f"van-{number % 2 + 1}"
            self._order(van, DriveTrip(trip=f"trp-{number}", stops=(stop,)))
            self.shipped, self._load, self._boxes = number, [], []


def virus_inactivate(bags: Sequence[Bag], name: str) -> Process:
    units = []
    for bag in bags:
        made = f"{bag.din}-D0005V00"
        units.append(ProcessUnit(parents=(bag.id,), bag=made, epc=bag.epc[:-1] + "4"))
    return Process(batch=name, recipe="virus_inactivate", place=OUT, units=tuple(units))


def class_of(bag: Bag) -> BoxClass:
    if bag.plasma is not None:
        return BoxClass.FROZEN
    return BoxClass.PLATELET if bag.component.startswith("PLT") else BoxClass.COLD


def node(place: str) -> str:
    """A slot's store, or the place itself."""
    return place.partition("/")[0] if place.count("/") == 2 else place


@cache
def next_leg(routes: tuple[Route, ...], start: str, goal: str) -> tuple[str, str]:
    """The machine that carries a bag next on its way to a goal, and where it puts it down."""
    queue: list[tuple[float, str, tuple[str, str] | None]] = [(0.0, start, None)]
    seen = set()
    while queue:
        seconds, at, first = heappop(queue)
        if at == goal and first is not None:
            return first
        if at in seen:
            continue
        seen.add(at)
        for route in routes:
            if route.from_place == at and (at == start or at != CELL):
                heappush(queue, (seconds + route.seconds, route.to_place, first or (route.device, route.to_place)))
    raise AssertionError(f"no way from {start} to {goal}")
