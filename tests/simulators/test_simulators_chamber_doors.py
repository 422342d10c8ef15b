"""Doors, warm loads and the first cooling of a chamber (world.md 2.2)."""

import pytest
from simulators_chambers import AIR_TAU_S, AMBIENT_C, DT, KELVIN, SETS, TIMES, WHOLE_K, Follower, live, running

from simulators.physics import bag
from simulators.physics.chamber import Chamber, step
from simulators.physics.chamber_sets import BLOOD_FRIDGE, ULT

OPENINGS_S = (60, 180, 300, 600)
LIMIT_C = {"cold": 6.0, "fridge": 6.0, "plasma": -20.0, "upright": -20.0, "ult": -65.0}


@pytest.mark.parametrize(
    ("name", "peaks_c", "tolerance_k", "minutes", "core_k"),
    [
        ("cold", (7.1, 10.3, 11.1, 11.9), KELVIN, (1.6, 4.6, 7.3, 14), (0.1, 0.5)),
        ("fridge", (5.8, 8.0, 8.1, 8.1), KELVIN, (0, 2.8, 4.8, 9.8), (0.06, 0.25)),
        ("plasma", (-22, -15, -13, -10), WHOLE_K, (0, 2.5, 4.9, 10.7), (0.55, 2.0)),
        ("upright", (-24, -19, -17, -15), WHOLE_K, (0, 1.1, 3.4, 8.7), (0.5, 2.0)),
        ("ult", (-72, -65, -64, -61), WHOLE_K, (0, 0, 2, 7), (0.5, 1.7)),
    ],
)
def test_an_open_door_shows_in_the_air_and_hardly_in_the_core(
    name: str,
    peaks_c: tuple[float, ...],
    tolerance_k: float,
    minutes: tuple[float, ...],
    core_k: tuple[float, float],
) -> None:
    parameters, peaks, over, rises = SETS[name], [], [], []
    for seconds in OPENINGS_S:
        chamber = running(name)
        before_c, air = chamber.core_c, Follower(chamber.air_c, AIR_TAU_S)
        peak, over_s, rise = -99.0, 0.0, 0.0
        for count in range(360 * 4):
            step(chamber, parameters, 5.0, ambient_c=AMBIENT_C, door=1.0 if count * 5.0 < seconds else 0.0)
            probe_c = air.step(chamber.air_c, 5.0)
            peak, rise = max(peak, probe_c), max(rise, chamber.core_c - before_c)
            over_s += 5.0 if probe_c > LIMIT_C[name] else 0.0
        peaks.append(peak)
        over.append(over_s / 60)
        rises.append(rise)
    assert peaks == pytest.approx(peaks_c, abs=tolerance_k)
    assert over == pytest.approx(minutes, rel=TIMES, abs=0.05)
    assert (rises[1], rises[3]) == pytest.approx(core_k, rel=TIMES)


@pytest.mark.parametrize(
    ("name", "gap", "at_1_4_12_h_c", "tolerance_k"),
    [
        ("fridge", 0.30, (3.7, 3.8, 3.8), KELVIN),
        ("plasma", 0.10, (-28, -25, -21), WHOLE_K),
        ("upright", 0.15, (-29, -28, -25.5), WHOLE_K),
        ("ult", 0.30, (-73, -66, -53), WHOLE_K),
    ],
)
def test_a_door_ajar_warms_a_freezer_overnight_and_hides_behind_the_compressor_of_a_fridge(
    name: str, gap: float, at_1_4_12_h_c: tuple[float, ...], tolerance_k: float
) -> None:
    """Means of the hour of the air probe."""
    chamber, parameters = running(name), SETS[name]
    air, readings, on = Follower(chamber.air_c, AIR_TAU_S), [], 0
    for _ in range(12 * 360):
        step(chamber, parameters, DT, ambient_c=AMBIENT_C, door=gap)
        readings.append(air.step(chamber.air_c))
        on += chamber.running
    means = [sum(readings[(hour - 1) * 360 : hour * 360]) / 360 for hour in (1, 4, 12)]
    assert means == pytest.approx(at_1_4_12_h_c, abs=tolerance_k)
    assert on / (12 * 360) == pytest.approx(0.9, abs=0.11)


def test_a_night_ajar_leaves_four_and_a_half_kilograms_of_frost_in_a_plasma_room() -> None:
    chamber = running("plasma")
    live(chamber, SETS["plasma"], 12 * 3600, door=0.10)
    assert chamber.frost_kg == pytest.approx(4.5, rel=TIMES)


@pytest.mark.parametrize(("name", "hours"), [("cold", 11), ("fridge", 6.4)])
def test_a_warm_chamber_with_its_load_is_pulled_down(name: str, hours: float) -> None:
    chamber, count = warm(1.0), 0
    while chamber.core_c >= 6.0 and count < 24 * 360:
        step(chamber, SETS[name], DT, ambient_c=AMBIENT_C)
        count += 1
    assert count / 360 == pytest.approx(hours, rel=TIMES)


def test_an_empty_ultra_low_freezer_is_pulled_down_in_six_hours() -> None:
    chamber, count = warm(0.0), 0
    while chamber.air_c > -80.0 and count < 24 * 360:
        step(chamber, ULT, DT, ambient_c=AMBIENT_C)
        count += 1
    assert count / 360 == pytest.approx(6.4, rel=TIMES)


def test_sixty_warm_bags_cool_in_a_fridge_and_leave_the_others_alone() -> None:
    fridge = running("fridge", load=0.8)
    warm_bag, air, peak_c = bag.liquid_at(22.0), Follower(fridge.air_c, AIR_TAU_S), -99.0
    w_per_k, old_c, below = BLOOD_FRIDGE.cabinet.g_bag, fridge.core_c, {}
    for count in range(6 * 360):
        heat_w = 60 * w_per_k * (warm_bag.shell_c - fridge.air_c)
        step(fridge, BLOOD_FRIDGE, DT, ambient_c=AMBIENT_C, extra_w=heat_w)
        bag.step(warm_bag, DT, medium_c=fridge.air_c, w_per_k=w_per_k)
        peak_c = max(peak_c, air.step(fridge.air_c))
        for limit_c in (10.0, 6.0):
            if warm_bag.core_c < limit_c:
                below.setdefault(limit_c, (count + 1) / 6)
    assert peak_c == pytest.approx(5.3, abs=KELVIN)
    assert (below[10.0], below[6.0]) == pytest.approx((142, 280), rel=TIMES)
    assert fridge.core_c - old_c < 0.5


def warm(load: float) -> Chamber:
    at = AMBIENT_C
    return Chamber(air_c=at, evaporator_c=at, wall_c=at, shell_c=at, core_c=at, thermostat_c=at, load=load)
