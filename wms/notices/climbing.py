"""Climbing the ladder: looks at every alarm that waits for somebody, queues what is due, and sees who acted.

A climb begins when an alarm begins to wait and ends when a person acts on it (acknowledges, shelves, closes, takes it
out of service) or when it is over by itself; a re-alarm, and a higher priority, begin a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row, RowMapping, insert, select, update

from runtime.ids import new_id
from wms.alarms import tables as alarms
from wms.alarms.catalogue import rule_of
from wms.alarms.rules import Owner
from wms.notices import outbox, tables
from wms.notices.channels import reaches
from wms.notices.due import Call, Climb, addressed, due
from wms.notices.ladder import Ladders, Position, load_ladders
from wms.notices.outbox import NOTIFIER, ReceiptKind
from wms.notices.read import climb_of
from wms.notices.rota import OnDuty, on_duty, within_reach
from wms.notices.rotas import active_people, newest
from wms.store.metadata import to_us
from wms.store.tx import Tx

EVERY_S: Final = 5.0
"""Domain seconds between two looks."""
LEAST_BETWEEN_REAL: Final = timedelta(seconds=60)
"""Real time between two repeats of the same: the clock of a demo must not make a flood of messages."""
MOST_AT_ONCE: Final = 10
"""Climbs that are told of in one transaction; the others follow with the next look, the most urgent first."""
COMES_BACK_US: Final = 3_600_000_000
"""An alarm that comes back so soon (microseconds), unseen, goes on where its ladder was."""
MOST_TURNS: Final = 40
"""Climbs that begin, and that end, in one transaction."""
_SECOND_US: Final = 1_000_000
_WAITING: Final = ("unacknowledged", "latched_unacknowledged")
_RETURNED: Final = "returned_unacknowledged"
_NO_ACT: Final = ("escalate", "unshelve", "return_to_service")
"""What people do to an alarm that brings it back instead of answering it."""
_BY_PERSON: Final = alarms.journal.c.event.not_in(_NO_ACT) & alarms.journal.c.actor.not_like("%:%")
_POSITIONS: Final = {
    Owner.OPERATOR: Position.OPERATOR,
    Owner.QUALITY: Position.QUALITY,
    Owner.ENGINEER: Position.ENGINEER,
}
ESCALATE: Final = "escalate"
"""The journal's word for a step after the first."""


@dataclass(frozen=True, slots=True)
class _Act:
    """What a person did to an alarm."""

    at_us: int
    person: str
    event: str


def tick(tx: Tx, rate: float) -> None:
    """Begin, end and climb; ``rate`` is how many seconds of domain time pass in a real one."""
    _heed_clock(tx)
    waiting = {row["id"]: row for row in _waiting(tx)}
    acts = _acts(tx)
    over = [
        row
        for row in tx.conn.execute(select(tables.climb).where(tables.climb.c.ended_us.is_(None))).all()
        if row.id in acts or row.alarm not in waiting or waiting[row.alarm]["priority"] != row.priority
    ]
    for row in over[:MOST_TURNS]:
        _end(tx, row, waiting.get(row.alarm), acts.get(row.id))
    _begin(tx, waiting)
    _climb(tx, waiting, frozenset(row.id for row in over), LEAST_BETWEEN_REAL * rate)


def _heed_clock(tx: Tx) -> None:
    """What began or was told after now was so before the clock was set back: it counts from now on, none waits."""
    table, now_us = tables.climb, to_us(tx.now)
    for instant in (table.c.begun_us, table.c.told_us):
        ahead = table.c.ended_us.is_(None) & (instant > now_us + _SECOND_US)
        tx.conn.execute(update(table).where(ahead).values({instant: now_us}))


def _waiting(tx: Tx) -> list[RowMapping]:
    """Alarms that wait for somebody. One that is over by itself still calls when it was of the highest priority."""
    table = alarms.alarm
    calls = table.c.state.in_(_WAITING) | ((table.c.state == _RETURNED) & (table.c.priority == 1))
    return list(tx.conn.execute(select(table).where(calls).order_by(table.c.priority, table.c.raised_us)).mappings())


def _begin(tx: Tx, waiting: dict[str, RowMapping]) -> None:
    open_ones = set(tx.conn.execute(select(tables.climb.c.alarm).where(tables.climb.c.ended_us.is_(None))).scalars())
    fresh = [(alarm_id, row) for alarm_id, row in waiting.items() if alarm_id not in open_ones]
    for alarm_id, row in fresh[:MOST_TURNS]:
        tx.conn.execute(
            insert(tables.climb).values(
                id=new_id("clm"),
                alarm=alarm_id,
                occurrence=row["occurrence"],
                source=row["source"],
                condition=row["condition"],
                priority=row["priority"],
                begun_us=_began_us(tx, row),
                step=-1,
                repeats=0,
            )
        )


def _began_us(tx: Tx, row: RowMapping) -> int:
    """When it began to wait: when people were first called, or (a re-alarm) after the climb before.

    What nobody saw before it was over by itself, and soon comes back, has waited since: else an alarm that comes and
    goes would call the first person again and again, and never the next.
    """
    called = select(alarms.occurrence.c.annunciated_us).where(alarms.occurrence.c.id == row["occurrence"])
    now_us = to_us(tx.now)
    began = min(int(tx.conn.execute(called).scalar() or row["raised_us"]), now_us)  # later: the clock was set back
    table = tables.climb
    last = select(table).where(table.c.alarm == row["id"], table.c.ended_us.is_not(None))
    before = tx.conn.execute(last.order_by(table.c.ended_us.desc()).limit(1)).one_or_none()
    if before is None:
        return began
    if began - before.ended_us <= COMES_BACK_US and _is_unseen(tx, before, row["priority"]):
        return min(int(before.begun_us), began)
    if before.ended_us < began:
        return began
    return max(now_us, before.ended_us + 1) if before.acted_by is not None and before.ended_us <= now_us else now_us


