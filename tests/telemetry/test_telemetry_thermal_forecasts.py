"""Forecasts out of the stored history of a chamber: seen, given a band, counted down, and forgotten again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from telemetry_world import PLANT, START, START_MS, at, batch, ms
from thermal_failures import Case, Failure, failures, welded

from blood.components import Limits
from plant.model import DeviceKind, ProbeKind
from telemetry.duckdb_store import DuckDbStore
from telemetry.forecast import Band, Basis
from telemetry.ingest import Ingest, prepared_registry
from telemetry.store import StoreError
from telemetry.thermal.forecasts import LOOK_BACK_MIN, Forecasts

AIR, LOAD, COMPRESSOR = "Temperature/Air", "Temperature/Load", "Compressor/Running"
SEED = 5
LOOK_MIN = 60
BAND = Band(2.0, 6.0, 2.5, 5.5)


class Site:
    """A cold room whose history is stored minute by minute as its failure says; minute 0 is when it fails."""

    def __init__(self, path: Path, case: Case) -> None:
        self.store = DuckDbStore(path)
        self.registry = prepared_registry(PLANT, self.store)
        self.ingest = Ingest(PLANT, self.store, self.registry, now=at(-case.begins), monotonic=lambda: 0.0)
        self.forecasts = Forecasts(PLANT, self.store, self.registry)
        self.ingest.live.foretell_by(self.forecasts.left)
        self.case, self.offset, self.running = case, 0, -1.0

    def live_through(self, begin: int, end: int) -> None:
        """Store the minutes [begin, end); the compressor speaks when it changes."""
        readings = []
        for minute in range(begin, end):
            one = self.case.begins + minute
            runs = float(self.case.said.runs[one])
            if runs != self.running:
                readings.append((float(minute), COMPRESSOR, runs))
                self.running = runs
            readings += [
                (float(minute), AIR, float(self.case.said.air_c[one])),
                (float(minute), LOAD, float(self.case.said.load_c[one])),
            ]
        self.offset += 1
        self.ingest.process([batch(self.registry, readings, self.offset)], at(end - 1))


@pytest.fixture(scope="module")
def case() -> Case:
    """A dead compressor in a cold room whose load takes more than two hours to pass its limit."""
    return next(
        case
        for case in failures(SEED)
        if case.kind is DeviceKind.COLD_ROOM
        and case.failure is Failure.DEAD
        and (case.passes[ProbeKind.LOAD] or 0) > 2 * LOOK_MIN
        and (case.passes[ProbeKind.AIR] or 0) > LOOK_MIN
    )


@pytest.fixture
def site(tmp_path: Path, case: Case) -> Iterator[Site]:
    made = Site(tmp_path / "t.duckdb", case)
    made.live_through(-case.begins, 0)
    yield made
    made.store.close()


def test_a_failure_gets_the_band_of_the_model_fitted_on_the_stored_history(site: Site, case: Case) -> None:
    site.forecasts.fit(START_MS)
    for minute in range(LOOK_MIN):
        site.live_through(minute, minute + 1)
        site.forecasts.look(ms(minute + 1))
    left = site.ingest.live.time_left("cold-1-load", at(LOOK_MIN))
    truth = case.passes[ProbeKind.LOAD]
    assert site.forecasts.fitted["cold-1"].basis is Basis.EVENTS
    assert left is not None
    assert left.low is not None
    assert left.high is not None
    assert truth is not None
    assert left.basis is Basis.EVENTS
    assert left.low < truth - LOOK_MIN < left.high
    earliest = site.ingest.live.earliest("cold-1-load", at(LOOK_MIN))
    assert earliest is not None
    assert earliest <= left.low


def test_looks_in_one_step_and_in_many_see_the_same(site: Site) -> None:
    other = Forecasts(PLANT, site.store, site.registry)
    for one in (site.forecasts, other):
        one.fit(START_MS)
    for minute in range(LOOK_MIN):
        site.live_through(minute, minute + 1)
        site.forecasts.look(ms(minute + 1))
    other.look(ms(LOOK_MIN))
    seen = site.forecasts.left("cold-1-load", BAND, ms(LOOK_MIN))
    assert seen is not None
    assert other.left("cold-1-load", BAND, ms(LOOK_MIN)) == seen


def test_it_counts_down_and_says_nothing_when_nobody_looked_for_long(site: Site) -> None:
    site.forecasts.fit(START_MS)
    site.live_through(0, LOOK_MIN)
    site.forecasts.look(ms(LOOK_MIN))
    now, later, too_late = (site.forecasts.left("cold-1-load", BAND, ms(LOOK_MIN + wait)) for wait in (0.0, 4.0, 6.0))
    assert now is not None
    assert later == now.after(4.0)
    assert too_late is None


def test_a_wider_limit_of_a_bag_is_reached_later(site: Site) -> None:
    site.forecasts.fit(START_MS)
    site.live_through(0, LOOK_MIN)
    site.forecasts.look(ms(LOOK_MIN))
    live = site.ingest.live
    own = live.time_left("cold-1-load", at(LOOK_MIN))
    wider = live.time_left("cold-1-load", at(LOOK_MIN), Limits(min_c=1.0, max_c=8.0))
    assert own is not None
    assert wider is not None
    assert wider.median > own.median


def test_a_healthy_chamber_gets_no_forecast(site: Site) -> None:
    site.forecasts.fit(ms(-60))
    site.forecasts.look(START_MS)
    assert site.ingest.live.time_left("cold-1-load", START) is None


def test_without_enough_history_the_straight_line_stands_in(tmp_path: Path, case: Case) -> None:
    site = Site(tmp_path / "short.duckdb", case)
    site.live_through(-LOOK_BACK_MIN // 4, 0)
    site.forecasts.fit(START_MS)
    site.live_through(0, LOOK_MIN)
    site.forecasts.look(ms(LOOK_MIN))
    left = site.ingest.live.time_left("cold-1-load", at(LOOK_MIN))
    site.store.close()
    assert site.forecasts.left("cold-1-load", BAND, ms(LOOK_MIN)) is None
    assert left is None or (left.basis is Basis.LINE and left.low is None)


def test_every_cold_chamber_of_the_plant_is_known_by_its_kind_at_least(site: Site) -> None:
    site.forecasts.fit(START_MS)
    kinds = {PLANT.device_by_id[device].kind for device in site.forecasts.fitted}
    assert kinds == {DeviceKind.COLD_ROOM, DeviceKind.PLASMA_FREEZER, DeviceKind.ULTRA_FREEZER}
    assert np.isfinite([one.slope for one in site.forecasts.fitted.values()]).all()


def test_a_failure_that_goes_on_is_not_learned_as_usual(site: Site) -> None:
    """Neither by the fit of the day nor by that of a service that starts in the middle of it."""
    site.forecasts.fit(START_MS)
    site.live_through(0, LOOK_MIN)
    site.forecasts.look(ms(LOOK_MIN))
    before = site.forecasts.left("cold-1-load", BAND, ms(LOOK_MIN))
    site.forecasts.fit(ms(LOOK_MIN))
    started = Forecasts(PLANT, site.store, site.registry)
    started.fit(ms(LOOK_MIN))
    site.live_through(LOOK_MIN, LOOK_MIN + 1)
    assert before is not None
    for one in (site.forecasts, started):
        one.look(ms(LOOK_MIN + 1))
        left = one.left("cold-1-load", BAND, ms(LOOK_MIN + 1))
        assert left is not None
        assert left.median == pytest.approx(before.median, rel=0.2)


def test_a_fit_that_fails_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.forecasts.fit(START_MS)
    site.live_through(0, LOOK_MIN)
    spans, calls = site.store.spans, iter(range(2))

    def breaks(asked: Mapping[int, tuple[int, int]]) -> object:
        if next(calls, None) is None:
            raise StoreError("the disk is away")
        return spans(asked)

    with monkeypatch.context() as broken:
        broken.setattr(site.store, "spans", breaks)
        with pytest.raises(StoreError):
            site.forecasts.fit(ms(LOOK_MIN))
    site.forecasts.look(ms(LOOK_MIN))
    other = Forecasts(PLANT, site.store, site.registry)
    other.fit(START_MS)
    other.look(ms(LOOK_MIN))
    seen = site.forecasts.left("cold-1-load", BAND, ms(LOOK_MIN))
    assert seen is not None
    assert seen == other.left("cold-1-load", BAND, ms(LOOK_MIN))


def test_a_failure_that_no_model_follows_is_named_and_the_line_stands_in(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def diverges(*_known: object) -> None:
        raise np.linalg.LinAlgError("not positive definite")

    monkeypatch.setattr("telemetry.thermal.forecasts.outlook", diverges)
    site.forecasts.fit(START_MS)
    site.live_through(0, LOOK_MIN)
    assert site.forecasts.look(ms(LOOK_MIN)) == ("cold-1",)
    assert site.forecasts.left("cold-1-load", BAND, ms(LOOK_MIN)) is None


def test_a_store_whose_thermostat_welds_on_gets_the_minutes_to_its_lower_limit(tmp_path: Path) -> None:
    frozen = next(case for case in welded(SEED) if (case.passes[ProbeKind.LOAD] or 0) > LOOK_MIN // 4)
    site = Site(tmp_path / "cold.duckdb", frozen)
    site.live_through(-frozen.begins, 0)
    site.forecasts.fit(START_MS)
    truth = frozen.passes[ProbeKind.LOAD]
    assert truth is not None
    told = []
    for minute in range(truth):
        site.live_through(minute, minute + 1)
        site.forecasts.look(ms(minute + 1))
        if (left := site.forecasts.left("cold-1-load", BAND, ms(minute + 1))) is not None:
            told.append((truth - minute - 1, left))
        assert site.forecasts.left("cold-1-load", Band(np.nan, 6.0, np.nan, 5.5), ms(minute + 1)) is None
    site.store.close()
    assert told
    assert all(left.low is not None and left.low <= true + 1 for true, left in told)
