"""Consignments over time: judged when everything is quiet, closed when all is answered, an alarm when nobody does."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from wms.alarms import conditions
from wms.alarms.watch import Standing, follow
from wms.intake.arrivals import adopt_known_tags
from wms.intake.consignments import INTAKE, items_of, receiving_dock, set_state
from wms.intake.matching import ItemState, judged
from wms.store.metadata import to_us
from wms.store.tx import Tx

QUIET: Final = timedelta(minutes=3)
"""Domain time after the last read: a tote that was pushed back is passed again by then."""
QUIET_REAL: Final = timedelta(seconds=20)
"""Real time after the last read: a reader that was reconnected has told what it kept."""
OVERDUE: Final = timedelta(hours=8)
"""Domain time after sending for a consignment of which nothing came at all: longer than any collection drive."""
PATIENCE: Final = timedelta(minutes=30)
"""Domain time that people have before an unanswered number is an alarm."""

_ANSWERED: Final = (
    "SELECT id FROM consignment WHERE judged_us IS NOT NULL AND closed_us IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM consignment_item AS item WHERE item.consignment = consignment.id AND item.act IS NULL "
    "AND item.state IN ('missing', 'extra', 'unknown', 'double'))"
)
_UNANSWERED: Final = (
    "SELECT consignment, sum(CASE state WHEN 'missing' THEN 1 ELSE 0 END), "
    "sum(CASE state WHEN 'missing' THEN 0 ELSE 1 END) FROM consignment_item WHERE act IS NULL AND since_us <= ? "
    "AND state IN ('missing', 'extra', 'unknown', 'double') GROUP BY consignment"
)


def tick(tx: Tx) -> None:
    """Receive what was unknown and is known now, judge what is quiet, close what is answered, call people."""
    dock = receiving_dock(tx.plant)
    adopt_known_tags(tx, dock)
    for consignment in _quiet(tx):
        judge(tx, consignment)
    for (consignment,) in tx.raw.execute(_ANSWERED).fetchall():
        tx.raw.execute("UPDATE consignment SET closed_us = ? WHERE id = ?", (to_us(tx.now), consignment))
        tx.record("consignment.closed", actor=INTAKE, subject=consignment)
        tx.notify("consignment", consignment)
    late = tx.raw.execute(_UNANSWERED, (to_us(tx.now - PATIENCE),)).fetchall()
    missing = [Standing(consignment, count, dock, count) for consignment, count, _ in late if count]
    questions = [Standing(consignment, count, dock, count) for consignment, _, count in late if count]
    follow(tx, conditions.BAGS_NOT_ARRIVED, missing)
    follow(tx, conditions.INTAKE_QUESTION, questions)


def judge(tx: Tx, consignment: str) -> None:
    """Everything of a consignment that would come has come: what is still awaited is missing."""
    items = items_of(tx, consignment)
    for item in items:
        if judged(item.state) is not item.state:
            set_state(tx, item, judged(item.state))
    tx.raw.execute("UPDATE consignment SET judged_us = ? WHERE id = ?", (to_us(tx.now), consignment))
    counts = {state.value: sum(judged(item.state) is state for item in items) for state in ItemState}
    missing = [item.bag for item in items if judged(item.state) is ItemState.MISSING]
    tx.record("consignment.judged", actor=INTAKE, subject=consignment, data={"counts": counts, "missing": missing})
    tx.notify("consignment", consignment)


def _quiet(tx: Tx) -> list[str]:
    rows = tx.raw.execute(
        "SELECT id FROM consignment WHERE judged_us IS NULL AND "
        "((last_seen_us <= ? AND last_seen_real_us <= ?) OR (first_seen_us IS NULL AND sent_us <= ?)) ORDER BY sent_us",
        (to_us(tx.now - QUIET), to_us(tx.real_now - QUIET_REAL), to_us(tx.now - OVERDUE)),
    ).fetchall()
    return [consignment for (consignment,) in rows]
