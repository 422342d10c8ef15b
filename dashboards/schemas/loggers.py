"""Files of loggers that travel with boxes: what they hold, and what became of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dashboards.schemas.base import Identifier, Instant, Request, View
from telemetry.excursions import ExcursionKind
from telemetry.loggers.model import LoggerFormat

Heading = Annotated[str, Field(min_length=1, max_length=80)]
FileText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=900_000, strip_whitespace=False),
    Field(description="The export as it is, to the last character: its SHA-256 goes into the ledger"),
]


class LoggerMapping(Request):
    """Which column of a CSV holds what, and the IANA time zone of instants without an offset."""

    time: Heading = "timestamp"
    celsius: Heading = "celsius"
    timezone: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    delimiter: Annotated[Literal[",", ";", "\t"], StringConstraints(strip_whitespace=False)] = ","


class LoggerPreviewRequest(Request):
    """A file to look into; with a box its readings are held against the box's limits."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    text: FileText
    mapping: LoggerMapping = LoggerMapping()
    box: Identifier | None = None


class LoggerImportRequest(LoggerPreviewRequest):
    """A file to take, and the box or shipment that the logger travelled with."""

    shipment: Identifier | None = None


class LoggerLimit(View):
    """A limit that the device watches itself: it alarms after so many minutes outside, added up."""

    kind: ExcursionKind
    limit_c: float
    after_min: int


class LoggerAlarm(View):
    """A day on which the device's own alarm stood; `since` is its own time of day."""

    day: date
    kind: ExcursionKind
    minutes: int
    since: str


class LoggerTimeout(View):
    """A day's minutes without one sensor of the device."""

    day: date
    sensor: str
    minutes: int
    since: str | None


class LoggerDay(View):
    """One day as the device sums it up, in its own time."""

    day: date
    min_c: float
    max_c: float
    mean_c: float
    minutes_below: int
    minutes_above: int


class LoggerExcursion(View):
    """A stretch of single readings outside the box's limits."""

    kind: ExcursionKind
    from_at: Instant
    to_at: Instant | None
    minutes: float
    worst_c: float
    mkt_c: float


class LoggerGap(View):
    """Two readings further apart than five minutes: nobody knows what was in between."""

    from_at: Instant
    to_at: Instant
    minutes: float


class LoggerFault(View):
    """A contradiction in the device's own numbers, or something in the file that is not understood."""

    where: str
    code: str
    detail: str
    detail_zh: str | None


class LoggerPreview(View):
    """What a file holds. Single readings have `readings`, `excursions` and `gaps`; daily summaries have `days`."""

    format: LoggerFormat
    sha256: str
    device: str | None
    firmware: str | None
    serial: str | None
    timezone: str | None
    from_at: Instant
    to_at: Instant
    readings: int | None
    interval_s: float | None
    min_c: float
    max_c: float
    mean_c: float
    mkt_c: float | None
    days: list[LoggerDay] | None
    limits: list[LoggerLimit]
    alarms: list[LoggerAlarm]
    timeouts: list[LoggerTimeout]
    excursions: list[LoggerExcursion]
    gaps: list[LoggerGap]
    faults: list[LoggerFault]


class LoggerTaken(View):
    """What became of a file. Not `is_new`: it was taken before and nothing was changed."""

    id: str
    is_new: bool
    readings: int
    days: int
    excursions: int
    alarms: int
    joined_bags: list[str]
    holds: list[str]


class LoggerRecord(View):
    """A file that was taken; `stored_at` is when its readings stood in the history, null before and without any."""

    id: str
    name: str
    format: LoggerFormat
    sha256: str
    serial: str | None
    timezone: str | None
    box: str | None
    shipment: str | None
    from_at: Instant
    to_at: Instant
    readings: int | None
    days: int | None
    alarms: int
    excursions: int
    doubts: int
    bags: list[str]
    recorded_at: Instant
    recorded_by: str
    stored_at: Instant | None


class LoggerRecordList(View):
    """Files that were taken, newest first."""

    items: list[LoggerRecord]


class LoggerRecordDetail(View):
    """One file and what it holds."""

    record: LoggerRecord
    preview: LoggerPreview
