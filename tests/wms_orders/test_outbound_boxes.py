"""Which boxes a shipment takes, and what becomes of one that is not right."""

from __future__ import annotations

import pytest
from outbound_looks import NURSE, alarms, kinds, logger_says, ordered, shipments, sign_for

from blood.groups import BloodGroup
from plant.load import demo_text, parse_plant
from plant.model import Box, BoxClass
from wms.holds.commands import place_hold
from wms.orders.commands import LineWish
from wms.orders.lifecycle import OrderState, ShipmentState
from wms.outbound.box_choice import Load, choose_boxes, class_for
from wms.outbound.receipt import Verdict
from wms.outbound.shipments import GRACE

PLANT = parse_plant(demo_text())


def cold(bags: int, *boxes: Box, wants_air: bool = False) -> tuple[Load, ...]:
    return choose_boxes([(f"b{number}", BoxClass.COLD) for number in range(bags)], boxes, wants_air=wants_air)


def box_of(store, name: str) -> str:
    found = store.all("SELECT state FROM box WHERE id = :name", name=name)
    return str(found[0].state) if found else "empty"


def box(name: str, bags: int, kind: BoxClass = BoxClass.COLD, *, flies: bool = False) -> Box:
    return Box(id=name, kind=kind, bags=bags, empty_kg=1.0, flies=flies)


@pytest.mark.parametrize(
    ("component", "kind"),
    [("RBC_S", BoxClass.COLD), ("PLT_A", BoxClass.PLATELET), ("FFP", BoxClass.FROZEN), ("CRYO", BoxClass.FROZEN)],
)
def test_the_transport_range_of_a_component_decides_the_class(component: str, kind: BoxClass) -> None:
    assert class_for(PLANT, PLANT.components[component]) is kind


def test_no_box_is_cold_enough_for_frozen_red_cells() -> None:
    assert class_for(PLANT, PLANT.components["RBC_F"]) is None


def test_the_smallest_box_that_takes_all_is_chosen() -> None:
    assert [load.box for load in cold(5, box("big", 20), box("small", 6))] == ["small"]


def test_many_bags_fill_the_biggest_boxes_first() -> None:
    loads = cold(25, box("small", 6), box("big", 20))
    assert [(load.box, len(load.bags)) for load in loads] == [("big", 20), ("small", 5)]


def test_classes_never_share_a_box() -> None:
    bags = [("r", BoxClass.COLD), ("p", BoxClass.FROZEN)]
    loads = choose_boxes(bags, [box("c", 20), box("f", 20, BoxClass.FROZEN)])
    assert loads == (Load("c", ("r",)), Load("f", ("p",)))


def test_boxes_that_fly_are_kept_for_flights() -> None:
    boxes = (box("d", 6, flies=True), box("r", 20))
    assert [load.box for load in cold(3, *boxes)] == ["r"]
    assert [load.box for load in cold(3, *boxes, wants_air=True)] == ["d"]
    assert [load.box for load in cold(3, boxes[0])] == ["d"]


def test_bags_without_a_box_are_in_no_load() -> None:
    assert cold(3) == ()


async def test_each_class_of_a_shipment_travels_in_its_own_box(store, floor) -> None:
    red, plasma = await store.bag(), await store.bag(component="FFP")
    await ordered(store, lines=(LineWish("RBC_S", BloodGroup("O+"), 1), LineWish("FFP", BloodGroup("O+"), 1)))
    await floor.run(20)
    assert [store.state_of(bag)["place"] for bag in (red, plasma)] == ["box/r20-1", "box/f20-1"]
    assert {store.state_of(bag)["status"] for bag in (red, plasma)} == {"IN_TRANSIT"}


