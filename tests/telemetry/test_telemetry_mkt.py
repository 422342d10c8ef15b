"""Mean kinetic temperature: the table of domain.md 2.4, and what it refuses."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.mkt import KINETIC_K, kinetic_term, mean_kinetic_temperature, mean_of_terms

TABLE = [
    ([4.0] * 24, 4.0000),
    ([4.0] * 23 + [20.0], 5.7675),
    ([2.0, 4.0, 6.0, 8.0, 10.0], 6.4773),
    ([22.0] * 20 + [30.0] * 4, 23.8920),
    ([4.0, 4.0, 4.0, 10.0], 5.9518),
]
CELSIUS = st.floats(-90, 60)


@pytest.mark.parametrize(("values", "expected"), TABLE)
def test_the_reference_table_holds_to_four_decimals(values: list[float], expected: float) -> None:
    assert round(mean_kinetic_temperature(values), 4) == expected
    assert round(mean_kinetic_temperature(tuple(values), [60] * len(values)), 4) == expected
    assert round(mean_kinetic_temperature(np.array(values), np.full(len(values), 0.5)), 4) == expected
    assert round(mean_kinetic_temperature(iter(values)), 4) == expected


def test_the_constants_are_those_of_the_standard() -> None:
    assert pytest.approx(10_000) == KINETIC_K


def test_the_higher_the_activation_energy_the_more_the_warm_hour_counts() -> None:
    hours = [4.0] * 23 + [20.0]
    low, usual, high = (mean_kinetic_temperature(hours, activation_energy_kj_per_mol=e) for e in (1e-6, 83.144, 250))
    assert low == pytest.approx(sum(hours) / 24, abs=0.1)
    assert low < usual < high < 20


@pytest.mark.parametrize(
    ("values", "seconds", "words"),
    [
        ([], None, "at least one temperature"),
        ([4.0], [1, 2], "1 temperatures have 2 durations"),
        ([4.0, math.nan], None, "temperature number 2 is not a number"),
        ([math.inf], None, "temperature number 1 is not a number"),
        ([4.0, -273.15], None, "temperature number 2 is not above absolute zero"),
        ([4.0], [math.nan], "duration number 1 is not a number"),
        ([4.0, 5.0], [1, -1], "duration number 2 is negative"),
        ([4.0, 5.0], [0, 0], "add up to nothing"),
        (["warm"], None, "must be numbers"),
        ([[4.0], [5.0]], None, "one row of numbers"),
    ],
)
def test_what_cannot_be_averaged_is_refused_in_a_sentence(
    values: Sequence[float], seconds: Sequence[float] | None, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        mean_kinetic_temperature(values, seconds)


@pytest.mark.parametrize("energy", [0, -1, math.nan, math.inf])
def test_an_activation_energy_is_above_nothing(energy: float) -> None:
    with pytest.raises(ValueError, match="activation energy"):
        mean_kinetic_temperature([4.0], activation_energy_kj_per_mol=energy)


@given(st.lists(CELSIUS, min_size=1, max_size=50))
def test_it_lies_between_the_coldest_and_the_warmest_and_never_below_their_mean(values: list[float]) -> None:
    mkt = mean_kinetic_temperature(values)
    assert min(values) - 1e-6 <= mkt <= max(values) + 1e-6
    assert mkt >= sum(values) / len(values) - 1e-6


@given(st.lists(st.tuples(CELSIUS, st.floats(0.001, 1e6)), min_size=1, max_size=30))
def test_the_running_sum_says_the_same(pairs: list[tuple[float, float]]) -> None:
    total = sum(kinetic_term(value) * weight for value, weight in pairs)
    expected = mean_kinetic_temperature([v for v, _ in pairs], [w for _, w in pairs])
    assert mean_of_terms(total, sum(w for _, w in pairs)) == pytest.approx(expected, abs=1e-6)


def test_deep_cold_and_huge_durations_neither_underflow_nor_overflow() -> None:
    assert mean_kinetic_temperature([-270.0, -270.0]) == pytest.approx(-270.0)
    assert mean_kinetic_temperature([4.0, 4.0], [1e308, 1e308]) == pytest.approx(4.0)
    assert mean_of_terms(kinetic_term(-400.0), 1.0) == pytest.approx(-253.15)
