"""The logger of an empty transport box calls nobody; with a bag in the box it does."""

from __future__ import annotations

from sqlalchemy import select

from telemetry.conditions import Condition as Seen
from telemetry.conditions import ConditionChange, Severity
from wms.alarms.feed import apply_conditions, device_presence
from wms.alarms.tables import alarm


def warm(store, active: bool | None = True) -> ConditionChange:
    return ConditionChange(
        source="r20-1-logger", condition=Seen.TEMPERATURE_HIGH, active=active, priority_hint=Severity.HIGH, value=19.0,
        limit=10.0, at=store.clock.now(), place="box/r20-1",
    )  # fmt: skip


def standing(store) -> set[tuple[str, str]]:
    with store.read() as conn:
        query = select(alarm.c.source, alarm.c.condition).where(alarm.c.known == "active")
        return {(row.source, row.condition) for row in conn.execute(query)}


async def test_an_empty_box_that_is_warm_or_switched_off_is_no_alarm(store) -> None:
    await store.write(lambda tx: apply_conditions(tx, [warm(store)]))
    await store.write(lambda tx: device_presence(tx, "r20-1", online=False, at=tx.now))
    assert standing(store) == set()


async def test_a_box_with_a_bag_in_it_is_watched_like_a_store(store) -> None:
    await store.bag(1, "box/r20-1", status="PACKED")
    await store.write(lambda tx: apply_conditions(tx, [warm(store)]))
    await store.write(lambda tx: device_presence(tx, "r20-1", online=False, at=tx.now))
    assert standing(store) == {("r20-1-logger", "temperature_high"), ("r20-1", "device_offline")}


async def test_what_ended_is_told_even_when_the_box_is_empty_again(store) -> None:
    bag = await store.bag(1, "box/r20-1", status="PACKED")
    await store.write(lambda tx: apply_conditions(tx, [warm(store)]))
    await store.write(lambda tx: tx.raw.execute("UPDATE bag SET place = 'hospital' WHERE id = ?", (bag,)))
    await store.write(lambda tx: apply_conditions(tx, [warm(store, active=False)]))
    assert standing(store) == set()
