"""The alarm book: keeps one row per (source, condition), a journal, and a ledger entry for every change of state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, insert, select, update

from runtime.ids import new_id
from wms.alarms import suppression
from wms.alarms.catalogue import rule_of
from wms.alarms.machine import (
    Acknowledge,
    Alarm,
    AlarmRefused,
    AlarmState,
    Condition,
    ConditionIs,
    Event,
    Shelve,
    Suppress,
    Tick,
    Unshelve,
    Unsuppress,
    step,
)
from wms.alarms.rules import Nature
from wms.alarms.tables import alarm, journal
from wms.errors import Invalid, NotFound
from wms.store.metadata import from_us_or_none, to_us
from wms.store.tx import Actor, Tx

WATCH: Final = Actor("service:alarms", "serve")
"""Who acts when no person does."""
SHELF_LIMIT: Final = timedelta(hours=8)
"""One shift: nobody may silence an alarm for the next one."""
_UNSEEN: Final[dict[str, Any]] = {"acknowledged_us": None, "acknowledged_by": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is known of one condition of one source at ``at`` (domain time).

    ``value`` and ``limit`` are in the rule's unit. ``subject_*`` names what it is about where the title asks for it.
    """

    source: str
    condition: str
    state: Condition
    at: datetime
    level: int = 0
    value: float | None = None
    limit: float | None = None
    place: str | None = None
    subject_en: str = ""
    subject_zh: str = ""


def tell(tx: Tx, news: News) -> str | None:
    """Apply news of a condition; returns the alarm's id, or None when there never was anything to remember.

    Raises KeyError for a condition that the catalogue does not describe.
    """
    row = _find(tx, news.source, news.condition)
    if row is None and news.state is not Condition.ACTIVE:
        return None
    before = Alarm() if row is None else _alarm_of(row)
    after = step(before, ConditionIs(news.state, news.level), news.at)
    values = {**_columns(after), **_particulars(news, row), "priority": rule_of(news.condition).priority(after.level)}
    if after.state is AlarmState.UNACKNOWLEDGED and before.state is not AlarmState.UNACKNOWLEDGED:
        values |= _UNSEEN
    if row is None:
        alarm_id = new_id("alm")
        tx.conn.execute(insert(alarm).values(id=alarm_id, source=news.source, condition=news.condition, **values))
    elif all(row[name] == value for name, value in values.items()):
        return str(row["id"])
    else:
        alarm_id = row["id"]
        tx.conn.execute(update(alarm).where(alarm.c.id == alarm_id).values(values))
    tx.notify("alarm", alarm_id)
    _journal(tx, alarm_id, before, after, WATCH, f"condition_{news.state.value}", None)
    _follow_suppression(tx, news.source, news.condition)
    return alarm_id


def raise_event(
    tx: Tx, source: str, condition: str, *, place: str | None = None, subject_en: str = "", subject_zh: str = ""
) -> str | None:
    """Say that something happened that a person has to look at; it stays until it is acknowledged."""
    return tell(
        tx,
        News(
            source=source,
            condition=condition,
            state=Condition.ACTIVE,
            at=tx.now,
            place=place,
            subject_en=subject_en or source,
            subject_zh=subject_zh or subject_en or source,
        ),
    )


def clear(tx: Tx, source: str, condition: str) -> None:
    """Say that a standing condition has certainly ended; nothing happens when it was not active."""
    row = _find(tx, source, condition)
    if row is not None and row["known"] == Condition.ACTIVE.value:
        tell(tx, News(source=source, condition=condition, state=Condition.INACTIVE, at=tx.now))


def acknowledge(tx: Tx, actor: Actor, alarm_id: str, comment: str = "") -> None:
    """A person has seen it. Raises NotFound, AlarmRefused. An occurrence (Nature.EVENT) is over with that."""
    row = _require(tx, alarm_id)
    _move(tx, row, Acknowledge(), actor, "acknowledge", comment or None, acknowledged=True)
    if rule_of(row["condition"]).nature is Nature.EVENT:
        clear(tx, row["source"], row["condition"])


def shelve(tx: Tx, actor: Actor, alarm_id: str, minutes: int, reason: str) -> datetime:
    """Silence an alarm for some minutes of domain time and return when it comes back.

    Raises NotFound, Invalid (no reason, more than a shift) and AlarmRefused (priority 1, or not in a state for it).
    """
    if not reason.strip():
        raise Invalid("reason", "Say why: the next shift will ask")
    if not 0 < minutes <= SHELF_LIMIT.total_seconds() / 60:
        raise Invalid("minutes", f"An alarm can be shelved for 1 to {SHELF_LIMIT.total_seconds() / 60:.0f} minutes")
    row = _require(tx, alarm_id)
    if row["priority"] == 1:
        raise AlarmRefused("alarm_critical", "A priority 1 alarm cannot be shelved: blood will be lost")
    until = tx.now + timedelta(minutes=minutes)
    _move(tx, row, Shelve(until), actor, "shelve", reason)
    return until


