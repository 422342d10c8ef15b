"""A platelet incubator: five nodes like any chamber, held at 22 C by a Peltier element under PI control (world.md 2.1).

The agitator shares the mains; how long it has stood still is counted, because platelets may not rest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from simulators.physics.chamber import Mains
from simulators.physics.nodes import Cabinet, Influence, Nodes, after

_PROBE_TAU_S: Final = 45.0  # the same filtered air probe as in a thermostat


@dataclass(frozen=True, slots=True)
class IncubatorParameters:
    """Cabinet, Peltier power ``peltier_w`` at full drive either way, set point, and gains of the PI controller."""

    cabinet: Cabinet
    peltier_w: float
    set_c: float
    kp_per_k: float
    ki_per_k_s: float


PLATELET_INCUBATOR: Final = IncubatorParameters(
    cabinet=Cabinet(
        bags=48, c_bag=1100, g_bag=0.25, ca=1.2e3, ce=6e3, cw=25e3, gae=30, gaw=15, ua=3, gd=15, gleak=0.1,
        q_fan_w=35, moist_air=1.0,
    ),
    peltier_w=250, set_c=22.0, kp_per_k=0.5, ki_per_k_s=5.6e-4,
)  # fmt: skip


class Peltier(StrEnum):
    """Health of the heat pump and its controller."""

    SOUND = "sound"
    DEAD = "dead"


class Agitator(StrEnum):
    """Health of the agitator; without mains it stands still as well."""

    SOUND = "sound"
    STOPPED = "stopped"


class Incubator(msgspec.Struct):
    """State of one incubator; temperatures in Celsius. `drive` is 1 at full cooling and -1 at full heating.

    `still_s` is how long the agitator has stood, 0 while it moves; `load` is the share of the full load.
    """

    air_c: float
    coil_c: float
    wall_c: float
    shell_c: float
    core_c: float
    probe_c: float
    load: float = 1.0
    drive: float = 0.0
    integral: float = 0.0
    mains: Mains = Mains.PRESENT
    peltier: Peltier = Peltier.SOUND
    agitator: Agitator = Agitator.SOUND
    still_s: float = 0.0

    @property
    def agitating(self) -> bool:
        """True while the trays move."""
        return self.agitator is Agitator.SOUND and self.mains is Mains.PRESENT


def settled(parameters: IncubatorParameters = PLATELET_INCUBATOR, *, load: float = 1.0) -> Incubator:
    """An incubator with every node at its set point and the drive that removes the heat of fan and motor."""
    at = parameters.set_c
    drive = parameters.cabinet.q_fan_w / parameters.peltier_w
    coil_c = at - parameters.cabinet.q_fan_w / parameters.cabinet.gae
    return Incubator(at, coil_c, at, at, at, at, load=load, drive=drive, integral=drive)


def step(
    incubator: Incubator, parameters: IncubatorParameters, dt: float, *, ambient_c: float, door: float = 0.0
) -> None:
    """Advance an incubator by ``dt`` seconds (at most about 60); ``door`` is how far it stands open, 0 to 1."""
    cabinet = parameters.cabinet
    powered = incubator.mains is Mains.PRESENT
    fan = 1.0 if powered else 0.0
    pumping = powered and incubator.peltier is Peltier.SOUND
    influence = Influence(
        fan=fan,
        gae=cabinet.gae * (cabinet.still + (1.0 - cabinet.still) * fan),
        exchange=cabinet.gd * door + cabinet.gleak,
        ambient_c=ambient_c,
        air_w=cabinet.q_fan_w * fan,
        coil_w=-parameters.peltier_w * incubator.drive if pumping else 0.0,
    )
    now = Nodes(incubator.air_c, incubator.coil_c, incubator.wall_c, incubator.shell_c, incubator.core_c)
    incubator.air_c, incubator.coil_c, incubator.wall_c, incubator.shell_c, incubator.core_c = after(
        now, cabinet, incubator.load, influence, dt
    )
    incubator.probe_c += (incubator.air_c - incubator.probe_c) * (1.0 - math.exp(-dt / _PROBE_TAU_S))
    if powered:
        _control(incubator, parameters, dt)
    incubator.still_s = 0.0 if incubator.agitating else incubator.still_s + dt


def _control(incubator: Incubator, parameters: IncubatorParameters, dt: float) -> None:
    """PI; the integral stands still while the drive is at its clamp."""
    error_k = incubator.probe_c - parameters.set_c
    wanted = parameters.kp_per_k * error_k + incubator.integral
    incubator.drive = min(max(wanted, -1.0), 1.0)
    if incubator.drive == wanted:
        incubator.integral += parameters.ki_per_k_s * error_k * dt
