"""A reserved bag leaves the house and is received; whatever is killed, late or broken on the way, it fails closed."""

from __future__ import annotations

import json

import pytest

from plc_bridge.messages import CommandAnswered, CommandOutcome, GateDecision, LockRefused
from rfid.messages import Direction
from wms.alarms import watch
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.holds.commands import place_hold
from wms.machines.answers import command_answered
from wms.orders.commands import cancel_order
from wms.orders.lifecycle import OrderState, ShipmentState
from wms.outbound import flow, gate, handlers
from wms.outbound.read import list_shipments
from wms.outbound.receipt import Verdict, receive
from wms.store.tx import Actor

NURSE = Actor("east-lake-bank", "hospital")


def shipments(store):
    with store.read() as conn:
        return list_shipments(conn)


def alarms(store, condition: str) -> list[tuple[str, str]]:
    found = store.all("SELECT source, state FROM alarm WHERE condition = :name ORDER BY source", name=condition)
    return [tuple(row) for row in found]


def kinds(store, bag: str) -> list[str]:
    return [row.kind for row in store.all("SELECT kind FROM ledger WHERE bag = :bag ORDER BY seq", bag=bag)]


async def ordered(store, quantity: int = 1, **wish: object) -> str:
    order = await store.order(quantity, **wish)
    await store.planner.plan_once()
    return order


async def sign_for(store, shipment: str, bags: list[str], *, temperature_ok: bool = True, visual_ok: bool = True):
    return await store.write(
        lambda tx: receive(tx, NURSE, shipment, bags, temperature_ok=temperature_ok, visual_ok=visual_ok)
    )


async def test_from_shelf_to_hospital_without_anybody(store, floor) -> None:
    bags = [await store.bag(), await store.bag()]
    order = await ordered(store, 2)
    await floor.run()
    (travels,) = shipments(store)
    assert (travels.state, travels.order) == (ShipmentState.IN_TRANSIT, order)
    assert {store.state_of(bag)["status"] for bag in bags} == {"IN_TRANSIT"}
    assert {store.state_of(bag)["place"] for bag in bags} == {f"transit/{travels.id}"}
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
            "bag.passport_sealed",
            "bag.received",
        ]
        assert [kind for kind in kinds(store, bag) if kind in story] == story
    assert store.all("SELECT source FROM alarm") == []


