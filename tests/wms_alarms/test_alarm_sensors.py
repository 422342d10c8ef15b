"""What telemetry sees of probes and machines as alarms: which latch, what they are called, what hides behind what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from telemetry.conditions import Condition as Seen
from telemetry.conditions import ConditionChange, Severity
from wms.alarms import conditions
from wms.alarms.feed import apply_conditions, standing_conditions
from wms.alarms.machine import AlarmState
from wms.alarms.tables import alarm


async def told(store, source: str, condition: Seen, active: bool | None, place: str | None = "cold-1") -> None:
    change = ConditionChange(
        source=source, condition=condition, active=active, priority_hint=Severity.HIGH, value=7.0, limit=6.0,
        at=store.clock.now(), place=place,
    )  # fmt: skip
    await store.write(lambda tx: apply_conditions(tx, [change]))
    store.clock.step(timedelta(minutes=1).total_seconds())


def entry(store, source: str, condition: str):
    with store.read() as conn:
        query = select(alarm).where(alarm.c.source == source, alarm.c.condition == condition)
        return conn.execute(query).one()


async def test_a_load_probe_outside_its_limits_latches_and_an_air_probe_does_not(store) -> None:
    for source in ("cold-1-load", "cold-1-air"):
        await told(store, source, Seen.TEMPERATURE_HIGH, True)
        await told(store, source, Seen.TEMPERATURE_HIGH, False)
    load, air = (entry(store, source, conditions.TEMPERATURE_HIGH) for source in ("cold-1-load", "cold-1-air"))
    assert (load.state, air.state) == (AlarmState.LATCHED_UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED)


async def test_an_alert_of_a_load_probe_does_not_latch(store) -> None:
    await told(store, "cold-1-load", Seen.TEMPERATURE_HIGH_ALERT, True)
    await told(store, "cold-1-load", Seen.TEMPERATURE_HIGH_ALERT, False)
    assert entry(store, "cold-1-load", conditions.TEMPERATURE_HIGH_ALERT).state == AlarmState.RETURNED_UNACKNOWLEDGED


async def test_a_machine_that_falls_silent_and_a_wrong_clock_are_called_by_the_machines_name(store) -> None:
    name = store.plant.device_by_id["cold-1"]
    for seen, condition in (
        (Seen.DEVICE_SILENT, conditions.DEVICE_SILENT),
        (Seen.CLOCK_STEP, conditions.CLOCK_STEP),
    ):
        await told(store, "cold-1", seen, True)
        row = entry(store, "cold-1", condition)
        assert (row.subject_en, row.subject_zh) == (name.name_en, name.name_zh)
        await told(store, "cold-1", seen, False)
        assert entry(store, "cold-1", condition).known == "inactive"


@pytest.mark.parametrize(
    ("seen", "condition", "priority"),
    [
        (Seen.TEMPERATURE_RATE, conditions.TEMPERATURE_RATE, 2),
        (Seen.SENSOR_NOISY, conditions.PROBE_NOISY, 3),
        (Seen.SENSORS_DISAGREE, conditions.PROBES_DISAGREE, 2),
    ],
)
async def test_what_a_probe_does_is_an_alarm_that_unknown_never_ends(store, seen, condition, priority) -> None:
    await told(store, "cold-1-air", seen, True)
    await told(store, "cold-1-air", seen, None)
    row = entry(store, "cold-1-air", condition)
    assert (row.known, row.priority, row.place) == ("active", priority, "cold-1")


async def test_a_change_that_is_too_fast_hides_behind_the_limit_that_it_leads_to(store) -> None:
    await told(store, "cold-1-load", Seen.TEMPERATURE_RATE, True)
    await told(store, "cold-1-load", Seen.TEMPERATURE_HIGH, True)
    assert entry(store, "cold-1-load", conditions.TEMPERATURE_RATE).state == AlarmState.SUPPRESSED


async def test_telemetry_resumes_what_it_judges_over_time(store) -> None:
    seen = {Seen.SENSOR_NOISY, Seen.SENSORS_DISAGREE, Seen.TEMPERATURE_RATE, Seen.SENSOR_STUCK, Seen.TEMPERATURE_TREND}
    for condition in seen:
        await told(store, "cold-1-load", condition, True)
    await told(store, "cold-1", Seen.DEVICE_SILENT, True)
    await told(store, "cold-1-door", Seen.DOOR_OPEN, True)
    with store.read() as conn:
        standing = set(standing_conditions(conn))
    assert standing == {("cold-1-load", condition) for condition in seen} | {("cold-1", Seen.DEVICE_SILENT)}


@pytest.mark.parametrize(("seen", "condition"), [
    (Seen.SENSOR_BAD, conditions.PROBE_BAD),
    (Seen.SENSOR_STUCK, conditions.PROBE_STUCK),
])  # fmt: skip
async def test_a_probe_that_is_not_believed_is_urgent_where_no_other_one_speaks(store, seen, condition) -> None:
    await told(store, "cold-1-air", seen, True)
    assert entry(store, "cold-1-air", condition).priority == 3  # the load probe speaks for the bags
    await told(store, "cold-1-load", Seen.SENSOR_BAD, True)
    assert entry(store, "cold-1-load", conditions.PROBE_BAD).priority == 2  # called at night, too
    await told(store, "cold-2-air", Seen.SENSOR_SILENT, True, "cold-2")
    await told(store, "cold-2-load", Seen.SENSOR_BAD, True, "cold-2")
    assert entry(store, "cold-2-load", conditions.PROBE_BAD).priority == 2


async def test_the_only_probe_of_a_box_that_is_not_believed_is_urgent(store) -> None:
    await store.bag(1, "box/r20-1", status="PACKED")
    await told(store, "r20-1-logger", Seen.SENSOR_BAD, True, "box/r20-1")
    assert entry(store, "r20-1-logger", conditions.PROBE_BAD).priority == 2
