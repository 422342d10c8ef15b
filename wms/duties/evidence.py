"""The proof of an alarm test: alarms that were really raised by the device while it ran."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from plant.model import Plant
from wms.alarms.tables import occurrence
from wms.duties.said import probes_of
from wms.store.metadata import to_us


def alarms_raised(conn: Connection, plant: Plant, device: str, from_at: datetime, to_at: datetime) -> tuple[str, ...]:
    """Occurrences of alarms of a device or its probes of which people were told in [from, to].

    A door that stood open does not count: it is opened to reach the probe.
    """
    sources = [device, *(probe.id for probe in probes_of(plant, device))]
    called = occurrence.c.annunciated_us
    query = (
        select(occurrence.c.id)
        .where(occurrence.c.source.in_(sources), occurrence.c.raised_us >= to_us(from_at))
        .where(called >= to_us(from_at), called <= to_us(to_at))
        .order_by(occurrence.c.raised_us, occurrence.c.id)
    )
    return tuple(conn.execute(query).scalars())
