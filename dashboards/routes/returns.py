"""Returns: a hospital announces its own, the floor takes them in, quality decides about every bag."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection

from blood.isbt128 import parse_bag_scan
from dashboards.auth import Floor, FloorOrHospital, Quality, StaffOrHospital, own_hospital
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.scanned import accepted, is_at, scan
from dashboards.schemas import returns as schemas
from dashboards.schemas.scans import BagScan, ScanOutcome
from wms.errors import NotFound
from wms.orders.sentences import Sentence
from wms.store.tx import Tx
from wms.transport import read, returns

routes = router("returns")
_DECIDE = Sentence("Carry it to the returned shelf; quality decides about it.", "请放入退回区，等待质管判定。")


@routes.get("/returns")
async def list_returns(
    who: StaffOrHospital, house: HouseOf, state: Literal["open", "all"] = "open"
) -> schemas.ReturnList:
    """Returns of which something is still to be decided, newest first; `all` adds the closed ones."""
    mine = own_hospital(who, None)
    found = await house.read(lambda conn: read.list_returns(conn, everything=state == "all", hospital=mine))
    return schemas.ReturnList(items=[schemas.Return.model_validate(one) for one in found])


@routes.post("/returns", status_code=201)
async def announce_return(
    body: schemas.ReturnRequest, who: FloorOrHospital, house: HouseOf, repeat: RepeatOf
) -> schemas.Return:
    """A hospital announces bags that it sends back; the floor does it for one that telephones."""
    own_hospital(who, body.hospital)
    wish = returns.ReturnWish(body.hospital, body.bags, body.reason, body.temperature_ok, body.visual_ok, body.shipment)
    number = await write(house, who, repeat, lambda tx: returns.announce(tx, who.actor, wish))
    return await _one(house, number)


@routes.post("/returns/{return_id}/receive")
async def receive_return(return_id: str, body: BagScan, who: Floor, house: HouseOf, repeat: RepeatOf) -> ScanOutcome:
    """A returned bag came in and the portal did not see it."""

    def receive(tx: Tx) -> ScanOutcome:
        bag = str(parse_bag_scan(body.din_scan, body.product_scan))
        place = returns.receive(tx, who.actor, return_id, bag)
        return accepted(is_at(tx.plant, bag, place), bag, _DECIDE)

    return await scan(house, who, repeat, receive)


@routes.post("/returns/{return_id}/decide")
async def decide_return(
    return_id: str, body: schemas.DecideRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.Return:
    """Quality decides about a bag that came back; stock only with a known temperature for all the time it was away."""
    verdict = returns.Verdict(body.verdict.value)
    await write(
        house,
        who,
        repeat,
        lambda tx: returns.decide(tx, who.actor, return_id, body.bag, verdict, body.comment),
    )
    return await _one(house, return_id)


async def _one(house: House, return_id: str) -> schemas.Return:
    def look(conn: Connection) -> schemas.Return:
        found = next((one for one in read.list_returns(conn, everything=True) if one.id == return_id), None)
        if found is None:
            raise NotFound("return_unknown", f"There is no return {return_id}")
        return schemas.Return.model_validate(found)

    return await house.read(look)
