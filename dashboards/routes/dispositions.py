"""Dispositions: what excursions ask quality to decide about bags, and the decision."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboards.auth import Quality, Staff
from dashboards.context import HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import dispositions as schemas
from wms.passports import decide, read
from wms.people import signatures
from wms.store.tx import Tx

routes = router("dispositions")


@routes.get("/dispositions")
async def list_dispositions(
    who: Staff, house: HouseOf, state: read.Which = "open", bag: str | None = None
) -> schemas.DispositionList:
    """Items that wait for a decision, the newest first; or the decided ones, or all; of one bag when it is named."""
    del who

    def look(conn: Connection) -> schemas.DispositionList:
        found = read.list_dispositions(conn, house.warehouse.plant, state, bag=bag)
        items = [schemas.Disposition.model_validate(one) for one in found]
        return schemas.DispositionList(items=items, open=read.open_count(conn))

    return await house.read(look)


@routes.get("/dispositions/{disposition_id}")
async def get_disposition(disposition_id: str, who: Staff, house: HouseOf) -> schemas.Disposition:
    """One item, and what may be decided of it."""
    del who
    return await house.read(
        lambda conn: schemas.Disposition.model_validate(
            read.one_disposition(conn, house.warehouse.plant, disposition_id)
        )
    )


@routes.post("/dispositions/{disposition_id}/decide")
async def decide_disposition(
    disposition_id: str, body: schemas.DecideRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.Disposition:
    """Decide about the bag of an item, within what its trigger allows, on the signatures that the outcome needs."""
    content = body.model_dump(mode="json", exclude={"signatures"}, exclude_unset=True)
    decision = decide.Decision(body.outcome, body.comment, body.expires_at)

    def act(tx: Tx) -> None:
        signed = signatures.use(tx, body.signatures, act=decide.ACT, subject=disposition_id, content=content)
        decide.decide(tx, who.actor, disposition_id, decision, signed)

    async with refused_is_recorded(house, who, decide.ACT, disposition_id):
        await write(house, who, repeat, act)
    return await house.read(
        lambda conn: schemas.Disposition.model_validate(
            read.one_disposition(conn, house.warehouse.plant, disposition_id)
        )
    )
