"""One alarm's row: found, read as the machine's alarm, written after a step with its journal and its occurrence."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from wms.alarms import occurrences
from wms.alarms.machine import Alarm, AlarmState, Condition, Latch
from wms.alarms.tables import alarm, journal
from wms.errors import NotFound
from wms.store.metadata import from_us_or_none, to_us
from wms.store.tx import Actor, Tx

WATCH: Final = Actor("service:alarms", "serve")
"""Who acts when no person does."""
UNSEEN: Final[dict[str, Any]] = {"acknowledged_us": None, "acknowledged_by": None}


def find(conn: Connection, source: str, condition: str) -> RowMapping | None:
    """The row of a condition of a source, or None when it never was active."""
    query = select(alarm).where(alarm.c.source == source, alarm.c.condition == condition)
    return conn.execute(query).mappings().one_or_none()


def require(conn: Connection, alarm_id: str) -> RowMapping:
    """The row with this id; raises NotFound."""
    row = conn.execute(select(alarm).where(alarm.c.id == alarm_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("alarm_unknown", f"There is no alarm {alarm_id}")
    return row


def is_active(tx: Tx, source: str, condition: str) -> bool:
    """True while the last certain word on a condition is "active"."""
    row = find(tx.conn, source, condition)
    return row is not None and row["known"] == Condition.ACTIVE.value


def alarm_of(row: RowMapping) -> Alarm:
    """The machine's view of a row."""
    return Alarm(
        state=AlarmState(row["state"]),
        condition=Condition(row["active"]),
        known=Condition(row["known"]),
        latch=Latch(row["latch"]),
        level=row["level"],
        raised_at=from_us_or_none(row["raised_us"]),
        returned_at=from_us_or_none(row["returned_us"]),
        shelved_until=from_us_or_none(row["shelved_until_us"]),
        out_until=from_us_or_none(row["out_until_us"]),
    )


def columns(state: Alarm) -> dict[str, Any]:
    """The machine's alarm as columns."""

    def us(at: datetime | None) -> int | None:
        return None if at is None else to_us(at)

    return {
        "state": state.state.value,
        "active": state.condition.value,
        "known": state.known.value,
        "latch": state.latch.value,
        "level": state.level,
        "raised_us": us(state.raised_at),
        "returned_us": us(state.returned_at),
        "shelved_until_us": us(state.shelved_until),
        "out_until_us": us(state.out_until),
    }


def write(
    tx: Tx, row: RowMapping, after: Alarm, actor: Actor, event: str, comment: str | None = None, **more: Any
) -> RowMapping:
    """Write a row that took a step, its journal and its occurrence; returns the row as it stands now."""
    before = alarm_of(row)
    values: dict[str, Any] = {**columns(after), **more}
    if comment:
        values["comment"] = comment
    called = after.state is AlarmState.UNACKNOWLEDGED
    if called and before.state is not AlarmState.UNACKNOWLEDGED:
        values |= UNSEEN
    values["occurrence"] = occurrences.follow(tx, {**row, **values}, before, after)
    tx.conn.execute(update(alarm).where(alarm.c.id == row["id"]).values(values))
    tx.notify("alarm", row["id"])
    _journal(tx, row["id"], before, after, actor, event, comment)
    return require(tx.conn, row["id"])


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
