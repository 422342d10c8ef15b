"""The completeness meter: exact at the borders of days, each gap named; on readings as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telemetry_world import EDGE, PLANT

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.completeness import (
    DAY_MS,
    MINUTE_MS,
    SETTLE_MS,
    Absence,
    Evidence,
    GapReason,
    Minutes,
    ProbeDay,
    Use,
    minutes_of_day,
    probe_day,
)
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import prepared_registry
from telemetry.meter import completeness
from telemetry.store import Readings, StoreWrite, no_readings

DAY = 20_500
BEGIN = DAY * DAY_MS
AFTER = BEGIN + 3 * DAY_MS
GOOD, UNCERTAIN = Quality.GOOD.code, Quality.UNCERTAIN.code
PROBES = [probe for probe in PLANT.probes if probe.device == "cold-1"]
ONE = PROBES[0]


class Historian:
    """A real store with readings at minutes of the day; each call of `tell` is another source's."""

    def __init__(self, path: Path) -> None:
        self.store = DuckDbStore(path / "telemetry.duckdb", memory_mb=64)
        self.registry: SourceRegistry = prepared_registry(PLANT, self.store)

    def tell(
        self,
        minutes: Sequence[float] | np.ndarray,
        *,
        metric: str = ONE.metric,
        device: str = ONE.device,
        late: bool = False,
        quality: int = GOOD,
    ) -> None:
        count = len(minutes)
        source = self.registry.find(EDGE, device, metric)
        assert source is not None
        rows = Readings(
            np.full(count, source, np.int32), BEGIN + np.round(np.asarray(minutes) * MINUTE_MS).astype(np.int64),
            np.full(count, 4.0), np.full(count, quality, np.uint8), np.full(count, late, np.bool_),
        )  # fmt: skip
        self.store.write(StoreWrite(readings=no_readings(), may_repeat=rows))

    def day(
        self,
        day: int = DAY,
        *,
        now_ms: int = AFTER,
        absences: Sequence[Absence] = (),
        uses: Mapping[str, Sequence[Use]] = MappingProxyType({}),
    ) -> ProbeDay:
        (one,) = completeness(
            PLANT, self.store, self.registry, [ONE], [day], absences=absences, uses=uses, now_ms=now_ms
        )
        return one


@pytest.fixture
def historian(tmp_path: Path) -> Iterator[Historian]:
    one = Historian(tmp_path)
    yield one
    one.store.close()


def numbers(day: ProbeDay) -> tuple[int, int, int, int, int, int]:
    return day.expected, day.received, day.filled, day.lost, day.uncertain, day.late


def named(day: ProbeDay) -> list[tuple[float, float, str]]:
    return [((g.from_ms - BEGIN) / MINUTE_MS, (g.to_ms - BEGIN) / MINUTE_MS, g.reason.value) for g in day.gaps]


ALL = np.arange(1440) + 0.3
OTHER = PROBES[1].metric


def test_a_whole_day_is_whole(historian: Historian) -> None:
    historian.tell(ALL)
    day = historian.day()
    assert numbers(day) == (1440, 1440, 0, 0, 0, 0)
    assert (day.share, day.gaps) == (1.0, ())


def test_readings_on_the_stroke_of_midnight_belong_to_the_day_that_begins(historian: Historian) -> None:
    historian.tell(np.arange(0, 2 * 1440))
    assert numbers(historian.day(DAY)) == numbers(historian.day(DAY + 1)) == (1440, 1440, 0, 0, 0, 0)


def test_a_probe_that_speaks_a_little_less_than_once_a_minute_owes_nothing(historian: Historian) -> None:
    historian.tell(np.arange(-5, 1445) * (60.2 / 60))
    assert numbers(historian.day()) == (1440, 1440, 0, 0, 0, 0)


def test_one_that_is_silent_for_two_minutes_owes_one(historian: Historian) -> None:
    historian.tell([0.5, *range(-1440, 0), *(m + 0.5 for m in range(2, 1440))])
    day = historian.day()
    assert (day.lost, named(day)) == (1, [(1, 2, "service_down")])


def test_a_gap_over_midnight_is_cut_there(historian: Historian) -> None:
    historian.tell([*(m + 0.3 for m in range(1430)), *(m + 0.3 for m in range(1450, 2880))])
    assert named(historian.day()) == [(1430, 1440, "service_down")]
    assert named(historian.day(DAY + 1)) == [(1440, 1450, "service_down")]


