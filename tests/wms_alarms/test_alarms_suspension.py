"""Monitoring suspended: asked first, visible, over by itself; it hides alarms and never blood in danger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from wms.alarms import book, suspending
from wms.alarms.book import News
from wms.alarms.feed import device_presence
from wms.alarms.machine import AlarmState, Condition
from wms.alarms.read import list_alarms
from wms.alarms.suspending import Checklist
from wms.alarms.suspension import StockMoved, running, suspended_until
from wms.alarms.suspension_list import list_suspensions, one_suspension
from wms.alarms.tables import alarm, journal, occurrence
from wms.errors import Invalid, NotFound, Refused
from wms.ledger.chain import ledger
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")
EMPTY = Checklist(StockMoved.NONE_THERE, None, None)
WATCHED = Checklist(StockMoved.NO, "handheld-3", "wang.fang")


async def suspend(store, checklist: Checklist = EMPTY, *, minutes: int = 60, reason: str = "defrost", **scope) -> str:
    where = scope or {"device": "cold-1"}
    return await store.write(
        lambda tx: suspending.suspend(tx, LI, reason=reason, minutes=minutes, checklist=checklist, **where)
    )


async def tell(store, source: str, condition: str, *, on: bool = True, **more) -> None:
    state = Condition.ACTIVE if on else Condition.INACTIVE
    await store.write(
        lambda tx: book.tell(tx, News(source=source, condition=condition, state=state, at=tx.now, **more))
    )


def states(store) -> dict[tuple[str, str], str]:
    with store.read() as conn:
        return {(row.source, row.condition): row.state for row in conn.execute(select(alarm))}


async def tick_after(store, minutes: float) -> None:
    store.clock.step(minutes * 60)
    await store.write(book.tick)


async def test_what_stands_and_what_begins_is_hidden_and_comes_back_with_a_notice(store) -> None:
    await tell(store, "cold-1-air", "temperature_high")
    await suspend(store)
    await tell(store, "cold-1-door", "door_open")
    assert set(states(store).values()) == {AlarmState.SUPPRESSED}
    await tick_after(store, 59)
    assert set(states(store).values()) == {AlarmState.SUPPRESSED}
    await tell(store, "cold-1-door", "door_open", on=False)
    await tick_after(store, 1)
    assert states(store) == {
        ("cold-1-air", "temperature_high"): AlarmState.UNACKNOWLEDGED,
        ("cold-1-door", "door_open"): AlarmState.NORMAL,
        ("cold-1", "monitoring_back"): AlarmState.UNACKNOWLEDGED,
    }


async def test_the_notice_is_more_urgent_when_something_hidden_still_stands(store) -> None:
    await suspend(store)
    await tick_after(store, 60)
    await suspend(store, device="cold-2")
    await tell(store, "cold-2-door", "door_open")
    await tick_after(store, 60)
    with store.read() as conn:
        query = select(alarm.c.source, alarm.c.priority).where(alarm.c.condition == "monitoring_back")
        assert dict(conn.execute(query).all()) == {"cold-1": 3, "cold-2": 2}


async def test_what_came_and_went_while_nobody_was_called_waits_for_a_reason(store) -> None:
    await suspend(store)
    await tell(store, "cold-1-air", "temperature_high")
    await tell(store, "cold-1-air", "temperature_high", on=False)
    await tick_after(store, 60)
    with store.read() as conn:
        row = conn.execute(select(occurrence).where(occurrence.c.condition == "temperature_high")).one()
    assert (row.annunciated_us, row.closed_us) == (None, None)


async def test_another_store_and_another_cause_call_as_ever(store) -> None:
    await suspend(store)
    await tell(store, "cold-2-air", "temperature_high")
    await tell(store, "riverside", "site_power_lost")
    await store.write(lambda tx: device_presence(tx, "cold-1", online=False, at=tx.now))
    assert states(store) == {
        ("cold-2-air", "temperature_high"): AlarmState.UNACKNOWLEDGED,
        ("riverside", "site_power_lost"): AlarmState.UNACKNOWLEDGED,
        ("cold-1", "device_offline"): AlarmState.SUPPRESSED,
    }


async def test_a_load_probe_outside_is_never_hidden_while_blood_is_there(store) -> None:
    await suspend(store)
    await tell(store, "cold-1-load", "temperature_high", level=1, latches=True)
    assert states(store)["cold-1-load", "temperature_high"] == AlarmState.SUPPRESSED
    await store.bag(1, "cold-1/s1/001")
    await tick_after(store, 0.1)
    assert states(store)["cold-1-load", "temperature_high"] == AlarmState.UNACKNOWLEDGED


async def test_suspending_it_is_in_the_journal_of_what_it_hid_and_in_the_ledger(store) -> None:
    await tell(store, "cold-1-air", "temperature_high")
    await suspend(store)
    with store.read() as conn:
        last = conn.execute(select(journal).order_by(journal.c.id.desc())).first()
        kinds = conn.execute(select(ledger.c.kind).where(ledger.c.actor == "li.wei")).scalars().all()
    assert (last.actor, last.event, last.to_state) == ("li.wei", "suspend", "suppressed")
    assert "monitoring.suspended" in kinds


async def test_a_person_ends_it_before_its_time_and_what_stands_calls(store) -> None:
    suspension_id = await suspend(store)
    await tell(store, "cold-1-door", "door_open")
    await store.write(lambda tx: suspending.end(tx, LI, suspension_id, "done"))
    assert states(store) == {("cold-1-door", "door_open"): AlarmState.UNACKNOWLEDGED}
    with pytest.raises(Refused) as refusal:
        await store.write(lambda tx: suspending.end(tx, LI, suspension_id, "done"))
    assert refusal.value.code == "suspension_over"


async def test_a_place_takes_along_every_machine_that_watches_over_it(store) -> None:
    await suspend(store, place="platelet")
    await tell(store, "platelet-1-air", "temperature_high")
    assert states(store) == {("platelet-1-air", "temperature_high"): AlarmState.SUPPRESSED}


@pytest.mark.parametrize(
    ("moved", "second", "watch", "code"),
    [
        (StockMoved.YES, None, None, "suspension_stock_there"),
        (StockMoved.NONE_THERE, None, "wang.fang", "suspension_stock_there"),
        (StockMoved.NO, "handheld-3", None, "suspension_unwatched"),
        (StockMoved.NO, "handheld-3", " ", "suspension_unwatched"),
        (StockMoved.NO, "cold-1-load", "wang.fang", "suspension_same_probe"),
    ],
)
async def test_the_answers_on_the_checklist_have_to_be_true(store, moved, second, watch, code: str) -> None:
    await store.bag(1, "cold-1/s1/001")
    with pytest.raises(Refused) as refusal:
        await suspend(store, Checklist(moved, second, watch))
    assert refusal.value.code == code
    with store.read() as conn:
        assert running(conn) == ()


async def test_blood_may_stay_when_somebody_watches_it(store) -> None:
    await store.bag(1, "cold-1/s1/001")
    await suspend(store, WATCHED)
    with store.read() as conn:
        (one,) = list_suspensions(conn, store.plant, store.clock.now())
    assert (one.name_en, one.name_zh, one.watch) == ("Cold room 1", "冷库 1", "wang.fang")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"minutes": 0}, Invalid),
        ({"minutes": 481}, Invalid),
        ({"reason": "  "}, Invalid),
        ({"device": "cold-1", "place": "cold-1"}, Invalid),
        ({"device": "nothing"}, NotFound),
        ({"place": "nowhere"}, NotFound),
        ({"device": "pack-1"}, None),
    ],
)
async def test_a_suspension_is_timed_reasoned_and_of_something(store, change, error) -> None:
    if error is None:
        await suspend(store, **change)
        return
    with pytest.raises(error):
        await suspend(store, **change)


async def test_one_thing_is_suspended_once(store) -> None:
    await suspend(store)
    with pytest.raises(Refused) as refusal:
        await suspend(store, place="cold-1")
    assert refusal.value.code == "suspension_running"


async def test_every_screen_can_ask_until_when(store) -> None:
    suspension_id = await suspend(store)
    end = store.clock.now() + timedelta(minutes=60)
    await tell(store, "cold-1-door", "door_open")
    with store.read() as conn:
        now = running(conn)
        (view,) = list_alarms(conn, store.plant, lambda _: None)
    assert view.suspended_until == end
    for name in ("cold-1", "cold-1-load", "cold-1/s1", "cold-1/s1/001", "cold-1-door"):
        assert suspended_until(now, store.plant, name) == end
    for name in ("cold-2", "cold-10", "plasma-1/s1"):
        assert suspended_until(now, store.plant, name) is None
    await tick_after(store, 60)
    with store.read() as conn:
        assert one_suspension(conn, store.plant, suspension_id).ended_by == "service:alarms"
        assert [one.id for one in list_suspensions(conn, store.plant, store.clock.now())] == [suspension_id]
        assert list_suspensions(conn, store.plant, store.clock.now(), over=False) == ()
    with store.read() as conn, pytest.raises(NotFound):
        one_suspension(conn, store.plant, "sus-nothing")
