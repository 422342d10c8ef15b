"""Temperature limits: proposed by one person, approved by another."""

from __future__ import annotations

from dashboards.auth import Quality, Staff, Watch
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.privileged import refused_is_recorded
from dashboards.schemas import limits as schemas
from telemetry.limits import Timing
from wms.limits import commands, read
from wms.limits.model import Limits

routes = router("limits")


@routes.get("/limits")
async def list_limits(who: Staff, house: HouseOf) -> schemas.LimitVersionList:
    """Every version of every envelope's limits, with the range that its components allow."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    found = await house.read(lambda conn: read.versions(conn, plant, now))
    return schemas.LimitVersionList(items=[schemas.LimitVersion.model_validate(one) for one in found])


@routes.post("/limits", status_code=201)
async def propose_limits(
    body: schemas.ProposeLimits, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.LimitVersion:
    """Propose limits; they hold only when somebody else of quality has approved them."""
    limits = _limits(body.limits)
    limit_id = await write(
        house,
        who,
        repeat,
        lambda tx: commands.propose(tx, who.actor, body.envelope, limits, body.reason, body.valid_from),
    )
    return await _one(house, limit_id)


@routes.post("/limits/{limit_id}/approve")
async def approve_limits(
    limit_id: str, body: schemas.ApproveLimits, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.LimitVersion:
    """Put proposed limits in force on the signatures of two people."""
    async with refused_is_recorded(house, who, commands.APPROVE, limit_id):
        await write(house, who, repeat, lambda tx: commands.approve(tx, who.actor, limit_id, body.signatures))
    return await _one(house, limit_id)


@routes.post("/limits/{limit_id}/reject")
async def reject_limits(
    limit_id: str, body: schemas.RejectLimits, who: Quality, house: HouseOf, repeat: RepeatOf
) -> schemas.LimitVersion:
    """Turn proposed limits down."""
    await write(house, who, repeat, lambda tx: commands.reject(tx, who.actor, limit_id, body.reason))
    return await _one(house, limit_id)


async def _one(house: House, limit_id: str) -> schemas.LimitVersion:
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    found = await house.read(lambda conn: read.one_version(conn, plant, now, limit_id))
    return schemas.LimitVersion.model_validate(found)


def _limits(given: schemas.GivenLimits) -> Limits:
    return Limits(
        min_c=given.min_c,
        max_c=given.max_c,
        alert_min_c=given.alert_min_c,
        alert_max_c=given.alert_max_c,
        air=_timing(given.air),
        load=_timing(given.load),
    )


def _timing(given: schemas.GivenTiming) -> Timing:
    return Timing(
        on_delay_s=given.on_delay_s,
        off_delay_s=given.off_delay_s,
        deadband_c=given.deadband_c,
        count=given.count,
        window_s=given.window_s,
    )
