"""Stock beyond the board: bands, the province, and the reports of other houses."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from dashboards.auth import Quality, RoleMissing, Staff, StaffOrHospital, allow
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import stock as schemas
from dashboards.schemas.overview import StockPlan
from wms.errors import NotFound
from wms.people.roles import Role
from wms.people.sessions import Visitor
from wms.stock.bands import bands, set_band
from wms.stock.cover import PlanDays
from wms.stock.province import province
from wms.stock.reports import HolderKind, ReportedCell, take_report
from wms.store.tx import Tx

routes = router("stock")
SiteReporter = Annotated[Visitor, Depends(allow(Role.NEIGHBOUR, Role.QUALITY))]
HospitalReporter = Annotated[Visitor, Depends(allow(Role.HOSPITAL, Role.QUALITY))]


@routes.get("/stock/bands")
async def list_stock_bands(who: Staff, house: HouseOf) -> schemas.StockBandList:
    """The bounds in days of cover that hold now, by component."""
    del who
    return await _bands(house)


@routes.put("/stock/bands")
async def set_stock_band(
    body: schemas.SetStockBand, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.StockBandList:
    """Set the bounds of one component from now on; the older ones are kept."""
    days = PlanDays(body.red_days, body.amber_days, body.preamber_days, body.target_days)
    use = {group.value: each for group, each in body.daily_use.items()}
    await write(
        house,
        who,
        repeat,
        lambda tx: set_band(tx, who.actor, body.component, days, body.near_days, use, body.reason),
    )
    return await _bands(house)


@routes.get("/province")
async def get_province(who: Staff, house: HouseOf) -> schemas.Province:
    """What our centre, its neighbours and the hospitals hold, and what could be sent from whom to whom."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    return schemas.Province.model_validate(await house.read(lambda conn: province(conn, plant, now)))


@routes.post("/site-stock", status_code=204)
async def report_site_stock(body: schemas.StockReport, who: SiteReporter, house: HouseOf, repeat: RepeatOf) -> None:
    """A neighbouring centre tells its stock; quality may enter what was told by telephone."""
    neighbour = house.warehouse.plant.neighbour_by_id.get(body.holder)
    if Role.NEIGHBOUR in who.roles and (neighbour is None or neighbour.account != who.person):
        raise RoleMissing("A neighbouring centre tells its own stock only")
    await write(house, who, repeat, lambda tx: _take(tx, who, HolderKind.SITE, body))


@routes.post("/hospital-stock", status_code=204)
async def report_hospital_stock(
    body: schemas.StockReport, who: HospitalReporter, house: HouseOf, repeat: RepeatOf
) -> None:
    """A hospital tells what its blood bank holds; quality may enter what was told by telephone."""
    if who.hospital is not None and who.hospital != body.holder:
        raise RoleMissing("A hospital tells its own stock only")
    await write(house, who, repeat, lambda tx: _take(tx, who, HolderKind.HOSPITAL, body))


@routes.get("/hospital-stock/{hospital}")
async def get_hospital_stock(hospital: str, who: StaffOrHospital, house: HouseOf) -> schemas.StockHouse:
    """What a hospital told last of its own stock; a hospital sees its own only."""
    if who.hospital is not None and who.hospital != hospital:
        raise RoleMissing("A hospital sees its own stock only")
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    found = await house.read(lambda conn: province(conn, plant, now))
    known = next((one for one in found.hospitals if one.id == hospital), None)
    if known is None:
        raise NotFound("stock.holder", f"There is no hospital {hospital} in the plant document")
    return schemas.StockHouse.model_validate(known)


def _take(tx: Tx, who: Visitor, kind: HolderKind, body: schemas.StockReport) -> None:
    cells = [
        ReportedCell(each.component, each.group.value, each.bags, each.expiring, each.daily_use) for each in body.cells
    ]
    take_report(tx, who.actor, kind, body.holder, body.at, cells)


async def _bands(house: House) -> schemas.StockBandList:
    plant = house.warehouse.plant
    found = await house.read(lambda conn: bands(conn, plant))
    items = []
    for band in found:
        component = plant.components[band.component]
        items.append(
            schemas.StockBand(
                component=band.component,
                name_en=component.name_en,
                name_zh=component.name_zh,
                days=StockPlan.model_validate(band.days),
                near_days=band.near_days,
                daily_use=dict(band.daily_use),
                version=band.version,
                reason=band.reason,
                set_by=band.set_by,
                set_at=band.set_at,
            )
        )
    return schemas.StockBandList(items=items)
