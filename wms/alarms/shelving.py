"""What people set aside: a shelf for a shift at most, a maintenance with an end. Both end by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import RowMapping, select

from wms.alarms import covering
from wms.alarms.critical import zone_critical
from wms.alarms.machine import (
    AlarmRefused,
    AlarmState,
    Condition,
    ReturnToService,
    Shelve,
    TakeOutOfService,
    Tick,
    Unshelve,
    step,
)
from wms.alarms.rows import WATCH, alarm_of, require, write
from wms.alarms.tables import alarm
from wms.errors import Invalid
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

SHELF_LIMIT: Final = timedelta(hours=8)
"""One shift: nobody may silence an alarm for the next one."""
MAINTENANCE_LIMIT: Final = timedelta(days=30)
"""A device that is away for longer belongs out of the plant, not out of service."""


def shelve(tx: Tx, actor: Actor, alarm_id: str, minutes: int, reason: str) -> datetime:
    """Silence an alarm for some minutes of domain time and return when it comes back.

    Raises NotFound, Invalid (no reason, more than a shift) and AlarmRefused (priority 1, all units of a zone, or not
    in a state for it).
    """
    _say_why(reason)
    if not 0 < minutes <= SHELF_LIMIT.total_seconds() / 60:
        raise Invalid("minutes", f"An alarm can be shelved for 1 to {SHELF_LIMIT.total_seconds() / 60:.0f} minutes")
    row = require(tx.conn, alarm_id)
    if row["priority"] == 1:
        raise AlarmRefused("alarm_critical", "A priority 1 alarm cannot be shelved: blood will be lost")
    if zone_critical(tx.plant, row["source"], row["condition"]):
        raise AlarmRefused("alarm_zone", "It concerns every store of its temperature range and cannot be shelved")
    until = tx.now + timedelta(minutes=minutes)
    _after(tx, write(tx, row, step(alarm_of(row), Shelve(until), tx.now), actor, "shelve", reason))
    return until


def unshelve(tx: Tx, actor: Actor, alarm_id: str) -> None:
    """Take an alarm off the shelf now. Raises NotFound, AlarmRefused."""
    row = require(tx.conn, alarm_id)
    _after(tx, write(tx, row, step(alarm_of(row), Unshelve(), tx.now), actor, "unshelve"))


def take_out_of_service(tx: Tx, actor: Actor, alarm_id: str, reason: str, until: datetime) -> None:
    """Set an alarm aside for a maintenance, until an instant of domain time.

    Raises NotFound, Invalid (no reason, no end within 30 days) and AlarmRefused: while it stands, an alarm of
    priority 1 or of all units of a zone is not maintained but answered.
    """
    _say_why(reason)
    if not tx.now < until <= tx.now + MAINTENANCE_LIMIT:
        raise Invalid("until", f"A maintenance ends in the future, within {MAINTENANCE_LIMIT.days} days")
    row = require(tx.conn, alarm_id)
    critical = row["priority"] == 1 or zone_critical(tx.plant, row["source"], row["condition"])
    if critical and row["known"] == Condition.ACTIVE.value:
        raise AlarmRefused("alarm_critical_stands", "It stands and is critical: it cannot be taken out of service now")
    _after(tx, write(tx, row, step(alarm_of(row), TakeOutOfService(until), tx.now), actor, "out_of_service", reason))


def return_to_service(tx: Tx, actor: Actor, alarm_id: str, comment: str = "") -> None:
    """Maintenance is over; what stands is an alarm again. Raises NotFound, AlarmRefused."""
    row = require(tx.conn, alarm_id)
    _after(tx, write(tx, row, step(alarm_of(row), ReturnToService(), tx.now), actor, "return_to_service", comment))


def tick(tx: Tx) -> None:
    """Bring back every alarm whose shelf or maintenance has run out."""
    for state, column, event in (
        (AlarmState.SHELVED, alarm.c.shelved_until_us, "shelf_over"),
        (AlarmState.OUT_OF_SERVICE, alarm.c.out_until_us, "maintenance_over"),
    ):
        over = select(alarm).where(alarm.c.state == state.value, column <= to_us(tx.now))
        for row in tx.conn.execute(over).mappings().all():
            _after(tx, write(tx, row, step(alarm_of(row), Tick(), tx.now), WATCH, event))


def _after(tx: Tx, row: RowMapping) -> None:
    """What came back may be covered, and what went away may have covered others."""
    covering.settle(tx, row)
    covering.follow(tx, row["source"], row["condition"])


def _say_why(reason: str) -> None:
    if not reason.strip():
        raise Invalid("reason", "Say why: the next shift will ask")
