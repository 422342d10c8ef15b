"""Carriers: trips along the routes of the plant, what they find when they get there, and portals on the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from simulators_day import AT, SEED
from simulators_orders import events, live, order, refusal, reports

from plant.model import Plant
from plc_bridge.messages import BagMoved, Carry, Load
from simulators.floor import Bag, TagState
from simulators.machines.carrier import Carrier
from simulators.machines.packml import PackState
from simulators.machines.reliability import NEVER
from simulators.machines.ways import way_of
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO
from simulators.world import World

QUIET = replace(DEMO, max_donations=0, max_orders=0, door_first_min=None)


@pytest.fixture
def world(plant: Plant) -> World:
    return World(plant, opening_state(plant, SEED, AT)[0], QUIET, NEVER)


def on_shelf(world: World, shelf: str, count: int) -> list[Bag]:
    return [bag for bag in world.floor.bags.values() if bag.place.startswith(shelf + "/")][:count]


def load(bag: Bag, to_place: str, from_place: str | None = None) -> Load:
    return Load(task=f"t-{bag.id}", bag=bag.id, epc=bag.epc, from_place=from_place or bag.place, to_place=to_place)


def trip(bags: Sequence[Bag], to_place: str, name: str = "trip") -> Carry:
    return Carry(trip=name, loads=tuple(load(bag, to_place) for bag in bags))


def carrier(world: World, name: str) -> Carrier:
    return world.state.carriers[name]


def belted(world: World, place: str, count: int) -> list[Bag]:
    bags = on_shelf(world, "cold-1/s1", count)
    for bag in bags:
        world.floor.put(bag, place)
    return bags


def test_a_trip_takes_the_time_of_its_route_and_the_reach_of_its_shelf(world: World) -> None:
    (bag,) = on_shelf(world, "cold-1/s1", 1)
    assert order(world, "crane-1", "j", trip([bag], "belt/cold-1")) == "accepted"
    began = world.state.now
    while bag.place != "belt/cold-1":
        live(world, 1 / 60)
        assert (world.state.now - began).total_seconds() < 60
    assert (world.state.now - began).total_seconds() == pytest.approx(35 + 2, abs=2)
    (report,) = reports(world, BagMoved)
    assert (report.outcome, report.at_place, report.reason) == ("done", "belt/cold-1", "")


def test_a_crane_brings_ten_bags_at_once_and_calls_at_each_slot(world: World) -> None:
    bags = on_shelf(world, "cold-1/s1", 10)
    order(world, "crane-1", "j", trip(bags, "belt/cold-1"))
    live(world, 1.3)
    assert not world.floor.at("belt/cold-1")
    assert carrier(world, "crane-1").place == "belt/cold-1"
    assert len(carrier(world, "crane-1").load) == 10
    live(world, 0.5)
    assert len(world.floor.at("belt/cold-1")) == 10
    assert len(reports(world, BagMoved)) == 10
    assert world.job_state("crane-1", "j").status == "done"


def test_more_bags_than_a_carrier_takes_are_refused(world: World) -> None:
    assert "1 to 10 bags" in refusal(world, "crane-1", "j", trip(on_shelf(world, "cold-1/s1", 11), "belt/cold-1"))
    assert "1 to 10 bags" in refusal(world, "crane-1", "k", trip([], "belt/cold-1"))


def test_a_carrier_knows_only_its_own_ways(world: World) -> None:
    (bag,) = on_shelf(world, "cold-1/s1", 1)
    assert "has no way" in refusal(world, "crane-2", "j", trip([bag], "belt/cold-1"))
    assert "has no way" in refusal(world, "crane-1", "k", trip([bag], "nowhere"))


@pytest.mark.parametrize(
    ("device", "start", "end", "seconds"),
    [
        ("conv-1", "belt/cold-1", "belt/dispatch", 20.0 * 6),
        ("conv-1", "prep/out", "belt/cold-2", 25.0 + 40.0),
        ("crane-1", "cold-1/s1/001", "cold-1/s4/002", 35.0),
        ("amr-1", "belt/ult", "dispatch/gate", 90.0),
    ],
)
def test_neighbouring_routes_of_a_carrier_are_one_way(
    plant: Plant, device: str, start: str, end: str, seconds: float
) -> None:
    way = way_of(plant, device, start, end)
    assert way is not None
    assert way.seconds == seconds


def test_a_way_never_leads_through_a_machine(plant: Plant) -> None:
    assert way_of(plant, "conv-1", "belt/label", "belt/stock") is None


def test_an_occupied_slot_and_an_empty_one_fail_only_their_own_bag(world: World) -> None:
    good, blocked, gone = on_shelf(world, "cold-1/s1", 3)
    taken = on_shelf(world, "cold-1/s2", 1)[0].place
    free = next(slot for slot in world.plant.slots("cold-1/q2") if not world.floor.at(slot))
    was_at = gone.place
    world.floor.put(gone, "dock")
    loads = (load(good, free), load(blocked, taken), load(gone, "cold-1/q1/060", from_place=was_at))
    order(world, "crane-1", "j", Carry(trip="trip", loads=loads))
    live(world, 2)
    assert [(report.outcome, report.reason.partition(":")[0]) for report in reports(world, BagMoved)] == [
        ("done", ""),
        ("failed", "slot occupied"),
        ("failed", "slot empty"),
    ]
    assert (good.place, gone.place) == (free, "dock")
    assert reports(world, BagMoved)[1].at_place == blocked.place
    assert world.job_state("crane-1", "j").status == "failed"


def test_a_bag_with_another_tag_is_not_carried(world: World) -> None:
    (bag,) = on_shelf(world, "cold-1/s1", 1)
    command = msgspec.structs.replace(load(bag, "belt/cold-1"), epc="00" * 16)
    order(world, "crane-1", "j", Carry(trip="trip", loads=(command,)))
    live(world, 1)
    assert reports(world, BagMoved)[0].reason.startswith("wrong tag")


def test_a_dropped_bag_lies_in_the_aisle_and_the_report_says_so(world: World) -> None:
    (bag,) = on_shelf(world, "cold-1/s1", 1)
    carrier(world, "crane-1").drop = True
    order(world, "crane-1", "j", trip([bag], "cold-1/q2/060"))
    live(world, 1)
    (report,) = reports(world, BagMoved)
    assert (report.outcome, report.at_place, bag.place) == ("failed", "cold-1", "cold-1")
    assert report.reason.startswith("gripper drop")


def test_a_full_belt_lets_the_carrier_wait_and_then_give_up(world: World) -> None:
    waiting = belted(world, "belt/cold-1", 20)
    (bag,) = on_shelf(world, "cold-1/s2", 1)
    order(world, "crane-1", "j", trip([bag], "belt/cold-1"))
    live(world, 3)
    assert carrier(world, "crane-1").unit.state is PackState.SUSPENDED
    world.floor.put(waiting[0], "dock")
    live(world, 0.5)
    assert bag.place == "belt/cold-1"
    world.floor.put(waiting[0], "belt/cold-1")
    (other,) = on_shelf(world, "cold-1/s2", 1)
    order(world, "crane-1", "k", trip([other], "belt/cold-1", "second"))
    live(world, 12)
    assert reports(world, BagMoved)[-1].reason == "no room at belt/cold-1"
    assert other.place.startswith("cold-1/s2")


def through_stock_portal(world: World, count: int) -> list[Bag]:
    bags = belted(world, "label/cell-1", count)
    order(world, "conv-1", "j", trip(bags, "belt/stock"))
    live(world, 1)
    return bags


def test_bags_that_ride_through_a_portal_are_read_on_both_sides(world: World) -> None:
    bags = through_stock_portal(world, 5)
    assert {bag.place for bag in bags} == {"belt/stock"}
    sides: dict[str, list[int]] = {}
    for read in world.drain_reads():
        if read.reader == "reader-3":
            sides.setdefault(read.epc, []).append(read.antenna)
    crossed = {line["epc"] for line in events(world, "crossing") if line["outcome"] == "crossed"}
    assert crossed
    for epc in crossed:
        assert sides[str(epc)] == sorted(sides[str(epc)])
        assert set(sides[str(epc)]) == {1, 2}


def test_a_missed_tag_arrives_all_the_same_without_a_crossing(world: World) -> None:
    bags = belted(world, "label/cell-1", 4)
    bags[2].tag = TagState.DEAD
    order(world, "conv-1", "j", trip(bags, "belt/stock"))
    live(world, 1)
    assert [report.outcome for report in reports(world, BagMoved)] == ["done"] * 4
    assert bags[2].place == "belt/stock"
    assert [line["outcome"] for line in events(world, "crossing") if line["bag"] == bags[2].id] == ["unread"]
    assert bags[2].epc not in {read.epc for read in world.drain_reads()}


def test_a_jam_holds_the_belt_with_its_bags_and_the_trip_goes_on_afterwards(world: World) -> None:
    bags = belted(world, "belt/cold-1", 3)
    order(world, "conv-1", "j", trip(bags, "belt/dispatch"))
    live(world, 0.5)
    assert carrier(world, "conv-1").jam(world.scene, timedelta(minutes=40))
    live(world, 39)
    assert carrier(world, "conv-1").unit.state is PackState.HELD
    assert {bag.place for bag in bags} == {"belt/cold-1"}
    live(world, 3)
    assert {bag.place for bag in bags} == {"belt/dispatch"}
    assert [line["event"] for name in ("jam", "mended") for line in events(world, name)] == ["jam", "mended"]


def test_a_lost_position_gives_the_trip_up_and_brings_the_bags_back(world: World) -> None:
    bags = on_shelf(world, "cold-1/s1", 2)
    places = [bag.place for bag in bags]
    order(world, "crane-1", "j", trip(bags, "belt/cold-1"))
    live(world, 0.4)
    unit = carrier(world, "crane-1").unit
    unit.halt(world.state.now, PackState.ABORTED, "position lost", world.state.now + timedelta(minutes=5))
    carrier(world, "crane-1").lose_position("position lost")
    live(world, 7)
    assert [(report.outcome, report.reason) for report in reports(world, BagMoved)] == [("failed", "position lost")] * 2
    assert [bag.place for bag in bags] == places == [report.at_place for report in reports(world, BagMoved)]
    order(world, "crane-1", "k", trip(bags, "belt/cold-1", "second"))
    live(world, 2)
    assert {bag.place for bag in bags} == {"belt/cold-1"}


def test_a_diverter_that_points_the_wrong_way_sends_a_bag_to_dispatch_and_nobody_says_so(world: World) -> None:
    (bag,) = belted(world, "belt/ult", 1)
    carrier(world, "conv-1").misroute = True
    order(world, "conv-1", "j", trip([bag], "belt/label"))
    live(world, 1.2)
    (report,) = reports(world, BagMoved)
    assert (report.outcome, report.at_place) == ("done", "belt/label")
    assert bag.place == "dispatch/gate"
    assert [line["place"] for line in events(world, "fault") if line["fault"] == "wrong_way"] == ["dispatch/gate"]


def test_the_mobile_robot_drives_to_its_charger_when_its_battery_is_low(world: World) -> None:
    robot = carrier(world, "amr-1")
    robot.battery_pct = 10.0
    live(world, 1)
    assert robot.unit.state is PackState.SUSPENDED
    live(world, 30)
    assert robot.unit.state is PackState.IDLE
    assert robot.battery_pct >= 95.0
    bags = belted(world, "belt/cold-1", 3)
    order(world, "amr-1", "j", trip(bags, "dispatch/gate"))
    live(world, 1.0)
    before = robot.battery_pct
    live(world, 1.0)
    assert {bag.place for bag in bags} == {"dispatch/gate", "dispatch/reject"} or bags[0].place == "dispatch/gate"
    assert robot.battery_pct < before


def test_a_robot_with_a_flat_battery_keeps_its_bags_until_it_is_charged(world: World) -> None:
    robot, bags = carrier(world, "amr-1"), belted(world, "belt/ult", 2)
    order(world, "amr-1", "j", trip(bags, "dispatch/gate"))
    live(world, 1)
    robot.battery_pct = 0.0
    live(world, 20)
    assert robot.unit.state is PackState.HELD
    assert {bag.place for bag in bags} == {"belt/ult"}
    live(world, 12)
    assert world.job_state("amr-1", "j").status == "done"
