"""Discards: a signed act over one or many bags, what was discarded, and what the numbers say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Query, Response

from dashboards.auth import Floor, Quality, Staff, Watch
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import discards as schemas
from dashboards.schemas.bags import Reason
from dashboards.schemas.base import GivenInstant
from wms.discards import commands, read
from wms.discards.causes import causes
from wms.discards.indicators import Indicators, indicators, rows_as_csv
from wms.discards.rules import Remark
from wms.people import signatures
from wms.store.tx import Tx

routes = router("discards")
Filter = Annotated[str | None, Query(max_length=120)]
_USUAL: Final = timedelta(days=365)
_THIS_INSTANT: Final = timedelta(microseconds=1)
"""A period ends before its end; one that ends now includes what happens now."""
_CSV: Final = "text/csv; charset=utf-8"


@routes.get("/discards/causes")
async def list_discard_causes(who: Staff, house: HouseOf) -> schemas.DiscardCauses:
    """Every cause of discard that this site knows."""
    del who, house
    return schemas.DiscardCauses(items=[schemas.DiscardCause.model_validate(one) for one in causes().values()])


@routes.post("/discards/check")
async def check_discard(body: schemas.DiscardCheckRequest, who: Floor, house: HouseOf) -> schemas.DiscardCheck:
    """What a discard of these bags would do, before anybody signs; nothing is changed."""
    del who
    found = await house.warehouse.write(lambda tx: commands.check(tx, body.bags))
    return schemas.DiscardCheck(
        discardable=[one.bag for one in found if not one.refused],
        freed=[_remarks(one.bag, one.freed) for one in found if one.freed and not one.refused],
        refused=[_remarks(one.bag, one.refused) for one in found if one.refused],
    )


@routes.post("/discards", status_code=201)
async def discard_bags(
    body: schemas.DiscardRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.DiscardOutcome:
    """Destroy bags on the signatures of two people: all of them, or none, and then each refused bag is named."""

    def act(tx: Tx) -> object:
        content = body.model_dump(mode="json", exclude={"signatures"})
        signed = signatures.use(tx, body.signatures, act="bag.discard", subject=body.bags[0], content=content)
        done = commands.discard(tx, who.actor, body.bags, body.cause, body.comment, signed)
        return schemas.DiscardOutcome(id=done.id, discarded=list(done.bags)).model_dump(mode="json")

    async with refused_is_recorded(house, who, "bag.discard", body.bags[0]):
        return schemas.DiscardOutcome.model_validate(await write(house, who, repeat, act))


@routes.get("/discards")
async def list_discards(
    who: Watch,
    house: HouseOf,
    from_at: GivenInstant | None = None,
    to_at: GivenInstant | None = None,
    cause: Filter = None,
    q: Filter = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.DiscardList:
    """Discarded bags of a period, newest first; `q` is the beginning of a bag id."""
    del who
    page = await house.read(
        lambda conn: read.list_discards(conn, from_at=from_at, to_at=to_at, cause=cause, q=q, limit=limit)
    )
    return schemas.DiscardList(items=[schemas.Discard.model_validate(one) for one in page.items], total=page.total)


@routes.get("/discards.csv", response_class=Response, responses={200: {"content": {_CSV: {}}}})
async def export_discards(
    who: Watch, house: HouseOf, from_at: GivenInstant | None = None, to_at: GivenInstant | None = None
) -> Response:
    """The discarded bags of a period as a file."""
    del who
    text = await house.read(lambda conn: read.as_csv(conn, from_at=from_at, to_at=to_at))
    return _file(text, "discards.csv")


@routes.get("/indicators")
async def get_indicators(
    who: Watch,
    house: HouseOf,
    from_at: GivenInstant | None = None,
    to_at: GivenInstant | None = None,
    hospital: Filter = None,
) -> schemas.Indicators:
    """Discard and use by cause, component, month and hospital; the last year when no period is given."""
    del who
    return schemas.Indicators.model_validate(await _indicators(house, from_at, to_at, hospital))


@routes.get("/indicators.csv", response_class=Response, responses={200: {"content": {_CSV: {}}}})
async def export_indicators(
    who: Watch,
    house: HouseOf,
    from_at: GivenInstant | None = None,
    to_at: GivenInstant | None = None,
    hospital: Filter = None,
) -> Response:
    """The same numbers as a file."""
    del who
    return _file(rows_as_csv(await _indicators(house, from_at, to_at, hospital)), "indicators.csv")


async def _indicators(
    house: House, from_at: datetime | None, to_at: datetime | None, hospital: str | None
) -> Indicators:
    plant = house.warehouse.plant
    end = to_at or house.warehouse.clock.now() + _THIS_INSTANT
    begin = from_at or end - _USUAL
    return await house.read(lambda conn: indicators(conn, plant, begin, end, hospital))


def _remarks(bag: str, remarks: tuple[Remark, ...]) -> schemas.RefusedDiscard:
    return schemas.RefusedDiscard(bag=bag, reasons=[Reason.model_validate(one) for one in remarks])


def _file(text: str, name: str) -> Response:
    return Response(text, media_type=_CSV, headers={"Content-Disposition": f'attachment; filename="{name}"'})
