"""The site itself: clock, plant, health, and the facts that wait for a person."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboards.auth import Anyone, Engineer, Staff
from dashboards.context import HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import system as schemas
from dashboards.views import clock_view, envelopes_now, plant_view
from wms.inbox import dead_letters, epochs
from wms.inbox import read as inbox
from wms.people import signatures
from wms.store.tx import Tx

routes = router("site")


@routes.get("/clock")
async def get_clock(who: Anyone, house: HouseOf) -> schemas.Clock:
    """Domain time, real time and the site."""
    del who
    return clock_view(house)


@routes.get("/plant")
async def get_plant(who: Anyone, house: HouseOf) -> schemas.PlantView:
    """The plant document as screens need it, with the limits that are in force."""
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    return await house.read(lambda conn: plant_view(plant, who.hospital, envelopes_now(conn, plant, now)))


@routes.get("/health")
async def get_health(who: Staff, house: HouseOf) -> schemas.Health:
    """Every service as it last spoke of itself."""
    del who
    return schemas.Health.model_validate(house.health.view(house.warehouse.clock.real_now()))


@routes.get("/deadletters")
async def list_dead_letters(who: Engineer, house: HouseOf) -> schemas.DeadLetterList:
    """Facts from the plant that could not be applied."""
    del who
    letters = await house.read(inbox.dead_letters)
    return schemas.DeadLetterList(items=[schemas.DeadLetter.model_validate(letter) for letter in letters])


@routes.post("/deadletters/{dead_letter_id}/retry")
async def retry_dead_letter(
    dead_letter_id: str, who: Engineer, house: HouseOf, repeat: RepeatOf
) -> schemas.DeadLetterRetry:
    """Apply it again, after what it lacked was mended."""
    await write(house, who, repeat, lambda tx: dead_letters.retry(tx, who.actor, dead_letter_id))
    return schemas.DeadLetterRetry(id=dead_letter_id, state="applied")


@routes.get("/edges/troubles")
async def list_edge_troubles(who: Staff, house: HouseOf) -> schemas.EdgeTroubleList:
    """Facts that are or may be lost, and edges that share a name, until somebody answers for it."""
    del who
    return await house.read(_troubles)


@routes.post("/edges/troubles/{trouble_id}/accept")
async def accept_edge_trouble(
    trouble_id: str, body: schemas.AcceptRequest, who: Engineer, house: HouseOf, repeat: RepeatOf
) -> schemas.EdgeTroubleList:
    """Accept a loss on the signatures of two people; answers with what is left."""

    def accept(tx: Tx) -> None:
        signed = signatures.use(tx, body.signatures, act="edge.accept", subject=trouble_id, content={})
        epochs.accept_trouble(tx, who.actor, trouble_id, signed)

    async with refused_is_recorded(house, who, "edge.accept", trouble_id):
        await write(house, who, repeat, accept)
    return await house.read(_troubles)


def _troubles(conn: Connection) -> schemas.EdgeTroubleList:
    found = inbox.edge_troubles(conn)
    return schemas.EdgeTroubleList(items=[schemas.EdgeTrouble.model_validate(trouble) for trouble in found])
