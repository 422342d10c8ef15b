"""Who is told of an alarm, when, by which channel, whether it arrived, and who acted."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from wms.notices.ladder import Position
from wms.notices.outbox import NoticeKind, NoticeState, ReceiptKind
from wms.notices.rota import DutySource
from wms.notices.tables import ChannelKind, ChannelState
from wms.notices.wall import Sound

LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="HH:MM in the site's time zone")]
Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday")]


class LadderStep(View):
    """Who is told so many minutes (domain time) after the alarm was raised; channel `*` means all of them."""

    after_min: float
    who: Position
    who_en: str
    who_zh: str
    channels: list[str]


class QuietHours(View):
    """Between these times nobody is told; what is due then is told at the end."""

    from_time: LocalTime
    to_time: LocalTime


class Ladder(View):
    """The steps of one priority; whoever was told is told again every so many minutes until somebody acts."""

    priority: int
    repeat_every_min: float | None
    quiet: QuietHours | None
    steps: list[LadderStep]


class LadderList(View):
    """The ladders in force, most urgent priority first."""

    version: int
    ladders: list[Ladder]


class RotaShift(Request):
    """Who is on duty at these weekdays between two times; one that ends before it begins goes over midnight."""

    model_config = ConfigDict(from_attributes=True)

    position: Position
    person: Identifier
    substitute: Identifier | None = None
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)]
    from_time: LocalTime
    to_time: LocalTime


class Absence(Request):
    """Somebody is away; the substitute stands in."""

    model_config = ConfigDict(from_attributes=True)

    person: Identifier
    from_at: GivenInstant
    to_at: GivenInstant
    reason: Annotated[str, Field(max_length=200)] = ""


class OnDuty(View):
    """Who would be told now for a position; `gap` says that the rota has nobody and others stand in."""

    position: Position
    name_en: str
    name_zh: str
    people: list[str]
    source: DutySource
    gap: bool


class RotaGap(View):
    """A time of the next seven days for which the rota has nobody."""

    position: Position
    from_at: Instant
    to_at: Instant


class Rota(View):
    """The rota in force; version 0 is a site that has none yet."""

    version: int
    timezone: str
    shifts: list[RotaShift]
    absences: list[Absence]
    reason: str
    changed_by: str | None
    changed_at: Instant | None
    on_duty: list[OnDuty]
    gaps: list[RotaGap]


class RotaRequest(Request):
    """A new rota in place of version `version`; the old ones are kept."""

    version: Annotated[int, Field(ge=0)]
    shifts: Annotated[list[RotaShift], Field(max_length=500)]
    absences: Annotated[list[Absence], Field(max_length=500)] = Field(default_factory=list)
    reason: Sentence


class Notice(View):
    """One message to one person, or to everybody behind a channel (`person` null); it is meant for those `told`.

    `sent` means that the channel took it (`detail`: what it answered); received, that a person opened it, comes, acted.
    """

    id: str
    kind: NoticeKind
    alarm: str | None
    occurrence: str | None
    priority: int | None
    step: int
    repeat: int
    who: Position | None
    person: str | None
    told: list[str]
    channel: str
    state: NoticeState
    attempts: int
    detail: str
    text_en: str | None
    text_zh: str | None
    queued_at: Instant
    queued_at_real: Instant
    tried_at_real: Instant | None
    next_try_at_real: Instant | None
    sent_at: Instant | None
    sent_at_real: Instant | None
    received_at: Instant | None
    received_by: str | None
    received_how: ReceiptKind | None


class NoticeList(View):
    """Notices, newest first."""

    items: list[Notice]


class NoticeChannel(View):
    """One way to reach people. Its address and its secrets are in the site's settings and shown nowhere."""

    name: str
    kind: ChannelKind
    state: ChannelState
    people: list[str]
    last_ok: Instant | None
    last_failed: Instant | None
    waiting: int
    detail: str


class ChannelList(View):
    """The channels of the site."""

    items: list[NoticeChannel]


class AlarmResponse(View):
    """One climb of the ladder, from the raising to the first person who acted; null: nobody, or not yet."""

    id: str
    alarm: str
    occurrence: str | None
    source: str
    condition: str
    priority: int
    begun_at: Instant
    ended_at: Instant | None
    acted_by: str | None
    act: str | None
    minutes: float | None
    steps: int
    repeats: int


class ResponseSummary(View):
    """How long people took, by priority; minutes are domain time and null where nobody acted."""

    priority: int
    climbs: int
    answered: int
    unanswered: int
    median_min: float | None
    worst_min: float | None


class ResponseList(View):
    """Responses of a period, newest first, and what they come to."""

    items: list[AlarmResponse]
    by_priority: list[ResponseSummary]


class WallItem(View):
    """An alarm that nobody has acted on, as the wall shows it."""

    alarm: str
    priority: int
    title_en: str
    title_zh: str
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    begun_at: Instant
    told_at: Instant | None
    step: int
    repeats: int
    sound: Sound


class Wall(View):
    """What should sound now: the loudest of its items. Also `event: sound` of the live stream, on every change."""

    at: Instant
    sound: Sound
    items: list[WallItem]
