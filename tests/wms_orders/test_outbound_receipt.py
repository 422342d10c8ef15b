"""The hospital's receipt: every scanned bag is judged, nothing that was seen is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from outbound_looks import NURSE, alarms, ordered, shipments, sign_for

from wms.bags.commands import move_to
from wms.errors import Conflict, Invalid, NotFound
from wms.orders.commands import cancel_order
from wms.orders.lifecycle import OrderState, ShipmentState
from wms.outbound import flow
from wms.outbound.receipt import Verdict
from wms.outbound.road import transit


async def test_the_hospital_may_be_faster_than_the_portals_report(store, floor) -> None:
    bag = await store.bag()
    order = await ordered(store)
    floor.portal_sees = False
    await floor.run()
    (travels,) = shipments(store)
    (found,) = await sign_for(store, travels.id, [bag])
    assert found.verdict is Verdict.RECEIVED
    assert (store.show(order).state, alarms(store, "missed_read")) == (OrderState.RECEIVED, [(bag, "unacknowledged")])
    await floor.cross(floor.epc(bag))
    assert store.state_of(bag)["status"] == "RECEIVED"


async def test_receiving_twice_changes_nothing(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    (travels,) = shipments(store)
    await sign_for(store, travels.id, [bag])
    before = store.state_of(bag)
    assert (await sign_for(store, travels.id, [bag]))[0].verdict is Verdict.RECEIVED
    assert store.state_of(bag) == before


async def test_a_shipment_is_received_when_all_its_bags_are(store, floor) -> None:
    bags = [await store.bag(), await store.bag()]
    await ordered(store, 2)
    await floor.run()
    (travels,) = shipments(store)
    await sign_for(store, travels.id, bags[:1])
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT
    await sign_for(store, travels.id, bags[1:])
    assert shipments(store)[0].state is ShipmentState.RECEIVED


@pytest.mark.parametrize(("flaw", "words"), [("temperature_ok", "too warm"), ("visual_ok", "did not look right")])
async def test_a_box_that_is_not_right_is_received_on_hold(store, floor, flaw: str, words: str) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    (found,) = await sign_for(store, shipments(store)[0].id, [bag], **{flaw: False})
    assert found.verdict is Verdict.RECEIVED_ON_HOLD
    (hold,) = store.all("SELECT reason FROM hold WHERE bag = :bag", bag=bag)
    assert words in hold.reason
    assert store.state_of(bag)["status"] == "RECEIVED"


async def test_a_bag_that_travelled_in_no_box_is_not_taken_on_the_hospitals_word(store, floor) -> None:
    """Its box's logger is how anybody knows that it was kept cold; the hand at the door cannot say how the road was."""
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    (travels,) = shipments(store)
    await store.write(lambda tx: move_to(tx, NURSE, bag, transit(travels.id), tx.now))
    (found,) = await sign_for(store, travels.id, [bag])
    assert (found.verdict, store.state_of(bag)["status"]) == (Verdict.RECEIVED_ON_HOLD, "RECEIVED")
    (hold,) = store.all("SELECT reason FROM hold WHERE bag = :bag", bag=bag)
    assert "in no box" in hold.reason


async def test_a_bag_that_was_in_its_box_for_longer_than_its_profile_permits_is_held(store, floor) -> None:
    """A box keeps 2 to 10 degrees, and red cells bear that for 24 hours, however well its logger kept it."""
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    store.clock.step(timedelta(hours=25).total_seconds())
    (found,) = await sign_for(store, shipments(store)[0].id, [bag])
    assert found.verdict is Verdict.RECEIVED_ON_HOLD
    assert "h in a transport box, at most 24" in found.detail


async def test_the_wrong_bag_is_named_alarmed_and_held(store, floor) -> None:
    bag, other = await store.bag(days=5), await store.bag(days=9)
    await ordered(store)
    await floor.run()
    found = await sign_for(store, shipments(store)[0].id, [bag, other])
    assert [one.verdict for one in found] == [Verdict.RECEIVED, Verdict.WRONG_BAG]
    assert alarms(store, "wrong_bag") == [(other, "unacknowledged")]
    assert store.state_of(other)["status"] == "AVAILABLE"
    assert len(store.all("SELECT id FROM hold WHERE bag = :bag", bag=other)) == 1


async def test_a_receipt_of_nonsense_changes_nothing(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    (travels,) = shipments(store)
    for error, scanned in ((Invalid, []), (Invalid, [bag, "nonsense"]), (NotFound, [bag, "A999926999999-D0002V00"])):
        with pytest.raises(error):
            await sign_for(store, travels.id, scanned)
    with pytest.raises(NotFound):
        await sign_for(store, "shp-nothing", [bag])
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_what_has_not_left_cannot_be_received_and_what_has_left_cannot_be_cancelled(store, floor) -> None:
    bag = await store.bag()
    order = await ordered(store)
    await store.write(flow.advance)
    (begun,) = shipments(store)
    with pytest.raises(Conflict):
        await sign_for(store, begun.id, [bag])
    await floor.run()
    with pytest.raises(Conflict):
        await store.write(lambda tx: cancel_order(tx, NURSE, order, "too late"))


async def test_a_bag_that_arrives_with_another_shipment_closes_the_one_it_came_from(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    await ordered(store, hospital="east-lake")
    await floor.run()
    await ordered(store, hospital="childrens")
    await floor.run()
    newest, oldest = shipments(store)
    found = await sign_for(store, newest.id, [second, first])
    assert [one.verdict for one in found] == [Verdict.RECEIVED, Verdict.WRONG_BAG]
    state = store.state_of(first)
    assert (state["status"], state["hospital"]) == ("RECEIVED", "childrens")
    assert next(one for one in shipments(store) if one.id == oldest.id).state is ShipmentState.RECEIVED


async def test_scanning_a_held_bag_again_says_again_that_it_is_held(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    (travels,) = shipments(store)
    await sign_for(store, travels.id, [bag], temperature_ok=False)
    (again,) = await sign_for(store, travels.id, [bag])
    assert again.verdict is Verdict.RECEIVED_ON_HOLD
    assert "too warm" in again.detail
    assert len(store.all("SELECT id FROM hold WHERE bag = :bag", bag=bag)) == 1
