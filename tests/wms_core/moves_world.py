"""A small world around the moves: a random plant, machines that jam and lose things, bags where they really are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from random import Random

import msgspec

from blood.eligibility import Zone
from plant.load import demo_text, parse_plant
from plant.model import Device, DeviceKind, Place, PlaceKind, Plant, Portal, PortalKind, Route
from plc_bridge.messages import BagMoved, Carry, CommandAnswered, CommandOutcome, Load, Outcome
from rfid.messages import Crossing, Direction
from wms.bags.commands import move_to
from wms.inbox.handlers import crossing_seen
from wms.moves.dispatch import dispatch_waiting
from wms.moves.ended import carrier_reported
from wms.moves.model import DeviceState, MovePurpose
from wms.moves.tasks import open_task_of, request_move
from wms.moves.trips import answered
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

FLOOR = Actor("service:floor", "bench")
_NAMES = {"name_en": "Place", "name_zh": "地点"}


def random_plant(dice: Random) -> Plant:
    """A ring of belts with little room, a store with a crane at each, a gate, a station behind a portal, an AMR."""
    demo = parse_plant(demo_text())
    stores = [f"store-{number}" for number in range(dice.randint(2, 4))]
    places = [Place(path="room", kind=PlaceKind.ROOM, **_NAMES), Place(path="away", kind=PlaceKind.OUTSIDE, **_NAMES)]
    devices = [_carrier("loop", DeviceKind.CONVEYOR, "room", dice), _carrier("amr", DeviceKind.AMR, "room", dice)]
    routes = [Route(from_place="room", to_place="belt/store-0", device="loop", seconds=20.0)]
    for number, store in enumerate(stores):
        belt, onward = f"belt/{store}", f"belt/{stores[(number + 1) % len(stores)]}"
        places += [
            Place(path=store, kind=PlaceKind.STORE, envelope="cold", **_NAMES),
            _shelf(f"{store}/q", Zone.QUARANTINE, dice),
            _shelf(f"{store}/s", Zone.STOCK, dice),
            Place(path=belt, kind=PlaceKind.BELT, capacity=dice.randint(1, 3), **_NAMES),
        ]
        devices.append(_carrier(f"crane-{number}", DeviceKind.CRANE, store, dice))
        ways = ((store, belt), (belt, store), (store, store))
        routes += [Route(from_place=a, to_place=b, device=f"crane-{number}", seconds=35.0) for a, b in ways]
        routes.append(Route(from_place=belt, to_place=onward, device="loop", seconds=20.0))
        if dice.random() < 0.6:
            routes.append(Route(from_place=belt, to_place="gate", device="amr", seconds=90.0))
            routes.append(Route(from_place=belt, to_place="station", device="amr", seconds=80.0))
            routes.append(Route(from_place="room", to_place=belt, device="amr", seconds=90.0))
    last = f"belt/{stores[-1]}"
    places += [
        Place(path="gate", kind=PlaceKind.GATE, capacity=dice.randint(1, 3), **_NAMES),
        Place(path="station", kind=PlaceKind.MACHINE, capacity=dice.randint(1, 3), **_NAMES),
    ]
    routes += [
        Route(from_place=last, to_place="gate", device="loop", seconds=10.0),
        Route(from_place=last, to_place="station", device="loop", seconds=10.0),
        Route(from_place="station", to_place="belt/store-0", device="loop", seconds=10.0, portal="p3"),
    ]
    portal = Portal(id="p3", kind=PortalKind.PASSAGE, inside="belt/store-0", outside="station", **_NAMES)
    return msgspec.structs.replace(
        demo, places=tuple(places), devices=tuple(devices), routes=tuple(routes), portals=(portal,), probes=(),
        doors=(), readers=(), hospitals=(), boxes=(), vehicles=(),
    )  # fmt: skip


def _shelf(path: str, zone: Zone, dice: Random) -> Place:
    slots, reach_s = dice.randint(6, 12), float(dice.randint(0, 8))
    return Place(path=path, kind=PlaceKind.SHELF, zone=zone, slots=slots, reach_s=reach_s, **_NAMES)


def _carrier(name: str, kind: DeviceKind, place: str, dice: Random) -> Device:
    names = {"name_en": name, "name_zh": name}
    return Device(id=name, cell="works", kind=kind, place=place, carries=dice.randint(1, 4), **names)


@dataclass
class World:
    """Where the bags really are, and machines that do what they are told sooner or later."""

    plant: Plant
    dice: Random
    at: dict[str, str] = field(default_factory=dict)  # bag -> place; a bag on a machine is nowhere
    down: dict[str, int] = field(default_factory=dict)  # machine -> ticks until it is mended
    jobs: dict[str, tuple[int, Carry]] = field(default_factory=dict)  # machine -> ticks left, trip
    late: list[tuple[int, str, BagMoved]] = field(default_factory=list)  # ticks until the report arrives
    finished: int = 0

    def device_state(self, device: str) -> DeviceState:
        return DeviceState.HELD if device in self.down else DeviceState.RUNNING

    def tick(self, tx: Tx, *, faults: bool, wishes: bool) -> None:
        """One look of the warehouse and half a minute of the world."""
        if wishes:
            self._wish(tx)
        dispatch_waiting(tx, FLOOR)
        self._break_and_mend(faults=faults)
        self._take_commands(tx, faults=faults)
        self._run_jobs(tx)
        self._report(tx)
        self._work_at_stations(tx)
        self._scan_lost(tx)

    def check(self, tx: Tx) -> None:
        """No place holds more than it can, in truth and in the book; no slot has two bags or two owners."""
        truth, limits = Counter(self.at.values()), {p.path: p.capacity for p in self.plant.places if p.capacity}
        slots = [place for place in truth if self.plant.place_of(place).slots]
        assert all(truth[place] <= limit for place, limit in limits.items()), truth
        assert all(truth[slot] == 1 for slot in slots), truth
        rows = tx.raw.execute(
            "SELECT place, id FROM bag WHERE place IS NOT NULL UNION SELECT claim.place, task.bag FROM claim "
            "JOIN task ON task.id = claim.task"
        ).fetchall()
        book = Counter(place for place, _ in rows)
        assert all(book[place] <= limit for place, limit in limits.items()), book
        assert all(count == 1 for place, count in book.items() if self.plant.place_of(place).slots), book

    # ---- what people ask for ----

    def _wish(self, tx: Tx) -> None:
        for bag, place in sorted(self.at.items()):
            if place in {"away", "gate", "station"} or self.dice.random() > 0.15 or open_task_of(tx.raw, bag):
                continue
            zone, priority = self.dice.choice((Zone.QUARANTINE, Zone.STOCK)), self.dice.randint(0, 5)
            target = self.dice.choice(("zone", "gate", "station"))
            purpose = MovePurpose.PUT_AWAY if target == "zone" else MovePurpose.REGATE
            where = {"zone": zone} if target == "zone" else {"to_place": target}
            request_move(tx, FLOOR, bag, purpose=purpose, priority=priority, **where)

    def _work_at_stations(self, tx: Tx) -> None:
        """The gate lets bags go; the station is done with a bag and somebody wants it put away."""
        for bag, place in sorted(self.at.items()):
            if self.dice.random() > 0.4 or open_task_of(tx.raw, bag):
                continue
            if place == "gate":
                self.at[bag] = "away"
                move_to(tx, FLOOR, bag, "away", tx.now, data={})
            elif place == "station":
                request_move(tx, FLOOR, bag, purpose=MovePurpose.PUT_AWAY, zone=Zone.STOCK)

    def _scan_lost(self, tx: Tx) -> None:
        """People find bags that nobody accounts for, and scan them where they are."""
        for (bag,) in tx.raw.execute("SELECT id FROM bag WHERE place IS NULL").fetchall():
            if bag in self.at:
                move_to(tx, FLOOR, bag, self.at[bag], tx.now, data={})

    # ---- what machines do ----

    def _break_and_mend(self, *, faults: bool) -> None:
        self.down = {device: left - 1 for device, left in self.down.items() if left > 1}
        for device in self.plant.devices:
            if faults and self.dice.random() < 0.03:
                self.down[device.id] = self.dice.randint(1, 30)

    def _take_commands(self, tx: Tx, *, faults: bool) -> None:
        rows = tx.raw.execute("SELECT id, device, data FROM machine_command WHERE state = 'queued'").fetchall()
        for command, device, data in rows:
            assert device not in self.jobs, "one trip at a time"
            luck = self.dice.random() if faults else 1.0
            outcome = CommandOutcome.ACCEPTED
            if luck < 0.1:
                outcome = self.dice.choice((CommandOutcome.EXPIRED, CommandOutcome.REFUSED))
            else:
                self.jobs[device] = (self.dice.randint(1, 4), msgspec.json.decode(data, type=Carry))
            tx.raw.execute("UPDATE machine_command SET state = ? WHERE id = ?", (outcome.value, command))
            answered(tx, FLOOR, CommandAnswered(command=command, device=device, outcome=outcome, detail="bad luck"))

    def _run_jobs(self, tx: Tx) -> None:
        for device, (left, trip) in list(self.jobs.items()):
            if device in self.down:
                continue
            if left > 1:
                self.jobs[device] = (left - 1, trip)
                continue
            del self.jobs[device]
            for load in trip.loads:
                self._carry(tx, device, load)

    def _carry(self, tx: Tx, device: str, load: Load) -> None:
        works = self.at[load.bag] == load.from_place and self.dice.random() > 0.02
        if works:
            self.at[load.bag] = load.to_place
            if load.from_place == "station" and self.dice.random() > 0.2:
                now = tx.now
                crossing = Crossing(
                    portal="p3", reader="r", epc=load.epc, direction=Direction.IN, first_seen=now, last_seen=now,
                    reads=3, peak_rssi_dbm=-50,
                )  # fmt: skip
                crossing_seen(tx, FLOOR, crossing, now)
        report = BagMoved(
            task=load.task, device=device, bag=load.bag, epc=load.epc, at_place=self.at[load.bag],
            outcome=Outcome.DONE if works else Outcome.FAILED, reason="" if works else "it slipped",
        )  # fmt: skip
        self.late.append((self.dice.randint(0, 3), device, report))

    def _report(self, tx: Tx) -> None:
        due = [report for left, _, report in self.late if left <= 0]
        self.late = [(left - 1, device, report) for left, device, report in self.late if left > 0]
        for report in due:
            carrier_reported(tx, FLOOR, report, tx.now)
            self.finished += 1


def bag_fields(plant: Plant, din: str, product: str, epc: str, at: object) -> dict[str, object]:
    """Columns of a bag that any shelf of the random plant may hold."""
    del at
    return {
        "din": din, "product": product, "component": plant.product_component[product].key, "status": "PROCESSING",
        "volume_ml": 200.0, "collected_us": 0, "donor": "donor", "epc": epc, "donation_type": "allogeneic",
        "custody": "centre", "tests": "negative", "abo_rhd": "O+", "process_check": "passed", "label_check": "passed",
    }  # fmt: skip


def far_future(tx: Tx) -> int:
    """An expiry that no test lives to see."""
    return to_us(tx.now) + 30 * 86_400_000_000
