"""Versions of limits: a reading is judged by the limits of its own time, and a change of rules forgets nothing."""

from __future__ import annotations

import numpy as np
import pytest
from telemetry_world import EDGE, MINUTE, PLANT, START_MS, at, batch, ms

from plant.model import Envelope
from runtime.sparkplug.payload import Quality
from telemetry.calibration import Calibrations, Certificate
from telemetry.conditions import Condition
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
from telemetry.limits import LimitBook, LimitVersion, Timing

HIGH, ALERT = Condition.TEMPERATURE_HIGH, Condition.TEMPERATURE_HIGH_ALERT
AIR, LOAD = "Temperature/Air", "Temperature/Load"
QUICK = Timing(on_delay_s=60)
YEAR_MS = 365 * 86_400_000


def version(max_c: float, minute: float, *, number: int = 1, load: Timing = QUICK) -> LimitVersion:
    envelope = Envelope(id="cold", min_c=2.0, max_c=max_c, alert_min_c=2.5, alert_max_c=max_c - 0.5)
    return LimitVersion(envelope, number, ms(minute), Timing(on_delay_s=300), load)


class Room:
    """Cold room 1 with an ingest; every minute that is read passes."""

    def __init__(self, store: DuckDbStore) -> None:
        self.store = store
        self.registry = prepared_registry(PLANT, store)
        self.real_s = 0.0
        self.ingest = Ingest(PLANT, store, self.registry, now=at(0), monotonic=lambda: self.real_s)
        self.offset = 0
        self.told: dict[Condition, bool | None] = {}

    def read(self, minute: float, value: float, metric: str = LOAD, *, historical: bool = False) -> None:
        self.offset += 1
        self.real_s = max(self.real_s, minute * 60.0)
        one = batch(self.registry, [(minute, metric, value)], self.offset, historical=historical)
        now = at(self.real_s / 60)
        for change in self.ingest.process([one], now).changes:
            if change.source == "cold-1-load":
                self.told[change.condition] = change.active

    def source(self) -> int:
        return self.registry.add(EDGE, "cold-1", LOAD)

    def excursions(self) -> list[tuple[float, float | None, float]]:
        found = self.store.excursions(["cold-1-load"], 0, ms(10_000))
        return [
            ((e.from_ms - START_MS) / MINUTE, None if e.to_ms is None else (e.to_ms - START_MS) / MINUTE, e.limit_c)
            for e in found
        ]


@pytest.fixture
def room(tmp_path):
    store = DuckDbStore(tmp_path / "t.duckdb")
    yield Room(store)
    store.close()


def test_the_plants_envelope_is_version_0_with_the_delay_of_each_probe() -> None:
    book = LimitBook(PLANT)
    assert book.at("cold-1-load", 0).timing == Timing(on_delay_s=60)
    assert book.at("cold-1-air", 0).timing == Timing(on_delay_s=300)
    assert (book.at("cold-1-air", 0).min_c, book.at("plasma-1-load", 0).max_c) == (2.0, -18.0)
    assert book.version_at("cold", ms(0)) == 0


def test_the_version_in_force_at_an_instant_is_the_last_that_began() -> None:
    book = LimitBook(PLANT, [version(5.0, 20, number=2), version(5.5, 10)])
    assert [book.at("cold-2-load", ms(minute)).max_c for minute in (9, 10, 19, 20)] == [6.0, 5.5, 5.5, 5.0]
    assert [book.version_at("cold", ms(minute)) for minute in (9, 10, 20)] == [0, 1, 2]
    assert [book.next_change_ms(ms(minute)) for minute in (0, 10, 20)] == [ms(10), ms(20), None]
    assert book.at("plasma-1-load", ms(30)).max_c == -18.0


