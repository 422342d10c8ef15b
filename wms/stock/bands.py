"""The bands that hold now: the plant's stock plan, or what quality has set since; every version is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection, func, insert, select

from blood.groups import BloodGroup
from plant.model import Plant
from wms.errors import Invalid, NotFound
from wms.stock.cover import PlanDays
from wms.stock.tables import stock_band
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

NEAR_SHARE: Final = 1 / 7
"""Of a shelf life: red cells of 35 days are near their expiry for five, platelets of five days for one (design)."""
_LEAST_NEAR_DAYS: Final = 1.0
_MOST_DAYS: Final = 3650.0
_GROUPS: Final = frozenset(group.value for group in BloodGroup)


@dataclass(frozen=True, slots=True)
class Band:
    """Bounds of one component in days of cover, its daily use by group, and who set it (None: the plant's plan)."""

    component: str
    days: PlanDays
    near_days: float
    daily_use: Mapping[str, float]
    version: int
    reason: str | None = None
    set_by: str | None = None
    set_at: datetime | None = None


def bands(conn: Connection, plant: Plant) -> tuple[Band, ...]:
    """The band of every component of the stock plan, in its order."""
    newest = select(func.max(stock_band.c.id)).group_by(stock_band.c.component)
    counted = select(stock_band.c.component, func.count().label("versions")).group_by(stock_band.c.component)
    counts = {row.component: int(row.versions) for row in conn.execute(counted)}
    rows = {row.component: row for row in conn.execute(select(stock_band).where(stock_band.c.id.in_(newest)))}
    found = []
    for planned in plant_bands(plant):
        row = rows.get(planned.component)
        if row is None:
            found.append(planned)
            continue
        found.append(
            Band(
                row.component,
                PlanDays(row.red_days, row.amber_days, row.preamber_days, row.target_days),
                row.near_days,
                msgspec.json.decode(row.daily_use, type=dict[str, float]),
                counts[row.component],
                row.reason,
                row.set_by,
                from_us(row.set_us),
            )
        )
    return tuple(found)


def plant_bands(plant: Plant) -> tuple[Band, ...]:
    """The bands of the plant document: version 0."""
    return tuple(
        Band(
            plan.component,
            PlanDays(plan.red_days, plan.amber_days, plan.preamber_days, plan.target_days),
            near_days_of(plant, plan.component) if plan.near_days is None else plan.near_days,
            plan.daily_use,
            0,
        )
        for plan in plant.stock
    )


def near_days_of(plant: Plant, component: str) -> float:
    """Days before its expiry from which a bag counts as near it, by its shelf life."""
    return max(_LEAST_NEAR_DAYS, plant.components[component].shelf_life.total_seconds() / 86_400 * NEAR_SHARE)


def set_band(
    tx: Tx, actor: Actor, component: str, days: PlanDays, near_days: float, daily_use: Mapping[str, float], reason: str
) -> None:
    """Set the band of a component from now on; raises NotFound, and Invalid for bounds that make no order."""
    if component not in {plan.component for plan in tx.plant.stock}:
        raise NotFound("stock.component", f"The stock plan of this site has no component {component}")
    bounds = (days.red_days, days.amber_days, days.preamber_days, days.target_days)
    if not 0 < bounds[0] < bounds[1] < bounds[2] < bounds[3] <= _MOST_DAYS:
        raise Invalid("stock.bounds", "Days must rise: 0 < red < amber < pre-amber < target")
    if not 0 < near_days <= _MOST_DAYS:
        raise Invalid("stock.near_days", "The time before expiry must be more than 0 days")
    unknown = sorted(daily_use.keys() - _GROUPS)
    if unknown:
        raise Invalid("stock.group", f"These are not ABO/RhD groups: {', '.join(unknown)}")
    if not all(0 <= use < 1e6 for use in daily_use.values()):  # refuses nan too
        raise Invalid("stock.daily_use", "The daily use of a group must be 0 or more bags")
    tx.conn.execute(
        insert(stock_band).values(
            component=component,
            red_days=days.red_days,
            amber_days=days.amber_days,
            preamber_days=days.preamber_days,
            target_days=days.target_days,
            near_days=near_days,
            daily_use=msgspec.json.encode(dict(sorted(daily_use.items()))).decode(),
            reason=reason,
            set_by=actor.id,
            set_us=to_us(tx.now),
        )
    )
    data = {"bounds": list(bounds), "near_days": near_days, "daily_use": dict(daily_use), "reason": reason}
    tx.record("stock.band_set", actor=actor, subject=component, data=data)
    tx.notify("stock", component)
