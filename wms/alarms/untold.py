"""Excursions that the historian has and the alarm book was never told of: found at a start, and told then.

The historian commits before the alarm book does. A controller that is killed in between has stored readings outside
their limits, and the news of them died with it; what is over by then nobody would raise again. So every late finding
that was told is written down with its alarm, and at a start each stored excursion is held against that and against
the occurrences. What is missing is told as a late excursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select

from plant.model import Plant, Probe
from runtime.sparkplug.readings import SourceRegistry
from telemetry.excursions import Excursion, ExcursionKind, trusted
from telemetry.limits import Timing
from telemetry.store import ReadingStore
from wms.alarms import conditions
from wms.alarms.book import News, tell
from wms.alarms.machine import Condition
from wms.alarms.tables import occurrence, told
from wms.limits.read import limit_book
from wms.store.metadata import from_us, to_us
from wms.store.tx import Tx

LOOK_BACK: Final = timedelta(days=30)
"""Older ones would have been found at an earlier start."""
_BEGAN: Final = ""
"""The mark without a probe: from when on marks are kept. What an older release stored has none."""
_CONDITIONS: Final = {
    ExcursionKind.ABOVE: conditions.TEMPERATURE_HIGH,
    ExcursionKind.BELOW: conditions.TEMPERATURE_LOW,
}


@dataclass(frozen=True, slots=True)
class Untold:
    """An excursion that nobody was told of, at the reading that should have been told."""

    probe: str
    at: datetime
    worst_c: float
    limit_c: float
    place: str


def note_told(tx: Tx, probe: str, at: datetime) -> None:
    """Write down, with the alarm itself, that a late excursion at ``at`` was told."""
    mark = {"probe": probe, "at_us": to_us(at)}
    known = select(told.c.probe).where(told.c.probe == probe, told.c.at_us == mark["at_us"])
    if tx.conn.execute(known).first() is None:
        tx.conn.execute(insert(told).values(mark))


def begin(tx: Tx) -> None:
    """From the first start on marks are kept; later starts change nothing."""
    if tx.conn.execute(select(told.c.at_us).where(told.c.probe == _BEGAN)).first() is None:
        note_told(tx, _BEGAN, tx.now)


def untold(
    conn: Connection, plant: Plant, store: ReadingStore, registry: SourceRegistry, now: datetime
) -> Sequence[Untold]:
    """Stored excursions of the last 30 days that were due to be told and were not, oldest first.

    Due is what lasted longer than the delay of the limits of its time, or came often enough, and what came late,
    however short. Transport boxes are left out:
    an empty one is no alarm, and a packed one keeps a record of its own.
    """
    began = conn.execute(select(told.c.at_us).where(told.c.probe == _BEGAN)).scalar()
    if began is None:
        return ()
    since = max(from_us(began), now - LOOK_BACK)
    probes = {probe.id: probe for probe in plant.probes if probe.device not in plant.box_by_id}
    found = store.excursions(list(probes), _ms(since), _ms(now))
    missing = [
        one for one in found if from_us(one.last_ms * 1000) >= since and not _is_told(conn, one, probes[one.probe])
    ]
    edges, limits = plant.edge_by_device, limit_book(conn, plant)
    news = []
    for one in missing:
        probe = probes[one.probe]
        source = registry.find(edges[probe.device], probe.device, probe.metric)
        at_ms = _late_reading(store, source, one) if source is not None else None
        held = limits.at(probe.id, one.from_ms)
        timing = Timing(on_delay_s=probe.on_delay_s) if held is None else held.timing
        lasted = one.last_ms - one.from_ms >= timing.on_delay_s * 1000
        if at_ms is None and (lasted or (source is not None and _came_often(store, source, one, timing))):
            at_ms = one.from_ms
        if at_ms is not None:
            news.append(Untold(probe.id, from_us(at_ms * 1000), one.worst_c, one.limit_c, probe.covers[0]))
    return news


def tell_untold(tx: Tx, missing: Sequence[Untold]) -> None:
    """Raise a late excursion for each, and note that it was told."""
    for one in missing:
        tell(
            tx,
            News(
                source=one.probe,
                condition=conditions.LATE_EXCURSION,
                state=Condition.ACTIVE,
                at=one.at,
                value=one.worst_c,
                limit=one.limit_c,
                place=one.place,
            ),
        )
        note_told(tx, one.probe, one.at)


def _is_told(conn: Connection, one: Excursion, probe: Probe) -> bool:
    """A late mark lies within it, or its limit's alarm stood at some time of it."""
    first, last = one.from_ms * 1000, one.last_ms * 1000
    marked = select(told.c.probe).where(told.c.probe == probe.id, told.c.at_us >= first, told.c.at_us <= last)
    if conn.execute(marked.limit(1)).first() is not None:
        return True
    table = occurrence.c
    alarmed = select(table.id).where(
        table.source == probe.id,
        table.condition == _CONDITIONS[one.kind],
        table.raised_us <= last,
        table.returned_us.is_(None) | (table.returned_us >= first),
    )
    return conn.execute(alarmed.limit(1)).first() is not None


def _late_reading(store: ReadingStore, source: int, one: Excursion) -> int | None:
    """When the first reading outside was taken that came late, in milliseconds; None when all came in time."""
    readings = store.readings(source, one.from_ms, one.last_ms)
    late = readings.take(readings.historical)
    above = one.kind is ExcursionKind.ABOVE
    outside = late.value > one.limit_c if above else late.value < one.limit_c
    return int(late.ts_ms[outside][0]) if outside.any() else None


def _came_often(store: ReadingStore, source: int, one: Excursion, timing: Timing) -> bool:
    """As many readings outside as the limits ask for lie in one window that ends within it."""
    if timing.count == 0:
        return False
    window_ms = timing.window_s * 1000
    readings = store.readings(source, one.from_ms - window_ms, one.last_ms)
    readings = readings.take(trusted(readings.value, readings.quality))
    above = one.kind is ExcursionKind.ABOVE
    at_ms = readings.ts_ms[readings.value > one.limit_c if above else readings.value < one.limit_c]
    first, last = at_ms[: len(at_ms) - timing.count + 1], at_ms[timing.count - 1 :]
    return bool(((last - first <= window_ms) & (last >= one.from_ms)).any()) if len(at_ms) >= timing.count else False


def _ms(at: datetime) -> int:
    return to_us(at) // 1000
