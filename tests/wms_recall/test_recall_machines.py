"""No path moves on a recalled bag: whatever is under way with it is stopped, as far as it can be called back."""

from __future__ import annotations

from recall_world import CHEN

from blood.eligibility import BagStatus
from plc_bridge.messages import GateDecision
from wms.labelling.work import ready_bags
from wms.machines.batches import WAITING_FREELY, WAITING_OR_HELD
from wms.outbound.receipt import Verdict, receive
from wms.recall.cases import open_case
from wms.recall.scope import Scope
from wms.release.release import release_ready_bags
from wms.stock.read import stock_rows
from wms.store.metadata import to_us


async def recall(store, bag: str) -> str:
    return await store.write(lambda tx: open_case(tx, CHEN, Scope(din=bag[:13]), "bacterial", "reported by phone"))


async def test_a_reserved_bag_loses_its_order_and_another_serves_the_line(store):
    first, order = await store.bag(), await store.order()
    await store.planner.plan_once()
    assert store.state_of(first)["status"] == "RESERVED"
    second = await store.bag()
    await recall(store, first)
    assert store.state_of(first)["status"] == "AVAILABLE"
    await store.planner.plan_once()
    assert [bag.bag for bag in store.show(order).lines[0].bags] == [second]


async def test_a_recalled_bag_is_planned_for_no_order(store):
    bag, order = await store.bag(), await store.order()
    await recall(store, bag)
    await store.planner.plan_once()
    assert store.show(order).lines[0].bags == ()


async def test_a_bag_that_is_being_fetched_goes_back(store, floor):
    bag, order = await store.bag(), await store.order()
    await store.planner.plan_once()
    floor.cranes_work = False
    await floor.run(2)
    await recall(store, bag)
    assert store.all("SELECT state FROM task WHERE bag = :bag AND purpose = 'pick'", bag=bag)[0][0] != "waiting"
    assert store.state_of(bag)["status"] == "AVAILABLE"
    assert store.show(order).lines[0].bags == ()


async def test_a_bag_in_a_box_never_passes_the_lock(store, floor):
    bag = await store.bag()
    await store.order()
    await store.planner.plan_once()
    floor.lock_listens = False
    await floor.until_unheard_permit()
    await recall(store, bag)
    await floor.run(12)
    assert store.state_of(bag)["status"] in {"AVAILABLE", "PICKED"}
    assert not store.all("SELECT bag FROM shipment_bag WHERE bag = :bag AND crossed_us IS NOT NULL", bag=bag)


async def test_a_picked_bag_is_rejected_at_the_gate(store, floor):
    bag = await store.bag()
    await store.order()
    await store.planner.plan_once()
    floor.gate_answers = False
    await floor.run_until(lambda: store.state_of(bag)["status"] == "PICKED")
    await recall(store, bag)
    await floor.read(floor.epc(bag))
    refusal = store.all("SELECT refusal FROM gate_read WHERE bag = :bag ORDER BY id DESC", bag=bag)[0].refusal
    assert "recall" in refusal
    floor.gate_answers = True
    await floor.decide(floor.epc(bag), GateDecision.REJECTED)
    await floor.run(12)
    assert store.state_of(bag)["status"] == "AVAILABLE"


async def test_a_recalled_bag_is_received_but_not_for_use_and_its_recall_is_no_hold(store, floor):
    bag = await store.bag()
    await store.order()
    await store.planner.plan_once()
    await floor.run_until(lambda: store.state_of(bag)["status"] == "IN_TRANSIT", rounds=60)
    await recall(store, bag)
    ((shipment,),) = store.all("SELECT id FROM shipment")
    (found,) = await store.write(lambda tx: receive(tx, CHEN, shipment, [bag], temperature_ok=True, visual_ok=True))
    assert found.verdict is Verdict.RECEIVED_ON_HOLD
    assert "recall" in found.detail
    holds = store.all("SELECT reason FROM hold WHERE bag = :bag", bag=bag)
    assert not any("recall" in reason for (reason,) in holds)


async def test_nothing_chooses_a_recalled_bag_for_work(store):
    """Robots, freezer, label station, release and the stock board look past it."""
    quarantined = await store.bag(status="QUARANTINE", place="prep/out", label_check="pending")
    ready = await store.bag(status="QUARANTINE", place="prep/out")
    waiting = await store.bag(status="COLLECTED", place="dock", component="RBC_S")
    stocked = await store.bag()
    for bag in (quarantined, ready, waiting, stocked):
        await recall(store, bag)
    now_us = to_us(store.clock.now())
    assert quarantined not in await store.write(lambda tx: ready_bags(tx.raw, now_us, 0, 50))
    assert await store.write(lambda tx: release_ready_bags(tx, CHEN)) == []
    question = (BagStatus.COLLECTED.value, "dock", "RBC_S")
    for query in (WAITING_FREELY, WAITING_OR_HELD):
        rows = await store.write(lambda tx, query=query: tx.raw.execute(query, question).fetchall())
        assert waiting not in {row[0] for row in rows}
    with store.read() as conn:
        cells = [cell for row in stock_rows(conn, store.plant, store.clock.now()) for cell in row.cells]
    assert sum(cell.bags for cell in cells) == 0
