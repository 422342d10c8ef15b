"""The alarm book: keeps one row per (source, condition), a journal, and a ledger entry for every change of state.

News go in here. What people set aside is in `shelving` and `suspending`, what covers what in `covering`, and why an
occurrence is over in `closing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, insert, select

from runtime.ids import new_id
from wms.alarms import covering, occurrences, shelving, suspending
from wms.alarms.catalogue import rule_of
from wms.alarms.machine import (
    Acknowledge,
    Alarm,
    AlarmRefused,
    AlarmState,
    Condition,
    ConditionIs,
    Reset,
    Suppress,
    Unsuppress,
    step,
)
from wms.alarms.news import News
from wms.alarms.reasons import checked_reason
from wms.alarms.rows import WATCH, alarm_of, columns, find, is_active, require, write
from wms.alarms.rules import Nature
from wms.alarms.tables import alarm, occurrence
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

__all__ = ["WATCH", "News", "Seen", "acknowledge", "clear", "is_active", "raise_event", "reset", "tell", "tick"]


def tell(tx: Tx, news: News) -> str | None:
    """Apply news of a condition; returns the alarm's id, or None when there never was anything to remember.

    Raises KeyError for a condition that the catalogue does not describe.
    """
    known = find(tx.conn, news.source, news.condition)
    if known is None and news.state is not Condition.ACTIVE:
        return None
    row = _begin(tx, news) if known is None else known
    before = alarm_of(row)
    after = step(before, ConditionIs(news.state, news.level, news.latches), news.at)
    values = _particulars(news, row)
    if after.known is Condition.ACTIVE:  # what has returned, or is latched, stays as urgent as it was
        values["priority"] = rule_of(news.condition).priority(after.level)
    if known is not None and all(row[name] == value for name, value in {**columns(after), **values}.items()):
        return str(row["id"])  # what covers it has not changed either: that is followed where it changes
    row = write(tx, row, _cover(tx, row, after), WATCH, f"condition_{news.state.value}", **values)
    if before.known is Condition.ACTIVE and after.known is Condition.INACTIVE:
        covering.close_unseen(tx, row)
    covering.follow(tx, news.source, news.condition)
    return str(row["id"])


def raise_event(
    tx: Tx,
    source: str,
    condition: str,
    *,
    place: str | None = None,
    subject_en: str = "",
    subject_zh: str = "",
    level: int = 0,
) -> str | None:
    """Say that something happened that a person has to look at; it stays until it is acknowledged.

    What happens again before that is counted on the occurrence that stands.
    """
    row = find(tx.conn, source, condition)
    if row is not None and row["known"] == Condition.ACTIVE.value and row["occurrence"] is not None:
        occurrences.repeat(tx, row["occurrence"])
    return tell(
        tx,
        News(
            source=source,
            condition=condition,
            state=Condition.ACTIVE,
            at=tx.now,
            level=level,
            place=place,
            subject_en=subject_en or source,
            subject_zh=subject_zh or subject_en or source,
        ),
    )


def clear(tx: Tx, source: str, condition: str) -> None:
    """Say that a standing condition has certainly ended; nothing happens when it was not active."""
    if is_active(tx, source, condition):
        tell(tx, News(source=source, condition=condition, state=Condition.INACTIVE, at=tx.now))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person who acknowledges had on the screen: which occurrence, and how urgent it was."""

    occurrence: str
    priority: int


def acknowledge(
    tx: Tx, actor: Actor, alarm_id: str, comment: str = "", reason: str | None = None, *, seen: Seen | None = None
) -> None:
    """A person has seen it, and may say in the same breath why it is over.

    What happened once (Nature.EVENT) is over with that; without a reason it waits to be closed. Raises NotFound,
    Invalid (reason) and AlarmRefused (nothing to acknowledge; a reason for what still stands or is latched; it began
    again, or grew more urgent, after what the person has ``seen``).
    """
    if reason is not None:
        checked_reason(reason, comment)
    row = require(tx.conn, alarm_id)
    if seen is not None and (row["occurrence"] != seen.occurrence or row["priority"] < seen.priority):
        raise AlarmRefused("alarm_changed", "It began again or grew more urgent meanwhile: look at it first")
    values = {"acknowledged_us": to_us(tx.now), "acknowledged_by": actor.id}
    row = write(tx, row, step(alarm_of(row), Acknowledge(), tx.now), actor, "acknowledge", comment or None, **values)
    occurrences.acknowledge(tx, alarm_id, actor)
    if rule_of(row["condition"]).nature is Nature.EVENT:
        clear(tx, row["source"], row["condition"])
        row = require(tx.conn, alarm_id)
    if reason is None:
        return
    if row["state"] != AlarmState.NORMAL.value:
        raise AlarmRefused("alarm_stands", "It still stands, or is latched: the reason is given when it is over")
    occurrences.close(tx, _unclosed(tx, alarm_id), actor, reason, comment)


def reset(tx: Tx, actor: Actor, alarm_id: str, reason: str, comment: str = "") -> None:
    """A person has looked at what a latched alarm did, and lets it go with the reason.

    Raises NotFound, Invalid (reason) and AlarmRefused (not latched, or nobody has acknowledged it).
    """
    checked_reason(reason, comment)
    row = require(tx.conn, alarm_id)
    write(tx, row, step(alarm_of(row), Reset(), tx.now), actor, "reset", comment or None)
    occurrences.close(tx, _unclosed(tx, alarm_id), actor, reason, comment)


def tick(tx: Tx) -> None:
    """Time passes: shelves, maintenances and suspensions end by themselves."""
    shelving.tick(tx)
    for ended in suspending.tick(tx):
        raise_event(tx, ended.source, ended.condition, place=ended.place, subject_en=ended.subject_en,
                    subject_zh=ended.subject_zh, level=ended.level)  # fmt: skip


def _begin(tx: Tx, news: News) -> RowMapping:
    """The row of an alarm that never was, in its state of rest."""
    alarm_id, rest = new_id("alm"), Alarm()
    values: dict[str, Any] = {**columns(rest), **_particulars(news, None)}
    priority = rule_of(news.condition).priority(news.level)
    tx.conn.execute(
        insert(alarm).values(id=alarm_id, source=news.source, condition=news.condition, priority=priority, **values)
    )
    return require(tx.conn, alarm_id)


def _cover(tx: Tx, row: RowMapping, after: Alarm) -> Alarm:
    """Step behind what covers it before anybody is called, and come forward when nothing does."""
    stands, hidden = after.known is Condition.ACTIVE, after.state is AlarmState.SUPPRESSED
    if not stands and not hidden:
        return after
    if covering.is_covered(tx, row["source"], row["condition"]):
        return step(after, Suppress(), tx.now) if stands else after
    return step(after, Unsuppress(), tx.now)


def _unclosed(tx: Tx, alarm_id: str) -> list[str]:
    over = occurrence.c.returned_us.is_not(None) & occurrence.c.closed_us.is_(None)
    return list(tx.conn.execute(select(occurrence.c.id).where(occurrence.c.alarm == alarm_id, over)).scalars())


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
