"""How warm a bag gets depends on where it lies: stores, totes on belts, benches, and the chain to a box."""

from dataclasses import replace

import pytest
from simulators_day import AT, SEED
from simulators_orders import live

from plant.model import Plant
from simulators.faults import cause
from simulators.floor import Bag
from simulators.heat import surroundings
from simulators.machines.reliability import NEVER
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO
from simulators.signals import cell_signals
from simulators.world import World

QUIET = replace(DEMO, max_donations=0, max_orders=0, door_first_min=None)


@pytest.fixture
def world(plant: Plant) -> World:
    return World(plant, opening_state(plant, SEED, AT)[0], QUIET, NEVER)


def a_bag(world: World, component: str, place: str) -> Bag:
    bag = next(bag for bag in world.floor.bags.values() if bag.component == component and "/s1/" in bag.place)
    world.floor.put(bag, place)
    return bag


@pytest.mark.parametrize(
    ("store", "low_c", "high_c"),
    [("cold-1", 2.0, 6.0), ("cold-2", 2.0, 6.0), ("platelet", 20.0, 24.0), ("plasma-1", -35.0, -24.0),
     ("plasma-2", -35.0, -24.0), ("ult", -90.0, -70.0)],
)  # fmt: skip
def test_every_store_keeps_its_range_for_a_day_of_visits(plant: Plant, store: str, low_c: float, high_c: float) -> None:
    world = World(plant, opening_state(plant, SEED, AT)[0], QUIET, NEVER)
    inside = next(one for one in world.state.stores if one.place == store)
    for _ in range(18):
        live(world, 10)
        assert low_c < inside.air_c < high_c


def test_red_cells_on_a_jammed_belt_reach_ten_degrees_after_about_eighty_minutes(world: World) -> None:
    bag = a_bag(world, "RBC_S", "belt/cold-1")
    live(world, 40)
    assert bag.core_c == pytest.approx(7.0, abs=1.5)
    live(world, 70)
    assert bag.core_c > 10.0


def test_frozen_bags_stay_frozen_in_their_totes_and_not_on_a_bench(world: World) -> None:
    rides, lies = a_bag(world, "FFP", "dispatch/sort-1"), a_bag(world, "FFP", "dock")
    cryo = a_bag(world, "CRYO", "belt/dispatch")
    live(world, 30)
    assert rides.core_c < -20.0
    assert cryo.core_c < -20.0
    assert lies.core_c > -18.0


def test_a_bag_in_the_aisle_has_the_air_of_its_store(world: World) -> None:
    bag = a_bag(world, "RBC_S", "cold-1")
    assert surroundings(world.scene, world.state, bag, 22.0).medium_c == world.state.chambers["cold-1"].air_c


def test_platelets_stay_warm_wherever_others_keep_them(world: World) -> None:
    bag = a_bag(world, "PLT_A", "hospital/county")
    assert surroundings(world.scene, world.state, bag, 22.0).medium_c == 22.0


def test_a_stopped_agitator_is_told_and_the_temperature_is_not_changed(world: World) -> None:
    cause(world, "agitator_stopped", "platelet-1")
    live(world, 30)
    values = {value.node: value.value for value in cell_signals(world, "cold")}
    assert values["platelet-1/Agitator/Running"] is False
    assert world.state.incubators["platelet-1"].air_c == pytest.approx(22.0, abs=0.6)
    assert world.state.incubators["platelet-1"].incubator.still_s == pytest.approx(1800, abs=30)