async def test_a_box_whose_bags_are_taken_out_stays_in_the_house_when_the_rest_leaves(store, floor) -> None:
    """It was put on the road by its shipment's permit once: a van waited for it at the lock, with all others aboard."""
    red, plasma = await store.bag(), await store.bag(component="FFP")
    await ordered(store, lines=(LineWish("RBC_S", BloodGroup("O+"), 1), LineWish("FFP", BloodGroup("O+"), 1)))
    floor.unread.add(floor.epc(plasma))
    await floor.run_until(lambda: (box_of(store, "f20-1"), box_of(store, "r20-1")) == ("packed", "checked"))
    store.clock.step(GRACE.total_seconds())  # it leaves with what it has
    floor.to_unpack, floor.people_carry = [], False
    await store.write(lambda tx: place_hold(tx, NURSE, bag=plasma, reason="recall"))
    await floor.run_until(lambda: store.state_of(red)["status"] == "IN_TRANSIT")
    assert box_of(store, "f20-1") == "refused"
    (unpack,), floor.to_unpack = floor.to_unpack, None
    await floor.unpack(unpack)
    on_the_road = {row.subject for row in store.all("SELECT subject FROM ledger WHERE kind = 'box.in_transit'")}
    assert on_the_road == {"r20-1"}
    assert box_of(store, "f20-1") == "empty"
    assert store.state_of(plasma)["status"] == "AVAILABLE"


@pytest.mark.parametrize("coolant_c", [-18.0, 14.0, None])
async def test_wrong_coolant_is_unpacked_and_another_box_taken(store, floor, coolant_c: float | None) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.coolant_c["r20-1"] = coolant_c
    await floor.run_until(lambda: bool(alarms(store, "box_refused")))
    assert alarms(store, "box_refused") == [("r20-1", "unacknowledged")]
    await floor.run(24)
    assert (store.state_of(bag)["status"], store.state_of(bag)["place"]) == ("IN_TRANSIT", "box/r20-2")
    assert alarms(store, "box_refused") == [("r20-1", "returned_unacknowledged")]
    assert [kind for kind in kinds(store, bag) if kind in {"bag.packed", "bag.unpacked"}] == [
        "bag.packed", "bag.unpacked", "bag.packed",
    ]  # fmt: skip


