"""What screens show of notices: ladder, rota, outbox, channels, how long people took, and the wall."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, select

from plant.model import Plant
from wms.errors import NotFound
from wms.notices import tables
from wms.notices.channels import reaches
from wms.notices.due import Climb, next_at
from wms.notices.ladder import ON_ROTA, PRIORITIES, Ladders, Position, QuietHours, load_ladders
from wms.notices.outbox import UNSENT, NoticeKind, NoticeState, ReceiptKind
from wms.notices.rota import gaps, on_duty, within_reach
from wms.notices.rotas import active_people, newest
from wms.notices.tables import ChannelKind, ChannelState
from wms.notices.views import (
    ChannelView,
    LadderList,
    LadderView,
    NoticeView,
    OnDutyView,
    QuietView,
    Response,
    Responses,
    ResponseSummary,
    RotaView,
    StepView,
    Wall,
)
from wms.notices.wall import loudest, wall_items
from wms.store.metadata import from_us, from_us_or_none, to_us

_LOOK_AHEAD: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Escalation:
    """How far the ladder of an alarm has been climbed; ``next_at`` is None when nothing more comes.

    ``told`` are those for whom there is a message, ``taken`` how many of its messages a channel has taken (0: nobody
    can know of it), ``coming`` who answered that they come.
    """

    step: int
    next_at: datetime | None
    told: tuple[str, ...]
    taken: int
    coming: tuple[str, ...]


def ladder_list() -> LadderList:
    """The ladders in force."""
    ladders = load_ladders()
    views = []
    for ladder in ladders.by_priority.values():
        steps = tuple(
            StepView(step.after_min, step.who, *ladders.name_of(step.who), step.channels) for step in ladder.steps
        )
        views.append(LadderView(ladder.priority, ladder.repeat_every_min, _quiet(ladder.quiet), steps))
    return LadderList(ladders.version, tuple(views))


def rota_view(conn: Connection, plant: Plant, now: datetime) -> RotaView:
    """The rota in force at ``now``, who would be told, and the gaps of the next seven days."""
    kept, ladders, zone = newest(conn), load_ladders(), ZoneInfo(plant.site.timezone)
    people = within_reach(active_people(conn), reaches(conn))
    rota = kept.rota
    duty = [on_duty(rota, ladders, people, position, now, zone) for position in ON_ROTA]
    return RotaView(
        version=kept.version,
        timezone=plant.site.timezone,
        shifts=kept.shifts,
        absences=kept.absences,
        reason=kept.reason,
        changed_by=kept.changed_by,
        changed_at=kept.changed_at,
        on_duty=tuple(
            OnDutyView(one.position, *ladders.name_of(one.position), one.people, one.source, one.is_gap) for one in duty
        ),
        gaps=gaps(rota, ladders, people, now, now + _LOOK_AHEAD, zone),
    )


def list_notices(
    conn: Connection, *, alarm: str | None = None, state: NoticeState | None = None, limit: int = 100
) -> tuple[NoticeView, ...]:
    """Notices, newest first."""
    table = tables.notice
    query = select(table).order_by(table.c.queued_us.desc(), table.c.id.desc()).limit(limit)
    if alarm is not None:
        query = query.where(table.c.alarm == alarm)
    if state is not None:
        query = query.where(table.c.state == state.value)
    return tuple(_notice(row) for row in conn.execute(query))


def one_notice(conn: Connection, notice_id: str) -> NoticeView:
    """One notice; raises NotFound."""
    row = conn.execute(select(tables.notice).where(tables.notice.c.id == notice_id)).one_or_none()
    if row is None:
        raise NotFound("notice.unknown", f"There is no notice {notice_id}")
    return _notice(row)


def list_channels(conn: Connection) -> tuple[ChannelView, ...]:
    """Channels by name; those that are not configured any more as far as something is known of them."""
    unsent = select(tables.notice.c.channel, func.count()).where(tables.notice.c.state.in_(UNSENT))
    waiting = {name: int(number) for name, number in conn.execute(unsent.group_by(tables.notice.c.channel))}
    return tuple(
        ChannelView(
            name=row.name,
            kind=ChannelKind(row.kind),
            state=ChannelState(row.state),
            people=tuple(row.people.split()),
            last_ok=from_us_or_none(row.last_ok_real_us),
            last_failed=from_us_or_none(row.last_failed_real_us),
            waiting=waiting.get(row.name, 0),
            detail=row.detail,
        )
        for row in conn.execute(select(tables.channel).order_by(tables.channel.c.name))
    )


def responses(conn: Connection, from_at: datetime, to_at: datetime, limit: int) -> Responses:
    """Climbs that began in [from, to], newest first; the summary counts all of them."""
    table = tables.climb
    query = select(table).where(table.c.begun_us >= to_us(from_at), table.c.begun_us <= to_us(to_at))
    found = [_response(row) for row in conn.execute(query.order_by(table.c.begun_us.desc(), table.c.id.desc()))]
    return Responses(tuple(found[:limit]), tuple(_summary(priority, found) for priority in PRIORITIES))


def wall(conn: Connection, plant: Plant, now: datetime) -> Wall:
    """What the wall shows and sounds at ``now``."""
    items = wall_items(conn, plant)
    return Wall(now, loudest(items), items)


def escalations(conn: Connection, alarms: Collection[str], ladders: Ladders | None = None) -> Mapping[str, Escalation]:
    """How far the ladders of these alarms have been climbed; alarms that wait for nobody are left out."""
    book = ladders or load_ladders()
    table, notice = tables.climb, tables.notice
    is_open = table.c.ended_us.is_(None)
    people: dict[str, set[str]] = {}
    coming: dict[str, set[str]] = {}
    taken: Counter[str] = Counter()
    what = (notice.c.climb, notice.c.told, notice.c.state, notice.c.received_by, notice.c.received_how)
    messages = select(*what, func.count().label("number")).join(table, notice.c.climb == table.c.id)
    for row in conn.execute(messages.where(is_open).group_by(*what)):
        people.setdefault(row.climb, set()).update(row.told.split())
        if row.state == NoticeState.SENT.value:
            taken[row.climb] += int(row.number)
        if row.received_how == ReceiptKind.COMING.value:
            coming.setdefault(row.climb, set()).add(row.received_by)
    return {
        row.alarm: Escalation(
            row.step,
            next_at(climb_of(row, Position.OWNER), book.by_priority[row.priority]),
            tuple(sorted(people.get(row.id, ()))),
            taken[row.id],
            tuple(sorted(coming.get(row.id, ()))),
        )
        for row in conn.execute(select(table).where(is_open))
        if row.alarm in alarms
    }


def climb_of(row: Row[tuple[object, ...]], owner: Position) -> Climb:
    """A climb from its row."""
    return Climb(
        id=row.id,
        alarm=row.alarm,
        occurrence=row.occurrence,
        priority=row.priority,
        owner=owner,
        begun_at=from_us(row.begun_us),
        step=row.step,
        repeats=row.repeats,
        told_at=from_us_or_none(row.told_us),
    )


def _summary(priority: int, found: Sequence[Response]) -> ResponseSummary:
    of_it = [one for one in found if one.priority == priority]
    minutes = [one.minutes for one in of_it if one.minutes is not None]
    return ResponseSummary(
        priority=priority,
        climbs=len(of_it),
        answered=len(minutes),
        unanswered=sum(one.ended_at is None for one in of_it),
        median_min=median(minutes) if minutes else None,
        worst_min=max(minutes, default=None),
    )


def _response(row: Row[tuple[object, ...]]) -> Response:
    begun, ended = from_us(row.begun_us), from_us_or_none(row.ended_us)
    acted = ended is not None and row.acted_by is not None
    return Response(
        id=row.id,
        alarm=row.alarm,
        occurrence=row.occurrence,
        source=row.source,
        condition=row.condition,
        priority=row.priority,
        begun_at=begun,
        ended_at=ended,
        acted_by=row.acted_by,
        act=row.act,
        minutes=(ended - begun) / timedelta(minutes=1) if acted and ended is not None else None,
        steps=row.step + 1,
        repeats=row.repeats,
    )


def _notice(row: Row[tuple[object, ...]]) -> NoticeView:
    return NoticeView(
        id=row.id,
        kind=NoticeKind(row.kind),
        alarm=row.alarm,
        occurrence=row.occurrence,
        priority=row.priority,
        step=row.step,
        repeat=row.repeat,
        who=None if row.position is None else Position(row.position),
        person=row.person or None,
        told=tuple(row.told.split()),
        channel=row.channel,
        state=NoticeState(row.state),
        attempts=row.attempts,
        detail=row.detail,
        text_en=row.text_en,
        text_zh=row.text_zh,
        queued_at=from_us(row.queued_us),
        queued_at_real=from_us(row.queued_real_us),
        tried_at_real=from_us_or_none(row.tried_real_us),
        next_try_at_real=from_us_or_none(row.next_real_us),
        sent_at=from_us_or_none(row.sent_us),
        sent_at_real=from_us_or_none(row.sent_real_us),
        received_at=from_us_or_none(row.received_us),
        received_by=row.received_by,
        received_how=None if row.received_how is None else ReceiptKind(row.received_how),
    )


def _quiet(quiet: QuietHours | None) -> QuietView | None:
    if quiet is None:
        return None
    return QuietView(f"{quiet.from_time:%H:%M}", f"{quiet.to_time:%H:%M}")
