"""Moves: slots never doubled, cranes one at a time, machines answered with care, people may always do it by hand."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blood.eligibility import BagStatus, Zone
from plc_bridge.messages import BagMoved, CommandAnswered, CommandOutcome, MoveBag, Outcome
from wms.bags.commands import change_status, move_to
from wms.errors import Conflict, Invalid, NotFound, Refused
from wms.intake.release import release_if_ready
from wms.moves import dispatch
from wms.moves.by_hand import move_by_hand, receive_by_hand
from wms.moves.dispatch import dispatch_waiting
from wms.moves.ended import complete_by_hand, crane_reported, plan_moves
from wms.moves.model import MovePurpose, TaskState, Wait
from wms.moves.read import tasks
from wms.moves.tasks import cancel_move, request_move, require_task
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")


async def ask(store, bag: str, **target) -> str:
    target = target or {"zone": Zone.QUARANTINE}
    return await store.write(lambda tx: request_move(tx, TESTER, bag, purpose=MovePurpose.PUT_AWAY, **target))


async def send(store) -> None:
    await store.write(lambda tx: dispatch_waiting(tx, TESTER))


async def task_of(store, task: str):
    return await store.write(lambda tx: require_task(tx.raw, task))


async def report(store, task, *, outcome=Outcome.DONE, at_place=None, bag=None, reason="") -> None:
    moved = BagMoved(
        task=task.id,
        device=task.device,
        bag=bag or task.bag,
        epc="",
        at_place=at_place or task.to_place,
        outcome=outcome,
        reason=reason,
    )
    await store.write(lambda tx: crane_reported(tx, TESTER, moved, tx.now))


async def answer(store, task, outcome: CommandOutcome, detail: str = "") -> None:
    answered = CommandAnswered(command=task.command, device=task.device, outcome=outcome, detail=detail)
    await store.write(lambda tx: dispatch.answered(tx, TESTER, answered))


async def test_a_move_reserves_a_slot_of_the_right_zone_and_temperature(store):
    red, plasma = await store.add_bag(1), await store.add_bag(2, "D0003V00")
    assert (await task_of(store, await ask(store, red))).to_place == "cold-1/q1/001"
    assert (await task_of(store, await ask(store, plasma))).to_place == "plasma-1/q1/001"


async def test_the_crane_gets_the_command_and_its_report_moves_the_bag(store):
    bag = await store.add_bag()
    task = await ask(store, bag)
    await send(store)
    sent = await task_of(store, task)
    assert (sent.state, sent.device) == (TaskState.SENT, "crane-1")
    (device, data) = store.one("SELECT device, data FROM machine_command")
    message = msgspec.json.decode(data, type=MoveBag)
    assert (device, message.bag, message.from_place, message.to_place) == ("crane-1", bag, "prep/out", "cold-1/q1/001")
    await report(store, sent)
    assert store.bag(bag)["place"] == "cold-1/q1/001"
    assert (await task_of(store, task)).state is TaskState.DONE


async def test_one_crane_carries_one_bag_at_a_time_and_the_other_says_what_it_waits_for(store):
    first, second = await store.add_bag(1), await store.add_bag(2)
    await ask(store, first)
    later = await ask(store, second)
    await send(store)
    await send(store)
    assert store.one("SELECT count(*) FROM machine_command") == (1,)
    with store.database.read() as connection:
        views = {view.id: view for view in tasks(connection, store.plant)}
    assert views[later].waits_for_en == "Waits until Crane, cold room has finished its present task."
    assert views[later].waits_for_zh == "等待 冷库堆垛机 完成当前任务。"


async def test_more_urgent_tasks_go_first(store):
    first, second = await store.add_bag(1), await store.add_bag(2)
    await ask(store, first)
    urgent = await ask(store, second, zone=Zone.QUARANTINE, priority=0)
    await send(store)
    assert (await task_of(store, urgent)).state is TaskState.SENT


async def test_asking_twice_is_one_task_and_asking_for_another_is_a_conflict(store):
    bag = await store.add_bag()
    assert await ask(store, bag) == await ask(store, bag)
    with pytest.raises(Conflict, match="to be moved already"):
        await store.write(lambda tx: request_move(tx, TESTER, bag, purpose=MovePurpose.PICK, to_place="dispatch/gate"))


async def test_a_full_zone_waits_with_a_sentence_and_gets_the_next_free_slot(store, monkeypatch):
    shelf = store.plant.slots("cold-1/n1")
    monkeypatch.setitem(vars(store.plant), "slots", lambda _path: shelf[:1])
    first = await store.add_bag(1, place="cold-1/n1/001", status="NONCONFORMING")
    second = await store.add_bag(2, status="NONCONFORMING")
    task = await ask(store, second, zone=Zone.NONCONFORMING)
    waiting = await task_of(store, task)
    assert (waiting.to_place, waiting.waits) == (None, Wait.SLOT)
    await store.write(lambda tx: change_status(tx, TESTER, first, BagStatus.DISCARDED, "bag.discarded"))
    await store.write(lambda tx: tx.raw.execute("UPDATE bag SET place = NULL WHERE id = ?", (first,)).rowcount)
    await send(store)
    assert (await task_of(store, task)).to_place == "cold-1/n1/001"


async def test_an_unknown_outcome_is_read_back_and_never_repeated_as_a_new_command(store):
    bag = await store.add_bag()
    task = await ask(store, bag)
    await send(store)
    sent = await task_of(store, task)
    await answer(store, sent, CommandOutcome.UNKNOWN)
    store.clock.step(3600)
    await send(store)
    assert store.one("SELECT count(*) FROM machine_command") == (1,)
    assert (await task_of(store, task)).waits is Wait.READ_BACK


async def test_an_expired_command_was_not_executed_and_becomes_a_new_one(store):
    bag = await store.add_bag()
    task = await ask(store, bag)
    await send(store)
    await answer(store, await task_of(store, task), CommandOutcome.EXPIRED)
    await send(store)
    assert (await task_of(store, task)).state is TaskState.WAITING
    store.clock.step(61)
    await send(store)
    assert store.one("SELECT count(*) FROM machine_command") == (2,)


async def test_a_machine_that_refuses_three_times_leaves_the_bag_to_people(store):
    bag = await store.add_bag()
    task = await ask(store, bag)
    for _ in range(3):
        await send(store)
        await answer(store, await task_of(store, task), CommandOutcome.REFUSED, "jammed")
        store.clock.step(61)
    failed = await task_of(store, task)
    assert (failed.state, failed.waits_detail) == (TaskState.FAILED, "jammed")
    await store.write(lambda tx: plan_moves(tx, TESTER))
    assert store.rows("SELECT id FROM task WHERE state = 'waiting'") == []


async def test_a_failed_pick_is_told_to_outbound(store):
    bag = await store.add_bag(place="cold-1/s1/001", status="RESERVED", order_line="ord-1-1")
    task = await store.write(
        lambda tx: request_move(tx, TESTER, bag, purpose=MovePurpose.PICK, to_place="dispatch/gate")
    )
    for _ in range(3):
        await send(store)
        await report(
            store, await task_of(store, task), outcome=Outcome.FAILED, at_place="cold-1/s1/001", reason="dropped"
        )
        store.clock.step(61)
    assert [ended.state for ended in store.ended] == [TaskState.FAILED]
    assert store.bag(bag)["place"] == "cold-1/s1/001"


async def test_a_finished_pick_is_told_to_outbound(store):
    bag = await store.add_bag(place="cold-1/s1/001", status="RESERVED", order_line="ord-1-1")
    task = await store.write(
        lambda tx: request_move(tx, TESTER, bag, purpose=MovePurpose.PICK, to_place="dispatch/gate")
    )
    await send(store)
    await report(store, await task_of(store, task))
    assert [(ended.state, ended.bag) for ended in store.ended] == [(TaskState.DONE, bag)]


async def test_by_hand_needs_the_right_bag_and_the_right_zone(store):
    bag, other = await store.add_bag(1), await store.add_bag(2)
    task = await ask(store, bag)
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


async def test_a_crane_that_reports_after_the_hand_was_faster_is_believed_and_harmless(store):
    bag = await store.add_bag()
    task = await ask(store, bag)
    await send(store)
    sent = await task_of(store, task)
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, sent.to_place))
    assert store.one("SELECT state FROM machine_command") == ("withdrawn",)
    store.clock.step(5)
    await report(store, sent, outcome=Outcome.FAILED, at_place="prep/out", reason="it does not lie there")
    assert store.bag(bag)["place"] == sent.to_place
    assert (await task_of(store, task)).state is TaskState.DONE


async def test_a_slot_of_another_bag_is_refused_to_hands(store):
    bag, other = await store.add_bag(1, place="cold-1/q1/001"), await store.add_bag(2)
    await ask(store, other)
    with pytest.raises(Invalid, match="belongs to"):
        await store.write(lambda tx: move_by_hand(tx, TESTER, bag, "cold-1/q1/002"))
    with pytest.raises(Invalid, match="may not lie in the stock zone"):
        await store.write(lambda tx: move_by_hand(tx, TESTER, bag, "cold-1/s1/001"))
    await store.write(lambda tx: move_by_hand(tx, TESTER, bag, "cold-1/q1/003"))
    assert store.bag(bag)["place"] == "cold-1/q1/003"


async def test_a_report_about_another_bag_or_place_is_a_finding(store):
    bag, other = await store.add_bag(1), await store.add_bag(2)
    task = await ask(store, bag)
    await send(store)
    sent = await task_of(store, task)
    await report(store, sent, at_place="cold-1/q1/009")
    assert store.bag(bag)["place"] == "cold-1/q1/009"
    await report(store, sent, bag=other)
    assert set(store.holds) == {bag, other}


async def test_a_report_about_an_unknown_task_is_refused_for_the_dead_letters(store):
    bag = await store.add_bag()
    moved = BagMoved(task="tsk-x", device="crane-1", bag=bag, epc="", at_place="dock", outcome=Outcome.DONE, reason="")
    with pytest.raises(NotFound, match="There is no task"):
        await store.write(lambda tx: crane_reported(tx, TESTER, moved, tx.now))


async def test_a_released_bag_moves_to_stock_and_a_condemned_one_to_its_own_zone(store):
    good, bad = await store.add_bag(1, place="cold-1/q1/001"), await store.add_bag(2, place="cold-1/q1/002")
    assert await store.write(lambda tx: release_if_ready(tx, TESTER, good)) is None
    await store.write(lambda tx: change_status(tx, TESTER, bad, BagStatus.NONCONFORMING, "bag.failed_tests"))
    await store.write(lambda tx: plan_moves(tx, TESTER))
    targets = dict(store.rows("SELECT bag, to_place FROM task"))
    assert targets == {good: "cold-1/s1/001", bad: "cold-1/n1/001"}


async def test_a_bag_released_while_it_waits_for_put_away_goes_straight_to_stock(store):
    bag = await store.add_bag()
    task = await ask(store, bag)
    assert await store.write(lambda tx: release_if_ready(tx, TESTER, bag)) is None
    await store.write(lambda tx: plan_moves(tx, TESTER))
    assert (await task_of(store, task)).state is TaskState.CANCELLED
    assert store.one("SELECT purpose, to_place FROM task WHERE state = 'waiting'") == ("restock", "cold-1/s1/001")


async def test_tasks_that_nobody_can_carry_out_now_do_not_stand_before_those_that_one_can(store, monkeypatch):
    monkeypatch.setattr(dispatch, "_LOOK_AHEAD", 1)
    away = [await store.add_bag(number) for number in (1, 2, 3, 4)]
    for bag in away:
        await ask(store, bag)
        await store.write(lambda tx, bag=bag: move_to(tx, TESTER, bag, None, tx.now))
    await send(store)
    store.clock.step(1)
    waiting = await ask(store, await store.add_bag(5))
    for _ in range(3):
        await send(store)
    assert (await task_of(store, waiting)).state is TaskState.SENT


async def test_cancelling_frees_the_slot(store):
    bag, other = await store.add_bag(1), await store.add_bag(2)
    task = await ask(store, bag)
    await store.write(lambda tx: cancel_move(tx, TESTER, task, "not needed"))
    assert (await task_of(store, await ask(store, other))).to_place == "cold-1/q1/001"


@given(
    order=st.lists(
        st.tuples(st.integers(0, 11), st.sampled_from(["ask", "send", "done", "hand", "cancel"])), max_size=40
    )
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_slot_ever_has_two_owners(store, order):
    base = store.one("SELECT count(*) FROM bag")[0] + 1
    bags = [await store.add_bag(base + index) for index in range(12)]
    for index, act in order:
        open_tasks = store.rows(
            "SELECT id, state FROM task WHERE bag = ? AND state IN ('waiting', 'sent')", bags[index]
        )
        if act == "ask" and store.bag(bags[index])["place"] == "prep/out":
            await ask(store, bags[index])
        elif act == "send":
            await send(store)
        elif open_tasks and act == "cancel":
            await store.write(lambda tx, task=open_tasks[0][0]: cancel_move(tx, TESTER, task, "test"))
        elif open_tasks and act in {"done", "hand"}:
            task = await task_of(store, open_tasks[0][0])
            if act == "done" and task.state is TaskState.SENT:
                await report(store, task)
            elif act == "hand" and task.to_place:
                await store.write(lambda tx, task=task: complete_by_hand(tx, TESTER, task.id, task.bag, task.to_place))
        owners = store.rows(
            "SELECT place, id FROM bag WHERE place LIKE 'cold-1/q%' "
            "UNION SELECT slot, bag FROM task WHERE slot IS NOT NULL AND state IN ('waiting', 'sent')"
        )
        assert len({slot for slot, _ in owners}) == len(owners)


async def test_a_pick_that_a_crane_refuses_for_good_is_told_to_outbound(store):
    bag = await store.add_bag(place="cold-1/s1/001", status="RESERVED", order_line="ord-1-1")
    task = await store.write(
        lambda tx: request_move(tx, TESTER, bag, purpose=MovePurpose.PICK, to_place="dispatch/gate")
    )
    for _ in range(3):
        await send(store)
        await answer(store, await task_of(store, task), CommandOutcome.REFUSED, "jammed")
        store.clock.step(61)
    assert [ended.state for ended in store.ended] == [TaskState.FAILED]


async def test_a_pick_whose_bag_lies_at_the_gate_already_is_done(store):
    bag = await store.add_bag(place="dispatch/gate", status="RESERVED")
    await store.write(lambda tx: request_move(tx, TESTER, bag, purpose=MovePurpose.PICK, to_place="dispatch/gate"))
    await send(store)
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
