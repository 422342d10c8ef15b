"""Temperature probes and their lies: world.md 2.3."""

import math
import statistics
from collections import Counter

import msgspec
import pytest

from simulators.chance import draw
from simulators.physics import probe
from simulators.physics.probe import ProbeFault, ProbeState
from simulators.physics.probe_failures import FAILURES_PER_YEAR, failure_on


@pytest.mark.parametrize(
    ("kind", "seconds"), [(probe.AIR, 16), (probe.BOX_LOGGER, 122), (probe.LOAD, 365), (probe.THERMOCOUPLE, 8)]
)
def test_a_probe_lags_behind_a_step_from_four_to_twenty_two(kind: probe.ProbeType, seconds: float) -> None:
    assert seconds_to_ten(ProbeState(4.0), kind) == pytest.approx(seconds, abs=2.0)


def seconds_to_ten(state: ProbeState, kind: probe.ProbeType, *, moving: bool = True) -> float:
    elapsed = 0.0
    while state.element_c < 10.0:
        probe.step(state, kind, 1.0, medium_c=22.0, moving=moving)
        elapsed += 1.0
    return elapsed


def test_still_air_slows_a_probe_down() -> None:
    assert seconds_to_ten(ProbeState(4.0), probe.AIR, moving=False) == pytest.approx(16 * 3, abs=2.0)


def readings(fault: ProbeFault, kind: probe.ProbeType = probe.AIR, count: int = 2000) -> list[float | None]:
    state = ProbeState(4.0)
    probe.sample(state, kind, draw(1, "first"))
    state.fault, state.fault_value = fault, 2.0
    taken = [probe.sample(state, kind, draw(1, "probe", number)) for number in range(count)]
    return [reading.value_c for reading in taken if reading is not None]


def numbers(fault: ProbeFault, kind: probe.ProbeType = probe.AIR) -> list[float]:
    return [value for value in readings(fault, kind) if value is not None]


@pytest.mark.parametrize("kind", [probe.AIR, probe.LOAD, probe.BOX_LOGGER, probe.THERMOCOUPLE])
def test_noise_is_white_and_as_much_again_of_one_over_f(kind: probe.ProbeType) -> None:
    values = numbers(ProbeFault.NONE, kind)
    assert statistics.pstdev(values) == pytest.approx(kind.noise_c * math.sqrt(2), rel=0.25)
    slow = [statistics.fmean(values[start : start + 16]) for start in range(0, len(values) - 16, 16)]
    assert statistics.pstdev(slow) > 1.5 * statistics.pstdev(values) / math.sqrt(16)  # more than white noise leaves


@pytest.mark.parametrize("kind", [probe.AIR, probe.BOX_LOGGER])
def test_readings_come_in_steps_of_the_resolution(kind: probe.ProbeType) -> None:
    for value in numbers(ProbeFault.NONE, kind):
        assert value / kind.resolution_c == pytest.approx(round(value / kind.resolution_c), abs=1e-6)


def test_probes_are_installed_with_a_bias_and_a_drift_of_their_own() -> None:
    probes = [probe.installed(probe.AIR, 4.0, draw(1, "install", number)) for number in range(800)]
    assert statistics.pstdev([state.bias_c for state in probes]) == pytest.approx(0.1, rel=0.1)
    assert all(0.02 <= abs(state.drift_c_per_year) <= 0.05 for state in probes)
    probe.step(probes[0], probe.AIR, 365.25 * 86400.0, medium_c=4.0, moving=True)
    assert probes[0].offset_c == pytest.approx(probes[0].drift_c_per_year)


def test_a_stuck_probe_sends_one_value_without_noise() -> None:
    assert len(set(readings(ProbeFault.STUCK))) == 1


def test_a_silent_probe_sends_nothing() -> None:
    assert readings(ProbeFault.SILENT) == []


def test_an_open_probe_says_that_it_is_broken() -> None:
    assert set(readings(ProbeFault.OPEN)) == {None}


def test_a_short_probe_sends_the_end_of_its_scale() -> None:
    assert set(readings(ProbeFault.SHORT)) == {-200.0}


def test_a_spiking_probe_sends_classics_and_others_for_a_sample_or_two() -> None:
    values = numbers(ProbeFault.SPIKES)
    spikes = [value for value in values if abs(value - 4.0) > 1.0]
    assert 0.01 < len(spikes) / len(values) < 0.05
    assert {85.0, -127.0} <= set(spikes)
    others = [value for value in spikes if value not in {85.0, -127.0}]
    assert others
    assert all(4.5 < abs(value - 4.0) < 60.5 for value in others)


def test_a_noisy_probe_is_ten_to_thirty_times_as_noisy() -> None:
    assert 10 < statistics.pstdev(numbers(ProbeFault.NOISY)) / statistics.pstdev(numbers(ProbeFault.NONE)) < 30


def test_a_probe_put_back_wrongly_is_off_by_its_step() -> None:
    assert statistics.fmean(numbers(ProbeFault.OFFSET)) == pytest.approx(6.0, abs=0.05)


def test_a_drifting_probe_moves_by_its_rate() -> None:
    state = ProbeState(4.0, fault=ProbeFault.DRIFT, fault_value=0.2)
    for _ in range(24 * 60):
        probe.step(state, probe.AIR, 60.0, medium_c=4.0, moving=True)
    assert state.offset_c == pytest.approx(0.2)


def test_a_load_probe_out_of_its_glycol_behaves_like_an_air_probe() -> None:
    assert seconds_to_ten(ProbeState(4.0, fault=ProbeFault.OUT_OF_GLYCOL), probe.LOAD) == pytest.approx(16, abs=2)


def test_swapped_labels_exchange_air_and_load_probe() -> None:
    assert seconds_to_ten(ProbeState(4.0, fault=ProbeFault.SWAPPED), probe.AIR) == pytest.approx(365, abs=2)
    assert seconds_to_ten(ProbeState(4.0, fault=ProbeFault.SWAPPED), probe.LOAD) == pytest.approx(16, abs=2)


def test_probes_fail_as_often_as_the_table_says() -> None:
    years = 120
    found = [failure_on(2, f"probe-{number}", day) for number in range(years) for day in range(365)]
    failures = [failure for failure in found if failure is not None]
    counts = Counter(failure.fault for failure in failures)
    assert set(counts) <= set(FAILURES_PER_YEAR)
    assert len(failures) / years == pytest.approx(sum(FAILURES_PER_YEAR.values()), rel=0.25)
    assert counts[ProbeFault.SILENT] / years == pytest.approx(0.3, rel=0.4)
    for failure in failures:
        assert 0.0 <= failure.at_s < 86400.0
        if failure.fault is ProbeFault.SILENT:
            assert failure.lasts_s is not None
            assert 60.0 <= failure.lasts_s <= 6 * 3600.0
        if failure.fault is ProbeFault.DRIFT:
            assert 0.05 <= abs(failure.value) <= 0.3
        if failure.fault is ProbeFault.OFFSET:
            assert 1.0 <= abs(failure.value) <= 3.0


def test_a_probe_survives_a_snapshot() -> None:
    state = probe.installed(probe.LOAD, 4.0, draw(1, "snapshot"))
    probe.sample(state, probe.LOAD, draw(1, "sample"))
    assert msgspec.json.decode(msgspec.json.encode(state), type=ProbeState) == state
