"""The platelet incubator of world.md 2.1 and 2.2: it holds 22 C at any step, and loses it when its power goes."""

import msgspec
import pytest

from simulators.physics.chamber import Mains
from simulators.physics.incubator import PLATELET_INCUBATOR, Agitator, Incubator, Peltier, settled, step

LOW_C, HIGH_C = 20.0, 24.0


def minutes_in_range(incubator: Incubator, ambient_c: float) -> float:
    seconds = 0.0
    while LOW_C <= incubator.core_c <= HIGH_C and seconds < 24 * 3600:
        step(incubator, PLATELET_INCUBATOR, 10.0, ambient_c=ambient_c)
        seconds += 10.0
    return seconds / 60


@pytest.mark.parametrize("dt", [5.0, 60.0])
@pytest.mark.parametrize("ambient_c", [12.0, 22.0, 32.0])
def test_it_holds_twenty_two_degrees_in_any_room(ambient_c: float, dt: float) -> None:
    incubator = settled()
    for _ in range(int(6 * 3600 / dt)):
        step(incubator, PLATELET_INCUBATOR, dt, ambient_c=ambient_c)
        assert incubator.air_c == pytest.approx(22.0, abs=0.3)
    assert incubator.core_c == pytest.approx(22.0, abs=0.05)


def test_an_open_door_is_corrected_within_minutes_and_the_integral_does_not_wind_up() -> None:
    incubator = settled()
    for _ in range(60):
        step(incubator, PLATELET_INCUBATOR, 10.0, ambient_c=-5.0, door=1.0)
    assert incubator.drive == -1.0
    for _ in range(180):
        step(incubator, PLATELET_INCUBATOR, 10.0, ambient_c=22.0)
    assert incubator.air_c == pytest.approx(22.0, abs=0.5)
    assert LOW_C < incubator.core_c < HIGH_C


@pytest.mark.parametrize(
    ("load", "ambient_c", "minutes"),
    [(1.0, 16, 315), (0.25, 16, 211), (1.0, 10, 167), (0.25, 10, 122), (1.0, 32, 205), (0.25, 32, 150)],
)
def test_without_power_the_core_leaves_its_range_when_the_table_says(
    load: float, ambient_c: float, minutes: float
) -> None:
    incubator = settled(load=load)
    incubator.mains = Mains.LOST
    assert minutes_in_range(incubator, ambient_c) == pytest.approx(minutes, rel=0.25)


def test_a_dead_heat_pump_drifts_to_the_room_and_its_motors_heat_it() -> None:
    incubator = settled()
    incubator.peltier = Peltier.DEAD
    assert minutes_in_range(incubator, 22.0) < 24 * 60
    assert incubator.core_c > HIGH_C


def test_a_stopped_agitator_counts_its_gap_and_leaves_the_heat_alone() -> None:
    incubator = settled()
    incubator.agitator = Agitator.STOPPED
    for _ in range(60):
        step(incubator, PLATELET_INCUBATOR, 60.0, ambient_c=22.0)
    assert (incubator.agitating, incubator.still_s) == (False, 3600.0)
    assert incubator.core_c == pytest.approx(22.0, abs=0.05)
    incubator.agitator = Agitator.SOUND
    step(incubator, PLATELET_INCUBATOR, 60.0, ambient_c=22.0)
    assert (incubator.agitating, incubator.still_s) == (True, 0.0)


def test_an_agitator_stands_while_the_mains_are_off() -> None:
    incubator = settled()
    incubator.mains = Mains.LOST
    step(incubator, PLATELET_INCUBATOR, 60.0, ambient_c=22.0)
    assert incubator.still_s == 60.0


def test_an_incubator_survives_a_snapshot() -> None:
    incubator = settled()
    assert msgspec.json.decode(msgspec.json.encode(incubator), type=Incubator) == incubator
