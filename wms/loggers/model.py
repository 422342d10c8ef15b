"""A logger's file as the warehouse takes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from telemetry.loggers.clock import zone_of
from telemetry.loggers.model import DailyExport, Export, LoggerError, ReadingsExport, refused
from telemetry.loggers.read import read_export
from telemetry.loggers.table import Mapping
from wms.errors import FaultyLines, LineFault
from wms.store.metadata import from_us, to_us

REFUSED: Final = "logger.file"


@dataclass(frozen=True, slots=True, eq=False)
class LoggerFile:
    """A file that was read: its name, its text, how its columns were named, and what it holds."""

    name: str
    text: str
    mapping: Mapping
    export: Export
    zone: ZoneInfo

    @property
    def sha256(self) -> str:
        """Hash of the text in UTF-8, in hex."""
        return sha256(self.text.encode()).hexdigest()

    @property
    def span(self) -> tuple[datetime, datetime]:
        """First and last instant that it speaks of."""
        if isinstance(self.export, ReadingsExport):
            first, last = self.export.ts_ms[[0, -1]].tolist()
            return from_us(first * 1000), from_us(last * 1000)
        return day_span(self.export.days[-1].day, self.zone)[0], earliest(self.export.created_at, self.zone)


def read_file(name: str, text: str, mapping: Mapping, site_zone: str) -> LoggerFile:
    """Read a file, or raise FaultyLines naming every fault by its line.

    Instants must be known: a CSV brings offsets or names its zone. A device's own clock is taken to show the time of
    the zone that was named, else of the site.
    """
    try:
        export = read_export(text, mapping)
        if isinstance(export, ReadingsExport) and export.is_own_clock:
            raise refused("time.zone", "Its instants have no offset: name the time zone that they are in", 1)
        zone = zone_of(mapping.timezone or site_zone)
    except LoggerError as error:
        raise faulty(error) from error
    return LoggerFile(name, text, mapping, export, zone)


def faulty(error: LoggerError) -> FaultyLines:
    """The refusal of a file that cannot be read."""
    return FaultyLines(REFUSED, [LineFault(fault.line or 1, fault.code, fault.detail) for fault in error.faults])


def alarm_spans(export: DailyExport, zone: ZoneInfo) -> Sequence[tuple[int, int]]:
    """The days on which one of the device's alarms stood, as [from, to) in microseconds.

    Whole days: when within the day it was outside, a daily summary does not say.
    """
    days = (day.day for day in export.days if day.alarms)
    return [(to_us(begin), to_us(end)) for begin, end in (day_span(day, zone) for day in days)]


def day_span(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of a day, and of the next one."""
    midnight = datetime.combine(day, time.min)
    return earliest(midnight, zone), earliest(midnight + timedelta(days=1), zone)


def earliest(at: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a device's own clock; of an hour that came twice, the first."""
    return from_us(to_us(at.replace(tzinfo=zone)))
