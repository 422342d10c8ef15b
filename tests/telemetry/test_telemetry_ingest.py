"""One pass per batch: what is told, stored and acknowledged, and what late values do to the past."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from telemetry_world import EDGE, PLANT, START, at, batch, ms

from runtime.clock import SteppedClock
from runtime.health import HealthPart, HealthState
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch, SourceRegistry
from telemetry.conditions import Condition, ConditionChange
from telemetry.duckdb_store import DuckDbStore
from telemetry.evaluate import SILENT_REAL_S
from telemetry.exposure import GapReason, Stay, common, exposed_stays, exposures
from telemetry.ingest import Delivery, Ingest, StoreDelayedError, prepared_registry
from telemetry.live import LiveQuality
from telemetry.store import StoreError, StoreWrite
from telemetry.worker import IngestFullError, IngestThread

LOAD, AIR, DOOR = "Temperature/Load", "Temperature/Air", "Door/Open"
KEY = (EDGE, "e1")


class Site:
    """A store on disk and the ingest above it; it can be opened again as after a crash."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.real = 0.0
        self.store = DuckDbStore(path)
        self.open(START)

    def open(self, now: datetime) -> None:
        self.registry: SourceRegistry = prepared_registry(PLANT, self.store)
        self.ingest = Ingest(PLANT, self.store, self.registry, now=now, monotonic=lambda: self.real)

    def restart(self, now: datetime) -> None:
        self.store.close()
        self.store = DuckDbStore(self.path)
        self.open(now)

    def feed(
        self, offset: int, readings: Sequence[tuple[float, str, float]], now: float | None = None, **how
    ) -> Delivery:
        minute = max((m for m, _, _ in readings), default=0.0) if now is None else now
        self.real = max(self.real, minute * 60)
        return self.ingest.process([batch(self.registry, readings, offset, **how)], at(minute))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "t.duckdb")
    yield made
    made.store.close()


def _of(changes: Sequence[ConditionChange], condition: Condition) -> list[bool | None]:
    return [change.active for change in changes if change.condition is condition]


def test_offsets_are_acknowledged_up_to_the_first_gap(site: Site) -> None:
    assert site.feed(1, [(0, LOAD, 4.0)]).acknowledged == [(*KEY, 1)]
    assert site.feed(3, [(2, LOAD, 4.0)]).acknowledged == [(*KEY, 1)]
    assert site.feed(2, [(1, LOAD, 4.0)], historical=True).acknowledged == [(*KEY, 3)]
    assert site.ingest.stored() == {KEY: 3}
    site.restart(at(3))
    assert site.ingest.stored() == {KEY: 3}


def test_a_batch_that_comes_again_is_acknowledged_and_stored_once(site: Site) -> None:
    site.feed(1, [(0, LOAD, 4.0)])
    assert site.feed(1, [(0, LOAD, 4.0)], historical=True).acknowledged == [(*KEY, 1)]
    source = site.registry.find(EDGE, "cold-1", LOAD)
    assert source is not None
    assert len(site.store.readings(source, ms(-1), ms(9))) == 1


def test_a_batch_without_rows_says_that_its_offsets_are_empty(site: Site) -> None:
    site.feed(6, [(0, LOAD, 4.0)])
    assert site.feed(1, [], last=5).acknowledged == [(*KEY, 6)]


def test_a_limit_crossed_is_told_and_its_excursion_stored(site: Site) -> None:
    site.feed(1, [(0, LOAD, 4.0)])
    site.feed(2, [(1, LOAD, 7.0)])
    delivery = site.feed(3, [(2, LOAD, 7.5)])
    assert _of(delivery.changes, Condition.TEMPERATURE_HIGH) == [True]
    assert delivery.heard == ("cold-1-load",)
    (one,) = site.store.running()
    assert (one.probe, one.from_ms, one.worst_c) == ("cold-1-load", ms(1), 7.5)
    site.feed(4, [(3, LOAD, 4.0)])
    (one,) = site.store.excursions(["cold-1-load"], ms(0), ms(9))
    assert (one.to_ms, one.minutes) == (ms(3), 2)