async def test_a_logger_that_was_not_started_is_no_journey(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.forgotten_loggers.add("r20-1")
    await floor.run(30)
    assert (store.state_of(bag)["status"], store.state_of(bag)["place"]) == ("IN_TRANSIT", "box/r20-2")


async def test_an_exact_look_does_not_put_wrong_coolant_right(store, floor) -> None:
    await store.bag()
    await ordered(store)
    floor.coolant_c["r20-1"] = 14.0
    await floor.run_until(lambda: bool(alarms(store, "box_refused")))
    assert store.all("SELECT state, fault FROM box WHERE id = 'r20-1'") in ([("refused", "coolant")], [("empty", None)])
    assert "box.checked" not in [row.kind for row in store.all("SELECT kind FROM ledger WHERE subject = 'r20-1'")]


async def test_a_station_that_jams_is_asked_again_and_people_are_called(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.station_works = False
    await floor.run(12)
    assert store.state_of(bag)["status"] == "PICKED"
    await floor.run(20, step_s=60)
    assert alarms(store, "pack_failed") == [("pack-1", "unacknowledged")]
    floor.station_works = True
    await floor.run(30, step_s=60)
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "pack_failed") == [("pack-1", "returned_unacknowledged")]


async def test_a_bag_held_in_a_packed_box_is_taken_out_and_the_rest_travels(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    await ordered(store, 2)
    floor.lock_listens = False
    await floor.run_until(lambda: bool(store.all("SELECT 1 FROM box WHERE state = 'checked'")))
    await store.write(lambda tx: place_hold(tx, NURSE, bag=first, reason="recall"))
    floor.lock_listens = True
    await floor.run(12)
    assert not str(store.state_of(first)["place"]).startswith("box/")
    await floor.run(20, step_s=120)
    assert store.state_of(second)["status"] == "IN_TRANSIT"
    assert store.state_of(first)["status"] == "AVAILABLE"


async def test_a_box_that_does_not_come_into_its_range_is_packed_anew(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    store.warm.add("box/r20-1")
    await floor.run(6)
    assert shipments(store)[0].state is ShipmentState.GATHERING
    await floor.run(12, step_s=120)
    assert (store.state_of(bag)["status"], store.state_of(bag)["place"]) == ("IN_TRANSIT", "box/r20-2")


async def test_when_no_logger_is_heard_at_all_the_box_waits_for_people_and_leaves_when_it_is_heard(
    store, floor
) -> None:
    bag = await store.bag()
    await ordered(store)
    store.warm |= {f"box/{box.id}" for box in store.plant.boxes}
    await floor.run(60, step_s=120)
    assert store.state_of(bag)["place"] == "box/r20-3"
    assert alarms(store, "box_refused")[-1] == ("r20-3", "unacknowledged")
    packings = len(store.all("SELECT id FROM packing"))
    await floor.run(20, step_s=120)
    assert len(store.all("SELECT id FROM packing")) == packings
    store.warm.clear()
    await floor.run()
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "box_refused")[-1] == ("r20-3", "returned_unacknowledged")


async def test_a_box_outside_its_range_on_the_road_is_received_on_hold_and_the_rest_accepted(store, floor) -> None:
    red, plasma = await store.bag(), await store.bag(component="FFP")
    order = await ordered(store, lines=(LineWish("RBC_S", BloodGroup("O+"), 1), LineWish("FFP", BloodGroup("O+"), 1)))
    await floor.run(20)
    (travels,) = shipments(store)
    await logger_says(store, "r20-1", outside=True)
    await floor.run(5, step_s=600)
    await logger_says(store, "r20-1", outside=False)
    await floor.run(2)
    found = await sign_for(store, travels.id, [red, plasma])
    assert [one.verdict for one in found] == [Verdict.RECEIVED_ON_HOLD, Verdict.RECEIVED]
    assert "box r20-1 was outside its range" in found[0].detail
    assert store.show(order).state is OrderState.RECEIVED
    assert store.all("SELECT id, state, place FROM box ORDER BY id") == [
        ("f20-1", "at_hospital", "hospital/east-lake"), ("r20-1", "at_hospital", "hospital/east-lake"),
    ]  # fmt: skip


async def test_a_hole_in_the_radio_is_nothing_and_a_long_silence_is_held(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(component="FFP")
    await ordered(store, lines=(LineWish("RBC_S", BloodGroup("O+"), 1), LineWish("FFP", BloodGroup("O+"), 1)))
    await floor.run(20)
    store.warm |= {"box/r20-1", "box/f20-1"}
    await floor.run(2, step_s=600)
    store.warm.discard("box/r20-1")
    await floor.run(3, step_s=600)
    found = await sign_for(store, shipments(store)[0].id, [first, second])
    assert [one.verdict for one in found] == [Verdict.RECEIVED, Verdict.RECEIVED_ON_HOLD]
    assert "nobody knows how warm" in found[1].detail


async def test_a_box_that_grows_warm_in_the_house_is_packed_anew(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    await floor.run_until(lambda: bool(store.all("SELECT 1 FROM box WHERE state = 'checked'")))
    await logger_says(store, "r20-1", outside=True)
    await floor.run(10, step_s=120)
    floor.lock_listens = True
    await floor.run(20, step_s=120)
    assert (store.state_of(bag)["status"], store.state_of(bag)["place"]) == ("IN_TRANSIT", "box/r20-2")


async def test_shipments_gather_side_by_side_one_to_a_lane(store, floor) -> None:
    for _ in range(4):
        await store.bag()
    for hospital in ("east-lake", "childrens", "county", "ferry"):
        await ordered(store, hospital=hospital)
    await floor.run(2)
    lanes = {row.lane for row in store.all("SELECT lane FROM shipment")}
    assert lanes == {"dispatch/sort-1", "dispatch/sort-2", "dispatch/sort-3"}
    await floor.run(60)
    assert len([one for one in shipments(store) if one.state is ShipmentState.IN_TRANSIT]) == 4


async def test_an_emergency_takes_the_lane_of_a_routine_shipment_that_has_nothing_there_yet(store, floor) -> None:
    bags = [await store.bag(days=5 + number) for number in range(3)]
    routine = [await ordered(store, hospital=name, priority=5) for name in ("east-lake", "childrens", "county")]
    floor.carriers_sleep = True
    await floor.run(1, step_s=1)
    assert len(shipments(store)) == 3
    floor.carriers_sleep = False
    await store.bag("A+")
    emergency = await ordered(store, group="A+", priority=0)
    await floor.run(1)
    begun = {one.order for one in shipments(store)}
    assert emergency in begun
    assert len(begun) == 3
    await floor.run(80)
    await store.planner.plan_once()
    await floor.run(80)
    assert {store.show(one).state for one in [*routine, emergency]} == {OrderState.IN_TRANSIT}
    assert {store.state_of(bag)["status"] for bag in bags} == {"IN_TRANSIT"}
