"""Release from quarantine: computed, asked for by a person, or past a failed gate on the word of two people."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlalchemy import Connection

from blood.eligibility import BagStatus
from dashboards.auth import Floor, Quality, Staff
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import release as schemas
from wms.people import signatures
from wms.release import override, read
from wms.release.overridden import overrides_of
from wms.release.release import release_if_ready
from wms.store.database import driver_of
from wms.store.tx import Tx

routes = router("release")


@routes.get("/release")
async def list_release(
    who: Staff,
    house: HouseOf,
    state: read.ReleaseState = read.ReleaseState.BLOCKED,
    component: Annotated[str | None, Query(max_length=20)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.ReleaseList:
    """Bags in quarantine: those that a gate keeps, those that are ready, or all."""
    del who

    def look(conn: Connection) -> schemas.ReleaseList:
        found = read.list_release(
            conn, house.warehouse.plant, house.telemetry.live.excursion_at, house.warehouse.clock.now(),
            state=state, component=component, limit=limit,
        )  # fmt: skip
        items = [_item(conn, one) for one in found.items]
        return schemas.ReleaseList(items=items, total=found.total, counts=dict(found.counts))

    return await house.read(look)


@routes.get("/bags/{bag_id}/release")
async def get_release(bag_id: str, who: Staff, house: HouseOf) -> schemas.ReleaseItem:
    """Every gate of one bag, and what people passed by."""
    del who
    return await house.read(lambda conn: _item(conn, _look(house, conn, bag_id)))


@routes.post("/bags/{bag_id}/release")
async def release_bag(bag_id: str, who: Floor, house: HouseOf, repeat: RepeatOf) -> schemas.ReleaseOutcome:
    """Release a bag now if every gate has passed; the warehouse does the same by itself every few seconds."""
    await write(house, who, repeat, lambda tx: release_if_ready(tx, who.actor, bag_id) is None)
    return await _outcome(house, bag_id)


@routes.post("/bags/{bag_id}/release-override")
async def override_release(
    bag_id: str, body: schemas.OverrideRequest, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.ReleaseOutcome:
    """Release a bag past the failed gates that are named, on the signatures of two people, one of quality."""
    content = {"gates": [gate.value for gate in body.gates], "reason": body.reason}

    def act(tx: Tx) -> None:
        signed = signatures.use(tx, body.signatures, act=override.ACT, subject=bag_id, content=content)
        override.override(tx, who.actor, bag_id, body.gates, body.reason, signed)

    async with refused_is_recorded(house, who, override.ACT, bag_id):
        await write(house, who, repeat, act)
    return await _outcome(house, bag_id)


async def _outcome(house: House, bag: str) -> schemas.ReleaseOutcome:
    found = await house.read(lambda conn: _look(house, conn, bag))
    return schemas.ReleaseOutcome(
        released=found.status is BagStatus.AVAILABLE,
        gates=[schemas.Gate.model_validate(gate) for gate in found.gates],
    )


def _look(house: House, conn: Connection, bag: str) -> read.ReleaseItem:
    warehouse = house.warehouse
    return read.release_item(conn, warehouse.plant, bag, house.telemetry.live.excursion_at, warehouse.clock.now())


def _item(conn: Connection, found: read.ReleaseItem) -> schemas.ReleaseItem:
    return schemas.ReleaseItem(
        bag=found.bag,
        component=found.component,
        group=found.group,
        place=found.place,
        status=found.status,
        since=found.since,
        expires_at=found.expires_at,
        gates=[schemas.Gate.model_validate(gate) for gate in found.gates],
        overridden=[schemas.Override.model_validate(one) for one in overrides_of(driver_of(conn), found.bag)],
    )
