"""The whole state of the world as one structure that goes to disk and comes back."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from plant.model import CARRIERS, FLEET_EDGE, DeviceKind, Plant
from simulators.box_passages import BoxPassage
from simulators.boxes import TransportBox, new_boxes
from simulators.breakdowns import Breakdowns
from simulators.chambers import COLD_STORES, IncubatorStore, StoreChamber, new_chamber, new_incubator
from simulators.chance import draw
from simulators.fleet.depot import Depot, new_depot
from simulators.floor import Bag
from simulators.machines.carrier import Carrier, new_carrier
from simulators.machines.dispatch_lock import DispatchLock
from simulators.machines.gate import Gate
from simulators.machines.label_station import LabelStation
from simulators.machines.pack_station import PackStation
from simulators.machines.packml import Unit
from simulators.machines.prep_robot import PrepRobot
from simulators.machines.quick_freezer import QuickFreezer
from simulators.memory import CellMemory, Tail
from simulators.passages import Passage
from simulators.people.day import People
from simulators.people.staff import Staff
from simulators.standing_reads import ShelfRounds
from simulators.tunnel import Tunnel, new_tunnels

VERSION: Final = 3


class SnapshotError(ValueError):
    """A world snapshot that cannot be used; the text names the file and the reason."""


class WorldState(msgspec.Struct, kw_only=True):
    """Everything that the world is. Chance has no state: draws are named (`simulators.chance`)."""

    version: int
    site: str
    seed: int
    now: datetime
    heat_at: datetime
    bags: dict[str, Bag]
    memory: dict[str, CellMemory]
    log: Tail
    chambers: dict[str, StoreChamber]
    incubators: dict[str, IncubatorStore]
    robots: dict[str, PrepRobot]
    freezers: dict[str, QuickFreezer]
    carriers: dict[str, Carrier]
    gates: dict[str, Gate]
    locks: dict[str, DispatchLock]
    label_stations: dict[str, LabelStation]
    pack_stations: dict[str, PackStation]
    boxes: dict[str, TransportBox]
    tunnels: dict[str, Tunnel]
    passages: list[Passage]
    box_passages: list[BoxPassage]
    breakdowns: Breakdowns
    shelf_rounds: ShelfRounds
    depot: Depot
    people: People
    staff: Staff = msgspec.field(default_factory=Staff)
    deaf: list[tuple[str, int]] = []
    strays: dict[str, str] = {}

    @property
    def units(self) -> dict[str, Unit[Any]]:
        """PackML face of every machine that has one."""
        return {
            **{name: robot.unit for name, robot in self.robots.items()},
            **{name: freezer.unit for name, freezer in self.freezers.items()},
            **{name: station.unit for name, station in self.label_stations.items()},
            **{name: carrier.unit for name, carrier in self.carriers.items()},
            **{name: gate.unit for name, gate in self.gates.items()},
            **{name: station.unit for name, station in self.pack_stations.items()},
        }

    @property
    def stores(self) -> list[StoreChamber | IncubatorStore]:
        """Every store, cold ones first."""
        return [*self.chambers.values(), *self.incubators.values()]


def new_state(plant: Plant, seed: int, at: datetime, people: People) -> WorldState:
    """An empty centre with every machine of the plant at rest."""
    kinds = {device.id: device for device in plant.devices}

    def of(*wanted: DeviceKind) -> list[str]:
        return [name for name, device in kinds.items() if device.kind in wanted]

    return WorldState(
        version=VERSION,
        site=plant.site.id,
        seed=seed,
        now=at,
        heat_at=at,
        bags={},
        memory={
            name: CellMemory(epoch=_epoch(seed, name, at)) for name in (*(cell.id for cell in plant.cells), FLEET_EDGE)
        },
        log=Tail(),
        chambers={name: new_chamber(kinds[name], seed) for name in of(*COLD_STORES)},
        incubators={name: new_incubator(kinds[name], seed) for name in of(DeviceKind.PLATELET_INCUBATOR)},
        robots={name: PrepRobot(Unit(name), kinds[name].place) for name in of(DeviceKind.PREP_ROBOT)},
        freezers={name: QuickFreezer(Unit(name), kinds[name].place) for name in of(DeviceKind.QUICK_FREEZER)},
        carriers={name: new_carrier(name, kinds[name].kind, kinds[name].place) for name in of(*CARRIERS)},
        gates={name: Gate(Unit(name), kinds[name].place) for name in of(DeviceKind.GATE)},
        locks={name: DispatchLock(name, kinds[name].place) for name in of(DeviceKind.DISPATCH_LOCK)},
        label_stations={name: LabelStation(Unit(name), kinds[name].place) for name in of(DeviceKind.LABEL_CELL)},
        pack_stations={name: PackStation(Unit(name), kinds[name].place) for name in of(DeviceKind.PACK_STATION)},
        boxes=new_boxes(plant, seed),
        tunnels=new_tunnels(plant.portals),
        passages=[],
        box_passages=[],
        breakdowns=Breakdowns(began=at),
        shelf_rounds=ShelfRounds(next_at=at, references_at=at),
        depot=new_depot(plant),
        people=people,
    )


def save_state(state: WorldState, path: Path) -> None:
    """Write a snapshot, whole or not at all, and force it to disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(state))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def load_state(path: Path, plant: Plant) -> WorldState:
    """Read a snapshot; raises SnapshotError when it is missing, damaged, of another version or of another site."""
    try:
        state = msgspec.json.decode(path.read_bytes(), type=WorldState)
    except OSError as error:
        raise SnapshotError(f"{path}: cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise SnapshotError(f"{path}: {error}") from error
    if state.version != VERSION or state.site != plant.site.id:
        raise SnapshotError(
            f"{path}: site {state.site!r}, version {state.version}; wanted {plant.site.id!r}, {VERSION}"
        )
    return state


def _epoch(seed: int, cell: str, at: datetime) -> str:
    return f"{draw(seed, 'epoch', cell, at.isoformat()).getrandbits(128):032x}"
