"""Consignments: the collection team says what it sends; people answer for what is not as it said."""

from __future__ import annotations

from typing import Literal

from dashboards.auth import Collector, Floor, Staff
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import consignments as schemas
from wms.intake import consignments, read, worklists
from wms.intake.matching import Act
from wms.store.tx import Tx

routes = router("intake")


@routes.get("/consignments")
async def list_consignments(
    who: Staff, house: HouseOf, state: Literal["open", "all"] = "open"
) -> schemas.ConsignmentList:
    """Open consignments, newest first; `all` adds the closed ones."""
    del who
    found = await house.read(lambda conn: read.list_consignments(conn, open_only=state == "open"))
    return schemas.ConsignmentList(items=[schemas.Consignment.model_validate(one) for one in found])


@routes.get("/consignments/{consignment_id}")
async def get_consignment(consignment_id: str, who: Staff, house: HouseOf) -> schemas.Consignment:
    """One consignment with every number and what may be said about it."""
    del who
    return await _one(house, consignment_id)


@routes.post("/consignments", status_code=201)
async def announce_consignment(
    body: schemas.ConsignmentRequest, who: Collector, house: HouseOf, repeat: RepeatOf
) -> schemas.Consignment:
    """Take in a despatch note, sent before its tote; the same note again changes nothing."""
    numbers = tuple(consignments.number_of(house.warehouse.plant, item.din, item.product) for item in body.items)
    note = consignments.Note(body.id, body.origin, body.sent_at, numbers)
    await write(house, who, repeat, lambda tx: consignments.announce(tx, who.actor, note))
    return await _one(house, body.id)


@routes.post("/consignments/{consignment_id}/resolve")
async def resolve_item(
    consignment_id: str, body: schemas.ResolveRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.Consignment:
    """Say what was done about a number that is not as announced; `identify` needs the scan of the bag's label."""

    def resolve(tx: Tx) -> None:
        worklists.resolve(
            tx, who.actor, consignment_id, body.item, Act(body.act.value), body.comment, din_scan=body.din_scan
        )

    await write(house, who, repeat, resolve)
    return await _one(house, consignment_id)


async def _one(house: House, consignment_id: str) -> schemas.Consignment:
    found = await house.read(lambda conn: read.one_consignment(conn, consignment_id))
    return schemas.Consignment.model_validate(found)
