"""What screens show of notices, as plain data: ladder, rota, notices, channels, responses, the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wms.notices.ladder import Position
from wms.notices.outbox import NoticeKind, NoticeState, ReceiptKind
from wms.notices.rota import DutySource, Gap
from wms.notices.rotas import AbsenceEntry, ShiftEntry
from wms.notices.tables import ChannelKind, ChannelState
from wms.notices.wall import Sound, WallItem


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a ladder with the name of whom it tells."""

    after_min: float
    who: Position
    who_en: str
    who_zh: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuietView:
    """Quiet hours as text."""

    from_time: str
    to_time: str


@dataclass(frozen=True, slots=True)
class LadderView:
    """The ladder of one priority."""

    priority: int
    repeat_every_min: float | None
    quiet: QuietView | None
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class LadderList:
    """The ladders in force."""

    version: int
    ladders: tuple[LadderView, ...]


@dataclass(frozen=True, slots=True)
class OnDutyView:
    """Who would be told now for a position."""

    position: Position
    name_en: str
    name_zh: str
    people: tuple[str, ...]
    source: DutySource
    gap: bool


@dataclass(frozen=True, slots=True)
class RotaView:
    """The rota in force, who is on duty, and its gaps."""

    version: int
    timezone: str
    shifts: tuple[ShiftEntry, ...]
    absences: tuple[AbsenceEntry, ...]
    reason: str
    changed_by: str | None
    changed_at: datetime | None
    on_duty: tuple[OnDutyView, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice with its proof of delivery."""

    id: str
    kind: NoticeKind
    alarm: str | None
    occurrence: str | None
    priority: int | None
    step: int
    repeat: int
    who: Position | None
    person: str | None
    told: tuple[str, ...]
    channel: str
    state: NoticeState
    attempts: int
    detail: str
    text_en: str | None
    text_zh: str | None
    queued_at: datetime
    queued_at_real: datetime
    tried_at_real: datetime | None
    next_try_at_real: datetime | None
    sent_at: datetime | None
    sent_at_real: datetime | None
    received_at: datetime | None
    received_by: str | None
    received_how: ReceiptKind | None


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One channel by name; instants are real time."""

    name: str
    kind: ChannelKind
    state: ChannelState
    people: tuple[str, ...]
    last_ok: datetime | None
    last_failed: datetime | None
    waiting: int
    detail: str


@dataclass(frozen=True, slots=True)
class Response:
    """One climb of the ladder and its end; minutes only where a person acted."""

    id: str
    alarm: str
    occurrence: str | None
    source: str
    condition: str
    priority: int
    begun_at: datetime
    ended_at: datetime | None
    acted_by: str | None
    act: str | None
    minutes: float | None
    steps: int
    repeats: int


@dataclass(frozen=True, slots=True)
class ResponseSummary:
    """How long people took for one priority, in minutes of domain time."""

    priority: int
    climbs: int
    answered: int
    unanswered: int
    median_min: float | None
    worst_min: float | None


@dataclass(frozen=True, slots=True)
class Responses:
    """Responses of a period and their summary."""

    items: tuple[Response, ...]
    by_priority: tuple[ResponseSummary, ...]


@dataclass(frozen=True, slots=True)
class Wall:
    """What the wall shows and sounds."""

    at: datetime
    sound: Sound
    items: tuple[WallItem, ...]
