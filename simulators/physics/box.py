"""A transport box: bags, phase-change coolant, and the air between them, which follows at once (world.md 2.6)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from simulators.physics.box_sets import DRONE_POUCH, F20, F20_DRY_ICE, P8, R20, BoxParameters, Coolant

__all__ = [
    "DRONE_POUCH", "F20", "F20_DRY_ICE", "P8", "R20", "Box", "BoxParameters", "Conditioning", "Coolant", "air_c",
    "coolant_c", "in_range", "packed", "put_in", "step", "take_out",
]  # fmt: skip

_MAX_STEP_S: Final = 60.0


class Conditioning(StrEnum):
    """How the coolant was prepared before packing."""

    FOR_HEAT = "for_heat"  # solid at its melting point: takes heat in
    FOR_COLD = "for_cold"  # liquid at its melting point: gives heat away
    UNCONDITIONED = "unconditioned"  # straight out of a -18 C freezer
    FORGOTTEN = "forgotten"  # none in the box


class Box(msgspec.Struct):
    """State of one box: how many bags, their temperature, and the enthalpy of the coolant in J/kg.

    `coolant_j_per_kg` is 0 for solid at the melting point and the latent heat for liquid there; None: no coolant.
    """

    bags: int
    load_c: float
    coolant_j_per_kg: float | None


def packed(
    parameters: BoxParameters, bags: int, load_c: float, conditioning: Conditioning = Conditioning.FOR_HEAT
) -> Box:
    """A box just closed over so many bags of one temperature."""
    coolant = parameters.coolant
    enthalpy = {
        Conditioning.FOR_HEAT: 0.0,
        Conditioning.FOR_COLD: coolant.latent,
        Conditioning.UNCONDITIONED: coolant.solid * min(-18.0 - coolant.melts_c, 0.0),
        Conditioning.FORGOTTEN: None,
    }[conditioning]
    return Box(bags=bags, load_c=float(load_c), coolant_j_per_kg=enthalpy)


def coolant_c(box: Box, parameters: BoxParameters) -> float | None:
    """Temperature of the coolant; None when there is none, or when the dry ice has gone."""
    enthalpy, coolant = box.coolant_j_per_kg, parameters.coolant
    if enthalpy is None or (coolant.vanishes and enthalpy >= coolant.latent):
        return None
    if enthalpy < 0.0:
        return coolant.melts_c + enthalpy / coolant.solid
    return coolant.melts_c + max(enthalpy - coolant.latent, 0.0) / coolant.liquid


def air_c(box: Box, parameters: BoxParameters, *, ambient_c: float, lid_open: bool = False) -> float:
    """Air inside; what a logger in the box and any single bag in it follow."""
    wall = parameters.ua + (parameters.lid if lid_open else 0.0)
    load = box.bags * parameters.g_bag
    cold_c = coolant_c(box, parameters)
    gp = 0.0 if cold_c is None else parameters.gp
    heat = wall * ambient_c + load * box.load_c + gp * (cold_c or 0.0)
    return heat / (wall + load + gp)


def step(box: Box, parameters: BoxParameters, dt: float, *, ambient_c: float, lid_open: bool = False) -> None:
    """Advance a box by ``dt`` seconds; split into steps of at most a minute, where the scheme is stable."""
    steps = max(1, int(-(-dt // _MAX_STEP_S)))
    part = dt / steps
    for _ in range(steps):
        inside_c, cold_c = air_c(box, parameters, ambient_c=ambient_c, lid_open=lid_open), coolant_c(box, parameters)
        if box.bags:
            box.load_c += part * parameters.g_bag * (inside_c - box.load_c) / parameters.c_bag
        else:
            box.load_c = inside_c
        if box.coolant_j_per_kg is not None and cold_c is not None:
            box.coolant_j_per_kg += part * parameters.gp * (inside_c - cold_c) / parameters.coolant.mass_kg


def put_in(box: Box, bags: int, temperature_c: float) -> None:
    """Add bags; the load becomes their mean."""
    box.load_c = (box.bags * box.load_c + bags * temperature_c) / (box.bags + bags)
    box.bags += bags


def take_out(box: Box, bags: int) -> float:
    """Remove bags and return their temperature. Raises ValueError when there are not so many."""
    if bags > box.bags:
        raise ValueError(f"the box holds {box.bags} bags, not {bags}")
    box.bags -= bags
    return box.load_c


def in_range(box: Box, parameters: BoxParameters) -> bool:
    """True while the load is inside what the box is made to hold."""
    return parameters.low_c <= box.load_c <= parameters.high_c
