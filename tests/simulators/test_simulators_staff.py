"""People on the floor put right what they see: red lamps, bags that nobody fetches, boxes that stand unread."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from plant.model import Plant
from rfid.messages import Direction
from simulators.boxes import close
from simulators.floor import Bag, TagState
from simulators.machines.packml import PackState
from simulators.passages import read_through
from simulators.people.staff import FORGOTTEN_AFTER, PASSES
from simulators.physics.box import Conditioning
from simulators.scene import Listening
from simulators.state import load_state, save_state
from simulators.world import World


def live(world: World, minutes: float) -> None:
    until = world.state.now + timedelta(minutes=minutes)
    world.advance(until, until)


def noted(world: World, event: str) -> list[dict[str, Any]]:
    lines = [msgspec.json.decode(text) for _, text in world.state.log.lines]
    return [line for line in lines if line["event"] == event]


def lies_at(world: World, place: str) -> Bag:
    """Any bag of the opening, lying at a place."""
    bag = min((bag for bag in world.floor.bags.values() if bag.place.startswith("cold-1/")), key=lambda bag: bag.id)
    world.floor.put(bag, place)
    return bag


def carried_unread(world: World) -> Bag:
    """A bag that the belt has just carried through the stock portal while its tag was silent."""
    bag = lies_at(world, "belt/stock")
    bag.tag = TagState.DEAD
    read_through(world.scene, "p3", Direction.IN, [bag.id], "p3/trip", world.state.now)
    return bag


def test_a_bag_with_a_red_lamp_is_carried_through_the_portal_again_within_half_an_hour(world: World) -> None:
    bag = carried_unread(world)
    bag.tag = TagState.ALIVE
    live(world, 18)
    assert noted(world, "passed_again") == []
    live(world, 14)
    (line,) = noted(world, "passed_again")
    assert (line["bag"], line["outcome"], bag.place) == (bag.id, "read", "belt/stock")
    assert {read.reader for read in world.drain_reads() if read.epc == bag.epc} == {"reader-3"}
    live(world, 30)
    assert len(noted(world, "passed_again")) == 1


def test_a_tag_that_never_answers_is_left_to_the_scanner_after_three_passes(world: World) -> None:
    carried_unread(world)
    live(world, 110)
    assert [line["outcome"] for line in noted(world, "passed_again")] == ["unread"] * PASSES
    assert world.state.staff.red == {}


def test_nobody_carries_a_bag_through_a_dark_portal(world: World) -> None:
    bag = carried_unread(world)
    bag.tag = TagState.ALIVE
    world.listen("reader-3", Listening.NO)
    live(world, 40)
    assert noted(world, "passed_again") == []
    world.listen("reader-3", Listening.YES)
    live(world, 6)
    assert [line["outcome"] for line in noted(world, "passed_again")] == ["read"]


def test_a_bag_that_has_gone_on_is_not_fetched_back(world: World) -> None:
    bag = carried_unread(world)
    live(world, 1)
    world.floor.put(bag, "belt/return")
    live(world, 15)
    assert noted(world, "passed_again") == []


def test_what_people_have_in_mind_survives_a_restart(world: World, plant: Plant, tmp_path: Path) -> None:
    bag = carried_unread(world)
    bag.tag = TagState.ALIVE
    live(world, 1)
    save_state(world.state, tmp_path / "world.json")
    again = World(plant, load_state(tmp_path / "world.json", plant), world.pace)
    live(again, 32)
    assert [line["bag"] for line in noted(again, "passed_again")] == [bag.id]


@pytest.mark.parametrize("place", ["cold-1", "belt/ult"], ids=["aisle", "belt"])
def test_a_bag_that_nobody_fetches_is_carried_past_the_antennas_of_the_stock_portal(world: World, place: str) -> None:
    bag = lies_at(world, place)
    live(world, FORGOTTEN_AFTER / timedelta(minutes=1) - 10)
    assert bag.place == place
    live(world, 20)
    assert bag.place == "belt/stock"
    assert bag.id in {line["bag"] for line in noted(world, "picked_up")}


def test_a_bag_waits_as_long_as_its_machine_stands(world: World) -> None:
    bag = lies_at(world, "cold-1")
    world.state.carriers["crane-1"].unit.halt(world.state.now, PackState.HELD, "held")
    live(world, FORGOTTEN_AFTER / timedelta(minutes=1) + 20)
    assert bag.place == "cold-1"


def test_a_box_that_was_not_read_in_its_own_tries_is_turned_again(world: World) -> None:
    tunnel = world.state.tunnels["p4-box"]
    box = min(world.state.boxes.values(), key=lambda box: box.id)
    bag = lies_at(world, box.inside)
    bag.tag = TagState.DEAD
    close(world.plant, box, [bag], Conditioning.FOR_HEAT)
    box.place = "dispatch/check"
    live(world, 5)
    assert (tunnel.tries, tunnel.next_at) == (3, None)
    bag.tag = TagState.ALIVE
    live(world, 6)
    assert len(noted(world, "turned")) == 1
    assert noted(world, "tunnel")[-1]["missed"] == []
