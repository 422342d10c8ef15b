"""What is drawn with the curve of a probe: the limits of each time, and what happened around it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from dashboards.bag import instant, milliseconds
from dashboards.context import House
from dashboards.schemas.cold_chain import HistoryEvent, HistoryEventKind, HistoryLimits
from plant.model import Probe
from telemetry.events import switch_spans
from telemetry.store import History
from telemetry.tracker import GAP_AFTER_MS
from wms.alarms.suspension import sources_in, suspensions_between
from wms.duties.model import DutyKind, DutyOutcome
from wms.duties.read import records_of
from wms.limits.read import limit_book


def curve_of(house: House, probe: Probe, from_at: datetime, to_at: datetime, step_s: int) -> History:
    """The readings of a probe in steps, from the historian or, of long ago, from the archive; raises StoreError."""
    telemetry, begin, end = house.telemetry, milliseconds(from_at), milliseconds(to_at)
    edge = house.warehouse.plant.edge_by_device[probe.device]
    question = (begin, end, step_s * 1000, GAP_AFTER_MS)
    if telemetry.archive is not None and telemetry.archive.answers(begin):
        return telemetry.archive.history((edge, probe.device, probe.metric), *question)
    source = telemetry.registry.find(edge, probe.device, probe.metric)
    return History([], [(begin, end)]) if source is None else telemetry.store.history(source, *question)


def limits_of(house: House, conn: Connection, probe: Probe, from_at: datetime, to_at: datetime) -> list[HistoryLimits]:
    """The limits that held for a probe in [from, to], oldest first; empty where its place has none."""
    book = limit_book(conn, house.warehouse.plant)
    return [
        HistoryLimits(
            version=period.version,
            from_at=instant(period.from_ms),
            to_at=None if period.to_ms is None else instant(period.to_ms),
            min_c=period.limits.min_c,
            max_c=period.limits.max_c,
            alert_min_c=period.limits.alert_min_c,
            alert_max_c=period.limits.alert_max_c,
        )
        for period in book.periods(probe.id, milliseconds(from_at), milliseconds(to_at))
    ]


def events_of(house: House, conn: Connection, probe: Probe, from_at: datetime, to_at: datetime) -> list[HistoryEvent]:
    """What happened around a probe in [from, to], in order of beginning; raises StoreError."""
    found = [
        *_switches(house, probe, from_at, to_at),
        *_excursions(house, probe, from_at, to_at),
        *_suspended(house, conn, probe, from_at, to_at),
        *_read_by_people(house, conn, probe, from_at, to_at),
    ]
    return sorted(found, key=lambda event: (event.from_at, event.kind, event.id))


def _switches(house: House, probe: Probe, from_at: datetime, to_at: datetime) -> list[HistoryEvent]:
    plant, telemetry = house.warehouse.plant, house.telemetry
    if probe.device not in plant.device_by_id:
        return []
    interval = milliseconds(from_at), milliseconds(to_at)
    return [
        _event(HistoryEventKind(span.kind.value), span.source, span.from_ms, span.to_ms)
        for span in switch_spans(plant, telemetry.store, telemetry.registry, probe.device, *interval)
    ]


def _excursions(house: House, probe: Probe, from_at: datetime, to_at: datetime) -> list[HistoryEvent]:
    found = house.telemetry.store.excursions([probe.id], milliseconds(from_at), milliseconds(to_at))
    return [_event(HistoryEventKind.EXCURSION, one.id, one.from_ms, one.to_ms, one.worst_c) for one in found]


def _suspended(house: House, conn: Connection, probe: Probe, from_at: datetime, to_at: datetime) -> list[HistoryEvent]:
    plant = house.warehouse.plant
    return [
        HistoryEvent(kind=HistoryEventKind.SUSPENDED, id=one.id, from_at=one.from_at, to_at=one.ended_at, value_c=None)
        for one in suspensions_between(conn, from_at, to_at)
        if probe.id in sources_in(plant, one)
    ]


def _read_by_people(
    house: House, conn: Connection, probe: Probe, from_at: datetime, to_at: datetime
) -> list[HistoryEvent]:
    plant = house.warehouse.plant
    if probe.device not in plant.device_by_id:
        return []
    return [
        HistoryEvent(kind=HistoryEventKind.READING, id=one.id, from_at=one.at, to_at=one.at, value_c=one.value_c)
        for one in records_of(conn, plant, from_at, to_at).items
        if one.kind is DutyKind.READING
        and one.outcome is DutyOutcome.READ
        and one.corrected_by is None
        and one.subject == probe.device
        and one.probe in {None, probe.id}
    ]


def _event(
    kind: HistoryEventKind, name: str, from_ms: int, to_ms: int | None, value_c: float | None = None
) -> HistoryEvent:
    until = None if to_ms is None else instant(to_ms)
    return HistoryEvent(kind=kind, id=name, from_at=instant(from_ms), to_at=until, value_c=value_c)
