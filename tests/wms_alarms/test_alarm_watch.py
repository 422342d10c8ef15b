"""Operational conditions stand while their rows do."""

from __future__ import annotations

from sqlalchemy import select, text

from wms.alarms import book
from wms.alarms.feed import device_presence
from wms.alarms.tables import alarm
from wms.alarms.watch import tick
from wms.bags.commands import raise_finding
from wms.store.tx import Actor

LI = Actor("li.wei", "desk-1")


def states(store) -> dict[tuple[str, str], str]:
    with store.read() as conn:
        return {(row.source, row.condition): row.state for row in conn.execute(select(alarm))}


async def dead_letter(store, letter: str) -> None:
    sql = text("INSERT INTO dead_letter VALUES (:id, 'rfid-1', 'e', 1, 0, 'tag.unknown', 'no such tag', :raw, NULL)")
    await store.write(lambda tx: tx.conn.execute(sql, {"id": letter, "raw": b"\0"}) and None)


async def test_dead_letters_alarm_once_per_edge_and_again_when_more_come(store) -> None:
    await dead_letter(store, "dlt-1")
    await store.write(tick)
    await store.write(tick)
    assert states(store) == {("rfid-1", "dead_letter"): "unacknowledged"}
    with store.read() as conn:
        alarm_id = conn.execute(select(alarm.c.id)).scalar_one()
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id))
    await store.write(tick)
    assert states(store)["rfid-1", "dead_letter"] == "acknowledged"
    await dead_letter(store, "dlt-2")
    await store.write(tick)
    assert states(store)["rfid-1", "dead_letter"] == "unacknowledged"
    await store.write(lambda tx: tx.conn.execute(text("UPDATE dead_letter SET applied_us = 1")) and None)
    await store.write(tick)
    assert states(store)["rfid-1", "dead_letter"] == "returned_unacknowledged"


async def test_a_new_dead_letter_alarms_again_though_others_were_dealt_with_meanwhile(store) -> None:
    await dead_letter(store, "dlt-1")
    await dead_letter(store, "dlt-2")
    await store.write(tick)
    with store.read() as conn:
        alarm_id = conn.execute(select(alarm.c.id)).scalar_one()
    await store.write(lambda tx: book.acknowledge(tx, LI, alarm_id))
    applied = text("UPDATE dead_letter SET applied_us = 1 WHERE id = 'dlt-1'")
    await store.write(lambda tx: tx.conn.execute(applied) and None)
    await store.write(tick)
    assert states(store)["rfid-1", "dead_letter"] == "acknowledged"
    await dead_letter(store, "dlt-3")
    await store.write(tick)
    assert states(store)["rfid-1", "dead_letter"] == "unacknowledged"


async def test_a_finding_alarms_until_its_hold_is_lifted(store) -> None:
    bag = await store.bag(1, "cold-1/s1/001")
    await store.write(lambda tx: raise_finding(tx, LI, bag, "seen twice"))
    await store.write(tick)
    assert states(store) == {(bag, "observed_conflict"): "unacknowledged"}
    await store.write(lambda tx: tx.conn.execute(text("UPDATE hold SET lifted_us = 1")) and None)
    await store.write(tick)
    assert states(store) == {(bag, "observed_conflict"): "returned_unacknowledged"}


async def test_an_edge_that_is_away_hides_its_devices(store) -> None:
    for source in ("crane-1", "reader-1", "plc-works", "rfid-1", "cold-1"):
        await store.write(lambda tx, source=source: device_presence(tx, source, online=False, at=tx.now))
    assert states(store) == {
        ("crane-1", "device_offline"): "suppressed",
        ("reader-1", "device_offline"): "suppressed",
        ("cold-1", "device_offline"): "unacknowledged",
        ("plc-works", "edge_offline"): "unacknowledged",
        ("rfid-1", "edge_offline"): "unacknowledged",
    }
    await store.write(lambda tx: device_presence(tx, "plc-works", online=True, at=tx.now))
    assert states(store)["crane-1", "device_offline"] == "unacknowledged"


async def test_ticks_leave_no_trace_when_nothing_changed(store) -> None:
    await dead_letter(store, "dlt-1")
    await store.write(tick)
    head = store.writer.head.seq
    await store.write(tick)
    assert store.writer.head.seq == head
