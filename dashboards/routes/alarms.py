"""Alarms: the list, one in full, and what a person does about them."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboards.auth import Staff, Watch
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import alarms as schemas
from dashboards.schemas.bags import BagSummary
from wms.alarms import book, shelving
from wms.alarms import read as alarms
from wms.bags import read as bags

routes = router("alarms")


@routes.get("/alarms")
async def list_alarms(who: Staff, house: HouseOf, state: schemas.AlarmFilter = "open") -> schemas.AlarmList:
    """Alarms by priority and time left; `all` adds those that are over."""
    del who
    plant, forecast = house.warehouse.plant, house.forecast
    found = await house.read(lambda conn: alarms.list_alarms(conn, plant, forecast, everything=state == "all"))
    return schemas.AlarmList(items=[schemas.Alarm.model_validate(alarm) for alarm in found])


@routes.get("/alarms/{alarm_id}")
async def get_alarm(alarm_id: str, who: Staff, house: HouseOf) -> schemas.AlarmDetail:
    """One alarm, its journal, and the bags, orders and hospitals behind it by name."""
    del who
    return await _detail(house, alarm_id)


@routes.post("/alarms/{alarm_id}/acknowledge")
async def acknowledge_alarm(
    alarm_id: str, body: schemas.AcknowledgeRequest, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.AlarmDetail:
    """Say that a person has seen it."""
    await write(house, who, repeat, lambda tx: book.acknowledge(tx, who.actor, alarm_id, body.comment))
    return await _detail(house, alarm_id)


@routes.post("/alarms/{alarm_id}/shelve")
async def shelve_alarm(
    alarm_id: str, body: schemas.ShelveRequest, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.AlarmDetail:
    """Put it out of sight for some minutes of domain time; it comes back by itself."""
    await write(
        house, who, repeat, lambda tx: shelving.shelve(tx, who.actor, alarm_id, body.minutes, body.reason).isoformat()
    )
    return await _detail(house, alarm_id)


@routes.post("/alarms/{alarm_id}/unshelve")
async def unshelve_alarm(alarm_id: str, who: Watch, house: HouseOf, repeat: RepeatOf) -> schemas.AlarmDetail:
    """Take it off the shelf now."""
    await write(house, who, repeat, lambda tx: shelving.unshelve(tx, who.actor, alarm_id))
    return await _detail(house, alarm_id)


async def _detail(house: House, alarm_id: str) -> schemas.AlarmDetail:
    plant, forecast = house.warehouse.plant, house.forecast

    def look(conn: Connection) -> schemas.AlarmDetail:
        found = alarms.one_alarm(conn, plant, forecast, alarm_id)
        endangered = bags.summaries(conn, plant, found.at_stake.bags)
        return schemas.AlarmDetail(
            **schemas.Alarm.model_validate(found.alarm).model_dump(),
            journal=[schemas.AlarmJournalEntry.model_validate(entry) for entry in found.journal],
            bags=[BagSummary.model_validate(bag) for bag in endangered],
            orders=list(found.at_stake.orders),
            hospitals=list(found.at_stake.hospitals),
        )

    return await house.read(look)
