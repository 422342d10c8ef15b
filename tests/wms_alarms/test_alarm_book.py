"""The book remembers one alarm per source and condition, and says in the ledger what became of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from telemetry.conditions import Condition as Seen
from telemetry.conditions import ConditionChange, Severity
from wms.alarms import book, conditions, shelving
from wms.alarms.catalogue import CATALOGUE, rule_of
from wms.alarms.feed import apply_conditions, device_presence, standing_conditions
from wms.alarms.machine import AlarmRefused, AlarmState, Condition
from wms.alarms.rules import Nature
from wms.alarms.tables import alarm, journal
from wms.errors import Invalid, NotFound
from wms.holds.tables import hold
from wms.ledger.chain import ledger
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")


def seen(store, source: str, condition: Seen, active: bool | None, value: float | None = 7.2) -> ConditionChange:
    return ConditionChange(
        source=source, condition=condition, active=active, priority_hint=Severity.HIGH, value=value, limit=6.0,
        at=store.clock.now(), place="cold-1",
    )  # fmt: skip


async def told(store, *changes: ConditionChange) -> None:
    await store.write(lambda tx: apply_conditions(tx, changes))


def rows(store) -> dict[tuple[str, str], object]:
    with store.read() as conn:
        return {(row.source, row.condition): row for row in conn.execute(select(alarm)).all()}


def entry(store, source: str, condition: str):
    return rows(store)[source, condition]


def test_every_condition_speaks_both_languages_and_has_an_owner() -> None:
    for rule in CATALOGUE.values():
        assert all((rule.title_en, rule.title_zh, rule.guidance_en, rule.guidance_zh, rule.owner))
        assert ("{subject}" in rule.title_en) == ("{subject}" in rule.title_zh)
        assert all(1 <= priority <= 4 for priority in rule.priorities)
        assert list(rule.priorities) == sorted(rule.priorities, reverse=True)
        assert rule.suppressed_by is None or rule.suppressed_by in CATALOGUE


async def test_one_row_per_source_and_condition_however_often_it_comes(store) -> None:
    for active in (True, False, True, True):
        await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, active))
    assert len(rows(store)) == 1
    assert entry(store, "cold-1-air", "temperature_high").state == AlarmState.UNACKNOWLEDGED


async def test_silence_about_a_healthy_source_makes_no_alarm(store) -> None:
    await told(
        store,
        seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, None),
        seen(store, "cold-1-air", Seen.TEMPERATURE_LOW, False),
    )
    assert rows(store) == {}


async def test_unknown_keeps_the_alarm_and_its_last_value(store) -> None:
    await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, True))
    await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, None, value=None))
    row = entry(store, "cold-1-air", "temperature_high")
    assert (row.state, row.active, row.known, row.value) == ("unacknowledged", "unknown", "active", 7.2)


async def test_acknowledged_by_whom_and_forgotten_when_it_comes_again(store) -> None:
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN, True))
    alarm_id = entry(store, "cold-1-door", "door_open").id
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id, "going there"))
    row = entry(store, "cold-1-door", "door_open")
    assert (row.state, row.acknowledged_by, row.comment) == ("acknowledged", "li.wei", "going there")
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN, False))
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN, True))
    assert entry(store, "cold-1-door", "door_open").acknowledged_by is None


async def test_a_door_left_open_escalates_and_alarms_again(store) -> None:
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN, True))
    first = entry(store, "cold-1-door", "door_open")
    await store.write(lambda tx: book.acknowledge(tx, LI, first.id))
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN_LONG, True))
    row = entry(store, "cold-1-door", "door_open")
    assert (first.priority, row.priority, row.state) == (3, 2, "unacknowledged")
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN_LONG, False))
    assert entry(store, "cold-1-door", "door_open").active == Condition.ACTIVE
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN, False))
    assert entry(store, "cold-1-door", "door_open").state == AlarmState.RETURNED_UNACKNOWLEDGED


async def test_load_probe_outside_holds_the_place_once_air_probe_does_not(store) -> None:
    await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, True))
    with store.read() as conn:
        assert conn.execute(select(hold)).all() == []
    for active in (True, True, False, True):
        await told(store, seen(store, "cold-1-load", Seen.TEMPERATURE_HIGH, active))
    with store.read() as conn:
        (placed,) = conn.execute(select(hold)).all()
    assert (placed.place, placed.lifted_us) == ("cold-1", None)
    assert "cold-1-load" in placed.reason
    assert entry(store, "cold-1-load", "temperature_high").priority == 1


async def test_a_silent_probe_hides_behind_its_device_that_is_offline(store) -> None:
    await told(store, seen(store, "cold-1-air", Seen.SENSOR_SILENT, True))
    await store.write(lambda tx: device_presence(tx, "cold-1", online=False, at=tx.now))
    assert entry(store, "cold-1-air", "probe_silent").state == AlarmState.SUPPRESSED
    assert entry(store, "cold-1", "device_offline").state == AlarmState.UNACKNOWLEDGED
    await told(store, seen(store, "cold-1-load", Seen.SENSOR_SILENT, True))
    assert entry(store, "cold-1-load", "probe_silent").state == AlarmState.SUPPRESSED
    await store.write(lambda tx: device_presence(tx, "cold-1", online=True, at=tx.now))
    assert entry(store, "cold-1-air", "probe_silent").state == AlarmState.UNACKNOWLEDGED


async def test_the_temperature_alarm_never_hides_behind_the_device(store) -> None:
    await store.write(lambda tx: device_presence(tx, "cold-1", online=False, at=tx.now))
    await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, True))
    assert entry(store, "cold-1-air", "temperature_high").state == AlarmState.UNACKNOWLEDGED


async def test_what_happened_once_stays_until_acknowledged_then_is_over(store) -> None:
    rule = rule_of(conditions.MISSED_READ)
    assert rule.nature is Nature.EVENT
    alarm_id = await store.write(lambda tx: book.raise_event(tx, "A999926000001-D0002V00", conditions.MISSED_READ))
    assert entry(store, "A999926000001-D0002V00", "missed_read").active == Condition.ACTIVE
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id))
    assert entry(store, "A999926000001-D0002V00", "missed_read").state == AlarmState.NORMAL


async def test_shelf_survives_a_restart_and_ends_by_itself(store) -> None:
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN, True))
    alarm_id = entry(store, "cold-1-door", "door_open").id
    await store.write(lambda tx: shelving.shelve(tx, LI, alarm_id, 30, "loading"))
    store.clock.step(29 * 60)
    await store.write(book.tick)
    assert entry(store, "cold-1-door", "door_open").state == AlarmState.SHELVED
    store.clock.step(60)
    await store.write(book.tick)
    assert entry(store, "cold-1-door", "door_open").state == AlarmState.UNACKNOWLEDGED


@pytest.mark.parametrize(("minutes", "reason"), [(0, "why"), (481, "why"), (30, " ")])
async def test_a_shelf_needs_an_end_within_the_shift_and_a_reason(store, minutes: int, reason: str) -> None:
    await told(store, seen(store, "cold-1-door", Seen.DOOR_OPEN, True))
    alarm_id = entry(store, "cold-1-door", "door_open").id
    with pytest.raises(Invalid):
        await store.write(lambda tx: shelving.shelve(tx, LI, alarm_id, minutes, reason))
    assert entry(store, "cold-1-door", "door_open").state == AlarmState.UNACKNOWLEDGED


async def test_a_priority_1_alarm_cannot_be_shelved(store) -> None:
    await told(store, seen(store, "cold-1-load", Seen.TEMPERATURE_HIGH, True))
    alarm_id = entry(store, "cold-1-load", "temperature_high").id
    with pytest.raises(AlarmRefused) as refusal:
        await store.write(lambda tx: shelving.shelve(tx, LI, alarm_id, 30, "busy"))
    assert refusal.value.code == "alarm_critical"


async def test_an_unknown_alarm_is_named(store) -> None:
    with pytest.raises(NotFound):
        await store.write(lambda tx: book.acknowledge(tx, LI, "alm-nothing"))


async def test_each_change_of_state_is_in_the_journal_and_the_ledger(store) -> None:
    await told(
        store, seen(store, "cold-1-door", Seen.DOOR_OPEN, True), seen(store, "cold-1-door", Seen.DOOR_OPEN, True)
    )
    alarm_id = entry(store, "cold-1-door", "door_open").id
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id, "seen"))
    with store.read() as conn:
        steps = [
            (row.from_state, row.to_state, row.actor) for row in conn.execute(select(journal).order_by(journal.c.id))
        ]
        sealed = conn.execute(select(ledger.c.kind).where(ledger.c.subject == alarm_id)).scalars().all()
    assert steps == [("normal", "unacknowledged", "service:alarms"), ("unacknowledged", "acknowledged", "li.wei")]
    assert sealed == ["alarm.changed", "alarm.changed"]


async def test_telemetry_resumes_from_every_limit_that_nothing_certain_has_ended(store) -> None:
    high, low = Seen.TEMPERATURE_HIGH, Seen.TEMPERATURE_LOW
    await told(store, seen(store, "cold-1-load", high, True), seen(store, "cold-1-air", low, True))
    await told(store, seen(store, "cold-1-load", high, None), seen(store, "cold-1-air", low, False))
    await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH_ALERT, True))
    with store.read() as conn:
        assert standing_conditions(conn) == [("cold-1-load", high)]


async def test_nobody_acknowledges_what_began_again_or_grew_more_urgent_after_they_looked(store) -> None:
    await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, True))
    first = entry(store, "cold-1-air", "temperature_high")
    looked = book.Seen(first.occurrence, first.priority)
    await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, False))
    await store.write(lambda tx: book.acknowledge(tx, LI, first.id, seen=looked))
    await told(store, seen(store, "cold-1-air", Seen.TEMPERATURE_HIGH, True))
    with pytest.raises(AlarmRefused) as again:
        await store.write(lambda tx: book.acknowledge(tx, LI, first.id, seen=looked))
    assert again.value.code == "alarm_changed"
    assert entry(store, "cold-1-air", "temperature_high").state == AlarmState.UNACKNOWLEDGED
    newest = entry(store, "cold-1-air", "temperature_high").occurrence
    with pytest.raises(AlarmRefused):
        await store.write(lambda tx: book.acknowledge(tx, LI, first.id, seen=book.Seen(newest, first.priority + 1)))
    await store.write(lambda tx: book.acknowledge(tx, LI, first.id, seen=book.Seen(newest, first.priority)))
    assert entry(store, "cold-1-air", "temperature_high").state == AlarmState.ACKNOWLEDGED
