"""Time to limit: the 80 % band holds about 80 % of the true times of simulated failures that nothing was tuned on."""

from __future__ import annotations

import numpy as np
import pytest
from thermal_failures import Case, failures

from plant.model import DeviceKind
from telemetry.forecast import Minutes
from telemetry.thermal.events import rests
from telemetry.thermal.fit import Stretch, fit
from telemetry.thermal.model import Basis, Belief, knows, prior
from telemetry.thermal.predict import time_to

PROOF_SEED = 4711
FAILURES = 100


def believed(case: Case) -> Belief:
    air, load, runs = np.array(case.history, dtype=np.float64).T
    return fit(prior(case.kind), rests(air, load, runs > 0.5))


@pytest.fixture(scope="module")
def foretold() -> list[tuple[Case, Minutes, Minutes]]:
    return [
        (case, *time_to(believed(case), case.stretch, case.limit_c, case.limit_c))
        for case in failures(PROOF_SEED, FAILURES)
    ]


def holds(left: Minutes, true: float) -> bool:
    assert left.low is not None
    assert left.high is not None
    return left.low <= true <= left.high


def test_the_band_of_the_load_holds_80_of_100_true_times(foretold: list[tuple[Case, Minutes, Minutes]]) -> None:
    cases = [(load, case.load_min) for case, _, load in foretold if case.load_min is not None]
    share = sum(holds(left, true) for left, true in cases) / len(cases)
    assert len(cases) == FAILURES
    assert 0.72 <= share <= 0.92


def test_the_band_of_the_air_holds_about_80_of_100_true_times(foretold: list[tuple[Case, Minutes, Minutes]]) -> None:
    cases = [(air, case.air_min) for case, air, _ in foretold if case.air_min is not None]
    assert 0.72 <= sum(holds(left, true) for left, true in cases) / len(cases) <= 0.92


def test_without_events_it_says_that_only_the_kind_is_known() -> None:
    nothing = prior(DeviceKind.COLD_ROOM)
    assert nothing.basis is Basis.KIND
    assert fit(nothing, []).basis is Basis.KIND


def test_an_incubator_is_not_modelled() -> None:
    assert not knows(DeviceKind.PLATELET_INCUBATOR)


def test_a_rest_ends_at_a_gap() -> None:
    air = np.array([4.0, 4.1, 4.2, 4.3, np.nan, 4.5, 4.6, 4.7, 4.8, 4.9])
    found = list(rests(air, air, np.zeros(10, dtype=np.bool_)))
    assert [len(one.minutes) for one in found] == [4, 5]


def test_what_is_above_its_limit_has_no_minutes_left() -> None:
    minutes = np.arange(20.0)
    left, _ = time_to(prior(DeviceKind.COLD_ROOM), Stretch(minutes, 6.5 + minutes / 10, 5 + minutes / 20), 6.0, 9.0)
    assert left.median == 0.0
