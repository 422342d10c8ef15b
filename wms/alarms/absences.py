"""When edges and devices were away, as the occurrences of their alarms tell: evidence for the completeness meter."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, or_, select

from telemetry.completeness import Absence, GapReason
from wms.alarms import conditions
from wms.alarms.tables import occurrence

_REASONS: Final = {
    conditions.EDGE_OFFLINE: GapReason.EDGE_OFFLINE,
    conditions.DEVICE_OFFLINE: GapReason.DEVICE_OFFLINE,
}


def absences(conn: Connection, from_us: int, to_us: int) -> list[Absence]:
    """Every absence of an edge or a device that touches [from, to] (microseconds since 1970), oldest first."""
    query = (
        select(occurrence.c.source, occurrence.c.condition, occurrence.c.raised_us, occurrence.c.returned_us)
        .where(
            occurrence.c.condition.in_(_REASONS),
            occurrence.c.raised_us <= to_us,
            or_(occurrence.c.returned_us.is_(None), occurrence.c.returned_us >= from_us),
        )
        .order_by(occurrence.c.raised_us, occurrence.c.source)
    )
    return [
        Absence(
            name=row.source,
            reason=_REASONS[row.condition],
            from_ms=row.raised_us // 1000,
            to_ms=None if row.returned_us is None else row.returned_us // 1000,
        )
        for row in conn.execute(query)
    ]
