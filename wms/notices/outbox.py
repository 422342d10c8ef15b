"""The outbox of notices: queued in the transaction that decided them, sent at least once, proven or given up aloud.

State of a notice: queued -> sent, or failed -> tried again with back-off -> sent | given_up; withdrawn when somebody
acted before it went out. Everything here is real time except the `*_us` columns without `real` in their name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, func, insert, or_, select, update

from runtime.ids import new_id
from wms.alarms import book, conditions
from wms.alarms.machine import Condition
from wms.alarms.news import News
from wms.errors import NotFound, Refused
from wms.notices.due import Addressed, Climb
from wms.notices.tables import ChannelState, channel, climb, notice
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

NOTIFIER: Final = Actor("service:notices", "serve")
"""Who tells people when no person does."""
BACK_OFF_S: Final = (2.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)
"""Real seconds before each further attempt; after the last of them a notice is given up (about nine minutes)."""
_LONGEST_PAUSE_US: Final = int(max(BACK_OFF_S) * 1_000_000)
_TEST_LAST: Final = 9
"""A test has no priority and goes after every alarm."""
UNSENT: Final = ("queued", "failed")


class NoticeKind(StrEnum):
    """What a notice is about."""

    ALARM = "alarm"
    TEST = "test"


class NoticeState(StrEnum):
    """How far a notice has got."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    WITHDRAWN = "withdrawn"


class ReceiptKind(StrEnum):
    """How it is known that a person has it: they opened it, said that they come, or acted on the alarm."""

    OPENED = "opened"
    COMING = "coming"
    ACTED = "acted"


class Outcome(StrEnum):
    """What became of one attempt; `refused` is final: the channel said that it will never take it."""

    TAKEN = "taken"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice whose turn has come."""

    id: str
    kind: NoticeKind
    alarm: str | None
    occurrence: str | None
    priority: int | None
    step: int
    repeat: int
    position: str | None
    person: str | None
    told: tuple[str, ...]
    channel: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel answered to one attempt; ``detail`` names no address. ``texts`` are what was sent."""

    outcome: Outcome
    detail: str
    text_en: str
    text_zh: str


def queue(tx: Tx, climb: Climb, messages: Sequence[Addressed]) -> None:
    """Put the messages of a climb into the outbox; they leave after the commit."""
    for message in messages:
        _put(
            tx,
            id=new_id("ntc"),
            kind=NoticeKind.ALARM.value,
            climb=climb.id,
            alarm=climb.alarm,
            occurrence=climb.occurrence,
            priority=climb.priority,
            step=message.call.step,
            repeat=message.call.repeat,
            position=message.call.position.value,
            person=message.person or "",
            told=" ".join(message.told),
            channel=message.channel,
        )


def queue_test(tx: Tx, actor: Actor, name: str) -> str:
    """Queue a test message to everybody behind a channel, in the name of a person; returns the notice's id.

    Raises NotFound for a channel that the site does not have, Refused for one that is not configured any more.
    """
    state = tx.conn.execute(select(channel.c.state).where(channel.c.name == name)).scalar()
    if state is None:
        raise NotFound("channel.unknown", f"There is no channel {name}")
    if state == ChannelState.REMOVED.value:
        raise Refused("channel.removed", f"Channel {name} is not in the settings any more")
    notice_id = new_id("ntc")
    _put(
        tx,
        id=notice_id,
        kind=NoticeKind.TEST.value,
        climb=notice_id,
        step=0,
        repeat=0,
        person="",
        told=actor.id,
        channel=name,
    )
    tx.record("channel.tested", actor=actor, subject=name, data={"notice": notice_id})
    return notice_id


def waiting(conn: Connection, name: str, real_us: int, limit: int) -> tuple[Waiting, ...]:
    """Notices of a channel whose turn has come, the most urgent first.

    No turn is further away than the longest pause: one that seems so was set before the clock was set back.
    """
    turn = notice.c.next_real_us
    query = (
        select(notice)
        .where(notice.c.channel == name, or_(turn <= real_us, turn > real_us + _LONGEST_PAUSE_US))
        .order_by(func.coalesce(notice.c.priority, _TEST_LAST), notice.c.queued_real_us, notice.c.id)
        .limit(limit)
    )
    return tuple(
        Waiting(
            id=row.id,
            kind=NoticeKind(row.kind),
            alarm=row.alarm,
            occurrence=row.occurrence,
            priority=row.priority,
            step=row.step,
            repeat=row.repeat,
            position=row.position,
            person=row.person or None,
            told=tuple(row.told.split()),
            channel=row.channel,
            attempts=row.attempts,
        )
        for row in conn.execute(query)
    )


def next_turn(conn: Connection, name: str) -> int | None:
    """Real microseconds at which the next notice of a channel is due; None when nothing waits."""
    query = select(notice.c.next_real_us).where(notice.c.channel == name, notice.c.next_real_us.is_not(None))
    return conn.execute(query.order_by(notice.c.next_real_us).limit(1)).scalar()


