"""Which loggers' files were taken, and what is still on its way to the historian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from sqlalchemy import Connection, RowMapping, select

from blood.components import Limits
from runtime.sparkplug.payload import Quality
from telemetry.calibration import Calibrations
from telemetry.excursions import Excursion
from telemetry.limits import LimitBook
from telemetry.loggers.model import LoggerFormat, ReadingsExport
from telemetry.loggers.replay import excursions_of
from telemetry.loggers.table import Mapping
from telemetry.tracker import GAP_AFTER_MS
from wms.errors import NotFound
from wms.loggers.tables import logger_file
from wms.store.metadata import from_us, from_us_or_none

_OPEN = Limits(None, None)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file that was taken; ``readings`` or ``days`` is None by its format."""

    id: str
    name: str
    format: LoggerFormat
    sha256: str
    serial: str | None
    timezone: str | None
    box: str | None
    shipment: str | None
    from_at: datetime
    to_at: datetime
    readings: int | None
    days: int | None
    alarms: int
    excursions: int
    doubts: int
    bags: tuple[str, ...]
    recorded_at: datetime
    recorded_by: str
    stored_at: datetime | None


@dataclass(frozen=True, slots=True)
class Owed:
    """The readings of a file that the historian may not have yet."""

    id: str
    sha256: str
    box: str
    text: str
    mapping: Mapping
    readings: int
    is_marked: bool


def files(
    conn: Connection, *, box: str | None = None, shipment: str | None = None, limit: int = 200
) -> list[FileRecord]:
    """Files that were taken, newest first."""
    columns = [column for column in logger_file.c if column.name != "text"]
    query = select(*columns).order_by(logger_file.c.recorded_us.desc(), logger_file.c.id.desc()).limit(limit)
    for column, wanted in ((logger_file.c.box, box), (logger_file.c.shipment, shipment)):
        if wanted is not None:
            query = query.where(column == wanted)
    return [_record(row) for row in conn.execute(query).mappings()]


def one_file(conn: Connection, name: str) -> tuple[FileRecord, str, Mapping]:
    """One file with its text and how its columns were named; raises NotFound."""
    row = conn.execute(select(logger_file).where(logger_file.c.id == name)).mappings().one_or_none()
    if row is None:
        raise NotFound("logger.unknown", f"There is no logger file {name}")
    return _record(row), row["text"], _mapping(row)


def owed_to_historian(conn: Connection, *, with_marked: bool) -> Sequence[str]:
    """Ids of files with single readings that the historian is not known to have, oldest first; or of all."""
    query = select(logger_file.c.id).where(logger_file.c.readings.is_not(None)).order_by(logger_file.c.recorded_us)
    if not with_marked:
        query = query.where(logger_file.c.stored_us.is_(None))
    return list(conn.execute(query).scalars())


def owed(conn: Connection, name: str) -> Owed:
    """The readings of one file for the historian."""
    row = conn.execute(select(logger_file).where(logger_file.c.id == name)).mappings().one()
    return Owed(
        name, row["sha256"], row["box"], row["text"], _mapping(row), row["readings"], row["stored_us"] is not None
    )


def excursions_in(export: ReadingsExport, book: LimitBook, calibrations: Calibrations, probe: str) -> list[Excursion]:
    """When the probe's place was outside its limits by these readings alone: by the rules of their own time."""

    def limits_at(ts_ms: int) -> Limits:
        held = book.at(probe, ts_ms)
        return _OPEN if held is None else held.limits

    rows, good = np.zeros(len(export), np.int64), np.full(len(export), Quality.GOOD.code, np.uint8)
    corrected, _ = calibrations.for_rows([probe]).apply(rows, export.ts_ms, export.celsius, good)
    return excursions_of(replace(export, celsius=corrected), limits_at, GAP_AFTER_MS)


def _mapping(row: RowMapping) -> Mapping:
    return Mapping(row["time_column"], row["celsius_column"], row["timezone"], row["delimiter"])


def _record(row: RowMapping) -> FileRecord:
    same = ("id", "name", "sha256", "serial", "timezone", "box", "shipment", "readings", "days", "alarms")
    return FileRecord(
        **{name: row[name] for name in (*same, "excursions", "doubts", "recorded_by")},
        format=LoggerFormat(row["format"]),
        from_at=from_us(row["from_us"]),
        to_at=from_us(row["to_us"]),
        bags=tuple(row["bags"].split()),
        recorded_at=from_us(row["recorded_us"]),
        stored_at=from_us_or_none(row["stored_us"]),
    )
