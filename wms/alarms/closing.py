"""Closing: a person says why an occurrence is over. What still stands, or is latched, cannot be closed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Connection, RowMapping, select

from wms.alarms import occurrences
from wms.alarms.machine import Acknowledge, AlarmRefused, AlarmState, Condition, Latch, step
from wms.alarms.occurrences import Occurrence, occurrence_of
from wms.alarms.reasons import REASONS, SERVICE_REASONS, Reason, checked_reason
from wms.alarms.rows import alarm_of, require, write
from wms.alarms.tables import occurrence
from wms.errors import Invalid, NotFound
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

__all__ = ["REASONS", "SERVICE_REASONS", "Reason", "close", "close_many", "to_close"]

LOW: Final = 3
"""From this priority on several occurrences may be closed with one reason."""
MOST_AT_ONCE: Final = 200


def close(tx: Tx, actor: Actor, alarm_id: str, reason: str, comment: str = "") -> int:
    """Close every occurrence of an alarm that has returned, and return how many these were.

    One that nobody has acknowledged is acknowledged by it. Raises NotFound, Invalid (reason) and AlarmRefused: it
    still stands, is latched, or there is nothing to close.
    """
    checked_reason(reason, comment)
    row = require(tx.conn, alarm_id)
    over = tx.conn.execute(select(occurrence.c.id).where(_unclosed(), occurrence.c.alarm == alarm_id)).scalars().all()
    if not over:
        raise _refusal(row)
    if row["latch"] == Latch.HELD.value:
        raise AlarmRefused("alarm_latched", "It is latched: reset it, with the reason, when you have looked at it")
    _see(tx, actor, row, comment)
    occurrences.close(tx, over, actor, reason, comment)
    tx.notify("alarm", alarm_id)
    return len(over)


def close_many(tx: Tx, actor: Actor, occurrence_ids: Sequence[str], reason: str, comment: str = "") -> int:
    """Close several occurrences of low priority (3 and 4) with one reason, all or none; returns how many.

    Raises NotFound, Invalid and AlarmRefused; the detail names the one that stops it.
    """
    checked_reason(reason, comment)
    wanted = tuple(dict.fromkeys(occurrence_ids))
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Invalid("occurrences", f"Choose 1 to {MOST_AT_ONCE} occurrences")
    found = {
        row["id"]: row for row in tx.conn.execute(select(occurrence).where(occurrence.c.id.in_(wanted))).mappings()
    }
    for one in wanted:
        if one not in found:
            raise NotFound("occurrence_unknown", f"There is no occurrence {one}")
        row = require(tx.conn, found[one]["alarm"])
        if found[one]["priority"] < LOW and len(wanted) > 1:
            raise AlarmRefused("alarm_not_low", f"{one} has priority {found[one]['priority']}: close it by itself")
        if found[one]["closed_us"] is not None:
            raise AlarmRefused("occurrence_closed", f"{one} is closed already")
        if found[one]["returned_us"] is None or row["latch"] == Latch.HELD.value:
            raise AlarmRefused("alarm_not_over", f"{one} still stands, or is latched")
        if row["occurrence"] == one:
            _see(tx, actor, row, comment)
        tx.notify("alarm", row["id"])
    occurrences.close(tx, wanted, actor, reason, comment)
    return len(wanted)


def to_close(conn: Connection, most: int = 500) -> tuple[Occurrence, ...]:
    """Occurrences that are over and wait for a person's reason: the most urgent first, then the oldest."""
    query = occurrences.chosen().where(_unclosed())
    query = query.order_by(occurrence.c.priority, occurrence.c.returned_us, occurrence.c.id).limit(most)
    return tuple(occurrence_of(row) for row in conn.execute(query).mappings())


def _unclosed() -> ColumnElement[bool]:
    return occurrence.c.closed_us.is_(None) & occurrence.c.returned_us.is_not(None)


def _see(tx: Tx, actor: Actor, row: RowMapping, comment: str) -> None:
    """Who says why it is over has seen it."""
    if row["state"] == AlarmState.RETURNED_UNACKNOWLEDGED.value:
        values = {"acknowledged_us": to_us(tx.now), "acknowledged_by": actor.id}
        write(tx, row, step(alarm_of(row), Acknowledge(), tx.now), actor, "close", comment, **values)


def _refusal(row: RowMapping) -> AlarmRefused:
    if row["known"] == Condition.ACTIVE.value:
        return AlarmRefused("alarm_stands", "It still stands: nothing can be closed before it is over")
    return AlarmRefused("alarm_closed", "There is nothing to close: every occurrence of it has its reason")
