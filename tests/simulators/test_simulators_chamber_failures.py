"""A chamber that fails (world.md 2.2): dead compressor, power cut, empty shelves, welded thermostat, slow leak."""

import pytest
from simulators_chambers import (
    AIR_TAU_S,
    AMBIENT_C,
    DT,
    LIMITS_C,
    LOAD_TAU_S,
    SETS,
    TIMES,
    Follower,
    live,
    running,
)

from simulators.physics.chamber import Chamber, Compressor, Cooling, Cycle, Mains, step
from simulators.physics.chamber_sets import ChamberParameters

HOURS = 32


def minutes_until_limits(chamber: Chamber, parameters: ChamberParameters, limits_c: tuple[float, float]) -> list[float]:
    """Minutes until the air probe and the core pass both limits: air low, air high, core low, core high."""
    air, passed = Follower(chamber.air_c, AIR_TAU_S), {}
    for count in range(HOURS * 360):
        step(chamber, parameters, DT, ambient_c=AMBIENT_C)
        probe_c = air.step(chamber.air_c)
        for key, value_c in (("air", probe_c), ("core", chamber.core_c)):
            for limit_c in limits_c:
                if value_c > limit_c:
                    passed.setdefault((key, limit_c), (count + 1) * DT / 60)
        if len(passed) == 4:
            break
    return [passed[key, limit_c] for key in ("air", "core") for limit_c in limits_c]


@pytest.mark.parametrize(
    ("name", "air", "core"),
    [
        ("cold", (202, 1047), (364, 1209)),
        ("fridge", (67, 463), (194, 596)),
        ("plasma", (326, 986), (426, 1086)),
        ("upright", (122, 396), (190, 465)),
        ("ult", (594, 1408), (693, 1507)),
    ],
)
def test_a_dead_compressor_lets_air_and_core_pass_the_limits(
    name: str, air: tuple[float, float], core: tuple[float, float]
) -> None:
    chamber = running(name)
    chamber.cooling = Cooling.DEAD
    assert minutes_until_limits(chamber, SETS[name], LIMITS_C[name]) == pytest.approx([*air, *core], rel=TIMES)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("cold", (533, 1804)),
        ("fridge", (306, 935)),
        ("plasma", (626, 1608)),
        ("upright", (268, 623)),
        ("ult", (786, 1643)),
    ],
)
def test_a_power_cut_stops_the_fan_as_well_and_the_core_lasts_longer(name: str, core: tuple[float, float]) -> None:
    chamber = running(name)
    chamber.mains = Mains.LOST
    assert minutes_until_limits(chamber, SETS[name], LIMITS_C[name])[2:] == pytest.approx(core, rel=TIMES)


@pytest.mark.parametrize(
    ("name", "air"),
    [("cold", (35, 138)), ("fridge", (16, 71)), ("plasma", (52, 140)), ("upright", (33, 111)), ("ult", (160, 380))],
)
def test_a_nearly_empty_chamber_warms_up_sooner(name: str, air: tuple[float, float]) -> None:
    chamber = running(name, load=0.02)
    chamber.cooling = Cooling.DEAD
    assert minutes_until_limits(chamber, SETS[name], LIMITS_C[name])[:2] == pytest.approx(air, rel=TIMES)


@pytest.mark.parametrize(
    ("name", "rise_k"), [("cold", 0.2), ("fridge", 0.5), ("plasma", 0.6), ("upright", 1.3), ("ult", 1.2)]
)
def test_the_core_hardly_rises_in_the_hour_after_the_compressor_fails_to_start(name: str, rise_k: float) -> None:
    chamber, parameters = running(name), SETS[name]
    while chamber.compressor is Compressor.OFF:
        live(chamber, parameters, DT)
    chamber.cooling = Cooling.DEAD
    before_c = chamber.core_c
    live(chamber, parameters, 3600)
    assert chamber.core_c - before_c == pytest.approx(rise_k, rel=TIMES, abs=0.1)


