"""Freezing and thawing plasma bags: enthalpy of plasma and a bag of two nodes (world.md 2.5)."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import msgspec
import numpy as np

FREEZING_POINT_C: Final = -0.55
PLATES_W_PER_K: Final = 1.7  # contact plates, 200 mL
BLAST_W_PER_K: Final = 0.95  # blast chamber, 200 mL
BLAST_ONE_FAN_W_PER_K: Final = 0.52  # one fan of two dead
STORE_W_PER_K: Final = 0.30  # loose in a storage room
CARTON_W_PER_K: Final = 0.10
BENCH_W_PER_K: Final = 0.40  # frozen, in the air of a room
CRATE_W_PER_K: Final = 0.08  # frozen, twenty in a crate
THAW_BATH_W_PER_K: Final = 5.0
_BLAST_BY_ML: Final = ((100.0, 0.62), (200.0, BLAST_W_PER_K), (300.0, 1.15))
_LIQUID_J_PER_KG_K: Final = 3900.0
_LONGEST_SUPERCOOLED_S: Final = 180.0
_KG_PER_ML: Final = 1.03e-3
_MAX_STEP_S: Final = 5.0


def _enthalpy_table() -> tuple[list[float], list[float]]:
    """Temperatures from -70 to +45 C and the enthalpy there in J/kg, zero at the freezing point."""
    cold = np.concatenate([np.linspace(-70.0, -5.0, 1301), np.linspace(-4.99, FREEZING_POINT_C, 2000)])
    ice = 1.0 - FREEZING_POINT_C / cold
    heat = 2050.0 * ice + _LIQUID_J_PER_KG_K * (1.0 - ice)
    rise = 0.5 * (heat[1:] + heat[:-1]) * np.diff(cold) - 304e3 * np.diff(ice)
    enthalpy = np.concatenate([[0.0], np.cumsum(rise)])
    enthalpy -= enthalpy[-1]
    return [*cold.tolist(), 45.0], [*enthalpy.tolist(), _LIQUID_J_PER_KG_K * (45.0 - FREEZING_POINT_C)]


_TEMPERATURE_C, _ENTHALPY = _enthalpy_table()


def enthalpy_of(temperature_c: float) -> float:
    """Enthalpy of plasma in J/kg; 0 for liquid at the freezing point."""
    return _interpolate(temperature_c, _TEMPERATURE_C, _ENTHALPY)


def temperature_of(enthalpy: float) -> float:
    """Temperature of plasma in Celsius at an enthalpy in J/kg."""
    return _interpolate(enthalpy, _ENTHALPY, _TEMPERATURE_C)


def _interpolate(at: float, xs: list[float], ys: list[float]) -> float:
    """Linear between the points, held at the ends (numpy's interp costs ten times as much for one number)."""
    index = min(max(bisect_right(xs, at), 1), len(xs) - 1)
    share = min(max((at - xs[index - 1]) / (xs[index] - xs[index - 1]), 0.0), 1.0)
    return ys[index - 1] + share * (ys[index] - ys[index - 1])


def ice_share(temperature_c: float) -> float:
    """Share of the water that is ice, 0 to 1."""
    return 0.0 if temperature_c >= FREEZING_POINT_C else 1.0 - FREEZING_POINT_C / temperature_c


def blast_w_per_k(volume_ml: float) -> float:
    """Conductance of a bag in a blast chamber; a larger bag has more surface."""
    sizes, conductances = (list(column) for column in zip(*_BLAST_BY_ML, strict=True))
    return _interpolate(volume_ml, sizes, conductances)


class PlasmaHeat(msgspec.Struct):
    """Heat of one plasma bag: enthalpy of shell (60 %) and core (40 %) in J/kg.

    `nucleates_c`: the core stays liquid down to there, for at most three minutes, before its first ice forms; None
    once it has, or where the freezing point itself is enough. `supercooled_s` counts them.
    """

    shell: float
    core: float
    volume_ml: float = 200.0
    nucleates_c: float | None = None
    supercooled_s: float = 0.0

    @property
    def core_c(self) -> float:
        """Core temperature in Celsius."""
        if self.nucleates_c is not None and self.core < 0.0:
            return FREEZING_POINT_C + self.core / _LIQUID_J_PER_KG_K
        return temperature_of(self.core)


def plasma_at(temperature_c: float, volume_ml: float = 200.0, *, nucleates_c: float | None = None) -> PlasmaHeat:
    """A plasma bag of one temperature; ``nucleates_c`` (-2 to -4 C) lets its core supercool first."""
    heat = enthalpy_of(temperature_c)
    return PlasmaHeat(shell=heat, core=heat, volume_ml=volume_ml, nucleates_c=nucleates_c)


def step(bag: PlasmaHeat, dt: float, *, medium_c: float, w_per_k: float) -> None:
    """Advance a bag by ``dt`` seconds in a medium; split into steps of at most 5 s, where the scheme is stable."""
    mass = bag.volume_ml * _KG_PER_ML
    steps = max(1, int(-(-dt // _MAX_STEP_S)))
    part = dt / steps
    for _ in range(steps):
        shell_c, core_c = temperature_of(bag.shell), bag.core_c
        inner = (1.8 + 2.7 * ice_share(shell_c)) * (core_c - shell_c)
        bag.shell += part * (w_per_k * (medium_c - shell_c) + inner) / (0.6 * mass)
        bag.core -= part * inner / (0.4 * mass)
        if bag.nucleates_c is not None and bag.core < 0.0:
            bag.supercooled_s += part
            if bag.core_c <= bag.nucleates_c or bag.supercooled_s >= _LONGEST_SUPERCOOLED_S:
                bag.nucleates_c = None


def heat_flow_w(bag: PlasmaHeat, *, medium_c: float, w_per_k: float) -> float:
    """Heat that a bag gives to its medium now, in W."""
    return w_per_k * (temperature_of(bag.shell) - medium_c)
