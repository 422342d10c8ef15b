"""What a screen is told of an alarm: who it concerns, how long there is, what to do."""

from __future__ import annotations

import pytest

from telemetry.conditions import Condition as Seen
from telemetry.conditions import ConditionChange, Severity
from wms.alarms import book, conditions
from wms.alarms.feed import apply_conditions
from wms.alarms.read import count_by_priority, list_alarms, one_alarm
from wms.errors import NotFound
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")


def nobody_knows(_probe: str) -> None:
    return None


async def high(store, probe: str) -> None:
    change = ConditionChange(
        source=probe, condition=Seen.TEMPERATURE_HIGH, active=True, priority_hint=Severity.HIGH, value=7.2, limit=6.0,
        at=store.clock.now(), place="cold-1",
    )  # fmt: skip
    await store.write(lambda tx: apply_conditions(tx, [change]))


async def test_an_alarm_names_the_bags_behind_it_and_nothing_else(store) -> None:
    inside = await store.bag(1, "cold-1/s1/001")
    await store.bag(2, "plasma-1/s1/001", component="FFP")
    await store.bag(3, "cold-1/s1/002", status="DISCARDED")
    await high(store, "cold-1-air")
    with store.read() as conn:
        (view,) = list_alarms(conn, store.plant, lambda probe: 24.0 if probe == "cold-1-load" else 3.0)
        full = one_alarm(conn, store.plant, nobody_knows, view.id)
    assert full.at_stake.bags == (inside,)
    assert (view.stake.bags, view.stake.minutes_left) == (1, 24.0)
    assert full.at_stake.minutes_left is None
    assert (view.place_name_en, view.place_name_zh, view.unit) == ("Cold room 1", "冷库 1", "Cel")


async def test_air_probe_proposes_a_hold_load_probe_reports_one(store) -> None:
    await store.bag(1, "cold-1/s1/001")
    await high(store, "cold-1-air")
    await high(store, "cold-1-load")
    with store.read() as conn:
        load, air = list_alarms(conn, store.plant, nobody_knows)
    assert (load.priority, air.priority) == (1, 2)
    assert load.guidance_en.endswith("The 1 bags here are on hold.")
    assert air.guidance_en.endswith("Proposed: hold the 1 bags here.")


async def test_an_alarm_about_a_bag_endangers_that_bag(store) -> None:
    bag = await store.bag(1, "dispatch/reject")
    alarm_id = await store.write(
        lambda tx: book.raise_event(tx, bag, conditions.GATE_REJECTED, place="dispatch/reject")
    )
    with store.read() as conn:
        full = one_alarm(conn, store.plant, nobody_knows, alarm_id)
    assert full.at_stake.bags == (bag,)
    assert full.alarm.title_en == f"Refused at the gate: {bag}"


async def test_normal_alarms_leave_the_open_list_and_stay_in_all(store) -> None:
    await store.write(lambda tx: book.raise_event(tx, "A999926000001-D0002V00", conditions.LEFT_WITHOUT_PERMIT))
    with store.read() as conn:
        (view,) = list_alarms(conn, store.plant, nobody_knows)
        assert [(count.open, count.unacknowledged) for count in count_by_priority(conn)] == [
            (1, 1),
            (0, 0),
            (0, 0),
            (0, 0),
        ]
    await store.write(lambda tx: book.acknowledge(tx, LI, view.id, "counted, all there"))
    with store.read() as conn:
        assert list_alarms(conn, store.plant, nobody_knows) == ()
        (past,) = list_alarms(conn, store.plant, nobody_knows, everything=True)
        full = one_alarm(conn, store.plant, nobody_knows, view.id)
    assert past.comment == "counted, all there"
    assert [step.event for step in full.journal] == ["condition_active", "acknowledge", "condition_inactive"]


async def test_an_unknown_alarm_is_not_found(store) -> None:
    with store.read() as conn, pytest.raises(NotFound):
        one_alarm(conn, store.plant, nobody_knows, "alm-nothing")


async def test_a_latched_alarm_counts_as_open_and_as_unseen_until_somebody_has_seen_it(store) -> None:
    await high(store, "cold-1-load")
    over = ConditionChange(
        source="cold-1-load", condition=Seen.TEMPERATURE_HIGH, active=False, priority_hint=Severity.HIGH, value=5.0,
        limit=6.0, at=store.clock.now(), place="cold-1",
    )  # fmt: skip
    await store.write(lambda tx: apply_conditions(tx, [over]))
    with store.read() as conn:
        (view,) = list_alarms(conn, store.plant, nobody_knows)
        first = count_by_priority(conn)[0]
    assert (view.state, view.active, view.unclosed) == ("latched_unacknowledged", False, 1)
    assert (first.priority, first.open, first.unacknowledged) == (1, 1, 1)
