"""The stock board: bags that could be reserved now, against the plan of the site."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from plant.model import Plant
from wms.stock.cover import PlanDays, StockRow, cells_of, counts
from wms.store.metadata import to_us

_ON_HAND: Final = text(
    "SELECT component, abo_rhd FROM bag WHERE status = 'AVAILABLE' AND expires_us > :now_us AND place IS NOT NULL "
    "AND abo_rhd IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.bag = bag.id AND hold.lifted_us IS NULL) "
    "AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.place IS NOT NULL AND hold.lifted_us IS NULL "
    "AND substr(bag.place || '/', 1, length(hold.place) + 1) = hold.place || '/')"
)


def stock_rows(conn: Connection, plant: Plant, at: datetime) -> tuple[StockRow, ...]:
    """One row per component of the stock plan; reserved, held and expired bags are not stock."""
    on_hand = counts((component, group) for component, group in conn.execute(_ON_HAND, {"now_us": to_us(at)}))
    rows = []
    for plan in plant.stock:
        component = plant.components[plan.component]
        days = PlanDays(plan.red_days, plan.amber_days, plan.preamber_days, plan.target_days)
        cells = cells_of(plan, on_hand.get(plan.component, {}))
        rows.append(StockRow(component.key, component.name_en, component.name_zh, days, cells))
    return tuple(rows)
