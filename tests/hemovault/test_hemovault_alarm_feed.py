"""Between telemetry and the alarm book: one piece of news that cannot be entered costs none of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from hemovault.services import telemetry_link
from hemovault.services.telemetry_link import GRACE_S, SETTLE_S, AlarmFeed
from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from runtime.health import HealthPart, HealthState
from runtime.sparkplug.readings import Presence, PresenceState
from telemetry.conditions import Condition, ConditionChange, Severity
from wms.errors import StoreFailed

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


class Book:
    """A warehouse that keeps what a closure told it, all or nothing."""

    def __init__(self) -> None:
        self.clock, self.plant = SteppedClock(NOW), parse_plant(demo_text())
        self.told: list[str] = []
        self.failures: list[Exception] = []

    async def write(self, fn: Callable[[SimpleNamespace], None]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        tx = SimpleNamespace(told=[])
        fn(tx)
        self.told += tx.told


def enter(tx: SimpleNamespace, changes: Sequence[ConditionChange]) -> None:
    for change in changes:
        if change.source == "poison":
            raise KeyError("a condition that no catalogue describes")
        tx.told.append(change.source)


def news(*sources: str) -> list[ConditionChange]:
    return [
        ConditionChange(
            source=source, condition=Condition.TEMPERATURE_HIGH, active=True, priority_hint=Severity.HIGH, value=9.0,
            limit=6.0, at=NOW, place="cold-1",
        )
        for source in sources
    ]  # fmt: skip


async def run_until(feed: AlarmFeed, done: Callable[[], bool]) -> None:
    running = asyncio.create_task(feed.run())
    async with asyncio.timeout(5):
        while not done():
            assert not running.done(), running.exception()
            await asyncio.sleep(0.001)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
def book(monkeypatch: pytest.MonkeyPatch) -> Book:
    monkeypatch.setattr(telemetry_link, "apply_conditions", enter)
    return Book()


async def test_an_alarm_that_cannot_be_entered_costs_no_other_and_is_shown(book: Book) -> None:
    health = HealthPart("alarms")
    feed = AlarmFeed(book, health)  # type: ignore[arg-type]  # the part of a warehouse that the feed uses
    for batch in (news("a"), news("b", "poison", "c"), news("d")):
        feed.tell(batch)
    await run_until(feed, lambda: "d" in book.told)
    assert book.told == ["a", "b", "c", "d"]
    assert (health.state, "poison" in health.detail) == (HealthState.DOWN, True)
    feed.tell(news("e"))
    await run_until(feed, lambda: "e" in book.told)
    assert health.state is HealthState.DOWN, "nobody has looked at it yet"


async def test_what_cannot_be_entered_calls_somebody_to_its_source(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    def call(tx: SimpleNamespace, source: str, condition: str) -> None:
        tx.told.append((source, condition))

    monkeypatch.setattr(telemetry_link, "raise_event", call)
    feed = AlarmFeed(book, HealthPart("alarms"))  # type: ignore[arg-type]  # as above
    feed.tell(news("poison"))
    await run_until(feed, lambda: bool(book.told))
    assert book.told == [("poison", "alarm_not_entered")]


async def test_a_disk_that_fails_for_a_moment_costs_no_alarm(book: Book) -> None:
    feed = AlarmFeed(book, HealthPart("alarms"))  # type: ignore[arg-type]  # as above
    book.failures = [StoreFailed("store.failed", "disk I/O error")]
    feed.tell(news("a"))
    await run_until(feed, lambda: bool(book.told))
    assert book.told == ["a"]


class Wall:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


def seen(state: PresenceState, device: str = "crane-1") -> Presence:
    return Presence("plc-works", device, state, NOW, ())


def said(feed: AlarmFeed, device: str = "crane-1") -> list[PresenceState]:
    found = []
    while not feed._queue.empty():
        item = feed._queue.get_nowait()
        assert isinstance(item, Presence)
        if item.device == device:
            found.append(item.state)
    return found


async def test_a_birth_that_is_followed_by_a_death_ends_no_alarm_and_begins_no_new_grace(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Wall()
    monkeypatch.setattr(telemetry_link, "time", wall)
    feed = AlarmFeed(book, HealthPart("alarms"))  # type: ignore[arg-type]  # as above
    wall.now += GRACE_S - 1
    for _ in range(3):  # an edge that is born again says all its devices, and at once which of them it cannot reach
        feed.tell(seen(PresenceState.ONLINE))
        feed.tell(seen(PresenceState.OFFLINE))
        feed._look(wall.now)
        wall.now += 0.5
    assert said(feed) == [PresenceState.OFFLINE]
    feed.tell(seen(PresenceState.ONLINE))
    feed.tell(seen(PresenceState.OFFLINE))
    wall.now += GRACE_S
    feed._look(wall.now)
    assert said(feed) == [], "it was told before, and nothing has changed"
    feed.tell(seen(PresenceState.ONLINE))
    wall.now += SETTLE_S
    feed._look(wall.now)
    assert said(feed) == [PresenceState.ONLINE]


async def test_a_machine_that_left_again_after_it_had_come_back_gets_its_own_grace(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = Wall()
    monkeypatch.setattr(telemetry_link, "time", wall)
    feed = AlarmFeed(book, HealthPart("alarms"))  # type: ignore[arg-type]  # as above
    feed.tell(seen(PresenceState.ONLINE))
    wall.now += SETTLE_S
    feed._look(wall.now)
    feed.tell(seen(PresenceState.OFFLINE))
    wall.now += GRACE_S - 0.1
    feed._look(wall.now)
    assert said(feed) == [PresenceState.ONLINE]
    wall.now += 0.1
    feed._look(wall.now)
    assert said(feed) == [PresenceState.OFFLINE]
