"""Every occurrence ends with a reason: who may give it when, and what waits until somebody does."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from wms.alarms import book, closing, conditions
from wms.alarms.book import News
from wms.alarms.machine import AlarmRefused, AlarmState, Condition
from wms.alarms.occurrences import worse
from wms.alarms.reasons import REASONS
from wms.alarms.tables import alarm, occurrence
from wms.errors import Invalid, NotFound
from wms.ledger.chain import ledger
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")


async def tell(store, source: str = "cold-1-door", condition: str = "door_open", *, on: bool, **more) -> str:
    state = Condition.ACTIVE if on else Condition.INACTIVE
    return await store.write(
        lambda tx: book.tell(tx, News(source=source, condition=condition, state=state, at=tx.now, **more))
    )


async def came_and_went(store, source: str = "cold-1-door", condition: str = "door_open", **more) -> str:
    await tell(store, source, condition, on=True, **more)
    store.clock.step(60)
    alarm_id = await tell(store, source, condition, on=False, **more)
    store.clock.step(60)
    return alarm_id


def occurrences(store, **where) -> list:
    with store.read() as conn:
        query = select(occurrence).filter_by(**where).order_by(occurrence.c.raised_us)
        return list(conn.execute(query))


def state(store, alarm_id: str) -> str:
    with store.read() as conn:
        return conn.execute(select(alarm.c.state).where(alarm.c.id == alarm_id)).scalar_one()


def waiting(store) -> list[str]:
    with store.read() as conn:
        return [one.id for one in closing.to_close(conn)]


def test_every_reason_speaks_both_languages() -> None:
    assert all(reason.name_en and reason.name_zh for reason in REASONS.values())
    assert len(REASONS) > 10


async def test_what_returned_by_itself_waits_for_a_reason_even_when_it_was_acknowledged(store) -> None:
    alarm_id = await tell(store, on=True)
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id, "going there"))
    assert waiting(store) == []
    await tell(store, on=False)
    (one,) = waiting(store)
    await store.write(lambda tx: closing.close(tx, LI, alarm_id, "door_shut", "it was ajar"))
    (row,) = occurrences(store)
    assert (row.id, row.closed_reason, row.closed_by, row.comment) == (one, "door_shut", "li.wei", "it was ajar")
    assert waiting(store) == []


async def test_closing_what_nobody_acknowledged_acknowledges_it(store) -> None:
    alarm_id = await came_and_went(store)
    await store.write(lambda tx: closing.close(tx, LI, alarm_id, "door_shut"))
    (row,) = occurrences(store)
    assert state(store, alarm_id) == AlarmState.NORMAL
    assert row.acknowledged_by == "li.wei"


async def test_what_stands_cannot_be_closed_its_earlier_occurrences_can(store) -> None:
    alarm_id = await tell(store, on=True)
    with pytest.raises(AlarmRefused) as refusal:
        await store.write(lambda tx: closing.close(tx, LI, alarm_id, "door_shut"))
    assert refusal.value.code == "alarm_stands"
    await tell(store, on=False)
    store.clock.step(60)
    await tell(store, on=True)
    await store.write(lambda tx: closing.close(tx, LI, alarm_id, "door_shut"))
    first, second = occurrences(store)
    assert (first.closed_reason, first.acknowledged_by) == ("door_shut", "li.wei")
    assert (second.closed_us, second.acknowledged_us) == (None, None)
    assert state(store, alarm_id) == AlarmState.UNACKNOWLEDGED


async def test_an_acknowledgement_may_carry_the_reason_of_what_is_over(store) -> None:
    alarm_id = await came_and_went(store)
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id, "", "door_shut"))
    (row,) = occurrences(store)
    assert (row.closed_reason, state(store, alarm_id)) == ("door_shut", AlarmState.NORMAL)


async def test_a_reason_for_what_stands_is_refused_and_changes_nothing(store) -> None:
    alarm_id = await tell(store, on=True)
    with pytest.raises(AlarmRefused) as refusal:
        await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id, "", "door_shut"))
    assert refusal.value.code == "alarm_stands"
    assert state(store, alarm_id) == AlarmState.UNACKNOWLEDGED


@pytest.mark.parametrize(("reason", "closed"), [("record_corrected", 1), (None, 0)])
async def test_what_happened_once_is_over_with_its_acknowledgement_and_closed_with_its_reason(
    store, reason: str | None, closed: int
) -> None:
    alarm_id = await store.write(lambda tx: book.raise_event(tx, "bag-1", conditions.GATE_REJECTED))
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id, "", reason))
    assert state(store, alarm_id) == AlarmState.NORMAL
    assert len(waiting(store)) == 1 - closed


async def test_what_happens_again_before_anybody_looked_is_counted(store) -> None:
    for _ in range(3):
        await store.write(lambda tx: book.raise_event(tx, "bag-1", conditions.GATE_REJECTED))
    (row,) = occurrences(store)
    assert row.repeats == 2


async def test_a_latched_alarm_is_closed_by_its_reset_only(store) -> None:
    alarm_id = await came_and_went(store, "cold-1-load", "temperature_high", latches=True)
    assert state(store, alarm_id) == AlarmState.LATCHED_UNACKNOWLEDGED
    with pytest.raises(AlarmRefused) as refusal:
        await store.write(lambda tx: closing.close(tx, LI, alarm_id, "stock_decided"))
    assert refusal.value.code == "alarm_latched"
    with pytest.raises(AlarmRefused) as refusal:
        await store.write(lambda tx: book.reset(tx, LI, alarm_id, "stock_decided"))
    assert refusal.value.code == "alarm_not_seen"
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id))
    await store.write(lambda tx: book.reset(tx, LI, alarm_id, "stock_decided", "all held, QA looks"))
    (row,) = occurrences(store)
    assert (state(store, alarm_id), row.closed_reason) == (AlarmState.NORMAL, "stock_decided")


async def test_a_latched_alarm_stays_as_urgent_as_it_was(store) -> None:
    alarm_id = await came_and_went(store, "cold-1-load", "temperature_high", latches=True, level=0)
    await tell(store, "cold-1-load", "temperature_high", on=True, latches=True, level=1)
    await tell(store, "cold-1-load", "temperature_high", on=False, latches=True)
    with store.read() as conn:
        assert conn.execute(select(alarm.c.priority).where(alarm.c.id == alarm_id)).scalar_one() == 1


@pytest.mark.parametrize(
    ("reason", "comment", "field"),
    [("because", "", "reason"), ("covered_by_another", "", "reason"), ("other", " ", "comment")],
)
async def test_a_reason_is_one_of_the_list_and_other_says_what(store, reason: str, comment: str, field: str) -> None:
    alarm_id = await came_and_went(store)
    with pytest.raises(Invalid) as refusal:
        await store.write(lambda tx: closing.close(tx, LI, alarm_id, reason, comment))
    assert refusal.value.code == field
    assert len(waiting(store)) == 1


async def test_several_of_low_priority_take_one_reason(store) -> None:
    for door in ("cold-1-door", "cold-2-door"):
        await came_and_went(store, door)
    closed = await store.write(lambda tx: closing.close_many(tx, LI, waiting(store), "loading"))
    assert closed == 2
    assert {row.closed_reason for row in occurrences(store)} == {"loading"}
    assert waiting(store) == []


async def test_high_priority_is_closed_one_by_one_and_a_refusal_closes_none(store) -> None:
    await came_and_went(store, "cold-1-door")
    await came_and_went(store, "cold-1-air", "temperature_high")
    with pytest.raises(AlarmRefused) as refusal:
        await store.write(lambda tx: closing.close_many(tx, LI, waiting(store), "loading"))
    assert refusal.value.code == "alarm_not_low"
    assert len(waiting(store)) == 2
    (warm,) = occurrences(store, condition="temperature_high")
    assert await store.write(lambda tx: closing.close_many(tx, LI, [warm.id], "loading")) == 1


async def test_only_what_is_there_over_and_open_can_be_closed_in_bulk(store) -> None:
    alarm_id = await tell(store, on=True)
    (standing,) = occurrences(store)

    async def refusal_of(ids: list[str]) -> str:
        with pytest.raises((AlarmRefused, NotFound, Invalid)) as refusal:
            await store.write(lambda tx: closing.close_many(tx, LI, ids, "loading"))
        return refusal.value.code

    assert await refusal_of([standing.id]) == "alarm_not_over"
    assert await refusal_of(["occ-nothing"]) == "occurrence_unknown"
    assert await refusal_of([]) == "occurrences"
    await tell(store, on=False)
    await store.write(lambda tx: closing.close(tx, LI, alarm_id, "door_shut"))
    assert await refusal_of([standing.id]) == "occurrence_closed"


async def test_the_list_shows_the_most_urgent_first_then_the_oldest(store) -> None:
    await came_and_went(store, "cold-2-door")
    await came_and_went(store, "cold-1-door")
    await came_and_went(store, "cold-1-air", "temperature_high")
    with store.read() as conn:
        assert [one.source for one in closing.to_close(conn)] == ["cold-1-air", "cold-2-door", "cold-1-door"]


async def test_a_closing_is_in_the_ledger(store) -> None:
    alarm_id = await came_and_went(store)
    await store.write(lambda tx: closing.close(tx, LI, alarm_id, "door_shut"))
    with store.read() as conn:
        assert conn.execute(select(ledger.c.actor).where(ledger.c.kind == "alarm.closed")).scalars().all() == ["li.wei"]


async def test_an_alarm_of_an_older_release_that_stands_gets_its_occurrence(store) -> None:
    alarm_id = await tell(store, on=True)
    await store.write(lambda tx: tx.raw.execute("DELETE FROM alarm_occurrence"))
    await store.write(lambda tx: tx.raw.execute("UPDATE alarm SET occurrence = NULL"))
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id))
    (row,) = occurrences(store)
    assert (row.alarm, row.returned_us) == (alarm_id, None)


@pytest.mark.parametrize(
    ("known", "value", "limit", "worst"),
    [
        (7.0, 8.0, 6.0, 8.0),
        (8.0, 7.0, 6.0, 8.0),
        (1.0, -1.0, 2.0, -1.0),
        (60.0, 90.0, None, 90.0),
        (None, 5.0, 6.0, 5.0),
        (5.0, None, 6.0, 5.0),
    ],
)
def test_the_worst_value_is_the_one_furthest_from_the_limit(known, value, limit, worst) -> None:
    assert worse(known, value, limit) == worst
