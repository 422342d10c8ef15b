"""A store of the plant as a thing of the world: its chamber, its two probes, its door, and the people who use it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from plant.model import Device, DeviceKind
from simulators.chance import draw
from simulators.physics import chamber as cold
from simulators.physics import incubator as warm
from simulators.physics import probe as probes
from simulators.physics.chamber_sets import COLD_ROOM, PLASMA_UPRIGHT, ULT, ChamberParameters
from simulators.scene import Scene

SAMPLE_EVERY: Final = timedelta(seconds=10)
COLD_STORES: Final = {
    DeviceKind.COLD_ROOM: COLD_ROOM,
    DeviceKind.PLASMA_FREEZER: PLASMA_UPRIGHT,
    DeviceKind.ULTRA_FREEZER: ULT,
}
"""Stores with a compressor, and their physics."""
STORES: Final = frozenset({*COLD_STORES, DeviceKind.PLATELET_INCUBATOR})
"""Machines that keep bags at a temperature and take no commands."""
_BALLAST: Final = {
    DeviceKind.COLD_ROOM: 0.35,
    DeviceKind.PLASMA_FREEZER: 0.8,
    DeviceKind.ULTRA_FREEZER: 0.6,
    DeviceKind.PLATELET_INCUBATOR: 0.5,
}  # share of the full load of world.md 2.1
_TYPES: Final = {"Temperature/Air": probes.AIR, "Temperature/Load": probes.LOAD}
_VISIT_S: Final = (8.0, 20.0)
_VISIT_EVERY_MIN: Final = (30.0, 90.0)


class DoorState(StrEnum):
    """Door of a store."""

    CLOSED = "closed"
    OPEN = "open"


class Sample(msgspec.Struct):
    """Last thing that a probe sent; value None is "broken", said by its own electronics."""

    value_c: float | None
    at: datetime


class Store(msgspec.Struct):
    """What all stores have in common; `gap` is how far an open door stands open, 0 to 1."""

    device: str
    kind: DeviceKind
    place: str
    probes: dict[str, probes.ProbeState]
    samples: dict[str, Sample]
    door: DoorState = DoorState.CLOSED
    gap: float = 1.0
    door_closes_at: datetime | None = None
    next_visit_at: datetime | None = None
    visits: int = 0

    @property
    def opening(self) -> float:
        """How far the door stands open, 0 to 1."""
        return self.gap if self.door is DoorState.OPEN else 0.0

    def open_door(self, scene: Scene, seconds: float | None, *, gap: float = 1.0) -> None:
        """Open the door, for a time or until somebody closes it; a `gap` below 1 leaves it ajar."""
        self.door, self.gap = DoorState.OPEN, gap
        self.door_closes_at = None if seconds is None else scene.now + timedelta(seconds=seconds)

    def close_door(self) -> None:
        """Close the door."""
        self.door, self.door_closes_at = DoorState.CLOSED, None

    def visit(self, scene: Scene) -> None:
        """People come and go: a door that was opened for a time is closed, and now and then somebody looks in."""
        if self.door is DoorState.OPEN and self.door_closes_at is not None and self.door_closes_at <= scene.now:
            self.close_door()
        if self.next_visit_at is None or self.next_visit_at <= scene.now:
            chance = draw(scene.seed, "visit", self.device, self.visits)
            if self.next_visit_at is not None and self.door is DoorState.CLOSED:
                self.open_door(scene, chance.uniform(*_VISIT_S))
            self.visits += 1
            self.next_visit_at = scene.now + timedelta(minutes=chance.uniform(*_VISIT_EVERY_MIN))

    def measure(self, scene: Scene, dt: float, *, air_c: float, moving: bool) -> None:
        """Let the probes follow the air, and send what they have to say."""
        for metric, probe in self.probes.items():
            kind = _TYPES[metric]
            probes.step(probe, kind, dt, medium_c=air_c, moving=moving)
            last = self.samples.get(metric)
            if last is None or scene.now - last.at >= SAMPLE_EVERY:
                reading = probes.sample(
                    probe, kind, draw(scene.seed, "probe", self.device, metric, scene.now.timestamp())
                )
                if reading is not None:
                    self.samples[metric] = Sample(reading.value_c, scene.now)


class StoreChamber(Store, kw_only=True):
    """State of one cold store: cold room, plasma freezer or ultra-low freezer."""

    chamber: cold.Chamber

    @property
    def parameters(self) -> ChamberParameters:
        """Physics of this kind of store."""
        return COLD_STORES[self.kind]

    @property
    def air_c(self) -> float:
        """Air around the bags."""
        return self.chamber.air_c

    def step(self, scene: Scene, dt: float, ambient_c: float) -> None:
        """Advance by ``dt`` seconds to the scene's time."""
        self.visit(scene)
        cold.step(self.chamber, self.parameters, dt, ambient_c=ambient_c, door=self.opening)
        self.measure(scene, dt, air_c=self.chamber.air_c, moving=self.chamber.mains is cold.Mains.PRESENT)


class IncubatorStore(Store, kw_only=True):
    """State of one platelet incubator with its agitator."""

    incubator: warm.Incubator

    @property
    def air_c(self) -> float:
        """Air around the bags."""
        return self.incubator.air_c

    def step(self, scene: Scene, dt: float, ambient_c: float) -> None:
        """Advance by ``dt`` seconds to the scene's time."""
        self.visit(scene)
        warm.step(self.incubator, warm.PLATELET_INCUBATOR, dt, ambient_c=ambient_c, door=self.opening)
        self.measure(scene, dt, air_c=self.incubator.air_c, moving=self.incubator.mains is cold.Mains.PRESENT)


def new_chamber(device: Device, seed: int) -> StoreChamber:
    """A cold store at its set point with two probes, each with the bias of its installation."""
    parameters = COLD_STORES[device.kind]
    return StoreChamber(
        device=device.id,
        kind=device.kind,
        place=device.place,
        chamber=cold.settled(parameters, load=_BALLAST[device.kind]),
        probes=_probes(device, parameters.set_c, seed),
        samples={},
    )


def new_incubator(device: Device, seed: int) -> IncubatorStore:
    """A platelet incubator at its set point with two probes, its agitator moving."""
    return IncubatorStore(
        device=device.id,
        kind=device.kind,
        place=device.place,
        incubator=warm.settled(load=_BALLAST[device.kind]),
        probes=_probes(device, warm.PLATELET_INCUBATOR.set_c, seed),
        samples={},
    )


def _probes(device: Device, set_c: float, seed: int) -> dict[str, probes.ProbeState]:
    return {
        metric: probes.installed(kind, set_c, draw(seed, "bias", device.id, metric)) for metric, kind in _TYPES.items()
    }
