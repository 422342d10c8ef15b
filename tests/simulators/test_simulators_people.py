"""What people do: true days, compressed order mix, boxes handed over one by one, what comes back."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from simulators_day import AT, SEED

from blood.isbt128 import BagId
from plant.model import Plant
from simulators.floor import new_bag
from simulators.people import deliveries, donors, needs
from simulators.people.agents import collection_body, note_body, order_body, return_body
from simulators.people.day import Fitness, People, hand_over, keep, receive, send_back, step
from simulators.people.pace import DEMO, REALISTIC, ByCalendar, Pace
from simulators.rhythm.days import donations_on
from simulators.rhythm.profiles import CHINA
from simulators.rhythm.shocks import PANDEMIC, RHD_NEGATIVE_DROUGHT, DatedShock
from simulators.scene import Scene
from simulators.state import new_state
from simulators.world import World

ZONE = ZoneInfo("Asia/Shanghai")


def empty_world(plant: Plant, pace: Pace, at: datetime = AT) -> World:
    return World(plant, new_state(plant, SEED, at, People(at.year, 1)), pace)


def live(world: World, hours: float, every: timedelta = timedelta(minutes=5)) -> list[datetime]:
    """Let only the people live, all papers done at once; returns when totes left for the portal."""
    scene, people, passed = world.scene, world.state.people, []
    end = scene.now + timedelta(hours=hours)
    while scene.now < end:
        scene.now += every
        people.unreported.clear()
        people.unannounced.clear()
        before = len(world.state.passages)
        step(scene, people, world.pace, world.state.passages)
        passed += [passage.ends for passage in world.state.passages[before:]]
    return passed


def without_a_way_from_the_dock(plant: Plant) -> Plant:
    return msgspec.structs.replace(plant, routes=tuple(way for way in plant.routes if way.from_place != "dock"))


# ---- donors ----------------------------------------------------------------------------------------------------------


def test_a_true_day_has_the_donors_of_its_date_in_their_hours(plant: Plant) -> None:
    midnight = datetime(2026, 5, 13, tzinfo=ZONE)
    world = empty_world(plant, REALISTIC, midnight)
    passed = live(world, 24)
    assert world.state.people.donations == donations_on(SEED, CHINA, 24.0, midnight.date()) > 0
    hours = [bag.collected_at.astimezone(ZONE).hour for bag in world.floor.bags.values()]
    assert set(hours) <= set(range(8, 21))
    assert passed
    assert all(12 <= at.astimezone(ZONE).hour <= 21 for at in passed)


def test_true_results_come_the_next_afternoon(plant: Plant) -> None:
    world = empty_world(plant, REALISTIC, datetime(2026, 5, 13, tzinfo=ZONE))
    live(world, 24)
    due = [donation.results_due for donation in world.state.people.untested.values()]
    assert due
    assert all(at is not None and 13 <= at.astimezone(ZONE).hour <= 14 and at.day >= 14 for at in due)


def test_a_world_that_stood_still_all_day_calls_nobody_in_the_evening(plant: Plant) -> None:
    world = empty_world(plant, REALISTIC, datetime(2026, 5, 13, tzinfo=ZONE))
    live(world, 0.2)
    world.scene.now += timedelta(hours=23)
    live(world, 0.1)
    assert world.state.people.donations == 0


def test_a_true_day_goes_on_after_a_snapshot(plant: Plant) -> None:
    whole = empty_world(plant, REALISTIC, datetime(2026, 5, 13, tzinfo=ZONE))
    live(whole, 12)
    whole.state.now = whole.scene.now
    restored = World(plant, msgspec.json.decode(msgspec.json.encode(whole.state), type=type(whole.state)), REALISTIC)
    for world in (whole, restored):
        live(world, 12)
    for part in ("people", "bags", "passages"):
        assert msgspec.json.encode(getattr(whole.state, part)) == msgspec.json.encode(getattr(restored.state, part))


def test_apheresis_platelets_come_only_where_the_plant_has_a_way_for_them(plant: Plant) -> None:
    for site, expected in ((without_a_way_from_the_dock(plant), {"WB"}), (plant, {"WB", "PLT_A"})):
        world = empty_world(site, DEMO)
        live(world, 12)
        assert {bag.component for bag in world.floor.bags.values()} == expected
    platelets = [donation for donation in world.state.people.untested.values() if donation.product]
    assert {(donation.product, donation.volume_ml) for donation in platelets} == {("D0006V00", 250.0)}
    assert "product" in collection_body(platelets[0])


def test_no_platelet_donor_is_invited_when_the_incubator_is_nearly_full(plant: Plant) -> None:
    world = empty_world(plant, replace(DEMO, stock_ceiling=100_000))
    live(world, 24 * 5, timedelta(minutes=10))
    platelets = sum(bag.component == "PLT_A" for bag in world.floor.bags.values())
    assert platelets == 41  # of 48 slots


def test_volumes_and_reactive_donations_follow_the_rhythm(plant: Plant) -> None:
    world = empty_world(plant, replace(DEMO, stock_ceiling=100_000))
    live(world, 24 * 14, timedelta(minutes=10))
    donations = list(world.state.people.untested.values())
    assert len(donations) > 5_000
    volumes = Counter(donation.volume_ml for donation in donations if not donation.product)
    assert volumes[400.0] / volumes.total() == pytest.approx(0.60, abs=0.03)
    assert sum(donation.reactive is not None for donation in donations) / len(donations) == pytest.approx(
        0.0255, abs=0.008
    )


def test_a_tote_waits_for_its_reports_and_its_note(plant: Plant) -> None:
    world = empty_world(plant, DEMO)
    scene, people = world.scene, world.state.people
    scene.now += timedelta(minutes=7)
    step(scene, people, DEMO, world.state.passages)
    (tote,), (note,) = people.totes, people.unannounced.values()
    assert [f"{item['din']}-{item['product']}" for item in note_body(note)["items"]] == tote.bags
    for papers in (people.unreported, people.unannounced):
        scene.now += timedelta(minutes=10)
        step(scene, people, DEMO, world.state.passages)
        assert not world.state.passages
        papers.clear()
    for _ in range(2):
        scene.now += timedelta(minutes=4)
        donors.drive_totes(scene, people, world.state.passages)
    assert [passage.bags for passage in world.state.passages] == [tote.bags]


def test_shocks_of_a_pace_reach_donors_and_orders(plant: Plant) -> None:
    monday = datetime(2026, 5, 11, tzinfo=ZONE)
    counts = []
    for shocks in ((), (DatedShock(PANDEMIC, monday.date()),)):
        world = empty_world(
            plant, replace(REALISTIC, tempo=ByCalendar(100.0, shocks=shocks), stock_ceiling=9999), monday
        )
        live(world, 24 * 14, timedelta(minutes=15))
        counts.append((world.state.people.donations, world.state.people.needs))
    (donations, orders), (fewer, ordered_less) = counts
    assert fewer / donations == pytest.approx(0.33, abs=0.04)
    assert ordered_less / orders == pytest.approx(0.5, abs=0.12)


def test_a_drought_brings_no_rhd_negative_donor(plant: Plant) -> None:
    monday = datetime(2026, 5, 11, tzinfo=ZONE)
    negative = []
    for shocks in ((), (DatedShock(RHD_NEGATIVE_DROUGHT, monday.date()),)):
        pace = replace(REALISTIC, tempo=ByCalendar(100.0, shocks=shocks), rhd_negative=0.2)
        world = empty_world(plant, pace, monday)
        live(world, 24 * 3, timedelta(minutes=15))
        negative.append(sum(bag.group.endswith("-") for bag in world.floor.bags.values()))
    assert negative[0] > 20
    assert negative[1] == 0


# ---- hospitals' needs ------------------------------------------------------------------------------------------------


def compressed_needs(plant: Plant, count: int) -> list[dict[str, object]]:
    world = empty_world(plant, DEMO)
    for component in ("CRYO", "PLT_A", "FFP"):  # the ward sees that there is some
        world.floor.add(some_bag(plant, component, 1, "dock"))
    people, scene = world.state.people, world.scene
    while people.needs < count:
        scene.now += timedelta(minutes=30)
        needs.need_blood(scene, people, DEMO)
    return [order_body(need) for need in people.unordered.values()]


def some_bag(plant: Plant, component: str, serial: int, place: str, warm_c: float = 4.0):  # type: ignore[no-untyped-def]  # a bag of the world
    din = donors.new_din(plant, 2026, 900_000 + serial)
    return new_bag(
        plant, SEED, BagId(din, plant.product_of(component)), group="O+", volume_ml=200.0, donor="D1",
        collected_at=AT, place=place, temperature_c=warm_c,
    )  # fmt: skip


def test_compressed_orders_have_the_mix_of_kinds_priorities_and_components(plant: Plant) -> None:
    orders = compressed_needs(plant, 1500)
    kinds = Counter(order["kind"] for order in orders)
    for kind, share in {"stock": 0.70, "standing": 0.10, "patient": 0.17, "emergency": 0.03}.items():
        assert kinds[kind] / 1500 == pytest.approx(share, abs=0.045)
    priorities = {kind: {order["priority"] for order in orders if order["kind"] == kind} for kind in kinds}
    assert priorities == {"stock": {3}, "standing": {4}, "patient": {2, 3}, "emergency": {0}}
    lines = Counter(line["component"] for order in orders for line in order["lines"])  # type: ignore[attr-defined]
    assert set(lines) == {"RBC_S", "FFP", "FFP_MB", "PLT_A", "CRYO", "RBC_W", "RBC_IRR", "PLT_IRR"}
    assert lines["RBC_S"] / lines.total() == pytest.approx(0.55, abs=0.04)
    assert lines["CRYO"] / lines.total() == pytest.approx(0.08, abs=0.03)
    assert {order["hospital"] for order in orders} == {hospital.id for hospital in plant.hospitals}


def test_an_order_asks_once_for_each_component_and_group(plant: Plant) -> None:
    for order in compressed_needs(plant, 300):
        wishes = [(line["component"], line["group"]) for line in order["lines"]]  # type: ignore[attr-defined]
        assert len(wishes) == len(set(wishes)) > 0


def test_nobody_orders_what_this_centre_neither_has_nor_makes(plant: Plant) -> None:
    world = empty_world(plant, DEMO)
    for _ in range(300):
        world.scene.now += timedelta(minutes=30)
        needs.need_blood(world.scene, world.state.people, DEMO)
    orders = world.state.people.unordered.values()
    asked = {line[0] for need in orders for line in need.lines}
    assert asked == {"RBC_S", "RBC_IRR", "RBC_W", "FFP", "FFP_MB"}
    assert all(need.lines for need in orders)
    assert [need.number for need in orders] == list(range(len(orders)))


def test_an_emergency_is_due_half_an_hour_and_the_road_later(plant: Plant) -> None:
    world = empty_world(plant, DEMO)
    for _ in range(400):
        world.scene.now += timedelta(minutes=30)
        needs.need_blood(world.scene, world.state.people, DEMO)
    for need in world.state.people.unordered.values():
        road = plant.hospital_by_id[need.hospital].road_min
        expected = {0: 30.0 + road, 2: 120.0, 3: 240.0, 4: 240.0}[need.priority]
        assert need.due_at is not None
        assert (need.due_at - need.at).total_seconds() / 60.0 == pytest.approx(expected)


def test_true_orders_of_a_week_ask_for_about_what_donors_give(plant: Plant) -> None:
    world = empty_world(plant, REALISTIC, datetime(2026, 5, 11, tzinfo=ZONE))
    live(world, 24 * 28, timedelta(minutes=15))
    orders = world.state.people.unordered.values()
    red = sum(bags for need in orders for component, _, bags in need.lines if component.startswith("RBC"))
    assert red / 28 == pytest.approx(24 * 0.88 * 0.97, rel=0.25)
    assert {need.kind for need in orders} == {"stock", "standing", "patient", "emergency"}
    assert all(need.due_at is not None and need.due_at > need.at for need in orders)
    hours = Counter(need.at.astimezone(ZONE).hour for need in orders)
    assert hours[8] > hours[15] > hours[3]


# ---- after the door --------------------------------------------------------------------------------------------------


def boxed(world: World, box: str, first: int, count: int, warm_c: float = 4.0) -> list[str]:
    bags = [some_bag(world.plant, "RBC_S", first + number, f"box/{box}", warm_c) for number in range(count)]
    for bag in bags:
        world.floor.add(bag)
    return [bag.id for bag in bags]


def test_a_shipment_is_received_box_by_box(world: World) -> None:
    scene, people = world.scene, world.state.people
    good, warm = boxed(world, "r20-1", 0, 3), boxed(world, "r20-2", 10, 2, warm_c=14.0)
    hand_over(scene, people, "shp-1", "county", "r20-1", good)
    hand_over(scene, people, "shp-1", "county", "r20-2", warm)
    assert {world.floor.bags[name].place for name in good + warm} == {"hospital/county"}
    parcels = people.delivered["shp-1"].parcels
    assert [parcel.fitness for parcel in parcels.values()] == [Fitness.IN_RANGE, Fitness.OUT_OF_RANGE]
    receive(scene, people, "shp-1", "r20-2", returned_share=0.0)
    assert list(people.delivered["shp-1"].parcels) == ["r20-1"]
    assert set(people.in_use) == set(warm)
    receive(scene, people, "shp-1", "r20-1", returned_share=0.0)
    assert not people.delivered
    assert set(people.in_use) == set(good + warm)


def test_a_bag_that_is_not_needed_comes_back_through_the_returns_portal(world: World) -> None:
    scene, people = world.scene, world.state.people
    (name,) = boxed(world, "r20-1", 0, 1)
    hand_over(scene, people, "shp-1", "county", "r20-1", [name])
    receive(scene, people, "shp-1", returned_share=1.0)
    (back,) = people.returns.values()
    assert scene.now < back.at
    assert return_body(back)["bags"] == [name]
    send_back(scene, people, world.state.passages, name)
    assert not people.returns
    passage = world.state.passages[-1]
    assert (passage.portal, passage.from_place, passage.to_place) == ("p5", "hospital/county", "returns")
    until = passage.ends + timedelta(minutes=45)
    world.state.people.totes.clear()
    world.advance(until, until)
    assert world.floor.bags[name].place == "returns"


def test_a_centre_that_takes_nothing_back_lets_the_hospital_use_it(world: World) -> None:
    scene, people = world.scene, world.state.people
    (name,) = boxed(world, "r20-1", 0, 1)
    hand_over(scene, people, "shp-1", "county", "r20-1", [name])
    receive(scene, people, "shp-1", returned_share=1.0)
    keep(scene, people, name)
    assert not people.returns
    assert set(people.in_use) == {name}


def test_two_of_five_returns_have_been_out_too_long(world: World) -> None:
    scene, people = world.scene, world.state.people
    names = boxed(world, "r20-1", 0, 400)
    hand_over(scene, people, "shp-1", "county", "r20-1", names)
    receive(scene, people, "shp-1", returned_share=1.0)
    unfit = [back for back in people.returns.values() if back.fitness is Fitness.OUT_OF_RANGE]
    assert len(unfit) / 400 == pytest.approx(0.40, abs=0.08)
    assert all(not return_body(back)["temperature_ok"] for back in unfit)


def test_the_road_without_boxes_still_leads_to_the_hospital(world: World) -> None:
    scene, people = world.scene, world.state.people
    bag = some_bag(world.plant, "RBC_S", 1, "transit/shp-9")
    world.floor.add(bag)
    deliveries.leave(scene, people, "shp-9", "county")
    scene.now += timedelta(hours=4)
    deliveries.arrive(scene, people)
    assert people.delivered["shp-9"].parcels[deliveries.NO_BOX].bags == [bag.id]
    assert isinstance(scene, Scene)