def test_periods_are_cut_to_what_is_asked_for() -> None:
    book = LimitBook(PLANT, [version(5.5, 10)])
    found = [(p.version, p.from_ms, p.to_ms, p.limits.max_c) for p in book.periods("cold-1-air", ms(0), ms(30))]
    assert found == [(0, ms(0), ms(10), 6.0), (1, ms(10), None, 5.5)]
    assert [p.version for p in book.periods("cold-1-air", ms(11), ms(30))] == [1]


def test_of_two_that_begin_at_one_instant_the_higher_version_holds() -> None:
    book = LimitBook(PLANT, [version(5.0, 10, number=2), version(5.5, 10)])
    assert book.at("cold-1-air", ms(10)).max_c == 5.0


def test_columns_say_the_same_as_the_book() -> None:
    book = LimitBook(PLANT, [version(5.5, 10), version(5.0, 20, number=2)])
    columns = book.for_rows(["cold-1-load", None, "plasma-1-load"])
    minutes = np.array([ms(m) for m in (0, 10, 25, 25, 25)])
    low, high = columns.at(np.array([0, 0, 0, 1, 2]), minutes)
    assert high[:3].tolist() == [6.0, 5.5, 5.0]
    assert np.isnan(high[3])
    assert np.isnan(low[4])
    outside = columns.outside(np.array([0, 0, 1]), minutes[[0, 1, 2]], np.array([5.8, 5.8, 99.0]))
    assert outside.tolist() == [False, True, False]


def test_a_breach_keeps_the_limits_in_force_at_its_time(room: Room) -> None:
    for minute in range(5):
        room.read(minute, 5.8)
    room.ingest.use(LimitBook(PLANT, [version(5.5, 5)]), Calibrations())
    for minute in range(5, 10):
        room.read(minute, 5.8)
    assert room.excursions() == [(5.0, None, 5.5)]


def test_a_late_reading_is_judged_by_the_limits_of_its_own_time(room: Room) -> None:
    room.ingest.use(LimitBook(PLANT, [version(5.5, 30)]), Calibrations())
    for minute in (0, 40, 41):
        room.read(minute, 4.0)
    room.read(20, 5.8, historical=True)
    assert room.excursions() == []
    assert Condition.LATE_EXCURSION not in room.told
    room.read(35, 5.8, historical=True)
    assert room.excursions() == [(35.0, 40.0, 5.5)]
    assert room.told[Condition.LATE_EXCURSION] is True


def test_a_version_begins_at_its_hour_without_anybody_saying_so_again(room: Room) -> None:
    room.ingest.use(LimitBook(PLANT, [version(5.5, 5)]), Calibrations())
    for minute in range(5):
        room.read(minute, 5.8)
    assert room.told[HIGH] is False
    room.read(5, 5.8)
    room.read(7, 5.8)
    assert room.told[HIGH] is True


def test_a_confirmed_breach_stays_confirmed_over_a_change_of_rules_until_evidence_ends_it(room: Room) -> None:
    for minute in range(3):
        room.read(minute, 7.0)
    assert room.told[HIGH] is True
    room.ingest.use(LimitBook(PLANT, [version(5.5, 3)]), Calibrations())
    room.ingest.look(at(3))
    assert room.ingest.live.excursion_at("cold-1/s1/001")
    room.read(4, 5.6)
    assert room.told[HIGH] is True
    room.read(5, 5.2)
    assert room.told[HIGH] is False


def test_a_pending_delay_runs_on_over_a_change_of_rules(room: Room) -> None:
    room.read(0, 4.0)
    room.read(1, 7.0)
    room.ingest.use(LimitBook(PLANT, [version(5.5, 1, load=Timing(on_delay_s=120))]), Calibrations())
    room.read(2, 7.0)
    assert room.told[HIGH] is False
    room.read(3, 7.0)
    assert room.told[HIGH] is True


def test_a_limit_that_is_taken_back_ends_what_it_said(room: Room) -> None:
    for minute in range(3):
        room.read(minute, 5.8)
    assert room.told[ALERT] is True
    bare = Envelope(id="cold", min_c=2.0, max_c=6.0)
    room.ingest.use(LimitBook(PLANT, [LimitVersion(bare, 1, ms(3), QUICK, QUICK)]), Calibrations())
    room.read(4, 5.8)
    assert room.told[ALERT] is False


