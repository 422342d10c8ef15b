"""Faults of vehicles."""

from __future__ import annotations

from typing import Final

from simulators.faults.act import Act, FaultError
from simulators.fleet.vehicle import Vehicle, break_down, mend
from simulators.world import World

_REPAIR_H: Final = 2.0


def _stuck(world: World, target: str, value: float | None) -> None:
    hours = _REPAIR_H if value is None else value
    if hours <= 0:
        raise FaultError(f"a vehicle is stuck for some hours, not {hours}")
    break_down(world.scene, _vehicle(world, target), hours, "broken down on the bench's word")


def _mended(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    mend(world.scene, _vehicle(world, target))


def _vehicle(world: World, target: str) -> Vehicle:
    vehicle = world.state.depot.vehicles.get(target)
    if vehicle is None:
        raise FaultError(f"there is no vehicle {target!r}")
    return vehicle


FAULTS: Final[dict[str, Act]] = {"vehicle_stuck": _stuck, "vehicle_mended": _mended}
