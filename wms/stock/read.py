"""The stock board: bags that could be reserved now, against the plan of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from plant.model import Plant
from wms.stock.bands import Band, bands
from wms.stock.cover import Phase, StockRow, cells_of
from wms.stock.near_expiry import NearExpiry, near_expiry, unused
from wms.stock.tables import stock_phase
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import to_us

_FREE: Final = (
    "SELECT component, abo_rhd, count(*) FROM bag WHERE status = 'AVAILABLE' AND expires_us > ? "
    "AND place IS NOT NULL AND abo_rhd IS NOT NULL"
)
_SOON: Final = (
    "SELECT abo_rhd, expires_us, id FROM bag WHERE component = ? AND status = 'AVAILABLE' AND expires_us > ? "
    "AND expires_us <= ? AND place IS NOT NULL AND abo_rhd IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.bag = bag.id AND hold.lifted_us IS NULL)"
)
_DAY_US: Final = 86_400_000_000
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
    before = phases(conn)
    rows = []
    for band in bands(conn, plant):
        component = plant.components[band.component]
        held = on_hand.get(band.component, {})
        cells = cells_of(band.days, band.daily_use, held, before.get(band.component, {}))
        rows.append(StockRow(component.key, component.name_en, component.name_zh, band.days, cells))
    return tuple(rows)


def phases(conn: Connection) -> Mapping[str, Mapping[str, Phase]]:
    """The phase that each cell stands in, as the watch left it: component -> group -> phase."""
    found: dict[str, dict[str, Phase]] = {}
    for row in conn.execute(select(stock_phase)):
        found.setdefault(row.component, {})[row.abo_rhd] = Phase(row.phase)
    return found


def near_expiries(conn: Connection, plant: Plant, at: datetime) -> tuple[NearExpiry, ...]:
    """What expires soon, by component and group, most at risk first."""
    found = [one for band in bands(conn, plant) for one in _near(driver_of(conn), band, to_us(at))]
    return tuple(sorted(found, key=lambda one: (-one.at_risk, one.first_days)))


def going_to_waste(conn: Connection, plant: Plant, component: str, group: str, at: datetime) -> tuple[str, ...]:
    """The bags that `near_expiries` counts as at risk, the first to expire first."""
    band, now_us = next((one for one in bands(conn, plant) if one.component == component), None), to_us(at)
    if band is None:
        return ()
    until = now_us + round(band.near_days * _DAY_US)
    rows = driver_of(conn).execute(_SOON, (component, now_us, until)).fetchall()
    mine = [((expires_us - now_us) / _DAY_US, bag) for of, expires_us, bag in rows if of == group]
    return tuple(mine[lost][1] for lost in unused([left for left, _ in mine], band.daily_use.get(group, 0.0)))


def _near(raw: Driver, band: Band, now_us: int) -> Iterator[NearExpiry]:
    until = now_us + round(band.near_days * _DAY_US)
    left: dict[str, list[float]] = {}
    for group, expires_us, _ in raw.execute(_SOON, (band.component, now_us, until)).fetchall():
        left.setdefault(group, []).append((expires_us - now_us) / _DAY_US)
    for group, days in left.items():
        one = near_expiry(band.component, group, days, band.daily_use.get(group, 0.0), band.near_days)
        if one is not None:
            yield one


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