def keep_answer(tx: Tx, one: Waiting, answer: Answer) -> None:
    """Write down what a channel answered: sent, to be tried again, or given up, which is an alarm of its own.

    A notice that was withdrawn while it was on its way keeps its proof but is not tried again.
    """
    real_us = to_us(tx.real_now)
    attempts = one.attempts + 1
    state = tx.conn.execute(select(notice.c.state).where(notice.c.id == one.id)).scalar_one()
    values: dict[str, object] = {
        "attempts": attempts,
        "detail": answer.detail,
        "text_en": answer.text_en,
        "text_zh": answer.text_zh,
        "tried_real_us": real_us,
        "next_real_us": None,
    }
    if answer.outcome is Outcome.TAKEN:
        values |= {"state": NoticeState.SENT.value, "sent_us": to_us(tx.now), "sent_real_us": real_us}
    elif state == NoticeState.WITHDRAWN.value:
        values["state"] = state
    elif answer.outcome is Outcome.REFUSED or attempts > len(BACK_OFF_S):
        values["state"] = NoticeState.GIVEN_UP.value
    else:
        wait = timedelta(seconds=BACK_OFF_S[attempts - 1])
        values |= {"state": NoticeState.FAILED.value, "next_real_us": to_us(tx.real_now + wait)}
    tx.conn.execute(update(notice).where(notice.c.id == one.id).values(values))
    tx.notify("notice", one.id)
    _follow_channel(tx, one.channel, answer, given_up=values.get("state") == NoticeState.GIVEN_UP.value)


def withdraw(tx: Tx, climb: str) -> None:
    """Somebody acted, or the alarm is over: what has not gone out yet does not go out."""
    unsent = (notice.c.climb == climb) & notice.c.state.in_(UNSENT)
    for notice_id in tx.conn.execute(select(notice.c.id).where(unsent)).scalars().all():
        values = {"state": NoticeState.WITHDRAWN.value, "next_real_us": None}
        tx.conn.execute(update(notice).where(notice.c.id == notice_id).values(values))
        tx.notify("notice", notice_id)


def received(tx: Tx, person: str, how: ReceiptKind, *, climb: str | None = None, notice_id: str | None = None) -> None:
    """A person has it: they opened one notice, or acted on the alarm of a climb. The first receipt of a notice counts.

    Acting counts for what was meant for that person, by name or among others.
    """
    query = select(notice.c.id, notice.c.told).where(notice.c.received_us.is_(None))
    query = query.where(notice.c.id == notice_id if notice_id is not None else notice.c.climb == climb)
    for row in tx.conn.execute(query).all():
        if notice_id is None and person not in row.told.split():
            continue
        values = {"received_us": to_us(tx.now), "received_by": person, "received_how": how.value}
        tx.conn.execute(update(notice).where(notice.c.id == row.id).values(values))
        tx.notify("notice", row.id)


def open_notice(tx: Tx, actor: Actor, notice_id: str) -> None:
    """A person opened a notice. Raises NotFound."""
    if tx.conn.execute(select(notice.c.id).where(notice.c.id == notice_id)).first() is None:
        raise NotFound("notice.unknown", f"There is no notice {notice_id}")
    received(tx, actor.id, ReceiptKind.OPENED, notice_id=notice_id)


def promise_to_come(tx: Tx, actor: Actor, notice_id: str) -> None:
    """A person answers "I come". The ladder goes on: who is on the way has not acted on the alarm yet.

    Raises NotFound, and Refused for a test or when it was over before.
    """
    row = tx.conn.execute(select(notice.c.kind, notice.c.climb).where(notice.c.id == notice_id)).one_or_none()
    if row is None:
        raise NotFound("notice.unknown", f"There is no notice {notice_id}")
    still = select(climb.c.id).where(climb.c.id == row.climb, climb.c.ended_us.is_(None))
    if tx.conn.execute(still).first() is None:
        raise Refused("notice.over", "Nobody has to come any more: somebody acted, it is over, or it was a test")
    values = {"received_us": to_us(tx.now), "received_by": actor.id, "received_how": ReceiptKind.COMING.value}
    tx.conn.execute(update(notice).where(notice.c.id == notice_id).values(values))
    tx.record("notice.coming", actor=actor, subject=row.climb, data={"notice": notice_id})
    tx.notify("notice", notice_id)


def _put(tx: Tx, **values: object) -> None:
    real_us = to_us(tx.real_now)
    tx.conn.execute(
        insert(notice).values(
            state=NoticeState.QUEUED.value,
            attempts=0,
            detail="",
            queued_us=to_us(tx.now),
            queued_real_us=real_us,
            next_real_us=real_us,
            **values,
        )
    )
    tx.notify("notice", str(values["id"]))


def _follow_channel(tx: Tx, name: str, answer: Answer, *, given_up: bool) -> None:
    """Remember how a channel fares; what was given up on it is an alarm until it takes a message again."""
    taken = answer.outcome is Outcome.TAKEN
    at = {"last_ok_real_us" if taken else "last_failed_real_us": to_us(tx.real_now)}
    state = ChannelState.WORKING if taken else ChannelState.FAILING
    tx.conn.execute(update(channel).where(channel.c.name == name).values(state=state.value, detail=answer.detail, **at))
    tx.notify("channel", name)
    if given_up:
        news = News(
            source=name, condition=conditions.NOTICE_UNDELIVERED, state=Condition.ACTIVE, at=tx.now, subject_en=name
        )
        book.tell(tx, news)
    elif taken:
        book.clear(tx, name, conditions.NOTICE_UNDELIVERED)