async def test_the_seal_carries_the_stays_and_the_probes_that_covered_them(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    (row,) = store.all("SELECT data FROM ledger WHERE kind = 'bag.passport_sealed' AND bag = :bag", bag=bag)
    seal = json.loads(row.data)
    assert seal["stays"][0]["place"].startswith("cold-1/s1/")
    assert (seal["stays"][0]["envelope"], "cold-1-load" in seal["stays"][0]["probes"]) == ("cold", True)
    assert [stay["place"] for stay in seal["stays"][1:3]] == ["dispatch/gate", "dispatch/lane"]
    assert (seal["hospital"], seal["tests"], seal["group"]) == ("east-lake", "negative", "O+")


async def test_the_lock_holds_one_shipment_at_a_time_and_the_urgent_one_goes_first(store, floor) -> None:
    for _ in range(3):
        await store.bag()
    routine = await ordered(store, priority=5)
    urgent = await ordered(store, priority=2)
    await floor.run(3)
    first, *others = shipments(store)[::-1]
    assert first.order == urgent
    assert all(other.created_at >= (first.dispatched_at or first.created_at) for other in others)
    await floor.run()
    assert {one.order for one in shipments(store)} == {routine, urgent}
    assert {one.state for one in shipments(store)} == {ShipmentState.IN_TRANSIT}


async def test_only_a_few_picks_are_under_way(store, floor) -> None:
    for _ in range(9):
        await store.bag()
    await ordered(store, 9)
    await store.write(flow.advance)
    assert len(store.all("SELECT id FROM task WHERE purpose = 'pick'")) == 4
    await floor.run(30)
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT
    assert len(shipments(store)[0].bags) == 9


async def test_a_read_that_overtakes_the_cranes_report_is_answered_when_it_arrives(store, floor) -> None:
    floor.reads_before_moves = True
    bag = await store.bag()
    await ordered(store)
    await floor.run()
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_a_bag_on_hold_gets_no_permit_and_goes_back_while_another_serves(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    order = await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    assert store.state_of(first)["status"] == "PICKED"
    await store.write(lambda tx: place_hold(tx, NURSE, bag=first, reason="recall"))
    await floor.read(floor.epc(first))
    refusal = store.all("SELECT refusal FROM gate_read WHERE bag = :bag ORDER BY id DESC", bag=first)[0].refusal
    assert "hold: recall" in refusal
    floor.gate_answers = True
    await floor.decide(floor.epc(first), GateDecision.REJECTED)
    await store.planner.plan_once()
    await floor.run()
    assert store.state_of(first)["place"].startswith("cold-1/s")
    assert [one.bag for one in store.show(order).lines[0].bags] == [second]
    assert store.state_of(second)["status"] == "IN_TRANSIT"


async def test_a_tag_nobody_knows_gets_no_permit(floor) -> None:
    with pytest.raises(NotFound):
        await floor.read("00" * 16)
    assert await floor.take_commands() == []


async def test_a_bag_that_no_order_wants_gets_no_permit(store, floor) -> None:
    bag = await store.bag(place="dispatch/gate")
    await floor.read(floor.epc(bag))
    assert await floor.take_commands() == []
    assert "status: AVAILABLE" in store.all("SELECT refusal FROM gate_read")[0].refusal


async def test_rejected_while_the_controller_was_away_goes_to_the_gate_again(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await floor.decide(floor.epc(bag), GateDecision.REJECTED)
    assert store.state_of(bag)["place"] == "dispatch/reject"
    floor.gate_answers = True
    await floor.run()
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "gate_rejected") == []


async def test_an_eligible_bag_that_is_rejected_again_and_again_calls_a_person(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.gate_answers = False
    for _ in range(3):
        await floor.run(2)
        await floor.decide(floor.epc(bag), GateDecision.REJECTED)
    await store.write(flow.advance)
    assert alarms(store, "gate_rejected") == [(bag, "unacknowledged")]


async def test_the_gate_has_a_manual_twin_that_asks_the_same_question(store, floor) -> None:
    bag, stranger = await store.bag(), await store.bag(days=30)
    await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await store.write(lambda tx: gate.pass_by_hand(tx, NURSE, bag))
    assert (store.state_of(bag)["status"], store.state_of(bag)["place"]) == ("PACKED", "dispatch/lane")
    with pytest.raises(Refused) as refusal:
        await store.write(lambda tx: gate.pass_by_hand(tx, NURSE, stranger))
    assert "AVAILABLE" in refusal.value.detail


async def test_a_bag_held_between_permit_and_passing_is_carried_back(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run(1)
    await store.write(lambda tx: place_hold(tx, NURSE, bag=bag, reason="recall"))
    await floor.run(1)
    await store.write(watch.tick)
    assert alarms(store, "observed_conflict") == [(bag, "unacknowledged")]
    await floor.run(20)
    state = store.state_of(bag)
    assert (state["status"], str(state["place"]).rpartition("/")[0]) == ("AVAILABLE", "cold-1/s1")
    assert shipments(store) == ()


async def test_a_diverter_that_passes_without_our_permit_is_a_finding(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await floor.decide(floor.epc(bag), GateDecision.PASSED, "prm-of-nobody")
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]
    assert (store.state_of(bag)["status"], store.state_of(bag)["order_line"]) == ("AVAILABLE", None)


async def test_the_wrong_bag_in_the_lock_keeps_it_shut_until_put_right(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.extra_in_lock = ["aa" * 16]
    await floor.run()
    assert alarms(store, "lock_content") == [("lock-1", "unacknowledged")]
    assert store.state_of(bag)["status"] == "PACKED"
    floor.extra_in_lock = []
    await floor.run()
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "lock_content") == [("lock-1", "returned_unacknowledged")]


async def test_a_permit_that_merely_ran_out_is_given_again(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    await floor.run(3)
    (permit,) = floor.unheard
    late = LockRefused(
        device="lock-1", permit=permit.permit, shipment=permit.shipment, reason="the permit has run out",
        missing=(), extra=(),
    )  # fmt: skip
    await floor.tell(handlers.on_lock_refused, NURSE, late)
    floor.lock_listens = True
    await floor.run(2)
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "lock_content") == []


async def test_a_permit_that_nobody_answered_is_given_again(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    await floor.run(3)
    floor.lock_listens = True
    await floor.run(3)
    assert store.state_of(bag)["status"] == "PACKED"
    await floor.run(4)
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_a_permit_that_the_bridge_could_not_deliver_is_given_again(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.lock_listens = False
    await floor.run(3)
    (command,) = store.all("SELECT id FROM machine_command WHERE device = 'lock-1'")
    answer = CommandAnswered(
        command=command.id, device="lock-1", outcome=CommandOutcome.EXPIRED, detail="the cell was away"
    )
    await floor.tell(command_answered, NURSE, answer)
    floor.lock_listens = True
    await floor.run(2)
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_a_bag_that_leaves_without_a_permit_is_recorded_alarmed_and_held(store, floor) -> None:
    bag = await store.bag()
    await floor.cross(floor.epc(bag))
    state = store.state_of(bag)
    assert (state["status"], state["place"]) == ("IN_TRANSIT", "transit")
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]
    assert len(store.all("SELECT id FROM hold WHERE bag = :bag AND lifted_us IS NULL", bag=bag)) == 1


async def test_a_bag_held_after_the_permit_was_given_is_caught_at_the_portal(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.portal_sees = False
    await floor.run(4)
    assert store.state_of(bag)["status"] == "PACKED"
    await store.write(lambda tx: place_hold(tx, NURSE, bag=bag, reason="recall"))
    await floor.cross(floor.epc(bag))
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]


async def test_a_crossing_in_no_clear_direction_changes_nothing(store, floor) -> None:
    bag = await store.bag()
    await floor.cross(floor.epc(bag), Direction.UNKNOWN)
    assert store.state_of(bag)["status"] == "AVAILABLE"
    assert kinds(store, bag)[-1] == "crossing.unclear"


async def test_a_bag_the_portal_missed_is_sent_on_its_way_and_named(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.portal_sees = False
    await floor.run(4)
    assert shipments(store)[0].state is ShipmentState.PERMITTED
    await floor.run(3, step_s=300)
    assert shipments(store)[0].state is ShipmentState.IN_TRANSIT
    assert store.state_of(bag)["status"] == "IN_TRANSIT"
    assert alarms(store, "missed_read") == [(bag, "unacknowledged")]


async def test_the_hospital_may_be_faster_than_the_portals_report(store, floor) -> None:
    bag = await store.bag()
    order = await ordered(store)
    floor.portal_sees = False
    await floor.run(4)
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


async def test_cancelling_while_gathering_brings_the_bags_back_and_frees_the_lane(store, floor) -> None:
    bag = await store.bag()
    order = await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await store.write(lambda tx: cancel_order(tx, NURSE, order, "patient transferred"))
    await floor.run()
    assert shipments(store) == ()
    assert (store.state_of(bag)["status"], store.state_of(bag)["place"].rpartition("/")[0]) == (
        "AVAILABLE",
        "cold-1/s1",
    )


async def test_a_crane_that_cannot_fetch_gives_the_line_another_bag_and_calls_a_person(store, floor) -> None:
    bag, other = await store.bag(days=5), await store.bag(days=9)
    order = await ordered(store)
    floor.cranes_work = False
    await floor.run(12, step_s=60)
    await store.write(watch.tick)
    assert alarms(store, "move_failed") == [(bag, "unacknowledged")]
    floor.cranes_work = True
    await store.planner.plan_once()
    assert [one.bag for one in store.show(order).lines[0].bags] == [other]


async def test_a_short_shipment_leaves_with_what_it_has_when_patience_ends(store, floor) -> None:
    first, second = await store.bag(days=5), await store.bag(days=9)
    order = await ordered(store, 2)
    floor.gate_answers = False
    await floor.run(2)
    await store.write(lambda tx: place_hold(tx, NURSE, bag=second, reason="recall"))
    floor.gate_answers = True
    await floor.read(floor.epc(first))
    await floor.run(30)
    assert store.state_of(first)["status"] == "PACKED"
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


async def test_a_person_who_carries_a_bag_into_the_lock_takes_the_cranes_task_away(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await floor.decide(floor.epc(bag), GateDecision.REJECTED)
    await store.write(flow.advance)
    await store.write(lambda tx: gate.pass_by_hand(tx, NURSE, bag))
    assert store.all("SELECT state FROM task WHERE purpose = 'regate'") == [("cancelled",)]
    assert store.state_of(bag)["status"] == "PACKED"
