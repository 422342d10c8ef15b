from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboards import stream as streams
from dashboards.stream import KEPT_CHANGES, MOST_KEYS, MOST_WAITING, STAFF, Client, Stream
from wms.store.writer import Change

CLOCK = {"domain_now": "2026-11-20T08:00:00Z"}
AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


def change(stream: Stream, seq: int, **topics: tuple[str, ...]) -> None:
    """One commit, sent at once."""
    stream.change(Change(seq, topics))
    stream._flush_changes()


def take(client: Client) -> list[tuple[str, str | None, Any]]:
    """Everything that waits for a client, as (event, id, data)."""
    text = b"".join(client.waiting).decode()
    client.waiting.clear()
    client.overflowed = False
    return parse(text)


def parse(text: str) -> list[tuple[str, str | None, Any]]:
    events = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        if "event" in fields:
            events.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
    return events


@pytest.fixture
def stream() -> Stream:
    def owners(topic: str, key: str) -> frozenset[str]:
        if key == "o9":
            return frozenset({"childrens"})
        known = {"order": {"city-first"}, "shipment": {"east-lake"}, "trip": {"city-first", "east-lake"}}
        return frozenset(known.get(topic, set()))

    return Stream(100, owners)


def test_a_screen_first_hears_the_clock_and_the_number_to_come_back_with(stream: Stream) -> None:
    client = stream.join("ann", STAFF, None, CLOCK)
    assert take(client) == [("clock", "100", CLOCK)]


def test_changes_between_two_sends_are_merged_and_carry_the_last_number(stream: Stream) -> None:
    client = stream.join("ann", STAFF, None, CLOCK)
    take(client)
    stream.change(Change(101, {"bag": ("b1", "b2"), "command": ("c1",)}))
    stream.change(Change(104, {"bag": ("b2", "b3"), "order": ("o1",)}))
    stream._flush_changes()
    assert take(client) == [("change", "104", {"topics": {"bag": ["b1", "b2", "b3"], "order": ["o1"]}})]


def test_too_many_keys_become_any_of_them(stream: Stream) -> None:
    client = stream.join("ann", STAFF, None, CLOCK)
    take(client)
    change(stream, 101, bag=tuple(f"b{number}" for number in range(MOST_KEYS + 1)))
    assert take(client) == [("change", "101", {"topics": {"bag": []}})]


def test_a_screen_that_comes_back_gets_what_it_missed(stream: Stream) -> None:
    for seq in (101, 102, 103):
        change(stream, seq, bag=(f"b{seq}",))
    client = stream.join("ann", STAFF, "102", CLOCK)
    assert [(event, number) for event, number, _ in take(client)] == [
        ("clock", "103"),
        ("change", "102"),
        ("change", "103"),
    ]


def test_a_change_without_an_entry_of_its_own_is_not_missed(stream: Stream) -> None:
    change(stream, 101, bag=("b1",))
    change(stream, 101, stock=("RBC_S",))
    missed = take(stream.join("ann", STAFF, "101", CLOCK))
    assert ("change", "101", {"topics": {"stock": ["RBC_S"]}}) in missed


@pytest.mark.parametrize(
    ("last_id", "reason"),
    [("99", "behind"), ("0", "behind"), ("500", "unknown_id"), ("x", "unknown_id"), ("٣", "unknown_id")],
)
def test_what_the_buffer_cannot_make_whole_is_reset(stream: Stream, last_id: str, reason: str) -> None:
    change(stream, 101, bag=("b1",))
    assert take(stream.join("ann", STAFF, last_id, CLOCK))[1:] == [("reset", "101", {"reason": reason})]


def test_the_buffer_is_bounded_and_knows_what_it_forgot(stream: Stream) -> None:
    for seq in range(101, 101 + KEPT_CHANGES + 10):
        change(stream, seq, bag=("b",))
    oldest = 101 + 10
    assert take(stream.join("ann", STAFF, str(oldest - 1), CLOCK))[1][0] == "reset"
    assert len(take(stream.join("ann", STAFF, str(oldest), CLOCK))) == 1 + KEPT_CHANGES


