"""Alarms: the list, one in full, and what a person does about them."""

from __future__ import annotations

from sqlalchemy import Connection

from dashboards.auth import QualityOrEngineer, Staff, Watch
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import alarms as schemas
from dashboards.schemas.bags import BagSummary
from wms.alarms import book, closing, shelving
from wms.alarms import read as alarms
from wms.bags import read as bags

routes = router("alarms")


@routes.get("/alarms")
async def list_alarms(who: Staff, house: HouseOf, state: schemas.AlarmFilter = "open") -> schemas.AlarmList:
    """Alarms by priority and time left; `all` adds those that are over."""
    del who
    plant, forecast, now = house.warehouse.plant, house.forecast, house.warehouse.clock.now()

    def look(conn: Connection) -> schemas.AlarmList:
        found = alarms.list_alarms(conn, plant, forecast, everything=state == "all", now=now)
        flood = alarms.flood_now(conn, now)
        return schemas.AlarmList(
            items=[schemas.Alarm.model_validate(alarm) for alarm in found],
            flood=None if flood is None else schemas.AlarmFlood.model_validate(flood),
        )

    return await house.read(look)


@routes.get("/alarms/reasons")
async def list_closing_reasons(who: Staff) -> schemas.ClosingReasonList:
    """Why an alarm may be over, in the order in which a screen offers the reasons."""
    del who
    return schemas.ClosingReasonList(
        items=[schemas.ClosingReason.model_validate(reason) for reason in closing.REASONS.values()]
    )


@routes.get("/alarms/to-close")
async def list_alarms_to_close(who: Staff, house: HouseOf) -> schemas.OccurrenceList:
    """Occurrences that are over and wait for a person's reason."""
    del who
    found = await house.read(closing.to_close)
    return schemas.OccurrenceList(items=[schemas.Occurrence.model_validate(one) for one in found])


@routes.post("/alarms/close")
async def close_alarms(body: schemas.CloseManyRequest, who: Watch, house: HouseOf, repeat: RepeatOf) -> schemas.Closed:
    """Give several occurrences of low priority one reason, all or none."""
    closed = await write(
        house,
        who,
        repeat,
        lambda tx: closing.close_many(tx, who.actor, body.occurrences, body.reason, body.comment),
    )
    return schemas.Closed(closed=closed)


@routes.get("/alarms/{alarm_id}")
async def get_alarm(alarm_id: str, who: Staff, house: HouseOf) -> schemas.AlarmDetail:
    """One alarm, its journal, and the bags, orders and hospitals behind it by name."""
    del who
    return await _detail(house, alarm_id)


@routes.post("/alarms/{alarm_id}/acknowledge")
async def acknowledge_alarm(
    alarm_id: str, body: schemas.AcknowledgeRequest, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.AlarmDetail:
    """Say that a person has seen it, and why it is over where it is."""
    seen = None if body.seen is None else book.Seen(body.seen.occurrence, body.seen.priority)
    await write(
        house, who, repeat, lambda tx: book.acknowledge(tx, who.actor, alarm_id, body.comment, body.reason, seen=seen)
    )
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


@routes.post("/alarms/{alarm_id}/reset")
async def reset_alarm(
    alarm_id: str, body: schemas.ClosingRequest, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.AlarmDetail:
    """Let a latched alarm go, with the reason; it has to be acknowledged before."""
    await write(house, who, repeat, lambda tx: book.reset(tx, who.actor, alarm_id, body.reason, body.comment))
    return await _detail(house, alarm_id)


@routes.post("/alarms/{alarm_id}/close")
async def close_alarm(
    alarm_id: str, body: schemas.ClosingRequest, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.AlarmDetail:
    """Say why every occurrence of it that has returned is over."""
    await write(house, who, repeat, lambda tx: closing.close(tx, who.actor, alarm_id, body.reason, body.comment))
    return await _detail(house, alarm_id)


@routes.post("/alarms/{alarm_id}/out-of-service")
async def take_alarm_out_of_service(
    alarm_id: str, body: schemas.OutOfServiceRequest, who: QualityOrEngineer, house: HouseOf, repeat: RepeatOf
) -> schemas.AlarmDetail:
    """Set it aside for a maintenance; it comes back by itself."""
    await write(
        house,
        who,
        repeat,
        lambda tx: shelving.take_out_of_service(tx, who.actor, alarm_id, body.reason, body.until),
    )
    return await _detail(house, alarm_id)


@routes.post("/alarms/{alarm_id}/return-to-service")
async def return_alarm_to_service(
    alarm_id: str, body: schemas.ReturnToServiceRequest, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.AlarmDetail:
    """The maintenance is over; what stands is an alarm again."""
    await write(house, who, repeat, lambda tx: shelving.return_to_service(tx, who.actor, alarm_id, body.comment))
    return await _detail(house, alarm_id)


async def _detail(house: House, alarm_id: str) -> schemas.AlarmDetail:
    plant, forecast, now = house.warehouse.plant, house.forecast, house.warehouse.clock.now()

    def look(conn: Connection) -> schemas.AlarmDetail:
        found = alarms.one_alarm(conn, plant, forecast, alarm_id, now=now)
        endangered = bags.summaries(conn, plant, found.at_stake.bags)
        return schemas.AlarmDetail(
            **schemas.Alarm.model_validate(found.alarm).model_dump(),
            journal=[schemas.AlarmJournalEntry.model_validate(entry) for entry in found.journal],
            occurrences=[schemas.Occurrence.model_validate(one) for one in found.occurrences],
            bags=[BagSummary.model_validate(bag) for bag in endangered],
            orders=list(found.at_stake.orders),
            hospitals=list(found.at_stake.hospitals),
        )

    return await house.read(look)
