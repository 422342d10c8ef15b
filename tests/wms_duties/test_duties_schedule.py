"""Which duties there are and when: readings at least eight hours apart, sign-offs of whole days, tests each quarter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plant.load import demo_text, parse_plant
from wms.duties.model import Duty, DutyKind, DutyState
from wms.duties.schedule import Watched, duties_of, state_of, storage_devices
from wms.duties.settings import FILE, DutiesError, duty_settings

ZONE = ZoneInfo("Asia/Shanghai")
SETTINGS = duty_settings()
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 by the clock of the site."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def duty(duties: tuple[Duty, ...], duty_id: str) -> Duty:
    return next(one for one in duties if one.id == duty_id)


def duties(now: datetime, **known: datetime) -> tuple[Duty, ...]:
    return duties_of(Watched("cold-1", known.pop("since", LONG_AGO), **known), SETTINGS, ZONE, now)


def test_every_device_that_stores_blood_has_duties_and_no_other():
    kinds = {device.kind.value for device in storage_devices(parse_plant(demo_text()))}
    assert "cold_room" in kinds
    assert kinds <= {"cold_room", "platelet_incubator", "plasma_freezer", "ultra_freezer"}


def test_two_readings_a_day_by_the_clock_of_the_site():
    morning = duty(duties(at(20, 9)), "reading.cold-1.2026-11-20.1")
    evening = duty(duties(at(20, 9)), "reading.cold-1.2026-11-20.2")
    assert (morning.opens_at, morning.due_at, morning.closes_at) == (at(20, 6), at(20, 10), at(20, 18))
    assert (evening.opens_at, evening.due_at, evening.closes_at) == (at(20, 18), at(20, 22), at(21, 6))


@pytest.mark.parametrize(
    ("hour", "state"),
    [(5, "waiting"), (6, "open"), (10, "open"), (11, "overdue"), (17, "overdue"), (18, "missed"), (23, "missed")],
)
def test_a_reading_is_open_then_overdue_then_missed(hour, state):
    morning = duty(duties(at(20, hour)), "reading.cold-1.2026-11-20.1")
    assert state_of(morning, at(20, hour), done=False).value == state


def test_a_late_reading_puts_the_next_one_off_by_eight_hours():
    evening = duty(duties(at(20, 17), last_reading=at(20, 16)), "reading.cold-1.2026-11-20.2")
    assert evening.opens_at == at(21, 0)
    assert evening.due_at == at(21, 1)
    assert evening.closes_at == at(21, 6)


@given(st.integers(0, 24 * 60), st.integers(0, 24 * 60))
def test_no_two_readings_are_nearer_than_eight_hours(first_minutes, later_minutes):
    first = at(20, 0) + timedelta(minutes=first_minutes)
    later = first + timedelta(minutes=later_minutes)
    for one in duties(later, last_reading=first):
        took_it = one.opens_at <= first
        if one.kind is DutyKind.READING and not took_it and state_of(one, later, done=False) is DutyState.OPEN:
            assert later - first >= timedelta(hours=8)


def test_a_new_device_owes_nothing_for_the_time_before_it():
    found = duties(at(20, 9), since=at(20, 9))
    assert [one.id for one in found if one.opens_at < at(20, 9)] == []
    assert duty(found, "reading.cold-1.2026-11-20.2").opens_at == at(20, 18)


def test_a_day_is_signed_when_it_is_over():
    signed = duty(duties(at(20, 9)), "min_max.cold-1.2026-11-19")
    assert (signed.day, signed.opens_at, signed.due_at) == (date(2026, 11, 19), at(20, 0), at(20, 12))
    assert signed.closes_at == at(21, 12)


def test_alarms_are_tested_within_a_week_and_then_each_quarter():
    (first,) = [one for one in duties(at(20, 9), since=at(20, 9)) if one.kind is DutyKind.ALARM_TEST]
    assert (first.day, first.opens_at, first.closes_at) == (date(2026, 11, 27), at(20, 9), None)
    (next_one,) = [one for one in duties(at(20, 9), last_test=at(20, 8)) if one.kind is DutyKind.ALARM_TEST]
    assert next_one.day == date(2027, 2, 19)
    assert state_of(next_one, at(20, 9), done=False) is DutyState.WAITING


def test_a_day_of_the_autumn_change_has_its_two_readings():
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 10, 25, 12, tzinfo=UTC)
    found = duties_of(Watched("cold-1", LONG_AGO), SETTINGS, berlin, now)
    times = [one.opens_at.astimezone(berlin).hour for one in found if one.day == date(2026, 10, 25)]
    assert times[:2] == [6, 18]


def test_a_settings_file_with_times_out_of_order_is_refused(tmp_path):
    text = FILE.read_text(encoding="utf-8").replace('["08:00", "20:00"]', '["20:00", "08:00"]')
    (tmp_path / "duties.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DutiesError, match="not in order"):
        duty_settings(tmp_path / "duties.toml")
