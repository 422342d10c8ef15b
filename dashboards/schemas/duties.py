"""Duties: readings by people, tests of alarms, the daily sign-off; and the record of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, View
from wms.duties.model import Agreement, DutyKind, DutyOutcome, DutyState, Punctuality, TestMethod

Celsius = Annotated[float, Field(ge=-120.0, le=60.0, allow_inf_nan=False)]
Comment = Annotated[str, Field(max_length=500)]


class DayRange(View):
    """Lowest and highest good value of a probe on the day to be signed; null where nothing is known.

    `outside` and `gap_minutes` are what a comment has to answer for.
    """

    probe: str
    min_c: float | None
    max_c: float | None
    outside: bool
    gap_minutes: float


class Duty(View):
    """One thing that a person has to do for a storage device; `subject` is the device. Ids say kind, device, day."""

    id: str
    kind: DutyKind
    subject: str
    name_en: str
    name_zh: str
    day: Annotated[str, Field(description="The day it belongs to, in the site's time zone")]
    opens_at: Instant
    due_at: Instant
    closes_at: Instant | None
    state: DutyState
    done_by: str | None
    done_at: Instant | None
    record: str | None


class DutyTimes(View):
    """What the site has set: intervals and tolerances."""

    readings_apart_h: float
    reading_tolerance_c: float
    alarm_test_every_days: int
    alarm_test_window_min: int


class DutyList(View):
    """Duties of today, everything still open or overdue, and what was missed lately; the most urgent first."""

    at: Instant
    timezone: str
    times: DutyTimes
    items: list[Duty]


class DutyDetail(Duty):
    """A duty with what a person needs to do it: the probes of the device, and the day's range for a sign-off."""

    probes: list[str]
    ranges: list[DayRange]


class DutyDone(Request):
    """What was done: a reading has `value_c`, and the probe beside which it was read if there are several.

    A test has its outcome, how the alarm was provoked and since when; a sign-off has `signed`. `missed` with a comment
    explains one that is past.
    """

    value_c: Celsius | None = None
    probe: Identifier | None = None
    outcome: DutyOutcome | None = None
    method: TestMethod | None = None
    started_at: GivenInstant | None = None
    comment: Comment = ""
    corrects: Annotated[Identifier | None, Field(description="The record that this one corrects; both stay")] = None


class DutyRecord(View):
    """What a person did or said, for ever. A correction is a record of its own that names the one it corrects."""

    id: str
    duty: str
    kind: DutyKind
    subject: str
    name_en: str
    name_zh: str
    day: str
    due_at: Instant
    at: Instant
    person: str
    punctuality: Punctuality
    outcome: DutyOutcome
    value_c: float | None
    probe: str | None
    probe_value_c: float | None
    difference_c: float | None
    agreement: Agreement | None
    method: TestMethod | None
    started_at: Instant | None
    occurrences: list[str]
    ranges: list[DayRange]
    comment: str
    corrects: str | None
    corrected_by: str | None


class DutyRecordList(View):
    """Records of a period, oldest first, as they are printed."""

    from_at: Instant
    to_at: Instant
    items: list[DutyRecord]


Language = Literal["en", "zh"]
