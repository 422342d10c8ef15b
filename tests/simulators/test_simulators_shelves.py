"""Shelf antennas: who lies there is read round by round, and tags that are fixed at antennas answer steadily."""

from dataclasses import replace

import msgspec
import pytest
from simulators_day import AT, SEED
from simulators_orders import live

from plant.model import Plant
from simulators.faults import cause
from simulators.machines.reliability import NEVER
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO
from simulators.standing_reads import neighbours
from simulators.world import World

QUIET = replace(DEMO, max_donations=0, max_orders=0, door_first_min=None)


@pytest.fixture
def world(plant: Plant) -> World:
    return World(plant, opening_state(plant, SEED, AT)[0], QUIET, NEVER)


def heard(world: World, port: int) -> list[str]:
    return [read.epc for read in world.drain_reads() if (read.reader, read.antenna) == ("reader-4", port)]


def lying(world: World, shelf: str) -> set[str]:
    return {bag.epc for bag in world.floor.bags.values() if bag.place.startswith(shelf + "/")}


def test_nearly_every_bag_of_a_shelf_is_read_in_each_round(world: World) -> None:
    live(world, 10)
    counts = heard(world, 1)
    mine = lying(world, "cold-1/s1")
    rounds = world.state.shelf_rounds.number
    assert rounds == 5
    own = [epc for epc in counts if epc in mine]
    assert len(own) / (rounds * len(mine)) == pytest.approx(0.985, abs=0.02)


def test_only_shelves_beside_it_leak_into_an_antenna(world: World) -> None:
    assert neighbours(world.plant, "cold-1/s2") == ["cold-1/s1", "cold-1/s3"]
    live(world, 30)
    others = set(heard(world, 1)) - lying(world, "cold-1/s1")
    assert others <= {epc for shelf in neighbours(world.plant, "cold-1/s1") for epc in lying(world, shelf)}


def test_a_bag_that_was_taken_away_and_a_dead_tag_are_silent(world: World) -> None:
    gone, dead = [bag for bag in world.floor.bags.values() if bag.place.startswith("cold-1/s1/")][:2]
    cause(world, "misplaced", f"{gone.id}/dock")
    cause(world, "tag_dead", dead.id)
    live(world, 10)
    assert not {gone.epc, dead.epc} & set(heard(world, 1))


def test_a_deaf_shelf_antenna_hears_nothing(world: World) -> None:
    cause(world, "reader_deaf", "reader-4/1")
    live(world, 10)
    assert not heard(world, 1)


def test_a_tag_that_is_fixed_at_an_antenna_answers_while_the_antenna_hears(plant: Plant) -> None:
    readers = tuple(
        msgspec.structs.replace(
            reader,
            antennas=tuple(
                msgspec.structs.replace(antenna, reference="ee" * 16) if antenna.portal == "p4" else antenna
                for antenna in reader.antennas
            ),
        )
        for reader in plant.readers
    )
    fixed = msgspec.structs.replace(plant, readers=readers)
    world = World(fixed, opening_state(fixed, SEED, AT)[0], QUIET, NEVER)
    cause(world, "reader_deaf", "reader-2/3")
    live(world, 2)
    ports = [read.antenna for read in world.drain_reads() if read.epc == "ee" * 16]
    assert set(ports) == {2}
    assert len(ports) == 6
