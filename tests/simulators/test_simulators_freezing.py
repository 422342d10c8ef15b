"""Freezing and thawing plasma: every row of world.md 2.5."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from simulators.physics import blast, freezing
from simulators.physics.blast import BLAST, Blast, BlastCooling, Fans
from simulators.physics.freezing import (
    BENCH_W_PER_K,
    BLAST_ONE_FAN_W_PER_K,
    BLAST_W_PER_K,
    CARTON_W_PER_K,
    CRATE_W_PER_K,
    PLATES_W_PER_K,
    STORE_W_PER_K,
    THAW_BATH_W_PER_K,
)

Air = float | Callable[[float], float]
TIMES = 0.05
LOOSE = 0.2  # where the table gives whole minutes of a short time


def freeze(w_per_k: float, air: Air, volume_ml: float = 200.0, minutes: int = 90) -> dict[float, float]:
    """Minutes at which the core passes 0, -2, -18 and -30 C, and its lowest temperature under the key nan."""
    plasma, passed, lowest = freezing.plasma_at(20.0, volume_ml), {}, 20.0
    for count in range(minutes * 12):
        medium_c = air(count / 12) if callable(air) else air
        freezing.step(plasma, 5.0, medium_c=medium_c, w_per_k=w_per_k)
        for limit_c in (0.0, -2.0, -18.0, -30.0):
            if plasma.core_c <= limit_c:
                passed.setdefault(limit_c, (count + 1) / 12)
        lowest = min(lowest, plasma.core_c)
    return passed | {math.inf: lowest}


def overload(minute: float) -> float:
    return -45.0 + 20.0 * math.exp(-minute / 20)


def compressor_dies(minute: float) -> float:
    return -45.0 if minute < 20 else -10.0 - 35.0 * math.exp(-(minute - 20) / 25)


@pytest.mark.parametrize(
    ("w_per_k", "air", "volume_ml", "zero", "plateau", "minus_18", "minus_30"),
    [
        (PLATES_W_PER_K, -50, 200, 7.5, 9, 20, 22),
        (PLATES_W_PER_K, -45, 200, 8, 10, 22, 25),
        (PLATES_W_PER_K, -40, 200, 8.5, 11, 25, 29),
        (BLAST_W_PER_K, -50, 200, 10, 17, 33, 37),
        (BLAST_W_PER_K, -45, 200, 11, 19, 37, 42),
        (BLAST_W_PER_K, -40, 200, 11, 22, 42, 49),
        (BLAST_W_PER_K, -35, 200, 12, 26, 48, 59),
        (freezing.blast_w_per_k(100), -45, 100, 8, 15, 28, 32),
        (freezing.blast_w_per_k(300), -45, 300, 13, 24, 46, 52),
        (BLAST_W_PER_K, overload, 200, 13, 24, 45, 50),
        (BLAST_ONE_FAN_W_PER_K, -45, 200, 15, 37, 65, 75),
    ],
)
def test_a_bag_freezes_as_fast_as_the_table_says(
    w_per_k: float, air: Air, volume_ml: float, zero: float, plateau: float, minus_18: float, minus_30: float
) -> None:
    passed = freeze(w_per_k, air, volume_ml)
    assert passed[0.0] == pytest.approx(zero, rel=LOOSE)
    assert passed[-2.0] - passed[0.0] == pytest.approx(plateau, rel=0.1)
    assert (passed[-18.0], passed[-30.0]) == pytest.approx((minus_18, minus_30), rel=TIMES)


def test_a_compressor_that_dies_at_twenty_minutes_fails_the_batch() -> None:
    passed = freeze(BLAST_W_PER_K, compressor_dies)
    assert passed[0.0] == pytest.approx(11, rel=LOOSE)
    assert passed[math.inf] == pytest.approx(-19, abs=0.5)
    assert -30.0 not in passed


@pytest.mark.parametrize(
    ("w_per_k", "zero", "plateau", "minus_18"), [(STORE_W_PER_K, 27, 97, 172), (CARTON_W_PER_K, 71, 278, 508)]
)
def test_a_storage_room_is_no_freezer(w_per_k: float, zero: float, plateau: float, minus_18: float) -> None:
    passed = freeze(w_per_k, -30.0, minutes=600)
    assert (passed[0.0], passed[-2.0] - passed[0.0], passed[-18.0]) == pytest.approx(
        (zero, plateau, minus_18), rel=TIMES
    )
    assert passed[math.inf] > -30.0


def test_the_heat_from_twenty_to_minus_thirty_is_443_kilojoules_a_kilogram() -> None:
    assert freezing.enthalpy_of(20.0) - freezing.enthalpy_of(-30.0) == pytest.approx(443e3, rel=0.005)


@pytest.mark.parametrize("celsius", [-45.0, -30.0, -18.0, -2.0, -0.6, 4.0, 22.0])
def test_temperature_and_enthalpy_are_inverse(celsius: float) -> None:
    assert freezing.temperature_of(freezing.enthalpy_of(celsius)) == pytest.approx(celsius, abs=0.02)


@pytest.mark.parametrize(
    ("w_per_k", "minutes"), [(BENCH_W_PER_K, (2.5, 6, 12, 22)), (CRATE_W_PER_K, (10, 28, 58, 100))]
)
def test_frozen_bags_on_a_bench_thaw_from_outside(w_per_k: float, minutes: tuple[float, ...]) -> None:
    """Minutes until the core passes -25, -18, -10 and -5 C in a room of 22 C."""
    plasma, passed, seconds = freezing.plasma_at(-30.0), {}, 0.0
    while plasma.core_c < -5.0:
        freezing.step(plasma, 5.0, medium_c=22.0, w_per_k=w_per_k)
        seconds += 5.0
        for limit_c in (-25.0, -18.0, -10.0, -5.0):
            if plasma.core_c >= limit_c:
                passed.setdefault(limit_c, seconds / 60)
    assert tuple(passed.values()) == pytest.approx(minutes, rel=0.06)


def test_a_thaw_bath_takes_thirteen_minutes() -> None:
    plasma, seconds = freezing.plasma_at(-30.0), 0.0
    while plasma.core_c <= 0.0:
        freezing.step(plasma, 5.0, medium_c=37.0, w_per_k=THAW_BATH_W_PER_K)
        seconds += 5.0
    assert seconds / 60 == pytest.approx(13, rel=TIMES)


def test_a_supercooled_core_stays_liquid_for_three_minutes_at_most_and_then_jumps() -> None:
    plasma, cores = freezing.plasma_at(20.0, nucleates_c=-3.0), []
    for _ in range(45 * 12):
        freezing.step(plasma, 5.0, medium_c=-45.0, w_per_k=BLAST_W_PER_K)
        cores.append(plasma.core_c)
    turn = next(number for number in range(1, len(cores)) if cores[number] > cores[number - 1])
    assert -3.1 < cores[turn - 1] < -1.0
    assert cores[turn] == pytest.approx(-0.6, abs=0.1)
    assert 5.0 * sum(core < freezing.FREEZING_POINT_C for core in cores[:turn]) <= 180.0
    assert plasma.nucleates_c is None
    assert cores[-1] < -30.0


def batch_minutes(parameters: blast.BlastParameters, bags: int, state: Blast) -> tuple[float | None, float]:
    """Minutes until the batch is at -30 C (None: never), and the warmest air; one bag stands for all of them."""
    share = replace(parameters, qn_w=parameters.qn_w / bags, ca=parameters.ca / bags, ua=parameters.ua / bags)
    plasma, warmest_c = freezing.plasma_at(20.0), state.air_c
    for count in range(120 * 12):
        blast.step(state, share, 5.0, bags=[plasma], ambient_c=22.0)
        warmest_c = max(warmest_c, state.air_c)
        if plasma.core_c <= -30.0:
            return (count + 1) / 12, warmest_c
    return None, warmest_c


def test_a_full_batch_of_48_is_frozen_in_42_minutes() -> None:
    minutes, warmest_c = batch_minutes(BLAST, 48, Blast(-45.0))
    assert minutes == pytest.approx(42, rel=TIMES)
    assert warmest_c < -40.0


def test_48_bags_in_42_minutes_need_1750_watts() -> None:
    needed_w = 48 * (freezing.enthalpy_of(20.0) - freezing.enthalpy_of(-30.0)) * 0.206 / (42 * 60)
    assert needed_w == pytest.approx(1750, rel=0.02)
    weak, _ = batch_minutes(replace(BLAST, qn_w=1750), 48, Blast(-45.0))
    assert weak == pytest.approx(42, rel=0.1)


def test_a_batch_twice_too_large_keeps_its_own_air_warm() -> None:
    minutes, warmest_c = batch_minutes(BLAST, 96, Blast(-45.0))
    assert minutes is not None
    assert minutes > 50
    assert warmest_c > -35.0


def test_a_blast_freezer_with_one_fan_fails_its_batch() -> None:
    minutes, _ = batch_minutes(BLAST, 48, Blast(-45.0, fans=Fans.ONE))
    assert minutes == pytest.approx(75, rel=TIMES)


def test_a_blast_freezer_without_cooling_never_gets_there() -> None:
    minutes, warmest_c = batch_minutes(BLAST, 48, Blast(-45.0, cooling=BlastCooling.DEAD))
    assert minutes is None
    assert warmest_c > -10.0
