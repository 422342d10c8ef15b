"""Which duties there are and how each stands: pure functions of the plant, the settings, the records and the time.

Ids say kind, device and day (`reading.cold-1.2026-11-20.1`), so nothing has to be planned ahead or stored.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from plant.model import Device, DeviceKind, Plant
from wms.duties.model import Duty, DutyKind, DutyState
from wms.duties.settings import DutySettings

STORAGE: Final = frozenset(
    {DeviceKind.COLD_ROOM, DeviceKind.PLATELET_INCUBATOR, DeviceKind.PLASMA_FREEZER, DeviceKind.ULTRA_FREEZER}
)
LOOK_BACK: Final = timedelta(days=2)
"""How long a missed duty that nobody has explained stays on the list and in the alarm."""
_DAY: Final = timedelta(days=1)
_LEAST_OPEN: Final = timedelta(hours=1)
_NOON: Final = time(12)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of one device: since when duties are asked, its last reading, its last passed test."""

    device: str
    since: datetime
    last_reading: datetime | None = None
    last_test: datetime | None = None


def storage_devices(plant: Plant) -> tuple[Device, ...]:
    """Every device that stores blood and has a probe."""
    probed = {probe.device for probe in plant.probes}
    return tuple(device for device in plant.devices if device.kind in STORAGE and device.id in probed)


def duties_of(
    watched: Watched, settings: DutySettings, zone: ZoneInfo, now: datetime, *, back: timedelta = LOOK_BACK
) -> tuple[Duty, ...]:
    """Duties of a device whose day is not longer past than ``back``, and the next test of its alarms."""
    today = now.astimezone(zone).date()
    day = (now - back).astimezone(zone).date()
    found: list[Duty] = []
    while day <= today:
        found += readings_of_day(watched.device, day, settings, zone)
        found.append(min_max_of(watched.device, day - _DAY, settings, zone))
        day += _DAY
    asked = [_apart(duty, watched, settings) for duty in found if duty.opens_at >= watched.since]
    return (*asked, alarm_test_of(watched, settings, zone))


def readings_of_day(device: str, day: date, settings: DutySettings, zone: ZoneInfo) -> Iterable[Duty]:
    """The readings of one day; each can be made until the next one opens."""
    times = settings.reading_times
    for number, moment in enumerate(times, start=1):
        following = _local(day, times[number], zone) if number < len(times) else _local(day + _DAY, times[0], zone)
        at = _local(day, moment, zone)
        yield Duty(
            id=f"{DutyKind.READING.value}.{device}.{day.isoformat()}.{number}",
            kind=DutyKind.READING,
            subject=device,
            day=day,
            opens_at=at - settings.opens_before,
            due_at=at + settings.due_after,
            closes_at=following - settings.opens_before,
        )


def min_max_of(device: str, day: date, settings: DutySettings, zone: ZoneInfo) -> Duty:
    """The sign-off of a day: open when the day is over, missed when the next one is due."""
    due = _local(day + _DAY, settings.min_max_due, zone)
    return Duty(
        id=f"{DutyKind.MIN_MAX.value}.{device}.{day.isoformat()}",
        kind=DutyKind.MIN_MAX,
        subject=device,
        day=day,
        opens_at=_local(day + _DAY, time(), zone),
        due_at=due,
        closes_at=_local(day + 2 * _DAY, settings.min_max_due, zone),
    )


def alarm_test_of(watched: Watched, settings: DutySettings, zone: ZoneInfo) -> Duty:
    """The next test of a device's alarms: so long after the last that passed, or soon after its first day."""
    if watched.last_test is None:
        day = (watched.since + settings.test_first_within).astimezone(zone).date()
        opens = watched.since
    else:
        day = (watched.last_test + settings.test_every).astimezone(zone).date()
        opens = _local(day, _NOON, zone) - settings.test_opens_before
    return Duty(
        id=f"{DutyKind.ALARM_TEST.value}.{watched.device}.{day.isoformat()}",
        kind=DutyKind.ALARM_TEST,
        subject=watched.device,
        day=day,
        opens_at=opens,
        due_at=_local(day, _NOON, zone),
        closes_at=None,
    )


def state_of(duty: Duty, now: datetime, *, done: bool) -> DutyState:
    """How a duty stands at ``now``."""
    if done:
        return DutyState.DONE
    if now < duty.opens_at:
        return DutyState.WAITING
    if duty.closes_at is not None and now >= duty.closes_at:
        return DutyState.MISSED
    return DutyState.OVERDUE if now > duty.due_at else DutyState.OPEN


def _apart(duty: Duty, watched: Watched, settings: DutySettings) -> Duty:
    """A reading opens so long after the one before it; it is due an hour later at the earliest."""
    last = watched.last_reading
    if duty.kind is not DutyKind.READING or last is None or last >= duty.opens_at:
        return duty
    opens = last + settings.apart
    if opens <= duty.opens_at:
        return duty
    return replace(duty, opens_at=opens, due_at=max(duty.due_at, opens + _LEAST_OPEN))


def _local(day: date, moment: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, moment, tzinfo=zone).astimezone(UTC)
