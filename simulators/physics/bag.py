"""A bag of red cells or whole blood in air: shell and core (world.md 2.4)."""

from __future__ import annotations

from typing import Final

import msgspec

BENCH_W_PER_K: Final = 0.40
STORE_W_PER_K: Final = 0.40  # hanging in moving cold air
BOX_W_PER_K: Final = 0.10
_INNER_W_PER_K: Final = 1.2
_J_PER_K_PER_ML: Final = 1080.0 / 280.0
_MAX_STEP_S: Final = 30.0


class LiquidHeat(msgspec.Struct):
    """Heat of one liquid bag: shell (35 %) and core (65 %) in Celsius."""

    shell_c: float
    core_c: float
    volume_ml: float


def step(bag: LiquidHeat, dt: float, *, medium_c: float, w_per_k: float) -> None:
    """Advance a bag by ``dt`` seconds; split into steps of at most 30 s, where the scheme is stable."""
    heat = bag.volume_ml * _J_PER_K_PER_ML
    steps = max(1, int(-(-dt // _MAX_STEP_S)))
    part = dt / steps
    for _ in range(steps):
        inner = _INNER_W_PER_K * (bag.core_c - bag.shell_c)
        bag.shell_c += part * (w_per_k * (medium_c - bag.shell_c) + inner) / (0.35 * heat)
        bag.core_c -= part * inner / (0.65 * heat)