def test_an_excursion_goes_on_after_a_restart(site: Site) -> None:
    site.feed(1, [(0, LOAD, 7.0)])
    site.restart(at(1))
    site.feed(2, [(2, LOAD, 9.0)])
    site.feed(3, [(4, LOAD, 4.0)])
    (one,) = site.store.excursions(["cold-1-load"], ms(0), ms(9))
    assert (one.from_ms, one.to_ms, one.worst_c) == (ms(0), ms(4), 9.0)


def test_late_values_open_the_past_and_tell_it_once(site: Site) -> None:
    site.feed(1, [(0, LOAD, 4.0)])
    site.feed(9, [(20, LOAD, 4.0)])
    late = [(5.0, LOAD, 8.0), (6.0, LOAD, 9.0), (7.0, LOAD, 5.0)]
    delivery = site.feed(2, late, now=21, historical=True)
    (told,) = [c for c in delivery.changes if c.condition is Condition.LATE_EXCURSION]
    assert (told.source, told.active, told.value, told.limit, told.at) == ("cold-1-load", True, 8.0, 6.0, at(5))
    assert _of(delivery.changes, Condition.TEMPERATURE_HIGH) == []
    (one,) = site.store.excursions(["cold-1-load"], ms(0), ms(30))
    assert (one.from_ms, one.to_ms, one.worst_c) == (ms(5), ms(7), 9.0)
    again = site.feed(3, late, now=22, historical=True)
    assert _of(again.changes, Condition.LATE_EXCURSION) == []
    assert site.ingest.live.reading("cold-1-load", at(22)).value == 4.0


def test_late_values_inside_split_what_looked_like_one_excursion(site: Site) -> None:
    site.feed(1, [(0, LOAD, 8.0)])
    site.feed(3, [(10, LOAD, 8.0)])
    site.feed(2, [(4, LOAD, 4.0)], now=11, historical=True)
    found = site.store.excursions(["cold-1-load"], ms(0), ms(30))
    assert [(e.from_ms, e.to_ms) for e in found] == [(ms(0), ms(4)), (ms(10), None)]
    site.feed(4, [(12, LOAD, 4.0)])
    assert site.store.running() == []


def test_late_values_outside_join_what_looked_like_two(site: Site) -> None:
    for offset, (minute, value) in enumerate([(0, 8.0), (1, 4.0), (3, 8.0), (4, 4.0)], start=1):
        site.feed(offset, [(minute, LOAD, value)])
    site.feed(5, [(2, LOAD, 8.0)], now=5, historical=True)
    found = site.store.excursions(["cold-1-load"], ms(0), ms(30))
    assert [(e.from_ms, e.to_ms) for e in found] == [(ms(0), ms(1)), (ms(2), ms(4))]


