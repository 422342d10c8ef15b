"""Occurrences: one row each time that a condition begins, until a person has said what it was.

An occurrence begins with its condition, whatever is set aside then; `annunciated_us` says when people were called. It
returns when the condition certainly ends, and is closed with a reason (`wms.alarms.closing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, insert, select, update

from runtime.ids import new_id
from wms.alarms.catalogue import rule_of
from wms.alarms.machine import Alarm, AlarmState, Condition
from wms.alarms.reasons import REASONS, SERVICE_REASONS
from wms.alarms.tables import alarm, occurrence
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time that a condition stood; instants in domain time. `closed_reason` is a code of `closing.REASONS`."""

    id: str
    alarm: str
    source: str
    condition: str
    title_en: str
    title_zh: str
    place: str | None
    priority: int
    raised_at: datetime
    annunciated_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    returned_at: datetime | None
    closed_at: datetime | None
    closed_reason: str | None
    closed_reason_en: str | None
    closed_reason_zh: str | None
    closed_by: str | None
    comment: str | None
    worst: float | None
    repeats: int


def chosen() -> Select[Any]:
    """The columns that `occurrence_of` reads, to be narrowed down by the caller."""
    return select(occurrence, alarm.c.subject_en, alarm.c.subject_zh).join(alarm, alarm.c.id == occurrence.c.alarm)


def occurrence_of(row: RowMapping) -> Occurrence:
    """A row of `chosen` as what it says."""
    rule = rule_of(row["condition"])
    reason = REASONS.get(row["closed_reason"]) or SERVICE_REASONS.get(row["closed_reason"])
    return Occurrence(
        id=row["id"],
        alarm=row["alarm"],
        source=row["source"],
        condition=row["condition"],
        title_en=rule.title_en.format(subject=row["subject_en"]),
        title_zh=rule.title_zh.format(subject=row["subject_zh"]),
        place=row["place"],
        priority=row["priority"],
        raised_at=from_us(row["raised_us"]),
        annunciated_at=from_us_or_none(row["annunciated_us"]),
        acknowledged_at=from_us_or_none(row["acknowledged_us"]),
        acknowledged_by=row["acknowledged_by"],
        returned_at=from_us_or_none(row["returned_us"]),
        closed_at=from_us_or_none(row["closed_us"]),
        closed_reason=row["closed_reason"],
        closed_reason_en=None if reason is None else reason.name_en,
        closed_reason_zh=None if reason is None else reason.name_zh,
        closed_by=row["closed_by"],
        comment=row["comment"],
        worst=row["worst"],
        repeats=row["repeats"],
    )


def of_alarm(conn: Connection, alarm_id: str, most: int = 50) -> tuple[Occurrence, ...]:
    """The newest occurrences of one alarm, newest first."""
    query = chosen().where(occurrence.c.alarm == alarm_id)
    query = query.order_by(occurrence.c.raised_us.desc(), occurrence.c.id.desc()).limit(most)
    return tuple(occurrence_of(row) for row in conn.execute(query).mappings())


def follow(tx: Tx, row: Mapping[str, Any], before: Alarm, after: Alarm) -> str | None:
    """Let the occurrences follow a step of their alarm; ``row`` has the new values. Returns the newest one's id."""
    newest: str | None = row["occurrence"]
    stands, stood = after.known is Condition.ACTIVE, before.known is Condition.ACTIVE
    if stands and (not stood or newest is None):
        newest = _begin(tx, row)
    if newest is None:
        return None
    if stands:
        _worsen(tx, newest, row)
    elif stood:
        _change(tx, newest, returned_us=row["returned_us"])
    if after.state is AlarmState.UNACKNOWLEDGED:
        table = occurrence
        tx.conn.execute(
            update(table)
            .where(table.c.id == newest, table.c.annunciated_us.is_(None))
            .values(annunciated_us=to_us(tx.now))
        )
    return newest


def acknowledge(tx: Tx, alarm_id: str, actor: Actor) -> None:
    """A person has seen this alarm, and with it every occurrence that nobody had seen so far."""
    _see(tx, actor, occurrence.c.alarm == alarm_id)


def close(tx: Tx, occurrence_ids: Sequence[str], actor: Actor, reason: str, comment: str) -> None:
    """Write why these occurrences are over (`wms.alarms.closing` says when that may be); a person has seen them."""
    if reason in REASONS:
        _see(tx, actor, occurrence.c.id.in_(occurrence_ids))
    values: dict[str, Any] = {"closed_us": to_us(tx.now), "closed_by": actor.id, "closed_reason": reason}
    if comment:
        values["comment"] = comment
    chosen = occurrence.c.id.in_(occurrence_ids) & occurrence.c.closed_us.is_(None)
    tx.conn.execute(update(occurrence).where(chosen).values(values))
    data = {"occurrences": list(occurrence_ids), "reason": reason, "comment": comment}
    tx.record("alarm.closed", actor=actor, subject=occurrence_ids[0], data=data)


def repeat(tx: Tx, occurrence_id: str) -> None:
    """The same happened once more while it stood."""
    values = {"repeats": occurrence.c.repeats + 1}
    tx.conn.execute(update(occurrence).where(occurrence.c.id == occurrence_id).values(values))


def was_annunciated(conn: Connection, occurrence_id: str) -> bool:
    """True when people were called for it."""
    called = select(occurrence.c.annunciated_us).where(occurrence.c.id == occurrence_id)
    return conn.execute(called).scalar_one() is not None


def _see(tx: Tx, actor: Actor, which: ColumnElement[bool]) -> None:
    values = {"acknowledged_us": to_us(tx.now), "acknowledged_by": actor.id}
    unseen = occurrence.c.acknowledged_us.is_(None) & occurrence.c.closed_us.is_(None)
    tx.conn.execute(update(occurrence).where(which, unseen).values(values))


def _begin(tx: Tx, row: Mapping[str, Any]) -> str:
    new = new_id("occ")
    tx.conn.execute(
        insert(occurrence).values(
            id=new,
            alarm=row["id"],
            source=row["source"],
            condition=row["condition"],
            place=row["place"],
            priority=row["priority"],
            raised_us=row["raised_us"],
            worst=row["value"],
            repeats=0,
        )
    )
    return new


def _worsen(tx: Tx, occurrence_id: str, row: Mapping[str, Any]) -> None:
    known = tx.conn.execute(select(occurrence).where(occurrence.c.id == occurrence_id)).one()
    worst = worse(known.worst, row["value"], row["limit_value"])
    priority = min(known.priority, row["priority"])
    if (worst, priority, row["place"]) != (known.worst, known.priority, known.place):
        _change(tx, occurrence_id, worst=worst, priority=priority, place=row["place"])


def worse(known: float | None, value: float | None, limit: float | None) -> float | None:
    """The value further from the limit; without a limit (seconds, counts) the greater one."""
    if known is None or value is None:
        return value if known is None else known
    if limit is None:
        return max(known, value)
    return value if abs(value - limit) > abs(known - limit) else known


def _change(tx: Tx, occurrence_id: str, **values: Any) -> None:
    tx.conn.execute(update(occurrence).where(occurrence.c.id == occurrence_id).values(values))
