"""Holds: placed by anyone on the floor, lifted by two people."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query
from sqlalchemy import Connection

from dashboards.auth import Floor, Quality, Staff
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import holds as schemas
from dashboards.schemas.bags import BagSummary
from wms.bags.read import summaries
from wms.holds import commands, read
from wms.holds.scopes import Scope
from wms.people import signatures
from wms.store.tx import Tx

routes = router("holds")
Filter = Annotated[str | None, Query(max_length=120)]


@routes.get("/holds")
async def list_holds(
    who: Staff,
    house: HouseOf,
    state: Literal["open", "all"] = "open",
    scope: Scope | None = None,
    q: Filter = None,
    carried: bool = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.HoldList:
    """Holds, newest first; `all` adds lifted ones, `carried` those that a wider hold brought to single bags.

    `q` is part of what a hold is on, or of its reason.
    """
    del who
    found = await house.read(
        lambda conn: read.list_holds(conn, everything=state == "all", scope=scope, q=q, carried=carried, limit=limit)
    )
    return schemas.HoldList(items=[schemas.Hold.model_validate(one) for one in found.items], total=found.total)


@routes.get("/holds/{hold_id}")
async def get_hold(hold_id: str, who: Staff, house: HouseOf) -> schemas.HoldDetail:
    """One hold with the bags that it keeps."""
    del who
    plant = house.warehouse.plant

    def look(conn: Connection) -> schemas.HoldDetail:
        hold = read.one_hold(conn, hold_id)
        bags = summaries(conn, plant, read.kept_by(conn, hold))
        shown = schemas.Hold.model_validate(hold).model_dump()
        return schemas.HoldDetail(**shown, bag_list=[BagSummary.model_validate(bag) for bag in bags])

    return await house.read(look)


@routes.post("/holds", status_code=201)
async def place_hold(body: schemas.HoldRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> schemas.Hold:
    """Stop one bag, all bags of a donation or of a batch, or every bag in a place."""
    identifiers = house.warehouse.plant.identifiers
    donation = None if body.donation is None else identifiers.parse_din_scan(body.donation)
    hold = await write(
        house,
        who,
        repeat,
        lambda tx: commands.place_hold(
            tx, who.actor, bag=body.bag, donation=donation, place=body.place, batch=body.batch, reason=body.reason
        ),
    )
    return await _hold(house, hold)


@routes.post("/holds/{hold_id}/lift")
async def lift_hold(
    hold_id: str, body: schemas.LiftRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.Hold:
    """Let go again what was held, on the signatures of two people over this reason."""

    def lift(tx: Tx) -> None:
        content = {"reason": body.reason}
        signed = signatures.use(tx, body.signatures, act="hold.lift", subject=hold_id, content=content)
        commands.lift_hold(tx, who.actor, hold_id, body.reason, signed)

    async with refused_is_recorded(house, who, "hold.lift", hold_id):
        await write(house, who, repeat, lift)
    return await _hold(house, hold_id)


async def _hold(house: House, hold_id: str) -> schemas.Hold:
    return schemas.Hold.model_validate(await house.read(lambda conn: read.one_hold(conn, hold_id)))