def test_conditions_are_told_while_the_store_refuses_and_nothing_is_acknowledged(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.feed(1, [(0, LOAD, 4.0)])
    works = site.store.write

    def refuse(_: StoreWrite) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(site.store, "write", refuse)
    site_error: list[Delivery] = []
    for offset, minute in ((2, 1.0), (3, 2.0)):
        with pytest.raises(StoreDelayedError, match="disk is full") as caught:
            site.feed(offset, [(minute, LOAD, 9.0)])
        site_error.append(caught.value.delivery)
    assert _of(site_error[1].changes, Condition.TEMPERATURE_HIGH) == [True]
    assert [d.acknowledged for d in site_error] == [(), ()]
    assert site.ingest.stored() == {KEY: 1}
    monkeypatch.setattr(site.store, "write", works)
    assert site.feed(4, [(3, LOAD, 9.0)]).acknowledged == [(*KEY, 4)]
    (one,) = site.store.running()
    assert (one.from_ms, one.last_ms) == (ms(1), ms(3))


def test_values_of_a_device_that_went_are_stale(site: Site) -> None:
    site.feed(1, [(0, LOAD, 9.0), (0, AIR, 9.0)])
    site.ingest.look(at(1))
    sources = tuple(index for index, key in enumerate(site.registry) if key[1] == "cold-1")
    gone = Presence(EDGE, "cold-1", PresenceState.OFFLINE, at(2), sources)
    assert None in _of(site.ingest.presence(gone, at(2)).changes, Condition.TEMPERATURE_HIGH)
    assert site.ingest.live.reading("cold-1-load", at(2)).quality is LiveQuality.STALE
    assert site.ingest.live.excursion_at("cold-1/s1/001")


def test_an_unwatched_metric_is_stored_all_the_same(site: Site) -> None:
    site.feed(1, [(0, "Something/New", 3.0)])
    site.restart(at(1))
    source = site.registry.find(EDGE, "cold-1", "Something/New")
    assert source is not None
    assert site.store.readings(source, ms(0), ms(1)).value.tolist() == [3.0]


def test_a_day_is_sorted_once_its_stragglers_are_in(site: Site) -> None:
    site.feed(1, [(0, LOAD, 4.0)])
    midnight = 18 * 60.0  # the tests begin at 06:00
    assert site.ingest.close_days(at(midnight + 9)) == 0
    assert site.ingest.close_days(at(midnight + 11)) == 1
    assert site.ingest.close_days(at(midnight + 12)) == 0


def test_live_values_carry_quality_and_age(site: Site) -> None:
    live = site.ingest.live
    assert live.reading("cold-1-load", START).quality is LiveQuality.STALE
    site.feed(1, [(0, LOAD, 4.25)])
    reading = live.reading("cold-1-load", at(2))
    assert (reading.value, reading.quality, reading.at, reading.age_s) == (4.25, LiveQuality.GOOD, START, 120)
    site.real = 600.0
    site.ingest.look(at(10))
    assert live.reading("cold-1-load", at(10)).quality is LiveQuality.STALE


def test_the_trend_shows_two_hours_and_breaks_at_gaps(site: Site) -> None:
    readings = [(float(m), LOAD, 4.0) for m in (0, 1, 100, 101, 130)]
    for offset, reading in enumerate(readings, start=1):
        site.feed(offset, [reading])
    trend = site.ingest.live.trend("cold-1-load", at(131))
    assert [(round((t - ms(0)) / 60_000), v) for t, v in trend] == [
        (100, 4.0),
        (101, 4.0),
        (102, None),
        (130, 4.0),
    ]


def test_the_forecast_says_minutes_only_when_heading_for_a_limit(site: Site) -> None:
    live = site.ingest.live
    assert live.minutes_to_limit("cold-1-load", START) is None
    for minute in range(31):
        site.feed(minute + 1, [(minute, LOAD, 4.0 + 0.04 * minute), (minute, AIR, 4.0)])
    assert live.minutes_to_limit("cold-1-load", at(30)) == pytest.approx(20)
    assert live.minutes_to_limit("cold-1-air", at(30)) is None
    site.feed(32, [(31, LOAD, 7.0)])
    assert live.minutes_to_limit("cold-1-load", at(31)) == 0.0


def test_a_place_is_outside_while_confirmed_or_unknown(site: Site) -> None:
    live = site.ingest.live
    assert live.excursion_at("cold-1/s1/001")  # nobody has spoken yet
    assert not live.excursion_at("dock")  # no limits there
    site.feed(1, [(0, LOAD, 4.0)])
    assert not live.excursion_at("cold-1/s1/001")
    site.feed(2, [(1, LOAD, 9.0)])
    assert not live.excursion_at("cold-1/s1/001")  # not confirmed yet
    site.feed(3, [(2, LOAD, 9.0)])
    assert live.excursion_at("cold-1/s1/001")


def test_a_bag_is_exposed_to_what_its_places_went_through_while_it_was_there(site: Site) -> None:
    for minute in range(31):
        outside = 10 <= minute < 20
        site.feed(minute + 1, [(minute, LOAD, 9.0 if outside else 4.0), (minute, AIR, 9.0 if outside else 4.0)])
    stays = [
        Stay("a", "dock", ms(0), ms(5)),
        Stay("a", "cold-1/s1/001", ms(5), ms(15)),
        Stay("b", "cold-1/s1/002", ms(18), None),
        Stay("c", "plasma-1/s1/001", ms(0), ms(30)),
    ]
    found = exposures(stays, PLANT, site.store, site.registry, now_ms=ms(30), step_ms=60_000)
    assert {e.excursion.probe: e.minutes for e in found["a"].excursions} == {"cold-1-air": 5, "cold-1-load": 5}
    assert {e.minutes for e in found["b"].excursions} == {2}
    assert {s.probe for s in found["a"].segments} == {"cold-1-air", "cold-1-load"}
    assert found["a"].gaps == []
    assert [(g.from_ms, g.to_ms, g.reason) for g in found["c"].gaps] == [(ms(0), ms(30), GapReason.NO_DATA)]
    (load,) = site.store.excursions(["cold-1-load"], ms(0), ms(30))
    assert [stay.bag for stay in exposed_stays(load, stays, PLANT, now_ms=ms(30))] == ["a", "b"]


def test_one_probe_that_speaks_closes_the_gap_of_another() -> None:
    assert common([[(0, 10), (20, 30)], [(5, 25)]]) == [(5, 10), (20, 25)]
    assert common([[(0, 10)], []]) == []
    assert common([]) == []


async def test_the_thread_stores_what_it_was_given_and_refuses_beyond_its_room(site: Site) -> None:
    clock, health, heard = SteppedClock(at(0)), HealthPart("telemetry"), list[Delivery]()
    loop, first = asyncio.get_running_loop(), asyncio.Event()

    def deliver(delivery: Delivery) -> None:
        heard.append(delivery)
        loop.call_soon_threadsafe(first.set)

    worker = IngestThread(site.ingest, clock, deliver, health, capacity=3)
    batches: list[ReadingBatch] = [batch(site.registry, [(n, LOAD, 4.0)], n) for n in range(1, 6)]
    for one in batches[:3]:
        worker.submit(one)
    for one in batches[3:]:
        with pytest.raises(IngestFullError, match="3 batches wait"):
            worker.submit(one)
    assert site.ingest.counts.refused == 2
    worker.submit(Presence(EDGE, "cold-1", PresenceState.OFFLINE, at(2), ()))
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(60):
        await first.wait()
    worker.submit(batches[3])
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert site.ingest.stored() == {KEY: 4}
    assert health.state is HealthState.OK
    assert [offset for delivery in heard for *_, offset in delivery.acknowledged][-1] == 4


async def test_an_arrival_costs_no_pass_and_a_departure_only_that_of_the_batches_before_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    process, presence = site.ingest.process, site.ingest.presence

    def counted(batches: Sequence[ReadingBatch], now: datetime) -> Delivery:
        calls.append(f"{len(batches)} batches")
        return process(batches, now)

    def told(item: Presence, now: datetime) -> Delivery:
        calls.append(item.state.value)
        return presence(item, now)

    def looked(_: datetime) -> Delivery:
        calls.append("look")
        return Delivery()

    monkeypatch.setattr(site.ingest, "process", counted)
    monkeypatch.setattr(site.ingest, "presence", told)
    monkeypatch.setattr(site.ingest, "look", looked)
    worker = IngestThread(site.ingest, SteppedClock(at(0)), lambda _: None, HealthPart("telemetry"))
    one, two, three = (batch(site.registry, [(n, LOAD, 4.0)], n) for n in range(1, 4))
    came, went = (Presence(EDGE, "cold-1", state, at(2), ()) for state in (PresenceState.ONLINE, PresenceState.OFFLINE))
    for item in (came, came, one, came, two, went, went, came, three):
        worker.submit(item)
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    online, offline = PresenceState.ONLINE.value, PresenceState.OFFLINE.value
    while calls[-1] == "look":
        calls.pop()
    assert calls == [online, online, online, "2 batches", offline, offline, online, "1 batches"]


def test_poor_quality_is_kept_in_history_but_counts_for_nothing(site: Site) -> None:
    site.feed(1, [(0, LOAD, 9.0)], quality=Quality.UNCERTAIN)
    assert site.store.running() == []
    source = site.registry.find(EDGE, "cold-1", LOAD)
    assert source is not None
    assert site.store.readings(source, ms(0), ms(0)).quality.tolist() == [Quality.UNCERTAIN.code]
    assert site.ingest.live.reading("cold-1-load", START).quality is LiveQuality.UNCERTAIN


@pytest.mark.parametrize("minute", [60.0 * 24 * 365, -60.0 * 24 * 365 * 40])
def test_a_time_that_cannot_be_true_makes_a_value_uncertain_and_hides_no_later_one(site: Site, minute: float) -> None:
    delivery = site.feed(1, [(minute, LOAD, 9.0)], now=0.0)
    assert _of(delivery.changes, Condition.SENSOR_BAD) == [True]
    assert site.ingest.live.reading("cold-1-load", START).quality is LiveQuality.UNCERTAIN
    site.feed(2, [(1, LOAD, 4.0)])
    assert site.ingest.live.reading("cold-1-load", at(1)).value == 4.0
    assert site.ingest.stored() == {KEY: 2}


async def test_alarms_do_not_wait_for_a_day_to_be_closed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large day takes a minute to sort and gather; what comes meanwhile is judged at once and stored afterwards."""
    closing, done = threading.Event(), threading.Event()
    close = site.store.close_days

    def slowly(before_ms: int) -> int:
        with site.store._changing:
            closing.set()
            assert done.wait(60)
        return close(before_ms)

    monkeypatch.setattr(site.store, "close_days", slowly)
    health, changes, loop, judged = HealthPart("telemetry"), [], asyncio.get_running_loop(), asyncio.Event()

    def deliver(delivery: Delivery) -> None:
        changes.extend(delivery.changes)
        if _of(delivery.changes, Condition.TEMPERATURE_HIGH):
            loop.call_soon_threadsafe(judged.set)

    worker = IngestThread(site.ingest, SteppedClock(at(6)), deliver, health)
    running = asyncio.create_task(worker.run())
    assert await asyncio.to_thread(closing.wait, 60)
    for minute in range(6):
        worker.submit(batch(site.registry, [(minute, LOAD, 9.0)], minute + 1))
    async with asyncio.timeout(60):
        await judged.wait()
    assert site.ingest.stored() == {}
    assert health.state is HealthState.OK
    done.set()
    async with asyncio.timeout(60):
        while site.ingest.stored() != {KEY: 6}:  # noqa: ASYNC110 - what is awaited happens in another thread
            await asyncio.sleep(0.01)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_fault_in_the_pass_ends_the_thread_where_its_supervisor_sees_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: datetime) -> Delivery:
        raise ZeroDivisionError("a fault of ours")

    works = site.ingest.look
    monkeypatch.setattr(site.ingest, "look", broken)
    worker = IngestThread(site.ingest, SteppedClock(at(0)), lambda _: None, HealthPart("telemetry"))
    with pytest.raises(ZeroDivisionError):
        await worker.run()
    monkeypatch.setattr(site.ingest, "look", works)
    worker.submit(batch(site.registry, [(0, LOAD, 4.0)], 1))
    again = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    again.cancel()
    with suppress(asyncio.CancelledError):
        await again
    assert site.ingest.stored() == {KEY: 1}


def test_a_limit_that_was_confirmed_before_a_restart_holds_until_evidence_ends_it(site: Site) -> None:
    high = Condition.TEMPERATURE_HIGH
    site.ingest.resume([("cold-1-load", high), ("a-probe-of-the-past", high)])
    assert site.ingest.live.excursion_at("cold-1/s1/001")
    warm = site.feed(1, [(0, LOAD, 6.5), (0, AIR, 4.0)])
    assert _of([one for one in warm.changes if one.source == "cold-1-load"], high) == [True]
    assert site.ingest.live.excursion_at("cold-1/s1/001"), "no delay is given a second time"
    between = site.feed(3, [(2, LOAD, 5.95)])
    assert _of(between.changes, high) == []
    assert site.ingest.live.excursion_at("cold-1/s1/001")
    cold = site.feed(4, [(3, LOAD, 4.0)])
    assert _of(cold.changes, high) == [False]
    assert not site.ingest.live.excursion_at("cold-1/s1/001")


def test_what_was_seen_is_told_whatever_the_store_or_the_mirror_suffers(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_write: StoreWrite) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(site.store, "write", full)
    with pytest.raises(StoreDelayedError, match="no space left") as delayed:
        site.feed(1, [(0, LOAD, 6.5), (1, LOAD, 6.5), (2, LOAD, 6.5)])
    assert True in _of(delayed.value.delivery.changes, Condition.TEMPERATURE_HIGH)
    assert site.ingest.unstored == 1


def test_a_place_is_not_called_fit_once_telemetry_itself_has_stopped_looking(site: Site) -> None:
    site.feed(1, [(0, LOAD, 4.0), (0, AIR, 4.0)])
    assert not site.ingest.live.excursion_at("cold-1/s1/001")
    site.real += SILENT_REAL_S + 1
    assert site.ingest.live.excursion_at("cold-1/s1/001"), "the last values are good, but nobody has looked since"
    site.ingest.look(at(0.1))
    assert not site.ingest.live.excursion_at("cold-1/s1/001")
