"""Counts, by shelf antenna or by hand, and what the antennas see on each shelf."""

from __future__ import annotations

from typing import Literal

from dashboards.auth import Floor, Staff
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.scanned import accepted, is_at, scan
from dashboards.schemas import stocktake as schemas
from dashboards.schemas.scans import ScanOutcome
from wms.bags.projection import require
from wms.holds.commands import Signature
from wms.orders.sentences import Sentence
from wms.people import signatures
from wms.stocktake import counts, missing, read
from wms.stocktake.matching import CountState
from wms.store.tx import Tx

routes = router("stocktake")


@routes.get("/counts")
async def list_counts(who: Staff, house: HouseOf, state: Literal["open", "all"] = "open") -> schemas.CountList:
    """Open counts, newest first; `all` adds the closed ones."""
    del who
    found = await house.read(lambda conn: read.list_counts(conn, open_only=state == "open"))
    return schemas.CountList(items=[schemas.Count.model_validate(one) for one in found])


@routes.get("/counts/{count_id}")
async def get_count(count_id: str, who: Staff, house: HouseOf) -> schemas.Count:
    """One count with every bag that was looked for or seen."""
    del who
    return await _one(house, count_id)


@routes.post("/counts", status_code=201)
async def open_count(body: schemas.CountRequest, who: Floor, house: HouseOf, repeat: RepeatOf) -> schemas.Count:
    """Begin a count of a place and everything below it."""
    means = counts.Means(body.by.value)
    count = await write(house, who, repeat, lambda tx: counts.open_count(tx, who.actor, body.place, means))
    return await _one(house, count)


@routes.post("/counts/{count_id}/scan")
async def count_by_scan(
    count_id: str, body: schemas.CountScanRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> ScanOutcome:
    """A person sees a bag in a count."""

    def look(tx: Tx) -> ScanOutcome:
        bag = str(tx.plant.identifiers.parse_bag_scan(body.din_scan, body.product_scan))
        state = counts.scan(tx, who.actor, count_id, bag, body.at_place)
        if state is CountState.SEEN:
            return accepted(Sentence(f"{bag} is where it should be.", f"{bag} 位置相符。"), bag)
        place = require(tx.raw, bag)["place"]
        where = (
            Sentence("nobody knew where it was", "位置此前不明") if place is None else is_at(tx.plant, bag, str(place))
        )
        return accepted(Sentence(f"{bag} was not expected here.", f"{bag} 不应在此处。"), bag, where)

    return await scan(house, who, repeat, look)


@routes.post("/counts/{count_id}/close")
async def close_count(count_id: str, who: Floor, house: HouseOf, repeat: RepeatOf) -> schemas.Count:
    """End a count: what was not seen is missing from now on."""

    def close(tx: Tx) -> None:
        counts.close_count(tx, who.actor, count_id)

    await write(house, who, repeat, close)
    return await _one(house, count_id)


@routes.post("/counts/{count_id}/resolve")
async def resolve_missing(
    count_id: str, body: schemas.CountResolveRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.Count:
    """A missing bag was found at a place, or is given up as lost on the signatures of two people."""

    def resolve(tx: Tx) -> None:
        lost = body.act is schemas.CountAct.LOST
        signed: tuple[Signature, ...] = ()
        if lost:
            signed = signatures.use(tx, body.signatures, act="bag.lost", subject=body.bag, content={})
        missing.resolve(
            tx,
            who.actor,
            count_id,
            body.bag,
            missing.Verdict(body.act.value),
            place=body.place,
            signatures=signed,
        )

    async with refused_is_recorded(house, who, f"bag.{body.act.value}", body.bag):
        await write(house, who, repeat, resolve)
    return await _one(house, count_id)


@routes.get("/shelves")
async def list_shelves(who: Staff, house: HouseOf) -> schemas.ShelfList:
    """Every shelf with an antenna: what is believed beside what is seen."""
    del who
    plant = house.warehouse.plant
    found = await house.read(lambda conn: read.shelves(conn, plant))
    return schemas.ShelfList(items=[schemas.Shelf.model_validate(shelf) for shelf in found])


async def _one(house: House, count_id: str) -> schemas.Count:
    return schemas.Count.model_validate(await house.read(lambda conn: read.one_count(conn, count_id)))
