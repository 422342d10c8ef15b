"""Days of cover and stock phases, pure: bags that may be reserved against the daily use of a band."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blood.groups import BloodGroup


class Phase(StrEnum):
    """Stock phase of NHSBT / NBTC contingency plans, best first; ``preamber`` is the early warning."""

    GREEN = "green"
    PREAMBER = "preamber"
    AMBER = "amber"
    RED = "red"


_WORSE: Final = {phase: rank for rank, phase in enumerate(Phase)}
BETTER_BY: Final = 1.1
"""A phase is left for a better one only when the cover is a tenth beyond the bound between them: one bag to and fro
does not ring twice (design)."""


@dataclass(frozen=True, slots=True)
class PlanDays:
    """Days of cover that bound the phases of one component."""

    red_days: float
    amber_days: float
    preamber_days: float
    target_days: float


@dataclass(frozen=True, slots=True)
class StockCell:
    """One group of one component; ``days`` is None when the plan expects no use of it."""

    group: str
    bags: int
    days: float | None
    phase: Phase


@dataclass(frozen=True, slots=True)
class StockRow:
    """One component of the stock board: the plan and a cell for each of the eight groups."""

    component: str
    name_en: str
    name_zh: str
    plan: PlanDays
    cells: tuple[StockCell, ...]


GROUP_ORDER: Final = (
    BloodGroup.O_POS,
    BloodGroup.A_POS,
    BloodGroup.B_POS,
    BloodGroup.AB_POS,
    BloodGroup.O_NEG,
    BloodGroup.A_NEG,
    BloodGroup.B_NEG,
    BloodGroup.AB_NEG,
)


def phase_of(days: float | None, plan: PlanDays) -> Phase:
    """Phase of a number of days of cover: below ``red_days`` is red, and so on; no expected use is green."""
    if days is None or days >= plan.preamber_days:
        return Phase.GREEN
    if days >= plan.amber_days:
        return Phase.PREAMBER
    return Phase.AMBER if days >= plan.red_days else Phase.RED


def settled_phase(before: Phase | None, days: float | None, plan: PlanDays) -> Phase:
    """The phase after ``before``: worse at once, better only when the cover is `BETTER_BY` beyond the bound."""
    now = phase_of(days, plan)
    if before is None or days is None or _WORSE[now] >= _WORSE[before]:
        return now
    return min(before, phase_of(days / BETTER_BY, plan), key=_WORSE.__getitem__)


def days_of_cover(bags: int, daily_use: float | None) -> float | None:
    """Days that a stock lasts; None when no use of it is expected, or nobody says how much."""
    return bags / daily_use if daily_use else None


def cells_of(
    plan: PlanDays,
    daily_use: Mapping[str, float],
    bags_by_group: Mapping[str, int],
    before: Mapping[str, Phase],
) -> tuple[StockCell, ...]:
    """One cell per group, in the order of the board; ``bags_by_group`` counts the bags that may be reserved now."""
    cells = []
    for group in (each.value for each in GROUP_ORDER):
        bags = bags_by_group.get(group, 0)
        days = days_of_cover(bags, daily_use.get(group))
        cells.append(StockCell(group, bags, days, settled_phase(before.get(group), days, plan)))
    return tuple(cells)
