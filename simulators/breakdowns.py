"""Machines that fail by themselves and staff who mend them, step by step; how often is `machines.reliability`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from plant.model import Device
from simulators.machines.carrier import Carrier
from simulators.machines.packml import PackState, Unit
from simulators.machines.quick_freezer import Fault, QuickFreezer
from simulators.machines.reliability import (
    Consequence,
    FailureMode,
    FaultRate,
    modes_of,
    next_failure,
    repair_time,
)
from simulators.machines.trouble import mend, stop
from simulators.scene import Scene

_FREEZER_FAULTS: Final = {Consequence.PLATES_WARM: Fault.COMPRESSOR_DEAD, Consequence.AIR_STANDS: Fault.FAN_DEAD}


_Strike = Callable[[Device, FailureMode, timedelta], None]


class Wear(msgspec.Struct):
    """Clock of one way of failing of one machine: when it strikes next, and how often it has."""

    next_at: datetime
    struck: int = 0


class Breakdowns(msgspec.Struct):
    """Clocks of all machines, what is planned for the world (by its number), and freezers that await a fitter."""

    began: datetime
    clocks: dict[str, Wear] = {}
    planned: list[int] = []
    freezers: dict[str, datetime] = {}


def step(
    scene: Scene,
    breakdowns: Breakdowns,
    rate: FaultRate,
    units: dict[str, Unit[Any]],
    carriers: dict[str, Carrier],
    freezers: dict[str, QuickFreezer],
) -> None:
    """Mend what is due to be mended, then break what is due to break."""
    for unit in units.values():
        mend(scene, unit)
    for name in [name for name, at in breakdowns.freezers.items() if at <= scene.now]:
        del breakdowns.freezers[name]
        freezers[name].fault = Fault.NONE
        scene.note("mended", device=name, trouble="cooling")

    def strike(device: Device, mode: FailureMode, lasts: timedelta) -> None:
        freezer_fault = _FREEZER_FAULTS.get(mode.consequence)
        if freezer_fault is not None:
            freezers[device.id].fault = freezer_fault
            breakdowns.freezers[device.id] = scene.now + lasts
            scene.note("breakdown", device=device.id, state=None, trouble=mode.name, until=scene.now + lasts)
            return
        unit = units[device.id]
        if not stop(scene, unit, mode.state or PackState.ABORTED, mode.name, lasts):
            return
        if mode.consequence is Consequence.LOSES_POSITION and device.id in carriers:
            carriers[device.id].lose_position(mode.name)

    _strike_planned(scene, breakdowns, rate, strike)
    if rate.divisor is not None:
        _strike_worn(scene, breakdowns, rate, strike)


def _strike_planned(scene: Scene, breakdowns: Breakdowns, rate: FaultRate, strike: _Strike) -> None:
    for number, failure in enumerate(rate.planned):
        if number in breakdowns.planned or breakdowns.began + timedelta(minutes=failure.after_min) > scene.now:
            continue
        breakdowns.planned.append(number)
        device = next((one for one in scene.plant.devices if one.kind is failure.kind), None)
        if device is not None:
            strike(device, modes_of(device)[failure.mode], timedelta(minutes=failure.minutes))


def _strike_worn(scene: Scene, breakdowns: Breakdowns, rate: FaultRate, strike: _Strike) -> None:
    for device in scene.plant.devices:
        for mode in modes_of(device):
            key = f"{device.id}/{mode.name}"
            clock = breakdowns.clocks.get(key)
            if clock is None:
                first = next_failure(scene.seed, device.id, mode, 0, breakdowns.began, rate)
                clock = breakdowns.clocks[key] = Wear(first)
            if clock.next_at > scene.now:
                continue
            lasts = repair_time(scene.seed, device.id, mode.name, clock.struck, mode.mttr_min)
            strike(device, mode, lasts)
            clock.struck += 1
            clock.next_at = next_failure(scene.seed, device.id, mode, clock.struck, scene.now + lasts, rate)
