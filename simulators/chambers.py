"""A store of the plant as a thing of the world: its chamber, its two probes, its door, and the people who use it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from plant.model import Device, DeviceKind
from simulators.chance import draw
from simulators.physics import chamber as heat
from simulators.physics import probe as probes
from simulators.physics.chamber_sets import COLD_ROOM, PLASMA_UPRIGHT, ChamberParameters
from simulators.scene import Scene

SAMPLE_EVERY: Final = timedelta(seconds=10)
_PARAMETERS: Final = {DeviceKind.COLD_ROOM: COLD_ROOM, DeviceKind.PLASMA_FREEZER: PLASMA_UPRIGHT}
_BALLAST: Final = {DeviceKind.COLD_ROOM: 0.35, DeviceKind.PLASMA_FREEZER: 0.8}  # share of the full load of world.md 2.1
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


class StoreChamber(msgspec.Struct):
    """State of one store; `gap` is how far an open door stands open, 0 to 1."""

    device: str
    kind: DeviceKind
    place: str
    chamber: heat.Chamber
    probes: dict[str, probes.ProbeState]
    samples: dict[str, Sample]
    door: DoorState = DoorState.CLOSED
    gap: float = 1.0
    door_closes_at: datetime | None = None
    next_visit_at: datetime | None = None
    visits: int = 0

    @property
    def parameters(self) -> ChamberParameters:
        """Physics of this kind of store."""
        return _PARAMETERS[self.kind]

    def step(self, scene: Scene, dt: float, ambient_c: float) -> None:
        """Advance by ``dt`` seconds to the scene's time."""
        self._people(scene)
        door = self.gap if self.door is DoorState.OPEN else 0.0
        heat.step(self.chamber, self.parameters, dt, ambient_c=ambient_c, door=door)
        moving = self.chamber.mains is heat.Mains.PRESENT
        for metric, probe in self.probes.items():
            kind = _TYPES[metric]
            probes.step(probe, kind, dt, medium_c=self.chamber.air_c, moving=moving)
            last = self.samples.get(metric)
            if last is None or scene.now - last.at >= SAMPLE_EVERY:
                reading = probes.sample(
                    probe, kind, draw(scene.seed, "probe", self.device, metric, scene.now.timestamp())
                )
                if reading is not None:
                    self.samples[metric] = Sample(reading.value_c, scene.now)

    def open_door(self, scene: Scene, seconds: float | None, *, gap: float = 1.0) -> None:
        """Open the door, for a time or until somebody closes it; a `gap` below 1 leaves it ajar."""
        self.door, self.gap = DoorState.OPEN, gap
        self.door_closes_at = None if seconds is None else scene.now + timedelta(seconds=seconds)

    def close_door(self) -> None:
        """Close the door."""
        self.door, self.door_closes_at = DoorState.CLOSED, None

    def _people(self, scene: Scene) -> None:
        if self.door is DoorState.OPEN and self.door_closes_at is not None and self.door_closes_at <= scene.now:
            self.close_door()
        if self.next_visit_at is None or self.next_visit_at <= scene.now:
            chance = draw(scene.seed, "visit", self.device, self.visits)
            if self.next_visit_at is not None and self.door is DoorState.CLOSED:
                self.open_door(scene, chance.uniform(*_VISIT_S))
            self.visits += 1
            self.next_visit_at = scene.now + timedelta(minutes=chance.uniform(*_VISIT_EVERY_MIN))


def new_chamber(device: Device, seed: int) -> StoreChamber:
    """A store at its set point with two probes, each with the bias of its installation."""
    parameters = _PARAMETERS[device.kind]
    state = heat.settled(parameters, load=_BALLAST[device.kind])
    bias = draw(seed, "bias", device.id)
    return StoreChamber(
        device=device.id,
        kind=device.kind,
        place=device.place,
        chamber=state,
        probes={
            metric: probes.ProbeState(parameters.set_c, bias_c=round(bias.gauss(0.0, 0.1), 3)) for metric in _TYPES
        },
        samples={},
    )
