"""What people and logic set aside: who may, for how long, and that nothing is lost behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from wms.alarms import book, shelving
from wms.alarms.book import News
from wms.alarms.critical import zone_critical
from wms.alarms.feed import device_presence
from wms.alarms.machine import AlarmRefused, AlarmState, Condition
from wms.alarms.tables import alarm, occurrence
from wms.errors import Invalid
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")
HOUR = timedelta(hours=1)


async def tell(store, source: str, condition: str, *, on: bool = True, **more) -> str:
    state = Condition.ACTIVE if on else Condition.INACTIVE
    return await store.write(
        lambda tx: book.tell(tx, News(source=source, condition=condition, state=state, at=tx.now, **more))
    )


def state(store, source: str, condition: str) -> str:
    with store.read() as conn:
        query = select(alarm.c.state).where(alarm.c.source == source, alarm.c.condition == condition)
        return conn.execute(query).scalar_one()


def occurrence_of(store, condition: str):
    with store.read() as conn:
        return conn.execute(select(occurrence).where(occurrence.c.condition == condition)).one()


@pytest.mark.parametrize(
    ("source", "condition", "critical"),
    [
        ("cold-1-air", "temperature_high", False),  # cold room 2 is there
        ("platelet-1-air", "temperature_high", True),  # the only store of its range
        ("ult-1", "device_offline", True),
        ("platelet-1-air", "temperature_high_alert", False),
        ("platelet-1-door", "door_open", False),
        ("hv-demo", "site_power_lost", True),
        ("rfid-1", "edge_offline", True),
        ("r20-1-logger", "temperature_high", False),
    ],
)
def test_critical_is_what_concerns_every_store_of_a_temperature_range(
    store, source: str, condition: str, critical: bool
) -> None:
    assert zone_critical(store.plant, source, condition) is critical


async def test_an_alarm_that_concerns_all_units_of_a_zone_cannot_be_shelved(store) -> None:
    alarm_id = await tell(store, "platelet-1-air", "temperature_high")
    with pytest.raises(AlarmRefused) as refusal:
        await store.write(lambda tx: shelving.shelve(tx, LI, alarm_id, 30, "busy"))
    assert refusal.value.code == "alarm_zone"
    assert state(store, "platelet-1-air", "temperature_high") == AlarmState.UNACKNOWLEDGED


async def test_a_critical_alarm_goes_out_of_service_only_while_it_does_not_stand(store) -> None:
    alarm_id = await tell(store, "cold-1-load", "temperature_high", level=1)
    until = store.clock.now() + HOUR
    with pytest.raises(AlarmRefused) as refusal:
        await store.write(lambda tx: shelving.take_out_of_service(tx, LI, alarm_id, "new probe", until))
    assert refusal.value.code == "alarm_critical_stands"
    await tell(store, "cold-1-load", "temperature_high", on=False)
    await store.write(lambda tx: shelving.take_out_of_service(tx, LI, alarm_id, "new probe", until))
    assert state(store, "cold-1-load", "temperature_high") == AlarmState.OUT_OF_SERVICE


@pytest.mark.parametrize("hours", [0, -1, 24 * 31])
async def test_a_maintenance_has_an_end_within_a_month(store, hours: int) -> None:
    alarm_id = await tell(store, "cold-1-door", "door_open")
    until = store.clock.now() + hours * HOUR
    with pytest.raises(Invalid):
        await store.write(lambda tx: shelving.take_out_of_service(tx, LI, alarm_id, "hinge", until))


async def test_maintenance_ends_by_itself_and_what_began_meanwhile_calls(store) -> None:
    alarm_id = await tell(store, "cold-1-door", "door_open")
    await tell(store, "cold-1-door", "door_open", on=False)
    until = store.clock.now() + HOUR
    await store.write(lambda tx: shelving.take_out_of_service(tx, LI, alarm_id, "hinge", until))
    store.clock.step(1800)
    await tell(store, "cold-1-door", "door_open")
    assert state(store, "cold-1-door", "door_open") == AlarmState.OUT_OF_SERVICE
    store.clock.step(1800)
    await store.write(book.tick)
    assert state(store, "cold-1-door", "door_open") == AlarmState.UNACKNOWLEDGED


async def test_what_nobody_sees_hides_nothing(store) -> None:
    await store.write(lambda tx: device_presence(tx, "cold-1", online=False, at=tx.now))
    await tell(store, "cold-1-air", "probe_silent")
    assert state(store, "cold-1-air", "probe_silent") == AlarmState.SUPPRESSED
    with store.read() as conn:
        offline = conn.execute(select(alarm.c.id).where(alarm.c.condition == "device_offline")).scalar_one()
    await store.write(lambda tx: shelving.shelve(tx, LI, offline, 30, "network work"))
    assert state(store, "cold-1-air", "probe_silent") == AlarmState.UNACKNOWLEDGED
    await store.write(lambda tx: shelving.unshelve(tx, LI, offline))
    assert state(store, "cold-1-air", "probe_silent") == AlarmState.SUPPRESSED


async def test_what_came_and_went_behind_the_alarm_that_stood_for_it_is_closed_as_that(store) -> None:
    await store.write(lambda tx: device_presence(tx, "cold-1", online=False, at=tx.now))
    await tell(store, "cold-1-air", "probe_silent")
    await tell(store, "cold-1-air", "probe_silent", on=False)
    row = occurrence_of(store, "probe_silent")
    assert (row.annunciated_us, row.closed_reason, row.closed_by) == (None, "covered_by_another", "service:alarms")


async def test_what_called_before_it_was_covered_waits_for_a_reason(store) -> None:
    await tell(store, "cold-1-air", "probe_silent")
    await store.write(lambda tx: device_presence(tx, "cold-1", online=False, at=tx.now))
    await tell(store, "cold-1-air", "probe_silent", on=False)
    assert occurrence_of(store, "probe_silent").closed_us is None


async def test_what_came_and_went_on_a_shelf_waits_for_a_reason(store) -> None:
    alarm_id = await tell(store, "cold-1-door", "door_open")
    await tell(store, "cold-1-door", "door_open", on=False)
    await store.write(lambda tx: shelving.shelve(tx, LI, alarm_id, 30, "loading"))
    store.clock.step(60)
    await tell(store, "cold-1-door", "door_open")
    await tell(store, "cold-1-door", "door_open", on=False)
    with store.read() as conn:
        rows = conn.execute(select(occurrence).order_by(occurrence.c.raised_us)).all()
    assert [row.closed_us for row in rows] == [None, None]
    assert rows[1].annunciated_us is None