def _is_unseen(tx: Tx, before: Row[Any], priority: int) -> bool:
    """The climb before ended because the alarm was over by itself, and nobody has done anything to it since."""
    table = alarms.journal
    acts = select(table.c.id).where(table.c.alarm == before.alarm, table.c.at_us >= before.ended_us, _BY_PERSON)
    return before.act == _RETURNED and before.priority == priority and tx.conn.execute(acts.limit(1)).first() is None


def _acts(tx: Tx) -> Mapping[str, _Act]:
    """What a person did first on the alarm of each open climb since it began."""
    table, climb = alarms.journal, tables.climb
    query = (
        select(climb.c.id, table.c.at_us, table.c.actor, table.c.event)
        .join(table, table.c.alarm == climb.c.alarm)
        .where(climb.c.ended_us.is_(None), table.c.at_us >= climb.c.begun_us, table.c.at_us <= to_us(tx.now))
        .where(_BY_PERSON)
        .order_by(table.c.id.desc())
    )
    return {row.id: _Act(row.at_us, row.actor, row.event) for row in tx.conn.execute(query)}


def _end(tx: Tx, row: Row[Any], standing: RowMapping | None, act: _Act | None) -> None:
    """Close a climb: answered by a person, or over by itself; what has not gone out yet stays in."""
    ended = act or _Act(max(to_us(tx.now), row.begun_us), "", _by_itself(tx, row, standing))
    person = ended.person or None
    values = {"ended_us": ended.at_us, "acted_by": person, "act": ended.event}
    tx.conn.execute(update(tables.climb).where(tables.climb.c.id == row.id).values(values))
    outbox.withdraw(tx, row.id)
    if person is not None:
        outbox.received(tx, person, ReceiptKind.ACTED, climb=row.id)
    seconds = (ended.at_us - row.begun_us) // 1_000_000
    data = {"alarm": row.alarm, "by": person, "act": ended.event, "seconds": seconds, "step": row.step}
    tx.record("alarm.answered" if person else "alarm.unanswered", actor=NOTIFIER, subject=row.id, data=data)
    tx.notify("notice", row.alarm)


def _by_itself(tx: Tx, row: Row[Any], standing: RowMapping | None) -> str:
    if standing is not None:
        return "priority_changed"
    state = tx.conn.execute(select(alarms.alarm.c.state).where(alarms.alarm.c.id == row.alarm)).scalar_one()
    return str(state)


def _climb(tx: Tx, waiting: dict[str, RowMapping], over: frozenset[str], least_between: timedelta) -> None:
    ladders, zone = load_ladders(), ZoneInfo(tx.plant.site.timezone)
    rota, channels = newest(tx.conn).rota, reaches(tx.conn)
    people = within_reach(active_people(tx.conn), channels)

    def who(position: Position) -> OnDuty:
        return on_duty(rota, ladders, people, position, tx.now, zone)

    table, done = tables.climb, 0
    query = select(table).where(table.c.ended_us.is_(None)).order_by(table.c.priority, table.c.begun_us, table.c.id)
    for row in tx.conn.execute(query).all():
        if row.id in over:
            continue
        climb = climb_of(row, _POSITIONS[rule_of(row.condition).owner])
        calls = due(climb, ladders.by_priority[climb.priority], who, tx.now, zone, least_between=least_between)
        if not calls:
            continue
        outbox.queue(tx, climb, addressed(calls, channels))
        _note(tx, climb, calls, waiting[climb.alarm], ladders)
        done += 1
        if done == MOST_AT_ONCE:
            return


def _note(tx: Tx, climb: Climb, calls: tuple[Call, ...], alarm: RowMapping, ladders: Ladders) -> None:
    """Remember how far it is, and write every step after the first into the alarm's journal and the ledger."""
    new = [call for call in calls if not call.repeat]
    repeat = max(call.repeat for call in calls)
    after = replace(
        climb,
        step=max(climb.step, *(call.step for call in calls)),
        repeats=max(climb.repeats, repeat),
        told_at=_later(tx.now, climb, repeat),
    )
    values = {"step": after.step, "repeats": after.repeats, "told_us": to_us(after.told_at or tx.now)}
    tx.conn.execute(update(tables.climb).where(tables.climb.c.id == climb.id).values(values))
    for call in new:
        name_en, name_zh = ladders.name_of(call.position)
        data = {"alarm": climb.alarm, "step": call.step, "position": call.position.value, "told": list(call.people)}
        tx.record("alarm.told", actor=NOTIFIER, subject=climb.id, data=data)
        if call.step > 0:
            tx.conn.execute(
                insert(alarms.journal).values(
                    alarm=climb.alarm,
                    at_us=to_us(tx.now),
                    actor=NOTIFIER.id,
                    from_state=alarm["state"],
                    to_state=alarm["state"],
                    event=ESCALATE,
                    comment=f"{name_en} / {name_zh}: {', '.join(call.people)}",
                )
            )
            tx.notify("alarm", climb.alarm)


def _later(now: datetime, climb: Climb, repeat: int) -> datetime:
    """The first telling, or this repeat: what the next repeat counts from."""
    return now if repeat or climb.told_at is None else climb.told_at
