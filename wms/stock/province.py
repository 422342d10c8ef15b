"""The province: this centre and its neighbours, the hospitals' own stock, and what could be sent from whom to whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from plant.model import Plant
from wms.stock.bands import Band, bands
from wms.stock.cover import Phase, StockRow, days_of_cover, phase_of
from wms.stock.imbalance import Holding, Imbalance, imbalance
from wms.stock.near_expiry import NearExpiry
from wms.stock.read import near_expiries, stock_rows
from wms.stock.reports import HolderKind, StockReport, reports


@dataclass(frozen=True, slots=True)
class HeldCell:
    """Bags of one component and group in one house; ``days`` and ``phase`` None where no daily use is known."""

    component: str
    group: str
    bags: int
    days: float | None
    phase: Phase | None
    expiring: int | None


@dataclass(frozen=True, slots=True)
class House:
    """One centre or hospital; ``at`` None: it never reported. What is not fresh is shown and not counted."""

    id: str
    name_en: str
    name_zh: str
    own: bool
    at: datetime | None
    fresh: bool
    cells: tuple[HeldCell, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """All centres that are fresh, together."""

    component: str
    group: str
    bags: int
    days: float | None
    sites: int


@dataclass(frozen=True, slots=True)
class Province:
    """The province board."""

    at: datetime
    sites: tuple[House, ...]
    hospitals: tuple[House, ...]
    totals: tuple[Total, ...]
    imbalances: tuple[Imbalance, ...]
    near_expiry: tuple[NearExpiry, ...]


def province(conn: Connection, plant: Plant, at: datetime, standing: Collection[str] = ()) -> Province:
    """Gather the board from our own stock and the newest reports; ``standing`` as in `imbalances`."""
    in_force = {band.component: band for band in bands(conn, plant)}
    told = {(report.kind, report.holder): report for report in reports(conn)}
    own = _own(plant, stock_rows(conn, plant, at), near := near_expiries(conn, plant, at), at)
    others = [
        _reported(one.id, one.name_en, one.name_zh, told.get((HolderKind.SITE, one.id)), in_force, at)
        for one in plant.neighbours
    ]
    hospitals = [
        _reported(one.id, one.name_en, one.name_zh, told.get((HolderKind.HOSPITAL, one.id)), in_force, at)
        for one in plant.hospitals
    ]
    holdings = _holdings(own, told, in_force, at)
    return Province(
        at,
        (own, *others),
        tuple(hospitals),
        tuple(_total(*key, found) for key, found in holdings.items()),
        _imbalances(holdings, in_force, standing),
        near,
    )


def imbalances(conn: Connection, plant: Plant, at: datetime, standing: Collection[str]) -> tuple[Imbalance, ...]:
    """What could be sent between centres now; ``standing``: ``component/group`` of those that stood before."""
    return province(conn, plant, at, standing).imbalances if plant.neighbours else ()


def site_names(plant: Plant) -> Mapping[str, tuple[str, str]]:
    """(English, Chinese) name of this centre and of each neighbour."""
    own = {plant.site.id: (plant.site.name_en, plant.site.name_zh)}
    return own | {one.id: (one.name_en, one.name_zh) for one in plant.neighbours}


def _own(plant: Plant, rows: Sequence[StockRow], near: Sequence[NearExpiry], at: datetime) -> House:
    expiring = {(one.component, one.group): one.expiring for one in near}
    cells = tuple(
        HeldCell(
            row.component, cell.group, cell.bags, cell.days, cell.phase, expiring.get((row.component, cell.group), 0)
        )
        for row in rows
        for cell in row.cells
    )
    return House(plant.site.id, plant.site.name_en, plant.site.name_zh, own=True, at=at, fresh=True, cells=cells)


def _reported(
    holder: str, name_en: str, name_zh: str, report: StockReport | None, in_force: Mapping[str, Band], now: datetime
) -> House:
    if report is None:
        return House(holder, name_en, name_zh, own=False, at=None, fresh=False, cells=())
    cells = []
    for cell in report.cells:
        days, band = days_of_cover(cell.bags, cell.daily_use), in_force.get(cell.component)
        phase = None if days is None or band is None else phase_of(days, band.days)
        cells.append(HeldCell(cell.component, cell.group, cell.bags, days, phase, cell.expiring))
    return House(holder, name_en, name_zh, own=False, at=report.at, fresh=report.is_fresh(now), cells=tuple(cells))


def _holdings(
    own: House, told: Mapping[tuple[HolderKind, str], StockReport], in_force: Mapping[str, Band], now: datetime
) -> dict[tuple[str, str], list[Holding]]:
    """What each fresh centre has of what the stock plan watches, and uses a day."""
    found = {
        (cell.component, cell.group): [Holding(own.id, cell.bags, in_force[cell.component].daily_use.get(cell.group))]
        for cell in own.cells
    }
    for (kind, holder), report in told.items():
        if kind is HolderKind.SITE and report.is_fresh(now):
            for each in report.cells:
                if (each.component, each.group) in found:
                    found[each.component, each.group].append(Holding(holder, each.bags, each.daily_use))
    return found


def _total(component: str, group: str, holdings: Sequence[Holding]) -> Total:
    bags = sum(one.bags for one in holdings)
    known = all(one.daily_use is not None for one in holdings)
    use = sum(one.daily_use or 0.0 for one in holdings)
    return Total(component, group, bags, days_of_cover(bags, use) if known else None, len(holdings))


def _imbalances(
    holdings: Mapping[tuple[str, str], Sequence[Holding]], in_force: Mapping[str, Band], standing: Collection[str]
) -> tuple[Imbalance, ...]:
    found = (
        imbalance(component, group, held, in_force[component].days, standing=f"{component}/{group}" in standing)
        for (component, group), held in holdings.items()
    )
    return tuple(sorted((one for one in found if one is not None), key=lambda one: one.to_days))
