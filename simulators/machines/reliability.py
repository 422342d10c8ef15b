"""What breaks, how often, and how long staff need to mend it (world.md 4, design values).

Times between failures are exponential, times to repair lognormal. Each way of failing has a clock of its own; its
draws are named by machine, mode and number, so a world restored from a snapshot breaks when it would have broken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from plant.model import Device, DeviceKind, Recipe
from simulators.chance import draw
from simulators.machines.packml import PackState

REPAIR_SIGMA: Final = 0.6
"""Of the logarithm of the time to repair."""


class Consequence(StrEnum):
    """What a failure does besides stopping the machine."""

    STOPS = "stops"
    LOSES_POSITION = "loses_position"  # the trip is given up, its bags are where they were taken from
    PLATES_WARM = "plates_warm"  # a quick freezer goes on without cooling
    AIR_STANDS = "air_stands"  # a quick freezer goes on with one fan


@dataclass(frozen=True, slots=True)
class FailureMode:
    """One way of failing: mean hours between two, median minutes to mend, and the PackML state meanwhile.

    ``state`` None: the machine does not notice and works on.
    """

    name: str
    mtbf_h: float
    mttr_min: float
    state: PackState | None = PackState.ABORTED
    consequence: Consequence = Consequence.STOPS


CENTRIFUGE: Final = FailureMode("over-temperature in the centrifuge", 1500, 90)
EXPRESSOR: Final = FailureMode("sensor of the expressor dirty", 800, 20, PackState.HELD)
IRRADIATOR: Final = FailureMode("irradiator interlock", 3000, 480)
STERILE_DOCK: Final = FailureMode("sterile dock", 2000, 15, PackState.HELD)
MODES: Final[dict[DeviceKind, tuple[FailureMode, ...]]] = {
    DeviceKind.QUICK_FREEZER: (
        FailureMode("compressor trip", 2400, 240, None, Consequence.PLATES_WARM),
        FailureMode("fan dead", 2400, 240, None, Consequence.AIR_STANDS),
    ),
    DeviceKind.LABEL_CELL: (FailureMode("print head", 300, 6, PackState.HELD),),
    DeviceKind.CRANE: (FailureMode("position lost", 400, 25, PackState.ABORTED, Consequence.LOSES_POSITION),),
    DeviceKind.CONVEYOR: (
        FailureMode("motor trip", 500, 8),
        FailureMode("photo-eye dirty", 500, 8, PackState.HELD),
    ),
    DeviceKind.DIVERTER: (FailureMode("arm stuck", 600, 15, PackState.HELD),),
    DeviceKind.GATE: (FailureMode("arm stuck", 600, 15, PackState.HELD),),
    DeviceKind.AMR: (
        FailureMode("path blocked", 120, 6, PackState.HELD),
        FailureMode("lost", 240, 6),
    ),
}
"""By kind; together the modes of a kind give the table's mean time between failures."""


def modes_of(device: Device) -> tuple[FailureMode, ...]:
    """How a machine of the plant fails; a preparation robot as the tools that its recipes need."""
    if device.kind is not DeviceKind.PREP_ROBOT:
        return MODES.get(device.kind, ())
    tools = {Recipe.SEPARATE: (CENTRIFUGE, EXPRESSOR), Recipe.IRRADIATE: (IRRADIATOR,), Recipe.POOL: (STERILE_DOCK,)}
    return tuple(mode for recipe, of_recipe in tools.items() if recipe in device.recipes for mode in of_recipe)


@dataclass(frozen=True, slots=True)
class PlannedFailure:
    """A failure of the first machine of a kind, so long after the world began, mended after ``minutes``."""

    kind: DeviceKind
    mode: int
    after_min: float
    minutes: float


@dataclass(frozen=True, slots=True)
class FaultRate:
    """How often machines of a world fail by themselves: mean times divided by ``divisor`` (None: never), and a plan."""

    divisor: float | None
    planned: tuple[PlannedFailure, ...] = ()


NEVER: Final = FaultRate(None)
RATES: Final = {
    "demo": FaultRate(30.0),
    "test": FaultRate(
        None,
        (
            PlannedFailure(DeviceKind.CONVEYOR, 0, after_min=25.0, minutes=6.0),
            PlannedFailure(DeviceKind.CRANE, 0, after_min=50.0, minutes=10.0),
            PlannedFailure(DeviceKind.AMR, 0, after_min=70.0, minutes=4.0),
        ),
    ),
    "realistic": FaultRate(1.0),
}
"""By the name of a pace; a pace that is not named here has no failures of its own."""


def next_failure(seed: int, device: str, mode: FailureMode, number: int, after: datetime, rate: FaultRate) -> datetime:
    """When a mode strikes for the ``number``-th time. Raises ValueError for a rate of never."""
    if rate.divisor is None:
        raise ValueError("at this rate nothing fails by itself")
    hours = draw(seed, "failure", device, mode.name, number).expovariate(rate.divisor / mode.mtbf_h)
    return after + timedelta(hours=hours)


def repair_time(seed: int, device: str, what: str, number: object, median_min: float) -> timedelta:
    """How long staff need this time; lognormal around its median."""
    chance = draw(seed, "repair", device, what, number)
    return timedelta(minutes=chance.lognormvariate(math.log(median_min), REPAIR_SIGMA))
