"""Returns: a hospital announces its own, the floor takes them in, quality decides about every bag."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection

from dashboards.auth import Floor, FloorOrHospital, Quality, Staff, StaffOrHospital, own_hospital
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.scanned import accepted, is_at, scan
from dashboards.schemas import returns as schemas
from dashboards.schemas.scans import BagScan, ScanOutcome
from wms.errors import NotFound
from wms.orders.sentences import Sentence
from wms.people import signatures
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
        bag = str(tx.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))
        place = returns.receive(tx, who.actor, return_id, bag)
        return accepted(is_at(tx.plant, bag, place), bag, _DECIDE)

    return await scan(house, who, repeat, receive)


@routes.post("/returns/{return_id}/decide")
async def decide_return(
    return_id: str, body: schemas.DecideRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.Return:
    """Quality decides about a bag that came back: stock, a rest first, or non-conforming, within what is proposed."""

    def act(tx: Tx) -> None:
        signed: tuple[signatures.Signed, ...] = ()
        if body.signatures is not None:
            content = body.model_dump(mode="json", exclude={"signatures"})
            signed = signatures.use(tx, body.signatures, act="return.decide", subject=body.bag, content=content)
        returns.decide(tx, who.actor, return_id, body.bag, body.verdict, body.comment, signed)

    async with refused_is_recorded(house, who, "return.decide", body.bag):
        await write(house, who, repeat, act)
    return await _one(house, return_id)


@routes.get("/returns/{return_id}/proposals/{bag_id}")
async def get_return_proposal(return_id: str, bag_id: str, who: Staff, house: HouseOf) -> schemas.ReturnProposal:
    """What may be decided about a bag of a return now, and what speaks against stock."""
    del who
    found = await house.warehouse.write(lambda tx: returns.proposed(tx, return_id, bag_id))
    proposal = {
        "bag": found.bag,
        "may": list(found.may),
        "against": list(found.against),
        "two_people": found.two_people,
        "until": found.until,
        "clock": found.clock.verdict,
        "clock_detail": found.clock.detail,
        "minutes_total": found.clock.minutes_total,
        "longest_min": found.clock.longest_min,
    }
    return schemas.ReturnProposal.model_validate(proposal)


async def _one(house: House, return_id: str) -> schemas.Return:
    def look(conn: Connection) -> schemas.Return:
        found = next((one for one in read.list_returns(conn, everything=True) if one.id == return_id), None)
        if found is None:
            raise NotFound("return_unknown", f"There is no return {return_id}")
        return schemas.Return.model_validate(found)

    return await house.read(look)
