"""How the chamber tests start: a day of running, then ninety minutes after a defrost, ninety seconds after a stop.

Tolerances are those of world.md 2.2: a quarter on times, half a kelvin on temperatures. A temperature that its table
prints in whole degrees stands for half a degree to either side, so there the tolerance is `WHOLE_K`.
"""

import copy
import math
from functools import cache

from simulators.physics.chamber import Chamber, Cycle, settled, step
from simulators.physics.chamber_sets import (
    BLOOD_FRIDGE,
    COLD_ROOM,
    PLASMA_ROOM,
    PLASMA_UPRIGHT,
    ULT,
    ChamberParameters,
)

SETS = {"cold": COLD_ROOM, "fridge": BLOOD_FRIDGE, "plasma": PLASMA_ROOM, "upright": PLASMA_UPRIGHT, "ult": ULT}
LIMITS_C = {"cold": (6, 10), "fridge": (6, 10), "plasma": (-25, -18), "upright": (-25, -18), "ult": (-65, -50)}
DT = 10.0
AMBIENT_C = 22.0
TIMES = 0.25
KELVIN = 0.5
WHOLE_K = KELVIN + 0.5
AIR_TAU_S = 40.0
LOAD_TAU_S = 900.0


class Follower:
    """A probe without noise."""

    def __init__(self, value_c: float, tau_s: float) -> None:
        self.value_c, self._tau_s = value_c, tau_s

    def step(self, medium_c: float, dt: float = DT) -> float:
        self.value_c += (medium_c - self.value_c) * (1 - math.exp(-dt / self._tau_s))
        return self.value_c


def live(chamber: Chamber, parameters: ChamberParameters, seconds: float, door: float = 0.0, dt: float = DT) -> None:
    for _ in range(int(seconds / dt)):
        step(chamber, parameters, dt, ambient_c=AMBIENT_C, door=door)


def running(name: str, load: float = 1.0) -> Chamber:
    """A copy of the chamber in its running state."""
    return copy.deepcopy(_running(name, load))


@cache
def _running(name: str, load: float) -> Chamber:
    parameters = SETS[name]
    chamber = settled(parameters, load=load)
    live(chamber, parameters, 24 * 3600)
    if math.isfinite(parameters.defrost_every_s):
        while chamber.cycle is Cycle.COOLING:
            live(chamber, parameters, DT)
        while chamber.cycle is not Cycle.COOLING or chamber.since_defrost_s < 5400:
            live(chamber, parameters, DT)
    while not chamber.running:
        live(chamber, parameters, DT)
    while chamber.running:
        live(chamber, parameters, DT)
    live(chamber, parameters, 90)
    return chamber
