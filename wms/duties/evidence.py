"""The proof of an alarm test: alarms that were really raised by the device while it ran."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from plant.model import Plant
from wms.alarms.tables import alarm, journal
from wms.duties.said import probes_of
from wms.store.metadata import to_us


def alarms_raised(conn: Connection, plant: Plant, device: str, from_at: datetime, to_at: datetime) -> tuple[str, ...]:
    """Alarms of a device and its probes that were raised in [from, to]; a door that stood open does not count."""
    sources = [device, *(probe.id for probe in probes_of(plant, device))]
    query = (
        select(alarm.c.id)
        .join(journal, journal.c.alarm == alarm.c.id)
        .where(
            alarm.c.source.in_(sources),
            journal.c.to_state == "unacknowledged",
            journal.c.event == "condition_active",
            journal.c.at_us >= to_us(from_at),
            journal.c.at_us <= to_us(to_at),
        )
        .order_by(alarm.c.id)
    )
    return tuple(dict.fromkeys(conn.execute(query).scalars()))