def test_an_off_delay_asks_for_readings_inside_without_a_break(room: Room) -> None:
    slow = Timing(on_delay_s=0, off_delay_s=300)
    room.ingest.use(LimitBook(PLANT, [version(6.0, 0, load=slow)]), Calibrations())
    room.read(0, 7.0)
    for minute in (1, 2, 3, 4, 5):
        room.read(minute, 5.0)
    assert room.told[HIGH] is True
    room.read(6, 5.0)
    assert room.told[HIGH] is False


def test_silence_begins_the_off_delay_anew(room: Room) -> None:
    slow = Timing(on_delay_s=0, off_delay_s=300)
    room.ingest.use(LimitBook(PLANT, [version(6.0, 0, load=slow)]), Calibrations())
    room.read(0, 7.0)
    room.read(1, 5.0)
    room.real_s = 20 * 60.0
    room.ingest.look(at(20))
    room.read(20, 5.0)
    assert room.told[HIGH] is True
    room.read(25, 5.0)
    assert room.told[HIGH] is False


def test_so_many_readings_of_a_window_confirm_a_limit_that_is_never_passed_for_long(room: Room) -> None:
    counting = Timing(on_delay_s=120, count=3, window_s=600)
    room.ingest.use(LimitBook(PLANT, [version(6.0, 0, load=counting)]), Calibrations())
    for minute, value in enumerate((7.0, 5.0, 7.0, 5.0)):
        room.read(minute, value)
    assert room.told[HIGH] is False
    room.read(4, 7.0)
    assert room.told[HIGH] is True
    room.read(5, 5.0)
    assert room.told[HIGH] is True, "three of the last ten minutes still stand"
    room.read(11, 5.0)
    assert room.told[HIGH] is False


def test_readings_of_longer_ago_than_the_window_do_not_count(room: Room) -> None:
    counting = Timing(on_delay_s=120, count=3, window_s=600)
    room.ingest.use(LimitBook(PLANT, [version(6.0, 0, load=counting)]), Calibrations())
    for minute in (0, 6, 12):
        room.read(minute, 7.0)
        room.read(minute + 1, 5.0)
    assert room.told[HIGH] is False


def test_readings_are_corrected_by_the_certificate_of_their_own_time(room: Room) -> None:
    known = Calibrations([Certificate("cold-1-load", ms(10), ms(0) + YEAR_MS, -0.5)])
    room.ingest.use(LimitBook(PLANT), known)
    room.read(5, 6.3)
    room.read(20, 6.3)
    room.read(9, 6.2, historical=True)
    stored = room.store.readings(room.source(), ms(0), ms(60))
    assert dict(zip(((stored.ts_ms - START_MS) // MINUTE).tolist(), stored.value.tolist(), strict=True)) == {
        5: 6.3,
        9: 6.2,
        20: pytest.approx(5.8),
    }


def test_an_overdue_probe_still_raises_an_alarm_and_never_ends_one(room: Room) -> None:
    known = Calibrations([Certificate("cold-1-load", ms(0) - YEAR_MS, ms(0) - 1, 0.0)])
    room.ingest.use(LimitBook(PLANT), known)
    for minute in range(3):
        room.read(minute, 7.0)
    assert room.told[HIGH] is True
    assert Condition.SENSOR_BAD not in room.told or room.told[Condition.SENSOR_BAD] is False
    for minute in range(3, 10):
        room.read(minute, 4.0)
    assert room.told[HIGH] is not False
    quality = room.store.readings(room.source(), ms(0), ms(60)).quality
    assert set(quality.tolist()) == {Quality.UNCERTAIN.code}
    assert room.ingest.live.excursion_at("cold-1/s1/001")
