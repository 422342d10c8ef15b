"""With every machine of the way out down, people do it with a scanner, and every rule stays."""

from __future__ import annotations

import pytest
from outbound_looks import NURSE, alarms, ordered, shipments, sign_for

from wms.errors import Conflict, NotFound, Refused
from wms.holds.commands import place_hold
from wms.orders.lifecycle import OrderState, ShipmentState
from wms.outbound import by_hand, flow, gate
from wms.store.tx import Actor

LI = Actor("li.wei", "handheld-1")


async def in_lane(store, *bags: str) -> None:
    await store.write(flow.advance)
    for bag in bags:
        await store.write(lambda tx, bag=bag: by_hand.pick(tx, LI, bag))
        await store.write(lambda tx, bag=bag: gate.pass_by_hand(tx, LI, bag))


async def boxed(store, box: str, *bags: str, coolant_ok: bool = True, logger_started: bool = True) -> None:
    await in_lane(store, *bags)
    for bag in bags:
        await store.write(lambda tx, bag=bag: by_hand.pack(tx, LI, box, bag))
    await store.write(lambda tx: by_hand.close(tx, LI, box, coolant_ok=coolant_ok, logger_started=logger_started))


async def test_from_shelf_to_hospital_by_scanner_alone(store) -> None:
    bags = [await store.bag(), await store.bag()]
    order = await ordered(store, 2)
    await boxed(store, "r20-2", *bags)
    await store.write(lambda tx: by_hand.check(tx, LI, "r20-2", bags))
    (travels,) = shipments(store)
    await store.write(lambda tx: by_hand.let_go(tx, LI, travels.id, bags))
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT
    assert {store.state_of(bag)["place"] for bag in bags} == {"box/r20-2"}
    store.clock.step(1800)
    await store.write(flow.advance)
    await sign_for(store, travels.id, bags)
    assert store.show(order).state is OrderState.RECEIVED
    assert store.all("SELECT source FROM alarm") == []


async def test_a_closed_box_that_nobody_checks_is_an_alarm_until_somebody_does(store) -> None:
    bag = await store.bag()
    await ordered(store)
    await boxed(store, "r20-1", bag)
    store.clock.step(800)
    await store.write(flow.advance)
    assert alarms(store, "box_content") == []
    store.clock.step(200)
    await store.write(flow.advance)
    assert alarms(store, "box_content") == [("r20-1", "unacknowledged")]
    await store.write(lambda tx: by_hand.check(tx, LI, "r20-1", [bag]))
    assert alarms(store, "box_content") == [("r20-1", "returned_unacknowledged")]


async def test_only_the_bag_of_a_gathering_shipment_is_picked(store) -> None:
    bag, other = await store.bag(days=5), await store.bag(days=9)
    await ordered(store)
    with pytest.raises(Refused, match="does not gather"):
        await store.write(lambda tx: by_hand.pick(tx, LI, bag))
    await store.write(flow.advance)
    with pytest.raises(Refused, match="No order holds"):
        await store.write(lambda tx: by_hand.pick(tx, LI, other))
    store.warm.add(str(store.state_of(bag)["place"]))
    with pytest.raises(Refused, match="excursion"):
        await store.write(lambda tx: by_hand.pick(tx, LI, bag))
    assert store.state_of(bag)["status"] == "RESERVED"


async def test_a_box_takes_only_its_class_its_shipment_and_as_many_as_it_holds(store) -> None:
    red, plasma = await store.bag(), await store.bag(component="FFP")
    await ordered(store, hospital="east-lake")
    await ordered(store, hospital="childrens", component="FFP")
    await in_lane(store, red, plasma)
    with pytest.raises(Refused, match="needs a cold box"):
        await store.write(lambda tx: by_hand.pack(tx, LI, "f20-1", red))
    await store.write(lambda tx: by_hand.pack(tx, LI, "f20-1", plasma))
    second = await store.bag(component="FFP", group="A+")
    await ordered(store, hospital="county", component="FFP", group="A+")
    await in_lane(store, second)
    with pytest.raises(Refused, match="take another one"):
        await store.write(lambda tx: by_hand.pack(tx, LI, "f20-1", second))
    with pytest.raises(NotFound):
        await store.write(lambda tx: by_hand.pack(tx, LI, "r99", red))


async def test_a_full_box_takes_no_more(store) -> None:
    bags = [await store.bag() for _ in range(7)]
    await ordered(store, 7)
    await in_lane(store, *bags)
    for bag in bags[:6]:
        await store.write(lambda tx, bag=bag: by_hand.pack(tx, LI, "d6-1", bag))
    with pytest.raises(Refused, match="is full"):
        await store.write(lambda tx: by_hand.pack(tx, LI, "d6-1", bags[6]))


