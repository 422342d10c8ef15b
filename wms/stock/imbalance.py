"""One centre short while another has plenty, pure: who could send how much to whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wms.stock.cover import BETTER_BY, PlanDays


@dataclass(frozen=True, slots=True)
class Holding:
    """What one centre has of one component and group; ``daily_use`` None: it did not say."""

    site: str
    bags: int
    daily_use: float | None

    @property
    def days(self) -> float | None:
        """Days of cover; None when nobody knows."""
        return self.bags / self.daily_use if self.daily_use else None


@dataclass(frozen=True, slots=True)
class Imbalance:
    """``from_site`` could send ``bags`` to ``to_site``; both with their days of cover."""

    component: str
    group: str
    from_site: str
    from_days: float
    to_site: str
    to_days: float
    bags: int


def imbalance(
    component: str, group: str, holdings: Sequence[Holding], plan: PlanDays, *, standing: bool
) -> Imbalance | None:
    """The transfer that would help most; None when nobody is short, or nobody can spare a bag.

    Short is below amber, plenty a tenth above the target. A transfer that was worth it (``standing``) is so until the
    one is a tenth beyond amber or the other at its target, which the sender always keeps.
    """
    known = [(holding, days) for holding in holdings if (days := holding.days) is not None]
    if not known:
        return None
    poorest, poor_days = min(known, key=lambda one: one[1])
    richest, rich_days = max(known, key=lambda one: one[1])
    short_below = plan.amber_days * (BETTER_BY if standing else 1.0)
    plenty_above = plan.target_days * (1.0 if standing else BETTER_BY)
    if poor_days >= short_below or rich_days <= plenty_above:
        return None
    spare = math.floor(richest.bags - plan.target_days * (richest.daily_use or 0.0))
    wanted = math.ceil(plan.target_days * (poorest.daily_use or 0.0) - poorest.bags)
    bags = min(spare, wanted)
    if bags < 1:
        return None
    return Imbalance(component, group, richest.site, rich_days, poorest.site, poor_days, bags)
