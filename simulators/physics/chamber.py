"""A cold chamber: air, evaporator, walls, load shell and load core, with frost, thermostat and defrost (world.md 2.1).

Integrated with backward Euler (`nodes`), so any step up to a minute is stable.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

import msgspec

from simulators.physics.chamber_sets import ChamberParameters
from simulators.physics.nodes import Influence, Nodes, after

_THERMOSTAT_TAU_S: Final = 45.0  # "30-60 s filtered air probe"
_DRIP_S: Final = 120.0
_FAN_DELAY_MAX_S: Final = 480.0
_LATENT_SUBLIMATION: Final = 2.83e6  # J/kg, vapour to frost
_LATENT_MELT: Final = 3.34e5  # J/kg
_STILL_IN_DEFROST: Final = 0.05


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
    """State of one chamber; temperatures in Celsius. `load` is the share of the full load that stands in it.

    `leak_share` is the cooling power lost so far; a slow leak of refrigerant takes `leak_per_h` of the rest every hour.
    """

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
    leak_per_h: float = 0.0

    @property
    def running(self) -> bool:
        """True while the compressor really turns."""
        if self.mains is Mains.LOST or self.cooling is Cooling.DEAD:
            return False
        return self.cooling is Cooling.WELDED or self.compressor is Compressor.ON


def settled(parameters: ChamberParameters, *, load: float = 1.0) -> Chamber:
    """A chamber with every node at its set point."""
    at = float(parameters.set_c)
    return Chamber(air_c=at, evaporator_c=at, wall_c=at, shell_c=at, core_c=at, thermostat_c=at, load=load)


def step(
    chamber: Chamber,
    parameters: ChamberParameters,
    dt: float,
    *,
    ambient_c: float,
    door: float = 0.0,
    condenser_c: float | None = None,
    extra_w: float = 0.0,
) -> None:
    """Advance a chamber by ``dt`` seconds (at most about 60).

    ``door`` is how far it stands open, 0 to 1 (ajar is a small share); ``condenser_c`` is the air at the condenser when
    that is not the room; ``extra_w`` is heat that something inside gives to the air, as warm bags do.
    """
    cabinet = parameters.cabinet
    fan = _fan(chamber, parameters)
    exchange = cabinet.gd * door + cabinet.gleak
    latent_w = (cabinet.moist_air - 1.0) * exchange * (ambient_c - chamber.air_c)
    melting_w_per_k = parameters.melt_w_per_k if chamber.frost_kg > 0 and chamber.evaporator_c > 0 else 0.0
    heater_w = parameters.heater_w if chamber.cycle is Cycle.DEFROST and chamber.mains is Mains.PRESENT else 0.0
    cooling_w = _cooling_w(chamber, parameters, ambient_c if condenser_c is None else condenser_c)
    influence = Influence(
        fan=fan,
        gae=_coil_to_air(chamber, parameters, fan),
        exchange=exchange,
        ambient_c=ambient_c,
        air_w=cabinet.q_fan_w * fan + extra_w,
        coil_w=heater_w + latent_w - cooling_w,
        melt_w_per_k=melting_w_per_k,
    )
    now = Nodes(chamber.air_c, chamber.evaporator_c, chamber.wall_c, chamber.shell_c, chamber.core_c)
    chamber.air_c, chamber.evaporator_c, chamber.wall_c, chamber.shell_c, chamber.core_c = after(
        now, cabinet, chamber.load, influence, dt
    )
    if chamber.evaporator_c < 0:
        chamber.frost_kg = max(0.0, chamber.frost_kg + 0.5 * latent_w * dt / _LATENT_SUBLIMATION)
    else:
        chamber.frost_kg = max(0.0, chamber.frost_kg - melting_w_per_k * chamber.evaporator_c * dt / _LATENT_MELT)
    chamber.thermostat_c += (chamber.air_c - chamber.thermostat_c) * (1.0 - math.exp(-dt / _THERMOSTAT_TAU_S))
    chamber.leak_share = 1.0 - (1.0 - chamber.leak_share) * math.exp(-chamber.leak_per_h * dt / 3600.0)
    _control(chamber, parameters, dt)


def _fan(chamber: Chamber, parameters: ChamberParameters) -> float:
    if chamber.mains is Mains.LOST:
        return 0.0
    return 0.0 if parameters.freezer and chamber.cycle is not Cycle.COOLING else 1.0


def _cooling_w(chamber: Chamber, parameters: ChamberParameters, condenser_c: float) -> float:
    if not chamber.running:
        return 0.0
    share = 1.0 + parameters.kq * (chamber.evaporator_c - parameters.ten_c) - 0.008 * (condenser_c - 25.0)
    return parameters.qn_w * (1.0 - chamber.leak_share) * min(max(share, 0.1), 1.6)


def _coil_to_air(chamber: Chamber, parameters: ChamberParameters, fan: float) -> float:
    """Conductance in W/K; it falls when the fan stands and when the coil is covered with frost."""
    cabinet = parameters.cabinet
    still = cabinet.still if chamber.cycle is Cycle.COOLING else min(cabinet.still, _STILL_IN_DEFROST)
    return cabinet.gae * (still + (1 - still) * fan) / (1 + chamber.frost_kg / parameters.frost_half_kg)


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
