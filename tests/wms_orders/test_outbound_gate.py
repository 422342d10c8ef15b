"""The gate fails closed: only an eligible bag passes, and everything else is brought back or named."""

from __future__ import annotations

import pytest
from outbound_looks import NURSE, alarms, ordered, shipments

from blood.eligibility import Zone
from plc_bridge.messages import BagMoved, GateDecision, GateReject, Outcome
from wms.alarms import watch
from wms.errors import NotFound, Refused
from wms.holds.commands import place_hold
from wms.moves.dispatch import dispatch_waiting
from wms.moves.ended import carrier_reported, complete_by_hand
from wms.outbound import flow, gate


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
    assert store.plant.place_of(str(store.state_of(first)["place"])).zone is Zone.STOCK
    assert [one.bag for one in store.show(order).lines[0].bags] == [second]
    assert store.state_of(second)["status"] == "IN_TRANSIT"


async def test_a_refused_bag_is_put_out_at_once_and_does_not_keep_the_others_waiting(store, floor) -> None:
    refused, behind = await store.bag(days=5), await store.bag(days=9)
    await ordered(store, quantity=2)
    floor.gate_answers = False
    await floor.run(2)
    await store.write(lambda tx: place_hold(tx, NURSE, bag=refused, reason="recall"))
    floor.gate_answers = True
    await floor.read(floor.epc(refused))
    await floor.run(1)
    assert [row.decision for row in store.all("SELECT decision FROM gate_decision WHERE bag = :bag", bag=refused)] == [
        "rejected"
    ]
    await floor.read(floor.epc(behind))
    await floor.run(1)
    (passed,) = store.all("SELECT decision FROM gate_decision WHERE bag = :bag", bag=behind)
    assert passed.decision == "passed"


async def test_a_tag_nobody_knows_gets_no_permit(floor) -> None:
    with pytest.raises(NotFound):
        await floor.read("00" * 16)
    assert await floor.take_commands() == []


async def test_a_bag_that_no_order_wants_gets_no_permit(store, floor) -> None:
    bag = await store.bag(place="dispatch/gate")
    await floor.read(floor.epc(bag))
    (command,) = await floor.take_commands()
    assert isinstance(command, GateReject)
    assert command.epc == floor.epc(bag)
    assert "status: AVAILABLE" in command.reason
    assert store.all("SELECT refusal FROM gate_read")[0].refusal == command.reason


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
    assert (store.state_of(bag)["status"], store.state_of(bag)["place"]) == ("PICKED", "dispatch/sort-1")
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
    assert (state["status"], store.plant.place_of(str(state["place"])).zone) == ("AVAILABLE", Zone.STOCK)
    assert shipments(store) == ()


async def test_a_diverter_that_passes_without_our_permit_is_a_finding(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await floor.decide(floor.epc(bag), GateDecision.PASSED, "prm-of-nobody")
    assert alarms(store, "left_without_permit") == [(bag, "unacknowledged")]
    assert (store.state_of(bag)["status"], store.state_of(bag)["order_line"]) == ("AVAILABLE", None)


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


async def test_a_person_who_carries_a_bag_into_its_lane_takes_the_cranes_task_away(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await floor.decide(floor.epc(bag), GateDecision.REJECTED)
    await store.write(flow.advance)
    await store.write(lambda tx: gate.pass_by_hand(tx, NURSE, bag))
    assert store.all("SELECT state FROM task WHERE purpose = 'regate'") == [("cancelled",)]
    assert store.state_of(bag)["place"] == "dispatch/sort-1"


async def test_an_old_read_of_a_bag_that_lies_in_the_reject_lane_gets_no_permit(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    floor.gate_answers = False
    await floor.run(2)
    await floor.decide(floor.epc(bag), GateDecision.REJECTED)
    store.clock.step(60)
    await floor.take_commands()
    await floor.read(floor.epc(bag))
    assert await floor.take_commands() == []
    store.clock.step(20)
    await store.write(gate.answer_reads)
    refusals = store.all("SELECT refusal FROM gate_read WHERE bag = :bag ORDER BY id DESC", bag=bag)
    assert "dispatch/reject" in refusals[0].refusal


async def test_a_place_that_grew_too_warm_while_the_crane_was_busy_is_not_picked_from(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await store.write(flow.advance)
    store.warm.add(str(store.state_of(bag)["place"]))
    await store.write(lambda tx: dispatch_waiting(tx, NURSE))
    assert await floor.take_commands() == []
    assert store.state_of(bag)["status"] == "RESERVED"
    store.warm.clear()
    await floor.run()
    assert store.state_of(bag)["status"] == "IN_TRANSIT"


async def test_nobody_picks_an_ineligible_bag_by_hand_either(store) -> None:
    bag = await store.bag()
    await ordered(store)
    await store.write(flow.advance)
    (task,) = store.all("SELECT id FROM task WHERE purpose = 'pick'")
    store.warm.add(str(store.state_of(bag)["place"]))
    with pytest.raises(Refused, match="excursion"):
        await store.write(lambda tx: complete_by_hand(tx, NURSE, task.id, bag, "dispatch/gate"))
    assert store.state_of(bag)["status"] == "RESERVED"


async def test_a_crane_that_carried_another_bag_has_not_picked_ours(store, floor) -> None:
    bag, other = await store.bag(days=5), await store.bag(days=9)
    await ordered(store)
    await store.write(flow.advance)
    await store.write(lambda tx: dispatch_waiting(tx, NURSE))
    (trip,) = await floor.take_commands()
    (move,) = trip.loads
    report = BagMoved(
        task=move.task, device="crane-1", bag=other, epc=floor.epc(other), at_place="dispatch/gate",
        outcome=Outcome.DONE, reason="",
    )  # fmt: skip
    await floor.tell(carrier_reported, NURSE, report)
    assert (store.state_of(bag)["status"], store.state_of(other)["place"]) == ("RESERVED", "dispatch/gate")
    assert store.all("SELECT state FROM task WHERE id = :task", task=move.task) == [("waiting",)]


async def test_a_gate_permit_that_has_not_left_yet_is_withdrawn_when_its_bag_is_held(store, floor) -> None:
    bag = await store.bag()
    await ordered(store)
    await floor.run(1, step_s=1)
    standing = "SELECT device, state FROM machine_command WHERE state = 'queued'"
    assert store.all(standing) == [("gate-1", "queued")]
    await store.write(lambda tx: place_hold(tx, NURSE, bag=bag, reason="recall"))
    await store.write(flow.advance)
    assert store.all(standing) == []
