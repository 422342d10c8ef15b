"""What other houses tell of their stock: hospitals what lies in their blood banks, neighbouring centres their own.

A hospital's numbers are counted in the world. A neighbouring centre is not simulated bag by bag: its stock wanders
around what the stock plan wants, group by group, so that now and then it has plenty of what is short here.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from plant.model import Plant
from simulators.chance import draw
from simulators.people.state import People
from simulators.scene import Scene

TOLD_EVERY: Final = timedelta(hours=6)
SIZE: Final = (0.4, 1.6)
"""A neighbour's use a day against ours (design)."""
COVER: Final = (0.45, 1.5)
"""A neighbour's days of cover against its target, drawn anew for each week and between two weeks in a line (design)."""
_WEEK: Final = timedelta(days=7)
_EPOCH: Final = datetime(2020, 1, 6, tzinfo=UTC)
_EXPIRING_SHARE: Final = 0.08


def is_due(people: People, holder: str, now: datetime) -> bool:
    """Whether a house has not told its stock in this quarter of the day."""
    told = people.stock_told.get(holder)
    return told is None or quarter(told) < quarter(now)


def hospital_body(scene: Scene, people: People, hospital: str) -> dict[str, Any]:
    """POST /hospital-stock: the bags that lie there and are not given yet, by component and group."""
    place = scene.plant.hospital_by_id[hospital].place
    held = Counter(
        (bag.component, bag.group)
        for bag in scene.floor.bags.values()
        if bag.place == place and bag.id in people.in_use
    )
    planned = {plan.component for plan in scene.plant.stock}
    cells = [
        {"component": component, "group": group, "bags": bags}
        for (component, group), bags in sorted(held.items())
        if component in planned
    ]
    return {"holder": hospital, "at": _iso(scene.now), "cells": cells}


def neighbour_body(plant: Plant, seed: int, neighbour: str, now: datetime) -> dict[str, Any]:
    """POST /site-stock of a neighbouring centre; the same seed and instant always give the same numbers."""
    size = draw(seed, "neighbour", neighbour).uniform(*SIZE)
    cells = []
    for plan in plant.stock:
        for group, use in plan.daily_use.items():
            daily = use * size
            share = _wandering(seed, now, neighbour, plan.component, group)
            bags = round(plan.target_days * share * daily)
            expiring = round(bags * _EXPIRING_SHARE)
            cells.append(
                {
                    "component": plan.component,
                    "group": group,
                    "bags": bags,
                    "expiring": expiring,
                    "daily_use": round(daily, 2),
                }
            )
    return {"holder": neighbour, "at": _iso(now), "cells": cells}


def _wandering(seed: int, now: datetime, *name: str) -> float:
    week, rest = divmod(now - _EPOCH, _WEEK)
    before, after = (draw(seed, "cover", *name, number).uniform(*COVER) for number in (week, week + 1))
    return before + (after - before) * (rest / _WEEK)


def quarter(at: datetime) -> int:
    """Number of the quarter of a day that an instant lies in."""
    return (at - _EPOCH) // TOLD_EVERY


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