def test_late_readings_fill_minutes_and_are_counted(historian: Historian) -> None:
    historian.tell(ALL[:600])
    historian.tell(ALL[660:])
    historian.tell(np.arange(600, 640, 0.5) + 0.1, late=True)
    day = historian.day()
    assert numbers(day) == (1440, 1380, 40, 20, 0, 80)
    assert day.share == 1420 / 1440


def test_late_readings_beside_live_ones_fill_nothing(historian: Historian) -> None:
    historian.tell(ALL)
    historian.tell(ALL[:10] + 0.2, late=True)
    assert numbers(historian.day()) == (1440, 1440, 0, 0, 0, 10)


def test_a_minute_without_a_good_reading_is_uncertain_and_a_gap(historian: Historian) -> None:
    historian.tell(ALL[:100])
    historian.tell(ALL[100:130], quality=UNCERTAIN)
    historian.tell(ALL[130:])
    day = historian.day()
    assert (day.lost, day.uncertain, day.share) == (0, 30, 1410 / 1440)
    assert named(day) == [(100, 130, "bad_quality")]


def test_a_day_without_any_data_is_lost_throughout(historian: Historian) -> None:
    historian.tell(ALL - 1440)
    historian.tell(ALL + 1440)
    day = historian.day()
    assert numbers(day) == (1440, 0, 0, 1440, 0, 0)
    assert (day.share, named(day)) == (0.0, [(0, 1440, "service_down")])


def test_while_another_sensor_of_its_device_speaks_it_is_the_probe(historian: Historian) -> None:
    historian.tell(ALL, metric=OTHER)
    historian.tell(ALL[:500])
    historian.tell(ALL[520:])
    assert named(historian.day()) == [(500, 520, "probe_silent")]


def test_while_only_other_devices_speak_nobody_knows_why(historian: Historian) -> None:
    historian.tell(ALL, device="cold-2", metric="Temperature/Air")
    historian.tell(ALL[:500])
    historian.tell(ALL[520:])
    assert named(historian.day()) == [(500, 520, "unknown")]


def test_what_was_away_is_named_and_the_minutes_beside_it_with_it(historian: Historian) -> None:
    historian.tell(ALL, device="cold-2", metric="Temperature/Air")
    historian.tell(ALL[:500])
    historian.tell(ALL[560:])
    begin = BEGIN + 502 * MINUTE_MS
    away = [
        Absence(ONE.device, GapReason.DEVICE_OFFLINE, begin, begin + 20 * MINUTE_MS),
        Absence(EDGE, GapReason.EDGE_OFFLINE, begin + 20 * MINUTE_MS, None),
        Absence("cold-2", GapReason.DEVICE_OFFLINE, BEGIN, None),
    ]
    assert named(historian.day(absences=away)) == [(500, 522, "device_offline"), (522, 560, "edge_offline")]


def test_an_absence_that_nothing_is_missing_for_names_nothing(historian: Historian) -> None:
    historian.tell(ALL)
    away = [Absence(EDGE, GapReason.EDGE_OFFLINE, BEGIN, None)]
    assert historian.day(absences=away).gaps == ()


def test_a_probe_owes_from_its_first_reading_on(historian: Historian) -> None:
    historian.tell(ALL, metric=OTHER)
    historian.tell(ALL[700:])
    day = historian.day()
    assert numbers(day) == (740, 740, 0, 0, 0, 0)
    assert named(day) == [(0, 700, "not_commissioned")]


def test_a_probe_that_never_spoke_owes_everything(historian: Historian) -> None:
    historian.tell(ALL, metric=OTHER)
    day = historian.day()
    assert (day.lost, named(day)) == (1440, [(0, 1440, "probe_silent")])


def test_what_is_used_now_and_then_owes_only_while_it_is_in_use(historian: Historian) -> None:
    historian.tell(ALL[:20])
    historian.tell(ALL[100:160])
    at = [BEGIN + round(minute * MINUTE_MS) for minute in (99.5, 200.5, 1430)]
    day = historian.day(uses={ONE.device: [Use(at[0], at[1]), Use(at[2], None)]})
    assert numbers(day) == (110, 60, 0, 50, 0, 0)
    assert named(day) == [
        (0, 100, "not_in_use"),
        (160, 200, "service_down"),
        (200, 1430, "not_in_use"),
        (1430, 1440, "service_down"),
    ]


