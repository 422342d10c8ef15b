"""From the lock to the hospital's door: trips are planned, told, followed, and rescued when they do not get on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from outbound_looks import alarms, logger_says, ordered, shipments, sign_for
from transport_fleet import FLEET, Fleet

from blood.groups import BloodGroup
from fleet.messages import TripEvent, TripEventKind
from plc_bridge.messages import CommandAnswered, CommandOutcome
from wms.alarms.book import News, tell
from wms.alarms.conditions import NO_VEHICLE
from wms.alarms.machine import Condition
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.machines.answers import command_answered
from wms.orders.commands import LineWish
from wms.orders.lifecycle import OrderKind, OrderState, ShipmentState
from wms.outbound import boxes
from wms.outbound.receipt import Verdict
from wms.store.tx import Actor
from wms.transport import by_hand, handlers, trips
from wms.transport.trips import TripRow

LI = Actor("li.wei", "handheld-1")


@pytest.fixture
def fleet(store) -> Fleet:
    return Fleet(store)


async def out_of_the_lock(store, floor, *, priority: int = 2, quantity: int = 1, **wish: object) -> str:
    """An order whose shipment has left the lock; returns the order."""
    order = await ordered(store, quantity, priority=priority, **wish)
    await floor.run_until(lambda: store.show(order).state is OrderState.IN_TRANSIT)
    return order


def all_trips(store) -> tuple[TripRow, ...]:
    with store.read() as conn:
        return trips.list_trips(conn)


def box_states(store) -> dict[str, tuple[str, str]]:
    return {row.id: (row.state, row.place) for row in store.all("SELECT id, state, place FROM box")}


async def test_an_urgent_shipment_is_driven_at_once_and_its_box_comes_home(store, floor, fleet) -> None:
    bag = await store.bag()
    order = await out_of_the_lock(store, floor)
    await fleet.look()
    trip = fleet.only
    (one,) = all_trips(store)
    assert (one.id, one.vehicle, one.state) == (trip, "van-1", "loading")
    assert one.stops[0].eta > one.departs_at
    await fleet.leave(trip)
    await fleet.deliver(trip)
    assert box_states(store) == {"r20-1": ("at_hospital", "hospital/east-lake")}
    assert all_trips(store)[0].stops[0].handed_over_at == store.clock.now()
    (travels,) = shipments(store)
    await sign_for(store, travels.id, [bag])
    await fleet.tell(trip, TripEventKind.RETURNED, "r20-1")
    assert (all_trips(store)[0].state, box_states(store)) == ("done", {"r20-1": ("empty", "dispatch/boxes")})
    assert store.show(order).state is OrderState.RECEIVED
    assert store.all("SELECT source FROM alarm") == []


async def test_a_shipment_without_a_vehicle_is_no_alarm_any_more_once_its_hospital_has_it(store, floor, fleet) -> None:
    """A hospital that fetched its blood itself needs no van, and nobody must go on looking for one."""
    bag = await store.bag()
    await out_of_the_lock(store, floor)
    (travels,) = shipments(store)
    news = News(source=travels.id, condition=NO_VEHICLE, state=Condition.ACTIVE, at=store.clock.now())
    await store.write(lambda tx: tell(tx, news))
    await sign_for(store, travels.id, [bag])
    await fleet.look()
    query = "SELECT known FROM alarm WHERE condition = 'no_vehicle'"
    assert [row.known for row in store.all(query)] == ["inactive"]


async def test_routine_shipments_share_the_next_scheduled_van(store, floor, fleet) -> None:
    for _ in range(2):
        await store.bag()
    for hospital in ("east-lake", "childrens"):
        await out_of_the_lock(store, floor, priority=4, hospital=hospital)
        await fleet.look()
    (one,) = all_trips(store)
    assert [stop.hospital for stop in one.stops] == ["childrens", "east-lake"]
    assert (one.state, fleet.trips) == ("planned", {})
    store.clock.step((one.departs_at - store.clock.now()).total_seconds() - 60)
    await fleet.look()
    assert [stop.hospital for stop in fleet.trips[one.id][1]] == ["childrens", "east-lake"]


async def test_a_box_that_waits_no_more_is_taken_off_before_a_vehicle_is_told(store, floor, fleet) -> None:
    for _ in range(2):
        await store.bag()
    for hospital in ("east-lake", "childrens"):
        await out_of_the_lock(store, floor, priority=4, hospital=hospital)
        await fleet.look()
    (one,) = all_trips(store)
    gone = one.boxes_for(one.stops[0].shipment)[0]
    await store.write(lambda tx: boxes.empty(tx, LI, gone))
    store.clock.step((one.departs_at - store.clock.now()).total_seconds() - 60)
    await fleet.look()
    assert [stop.hospital for stop in fleet.trips[one.id][1]] == ["east-lake"]
    assert gone not in fleet.boxes(one.id)


async def test_a_small_emergency_flies_when_the_weather_lets_it(store, floor, fleet) -> None:
    await store.bag()
    await fleet.weather()
    await out_of_the_lock(store, floor, priority=0, hospital="city-first")
    await fleet.look()
    (one,) = all_trips(store)
    assert (one.vehicle, [box.box for box in one.boxes]) == ("drone-1", ["d6-1"])
    assert "By drone" in one.why.en


async def test_a_drone_that_turns_back_is_followed_by_a_van_that_waits_for_its_boxes(store, floor, fleet) -> None:
    bag = await store.bag()
    await fleet.weather()
    order = await out_of_the_lock(store, floor, priority=0, hospital="city-first")
    await fleet.look()
    flight = fleet.only
    await fleet.leave(flight)
    await fleet.tell(flight, TripEventKind.TURNED_BACK, reason="wind")
    assert alarms(store, "turned_back") == [("drone-1", "unacknowledged")]
    drive, _ = all_trips(store)
    assert (drive.vehicle, drive.state) == ("van-1", "planned")
    assert "gave this shipment up" in drive.why.en
    store.clock.step(900)
    await fleet.look()
    assert drive.id not in fleet.trips
    await fleet.tell(flight, TripEventKind.RETURNED, "d6-1")
    await fleet.look()
    await fleet.leave(drive.id)
    await fleet.deliver(drive.id)
    await sign_for(store, shipments(store)[0].id, [bag])
    assert store.show(order).state is OrderState.RECEIVED


async def test_a_box_without_coolant_on_a_stuck_van_is_held_ordered_again_and_refused_the_rest_accepted(
    store, floor, fleet
) -> None:
    red, plasma = await store.bag(days=5), await store.bag(component="FFP")
    spare = await store.bag(days=9)
    lines = (LineWish("RBC_S", BloodGroup("O+"), 1), LineWish("FFP", BloodGroup("O+"), 1))
    first = await out_of_the_lock(store, floor, lines=lines, priority=4)
    await fleet.look()
    store.clock.step((all_trips(store)[0].departs_at - store.clock.now()).total_seconds())
    await fleet.look()
    await fleet.leave(fleet.only)
    await fleet.tell(fleet.only, TripEventKind.STUCK, reason="road flooded")
    assert alarms(store, "vehicle_stuck") == [("van-2", "unacknowledged")]
    await logger_says(store, "r20-1", outside=True)
    await floor.run(6, step_s=300)
    await fleet.look()
    assert alarms(store, "box_endangered") == [("r20-1", "unacknowledged")]
    (again,) = [order for order in _orders(store) if order != first]
    shown = store.show(again)
    assert (shown.hospital, shown.priority, [(line.component, line.quantity) for line in shown.lines]) == (
        "east-lake", 2, [("RBC_S", 1)],
    )  # fmt: skip
    await fleet.look()
    assert len(_orders(store)) == 2
    await store.planner.plan_once()
    assert [bag.bag for bag in store.show(again).lines[0].bags] == [spare]
    await fleet.tell(fleet.only, TripEventKind.MOVING)
    assert alarms(store, "vehicle_stuck") == [("van-2", "returned_unacknowledged")]
    await fleet.deliver(fleet.only)
    found = await sign_for(store, next(one.id for one in shipments(store) if one.order == first), [red, plasma])
    assert [one.verdict for one in found] == [Verdict.RECEIVED_ON_HOLD, Verdict.RECEIVED]


async def test_urgent_blood_that_stands_still_is_ordered_again_though_it_is_cold(store, floor, fleet) -> None:
    await store.bag()
    await out_of_the_lock(store, floor, priority=1, kind=OrderKind.EMERGENCY)
    await fleet.look()
    await fleet.leave(fleet.only)
    await fleet.tell(fleet.only, TripEventKind.STUCK, reason="accident")
    store.clock.step(1700)
    await fleet.look()
    assert len(_orders(store)) == 1
    store.clock.step(200)
    await fleet.look()
    assert len(_orders(store)) == 2
    assert store.all("SELECT id FROM hold") == []


async def test_the_expected_time_moves_by_the_time_that_was_lost(store, floor, fleet) -> None:
    await store.bag()
    await out_of_the_lock(store, floor)
    await fleet.look()
    await fleet.leave(fleet.only)
    before = all_trips(store)[0].stops[0].eta
    await fleet.tell(fleet.only, TripEventKind.STUCK, reason="jam")
    store.clock.step(1200)
    await fleet.tell(fleet.only, TripEventKind.MOVING)
    assert all_trips(store)[0].stops[0].eta == before + timedelta(seconds=1200)


async def test_a_box_of_another_trip_is_named_at_once(store, floor, fleet) -> None:
    await store.bag()
    await out_of_the_lock(store, floor)
    await fleet.look()
    await fleet.tell(fleet.only, TripEventKind.LOADED, "r20-1", "r20-6")
    assert alarms(store, "box_astray") == [("r20-6", "unacknowledged")]


async def test_a_box_at_the_wrong_hospital_is_named_at_once(store, floor, fleet) -> None:
    await store.bag()
    await out_of_the_lock(store, floor)
    await fleet.look()
    await fleet.leave(fleet.only)
    await fleet.tell(fleet.only, TripEventKind.HANDED_OVER, "r20-1", hospital="county")
    assert alarms(store, "box_astray") == [("r20-1", "unacknowledged")]
    assert box_states(store)["r20-1"] == ("at_hospital", "hospital/county")


async def test_a_trip_that_nobody_took_calls_people_and_is_told_anew_once_the_first_command_is_void(
    store, floor, fleet
) -> None:
    await store.bag()
    await out_of_the_lock(store, floor)
    await fleet.look()
    store.clock.step(3000)
    await fleet.look()
    assert alarms(store, "vehicle_stuck") == [("van-1", "unacknowledged")]
    assert len(store.all("SELECT id FROM machine_command WHERE device = 'van-1'")) == 1
    store.clock.step(700)
    await fleet.look()
    rows = store.all("SELECT state FROM machine_command WHERE device = 'van-1' ORDER BY id")
    assert rows == [("withdrawn",), ("sent",)]
    assert len(all_trips(store)) == 1


async def test_a_vehicle_that_refuses_is_replaced_by_another(store, floor, fleet) -> None:
    await store.bag()
    await out_of_the_lock(store, floor)
    await fleet.look()
    (row,) = store.all("SELECT id FROM machine_command WHERE device = 'van-1'")
    answer = CommandAnswered(command=row.id, device="van-1", outcome=CommandOutcome.REFUSED, detail="flat tyre")
    await store.write(lambda tx: command_answered(tx, FLEET, answer, tx.now))
    await fleet.look()
    newest, oldest = all_trips(store)
    assert (oldest.state, newest.vehicle) == ("cancelled", "van-2")


async def test_what_is_told_of_an_unknown_trip_is_parked(store, floor, fleet) -> None:
    event = TripEvent(trip="trp-x", vehicle="van-1", kind=TripEventKind.LOADED, hospital=None, boxes=(), reason="")
    with pytest.raises(NotFound):
        await store.write(lambda tx: handlers.on_trip_event(tx, FLEET, event, tx.now))
    await store.bag()
    await out_of_the_lock(store, floor)
    await fleet.look()
    fleet.trips[fleet.only] = ("van-2", ())
    with pytest.raises(Invalid):
        await fleet.tell(fleet.only, TripEventKind.LOADED)


async def test_with_the_fleet_silent_people_do_it_by_scanner(store, floor, fleet) -> None:
    bags = [await store.bag(), await store.bag(component="FFP")]
    lines = (LineWish("RBC_S", BloodGroup("O+"), 1), LineWish("FFP", BloodGroup("O+"), 1))
    order = await out_of_the_lock(store, floor, lines=lines)
    await fleet.look()
    trip = fleet.only
    for error, act in (
        (Refused, lambda tx: by_hand.depart(tx, LI, trip)),
        (Refused, lambda tx: by_hand.load(tx, LI, trip, "r20-6")),
        (Conflict, lambda tx: by_hand.hand_over(tx, LI, trip, "east-lake", "r20-1")),
        (NotFound, lambda tx: by_hand.load(tx, LI, "trp-x", "r20-1")),
    ):
        with pytest.raises(error):
            await store.write(act)
    said = await store.write(lambda tx: by_hand.load(tx, LI, trip, "r20-1"))
    assert said.en == "Still to load: f20-1."
    await store.write(lambda tx: by_hand.load(tx, LI, trip, "f20-1"))
    await store.write(lambda tx: by_hand.depart(tx, LI, trip))
    with pytest.raises(Refused):
        await store.write(lambda tx: by_hand.hand_over(tx, LI, trip, "county", "r20-1"))
    for box in ("r20-1", "f20-1"):
        await store.write(lambda tx, box=box: by_hand.hand_over(tx, LI, trip, "east-lake", box))
    await sign_for(store, shipments(store)[0].id, bags)
    await store.write(lambda tx: by_hand.come_home(tx, LI, trip, ["r20-1", "f20-1"]))
    assert {state for state, _ in box_states(store).values()} == {"empty"}
    assert store.show(order).state is OrderState.RECEIVED


async def test_a_vehicle_that_is_home_does_not_empty_a_box_that_is_being_packed_again(store, floor, fleet) -> None:
    await store.bag()
    await out_of_the_lock(store, floor, lines=(LineWish("RBC_S", BloodGroup("O+"), 1),))
    await fleet.look()
    await store.write(lambda tx: boxes.put(tx, LI, "r20-5", boxes.BoxState.PACKING, shipment="shp-next"))
    await store.write(lambda tx: by_hand.come_home(tx, LI, fleet.only, ["r20-5"]))
    assert box_states(store)["r20-5"][0] == "packing"


async def test_a_box_left_behind_gets_another_trip(store, floor, fleet) -> None:
    await store.bag()
    await store.bag(component="FFP")
    lines = (LineWish("RBC_S", BloodGroup("O+"), 1), LineWish("FFP", BloodGroup("O+"), 1))
    await out_of_the_lock(store, floor, lines=lines)
    await fleet.look()
    trip = fleet.only
    await store.write(lambda tx: by_hand.load(tx, LI, trip, "r20-1"))
    said = await store.write(lambda tx: by_hand.depart(tx, LI, trip))
    assert "f20-1" in said.en
    await fleet.look()
    newest, _ = all_trips(store)
    assert ([box.box for box in newest.boxes], newest.vehicle) == (["f20-1"], "van-2")


async def test_every_look_can_be_repeated_without_a_trace(store, floor, fleet) -> None:
    await store.bag()
    await out_of_the_lock(store, floor)
    await fleet.look()
    await fleet.leave(fleet.only)
    head = store.writer.head.seq
    for _ in range(3):
        await fleet.look()
    assert store.writer.head.seq == head
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT


def _orders(store) -> list[str]:
    return [row.id for row in store.all("SELECT id FROM hospital_order ORDER BY id")]
