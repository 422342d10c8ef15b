"""The temperature of every bag where it lies: stores, totes on belts and lanes, boxes, rooms (world.md 2.4, 2.5)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blood.components import Family
from plant.model import PlaceKind
from simulators import boxes
from simulators.floor import Bag
from simulators.physics import bag as liquid
from simulators.physics import freezing
from simulators.physics.bag import Surroundings
from simulators.scene import Scene
from simulators.state import WorldState

_KEPT_C: Final = {Family.PLASMA: -25.0, Family.CRYO: -25.0, Family.PLATELETS: 22.0}
_KEPT_LIQUID_C: Final = 4.0
"""How hospitals, and the containers of bags without a box, keep what they are given."""
_KEPT_BY_OTHERS: Final = ("hospital", "transit/")
_IN_TOTES: Final = frozenset({PlaceKind.BELT, PlaceKind.LANE, PlaceKind.GATE})
"""On its way a bag lies in a tote of twenty: much slower than on a bench."""
_FROZEN_TOTE_W_PER_K: Final = 0.02
"""Of a 200 mL bag: frozen bags ride in insulated totes and warm together, whatever their size (design)."""
_CRATE: Final = Surroundings.CRATE_OF_TWENTY
_SETTLED_K: Final = 0.3
_SETTLED_FROZEN_K: Final = 2.5  # a store swings by so much around its load


@dataclass(frozen=True, slots=True)
class Around:
    """Air around a bag, and its conductance to that air in W/K: of a bag of blood, and of a frozen one."""

    medium_c: float
    liquid_w_per_k: float
    frozen_w_per_k: float


def ambient_c(at: datetime) -> float:
    """Air of the rooms: 22 +- 1.5 C, warmest at 15:00 local (07:00 UTC in the demo's zone)."""
    hours = at.hour + at.minute / 60.0
    return 22.0 + 1.5 * math.cos((hours - 7.0) / 24.0 * 2.0 * math.pi)


def warm_bags(scene: Scene, state: WorldState, dt: float, room_c: float) -> None:
    """Let every bag follow its surroundings for ``dt`` seconds; batches inside a quick freezer are that machine's."""
    batches = {
        name for freezer in state.freezers.values() if freezer.unit.job for name in freezer.unit.job.command.bags
    }
    known: dict[tuple[str, str, float], Around] = {}
    for bag in scene.floor.bags.values():
        if bag.id in batches:
            continue
        key = (_shelf_of(bag.place), bag.component, bag.volume_ml)
        around = known.get(key)
        if around is None:
            around = known[key] = surroundings(scene, state, bag, room_c)
        if bag.liquid is not None:
            _warm_liquid(bag.liquid, dt, around)
        elif bag.plasma is not None:
            _warm_plasma(bag.plasma, dt, around)


def _shelf_of(place: str) -> str:
    """Slots of one shelf have one air: the path without the slot's number."""
    shelf, _, slot = place.rpartition("/")
    return shelf if slot.isdigit() else place


def surroundings(scene: Scene, state: WorldState, bag: Bag, room_c: float) -> Around:
    """What is around a bag where it lies now."""
    for store in state.stores:
        if bag.place == store.place or bag.place.startswith(store.place + "/"):
            return Around(store.air_c, liquid.STORE_W_PER_K, freezing.STORE_W_PER_K)
    for freezer in state.freezers.values():
        if bag.place == freezer.place:
            return Around(freezer.plates_c, liquid.STORE_W_PER_K, freezing.STORE_W_PER_K)
    if bag.place.startswith("box/"):
        box = state.boxes[bag.place.removeprefix("box/")]
        return Around(boxes.air_c(scene.plant, box, room_c), liquid.BOX_W_PER_K, freezing.CARTON_W_PER_K)
    if bag.place.startswith(_KEPT_BY_OTHERS):
        kept_c = _KEPT_C.get(scene.plant.components[bag.component].family, _KEPT_LIQUID_C)
        return Around(kept_c, liquid.BOX_W_PER_K, freezing.CARTON_W_PER_K)
    labelled = any(bag.place == station.place for station in state.label_stations.values())
    if labelled or scene.plant.place_of(bag.place).kind in _IN_TOTES:
        crate = liquid.BENCH_W_PER_K if bag.liquid is None else liquid.conductance_w_per_k(bag.liquid, _CRATE)
        frozen = 0.0 if bag.plasma is None else _FROZEN_TOTE_W_PER_K * bag.plasma.volume_ml / 200.0
        return Around(room_c, crate, frozen)
    return Around(room_c, liquid.BENCH_W_PER_K, freezing.BENCH_W_PER_K)


def _warm_liquid(heat: liquid.LiquidHeat, dt: float, around: Around) -> None:
    if abs(heat.core_c - around.medium_c) > _SETTLED_K or abs(heat.shell_c - around.medium_c) > _SETTLED_K:
        liquid.step(heat, dt, medium_c=around.medium_c, w_per_k=around.liquid_w_per_k)


def _warm_plasma(heat: freezing.PlasmaHeat, dt: float, around: Around) -> None:
    goal = freezing.enthalpy_of(around.medium_c)
    near = 2100.0 * _SETTLED_FROZEN_K
    if abs(heat.core - goal) > near or abs(heat.shell - goal) > near:
        freezing.step(heat, dt, medium_c=around.medium_c, w_per_k=around.frozen_w_per_k)
