"""Faults of machines: stops, jams, mishaps of the next job, and the load that a centre is tried with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from plant.model import DeviceKind
from simulators.faults.act import Act, FaultError
from simulators.machines.carrier import Carrier
from simulators.machines.label_station import Mishap
from simulators.machines.pack_station import Slip
from simulators.machines.packml import PackState, Unit
from simulators.machines.quick_freezer import Fault
from simulators.machines.trouble import release, stop
from simulators.people.donors import bring_pallet
from simulators.world import World

_PALLET: Final = 1000
_MOST: Final = 5000


def _unit(world: World, target: str) -> Unit[Any]:
    unit = world.state.units.get(target)
    if unit is None:
        raise FaultError(f"there is no machine {target!r} that does jobs")
    return unit


def _hold(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    _unit(world, target).halt(world.state.now, PackState.HELD, "held at the machine")


def _unhold(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    _unit(world, target).resume(world.state.now)


def _break_down(world: World, target: str, value: float | None) -> None:
    stop(world.scene, _unit(world, target), PackState.ABORTED, "broken", _lasts(value))


def _mend(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    release(world.scene, _unit(world, target))


def _freezer(to: Fault) -> Act:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        if target not in world.state.freezers:
            raise FaultError(f"there is no quick freezer {target!r}")
        world.state.freezers[target].fault = to

    return act


def _carrier(world: World, target: str, *kinds: DeviceKind) -> Carrier:
    carrier = world.state.carriers.get(target)
    if carrier is None or carrier.kind not in kinds:
        raise FaultError(f"{target!r} is no {' or '.join(kinds)}")
    return carrier


def _jam(world: World, target: str, value: float | None) -> None:
    _carrier(world, target, DeviceKind.CONVEYOR).jam(world.scene, _lasts(value))


def _wrong_way(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    _carrier(world, target, DeviceKind.CONVEYOR, DeviceKind.DIVERTER).misroute = True


def _position_lost(world: World, target: str, value: float | None) -> None:
    crane = _carrier(world, target, DeviceKind.CRANE)
    if stop(world.scene, crane.unit, PackState.ABORTED, "position lost", _lasts(value)):
        crane.lose_position("position lost")


def _drop(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    _carrier(world, target, DeviceKind.CRANE).drop = True


def _battery(world: World, target: str, value: float | None) -> None:
    percent = 0.0 if value is None else value
    if not 0.0 <= percent <= 100.0:
        raise FaultError(f"a battery holds 0 to 100 %, not {percent}")
    _carrier(world, target, DeviceKind.AMR).battery_pct = percent


def _label(mishap: Mishap) -> Act:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        if target not in world.state.label_stations:
            raise FaultError(f"there is no label station {target!r}")
        world.state.label_stations[target].forced = mishap

    return act


def _process_miss(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
    if target not in world.state.robots:
        raise FaultError(f"there is no preparation robot {target!r}")
    world.state.robots[target].misses = True


def _packing(slip: Slip) -> Act:
    def act(world: World, target: str, value: float | None) -> None:  # noqa: ARG001 - every fault has the same shape
        if target not in world.state.pack_stations:
            raise FaultError(f"there is no packing station {target!r}")
        world.state.pack_stations[target].forced = slip

    return act


def _pallet(world: World, target: str, value: float | None) -> None:
    bags = _PALLET if value is None else int(value)
    if target != "mobile" or not 1 <= bags <= _MOST:
        raise FaultError(f"a pallet of 1 to {_MOST} bags comes from 'mobile', not {bags} from {target!r}")
    bring_pallet(world.scene, world.state.people, world.pace, bags)


def _lasts(minutes: float | None) -> timedelta | None:
    """How long a stop lasts; None: until somebody mends it."""
    if minutes is not None and minutes <= 0:
        raise FaultError(f"a machine stands for more than {minutes} minutes")
    return None if minutes is None else timedelta(minutes=minutes)


FAULTS: Final[dict[str, Act]] = {
    "hold": _hold,
    "unhold": _unhold,
    "breakdown": _break_down,
    "mend": _mend,
    "freezer_fan_dead": _freezer(Fault.FAN_DEAD),
    "freezer_compressor_dead": _freezer(Fault.COMPRESSOR_DEAD),
    "freezer_sound": _freezer(Fault.NONE),
    "jam": _jam,
    "wrong_way": _wrong_way,
    "position_lost": _position_lost,
    "gripper_drop": _drop,
    "battery": _battery,
    "label_jam": _label(Mishap.JAM),
    "label_mismatch": _label(Mishap.MISMATCH),
    "label_misfeed": _label(Mishap.MISFEED),
    "process_miss": _process_miss,
    "coolant_forgotten": _packing(Slip.FORGOTTEN),
    "coolant_unconditioned": _packing(Slip.UNCONDITIONED),
    "logger_off": _packing(Slip.NO_LOGGER),
    "pallet": _pallet,
}
