"""The world as a PLC cell shows it: one value per signal of `plant.signals`, with domain time."""

from __future__ import annotations

from datetime import datetime

import msgspec

from plant.model import Device, DeviceKind
from plant.signals import SignalType, signals_of
from simulators.chambers import STORES, DoorState, IncubatorStore, Store, StoreChamber
from simulators.machines.carrier import Carrier
from simulators.physics.chamber import Cycle, Mains
from simulators.physics.incubator import PLATELET_INCUBATOR, Peltier
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
    if device.kind in STORES:
        return _store_value(world, device.id, metric)
    if device.kind is DeviceKind.DISPATCH_LOCK:
        return state.locks[device.id].state.value, now
    if device.kind is DeviceKind.QUICK_FREEZER and metric.startswith("Temperature/"):
        freezer = state.freezers[device.id]
        return round(freezer.plates_c if metric.endswith("Air") else freezer.core_c(world.scene), 2), now
    if metric == "Diverter/Position":
        return state.gates[device.id].position, now
    if device.id in state.carriers and (told := _carrier_values(state.carriers[device.id])).get(metric) is not None:
        return told[metric], now
    unit = state.units.get(device.id)
    return (unit.value(metric) if unit is not None else None), now


def _carrier_values(carrier: Carrier) -> dict[str, Value]:
    return {
        "Carrier/Place": carrier.place,
        "Carrier/Load": len(carrier.load),
        "Battery/Level": round(carrier.battery_pct, 1),
    }


def _store_value(world: World, device: str, metric: str) -> tuple[Value | None, datetime]:
    now = world.state.now
    store: Store
    if device in world.state.incubators:
        store = incubator = world.state.incubators[device]
        values = _incubator_values(incubator)
    else:
        store = chamber = world.state.chambers[device]
        values = _chamber_values(chamber)
    if metric in store.probes:
        sample = store.samples.get(metric)
        return (sample.value_c, sample.at) if sample is not None else (None, now)
    return {"Door/Open": store.door is DoorState.OPEN, **values}.get(metric), now


def _chamber_values(store: StoreChamber) -> dict[str, Value]:
    return {
        "Temperature/SetPoint": store.parameters.set_c,
        "Compressor/Running": store.chamber.running,
        "Defrost/Active": store.chamber.cycle in {Cycle.DEFROST, Cycle.DRIP},
        "Power/Mains": store.chamber.mains is Mains.PRESENT,
    }


def _incubator_values(store: IncubatorStore) -> dict[str, Value]:
    incubator = store.incubator
    return {
        "Temperature/SetPoint": PLATELET_INCUBATOR.set_c,
        "Compressor/Running": incubator.mains is Mains.PRESENT and incubator.peltier is Peltier.SOUND,
        "Power/Mains": incubator.mains is Mains.PRESENT,
        "Agitator/Running": incubator.agitating,
    }