def unshelve(tx: Tx, actor: Actor, alarm_id: str) -> None:
    """Take an alarm off the shelf now. Raises NotFound, AlarmRefused."""
    _move(tx, _require(tx, alarm_id), Unshelve(), actor, "unshelve", None)


def tick(tx: Tx) -> None:
    """Bring back every alarm whose shelf has run out."""
    over = select(alarm).where(alarm.c.state == AlarmState.SHELVED.value, alarm.c.shelved_until_us <= to_us(tx.now))
    for row in tx.conn.execute(over).mappings().all():
        _move(tx, row, Tick(), WATCH, "shelf_over", None)


def is_active(tx: Tx, source: str, condition: str) -> bool:
    """True while the last certain word on a condition is "active"."""
    row = _find(tx, source, condition)
    return row is not None and row["known"] == Condition.ACTIVE.value


def _move(
    tx: Tx, row: RowMapping, event: Event, actor: Actor, name: str, comment: str | None, *, acknowledged: bool = False
) -> None:
    before = _alarm_of(row)
    after = step(before, event, tx.now)
    values: dict[str, Any] = {**_columns(after)}
    if comment:
        values["comment"] = comment
    if acknowledged:
        values |= {"acknowledged_us": to_us(tx.now), "acknowledged_by": actor.id}
    elif after.state is AlarmState.UNACKNOWLEDGED:
        values |= _UNSEEN
    tx.conn.execute(update(alarm).where(alarm.c.id == row["id"]).values(values))
    tx.notify("alarm", row["id"])
    _journal(tx, row["id"], before, after, actor, name, comment)


def _follow_suppression(tx: Tx, source: str, condition: str) -> None:
    """Put this alarm behind one that covers it, and take along or bring back those that it covers itself."""
    rule = rule_of(condition)
    if rule.suppressed_by is not None:
        covered = any(is_active(tx, by, rule.suppressed_by) for by in suppression.coverers(tx.plant, source))
        _suppress(tx, source, condition, covered=covered)
    for dependent in suppression.conditions_covered_by(condition):
        covered = is_active(tx, source, condition)
        for hidden in suppression.covered_by(tx.plant, source):
            _suppress(tx, hidden, dependent, covered=covered)


def _suppress(tx: Tx, source: str, condition: str, *, covered: bool) -> None:
    row = _find(tx, source, condition)
    if row is None or covered == (row["state"] == AlarmState.SUPPRESSED.value):
        return
    if covered and row["known"] != Condition.ACTIVE.value:
        return
    _move(tx, row, Suppress() if covered else Unsuppress(), WATCH, "suppress" if covered else "unsuppress", None)


def _journal(tx: Tx, alarm_id: str, before: Alarm, after: Alarm, actor: Actor, event: str, comment: str | None) -> None:
    if before.state is after.state:
        return
    tx.conn.execute(
        insert(journal).values(
            alarm=alarm_id,
            at_us=to_us(tx.now),
            actor=actor.id,
            from_state=before.state.value,
            to_state=after.state.value,
            event=event,
            comment=comment,
        )
    )
    data = {"from": before.state.value, "to": after.state.value, "event": event, "comment": comment}
    tx.record("alarm.changed", actor=actor, subject=alarm_id, data=data)


def _particulars(news: News, row: RowMapping | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "value": news.value,
        "limit_value": news.limit,
        "subject_en": news.subject_en or (row["subject_en"] if row else news.source),
        "subject_zh": news.subject_zh or (row["subject_zh"] if row else news.source),
    }
    if news.place is not None or row is None:
        values["place"] = news.place
    if news.state is Condition.UNKNOWN and row is not None:
        values |= {"value": row["value"], "limit_value": row["limit_value"]}
    return values


def _find(tx: Tx, source: str, condition: str) -> RowMapping | None:
    query = select(alarm).where(alarm.c.source == source, alarm.c.condition == condition)
    return tx.conn.execute(query).mappings().one_or_none()


def _require(tx: Tx, alarm_id: str) -> RowMapping:
    row = tx.conn.execute(select(alarm).where(alarm.c.id == alarm_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("alarm_unknown", f"There is no alarm {alarm_id}")
    return row


def _alarm_of(row: RowMapping) -> Alarm:
    return Alarm(
        state=AlarmState(row["state"]),
        condition=Condition(row["active"]),
        known=Condition(row["known"]),
        level=row["level"],
        raised_at=from_us_or_none(row["raised_us"]),
        returned_at=from_us_or_none(row["returned_us"]),
        shelved_until=from_us_or_none(row["shelved_until_us"]),
    )


def _columns(state: Alarm) -> dict[str, Any]:
    def us(at: datetime | None) -> int | None:
        return None if at is None else to_us(at)

    return {
        "state": state.state.value,
        "active": state.condition.value,
        "known": state.known.value,
        "level": state.level,
        "raised_us": us(state.raised_at),
        "returned_us": us(state.returned_at),
        "shelved_until_us": us(state.shelved_until),
    }
