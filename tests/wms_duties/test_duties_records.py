"""What people record: checked against probes and alarms, never dated back, corrected only by a further record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from wms.alarms import book, conditions
from wms.alarms.machine import Condition
from wms.alarms.news import News
from wms.duties import read, sheet, watch
from wms.duties.commands import Done, record_done
from wms.duties.model import Agreement, DayRange, DutyKind, DutyOutcome, DutyState, Punctuality, TestMethod
from wms.duties.said import DeviceSaid
from wms.errors import Invalid, NotFound, Refused
from wms.moves.model import DeviceState
from wms.store.tx import Actor
from wms.warehouse import open_warehouse

ANN = Actor("ann", "web/test")
MORNING = "reading.cold-1.2026-11-20.1"
T0 = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)  # the beginning of 20 November at the site
FOUR = DeviceSaid({"cold-1-air": 4.6, "cold-1-load": 4.0}, "cold-1-load")


class Desk:
    def __init__(self, warehouse, clock) -> None:
        self.warehouse, self.clock = warehouse, clock

    async def at(self, hours: float) -> None:
        """Go on to an hour of 20 November (24 and more: the next days)."""
        target = T0 + timedelta(hours=hours)
        self.clock.step((target - self.clock.now()).total_seconds())
        await self.warehouse.write(watch.tick)

    async def done(self, duty: str, said: DeviceSaid = FOUR, **what) -> read.RecordView:
        record = await self.warehouse.write(lambda tx: record_done(tx, ANN, duty, Done(**what), said))
        with self.warehouse.read() as conn:
            return read.one_record(conn, self.warehouse.plant, record)

    def state(self, duty: str) -> DutyState | None:
        with self.warehouse.read() as conn:
            found = read.duty_list(conn, self.warehouse.plant, self.clock.now()).items
        return next((one.state for one in found if one.id == duty), None)

    async def is_active(self, source: str, condition: str) -> bool:
        return await self.warehouse.write(lambda tx: book.is_active(tx, source, condition))

    async def alarm(self, source: str, condition: str = conditions.TEMPERATURE_HIGH) -> None:
        news = News(source=source, condition=condition, state=Condition.ACTIVE, at=self.clock.now())
        await self.warehouse.write(lambda tx: book.tell(tx, news))


@pytest.fixture
async def desk(store_url: str | None, tmp_path: Path) -> AsyncIterator[Desk]:
    clock = SteppedClock(T0)

    async def publish(_command: object) -> None:
        raise AssertionError("no machine is spoken to")

    async with open_warehouse(
        parse_plant(demo_text()), tmp_path, clock=clock, holder="test", excursion_at=lambda _place: False,
        device_state=lambda _device: DeviceState.UNKNOWN, publish_command=publish, database=store_url,
    ) as warehouse:  # fmt: skip
        desk = Desk(warehouse, clock)
        await desk.at(0)
        yield desk


async def test_a_reading_in_time_stands_beside_what_the_load_probe_says(desk):
    await desk.at(8)
    assert desk.state(MORNING) is DutyState.OPEN
    found = await desk.done(MORNING, value_c=4.2)
    assert (found.punctuality, found.probe, found.probe_value_c, found.difference_c, found.agreement) == (
        Punctuality.IN_TIME, "cold-1-load", 4.0, 0.2, Agreement.AGREES,
    )  # fmt: skip
    assert (found.person, found.at) == ("ann", desk.clock.now())
    assert desk.state(MORNING) is DutyState.DONE


async def test_a_reading_that_disagrees_with_its_probe_is_a_finding(desk):
    await desk.at(8)
    found = await desk.done(MORNING, value_c=6.1, probe="cold-1-air")
    assert (found.difference_c, found.agreement) == (1.5, Agreement.DISAGREES)
    assert await desk.is_active("cold-1-air", conditions.READING_DISAGREES)


async def test_a_silent_probe_agrees_with_nothing(desk):
    await desk.at(8)
    found = await desk.done(MORNING, DeviceSaid({"cold-1-load": None}, "cold-1-load"), value_c=4.0)
    assert found.agreement is Agreement.UNKNOWN


async def test_a_late_reading_says_that_it_is_late_and_has_its_own_time(desk):
    await desk.at(13)
    found = await desk.done(MORNING, value_c=4.0)
    assert (found.punctuality, found.at) == (Punctuality.LATE, desk.clock.now())


async def test_what_was_missed_cannot_be_made_up_only_explained(desk):
    await desk.at(19)
    assert desk.state(MORNING) is DutyState.MISSED
    with pytest.raises(Refused) as refusal:
        await desk.done(MORNING, value_c=4.0)
    assert refusal.value.code == "duty.missed"
    with pytest.raises(Invalid):
        await desk.done(MORNING, outcome=DutyOutcome.MISSED)
    found = await desk.done(MORNING, outcome=DutyOutcome.MISSED, comment="fire drill")
    assert (found.punctuality, found.outcome, found.value_c) == (Punctuality.MISSED, DutyOutcome.MISSED, None)
    with pytest.raises(Refused, match="stays missed"):
        await desk.done(MORNING, value_c=4.0, corrects=found.id, comment="found my note")


async def test_a_reading_is_made_once_and_not_before_its_time(desk):
    await desk.at(5)
    with pytest.raises(Refused) as refusal:
        await desk.done(MORNING, value_c=4.0)
    assert refusal.value.code == "duty.not_open"
    await desk.at(8)
    await desk.done(MORNING, value_c=4.0)
    with pytest.raises(Refused) as refusal:
        await desk.done(MORNING, value_c=4.0)
    assert refusal.value.code == "duty.done"


async def test_a_correction_is_a_record_of_its_own_compared_with_what_the_probe_said_then(desk):
    await desk.at(8)
    wrong = await desk.done(MORNING, value_c=44.0)
    await desk.at(12)
    with pytest.raises(Invalid):
        await desk.done(MORNING, value_c=4.4, corrects=wrong.id)
    right = await desk.done(
        MORNING, DeviceSaid({"cold-1-load": 9.0}, "cold-1-load"), value_c=4.4, corrects=wrong.id, comment="typed twice"
    )
    assert (right.probe_value_c, right.punctuality, right.corrects) == (4.0, Punctuality.IN_TIME, wrong.id)
    with desk.warehouse.read() as conn:
        kept = read.records_of(conn, desk.warehouse.plant, T0, desk.clock.now()).items
    assert [(one.id, one.value_c, one.corrected_by) for one in kept] == [
        (wrong.id, 44.0, right.id),
        (right.id, 4.4, None),
    ]
    with pytest.raises(Refused) as refusal:
        await desk.done(MORNING, value_c=4.5, corrects=wrong.id, comment="again")
    assert refusal.value.code == "duty.corrects"


async def test_a_test_passes_only_when_an_alarm_of_the_store_was_really_raised(desk):
    (test,) = [one for one in _items(desk) if one.kind is DutyKind.ALARM_TEST and one.subject == "cold-1"]
    await desk.at(9)
    began = desk.clock.now()
    what = {"outcome": DutyOutcome.PASSED, "method": TestMethod.WARMED, "started_at": began}
    await desk.alarm("cold-1-door", conditions.DOOR_OPEN)
    await desk.alarm("plasma-1-air")
    await desk.at(9.5)
    with pytest.raises(Refused) as refusal:
        await desk.done(test.id, **what)
    assert refusal.value.code == "duty.no_alarm"
    await desk.alarm("cold-1-air")
    await desk.at(10)
    found = await desk.done(test.id, **what)
    assert len(found.occurrences) == 1
    (following,) = [one for one in _items(desk) if one.kind is DutyKind.ALARM_TEST and one.subject == "cold-1"]
    assert (following.state, following.day) == (DutyState.WAITING, "2027-02-19")


async def test_an_alarm_that_stood_before_the_test_proves_nothing(desk):
    (test,) = [one for one in _items(desk) if one.kind is DutyKind.ALARM_TEST and one.subject == "cold-1"]
    await desk.alarm("cold-1-air")
    await desk.at(9)
    began = desk.clock.now()
    with pytest.raises(Refused):
        await desk.done(test.id, outcome=DutyOutcome.PASSED, method=TestMethod.SIMULATED, started_at=began)


async def test_a_test_that_failed_is_an_alarm_and_stays_to_be_passed(desk):
    (test,) = [one for one in _items(desk) if one.kind is DutyKind.ALARM_TEST and one.subject == "cold-1"]
    await desk.at(9)
    what = {"method": TestMethod.WARMED, "started_at": desk.clock.now()}
    with pytest.raises(Invalid):
        await desk.done(test.id, outcome=DutyOutcome.FAILED, **what)
    await desk.done(test.id, outcome=DutyOutcome.FAILED, comment="no sound", **what)
    assert await desk.is_active("cold-1", conditions.ALARM_TEST_FAILED)
    assert desk.state(test.id) is DutyState.OPEN
    await desk.alarm("cold-1-load")
    await desk.done(test.id, outcome=DutyOutcome.PASSED, **what)


@pytest.mark.parametrize("hours_ago", [-1, 5])
async def test_a_test_is_recorded_while_it_is_fresh(desk, hours_ago):
    await desk.at(9)
    (test,) = [one for one in _items(desk) if one.kind is DutyKind.ALARM_TEST and one.subject == "cold-1"]
    began = desk.clock.now() - timedelta(hours=hours_ago)
    with pytest.raises(Invalid):
        await desk.done(test.id, outcome=DutyOutcome.PASSED, method=TestMethod.WARMED, started_at=began)


async def test_a_day_that_was_outside_or_has_gaps_is_signed_with_a_comment_only(desk):
    duty = "min_max.cold-1.2026-11-20"
    await desk.at(33)
    fine = DayRange("cold-1-air", 3.0, 5.0, outside=False, gap_minutes=0.0)
    for odd in (
        DayRange("cold-1-load", 3.0, 7.0, outside=True, gap_minutes=0.0),
        DayRange("cold-1-load", None, None, outside=False, gap_minutes=1440.0),
        DayRange("cold-1-load", 3.0, 5.0, outside=False, gap_minutes=61.0),
    ):
        with pytest.raises(Invalid) as refusal:
            await desk.done(duty, DeviceSaid({}, None, (fine, odd)), outcome=DutyOutcome.SIGNED)
        assert refusal.value.code == "duty.comment"
    found = await desk.done(duty, DeviceSaid({}, None, (fine,)), outcome=DutyOutcome.SIGNED)
    assert found.ranges == (fine,)
    assert desk.state(duty) is DutyState.DONE


async def test_overdue_duties_are_one_alarm_for_each_kind_of_the_whole_site(desk):
    await desk.at(11)
    with desk.warehouse.read() as conn:
        rows = conn.exec_driver_sql("SELECT source, state, priority FROM alarm WHERE condition = 'duty_overdue'").all()
    assert [tuple(row) for row in rows] == [("duty/reading", "unacknowledged", 4)]
    for one in _items(desk):
        if one.state is DutyState.OVERDUE:
            await desk.done(one.id, value_c=4.0, said=DeviceSaid({}, None))
    await desk.at(11.5)
    assert not await desk.is_active("duty/reading", conditions.DUTY_OVERDUE)


async def test_a_missed_duty_keeps_the_alarm_until_somebody_says_why(desk):
    await desk.at(19)
    for one in _items(desk):
        if one.state is DutyState.OPEN and one.kind is DutyKind.READING:
            await desk.done(one.id, value_c=4.0, said=DeviceSaid({}, None))
    await desk.at(19.5)
    assert await desk.is_active("duty/reading", conditions.DUTY_OVERDUE)
    for one in _items(desk):
        if one.state is DutyState.MISSED:
            await desk.done(one.id, outcome=DutyOutcome.MISSED, comment="power cut")
    await desk.at(20)
    assert not await desk.is_active("duty/reading", conditions.DUTY_OVERDUE)


@pytest.mark.parametrize(
    "duty", ["nonsense", "reading.cold-1.2026-11-20.9", "reading.nowhere.2026-11-20.1", "min_max.."]
)
async def test_a_duty_that_is_none_is_not_found(desk, duty):
    with pytest.raises(NotFound):
        await desk.done(duty, value_c=4.0)


async def test_the_record_prints_in_both_languages_and_hides_nothing(desk):
    await desk.at(8)
    wrong = await desk.done(MORNING, value_c=44.0, comment="<b>?</b>")
    await desk.done(MORNING, value_c=4.4, corrects=wrong.id, comment="typed twice")
    with desk.warehouse.read() as conn:
        records = read.records_of(conn, desk.warehouse.plant, T0, desk.clock.now())
    chinese, english = (sheet.as_html(records, desk.warehouse.plant, lang) for lang in ("zh", "en"))
    assert "人工读数" in chinese
    assert "2026-11-20 08:00" in chinese
    assert "44.0 °C" in english
    assert "&lt;b&gt;" in english
    assert 'class="corrected"' in english
    lines = sheet.as_csv(records).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("id,duty,kind,subject")


def _items(desk: Desk) -> tuple[read.DutyView, ...]:
    with desk.warehouse.read() as conn:
        return read.duty_list(conn, desk.warehouse.plant, desk.clock.now()).items
