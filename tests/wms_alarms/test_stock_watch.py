"""Stock that falls below its band becomes an alarm, and ends when bags arrive."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from wms.alarms.tables import alarm
from wms.holds.commands import place_hold
from wms.stock.read import stock_rows
from wms.stock.watch import tick
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")


def o_positive(store) -> int:
    with store.read() as conn:
        (row,) = [row for row in stock_rows(conn, store.plant, store.clock.now()) if row.component == "RBC_S"]
    return next(cell.bags for cell in row.cells if cell.group == "O+")


async def test_reserved_held_and_expired_bags_are_not_stock(store) -> None:
    held = await store.bag(1, "cold-1/s1/001")
    await store.bag(2, "cold-1/s1/002", status="RESERVED")
    await store.bag(3, "cold-1/s2/001")
    assert o_positive(store) == 2
    await store.write(lambda tx: place_hold(tx, LI, bag=held, reason="looks odd"))
    assert o_positive(store) == 1
    await store.write(lambda tx: place_hold(tx, LI, place="cold-1/s2", reason="shelf warm"))
    assert o_positive(store) == 0


async def test_expiry_is_computed_at_every_look(store) -> None:
    await store.bag(1, "cold-1/s1/001")
    store.clock.step(21 * 86400)
    assert o_positive(store) == 0


@pytest.mark.parametrize(("bags", "state", "priority"), [(0, "unacknowledged", 2), (15, "unacknowledged", 3)])
async def test_amber_alarms_and_red_is_more_urgent(store, bags: int, state: str, priority: int) -> None:
    for number in range(bags):
        await store.bag(number, f"cold-1/s1/{number + 1:03d}")
    await store.write(tick)
    with store.read() as conn:
        row = conn.execute(select(alarm).where(alarm.c.source == "RBC_S/O+")).one()
    assert (row.state, row.priority) == (state, priority)


async def test_the_alarm_returns_when_bags_arrive_and_ticks_do_not_repeat_it(store) -> None:
    await store.write(tick)
    head = store.writer.head.seq
    await store.write(tick)
    assert store.writer.head.seq == head
    for number in range(36):
        await store.bag(number, f"cold-1/s1/{number + 1:03d}")
    await store.write(tick)
    with store.read() as conn:
        row = conn.execute(select(alarm).where(alarm.c.source == "RBC_S/O+")).one()
    assert row.state == "returned_unacknowledged"
