"""Vehicles take their boxes out, wait for the scanner, bring empty boxes home; weather and breakdowns are reported."""

from __future__ import annotations

import pytest
from simulators_fleet import SHIPMENT, drive, events, fair, fill, fleet_world, live, told

from simulators.fleet.vehicle import Phase, break_down
from simulators.world import World


@pytest.fixture
def world() -> World:
    return fleet_world()


def test_a_van_loads_visits_waits_for_the_scanner_and_brings_the_empty_boxes_home(world: World) -> None:
    first, second = fill(world, "r20-1"), fill(world, "r20-2", "shp-2")
    assert drive(world, "van-1", ("city-first", SHIPMENT, ("r20-1",)), ("childrens", "shp-2", ("r20-2",))) == "accepted"
    live(world, 240)
    assert told(world) == [
        "loaded", "departed", "arrived", "handed_over", "arrived", "handed_over", "returned",
    ]  # fmt: skip
    assert events(world)[-1]["boxes"] == ["r20-1", "r20-2"]
    assert {world.floor.bags[bag].place for bag in first} == {"hospital/city-first"}
    assert {world.floor.bags[bag].place for bag in second} == {"hospital/childrens"}
    assert world.state.boxes["r20-1"].place == "dispatch/boxes"
    assert world.state.depot.vehicles["van-1"].phase is Phase.HOME


def test_a_vehicle_does_not_leave_before_all_its_boxes_are_out_of_the_lock(world: World) -> None:
    fill(world, "r20-1")
    drive(world, "van-1", ("city-first", SHIPMENT, ("r20-1", "r20-2")))
    live(world, 60)
    assert told(world) == []
    fill(world, "r20-2")
    live(world, 20)
    assert told(world)[:2] == ["loaded", "departed"]


def test_a_box_that_the_hospital_has_not_scanned_stays_there(world: World) -> None:
    fill(world, "r20-1")
    drive(world, "van-1", ("city-first", SHIPMENT, ("r20-1",)))
    live(world, 300, scans=False)
    assert told(world)[-1] == "returned"
    assert events(world)[-1]["boxes"] == []
    assert world.state.boxes["r20-1"].place == "hospital/city-first"


def test_a_trip_given_twice_is_driven_once(world: World) -> None:
    fill(world, "r20-1")
    for _ in range(2):
        assert drive(world, "van-1", ("city-first", SHIPMENT, ("r20-1",))) == "accepted"
    live(world, 240)
    assert told(world).count("departed") == 1


@pytest.mark.parametrize(
    "stops",
    [(), (("city-first", SHIPMENT, ()),), (("city-first", SHIPMENT, ("r99-9",)),)],
    ids=["none", "empty", "unknown"],
)
def test_a_trip_without_stops_or_boxes_is_refused(
    world: World, stops: tuple[tuple[str, str, tuple[str, ...]], ...]
) -> None:
    assert drive(world, "van-1", *stops) == "refused"


def test_a_van_that_breaks_down_says_so_and_its_time_stands_still(world: World) -> None:
    fill(world, "r20-1")
    drive(world, "van-1", ("county", SHIPMENT, ("r20-1",)))
    live(world, 15)
    break_down(world.scene, world.state.depot.vehicles["van-1"], 2.0, "a tyre")
    live(world, 110)
    assert told(world)[-1] == "stuck"
    live(world, 240)
    assert told(world)[-4:] == ["moving", "arrived", "handed_over", "returned"]


def test_a_drone_flies_in_minutes_and_lands_at_home_again(world: World) -> None:
    fair(world)
    fill(world, "d6-1", bags=2)
    drive(world, "drone-1", ("childrens", SHIPMENT, ("d6-1",)))
    live(world, 30)
    assert told(world) == ["loaded", "departed", "arrived", "handed_over", "returned"]
    assert world.state.boxes["d6-1"].place == "dispatch/boxes"


def test_a_drone_that_the_wind_turns_back_brings_its_full_box_home(world: World) -> None:
    fair(world)
    bags = fill(world, "d6-1", bags=2)
    drive(world, "drone-1", ("provincial", SHIPMENT, ("d6-1",)))
    live(world, 4)
    assert told(world) == ["loaded", "departed"]
    world.state.depot.weather.wind_m_s = 12.0
    live(world, 20)
    assert told(world)[2:] == ["turned_back", "returned"]
    assert "wind 12.0 m/s" in str(events(world)[2]["reason"])
    assert world.state.boxes["d6-1"].place == f"transit/{SHIPMENT}"
    assert {world.floor.bags[bag].place for bag in bags} == {"box/d6-1"}


def test_the_weather_is_told_every_ten_minutes(world: World) -> None:
    live(world, 61)
    assert len(events(world, "weather-seen")) == 7


def test_boxes_aboard_stand_in_the_air_of_the_van(world: World) -> None:
    fill(world, "r20-1")
    drive(world, "van-1", ("county", SHIPMENT, ("r20-1",)))
    live(world, 20)
    van = world.state.depot.vehicles["van-1"]
    assert world.state.boxes["r20-1"].around_c == van.cargo.air_c
