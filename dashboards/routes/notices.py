"""Who is told of alarms: ladder, rota, notices, channels, responses, and what the wall should sound."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from fastapi import Depends, Query
from sqlalchemy import Connection

from dashboards.auth import Engineer, Staff, allow
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import notices as schemas
from dashboards.schemas.base import GivenInstant
from wms.notices import outbox, read, rotas
from wms.notices.outbox import NoticeState
from wms.people.roles import Role
from wms.people.sessions import Visitor
from wms.store.tx import Tx

routes = router("notices")
Planner = Annotated[Visitor, Depends(allow(Role.QUALITY, Role.ADMINISTRATOR))]
_USUAL: Final = timedelta(days=30)


@routes.get("/ladder")
async def get_ladder(who: Staff, house: HouseOf) -> schemas.LadderList:
    """Who is told of an alarm of each priority, and when."""
    del who, house
    return schemas.LadderList.model_validate(read.ladder_list())


@routes.get("/rota")
async def get_rota(who: Staff, house: HouseOf) -> schemas.Rota:
    """The rota in force, who is on duty now, and the gaps of the next seven days."""
    del who
    return await _rota(house)


@routes.put("/rota")
async def put_rota(body: schemas.RotaRequest, who: Planner, house: HouseOf, repeat: RepeatOf) -> schemas.Rota:
    """Replace the rota; refused when somebody else has changed it since `version`."""
    given = body.model_dump(mode="json")

    def act(tx: Tx) -> int:
        return rotas.replace(tx, who.actor, given["version"], given["shifts"], given["absences"], given["reason"])

    await write(house, who, repeat, act)
    return await _rota(house)


@routes.get("/notices")
async def list_notices(
    who: Staff,
    house: HouseOf,
    alarm: Annotated[str | None, Query(max_length=120)] = None,
    state: NoticeState | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.NoticeList:
    """Notices, newest first: to whom, by what, how often tried, what the channel answered, who received it."""
    del who
    found = await house.read(lambda conn: read.list_notices(conn, alarm=alarm, state=state, limit=limit))
    return schemas.NoticeList(items=[schemas.Notice.model_validate(one) for one in found])


@routes.get("/notices/{notice_id}")
async def get_notice(notice_id: str, who: Staff, house: HouseOf) -> schemas.Notice:
    """One notice."""
    del who
    return await _notice(house, notice_id)


@routes.post("/notices/{notice_id}/open")
async def open_notice(notice_id: str, who: Staff, house: HouseOf, repeat: RepeatOf) -> schemas.Notice:
    """Say that a person has opened it: that it was received. Nobody acts on the alarm by it."""
    await write(house, who, repeat, lambda tx: outbox.open_notice(tx, who.actor, notice_id))
    return await _notice(house, notice_id)


@routes.post("/notices/{notice_id}/coming")
async def promise_to_come(notice_id: str, who: Staff, house: HouseOf, repeat: RepeatOf) -> schemas.Notice:
    """Answer "I come". Others are told on: only who acts on the alarm ends that."""
    await write(house, who, repeat, lambda tx: outbox.promise_to_come(tx, who.actor, notice_id))
    return await _notice(house, notice_id)


@routes.get("/channels")
async def list_channels(who: Staff, house: HouseOf) -> schemas.ChannelList:
    """The channels by name and how they fare."""
    del who
    found = await house.read(read.list_channels)
    return schemas.ChannelList(items=[schemas.NoticeChannel.model_validate(one) for one in found])


@routes.post("/channels/{name}/test", status_code=202)
async def test_channel(name: str, who: Engineer, house: HouseOf, repeat: RepeatOf) -> schemas.Notice:
    """Send a test message; the answer is in the notice, which changes as it goes out."""
    notice_id = str(await write(house, who, repeat, lambda tx: outbox.queue_test(tx, who.actor, name)))
    return await _notice(house, notice_id)


@routes.get("/alarm-responses")
async def list_alarm_responses(
    who: Staff,
    house: HouseOf,
    from_at: GivenInstant | None = None,
    to_at: GivenInstant | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> schemas.ResponseList:
    """Who acted on each alarm and how long it took; the last 30 days when no period is given."""
    del who
    end = to_at or house.warehouse.clock.now()
    begin = from_at or end - _USUAL
    found = await house.read(lambda conn: read.responses(conn, begin, end, limit))
    return schemas.ResponseList.model_validate(found)


@routes.get("/wall")
async def get_wall(who: Staff, house: HouseOf) -> schemas.Wall:
    """What the wall should show and sound now."""
    del who
    return await house.read(lambda conn: wall_view(house, conn))


def wall_view(house: House, conn: Connection) -> schemas.Wall:
    """The wall as the API and the live stream give it."""
    found = read.wall(conn, house.warehouse.plant, house.warehouse.clock.now())
    return schemas.Wall.model_validate(found)


async def _rota(house: House) -> schemas.Rota:
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    return schemas.Rota.model_validate(await house.read(lambda conn: read.rota_view(conn, plant, now)))


async def _notice(house: House, notice_id: str) -> schemas.Notice:
    return schemas.Notice.model_validate(await house.read(lambda conn: read.one_notice(conn, notice_id)))
