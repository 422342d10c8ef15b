"""What screens show of duties and their records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Row, func, select

from plant.model import Plant
from wms.duties import tables
from wms.duties.model import Agreement, DayRange, Duty, DutyKind, DutyOutcome, DutyState, Punctuality, TestMethod
from wms.duties.said import DeviceSaid
from wms.duties.schedule import LOOK_BACK, Watched, duties_of, state_of, storage_devices
from wms.duties.settings import duty_settings
from wms.errors import NotFound
from wms.store.metadata import from_us, from_us_or_none, to_us

_URGENCY = (DutyState.OVERDUE, DutyState.OPEN, DutyState.MISSED, DutyState.WAITING, DutyState.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView:
    """One duty, how it stands, and who did it."""

    id: str
    kind: DutyKind
    subject: str
    name_en: str
    name_zh: str
    day: str
    opens_at: datetime
    due_at: datetime
    closes_at: datetime | None
    state: DutyState
    done_by: str | None
    done_at: datetime | None
    record: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDetail(DutyView):
    """A duty with what is needed to do it."""

    probes: tuple[str, ...]
    ranges: tuple[DayRange, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """Intervals and tolerances."""

    readings_apart_h: float
    reading_tolerance_c: float
    alarm_test_every_days: int
    alarm_test_window_min: int


@dataclass(frozen=True, slots=True)
class DutyList:
    """Duties as a list shows them."""

    at: datetime
    timezone: str
    times: Times
    items: tuple[DutyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """One record; ``corrected_by`` is the record that replaces it."""

    id: str
    duty: str
    kind: DutyKind
    subject: str
    name_en: str
    name_zh: str
    day: str
    due_at: datetime
    at: datetime
    person: str
    punctuality: Punctuality
    outcome: DutyOutcome
    value_c: float | None
    probe: str | None
    probe_value_c: float | None
    difference_c: float | None
    agreement: Agreement | None
    method: TestMethod | None
    started_at: datetime | None
    occurrences: tuple[str, ...]
    ranges: tuple[DayRange, ...]
    comment: str
    corrects: str | None
    corrected_by: str | None


@dataclass(frozen=True, slots=True)
class RecordList:
    """Records of a period, oldest first."""

    from_at: datetime
    to_at: datetime
    items: tuple[RecordView, ...]


def standing(
    conn: Connection, plant: Plant, now: datetime, *, back: timedelta = LOOK_BACK
) -> tuple[tuple[Duty, DutyState, RecordView | None], ...]:
    """Every duty of the last days with its state and its record in force; devices not watched yet have none."""
    settings, zone = duty_settings(), ZoneInfo(plant.site.timezone)
    found: list[tuple[Duty, DutyState, RecordView | None]] = []
    duties = [
        duty for one in watched_devices(conn, plant).values() for duty in duties_of(one, settings, zone, now, back=back)
    ]
    oldest = min((duty.opens_at for duty in duties), default=now)
    records = _in_force(conn, plant, oldest)
    for duty in duties:
        kept = records.get(duty.id)
        done = kept is not None and kept.outcome is not DutyOutcome.FAILED  # a test that failed is still to be passed
        found.append((duty, state_of(duty, now, done=done), kept))
    return tuple(found)


def watched_devices(conn: Connection, plant: Plant) -> Mapping[str, Watched]:
    """What is known of each storage device that is watched."""
    since = {row.device: from_us(row.since_us) for row in conn.execute(select(tables.watched))}
    readings = _last(conn, DutyKind.READING, DutyOutcome.READ)
    tests = _last(conn, DutyKind.ALARM_TEST, DutyOutcome.PASSED)
    return {
        device.id: Watched(device.id, since[device.id], readings.get(device.id), tests.get(device.id))
        for device in storage_devices(plant)
        if device.id in since
    }


def duty_list(conn: Connection, plant: Plant, now: datetime) -> DutyList:
    """Duties of today, everything open or overdue, and what was missed lately; the most urgent first."""
    settings, zone = duty_settings(), ZoneInfo(plant.site.timezone)
    today = now.astimezone(zone).date()
    views = [_view(plant, *one) for one in standing(conn, plant, now) if _is_shown(*one[:2], today, zone)]
    views.sort(key=lambda view: (_URGENCY.index(view.state), view.due_at, view.id))
    hour, day, minute = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
    times = Times(
        settings.apart / hour, settings.tolerance_c, settings.test_every // day, settings.test_window // minute
    )
    return DutyList(now, plant.site.timezone, times, tuple(views))


def one_duty(conn: Connection, plant: Plant, duty_id: str, said: DeviceSaid, now: datetime) -> DutyDetail:
    """One duty of the list in full; raises NotFound."""
    for duty, state, kept in standing(conn, plant, now):
        if duty.id == duty_id:
            view = _view(plant, duty, state, kept)
            fields = {name: getattr(view, name) for name in DutyView.__slots__}
            return DutyDetail(**fields, probes=tuple(said.values), ranges=said.ranges)
    raise NotFound("duty.unknown", f"There is no duty {duty_id} now")


def records_of(conn: Connection, plant: Plant, from_at: datetime, to_at: datetime) -> RecordList:
    """Records made in [from, to], oldest first, corrected ones too."""
    table = tables.record
    query = select(table).where(table.c.at_us >= to_us(from_at), table.c.at_us <= to_us(to_at))
    rows = conn.execute(query.order_by(table.c.at_us, table.c.id))
    return RecordList(from_at, to_at, tuple(_record(plant, row) for row in rows))


def one_record(conn: Connection, plant: Plant, record_id: str) -> RecordView:
    """One record; raises NotFound."""
    row = conn.execute(select(tables.record).where(tables.record.c.id == record_id)).one_or_none()
    if row is None:
        raise NotFound("duty.record_unknown", f"There is no record {record_id}")
    return _record(plant, row)


def subject_and_day(duty_id: str) -> tuple[DutyKind, str, date]:
    """Kind, device and day that the id of a duty names; raises NotFound for what is no such id."""
    kind, _, rest = duty_id.partition(".")
    device, _, rest = rest.partition(".")
    try:
        return DutyKind(kind), device, date.fromisoformat(rest.partition(".")[0])
    except ValueError:
        raise NotFound("duty.unknown", f"There is no duty {duty_id}") from None


def _is_shown(duty: Duty, state: DutyState, today: date, zone: ZoneInfo) -> bool:
    if duty.kind is DutyKind.ALARM_TEST:
        return True
    return (
        state in {DutyState.OPEN, DutyState.OVERDUE, DutyState.MISSED} or duty.due_at.astimezone(zone).date() == today
    )


def _in_force(conn: Connection, plant: Plant, since: datetime) -> Mapping[str, RecordView]:
    """The record of each duty that no other corrects."""
    table = tables.record
    query = select(table).where(table.c.at_us >= to_us(since), table.c.corrected_by.is_(None))
    return {row.duty: _record(plant, row) for row in conn.execute(query.order_by(table.c.at_us, table.c.id))}


def _last(conn: Connection, kind: DutyKind, outcome: DutyOutcome) -> Mapping[str, datetime]:
    table = tables.record
    own = (table.c.kind == kind.value) & (table.c.outcome == outcome.value) & table.c.corrected_by.is_(None)
    rows = conn.execute(select(table.c.subject, func.max(table.c.at_us)).where(own).group_by(table.c.subject))
    return {subject: from_us(at) for subject, at in rows}


def _view(plant: Plant, duty: Duty, state: DutyState, kept: RecordView | None) -> DutyView:
    device = plant.device_by_id[duty.subject]
    return DutyView(
        id=duty.id,
        kind=duty.kind,
        subject=duty.subject,
        name_en=device.name_en,
        name_zh=device.name_zh,
        day=duty.day.isoformat(),
        opens_at=duty.opens_at,
        due_at=duty.due_at,
        closes_at=duty.closes_at,
        state=state,
        done_by=None if kept is None else kept.person,
        done_at=None if kept is None else kept.at,
        record=None if kept is None else kept.id,
    )


def _record(plant: Plant, row: Row[tuple[Any, ...]]) -> RecordView:
    device = plant.device_by_id.get(row.subject)
    known = row.value_c is not None and row.probe_value_c is not None
    return RecordView(
        id=row.id,
        duty=row.duty,
        kind=DutyKind(row.kind),
        subject=row.subject,
        name_en=row.subject if device is None else device.name_en,
        name_zh=row.subject if device is None else device.name_zh,
        day=row.day,
        due_at=from_us(row.due_us),
        at=from_us(row.at_us),
        person=row.person,
        punctuality=Punctuality(row.punctuality),
        outcome=DutyOutcome(row.outcome),
        value_c=row.value_c,
        probe=row.probe,
        probe_value_c=row.probe_value_c,
        difference_c=round(row.value_c - row.probe_value_c, 2) if known else None,
        agreement=None if row.agreement is None else Agreement(row.agreement),
        method=None if row.method is None else TestMethod(row.method),
        started_at=from_us_or_none(row.started_us),
        occurrences=tuple(row.occurrences.split()),
        ranges=tuple(_ranges(row.ranges)),
        comment=row.comment,
        corrects=row.corrects,
        corrected_by=row.corrected_by,
    )


def _ranges(text: str) -> Iterable[DayRange]:
    return msgspec.json.decode(text, type=list[DayRange])
