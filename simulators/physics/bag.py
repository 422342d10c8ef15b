"""A bag of red cells, whole blood or platelets in air: shell and core (world.md 2.4)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

BENCH_W_PER_K: Final = 0.40
STORE_W_PER_K: Final = 0.40  # hanging in moving cold air
BOX_W_PER_K: Final = 0.10
_INNER_W_PER_K: Final = 1.2
_J_PER_K_PER_ML: Final = 1080.0 / 280.0
_SHELL_SHARE: Final = 0.35
_CORE_SHARE: Final = 0.65
_MAX_STEP_S: Final = 30.0
_CONDUCTANCE_SPREAD: Final = 0.2  # of the logarithm
_HEAT_SPREAD: Final = 0.1
_START_SPREAD_K: Final = 0.4


@dataclass(frozen=True, slots=True)
class BagKind:
    """Heat of one kind of bag in J/K, its conductance to still air and from shell to core in W/K."""

    heat_j_per_k: float
    bench_w_per_k: float
    inner_w_per_k: float


RED_CELLS: Final = BagKind(1080, BENCH_W_PER_K, _INNER_W_PER_K)
"""Two units, 290 g."""
RED_CELLS_SMALL: Final = BagKind(570, 0.26, 1.0)
"""One unit, 150 g."""
RED_CELLS_PAEDIATRIC: Final = BagKind(240, 0.14, 0.6)
"""60 g."""
WHOLE_BLOOD: Final = BagKind(1750, 0.42, 1.4)
"""460 g."""
PLATELETS: Final = BagKind(1050, 0.40, _INNER_W_PER_K)
"""250 g."""


class Surroundings(StrEnum):
    """What holds a bag, and so how well it exchanges heat."""

    BENCH = "bench"
    HANGING = "hanging"
    HAND = "hand"
    STACK_OF_FIVE = "stack_of_five"
    CRATE_OF_TWENTY = "crate_of_twenty"
    STORE_CRATE = "store_crate"


HAND_C: Final = 26.0
"""Between the skin and the room."""
_TO_BENCH: Final = {
    Surroundings.BENCH: 1.0,
    Surroundings.HANGING: 1.0,
    Surroundings.HAND: 1.55,
    Surroundings.STACK_OF_FIVE: 0.425,
    Surroundings.CRATE_OF_TWENTY: 0.25,
    Surroundings.STORE_CRATE: 0.375,
}


class LiquidHeat(msgspec.Struct):
    """Heat of one liquid bag: shell (35 %) and core (65 %) in Celsius.

    `bench_w_per_k` and `heat_factor` carry how this bag differs from others of its kind.
    """

    shell_c: float
    core_c: float
    volume_ml: float
    bench_w_per_k: float = BENCH_W_PER_K
    inner_w_per_k: float = _INNER_W_PER_K
    heat_factor: float = 1.0


def liquid_at(temperature_c: float, kind: BagKind = RED_CELLS, chance: random.Random | None = None) -> LiquidHeat:
    """A bag of one temperature; with ``chance`` it differs from its kind as bags do, and starts 0.4 K off."""
    conductance = heat = 1.0
    if chance is not None:
        conductance = chance.lognormvariate(0.0, _CONDUCTANCE_SPREAD)
        heat = chance.lognormvariate(0.0, _HEAT_SPREAD)
        temperature_c += chance.gauss(0.0, _START_SPREAD_K)
    return LiquidHeat(
        shell_c=temperature_c,
        core_c=temperature_c,
        volume_ml=kind.heat_j_per_k / _J_PER_K_PER_ML,
        bench_w_per_k=kind.bench_w_per_k * conductance,
        inner_w_per_k=kind.inner_w_per_k,
        heat_factor=heat,
    )


def conductance_w_per_k(bag: LiquidHeat, surroundings: Surroundings) -> float:
    """Conductance between a bag and the air around it in W/K."""
    return bag.bench_w_per_k * _TO_BENCH[surroundings]


def step(bag: LiquidHeat, dt: float, *, medium_c: float, w_per_k: float) -> None:
    """Advance a bag by ``dt`` seconds; split into steps of at most 30 s, where the scheme is stable."""
    heat = bag.volume_ml * _J_PER_K_PER_ML * bag.heat_factor
    steps = max(1, int(-(-dt // _MAX_STEP_S)))
    part = dt / steps
    for _ in range(steps):
        inner = bag.inner_w_per_k * (bag.core_c - bag.shell_c)
        bag.shell_c += part * (w_per_k * (medium_c - bag.shell_c) + inner) / (_SHELL_SHARE * heat)
        bag.core_c -= part * inner / (_CORE_SHARE * heat)
