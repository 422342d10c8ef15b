"""The record of a freezing by hand: what a person reads off the freezer, judged by each component's rule. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from blood.components import FreezeRule
from blood.evidence import Evidence
from blood.operations import Measured, MeasureLimit
from plant.model import Plant
from wms.bags.projection import BagState

MINUTES: Final = "minutes_to_target"
LOWEST: Final = "lowest_core"


def freezing_limits(rule: FreezeRule, evidence: Evidence) -> tuple[MeasureLimit, MeasureLimit]:
    """What must be measured of a freezing: how fast, and how cold its core became (domain.md 2.5)."""
    return (
        MeasureLimit(
            MINUTES,
            "min",
            None,
            rule.within.total_seconds() / 60,
            "Minutes to the core temperature",
            "中心达温时间",
            evidence,
        ),
        MeasureLimit(LOWEST, "Cel", None, rule.core_c, "Lowest core temperature", "最低中心温度", evidence),
    )


def freezing_faults(plant: Plant, bags: Sequence[BagState], measured: Sequence[Measured]) -> tuple[str, ...]:
    """Every limit that the strictest of these bags' rules says was missed; a value that was not measured is missed."""
    values = {one.name: one for one in measured}
    faults: dict[str, None] = {}
    for bag in bags:
        component = plant.components[str(bag["component"])]
        if component.freeze is None:
            faults[f"{component.key} is not to be frozen"] = None
            continue
        for limit in freezing_limits(component.freeze, component.evidence["freeze"]):
            one = values.get(limit.name)
            fault = limit.fault(None if one is None else one.value, limit.unit if one is None else one.unit)
            if fault is not None:
                faults[fault] = None
    return tuple(faults)
