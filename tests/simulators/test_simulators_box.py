"""Check values of world.md 2.6: how long boxes hold, and what a forgotten or unconditioned coolant does."""

import math
from dataclasses import replace

import msgspec
import pytest

from simulators.physics.box import (
    DRONE_POUCH,
    F20,
    F20_DRY_ICE,
    P8,
    R20,
    Box,
    BoxParameters,
    Conditioning,
    Coolant,
    air_c,
    coolant_c,
    in_range,
    packed,
    put_in,
    step,
    take_out,
)

HEAT, COLD, NONE = Conditioning.FOR_HEAT, Conditioning.FOR_COLD, Conditioning.FORGOTTEN
STARTS_C = {R20: 4.0, P8: 22.0, F20: -30.0, F20_DRY_ICE: -30.0, DRONE_POUCH: 4.0}
FOAM_SHIPPER = BoxParameters(
    bags=8, c_bag=1750, g_bag=0.10, ua=0.30, gp=2.0, low_c=1.0, high_c=10.0,
    coolant=Coolant(mass_kg=1.8, melts_c=0.0, latent=334e3, solid=2100, liquid=4200),
)  # fmt: skip
GOLDEN_HOUR = BoxParameters(
    bags=4, c_bag=1080, g_bag=0.15, ua=0.042, gp=5.0, low_c=1.0, high_c=10.0,
    coolant=replace(R20.coolant, mass_kg=1.8),
)  # fmt: skip


def hours_held(parameters: BoxParameters, box: Box, ambient_c: float) -> float:
    minutes = 0
    while in_range(box, parameters) and minutes < 300 * 60:
        step(box, parameters, 60.0, ambient_c=ambient_c)
        minutes += 1
    return minutes / 60


@pytest.mark.parametrize(
    ("parameters", "bags", "conditioning", "ambient_c", "hours"),
    [
        (R20, 20, HEAT, 23, 36),
        (R20, 20, HEAT, 35, 21),
        (R20, 20, COLD, -10, 39),
        (R20, 6, HEAT, 23, 33),
        (R20, 6, HEAT, 35, 20),
        (R20, 6, COLD, -10, 38),
        (R20, 20, NONE, 23, 5.8),
        (R20, 20, NONE, 35, 3.3),
        (R20, 20, NONE, -10, 2.4),
        (P8, 8, HEAT, 35, 45),
        (P8, 8, COLD, 5, 35),
        (P8, 8, COLD, -10, 18),
        (P8, 8, NONE, 35, 1.6),
        (P8, 8, NONE, 5, 1.2),
        (P8, 8, NONE, -10, 0.6),
        (F20, 20, HEAT, 30, 31),
        (F20_DRY_ICE, 20, HEAT, 30, 39),
        (F20, 20, NONE, 30, 1.6),
        (DRONE_POUCH, 2, HEAT, 35, 7),
        (DRONE_POUCH, 2, COLD, -10, 12.7),
        (DRONE_POUCH, 2, NONE, 35, 1.3),
        (DRONE_POUCH, 2, NONE, -10, 0.9),
    ],
)
def test_a_box_holds_as_long_as_the_table_says(
    parameters: BoxParameters, bags: int, conditioning: Conditioning, ambient_c: float, hours: float
) -> None:
    box = packed(parameters, bags, STARTS_C[parameters], conditioning)
    assert hours_held(parameters, box, ambient_c) == pytest.approx(hours, rel=0.10)


@pytest.mark.parametrize(
    ("conditioning", "ambient_c", "hours"), [(HEAT, 23, 40), (HEAT, 36, 24), (NONE, 23, 7), (NONE, 36, 3.8)]
)
def test_the_foam_shipper_of_1965_is_met(conditioning: Conditioning, ambient_c: float, hours: float) -> None:
    assert hours_held(FOAM_SHIPPER, packed(FOAM_SHIPPER, 8, 4.0, conditioning), ambient_c) == pytest.approx(
        hours, rel=0.05
    )


@pytest.mark.parametrize(("conditioning", "ambient_c", "hours"), [(HEAT, 40, 77), (HEAT, 23, 149), (COLD, -24, 90)])
def test_the_golden_hour_box_is_met(conditioning: Conditioning, ambient_c: float, hours: float) -> None:
    assert hours_held(GOLDEN_HOUR, packed(GOLDEN_HOUR, 4, 4.0, conditioning), ambient_c) == pytest.approx(
        hours, rel=0.05
    )


def test_an_unconditioned_gel_takes_red_cells_below_two_degrees() -> None:
    box = packed(R20, 20, 4.0, Conditioning.UNCONDITIONED)
    temperatures = []
    for _ in range(10 * 60):
        step(box, R20, 60.0, ambient_c=23.0)
        temperatures.append(box.load_c)
    below = next(minute for minute, value in enumerate(temperatures, start=1) if value < 2.0)
    assert below / 60 == pytest.approx(0.5, rel=0.25)
    assert min(temperatures) == pytest.approx(0.7, abs=0.1)


def test_an_open_lid_warms_the_air_and_not_the_load() -> None:
    box = packed(R20, 20, 4.0)
    assert air_c(box, R20, ambient_c=35.0, lid_open=True) == pytest.approx(18.0, abs=0.5)
    step(box, R20, 300.0, ambient_c=35.0, lid_open=True)
    assert box.load_c < 6.0


def test_opening_the_golden_hour_box_for_two_minutes_costs_two_to_three_hours() -> None:
    closed, opened = packed(GOLDEN_HOUR, 4, 4.0), packed(GOLDEN_HOUR, 4, 4.0)
    step(opened, GOLDEN_HOUR, 120.0, ambient_c=40.0, lid_open=True)
    lost = hours_held(GOLDEN_HOUR, closed, 40.0) - hours_held(GOLDEN_HOUR, opened, 40.0)
    assert 2.0 <= lost <= 3.0


def test_dry_ice_vanishes() -> None:
    box = packed(F20_DRY_ICE, 20, -30.0)
    assert coolant_c(box, F20_DRY_ICE) == -78.5
    step(box, F20_DRY_ICE, 48 * 3600.0, ambient_c=30.0)
    assert coolant_c(box, F20_DRY_ICE) is None


def test_bags_put_in_mix_and_bags_taken_out_keep_their_temperature() -> None:
    box = packed(R20, 4, 4.0)
    put_in(box, 4, 8.0)
    assert (box.bags, box.load_c) == (8, 6.0)
    assert take_out(box, 8) == 6.0
    with pytest.raises(ValueError, match="holds 0 bags"):
        take_out(box, 1)


def test_an_empty_box_without_coolant_takes_the_temperature_outside() -> None:
    box = packed(R20, 0, 4.0, NONE)
    step(box, R20, 60.0, ambient_c=30.0)
    assert box.load_c == 30.0


def test_a_box_survives_a_snapshot() -> None:
    box = packed(P8, 3, 22.0)
    assert msgspec.json.decode(msgspec.json.encode(box), type=Box) == box


def test_frozen_plasma_may_be_as_cold_as_it_likes() -> None:
    assert math.isinf(F20.low_c)
    assert in_range(packed(F20, 20, -60.0), F20)
