"""Transport boxes as things of the world: where they stand, what coolant is in them, what their logger says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from plant.model import Box as PlantBox
from plant.model import BoxClass, Plant
from simulators.chance import draw
from simulators.floor import Bag
from simulators.physics import box as physics
from simulators.physics import probe as probes
from simulators.physics.box_sets import DRONE_POUCH, F20, P8, R20, BoxParameters

LOGGER_EVERY: Final = timedelta(seconds=60)
_PARAMETERS: Final = {BoxClass.COLD: R20, BoxClass.PLATELET: P8, BoxClass.FROZEN: F20}
_EMPTIES: Final = "dispatch/boxes"
_BAG_EMPTY_KG: Final = 0.03
_KG_PER_L: Final = 1.05


class LoggerState(StrEnum):
    """Whether the logger of a box records."""

    OFF = "off"
    RUNNING = "running"


class LoggerReading(msgspec.Struct):
    """Last thing that a logger recorded."""

    value_c: float | None
    at: datetime


class TransportBox(msgspec.Struct, kw_only=True):
    """State of one box; ``body`` is its heat while it is closed, None while it stands open and empty.

    ``around_c`` is the air around it where that is not the room (a vehicle sets it); ``last`` is what its logger
    recorded last.
    """

    id: str
    place: str
    probe: probes.ProbeState
    body: physics.Box | None = None
    conditioning: physics.Conditioning | None = None
    logger: LoggerState = LoggerState.OFF
    last: LoggerReading | None = None
    around_c: float | None = None
    closed: int = 0

    @property
    def inside(self) -> str:
        """The place of a bag that lies in it."""
        return f"box/{self.id}"


def new_boxes(plant: Plant, seed: int) -> dict[str, TransportBox]:
    """Every box of the plant, open and empty where empty boxes are kept."""
    return {
        box.id: TransportBox(
            id=box.id, place=_EMPTIES, probe=probes.installed(probes.BOX_LOGGER, 22.0, draw(seed, "bias", box.id))
        )
        for box in plant.boxes
    }


def parameters_of(box: PlantBox) -> BoxParameters:
    """Physics of a kind of box; what flies is a pouch with room for its bags."""
    if box.flies:
        coolant = replace(DRONE_POUCH.coolant, mass_kg=DRONE_POUCH.coolant.mass_kg * box.bags / DRONE_POUCH.bags)
        return replace(DRONE_POUCH, bags=box.bags, coolant=coolant)
    return _PARAMETERS[box.kind]


def close(plant: Plant, box: TransportBox, bags: Sequence[Bag], conditioning: physics.Conditioning) -> None:
    """Close a box over its bags, its coolant and its logger, which was kept with the coolant until then."""
    mean_c = sum(bag.core_c for bag in bags) / len(bags)
    box.body = physics.packed(parameters_of(plant.box_by_id[box.id]), len(bags), mean_c, conditioning)
    box.conditioning = conditioning
    kept_at_c = coolant_c(plant, box)
    if kept_at_c is not None:
        box.probe.element_c = kept_at_c
    box.closed += 1


def open_up(box: TransportBox, place: str = _EMPTIES) -> None:
    """A box was emptied: no coolant, no record, and it stands at ``place`` until it is used again."""
    box.body = box.conditioning = box.last = box.around_c = None
    box.logger, box.place = LoggerState.OFF, place


def coolant_c(plant: Plant, box: TransportBox) -> float | None:
    """Temperature of the coolant, None when there is none."""
    if box.body is None:
        return None
    return physics.coolant_c(box.body, parameters_of(plant.box_by_id[box.id]))


def air_c(plant: Plant, box: TransportBox, room_c: float) -> float:
    """Air inside; that of its surroundings while it stands open."""
    around_c = room_c if box.around_c is None else box.around_c
    if box.body is None:
        return around_c
    return physics.air_c(box.body, parameters_of(plant.box_by_id[box.id]), ambient_c=around_c)


def weight_kg(plant: Plant, box: TransportBox, bags: Sequence[Bag]) -> float:
    """Weight of a box with these bags."""
    blood_kg = sum(bag.volume_ml / 1000.0 * _KG_PER_L + _BAG_EMPTY_KG for bag in bags)
    return round(plant.box_by_id[box.id].empty_kg + blood_kg, 2)


def step(plant: Plant, seed: int, box: TransportBox, now: datetime, dt: float, room_c: float) -> None:
    """Let a box follow its surroundings for ``dt`` seconds, and its logger record."""
    around_c = room_c if box.around_c is None else box.around_c
    if box.body is not None:
        physics.step(box.body, parameters_of(plant.box_by_id[box.id]), dt, ambient_c=around_c)
    probes.step(box.probe, probes.BOX_LOGGER, dt, medium_c=air_c(plant, box, room_c), moving=False)
    if box.logger is LoggerState.OFF or (box.last is not None and now - box.last.at < LOGGER_EVERY):
        return
    reading = probes.sample(box.probe, probes.BOX_LOGGER, draw(seed, "logger", box.id, now.timestamp()))
    if reading is not None:
        box.last = LoggerReading(reading.value_c, now)
