"""Monitoring that is suspended: the list, a new one, and its end."""

from __future__ import annotations

from dashboards.auth import Staff, Watch
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import suspensions as schemas
from wms.alarms import suspending
from wms.alarms.suspension_list import list_suspensions, one_suspension

routes = router("alarms")


@routes.get("/suspensions")
async def get_suspensions(who: Staff, house: HouseOf) -> schemas.SuspensionList:
    """Where nobody is called now, and where that ended within the last day."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    found = await house.read(lambda conn: list_suspensions(conn, plant, now))
    return schemas.SuspensionList(items=[schemas.Suspension.model_validate(one) for one in found])


@routes.post("/suspensions", status_code=201)
async def suspend_monitoring(
    body: schemas.SuspensionRequest, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.Suspension:
    """Suspend the monitoring of a device or a place for a time; it comes back by itself, aloud."""
    asked = body.checklist
    checklist = suspending.Checklist(asked.stock_moved, asked.second_probe, asked.watch)
    suspension_id = await write(
        house,
        who,
        repeat,
        lambda tx: suspending.suspend(
            tx,
            who.actor,
            reason=body.reason,
            minutes=body.minutes,
            checklist=checklist,
            device=body.device,
            place=body.place,
        ),
    )
    return await _one(house, suspension_id)


@routes.post("/suspensions/{suspension_id}/end")
async def end_suspension(
    suspension_id: str, body: schemas.EndSuspensionRequest, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.Suspension:
    """Monitor again now; what stands is an alarm again."""
    await write(house, who, repeat, lambda tx: suspending.end(tx, who.actor, suspension_id, body.comment))
    return await _one(house, suspension_id)


async def _one(house: House, suspension_id: str) -> schemas.Suspension:
    plant = house.warehouse.plant
    found = await house.read(lambda conn: one_suspension(conn, plant, suspension_id))
    return schemas.Suspension.model_validate(found)