def test_what_was_never_in_use_owes_nothing(historian: Historian) -> None:
    historian.tell(ALL[:20])
    day = historian.day(uses={ONE.device: []})
    assert (numbers(day), day.share, named(day)) == ((0, 0, 0, 0, 0, 0), None, [(0, 1440, "not_in_use")])


def test_days_before_the_oldest_kept_and_days_to_come_are_left_out(historian: Historian) -> None:
    historian.tell(ALL)
    days = [DAY - 1, DAY, DAY + 1, DAY + 9]
    found = completeness(
        PLANT, historian.store, historian.registry, [ONE], days, absences=[], now_ms=BEGIN + DAY_MS + SETTLE_MS
    )
    assert [one.day for one in found] == [DAY]


def test_of_a_running_day_only_what_has_settled_is_judged(historian: Historian) -> None:
    historian.tell(ALL[:60])
    day = historian.day(now_ms=BEGIN + 62 * MINUTE_MS)
    assert numbers(day) == (60, 60, 0, 0, 0, 0)
    assert minutes_of_day(DAY, BEGIN + 61 * MINUTE_MS + 59_999) == 59


def test_every_probe_of_the_plant_on_a_day(historian: Historian) -> None:
    historian.tell(ALL)
    found = completeness(PLANT, historian.store, historian.registry, PLANT.probes, [DAY], absences=[], now_ms=AFTER)
    assert [one.probe for one in found] == [probe.id for probe in PLANT.probes]
    assert sum(one.lost for one in found) == 1440 * (len(PLANT.probes) - 1)


readings = st.lists(
    st.tuples(st.integers(-2 * MINUTE_MS, DAY_MS + 2 * MINUTE_MS), st.booleans(), st.booleans()), max_size=200
)


@given(readings, st.integers(0, 2 * DAY_MS), st.integers(-DAY_MS, DAY_MS) | st.none())
def test_expected_is_always_received_filled_and_lost_and_gaps_add_up(
    rows: list[tuple[int, bool, bool]], now: int, first: int | None
) -> None:
    day = probe_day(
        "p",
        DAY,
        counted(rows),
        nothing_known(minutes_of_day(DAY, BEGIN + now)),
        now_ms=BEGIN + now,
        commissioned_ms=None if first is None else BEGIN + first,
    )
    assert day.expected == day.received + day.filled + day.lost
    assert 0 <= day.uncertain <= day.received + day.filled
    assert day.share is None or 0 <= day.share <= 1
    of_reason = {reason: sum(gap.minutes for gap in day.gaps if gap.reason is reason) for reason in GapReason}
    unowed, doubtful = of_reason.pop(GapReason.NOT_COMMISSIONED), of_reason.pop(GapReason.BAD_QUALITY)
    assert (sum(of_reason.values()), doubtful) == (day.lost, day.uncertain)
    assert unowed + day.expected == minutes_of_day(DAY, BEGIN + now)
    assert all(one.to_ms <= other.from_ms for one, other in zip(day.gaps, day.gaps[1:], strict=False))


def counted(rows: list[tuple[int, bool, bool]]) -> Minutes:
    """The counting of the store, in plain Python."""
    of_minute: dict[int, list[tuple[int, bool, bool]]] = {}
    for at, late, good in rows:
        of_minute.setdefault((BEGIN + at) // MINUTE_MS, []).append((BEGIN + at, late, good))
    ordered = [(minute, of_minute[minute]) for minute in sorted(of_minute)]
    columns = [
        [minute for minute, _ in ordered],
        [min(at for at, _, _ in found) for _, found in ordered],
        [max(at for at, _, _ in found) for _, found in ordered],
        [sum(not late for _, late, _ in found) for _, found in ordered],
        [sum(late for _, late, _ in found) for _, found in ordered],
        [sum(good for _, _, good in found) for _, found in ordered],
    ]
    return Minutes(np.zeros(len(ordered), np.int32), *(np.array(column, dtype=np.int64) for column in columns))


def nothing_known(count: int) -> Evidence:
    return Evidence(*(np.zeros(count, dtype=np.bool_) for _ in range(4)), in_use=np.ones(count, dtype=np.bool_))
