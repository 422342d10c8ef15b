"""The stock board: bags that could be reserved now, against the plan of the site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from plant.model import Plant
from wms.stock.cover import PlanDays, StockRow, cells_of
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import to_us

_FREE: Final = (
    "SELECT component, abo_rhd, count(*) FROM bag WHERE status = 'AVAILABLE' AND expires_us > ? "
    "AND place IS NOT NULL AND abo_rhd IS NOT NULL"
)
_KEPT: Final = (
    "SELECT component, abo_rhd, count(*) FROM bag WHERE id IN ("
    "SELECT bag FROM hold WHERE bag IS NOT NULL AND lifted_us IS NULL "
    "UNION SELECT bag FROM bag_recall WHERE coalesce(outcome, '') <> 'released') "
    "AND status = 'AVAILABLE' AND expires_us > ? AND place IS NOT NULL AND abo_rhd IS NOT NULL"
)
"""The few that a hold of their own or a recall keeps: looked up by id, and taken off the many."""
_PLACES: Final = "SELECT DISTINCT place FROM hold WHERE place IS NOT NULL AND lifted_us IS NULL"
_ELSEWHERE: Final = " AND substr(place || '/', 1, length(?) + 1) <> ? || '/'"
_GROUPED: Final = " GROUP BY component, abo_rhd"


def stock_rows(conn: Connection, plant: Plant, at: datetime) -> tuple[StockRow, ...]:
    """One row per component of the stock plan; reserved, held and expired bags are not stock."""
    on_hand = _on_hand(driver_of(conn), to_us(at))
    rows = []
    for plan in plant.stock:
        component = plant.components[plan.component]
        days = PlanDays(plan.red_days, plan.amber_days, plan.preamber_days, plan.target_days)
        cells = cells_of(plan, on_hand.get(plan.component, {}))
        rows.append(StockRow(component.key, component.name_en, component.name_zh, days, cells))
    return tuple(rows)


def _on_hand(raw: Driver, now_us: int) -> Mapping[str, Mapping[str, int]]:
    """Bags by component and group that could be reserved now."""
    places = [place for (place,) in raw.execute(_PLACES).fetchall()]
    values = (now_us, *(part for place in places for part in (place, place)))
    where = _ELSEWHERE * len(places) + _GROUPED
    found: dict[str, dict[str, int]] = {}
    for component, group, count in raw.execute(_FREE + where, values).fetchall():
        found.setdefault(component, {})[group] = int(count)
    for component, group, count in raw.execute(_KEPT + where, values).fetchall():
        found[component][group] -= int(count)
    return found
