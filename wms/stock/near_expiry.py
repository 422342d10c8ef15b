"""Bags that will expire before anybody needs them, pure: the oldest are used first, at the daily use of the band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MUCH: Final = 10
"""So many bags of one group that go to waste soon are worth a higher priority (design)."""


@dataclass(frozen=True, slots=True)
class NearExpiry:
    """Bags of one component and group that expire within ``horizon_days``, and how many of them nobody will need."""

    component: str
    group: str
    expiring: int
    at_risk: int
    first_days: float
    horizon_days: float


def unused(days_left: Sequence[float], daily_use: float) -> list[int]:
    """Which bags expire unused when the oldest go first; ``days_left`` until each expires, ``daily_use`` in bags.

    A bag that is still good when its turn comes is used; one that is not is lost and takes nobody's turn. Positions in
    ``days_left``, the first to expire first.
    """
    oldest_first = sorted(range(len(days_left)), key=days_left.__getitem__)
    if daily_use <= 0:
        return oldest_first
    turn, lost = 1 / daily_use, []
    for bag in oldest_first:
        if days_left[bag] < turn:
            lost.append(bag)
        else:
            turn += 1 / daily_use
    return lost


def near_expiry(
    component: str, group: str, days_left: Sequence[float], daily_use: float, horizon_days: float
) -> NearExpiry | None:
    """What expires within the horizon; None when nothing does. Bags that live longer take no turn before these."""
    soon = [left for left in days_left if left <= horizon_days]
    if not soon:
        return None
    return NearExpiry(component, group, len(soon), len(unused(soon, daily_use)), min(soon), horizon_days)
