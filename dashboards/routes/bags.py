"""Bags: search, one bag's story, scans."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from dashboards import bag as story
from dashboards import scanning
from dashboards.auth import Staff
from dashboards.context import HouseOf
from dashboards.declare import router
from dashboards.schemas import bags as schemas
from wms.bags import read as bags

routes = router("bags")
Filter = Annotated[str | None, Query(max_length=120)]


@routes.get("/bags")
async def list_bags(
    who: Staff,
    house: HouseOf,
    q: Filter = None,
    status: BagStatus | None = None,
    component: Filter = None,
    group: BloodGroup | None = None,
    place: Filter = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> schemas.BagPage:
    """Bags that match every filter, soonest expiry first; `q` is part of a bag id, `place` includes all below it."""
    del who
    plant = house.warehouse.plant
    found = await house.read(
        lambda conn: bags.list_bags(
            conn, plant, q=q, status=status, component=component, group=group, place=place, limit=limit
        )
    )
    return schemas.BagPage(items=[schemas.BagSummary.model_validate(bag) for bag in found.items], total=found.total)


@routes.get("/bags/{bag_id}")
async def get_bag(bag_id: str, who: Staff, house: HouseOf) -> schemas.Bag:
    """One bag: places, temperatures, decisions, and what may be done with it now."""
    del who
    return await house.read(lambda conn: story.bag_view(house, conn, bag_id))


@routes.get("/bags/{bag_id}/temperature")
async def get_bag_temperature(bag_id: str, who: Staff, house: HouseOf) -> schemas.BagTemperatureHistory:
    """The bag's own temperature history."""
    del who
    return await house.read(lambda conn: story.temperature_history(house, conn, bag_id))


@routes.post("/scans")
async def find_by_scan(body: schemas.ScanRequest, who: Staff, house: HouseOf) -> schemas.ScanResult:
    """Which bag a scan means."""
    del who
    scanned = scanning.read_scan(house.warehouse.plant.identifiers, body.text, body.text_2)
    found = await house.read(lambda conn: scanning.find(conn, house.warehouse.plant, scanned))
    return schemas.ScanResult(
        bag=found[0].id if len(found) == 1 else None,
        candidates=[schemas.BagSummary.model_validate(bag) for bag in found],
    )