@pytest.mark.parametrize(("name", "minutes"), [("cold", (35, 141, 232)), ("fridge", (14, 76, 126))])
def test_a_welded_thermostat_freezes_the_load(name: str, minutes: tuple[float, float, float]) -> None:
    """Load probe below 2 C, then the core below 2 and below 0.5 C."""
    chamber, parameters = running(name), SETS[name]
    chamber.cooling = Cooling.WELDED
    load, passed = Follower(parameters.set_c, LOAD_TAU_S), {}
    for count in range(5 * 360):
        step(chamber, parameters, DT, ambient_c=AMBIENT_C)
        probe_c = load.step(chamber.air_c)
        for key, value_c, limit_c in (
            ("load", probe_c, 2.0),
            ("core", chamber.core_c, 2.0),
            ("ice", chamber.core_c, 0.5),
        ):
            if value_c < limit_c:
                passed.setdefault(key, (count + 1) / 6)
    assert (passed["load"], passed["core"], passed["ice"]) == pytest.approx(minutes, rel=TIMES)


@pytest.mark.parametrize(
    ("name", "leak_per_h", "limit_c", "busy_h", "limit_h"),
    [("cold", 0.05, 6, 25, 51), ("fridge", 0.04, 6, 35, 54), ("plasma", 0.03, -25, 32, 69)],
)
def test_a_slow_leak_shows_in_the_duty_a_day_before_the_limit(
    name: str, leak_per_h: float, limit_c: float, busy_h: float, limit_h: float
) -> None:
    """The thermostat stops the compressor for the last time, and much later the air probe passes for half an hour."""
    chamber, parameters = running(name), SETS[name]
    chamber.leak_per_h = leak_per_h
    air, last_stop_h, over_s, hours = Follower(chamber.air_c, AIR_TAU_S), 0.0, 0.0, 0.0
    while over_s < 1800.0 and hours < 100.0:
        was_on = chamber.compressor is Compressor.ON
        step(chamber, parameters, DT, ambient_c=AMBIENT_C)
        hours += DT / 3600.0
        if was_on and chamber.compressor is Compressor.OFF and chamber.cycle is Cycle.COOLING:
            last_stop_h = hours
        over_s = over_s + DT if air.step(chamber.air_c) > limit_c else 0.0
    assert last_stop_h == pytest.approx(busy_h, rel=TIMES)
    assert hours - 0.5 == pytest.approx(limit_h, rel=TIMES)
    assert hours - last_stop_h > 18.0


def test_a_slow_leak_takes_the_same_share_every_hour() -> None:
    chamber = running("fridge")
    chamber.leak_per_h = 0.04
    for _ in range(10 * 360):
        step(chamber, SETS["fridge"], DT, ambient_c=AMBIENT_C)
    assert 1.0 - chamber.leak_share == pytest.approx(2.718281828**-0.4, rel=1e-6)


def test_a_fridge_of_ten_bags_leaves_three_hours_until_ten_degrees() -> None:
    fridge = running("fridge", load=10 / 300)
    fridge.cooling = Cooling.DEAD
    air_low, _, _, core_high = minutes_until_limits(fridge, SETS["fridge"], (6, 10))
    assert air_low == pytest.approx(16, rel=TIMES)
    assert core_high == pytest.approx(180, rel=TIMES)


@pytest.mark.parametrize(("load", "minutes"), [(1.0, 120), (0.02, 70)])
def test_the_air_probe_warns_two_hours_before_the_core_and_seventy_minutes_in_an_empty_fridge(
    load: float, minutes: float
) -> None:
    fridge = running("fridge", load=load)
    fridge.cooling = Cooling.DEAD
    air_low, _, core_low, _ = minutes_until_limits(fridge, SETS["fridge"], (6, 10))
    assert core_low - air_low == pytest.approx(minutes, rel=TIMES)


@pytest.mark.parametrize("name", list(SETS))
def test_a_power_cut_of_twenty_five_minutes_moves_no_core_by_a_third_of_a_kelvin(name: str) -> None:
    chamber = running(name)
    chamber.mains = Mains.LOST
    before_c = chamber.core_c
    live(chamber, SETS[name], 25 * 60)
    assert abs(chamber.core_c - before_c) < 0.3
