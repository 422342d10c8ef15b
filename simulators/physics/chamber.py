"""A cold chamber: air, evaporator, walls, load shell and load core, with frost, thermostat and defrost (world.md 2.1).

Integrated with backward Euler (one 5x5 solve), so any step up to a minute is stable.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

import msgspec
import numpy as np

from simulators.physics.chamber_sets import ChamberParameters

_THERMOSTAT_TAU_S: Final = 45.0  # "30-60 s filtered air probe"
_DRIP_S: Final = 120.0
_FAN_DELAY_MAX_S: Final = 480.0
_LATENT_SUBLIMATION: Final = 2.83e6  # J/kg, vapour to frost
_LATENT_MELT: Final = 3.34e5  # J/kg
_LATENT_SHARE: Final = 1.4  # moist air carries 1.4 times its dry heat


class Cycle(StrEnum):
    """Where the chamber stands between two defrosts."""

    COOLING = "cooling"
    DEFROST = "defrost"
    DRIP = "drip"
    FAN_DELAY = "fan_delay"


class Compressor(StrEnum):
    """What the thermostat asks of the compressor; whether it really cools depends on faults and mains."""

    ON = "on"
    OFF = "off"


class Mains(StrEnum):
    """Electric supply of the chamber."""

    PRESENT = "present"
    LOST = "lost"


class Cooling(StrEnum):
    """Health of the cooling circuit."""

    SOUND = "sound"
    DEAD = "dead"
    WELDED = "welded"


class Chamber(msgspec.Struct):
    """State of one chamber; temperatures in Celsius. `load` is the share of the full load that stands in it."""

    air_c: float
    evaporator_c: float
    wall_c: float
    shell_c: float
    core_c: float
    thermostat_c: float
    load: float = 1.0
    frost_kg: float = 0.0
    compressor: Compressor = Compressor.OFF
    switched_s: float = 1e9
    cycle: Cycle = Cycle.COOLING
    cycle_s: float = 0.0
    since_defrost_s: float = 0.0
    mains: Mains = Mains.PRESENT
    cooling: Cooling = Cooling.SOUND
    leak_share: float = 0.0

    @property
    def running(self) -> bool:
        """True while the compressor really turns."""
        if self.mains is Mains.LOST or self.cooling is Cooling.DEAD:
            return False
        return self.cooling is Cooling.WELDED or self.compressor is Compressor.ON


def settled(parameters: ChamberParameters, *, load: float = 1.0) -> Chamber:
    """A chamber with every node at its set point."""
    at = parameters.set_c
    return Chamber(air_c=at, evaporator_c=at, wall_c=at, shell_c=at, core_c=at, thermostat_c=at, load=load)


def step(chamber: Chamber, parameters: ChamberParameters, dt: float, *, ambient_c: float, door: float = 0.0) -> None:
    """Advance a chamber by ``dt`` seconds (at most about 60); ``door`` is how far it stands open, 0 to 1."""
    fan = _fan(chamber, parameters)
    exchange = parameters.gd * door + parameters.gleak
    latent_w = (_LATENT_SHARE - 1.0) * exchange * (ambient_c - chamber.air_c)
    melting_w_per_k = parameters.melt_w_per_k if chamber.frost_kg > 0 and chamber.evaporator_c > 0 else 0.0
    heater_w = parameters.heater_w if chamber.cycle is Cycle.DEFROST and chamber.mains is Mains.PRESENT else 0.0
    matrix, right = _system(chamber, parameters, dt, fan, exchange, ambient_c)
    matrix[1, 1] += melting_w_per_k
    right[0] += parameters.q_fan_w * fan
    right[1] += heater_w + latent_w - _cooling_w(chamber, parameters, ambient_c)
    air, evaporator, wall, shell, core = (float(value) for value in np.linalg.solve(matrix, right))
    chamber.air_c, chamber.evaporator_c, chamber.wall_c, chamber.shell_c, chamber.core_c = (
        air,
        evaporator,
        wall,
        shell,
        core,
    )
    if evaporator < 0:
        chamber.frost_kg = max(0.0, chamber.frost_kg + 0.5 * latent_w * dt / _LATENT_SUBLIMATION)
    else:
        chamber.frost_kg = max(0.0, chamber.frost_kg - melting_w_per_k * evaporator * dt / _LATENT_MELT)
    chamber.thermostat_c += (air - chamber.thermostat_c) * (1.0 - math.exp(-dt / _THERMOSTAT_TAU_S))
    _control(chamber, parameters, dt)


def _fan(chamber: Chamber, parameters: ChamberParameters) -> float:
    if chamber.mains is Mains.LOST:
        return 0.0
    return 0.0 if parameters.freezer and chamber.cycle is not Cycle.COOLING else 1.0


def _cooling_w(chamber: Chamber, parameters: ChamberParameters, ambient_c: float) -> float:
    if not chamber.running:
        return 0.0
    share = 1.0 + parameters.kq * (chamber.evaporator_c - parameters.ten_c) - 0.008 * (ambient_c - 25.0)
    return parameters.qn_w * (1.0 - chamber.leak_share) * min(max(share, 0.1), 1.6)


def _system(
    chamber: Chamber, parameters: ChamberParameters, dt: float, fan: float, exchange: float, ambient_c: float
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Matrix and right side of ``C (T' - T) / dt = G T' + q`` for air, evaporator, wall, shell, core."""
    bags = max(parameters.bags * chamber.load, 0.5)
    still = 0.12 if chamber.cycle is Cycle.COOLING else 0.05
    gae = parameters.gae * (still + (1 - still) * fan) / (1 + chamber.frost_kg / parameters.frost_half_kg)
    moving = 0.5 + 0.5 * fan
    gaw, gal, gsc = parameters.gaw * moving, bags * parameters.g_bag * moving, 1.2 * bags
    heat = bags * parameters.c_bag
    ca, ce, cw, cs, cc = parameters.ca / dt, parameters.ce / dt, parameters.cw / dt, 0.35 * heat / dt, 0.65 * heat / dt
    matrix = np.array(
        [
            [ca + gae + gaw + gal + exchange, -gae, -gaw, -gal, 0.0],
            [-gae, ce + gae, 0.0, 0.0, 0.0],
            [-gaw, 0.0, cw + gaw + parameters.ua, 0.0, 0.0],
            [-gal, 0.0, 0.0, cs + gal + gsc, -gsc],
            [0.0, 0.0, 0.0, -gsc, cc + gsc],
        ]
    )
    right = np.array(
        [
            ca * chamber.air_c + exchange * ambient_c,
            ce * chamber.evaporator_c,
            cw * chamber.wall_c + parameters.ua * ambient_c,
            cs * chamber.shell_c,
            cc * chamber.core_c,
        ]
    )
    return matrix, right


