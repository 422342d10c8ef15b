"""Preparation robots: recipes, what a unit becomes, and how often it misses its limits."""

from dataclasses import replace

import msgspec
import pytest
from simulators_day import AT, SEED
from simulators_orders import events, live, order, refusal, reports

from blood.isbt128 import parse_bag_id
from blood.operation_file import load_operations
from blood.tags import epc_of
from plant.model import Plant, Recipe
from plc_bridge.messages import BatchProcessed, BatchSeparated, Process, ProcessUnit, Separate
from simulators.floor import Bag
from simulators.machines.packml import PackState
from simulators.machines.processing import GAUGES
from simulators.machines.reliability import NEVER
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO
from simulators.world import World

QUIET = replace(DEMO, max_donations=0, max_orders=0, door_first_min=None)


@pytest.fixture
def world(plant: Plant) -> World:
    return World(plant, opening_state(plant, SEED, AT)[0], QUIET, NEVER)


def red_cells(world: World, count: int) -> list[Bag]:
    bags = [bag for bag in world.floor.bags.values() if bag.component == "RBC_S" and bag.place.startswith("cold-1/s")]
    for bag in bags[:count]:
        world.floor.put(bag, "prep/out")
    return bags[:count]


def unit(product: str, *parents: Bag) -> ProcessUnit:
    made = f"{parents[0].din}-{product}"
    return ProcessUnit(parents=tuple(bag.id for bag in parents), bag=made, epc=epc_of(parse_bag_id(made)))


def batch(recipe: str, *units: ProcessUnit, name: str = "b") -> Process:
    return Process(batch=name, recipe=recipe, place="prep/out", units=units)


def test_irradiated_red_cells_get_a_new_number_and_their_dose(world: World) -> None:
    bags = red_cells(world, 3)
    assert order(world, "robot-2", "j", batch("irradiate", *(unit("D0011V00", bag) for bag in bags))) == "accepted"
    assert {bag.place for bag in bags} == {"prep/robot-2"}
    live(world, 14)
    (report,) = reports(world, BatchProcessed)
    assert (report.recipe, report.place) == ("irradiate", "prep/out")
    for made, bag in zip(report.units, bags, strict=True):
        assert made.child is not None
        assert bag.id not in world.floor.bags
        child = world.floor.bags[made.child.bag]
        assert (child.component, child.group, child.place, child.epc) == (
            "RBC_IRR",
            bag.group,
            "prep/out",
            made.child.epc,
        )
        assert [measure.name for measure in made.measures] == ["dose_min", "dose_max"]
    assert len(events(world, "processed")) == 3


def test_a_batch_of_twelve_takes_three_rounds_of_the_irradiator(world: World) -> None:
    order(world, "robot-2", "j", batch("irradiate", *(unit("D0011V00", bag) for bag in red_cells(world, 12))))
    live(world, 22)
    assert not reports(world, BatchProcessed)
    live(world, 4)
    assert reports(world, BatchProcessed)


def test_every_limit_of_the_profile_is_measured(plant: Plant) -> None:
    for operation in load_operations(plant.profile):
        if operation.recipe.value in set(GAUGES):
            gauges = {gauge.name: gauge.unit for gauge in GAUGES[Recipe(operation.recipe.value)]}
            assert {limit.name: limit.unit for limit in operation.measures}.items() <= gauges.items()


def test_good_units_keep_the_limits_and_a_forced_miss_does_not(world: World) -> None:
    (operation,) = [one for one in load_operations(world.plant.profile) if one.output == "RBC_W"]
    bags = red_cells(world, 6)
    world.state.robots["robot-2"].misses = True
    order(world, "robot-2", "j", batch("wash", *(unit("D0010V00", bag) for bag in bags)))
    live(world, 60)
    (report,) = reports(world, BatchProcessed)
    faults = []
    for made in report.units:
        values = {measure.name: measure for measure in made.measures}
        faults.append(
            [
                limit.name
                for limit in operation.measures
                if limit.fault(values[limit.name].value, values[limit.name].unit)
            ]
        )
    assert [bool(fault) for fault in faults] == [True, False, False, False, False, False]


def platelets(world: World, count: int) -> list[Bag]:
    """Platelet concentrates, separated from whole blood."""
    whole = tuple(bag.id for bag in world.floor.at("dock"))[:count]
    outputs = ("D0002V00", "D0003V00", "D0007V00")
    assert order(world, "robot-1", "sep", Separate(batch="s", bags=whole, outputs=outputs)) == "accepted"
    live(world, 31)
    return [bag for bag in world.floor.at("prep/out") if bag.component == "PLT_C"]


def test_whole_blood_gives_platelets_too_and_they_are_pooled(world: World) -> None:
    concentrates = platelets(world, 5)
    assert len(concentrates) == 5
    assert all(len(done.children) == 3 for done in reports(world, BatchSeparated)[0].units)
    assert order(world, "robot-2", "j", batch("pool", unit("D0008V00", *concentrates))) == "accepted"
    live(world, 20)
    (report,) = reports(world, BatchProcessed)
    (made,) = report.units
    assert made.child is not None
    values = {measure.name: measure.value for measure in made.measures}
    assert values["volume"] == made.child.volume_ml == world.floor.bags[made.child.bag].volume_ml
    assert values["platelets"] == pytest.approx(5 * 26, rel=0.2)
    assert not any(bag.id in world.floor.bags for bag in concentrates)


def test_frozen_plasma_is_not_virus_inactivated(world: World) -> None:
    frozen = next(bag for bag in world.floor.bags.values() if bag.component == "FFP" and bag.core_c < -20)
    world.floor.put(frozen, "prep/out")
    assert "not liquid plasma" in refusal(world, "robot-2", "j", batch("virus_inactivate", unit("D0005V00", frozen)))
    liquid = next(bag for bag in world.floor.at("prep/out") if bag.component == "FFP" and bag.core_c > 0)
    assert order(world, "robot-2", "k", batch("virus_inactivate", unit("D0005V00", liquid))) == "accepted"
    live(world, 60)
    assert reports(world, BatchProcessed)[0].units[0].child is not None


@pytest.mark.parametrize("case", ["robot", "place", "twice", "product", "exists", "empty"])
def test_a_batch_that_cannot_be_done_is_refused_and_nothing_is_taken(world: World, case: str) -> None:
    first, second = red_cells(world, 2)
    one = unit("D0011V00", first)
    command = batch("irradiate", one, unit("D0011V00", second))
    device = "robot-1" if case == "robot" else "robot-2"
    if case == "place":
        world.floor.put(second, "dock")
    elif case == "twice":
        command = batch("irradiate", one, unit("D0010V00", first))
    elif case == "product":
        command = batch("irradiate", msgspec.structs.replace(one, bag=f"{first.din}-E9999V00"))
    elif case == "exists":
        command = batch("irradiate", msgspec.structs.replace(one, bag=first.id))
    elif case == "empty":
        command = batch("irradiate")
    assert refusal(world, device, "j", command)
    assert first.place == "prep/out"


def test_a_leak_ends_in_cleaning(world: World) -> None:
    robot = world.state.robots["robot-1"]
    robot.leaked = True
    live(world, 1)
    assert robot.unit.state is PackState.ABORTED
    live(world, 45)
    assert robot.unit.state is PackState.IDLE
