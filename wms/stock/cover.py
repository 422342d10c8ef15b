"""Days of cover and stock phases, pure: bags that may be reserved against the daily use in the plant's stock plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from blood.groups import BloodGroup
from plant.model import StockPlan


class Phase(StrEnum):
    """Stock phase of NHSBT / NBTC contingency plans, best first; ``preamber`` is the early warning."""

    GREEN = "green"
    PREAMBER = "preamber"
    AMBER = "amber"
    RED = "red"


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


GROUP_ORDER = (
    BloodGroup.O_POS,
    BloodGroup.A_POS,
    BloodGroup.B_POS,
    BloodGroup.AB_POS,
    BloodGroup.O_NEG,
    BloodGroup.A_NEG,
    BloodGroup.B_NEG,
    BloodGroup.AB_NEG,
)


def phase_of(days: float | None, plan: StockPlan) -> Phase:
    """Phase of a number of days of cover: below ``red_days`` is red, and so on; no expected use is green."""
    if days is None or days >= plan.preamber_days:
        return Phase.GREEN
    if days >= plan.amber_days:
        return Phase.PREAMBER
    return Phase.AMBER if days >= plan.red_days else Phase.RED


def cells_of(plan: StockPlan, bags_by_group: Mapping[str, int]) -> tuple[StockCell, ...]:
    """One cell per group, in the order of the board; ``bags_by_group`` counts the bags that may be reserved now."""
    return tuple(_cell(plan, group.value, bags_by_group.get(group.value, 0)) for group in GROUP_ORDER)


def _cell(plan: StockPlan, group: str, bags: int) -> StockCell:
    use = plan.daily_use.get(group, 0.0)
    days = bags / use if use > 0 else None
    return StockCell(group, bags, days, phase_of(days, plan))
