"""The world as a PLC cell shows it: one value per signal of `plant.signals`, with domain time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from plant.model import Device, DeviceKind
from plant.signals import SignalType, signals_of
from simulators.chambers import DoorState, StoreChamber
from simulators.machines.packml import Unit
from simulators.physics.chamber import Mains
from simulators.world import World

Value = float | int | bool | str


class SignalValue(msgspec.Struct, frozen=True):
    """Value of the node `{device}/{metric}` at a domain time; None is bad: nothing is known."""

    node: str
    value: Value | None
    at: datetime


def cell_signals(world: World, cell: str) -> list[SignalValue]:
    """All signals of a cell now; a signal that has never had a value is bad."""
    values = []
    for device in world.plant.devices_of(cell):
        for signal in signals_of(device.kind):
            value, at = _value(world, device, signal.metric)
            if signal.type is SignalType.DOUBLE and value is not None:
                value = float(value)
            values.append(SignalValue(f"{device.id}/{signal.metric}", value, at))
    return values


def _value(world: World, device: Device, metric: str) -> tuple[Value | None, datetime]:
    state, now = world.state, world.state.now
    if device.kind in {DeviceKind.COLD_ROOM, DeviceKind.PLASMA_FREEZER}:
        return _chamber_value(state.chambers[device.id], metric, now)
    if device.kind is DeviceKind.DISPATCH_LOCK:
        return state.locks[device.id].state.value, now
    if device.kind is DeviceKind.QUICK_FREEZER and metric.startswith("Temperature/"):
        freezer = state.freezers[device.id]
        return round(freezer.plates_c if metric.endswith("Air") else freezer.core_c(world.scene), 2), now
    if metric == "Diverter/Position":
        return state.gates[device.id].position.value, now
    return _unit(world, device).value(metric), now


def _unit(world: World, device: Device) -> Unit[Any]:
    state = world.state
    if device.id in state.robots:
        return state.robots[device.id].unit
    if device.id in state.freezers:
        return state.freezers[device.id].unit
    if device.id in state.cranes:
        return state.cranes[device.id].unit
    return state.gates[device.id].unit


def _chamber_value(chamber: StoreChamber, metric: str, now: datetime) -> tuple[Value | None, datetime]:
    if metric in chamber.probes:
        sample = chamber.samples.get(metric)
        return (sample.value_c, sample.at) if sample is not None else (None, now)
    values: dict[str, Value] = {
        "Temperature/SetPoint": chamber.parameters.set_c,
        "Door/Open": chamber.door is DoorState.OPEN,
        "Compressor/Running": chamber.chamber.running,
        "Power/Mains": chamber.chamber.mains is Mains.PRESENT,
    }
    return values.get(metric), now
