"""When edges and devices were away, and when boxes were in use: evidence for the completeness meter."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, or_, select

from plant.model import Plant
from telemetry.completeness import Absence, GapReason, Use
from wms.alarms import conditions
from wms.alarms.tables import occurrence
from wms.bags.tables import stay

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


def box_uses(conn: Connection, plant: Plant, from_us: int, to_us: int) -> dict[str, list[Use]]:
    """Of every box, the times that touch [from, to] for which bags lay in it: its logger owes readings then."""
    boxes = {f"box/{box.id}": box.id for box in plant.boxes}
    found: dict[str, list[Use]] = {box: [] for box in boxes.values()}
    query = (
        select(stay.c.place, stay.c.from_us, stay.c.to_us)
        .distinct()
        .where(stay.c.place.in_(boxes), stay.c.from_us <= to_us, or_(stay.c.to_us.is_(None), stay.c.to_us >= from_us))
    )
    for place, begun_us, ended_us in conn.execute(query):
        found[boxes[place]].append(Use(begun_us // 1000, None if ended_us is None else ended_us // 1000))
    return found
