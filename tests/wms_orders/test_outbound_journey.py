"""A reserved bag leaves the house and is received, and whatever happens on the way, shipments keep moving."""

from __future__ import annotations

import json

import pytest
from outbound_looks import NURSE, kinds, ordered, shipments, sign_for

from blood.eligibility import Zone
from wms.holds.commands import place_hold
from wms.orders.commands import cancel_order
from wms.orders.lifecycle import OrderState, ShipmentState
from wms.outbound import flow
from wms.outbound.receipt import Verdict


async def test_from_shelf_to_hospital_without_anybody(store, floor) -> None:
    bags = [await store.bag(), await store.bag()]
    order = await ordered(store, 2)
    await floor.run()
    (travels,) = shipments(store)
    assert (travels.state, travels.order) == (ShipmentState.IN_TRANSIT, order)
    assert {store.state_of(bag)["status"] for bag in bags} == {"IN_TRANSIT"}
    assert {store.state_of(bag)["place"] for bag in bags} == {"box/r20-1"}
    assert store.all("SELECT id, state, place FROM box") == [("r20-1", "in_transit", f"transit/{travels.id}")]
    found = await sign_for(store, travels.id, bags)
    assert {one.verdict for one in found} == {Verdict.RECEIVED}
    shown = store.show(order)
    assert (shown.state, shown.lines[0].received, shown.lines[0].short) == (OrderState.RECEIVED, 2, 0)
    for bag in bags:
        state = store.state_of(bag)
        assert (state["status"], state["place"], state["custody"], state["hospital"]) == (
            "RECEIVED", "hospital/east-lake", "hospital", "east-lake",
        )  # fmt: skip
        story = [
            "bag.reserved",
            "bag.picked",
            "gate.permitted",
            "bag.packed",
            "bag.dispatched",
            "passport.sealed",
            "bag.received",
        ]
        assert [kind for kind in kinds(store, bag) if kind in story] == story
    assert store.all("SELECT source FROM alarm") == []


async def test_the_seal_says_where_the_bag_goes_and_names_its_document(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    (row,) = store.all("SELECT seq, data FROM ledger WHERE kind = 'passport.sealed' AND bag = :bag", bag=bag)
    seal = json.loads(row.data)
    assert (seal["hospital"], seal["tests"], seal["group"]) == ("east-lake", "negative", "O+")
    (kept,) = store.all("SELECT seq, sha256, document FROM sealed_passport WHERE bag = :bag", bag=bag)
    assert (kept.seq, kept.sha256) == (row.seq, seal["sha256"])
    assert json.loads(kept.document)["sealed"]["live"]["place"] == "box/r20-1"


async def test_only_a_few_picks_are_under_way(store, floor) -> None:
    for _ in range(9):
        await store.bag()
    await ordered(store, 9)
    await store.write(flow.advance)
    assert len(store.all("SELECT id FROM task WHERE purpose = 'pick'")) == 4
    await floor.run(30)
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT
    assert len(shipments(store)[0].bags) == 9


async def test_cancelling_while_gathering_brings_the_bags_back_and_frees_the_lane(store, floor) -> None:
    bag = await store.bag()
    order = await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await store.write(lambda tx: cancel_order(tx, NURSE, order, "patient transferred"))
    await floor.run()
    assert shipments(store) == ()
    assert store.state_of(bag)["status"] == "AVAILABLE"
    assert store.plant.place_of(str(store.state_of(bag)["place"])).zone is Zone.STOCK


async def test_a_short_shipment_leaves_with_what_it_has_when_patience_ends(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    order = await ordered(store, 2)
    floor.gate_answers = False
    await floor.run(2)
    await store.write(lambda tx: place_hold(tx, NURSE, bag=second, reason="recall"))
    floor.gate_answers = True
    await floor.read(floor.epc(first))
    await floor.run(30)
    assert (store.state_of(first)["status"], store.state_of(first)["place"]) == ("PICKED", "dispatch/sort-1")
    await floor.run(12, step_s=180)
    assert store.state_of(first)["status"] == "IN_TRANSIT"
    assert store.show(order).lines[0].short == 1


async def test_every_tick_can_be_repeated_without_a_trace(store, floor) -> None:
    await store.bag()
    await ordered(store)
    await floor.run()
    head = store.writer.head.seq
    for _ in range(3):
        await store.write(flow.advance)
    assert store.writer.head.seq == head


@pytest.mark.parametrize("rounds", range(12))
async def test_a_controller_killed_at_any_stage_resumes_without_anybody(store, floor, rounds: int) -> None:
    bags = [await store.bag() for _ in range(3)]
    order = await ordered(store, 3)
    await floor.run(rounds)
    await store.restart()
    await floor.run(12)
    (travels,) = shipments(store)
    await sign_for(store, travels.id, bags)
    assert store.show(order).state is OrderState.RECEIVED
    assert store.all("SELECT source FROM alarm") == []


async def test_nobody_waits_for_late_bags_while_an_emergency_waits_for_the_lane(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    routine = await ordered(store, 2, priority=5)
    await store.write(flow.advance)
    await store.write(lambda tx: place_hold(tx, NURSE, bag=second, reason="recall"))
    await floor.run(4)
    assert store.state_of(first)["place"] == "dispatch/sort-1"
    await store.bag("A+")
    emergency = await ordered(store, group="A+", priority=0)
    await floor.run(24)
    assert store.show(routine).state is OrderState.IN_TRANSIT
    assert store.show(emergency).state is OrderState.IN_TRANSIT
