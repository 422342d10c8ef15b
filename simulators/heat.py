"""The temperature of every bag where it lies: chambers, rooms, boxes (world.md 2.4, 2.5)."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final

from simulators.floor import Bag, Floor
from simulators.physics import bag as liquid
from simulators.physics import freezing
from simulators.state import WorldState

_BOX_LIQUID_C: Final = 4.0
_BOX_PLASMA_C: Final = -30.0
_HOSPITAL_PLASMA_C: Final = -25.0
_SETTLED_K: Final = 0.3
_SETTLED_FROZEN_K: Final = 2.5  # a store swings by so much around its load
_STORE_PLASMA_W_PER_K: Final = 0.30
_BENCH_PLASMA_W_PER_K: Final = 0.95
_BOXED: Final = ("dispatch/", "transit/")


def ambient_c(at: datetime) -> float:
    """Air of the rooms: 22 +- 1.5 C, warmest at 15:00 local (07:00 UTC in the demo's zone)."""
    hours = at.hour + at.minute / 60.0
    return 22.0 + 1.5 * math.cos((hours - 7.0) / 24.0 * 2.0 * math.pi)


def warm_bags(state: WorldState, floor: Floor, dt: float, room_c: float) -> None:
    """Let every bag follow its surroundings for ``dt`` seconds; batches inside a quick freezer are that machine's."""
    batches = {
        name for freezer in state.freezers.values() if freezer.unit.job for name in freezer.unit.job.command.bags
    }
    for bag in floor.bags.values():
        if bag.id in batches:
            continue
        medium_c, is_store = _medium(state, bag, room_c)
        if bag.liquid is not None:
            _warm_liquid(bag.liquid, dt, medium_c, boxed=bag.place.startswith(_BOXED))
        elif bag.plasma is not None:
            w_per_k = _STORE_PLASMA_W_PER_K if is_store else _BENCH_PLASMA_W_PER_K
            _warm_plasma(bag.plasma, dt, medium_c, w_per_k)


def _warm_liquid(heat: liquid.LiquidHeat, dt: float, medium_c: float, *, boxed: bool) -> None:
    if abs(heat.core_c - medium_c) > _SETTLED_K or abs(heat.shell_c - medium_c) > _SETTLED_K:
        liquid.step(heat, dt, medium_c=medium_c, w_per_k=liquid.BOX_W_PER_K if boxed else liquid.BENCH_W_PER_K)


def _warm_plasma(heat: freezing.PlasmaHeat, dt: float, medium_c: float, w_per_k: float) -> None:
    goal = freezing.enthalpy_of(medium_c)
    near = 2100.0 * _SETTLED_FROZEN_K
    if abs(heat.core - goal) > near or abs(heat.shell - goal) > near:
        freezing.step(heat, dt, medium_c=medium_c, w_per_k=w_per_k)


def _medium(state: WorldState, bag: Bag, room_c: float) -> tuple[float, bool]:
    """Temperature around a bag, and whether that is a cold place with slow heat exchange."""
    frozen = bag.plasma is not None
    for store in state.stores:
        if bag.place.startswith(store.place + "/"):
            return store.air_c, True
    for freezer in state.freezers.values():
        if bag.place == freezer.place:
            return freezer.plates_c, True
    if bag.place.startswith(_BOXED):
        return (_BOX_PLASMA_C if frozen else _BOX_LIQUID_C), True
    if bag.place.startswith("hospital"):
        return (_HOSPITAL_PLASMA_C if frozen else _BOX_LIQUID_C), True
    return room_c, False
