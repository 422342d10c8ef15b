"""Alarms (ISA-18.2) and what is at stake behind them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dashboards.schemas.bags import BagSummary
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from wms.alarms.floods import Standing
from wms.alarms.machine import AlarmState

Priority = Annotated[int, Field(ge=1, le=4, description="1 is the most urgent")]


class Stake(View):
    """How many bags, orders and hospitals the alarm endangers, and the minutes left to act."""

    bags: int
    orders: int
    hospitals: int
    minutes_left: float | None


class AlarmGroup(View):
    """The common cause of several alarms in a flood: `count` of them stand under its line, those `apart` beside it."""

    id: str
    title_en: str
    title_zh: str
    count: int
    first_out: str
    standing: Standing


class Escalation(View):
    """How far up the ladder an unanswered alarm has got, when the next step is due, and for whom there is a message.

    `taken` is how many of its messages a channel has taken: 0 means that nobody can know of it.
    """

    step: int
    next_at: Instant | None
    told: list[str]
    taken: int
    coming: list[str]


class Alarm(View):
    """One condition of one source; ``active`` null means that nobody knows.

    `occurrence` is the newest one; `unclosed` says how many of its occurrences are over and wait for a reason.
    """

    id: str
    source: str
    condition: str
    priority: Priority
    state: AlarmState
    active: bool | None
    value: float | None
    limit: float | None
    unit: str
    raised_at: Instant
    returned_at: Instant | None
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    shelved_until: Instant | None
    out_until: Instant | None
    suspended_until: Instant | None
    occurrence: str | None
    unclosed: int
    group: AlarmGroup | None
    escalation: Escalation | None
    comment: str | None
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    title_en: str
    title_zh: str
    guidance_en: str
    guidance_zh: str
    stake: Stake


class AlarmFlood(View):
    """A stretch of time with too many alarms; `to_at` null while it lasts, `peak` the most within ten minutes."""

    from_at: Instant
    to_at: Instant | None
    count: int
    peak: int


class AlarmList(View):
    """Alarms, most urgent first; while a flood lasts they carry their groups."""

    items: list[Alarm]
    flood: AlarmFlood | None


class Occurrence(View):
    """One time that an alarm's condition stood. `worst` is the value furthest from the limit, in the alarm's unit."""

    id: str
    alarm: str
    source: str
    condition: str
    title_en: str
    title_zh: str
    place: str | None
    priority: Priority
    raised_at: Instant
    annunciated_at: Annotated[Instant | None, Field(description="Null: it was set aside all the time")]
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    returned_at: Instant | None
    closed_at: Instant | None
    closed_reason: str | None
    closed_reason_en: str | None
    closed_reason_zh: str | None
    closed_by: str | None
    comment: str | None
    worst: float | None
    repeats: int


class OccurrenceList(View):
    """Occurrences that wait for a reason: the most urgent first, then the oldest."""

    items: list[Occurrence]


class ClosingReason(View):
    """A reason that a person may choose."""

    code: str
    name_en: str
    name_zh: str


class ClosingReasonList(View):
    """In the order in which a screen offers them."""

    items: list[ClosingReason]


class AlarmJournalEntry(View):
    """One change of state."""

    at: Instant
    actor: str
    from_state: AlarmState
    to_state: AlarmState
    event: str
    comment: str | None


class AlarmDetail(Alarm):
    """An alarm with its journal and everything at stake by name."""

    journal: list[AlarmJournalEntry]
    occurrences: list[Occurrence]
    bags: list[BagSummary]
    orders: list[str]
    hospitals: list[str]


Comment = Annotated[str, Field(max_length=500)]


class AlarmSeen(Request):
    """The occurrence and the priority that a person had on the screen."""

    occurrence: Identifier
    priority: Priority


class AcknowledgeRequest(Request):
    """Somebody has seen it; a `reason` closes what is over with that.

    With `seen`, the occurrence and the priority that stood on the screen, nothing newer or graver is acknowledged.
    """

    comment: Comment = ""
    reason: Identifier | None = None
    seen: AlarmSeen | None = None


class ClosingRequest(Request):
    """Why it is over (`GET /alarms/reasons`); `other` asks for a comment. A reset needs the same."""

    reason: Identifier
    comment: Comment = ""


class CloseManyRequest(Request):
    """One reason for several occurrences of low priority."""

    occurrences: Annotated[list[Identifier], Field(min_length=1, max_length=200)]
    reason: Identifier
    comment: Comment = ""


class Closed(View):
    """How many occurrences were closed."""

    closed: int


class OutOfServiceRequest(Request):
    """A maintenance, with its end (domain time)."""

    reason: Sentence
    until: GivenInstant


class ReturnToServiceRequest(Request):
    """The maintenance is over before its time."""

    comment: Comment = ""


class ShelveRequest(Request):
    """Out of sight for a while; it always comes back by itself."""

    minutes: Annotated[int, Field(strict=True, ge=1, le=480)]
    reason: Sentence


AlarmFilter = Literal["open", "all"]
