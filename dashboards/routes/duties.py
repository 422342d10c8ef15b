"""Duties of the cold chain: what is to be done, doing it, and the record for printing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from fastapi import Response

from dashboards.auth import Staff, Watch
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.schemas import duties as schemas
from dashboards.schemas.base import GivenInstant
from wms.duties import commands, read, sheet
from wms.duties.commands import Done
from wms.duties.model import DutyKind
from wms.duties.read import RecordList, subject_and_day
from wms.duties.said import DeviceSaid, day_ranges, said_now
from wms.limits.read import limit_book
from wms.store.tx import Tx

routes = router("duties")
_USUAL: Final = timedelta(days=7)
_CSV: Final = "text/csv; charset=utf-8"
_HTML: Final = "text/html; charset=utf-8"


@routes.get("/duties")
async def list_duties(who: Staff, house: HouseOf) -> schemas.DutyList:
    """Duties of today, everything still open or overdue, and what was missed since yesterday."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    return schemas.DutyList.model_validate(await house.read(lambda conn: read.duty_list(conn, plant, now)))


@routes.get("/duties/records")
async def list_duty_records(
    who: Staff, house: HouseOf, from_at: GivenInstant | None = None, to_at: GivenInstant | None = None
) -> schemas.DutyRecordList:
    """The record of a period, oldest first; the last seven days when none is given."""
    del who
    return schemas.DutyRecordList.model_validate(await _records(house, from_at, to_at))


@routes.get("/duties/records.csv", response_class=Response, responses={200: {"content": {_CSV: {}}}})
async def export_duty_records(
    who: Staff, house: HouseOf, from_at: GivenInstant | None = None, to_at: GivenInstant | None = None
) -> Response:
    """The same as a file."""
    del who
    text = sheet.as_csv(await _records(house, from_at, to_at))
    return Response(text, media_type=_CSV, headers={"Content-Disposition": 'attachment; filename="duties.csv"'})


@routes.get("/duties/records.html", response_class=Response, responses={200: {"content": {_HTML: {}}}})
async def print_duty_records(
    who: Staff,
    house: HouseOf,
    from_at: GivenInstant | None = None,
    to_at: GivenInstant | None = None,
    lang: schemas.Language = "en",
) -> Response:
    """The same as a page to print and sign."""
    del who
    found = await _records(house, from_at, to_at)
    return Response(sheet.as_html(found, house.warehouse.plant, lang), media_type=_HTML)


@routes.get("/duties/{duty_id}")
async def get_duty(duty_id: str, who: Staff, house: HouseOf) -> schemas.DutyDetail:
    """One duty with what is needed to do it: for a sign-off the lowest and highest values of the day."""
    del who
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    said = await _said(house, duty_id)
    found = await house.read(lambda conn: read.one_duty(conn, plant, duty_id, said, now))
    return schemas.DutyDetail.model_validate(found)


@routes.post("/duties/{duty_id}/done", status_code=201)
async def do_duty(
    duty_id: str, body: schemas.DutyDone, who: Watch, house: HouseOf, repeat: RepeatOf
) -> schemas.DutyRecord:
    """Record what was done; what the probes say beside it is added here and not by the person."""
    said = await _said(house, duty_id)
    done = Done(**body.model_dump())

    def act(tx: Tx) -> str:
        return commands.record_done(tx, who.actor, duty_id, done, said)

    record = str(await write(house, who, repeat, act))
    plant = house.warehouse.plant
    return schemas.DutyRecord.model_validate(await house.read(lambda conn: read.one_record(conn, plant, record)))


async def _records(house: House, from_at: datetime | None, to_at: datetime | None) -> RecordList:
    plant = house.warehouse.plant
    end = to_at or house.warehouse.clock.now()
    begin = from_at or end - _USUAL
    return await house.read(lambda conn: read.records_of(conn, plant, begin, end))


async def _said(house: House, duty_id: str) -> DeviceSaid:
    """What the probes of a duty's device say: now, and for a sign-off over its day (read in a thread)."""
    kind, device, day = subject_and_day(duty_id)
    plant, telemetry, now = house.warehouse.plant, house.telemetry, house.warehouse.clock.now()
    said = said_now(plant, device, lambda probe: telemetry.live.reading(probe, now))
    if kind is not DutyKind.MIN_MAX:
        return said
    limits = await house.read(lambda conn: limit_book(conn, plant))
    ranges = await asyncio.to_thread(day_ranges, plant, device, day, telemetry.store, telemetry.registry, limits)
    return replace(said, ranges=ranges)
