"""Suppression by design: an alarm steps behind one that covers it, or a suspension, and comes back afterwards."""

from __future__ import annotations

from typing import Final

from sqlalchemy import RowMapping, select

from wms.alarms import occurrences, suppression, suspension
from wms.alarms.catalogue import rule_of
from wms.alarms.machine import AlarmState, Condition, Suppress, Unsuppress, step
from wms.alarms.reasons import COVERED
from wms.alarms.rows import WATCH, alarm_of, find, write
from wms.alarms.tables import alarm
from wms.store.tx import Actor, Tx

_IN_SIGHT: Final = frozenset(
    {AlarmState.UNACKNOWLEDGED.value, AlarmState.ACKNOWLEDGED.value, AlarmState.SUPPRESSED.value}
)
"""States in which an active alarm may hide others: what nobody sees (shelved, out of service) hides nothing."""


def is_covered(tx: Tx, source: str, condition: str) -> bool:
    """True while another alarm that people see, or a suspension, stands for this one."""
    return is_covered_by_alarm(tx, source, condition) or any(
        suspension.covers(tx.conn, tx.plant, one, source, condition) for one in suspension.running(tx.conn)
    )


def is_covered_by_alarm(tx: Tx, source: str, condition: str) -> bool:
    """True while an alarm that people see stands for this one."""
    by = rule_of(condition).suppressed_by
    return by is not None and any(_covers(find(tx.conn, one, by)) for one in suppression.coverers(tx.plant, source))


def follow(tx: Tx, source: str, condition: str) -> None:
    """After a change of this alarm: hide or bring back those that it covers."""
    for dependent in suppression.conditions_covered_by(condition):
        for hidden in suppression.covered_by(tx.plant, source):
            row = find(tx.conn, hidden, dependent)
            if row is not None:
                settle(tx, row)


def settle_suspended(tx: Tx, actor: Actor = WATCH, event: str = "suppress") -> None:
    """Look again at every alarm that a suspension may hide, or has hidden; ``actor`` and ``event`` go into journals."""
    hidden = alarm.c.state == AlarmState.SUPPRESSED.value
    standing = alarm.c.known == Condition.ACTIVE.value
    concerned = alarm.c.condition.in_(suspension.MONITORING)
    for row in tx.conn.execute(select(alarm).where(concerned, hidden | standing)).mappings().all():
        settle(tx, row, actor, event)


def settle(tx: Tx, row: RowMapping, actor: Actor = WATCH, event: str = "suppress") -> None:
    """Bring one alarm into or out of suppression, as what covers it stands now."""
    covered = is_covered(tx, row["source"], row["condition"])
    hidden = row["state"] == AlarmState.SUPPRESSED.value
    if covered == hidden or (covered and row["known"] != Condition.ACTIVE.value):
        return
    after = step(alarm_of(row), Suppress() if covered else Unsuppress(), tx.now)
    if after.state.value == row["state"]:
        return
    who, name = (actor, event) if covered else (WATCH, "unsuppress")
    write(tx, row, after, who, name)
    follow(tx, row["source"], row["condition"])


def close_unseen(tx: Tx, row: RowMapping) -> None:
    """An occurrence that came and went behind the alarm that stood for it is closed with that reason."""
    unseen = row["occurrence"] is not None and not occurrences.was_annunciated(tx.conn, row["occurrence"])
    if unseen and is_covered_by_alarm(tx, row["source"], row["condition"]):
        occurrences.close(tx, [row["occurrence"]], WATCH, COVERED, "")


def _covers(row: RowMapping | None) -> bool:
    return row is not None and row["known"] == Condition.ACTIVE.value and row["state"] in _IN_SIGHT