def _control(chamber: Chamber, parameters: ChamberParameters, dt: float) -> None:
    """Thermostat and defrost timer; both stand still without mains."""
    if chamber.mains is Mains.LOST:
        chamber.compressor, chamber.switched_s = Compressor.OFF, 0.0
        return
    chamber.switched_s += dt
    chamber.since_defrost_s += dt
    chamber.cycle_s += dt
    _next_cycle(chamber, parameters)
    if chamber.cycle in {Cycle.DEFROST, Cycle.DRIP}:
        _switch(chamber, Compressor.OFF)
    elif chamber.cycle is Cycle.FAN_DELAY:
        _switch(chamber, Compressor.ON)
    elif chamber.compressor is Compressor.ON:
        if (
            chamber.thermostat_c < parameters.set_c - parameters.hysteresis_c
            and chamber.switched_s >= parameters.min_on_s
        ):
            _switch(chamber, Compressor.OFF)
    elif (
        chamber.thermostat_c > parameters.set_c + parameters.hysteresis_c and chamber.switched_s >= parameters.min_off_s
    ):
        _switch(chamber, Compressor.ON)


def _switch(chamber: Chamber, to: Compressor) -> None:
    if chamber.compressor is not to:
        chamber.compressor, chamber.switched_s = to, 0.0


def _next_cycle(chamber: Chamber, parameters: ChamberParameters) -> None:
    following = chamber.cycle
    if (
        chamber.cycle is Cycle.COOLING
        and chamber.since_defrost_s >= parameters.defrost_every_s
        and chamber.cooling is not Cooling.DEAD
    ):
        following, chamber.since_defrost_s = Cycle.DEFROST, 0.0
    elif chamber.cycle is Cycle.DEFROST and (
        chamber.evaporator_c > parameters.defrost_end_c or chamber.cycle_s >= parameters.defrost_max_s
    ):
        following = Cycle.DRIP if parameters.freezer else Cycle.COOLING
    elif chamber.cycle is Cycle.DRIP and chamber.cycle_s >= _DRIP_S:
        following = Cycle.FAN_DELAY
    elif chamber.cycle is Cycle.FAN_DELAY and (
        chamber.evaporator_c < parameters.set_c - 2.0 or chamber.cycle_s >= _FAN_DELAY_MAX_S
    ):
        following = Cycle.COOLING
    if following is not chamber.cycle:
        chamber.cycle, chamber.cycle_s = following, 0.0