async def test_a_held_bag_is_not_packed_by_hand_either(store) -> None:
    bag = await store.bag()
    await ordered(store)
    await in_lane(store, bag)
    await store.write(lambda tx: place_hold(tx, NURSE, bag=bag, reason="recall"))
    with pytest.raises(Refused):
        await store.write(lambda tx: by_hand.pack(tx, LI, "r20-1", bag))


@pytest.mark.parametrize(("flaw", "fault"), [("coolant_ok", "coolant"), ("logger_started", "logger")])
async def test_a_person_who_says_that_the_box_is_not_right_is_believed(store, flaw: str, fault: str) -> None:
    bag = await store.bag()
    await ordered(store)
    await boxed(store, "r20-1", bag, **{flaw: False})
    assert store.all("SELECT state, fault FROM box") == [("refused", fault)]
    assert alarms(store, "box_refused") == [("r20-1", "unacknowledged")]
    await store.write(lambda tx: by_hand.check(tx, LI, "r20-1", [bag]))
    assert store.all("SELECT state FROM box") == [("refused",)]
    await store.write(lambda tx: by_hand.take_out(tx, LI, "r20-1", bag))
    assert (store.state_of(bag)["status"], store.state_of(bag)["place"]) == ("PICKED", "dispatch/sort-1")
    assert store.all("SELECT state FROM box") == [("empty",)]


async def test_a_check_by_scans_names_what_is_missing_and_what_is_too_much(store) -> None:
    first, second, stranger = [await store.bag(days=5 + number) for number in range(3)]
    await ordered(store, 2)
    await boxed(store, "r20-1", first, second)
    found = await store.write(lambda tx: by_hand.check(tx, LI, "r20-1", [first, stranger]))
    assert (found.missing, found.extra) == ((second,), (stranger,))
    assert store.all("SELECT state FROM box") == [("refused",)]
    again = await store.write(lambda tx: by_hand.check(tx, LI, "r20-1", [first, second]))
    assert again.next.en == "Push the box into the lock."
    assert store.all("SELECT state FROM box") == [("checked",)]


async def test_nothing_leaves_by_hand_that_is_not_exactly_the_checked_shipment(store) -> None:
    bags = [await store.bag(), await store.bag()]
    await ordered(store, 2)
    await boxed(store, "r20-1", *bags)
    (travels,) = shipments(store)
    with pytest.raises(Refused, match="not checked"):
        await store.write(lambda tx: by_hand.let_go(tx, LI, travels.id, bags))
    await store.write(lambda tx: by_hand.check(tx, LI, "r20-1", bags))
    with pytest.raises(Refused, match="Not scanned"):
        await store.write(lambda tx: by_hand.let_go(tx, LI, travels.id, bags[:1]))
    store.warm.add("box/r20-1")
    with pytest.raises(Refused, match="excursion"):
        await store.write(lambda tx: by_hand.let_go(tx, LI, travels.id, bags))
    with pytest.raises(NotFound):
        await store.write(lambda tx: by_hand.let_go(tx, LI, "shp-nothing", bags))


async def test_what_the_station_has_in_hand_is_not_packed_by_hand(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run_until(lambda: bool(store.all("SELECT 1 FROM packing")))
    with pytest.raises(Conflict, match="about to pack"):
        await store.write(lambda tx: by_hand.pack(tx, LI, "r20-2", bag))


async def test_a_box_is_not_checked_into_a_lock_that_another_shipment_has(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    await ordered(store, hospital="east-lake")
    await floor.run_until(lambda: bool(store.all("SELECT 1 FROM box WHERE state = 'checked'")))
    assert store.state_of(first)["status"] == "PACKED"
    await ordered(store, hospital="childrens")
    await boxed(store, "r20-2", second)
    with pytest.raises(Refused, match="has the lock"):
        await store.write(lambda tx: by_hand.check(tx, LI, "r20-2", [second]))


async def test_what_no_box_suits_goes_into_the_lock_in_a_container_of_its_own(store) -> None:
    rare = await store.bag(component="RBC_F", place="ult/s1/001")
    await ordered(store, component="RBC_F")
    await in_lane(store, rare)
    assert (store.state_of(rare)["status"], store.state_of(rare)["place"]) == ("PACKED", "dispatch/lane")
    (travels,) = shipments(store)
    await store.write(flow.advance)
    assert store.all("SELECT device FROM machine_command WHERE device = 'lock-1'") == [("lock-1",)]
    assert shipments(store)[0].state is ShipmentState.PERMITTED
    assert travels.id == shipments(store)[0].id
