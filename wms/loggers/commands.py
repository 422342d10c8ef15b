"""Taking a logger's file: kept with its hash, joined to the bags of its box, their hold when the device alarmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update

from plant.model import Plant
from runtime.ids import new_id
from telemetry.excursions import Excursion
from telemetry.loggers.model import DailyExport, ReadingsExport
from wms.alarms.book import raise_event
from wms.alarms.conditions import LATE_EXCURSION, LOGGER_ALARM
from wms.bags.lifecycle import ENDED
from wms.bags.projection import require
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import place_hold
from wms.loggers.model import LoggerFile, alarm_spans
from wms.loggers.tables import logger_file
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

HOLD: Final = "temperature:logger_alarm"
AHEAD: Final = timedelta(minutes=10)
"""A logger's clock may be this far ahead of ours; further, and its zone or its clock is wrong."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file. ``is_new`` false: it was taken before, and nothing was changed."""

    id: str
    is_new: bool
    readings: int
    days: int
    excursions: int
    alarms: int
    joined_bags: tuple[str, ...]
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lay:
    """A bag lay in the logger's company, in microseconds; ``to_us`` is now while it still does."""

    bag: str
    from_us: int
    to_us: int


def resolve_box(raw: Driver, plant: Plant, file: LoggerFile, box: str | None, shipment: str | None) -> str | None:
    """The box that a logger travelled in: as said, or the only one of the shipment; single readings need one.

    Raises NotFound for an unknown box or shipment, Invalid when the box is not said, or is none of the shipment.
    """
    if shipment is not None and raw.execute("SELECT 1 FROM shipment WHERE id = ?", (shipment,)).fetchone() is None:
        raise NotFound("logger.shipment_unknown", f"There is no shipment {shipment}")
    if box is not None and box not in plant.box_by_id:
        raise NotFound("logger.box_unknown", f"There is no box {box}")
    boxes = [] if shipment is None else [one for (one,) in raw.execute(_BOXES, (shipment, shipment)).fetchall()]
    if box is not None:
        if shipment is not None and box not in boxes:
            raise Invalid("logger.box_not_in_shipment", f"Box {box} is none of shipment {shipment}")
        return box
    if len(boxes) == 1:
        return str(boxes[0])
    if isinstance(file.export, ReadingsExport):
        raise Invalid("logger.box", "Say which box the logger travelled in: its readings are told of what lay there")
    return None


def take_file(
    tx: Tx, actor: Actor, file: LoggerFile, *, box: str | None, shipment: str | None, excursions: Sequence[Excursion]
) -> Taken:
    """Keep a file and join it to the bags of its journey; the same file again changes nothing and says so.

    ``box`` is what `resolve_box` said, ``excursions`` what its readings in the file show. Single readings become late
    readings of the box's probe once they are kept; an excursion that a bag was there for is told at once, also when the
    box has come home by now. Raises Invalid when the file tells of the future, Conflict when it was taken for another
    box.
    """
    before = _taken_before(tx, file.sha256, box)
    if before is not None:
        return before
    begin, end = file.span
    if end > tx.now + AHEAD:
        raise Invalid("logger.future", f"It tells of {end:%Y-%m-%d %H:%M} UTC, which has not come: check its time zone")
    lays = [lay for lay in _lays(tx, box, shipment) if lay.from_us <= to_us(end) and lay.to_us >= to_us(begin)]
    bags = tuple(sorted({lay.bag for lay in lays}))
    alarmed = _alarmed(tx, file, lays)
    name = new_id("log")
    readings = len(file.export) if isinstance(file.export, ReadingsExport) else None
    days = len(file.export.days) if isinstance(file.export, DailyExport) else None
    alarms = len(alarm_spans(file.export, file.zone)) if isinstance(file.export, DailyExport) else 0
    values: dict[str, Any] = {
        "id": name,
        "sha256": file.sha256,
        "name": file.name,
        "format": file.export.format.value,
        "serial": file.export.serial if isinstance(file.export, DailyExport) else None,
        "timezone": file.zone.key if days is not None else file.mapping.timezone,
        "box": box,
        "shipment": shipment,
        "from_us": to_us(begin),
        "to_us": to_us(end),
        "readings": readings,
        "days": days,
        "alarms": alarms,
        "excursions": len(excursions),
        "doubts": len(file.export.doubts) if isinstance(file.export, DailyExport) else 0,
        "bags": " ".join(bags),
    }
    tx.conn.execute(
        insert(logger_file).values(
            text=file.text,
            time_column=file.mapping.time,
            celsius_column=file.mapping.celsius,
            delimiter=file.mapping.delimiter,
            recorded_us=to_us(tx.now),
            recorded_by=actor.id,
            **values,
        )
    )
    tx.record("logger.taken", actor=actor, subject=name, data={**values, "holds_for": alarmed})
    holds = tuple(place_hold(tx, actor, bag=bag, reason=HOLD) for bag in alarmed)
    if alarmed:
        subject = values["serial"] or box or name
        raise_event(tx, subject, LOGGER_ALARM, place=None if box is None else f"box/{box}", subject_en=subject)
    if box is not None and any(_touches(one, lay) for one in excursions for lay in lays):
        raise_event(tx, f"{box}-logger", LATE_EXCURSION, place=f"box/{box}", subject_en=box.upper())
    tx.notify("logger", name)
    return Taken(name, True, readings or 0, days or 0, len(excursions), alarms, bags, holds)