def test_a_screen_that_cannot_keep_up_is_reset_and_costs_nothing_more(stream: Stream) -> None:
    slow = stream.join("ann", STAFF, None, CLOCK)
    for seq in range(101, 101 + 10 * MOST_WAITING):
        change(stream, seq, bag=("b",))
        assert len(slow.waiting) <= MOST_WAITING
    assert [event for event, _, _ in take(slow)] == ["reset"]
    change(stream, 9999, bag=("b",))
    assert [event for event, _, _ in take(slow)] == ["change"]


def test_a_hospital_hears_of_its_own_orders_and_of_nothing_else(stream: Stream) -> None:
    client = stream.join("hospital", "city-first", None, CLOCK)
    take(client)
    change(stream, 101, bag=("b1",), alarm=("a1",), shipment=("s1",))
    change(stream, 102, order=("o1", "o9"), bag=("b1",))
    stream.reading("cold-1/air", 4.0, "good", AT)
    stream._flush_latest()
    assert take(client) == [("change", "102", {"topics": {"order": ["o1"]}})]
    assert take(stream.join("other", "childrens", "100", CLOCK))[1:] == [
        ("change", "102", {"topics": {"order": ["o9"]}})
    ]


def test_only_the_newest_reading_of_a_probe_goes_out_and_unknown_stays_unknown(stream: Stream) -> None:
    client = stream.join("ann", STAFF, None, CLOCK)
    take(client)
    for value in (4.0, 4.1, 4.2):
        stream.reading("p1", value, "good", AT)
    stream.reading("p2", None, "stale", AT)
    stream.door("d1", open_=None, at=AT)
    stream._flush_latest()
    stream._flush_latest()
    assert take(client) == [
        (
            "reading",
            None,
            [
                {"probe": "p1", "value_c": 4.2, "quality": "good", "at": "2026-11-20T08:00:00Z"},
                {"probe": "p2", "value_c": None, "quality": "stale", "at": "2026-11-20T08:00:00Z"},
            ],
        ),
        ("door", None, [{"door": "d1", "open": None, "at": "2026-11-20T08:00:00Z"}]),
    ]


def test_every_screen_gets_the_very_same_bytes(stream: Stream) -> None:
    clients = [stream.join(f"p{number}", STAFF, None, CLOCK) for number in range(3)]
    for client in clients:
        take(client)
    change(stream, 101, bag=("b",))
    frames = [client.waiting[0] for client in clients]
    assert all(frame is frames[0] for frame in frames)


def test_no_more_screens_than_can_be_served(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_CLIENTS", 1)
    first = stream.join("ann", STAFF, None, CLOCK)
    with pytest.raises(streams.StreamsFull):
        stream.admit()
    stream.leave(first)
    stream.admit()


async def test_a_dropped_person_gets_the_rest_and_then_the_end(stream: Stream) -> None:
    ann, bob = (stream.join(name, STAFF, None, CLOCK) for name in ("ann", "bob"))
    stream.drop("ann")
    assert len([chunk async for chunk in ann.frames()]) == 1
    assert not bob.closed


async def test_the_senders_pace_changes_and_readings(stream: Stream) -> None:
    client = stream.join("ann", STAFF, None, CLOCK)
    frames: AsyncIterator[bytes] = client.frames()
    await anext(frames)
    tasks = [asyncio.create_task(stream.run_changes()), asyncio.create_task(stream.run_readings())]
    stream.change(Change(101, {"bag": ("b",)}))
    stream.reading("p1", 4.0, "good", AT)
    seen: set[str] = set()
    async with asyncio.timeout(5):
        while seen != {"change", "reading"}:
            seen |= {event for event, _, _ in parse((await anext(frames)).decode())}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_when_changes_were_lost_on_the_way_everybody_starts_over(stream: Stream) -> None:
    async def source() -> AsyncIterator[Change]:
        yield Change(101, {"bag": ("b1",)})
        yield Change(150, {"reset": ()})

    client = stream.join("ann", STAFF, None, CLOCK)
    take(client)
    await stream.follow(source())
    assert take(client) == [("reset", "150", {"reason": "restart"})]
    assert take(stream.join("bob", STAFF, "120", CLOCK))[1][0] == "reset"
    assert len(take(stream.join("bob", STAFF, "150", CLOCK))) == 1
