"""Loggers that travelled with boxes: look into a file, take it, see what was taken."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import Connection

from blood.components import Limits
from dashboards.auth import Floor, Staff
from dashboards.context import House, HouseOf, RepeatOf, write
from dashboards.declare import router
from dashboards.logger_views import preview
from dashboards.schemas import loggers as schemas
from dashboards.views import envelopes_now
from telemetry.excursions import Excursion
from telemetry.loggers.model import ReadingsExport
from telemetry.loggers.table import Mapping
from wms.calibration.read import calibrations_of
from wms.errors import NotFound
from wms.limits.read import limit_book
from wms.loggers import read
from wms.loggers.commands import resolve_box, take_file
from wms.loggers.model import LoggerFile, read_file
from wms.store.database import driver_of
from wms.store.tx import Tx

routes = router("loggers")
Filter = Annotated[str | None, Query(max_length=120)]


@routes.post("/loggers/preview")
async def preview_logger(body: schemas.LoggerPreviewRequest, who: Floor, house: HouseOf) -> schemas.LoggerPreview:
    """Say what a file holds; nothing is kept. A file that cannot be read is refused with every fault by its line."""
    del who
    file = await _file(house, body)
    return await asyncio.to_thread(preview, file, await _limits(house, body.box))


@routes.post("/loggers", status_code=201)
async def take_logger(
    body: schemas.LoggerImportRequest, who: Floor, house: HouseOf, repeat: RepeatOf
) -> schemas.LoggerTaken:
    """Take a file: it is kept, its readings go into the history, and its alarms hold the bags that were with it."""
    file = await _file(house, body)
    plant = house.warehouse.plant

    def prepare(conn: Connection) -> tuple[str | None, list[Excursion]]:
        box = resolve_box(driver_of(conn), plant, file, body.box, body.shipment)
        if box is None or not isinstance(file.export, ReadingsExport):
            return box, []
        return box, read.excursions_in(file.export, limit_book(conn, plant), calibrations_of(conn), f"{box}-logger")

    box, excursions = await house.read(prepare)

    def take(tx: Tx) -> dict[str, Any]:
        return asdict(take_file(tx, who.actor, file, box=box, shipment=body.shipment, excursions=excursions))

    return schemas.LoggerTaken.model_validate(await write(house, who, repeat, take))


@routes.get("/loggers")
async def list_loggers(
    who: Staff,
    house: HouseOf,
    box: Filter = None,
    shipment: Filter = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> schemas.LoggerRecordList:
    """Files that were taken, newest first."""
    del who
    found = await house.read(lambda conn: read.files(conn, box=box, shipment=shipment, limit=limit))
    return schemas.LoggerRecordList(items=[schemas.LoggerRecord.model_validate(one) for one in found])


@routes.get("/loggers/{logger_file}")
async def get_logger(logger_file: str, who: Staff, house: HouseOf) -> schemas.LoggerRecordDetail:
    """One file that was taken, and what it holds."""
    del who
    record, text, mapping = await house.read(lambda conn: read.one_file(conn, logger_file))
    zone = record.timezone or house.warehouse.plant.site.timezone
    file = await asyncio.to_thread(read_file, record.name, text, mapping, zone)
    shown = await asyncio.to_thread(preview, file, await _limits(house, record.box))
    return schemas.LoggerRecordDetail(record=schemas.LoggerRecord.model_validate(record), preview=shown)


async def _file(house: House, body: schemas.LoggerPreviewRequest) -> LoggerFile:
    mapping = Mapping(**body.mapping.model_dump())
    return await asyncio.to_thread(read_file, body.name, body.text, mapping, house.warehouse.plant.site.timezone)


async def _limits(house: House, box: str | None) -> Limits | None:
    """The limits in force of a box's class; raises NotFound."""
    if box is None:
        return None
    if box not in house.warehouse.plant.box_by_id:
        raise NotFound("logger.box_unknown", f"There is no box {box}")
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    envelope = await house.read(lambda conn: envelopes_now(conn, plant, now)(f"box/{box}"))
    return None if envelope is None else Limits(envelope.min_c, envelope.max_c)
