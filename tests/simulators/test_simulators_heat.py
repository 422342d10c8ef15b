"""Freezing (world.md 2.5), one bag in air (2.4), probes and their lies (2.3)."""

import math
from collections.abc import Callable

import pytest

from simulators.chance import draw
from simulators.physics import bag, freezing, probe
from simulators.physics.probe import ProbeFault, ProbeState


def freeze(w_per_k: float, air: float | Callable[[float], float], volume_ml: float = 200.0) -> dict[str, float]:
    plasma, passed = freezing.plasma_at(20.0, volume_ml), {}
    for count in range(90 * 12):
        medium_c = air(count / 12) if callable(air) else air
        freezing.step(plasma, 5.0, medium_c=medium_c, w_per_k=w_per_k)
        for key, limit_c in (("zero", 0.0), ("minus 18", -18.0), ("minus 30", -30.0)):
            if plasma.core_c <= limit_c:
                passed.setdefault(key, (count + 1) / 12)
    return passed


@pytest.mark.parametrize(
    ("w_per_k", "air_c", "volume_ml", "minutes"),
    [
        (1.7, -50, 200, 22),
        (1.7, -45, 200, 25),
        (1.7, -40, 200, 29),
        (0.95, -50, 200, 37),
        (0.95, -45, 200, 42),
        (0.95, -40, 200, 49),
        (0.95, -35, 200, 59),
        (0.62, -45, 100, 32),
        (1.15, -45, 300, 52),
        (0.52, -45, 200, 75),
    ],
)
def test_the_core_reaches_minus_thirty_when_the_table_says(
    w_per_k: float, air_c: float, volume_ml: float, minutes: float
) -> None:
    assert freeze(w_per_k, air_c, volume_ml)["minus 30"] == pytest.approx(minutes, rel=0.05)


def test_a_compressor_that_dies_at_twenty_minutes_fails_the_batch() -> None:
    passed = freeze(0.95, lambda t: -45.0 if t < 20 else -10.0 - 35.0 * math.exp(-(t - 20) / 25))
    assert "minus 30" not in passed


def test_an_overloaded_chamber_is_slower_and_still_passes() -> None:
    assert freeze(0.95, lambda t: -45.0 + 20.0 * math.exp(-t / 20))["minus 30"] == pytest.approx(50, rel=0.05)


def test_the_heat_from_twenty_to_minus_thirty_is_443_kilojoules_a_kilogram() -> None:
    assert freezing.enthalpy_of(20.0) - freezing.enthalpy_of(-30.0) == pytest.approx(443e3, rel=0.005)


@pytest.mark.parametrize("celsius", [-45.0, -30.0, -18.0, -2.0, -0.6, 4.0, 22.0])
def test_temperature_and_enthalpy_are_inverse(celsius: float) -> None:
    assert freezing.temperature_of(freezing.enthalpy_of(celsius)) == pytest.approx(celsius, abs=0.02)


@pytest.mark.parametrize(("ambient_c", "minutes"), [(22, 24), (18, 32), (25, 20.5), (30, 16.6)])
def test_a_red_cell_bag_on_the_bench_passes_ten_degrees(ambient_c: float, minutes: float) -> None:
    heat, elapsed_s = bag.LiquidHeat(4.0, 4.0, 280.0), 0.0
    while heat.core_c < 10.0:
        bag.step(heat, 10.0, medium_c=ambient_c, w_per_k=bag.BENCH_W_PER_K)
        elapsed_s += 10.0
    assert elapsed_s / 60 == pytest.approx(minutes, rel=0.05)


@pytest.mark.parametrize(("kind", "seconds"), [(probe.AIR, 16), (probe.LOAD, 365)])
def test_a_probe_lags_behind_a_step_from_four_to_twenty_two(kind: probe.ProbeType, seconds: float) -> None:
    state, elapsed = ProbeState(4.0), 0.0
    while state.element_c < 10.0:
        probe.step(state, kind, 1.0, medium_c=22.0, moving=True)
        elapsed += 1.0
    assert elapsed == pytest.approx(seconds, abs=2.0)


def readings(fault: ProbeFault, count: int = 400) -> list[float | None]:
    state = ProbeState(4.0)
    probe.sample(state, probe.AIR, draw(1, "first"))
    state.fault = fault
    taken = [probe.sample(state, probe.AIR, draw(1, "probe", number)) for number in range(count)]
    return [reading.value_c for reading in taken if reading is not None]


def test_a_stuck_probe_sends_one_value_without_noise() -> None:
    assert len(set(readings(ProbeFault.STUCK))) == 1


def test_a_silent_probe_sends_nothing() -> None:
    assert readings(ProbeFault.SILENT) == []


def test_an_open_probe_says_that_it_is_broken() -> None:
    assert set(readings(ProbeFault.OPEN)) == {None}


def test_a_spiking_probe_sends_eighty_five_now_and_then() -> None:
    values = readings(ProbeFault.SPIKES)
    assert 0 < values.count(85.0) < len(values) / 10


def test_noise_has_the_size_of_its_type() -> None:
    values = [value for value in readings(ProbeFault.NONE) if value is not None]
    mean = sum(values) / len(values)
    assert math.sqrt(sum((value - mean) ** 2 for value in values) / len(values)) == pytest.approx(0.03, rel=0.2)


def test_a_drifting_probe_moves_by_its_rate() -> None:
    state = ProbeState(4.0, fault=ProbeFault.DRIFT, fault_value=0.2)
    for _ in range(24 * 60):
        probe.step(state, probe.AIR, 60.0, medium_c=4.0, moving=True)
    assert state.offset_c == pytest.approx(0.2)
