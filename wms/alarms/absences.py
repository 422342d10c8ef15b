"""When edges and devices were away, as the alarm journal tells it: evidence for the completeness meter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, select

from telemetry.completeness import Absence, GapReason
from wms.alarms import conditions
from wms.alarms.machine import Condition
from wms.alarms.tables import alarm, journal

_REASONS: Final = {
    conditions.EDGE_OFFLINE: GapReason.EDGE_OFFLINE,
    conditions.DEVICE_OFFLINE: GapReason.DEVICE_OFFLINE,
}
_ACTIVE, _INACTIVE = f"condition_{Condition.ACTIVE.value}", f"condition_{Condition.INACTIVE.value}"


def absences(conn: Connection, to_us: int) -> list[Absence]:
    """Every absence of an edge or device that began before an instant (microseconds since 1970), oldest first."""
    query = (
        select(alarm.c.source, alarm.c.condition, journal.c.event, journal.c.at_us)
        .join(journal, journal.c.alarm == alarm.c.id)
        .where(alarm.c.condition.in_(_REASONS), journal.c.event.in_([_ACTIVE, _INACTIVE]), journal.c.at_us < to_us)
        .order_by(journal.c.at_us, journal.c.id)
    )
    found = list(_paired((str(r.source), str(r.condition), str(r.event), int(r.at_us)) for r in conn.execute(query)))
    return sorted(found, key=lambda one: (one.from_ms, one.name))


def _paired(rows: Iterator[tuple[str, str, str, int]]) -> Iterator[Absence]:
    since: dict[tuple[str, str], int] = {}
    for source, condition, event, at_us in rows:
        key = source, condition
        if event == _ACTIVE:
            since.setdefault(key, at_us)
        elif key in since:
            yield Absence(source, _REASONS[condition], since.pop(key) // 1000, at_us // 1000)
    for (source, condition), from_us in since.items():
        yield Absence(source, _REASONS[condition], from_us // 1000, None)