def mark_stored(tx: Tx, name: str) -> None:
    """The historian has every reading of a file."""
    tx.conn.execute(update(logger_file).where(logger_file.c.id == name).values(stored_us=to_us(tx.now)))
    tx.notify("logger", name)


def _taken_before(tx: Tx, digest: str, box: str | None) -> Taken | None:
    row = tx.conn.execute(select(logger_file).where(logger_file.c.sha256 == digest)).mappings().one_or_none()
    if row is None:
        return None
    if row["box"] != box:
        whose = "no box" if row["box"] is None else f"box {row['box']}"
        raise Conflict("logger.other_box", f"This file was taken as {row['id']} for {whose}")
    bags = tuple(row["bags"].split())
    return Taken(row["id"], False, row["readings"] or 0, row["days"] or 0, row["excursions"], row["alarms"], bags, ())


def _lays(tx: Tx, box: str | None, shipment: str | None) -> Sequence[_Lay]:
    """Which bags lay with the logger, and when: their stays in its box, or the journey of the shipment without one."""
    now_us = to_us(tx.now)
    if box is not None:
        query = "SELECT bag, from_us, coalesce(to_us, ?) FROM stay WHERE place = ?"
        of_shipment = " AND bag IN (SELECT bag FROM shipment_bag WHERE shipment = ?)"
        given = (now_us, f"box/{box}") if shipment is None else (now_us, f"box/{box}", shipment)
        rows = tx.raw.execute(query if shipment is None else query + of_shipment, given).fetchall()
    elif shipment is not None:
        query = (
            "SELECT b.bag, coalesce(s.dispatched_us, s.created_us), coalesce(b.received_us, s.received_us, ?) "
            "FROM shipment_bag b JOIN shipment s ON s.id = b.shipment WHERE s.id = ?"
        )
        rows = tx.raw.execute(query, (now_us, shipment)).fetchall()
    else:
        rows = []
    return [_Lay(bag, int(begin), int(end)) for bag, begin, end in rows]


def _touches(excursion: Excursion, lay: _Lay) -> bool:
    """Whether a bag was there while it was outside; one that the file does not end lasts until its last reading."""
    end_ms = excursion.last_ms if excursion.to_ms is None else excursion.to_ms
    return excursion.from_ms * 1000 <= lay.to_us and lay.from_us <= end_ms * 1000


def _alarmed(tx: Tx, file: LoggerFile, lays: Sequence[_Lay]) -> list[str]:
    """Bags that were with the device on a day on which its alarm stood, and whose story is not over."""
    if not isinstance(file.export, DailyExport):
        return []
    spans = alarm_spans(file.export, file.zone)
    found = {lay.bag for lay in lays if any(begin <= lay.to_us and lay.from_us < end for begin, end in spans)}
    return [bag for bag in sorted(found) if require(tx.raw, bag)["status"] not in ENDED]


_BOXES: Final = (
    "SELECT DISTINCT box FROM shipment_bag WHERE shipment = ? AND box IS NOT NULL "
    "UNION SELECT id FROM box WHERE shipment = ?"
)
