"""Watched probes in two shapes: ten thousand on loggers of a hundred each, or two in each of a thousand cold rooms."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from benchmarks.rooms import AIR, CELL, LOAD, room
from plant.model import Device, DeviceKind, Place, PlaceKind, Plant, Probe, ProbeKind

SENSORS: Final = 10_000
PER_LOGGER: Final = 100
ROOMS: Final = 1_000


class Shape(StrEnum):
    """How the probes hang on devices; a message carries the values of one device."""

    LOGGERS = "loggers"
    ROOMS = "rooms"


def metrics_of(shape: Shape) -> list[str]:
    """Metrics that each device of a shape reports."""
    return [AIR, LOAD] if shape is Shape.ROOMS else [f"Temperature/{number:03d}" for number in range(PER_LOGGER)]


def devices_of(shape: Shape) -> list[str]:
    """Devices of a shape."""
    return [room(number) for number in range(ROOMS if shape is Shape.ROOMS else SENSORS // PER_LOGGER)]


def plant_of(shape: Shape, base: Plant) -> Plant:
    """A plant with the probes of a shape in the cell `bench` of `base`.

    A logger of a hundred probes is no device kind of the plant document yet, so this plant exists in memory only.
    """
    places, devices, probes = list(base.places), list(base.devices), list(base.probes)
    for name in devices_of(shape):
        places.append(
            Place(path=name, kind=PlaceKind.STORE, name_en=name, name_zh=name, envelope="cold"),
        )
        devices.append(
            Device(id=name, cell=CELL, kind=DeviceKind.COLD_ROOM, place=name, name_en=name, name_zh=name),
        )
        probes += (
            Probe(id=f"{name}-{number}", device=name, metric=metric, kind=ProbeKind.LOAD, covers=(name,))
            for number, metric in enumerate(metrics_of(shape))
        )
    return replace(base, places=tuple(places), devices=tuple(devices), probes=tuple(probes))
