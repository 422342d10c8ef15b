"""Moves: slots never doubled, carriers one trip at a time, answered with care, people may always do it by hand."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moves_floor import TESTER, Carriers

from blood.eligibility import BagStatus, Zone
from plc_bridge.messages import BagMoved, CommandOutcome, Outcome
from wms.bags.commands import change_status, move_to
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.moves import dispatch, slots
from wms.moves.by_hand import move_by_hand, receive_by_hand
from wms.moves.ended import carrier_reported, complete_by_hand
from wms.moves.model import MovePurpose, TaskState, Wait
from wms.moves.tasks import cancel_move, request_move
from wms.moves.wanted import plan_moves
from wms.release.release import release_if_ready

BELT = "belt/cold-1"


@pytest.fixture
def floor(store) -> Carriers:
    return Carriers(store)


async def pick(store, bag: str) -> str:
    return await store.write(
        lambda tx: request_move(tx, TESTER, bag, purpose=MovePurpose.PICK, to_place="dispatch/gate")
    )


async def test_a_move_reserves_a_slot_of_the_right_zone_and_temperature(store, floor):
    red, plasma = await store.add_bag(1), await store.add_bag(2, "D0003V00")
    assert (await floor.task(await floor.ask(red))).to_place == "cold-1/q1/001"
    assert (await floor.task(await floor.ask(plasma))).to_place == "plasma-1/q1/001"


async def test_each_machine_gets_its_trip_and_its_report_moves_the_bag(store, floor):
    bag = await store.add_bag()
    task = await floor.ask(bag)
    made = await floor.work()
    assert [(device, load.from_place, load.to_place) for device, trip in made for load in trip.loads] == [
        ("conv-1", "prep/out", BELT),
        ("crane-1", BELT, "cold-1/q1/001"),
    ]
    assert store.bag(bag)["place"] == "cold-1/q1/001"
    done = await floor.task(task)
    assert (done.state, done.waits) == (TaskState.DONE, None)
    assert store.rows("SELECT place FROM claim") == []


async def test_a_carrier_makes_one_trip_at_a_time_and_the_other_says_what_it_waits_for(store, floor):
    await floor.ask(await store.add_bag(1, place=BELT))
    await floor.send()
    later = await floor.ask(await store.add_bag(2, place=BELT, abo_rhd="A+"))
    await floor.send()
    assert store.one("SELECT count(*) FROM machine_command") == (1,)
    view = floor.view(later)
    assert view.waits_for_en == "Waits until Crane, cold room 1 has finished its present trip."
    assert view.waits_for_zh == "等待 冷库 1 堆垛机 完成当前行程。"


async def test_more_urgent_tasks_go_first(store, floor, monkeypatch):
    crane = store.plant.device_by_id["crane-1"]
    monkeypatch.setattr(slots, "BALANCE_S", 0.0)
    bags = [await store.add_bag(number, place=BELT) for number in range(1, crane.carries + 2)]
    tasks = [await floor.ask(bag) for bag in bags[:-1]]
    urgent = await floor.ask(bags[-1], zone=Zone.QUARANTINE, priority=0)
    await floor.send()
    assert (await floor.task(urgent)).state is TaskState.SENT
    assert (await floor.task(tasks[-1])).state is TaskState.WAITING


async def test_asking_twice_is_one_task_and_asking_for_another_is_a_conflict(store, floor):
    bag = await store.add_bag()
    assert await floor.ask(bag) == await floor.ask(bag)
    with pytest.raises(Conflict, match="to be moved already"):
        await pick(store, bag)


async def test_a_full_zone_waits_with_a_sentence_and_gets_the_next_free_slot(store, floor, monkeypatch):
    shelf = store.plant.slots("cold-1/n1")
    monkeypatch.setitem(vars(store.plant), "slots", lambda _path: shelf[:1])
    first = await store.add_bag(1, place="cold-1/n1/001", status="NONCONFORMING")
    second = await store.add_bag(2, status="NONCONFORMING")
    task = await floor.ask(second, zone=Zone.NONCONFORMING)
    assert ((await floor.task(task)).to_place, (await floor.task(task)).waits) == (None, Wait.SLOT)
    said = "No free non-conforming slot for Red cells in additive solution"
    assert floor.view(task).waits_for_en.startswith(said.split(" for ")[0])
    await store.write(lambda tx: change_status(tx, TESTER, first, BagStatus.DISCARDED, "bag.discarded"))
    await store.write(lambda tx: tx.raw.execute("UPDATE bag SET place = NULL WHERE id = ?", (first,)).rowcount)
    await floor.send()
    assert (await floor.task(task)).to_place == "cold-1/n1/001"


async def test_an_unknown_outcome_is_read_back_and_never_repeated_as_a_new_command(store, floor):
    task = await floor.ask(await store.add_bag(place=BELT))
    await floor.send()
    [(command, device, _)] = await floor.take()
    await floor.answer(command, device, CommandOutcome.UNKNOWN)
    store.clock.step(3600)
    await floor.send()
    assert store.one("SELECT count(*) FROM machine_command") == (1,)
    assert (await floor.task(task)).waits is Wait.READ_BACK


async def test_an_expired_command_was_not_executed_and_becomes_a_new_one(store, floor):
    task = await floor.ask(await store.add_bag(place=BELT), zone=Zone.NONCONFORMING)
    await floor.send()
    [(command, device, _)] = await floor.take()
    await floor.answer(command, device, CommandOutcome.EXPIRED)
    await floor.send()
    waiting = await floor.task(task)
    assert (waiting.state, waiting.waits, waiting.attempts) == (TaskState.WAITING, Wait.BLOCKED, 0)
    store.clock.step(61)
    await floor.send()
    assert store.one("SELECT count(*) FROM machine_command") == (2,)


async def refuse_three_times(store, floor: Carriers) -> None:
    for _ in range(3):
        await floor.send()
        [(command, device, _)] = await floor.take()
        await floor.answer(command, device, CommandOutcome.REFUSED, "jammed")
        store.clock.step(61)


async def test_a_machine_that_refuses_three_times_leaves_the_bag_to_people(store, floor):
    task = await floor.ask(await store.add_bag(place=BELT))
    await refuse_three_times(store, floor)
    failed = await floor.task(task)
    assert (failed.state, failed.waits_detail, failed.from_place) == (TaskState.FAILED, "jammed", BELT)
    await store.write(lambda tx: plan_moves(tx, TESTER))
    assert store.rows("SELECT id FROM task WHERE state = 'waiting'") == []


async def test_a_pick_that_a_crane_refuses_for_good_is_told_to_outbound(store, floor):
    bag = await store.add_bag(place="cold-1/s1/001", status="RESERVED", order_line="ord-1-1")
    await pick(store, bag)
    await refuse_three_times(store, floor)
    assert [ended.state for ended in store.ended] == [TaskState.FAILED]


async def test_a_failed_pick_is_told_to_outbound(store, floor):
    bag = await store.add_bag(place="cold-1/s1/001", status="RESERVED", order_line="ord-1-1")
    await pick(store, bag)
    for _ in range(3):
        await floor.send()
        [(_, device, trip)] = await floor.take()
        await floor.report(device, trip.loads[0], outcome=Outcome.FAILED, reason="dropped")
        store.clock.step(61)
    assert [ended.state for ended in store.ended] == [TaskState.FAILED]
    assert store.bag(bag)["place"] == "cold-1/s1/001"


async def test_a_finished_pick_is_told_to_outbound(store, floor):
    bag = await store.add_bag(place="cold-1/s1/001", status="RESERVED", order_line="ord-1-1")
    await pick(store, bag)
    await floor.work()
    assert [(ended.state, ended.bag) for ended in store.ended] == [(TaskState.DONE, bag)]
    assert store.bag(bag)["place"] == "dispatch/gate"


async def test_by_hand_needs_the_right_bag_and_the_right_zone(store, floor):
    bag, other = await store.add_bag(1), await store.add_bag(2)
    task = await floor.ask(bag)
    with pytest.raises(Invalid, match="the task is for"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, other, "cold-1/q1/001"))
    with pytest.raises(Invalid, match="not in the quarantine zone"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, "cold-1/s1/001"))
    with pytest.raises(Invalid, match="has the slots 001 to 060"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, "cold-1/q1/061"))
    with pytest.raises(Invalid, match="There is no place"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, "attic"))
    done = await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, "cold-1/q2/005"))
    assert done.state is TaskState.DONE
    assert store.bag(bag)["place"] == "cold-1/q2/005"
    with pytest.raises(Conflict, match="has ended"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, "cold-1/q2/005"))


async def test_a_carrier_that_reports_after_the_hand_was_faster_is_believed_and_harmless(store, floor):
    bag = await store.add_bag(place=BELT)
    task = await floor.ask(bag)
    await floor.send()
    [(_, device, trip)] = await floor.take()
    target = trip.loads[0].to_place
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, target))
    store.clock.step(5)
    await floor.report(device, trip.loads[0], outcome=Outcome.FAILED, reason="it does not lie there")
    assert store.bag(bag)["place"] == target
    assert (await floor.task(task)).state is TaskState.DONE
    assert store.rows("SELECT id FROM carrier_trip WHERE ended_us IS NULL") == []


async def test_what_has_not_left_the_outbox_is_withdrawn_when_the_hand_was_faster(store, floor):
    bag = await store.add_bag(place=BELT)
    task = await floor.ask(bag)
    await floor.send()
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, "cold-1/q1/001"))
    assert store.one("SELECT state FROM machine_command") == ("withdrawn",)
    assert store.rows("SELECT id FROM carrier_trip WHERE ended_us IS NULL") == []


async def test_a_slot_of_another_bag_is_refused_to_hands(store, floor):
    bag, other = await store.add_bag(1, place="cold-1/q1/001"), await store.add_bag(2)
    claimed = (await floor.task(await floor.ask(other))).to_place
    with pytest.raises(Invalid, match="belongs to"):
        await store.write(lambda tx: move_by_hand(tx, TESTER, bag, claimed))
    with pytest.raises(Invalid, match="may not lie in the stock zone"):
        await store.write(lambda tx: move_by_hand(tx, TESTER, bag, "cold-1/s1/001"))
    await store.write(lambda tx: move_by_hand(tx, TESTER, bag, "cold-1/q1/003"))
    assert store.bag(bag)["place"] == "cold-1/q1/003"


async def test_a_report_about_another_bag_or_place_is_a_finding(store, floor):
    bag, other = await store.add_bag(1, place=BELT), await store.add_bag(2)
    await floor.ask(bag)
    await floor.send()
    [(_, device, trip)] = await floor.take()
    await floor.report(device, trip.loads[0], at_place="cold-1/q1/009")
    assert store.bag(bag)["place"] == "cold-1/q1/009"
    wrong = BagMoved(
        task=trip.loads[0].task, device=device, bag=other, epc="", at_place="cold-1/q1/010", outcome=Outcome.DONE,
        reason="",
    )  # fmt: skip
    await store.write(lambda tx: carrier_reported(tx, TESTER, wrong, tx.now))
    assert set(store.holds) == {bag, other}


async def test_a_report_about_an_unknown_task_is_refused_for_the_dead_letters(store):
    bag = await store.add_bag()
    moved = BagMoved(task="tsk-x", device="crane-1", bag=bag, epc="", at_place="dock", outcome=Outcome.DONE, reason="")
    with pytest.raises(NotFound, match="There is no task"):
        await store.write(lambda tx: carrier_reported(tx, TESTER, moved, tx.now))


async def test_a_released_bag_moves_to_stock_and_a_condemned_one_to_its_own_zone(store):
    good, bad = await store.add_bag(1, place="cold-1/q1/001"), await store.add_bag(2, place="cold-1/q1/002")
    assert await store.write(lambda tx: release_if_ready(tx, TESTER, good)) is None
    await store.write(lambda tx: change_status(tx, TESTER, bad, BagStatus.NONCONFORMING, "bag.failed_tests"))
    await store.write(lambda tx: plan_moves(tx, TESTER))
    targets = {bag: store.plant.place_of(to).zone for bag, to in store.rows("SELECT bag, to_place FROM task")}
    assert targets == {good: Zone.STOCK, bad: Zone.NONCONFORMING}


async def test_a_bag_released_while_it_waits_for_put_away_goes_straight_to_stock(store, floor):
    bag = await store.add_bag()
    task = await floor.ask(bag)
    assert await store.write(lambda tx: release_if_ready(tx, TESTER, bag)) is None
    await store.write(lambda tx: plan_moves(tx, TESTER))
    assert (await floor.task(task)).state is TaskState.CANCELLED
    [(purpose, target)] = store.rows("SELECT purpose, to_place FROM task WHERE state = 'waiting'")
    assert (purpose, store.plant.place_of(target).zone) == ("restock", Zone.STOCK)


async def test_tasks_that_nobody_can_carry_out_now_do_not_stand_before_those_that_one_can(store, floor, monkeypatch):
    monkeypatch.setattr(dispatch, "_LOOK_AHEAD", 1)
    away = [await store.add_bag(number) for number in range(1, 15)]
    for bag in away:
        await floor.ask(bag)
        await store.write(lambda tx, bag=bag: move_to(tx, TESTER, bag, None, tx.now))
    await floor.send()
    store.clock.step(1)
    waiting = await floor.ask(await store.add_bag(15))
    for _ in range(3):
        await floor.send()
    assert (await floor.task(waiting)).state is TaskState.SENT


async def test_cancelling_frees_the_slot(store, floor):
    bag, other = await store.add_bag(1), await store.add_bag(2)
    task = await floor.ask(bag)
    await store.write(lambda tx: cancel_move(tx, TESTER, task, "not needed"))
    assert (await floor.task(await floor.ask(other))).to_place == "cold-1/q1/001"


@given(
    order=st.lists(
        st.tuples(st.integers(0, 11), st.sampled_from(["ask", "turn", "hand", "cancel", "send"])), max_size=40
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_slot_ever_has_two_owners(store, floor, order):
    base = store.one("SELECT count(*) FROM bag")[0] + 1
    bags = [await store.add_bag(base + index) for index in range(12)]
    for index, act in order:
        open_tasks = store.rows("SELECT id FROM task WHERE bag = ? AND state IN ('waiting', 'sent')", bags[index])
        if act == "ask" and store.bag(bags[index])["place"] == "prep/out":
            await floor.ask(bags[index])
        elif act == "send":
            await floor.send()
        elif act == "turn":
            await floor.turn()
        elif open_tasks:
            task = await floor.task(open_tasks[0][0])
            if act == "cancel":
                await store.write(lambda tx, task=task: cancel_move(tx, TESTER, task.id, "test"))
            elif task.to_place:
                await store.write(lambda tx, task=task: complete_by_hand(tx, TESTER, task.id, task.bag, task.to_place))
        owners = store.rows(
            "SELECT place, id FROM bag WHERE place LIKE 'cold-_/q%' UNION SELECT claim.place, task.bag FROM claim "
            "JOIN task ON task.id = claim.task WHERE exclusive = 1"
        )
        assert len({slot for slot, _ in owners}) == len(owners)


async def test_a_pick_whose_bag_lies_at_the_gate_already_is_done(store, floor):
    bag = await store.add_bag(place="dispatch/gate", status="RESERVED")
    await pick(store, bag)
    await floor.send()
    assert [ended.state for ended in store.ended] == [TaskState.DONE]
    assert store.rows("SELECT id FROM machine_command") == []


async def test_a_donation_is_received_by_a_scan_when_the_portal_is_down(store):
    bag = await store.add_bag(1, "D0001V00", place="mobile", status="COLLECTED")
    store.clock.step(60)
    assert await store.write(lambda tx: receive_by_hand(tx, TESTER, bag[:13])) == bag
    assert await store.write(lambda tx: receive_by_hand(tx, TESTER, bag[:13])) == bag
    assert store.bag(bag)["place"] == "dock"
    assert store.one("SELECT count(*) FROM ledger WHERE kind = 'bag.received'") == (1,)
    with pytest.raises(NotFound, match="No bag of donation"):
        await store.write(lambda tx: receive_by_hand(tx, TESTER, "A999926000077"))
    other = await store.add_bag(2, place="cold-1/q1/001")
    with pytest.raises(Refused, match="nothing of it is on its way in"):
        await store.write(lambda tx: receive_by_hand(tx, TESTER, other[:13]))


@pytest.mark.parametrize(
    ("status", "place", "code"),
    [
        ("AVAILABLE", "plasma-1/s1/001", "place.temperature"),
        ("AVAILABLE", "platelet", "place.temperature"),
        ("QUARANTINE", "plasma-1/q1/001", "place.temperature"),
        ("AVAILABLE", "box/r20-1", "place.box"),
        ("PICKED", "box/r20-1", "place.box"),
        ("AVAILABLE", "hospital/city-first", "place.outside"),
    ],
)
async def test_hands_may_not_put_a_bag_where_it_must_not_be(store, status, place, code):
    """A store of another temperature spoils it; a box is packed with every check; outside is behind the lock."""
    bag = await store.add_bag(1, status=status, place=BELT)
    with pytest.raises(Invalid) as refused:
        await store.write(lambda tx: move_by_hand(tx, TESTER, bag, place))
    assert (refused.value.code, store.bag(bag)["place"]) == (code, BELT)
