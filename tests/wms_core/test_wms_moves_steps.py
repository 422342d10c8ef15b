"""Steps of a move: room on the whole way, other ways around faults, portals as evidence, nothing done twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from moves_floor import TESTER, Carriers

from blood.eligibility import DonationType, Zone
from plc_bridge.messages import CommandOutcome, Outcome
from rfid.messages import Direction
from wms.alarms.conditions import PLACE_UNKNOWN
from wms.alarms.watch import tick as watch_tick
from wms.bags.commands import move_to
from wms.errors import Invalid, Refused
from wms.holds.commands import place_hold
from wms.inbox.epochs import TroubleKind, raise_trouble
from wms.moves.by_hand import move_by_hand
from wms.moves.ended import complete_by_hand
from wms.moves.model import DeviceState, MovePurpose, TaskState, Wait
from wms.moves.steps import steps_of
from wms.moves.tasks import cancel_move
from wms.moves.wanted import plan_move, plan_moves

BELT, LABEL, GATE = "belt/cold-1", "label/cell-1", "dispatch/gate"


@pytest.fixture
def floor(store) -> Carriers:
    return Carriers(store)


async def picked(store, floor, number: int = 1, place: str = "cold-1/s1/001", priority: int = 5) -> tuple[str, str]:
    """A reserved bag on its shelf and the task that brings it to the gate."""
    bag = await store.add_bag(number, place=place, status="RESERVED", order_line="ord-1-1")
    return bag, await floor.ask(bag, MovePurpose.PICK, to_place=GATE, priority=priority)


def claims(store) -> list[tuple[str, int]]:
    return store.rows("SELECT place, count(*) FROM claim WHERE exclusive = 0 GROUP BY place ORDER BY place")


# ---- room -----------------------------------------------------------------------------------------------------------


async def test_a_task_begins_with_all_room_on_its_way_reserved_and_gives_it_back_as_it_goes(store, floor):
    await picked(store, floor)
    await floor.send()
    assert claims(store) == [("belt/cold-1", 1), ("dispatch/gate", 1)]
    [(_, device, trip)] = await floor.take()
    await floor.report(device, trip.loads[0])
    assert claims(store) == [("belt/cold-1", 1), ("dispatch/gate", 1)], "it stands on the belt"
    await floor.turn()
    assert claims(store) == []


async def test_without_room_on_the_whole_way_nothing_moves_and_the_task_says_where_it_lacks(store, floor):
    for number in range(1, 13):
        await store.add_bag(number, place=GATE, status="PICKED")
    _, task = await picked(store, floor, 20)
    await floor.send()
    assert (await floor.task(task)).waits is Wait.ROOM
    assert floor.view(task).waits_for_en == (
        "Waits for room: Dispatch gate is full, or reserved for bags on their way."
    )
    assert floor.view(task).waits_for_zh == "等待空位：发血闸口 已满，或已为在途血袋预留。"
    assert claims(store) == []
    await store.write(lambda tx: move_to(tx, TESTER, "A999926000001-D0002V00", "dispatch/reject", tx.now))
    await floor.send()
    assert (await floor.task(task)).state is TaskState.SENT


async def test_who_waits_for_room_is_not_overtaken_by_those_behind_it(store, floor):
    for number in range(1, 12):
        await store.add_bag(number, place=GATE, status="PICKED")
    _, urgent = await picked(store, floor, 20, priority=1)
    _, other = await picked(store, floor, 21, "plasma-1/s1/001", priority=4)
    store.states["crane-1"] = DeviceState.RUNNING
    await floor.send()
    assert (await floor.task(urgent)).state is TaskState.SENT
    assert (await floor.task(other)).waits is Wait.ROOM


async def test_a_bag_taken_back_on_a_machine_keeps_its_room_until_the_machine_says_what_it_did(store, floor):
    bag, task = await picked(store, floor)
    await floor.send()
    [(_command, device, trip)] = await floor.take()
    await store.write(lambda tx: cancel_move(tx, TESTER, task, "not needed"))
    assert claims(store) == [("belt/cold-1", 1)]
    await floor.report(device, trip.loads[0])
    assert (claims(store), store.bag(bag)["place"]) == ([], BELT)
    assert store.rows("SELECT id FROM carrier_trip WHERE ended_us IS NULL") == []


async def test_a_withdrawn_trip_that_nobody_took_in_time_holds_no_room(store, floor):
    _, task = await picked(store, floor)
    await floor.send()
    await store.write(lambda tx: tx.raw.execute("UPDATE machine_command SET state = 'sent'").rowcount)
    await store.write(lambda tx: cancel_move(tx, TESTER, task, "not needed"))
    await floor.send()
    assert claims(store) == [("belt/cold-1", 1)]
    store.clock.step(60)
    await floor.send()
    assert claims(store) == []
    assert store.rows("SELECT id FROM carrier_trip WHERE ended_us IS NULL") == []


# ---- trips ----------------------------------------------------------------------------------------------------------


async def test_one_trip_takes_what_shares_machine_and_way_up_to_what_it_carries(store, floor):
    carries = store.plant.device_by_id["crane-1"].carries
    for number in range(1, carries + 4):
        await picked(store, floor, number, f"cold-1/s1/{number:03d}")
    await floor.send()
    [(_, device, trip)] = await floor.take()
    assert (device, len(trip.loads)) == ("crane-1", carries)
    assert {load.to_place for load in trip.loads} == {BELT}
    assert len({load.from_place for load in trip.loads}) == carries


async def test_loads_of_other_ways_wait_for_the_next_trip(store, floor):
    await picked(store, floor, 1, "cold-1/s1/001")
    stay = await store.add_bag(2, place="cold-1/q1/001", status="NONCONFORMING")
    task = await floor.ask(stay, MovePurpose.SEGREGATE, zone=Zone.NONCONFORMING)
    await floor.send()
    [(_, _, trip)] = await floor.take()
    assert len(trip.loads) == 1
    assert (await floor.task(task)).waits is Wait.TURN


async def test_a_load_that_fails_does_not_fail_the_others_of_its_trip(store, floor):
    first, task = await picked(store, floor, 1, "cold-1/s1/001")
    second, _ = await picked(store, floor, 2, "cold-1/s1/002")
    await floor.send()
    [(_, device, trip)] = await floor.take()
    await floor.report(device, trip.loads[0], outcome=Outcome.FAILED, reason="the slot is empty")
    await floor.report(device, trip.loads[1])
    assert (store.bag(first)["place"], store.bag(second)["place"]) == ("cold-1/s1/001", BELT)
    assert (await floor.task(task)).waits is Wait.RETRY
    assert floor.view(task).waits_for_en == ("The last attempt failed (the slot is empty); it is tried again shortly.")


async def test_who_has_waited_as_long_as_another_way_takes_more_goes_that_way(store, floor):
    await floor.ask(await store.add_bag(1, place="returns", status="NONCONFORMING"), zone=Zone.NONCONFORMING)
    await floor.send()
    [(_, device, _)] = await floor.take()
    second = await store.add_bag(2, place="returns", status="NONCONFORMING")
    task = await floor.ask(second, zone=Zone.NONCONFORMING)
    await floor.send()
    assert (device, (await floor.task(task)).waits) == ("conv-1", Wait.TURN)
    store.clock.step(90)
    await floor.send()
    assert [device for _, device, _ in await floor.take()] == ["amr-1"]


# ---- faults ---------------------------------------------------------------------------------------------------------


async def test_a_task_that_waits_for_a_machine_says_which_and_why(store, floor):
    _, task = await picked(store, floor)
    store.states["crane-1"] = DeviceState.STOPPED
    await floor.send()
    assert floor.view(task).waits_for_en == "Waits for Crane, cold room 1, which is stopped."
    assert floor.view(task).waits_for_zh == "等待 冷库 1 堆垛机：设备已停机。"


async def test_a_machine_whose_state_nobody_knows_gets_no_trip(store, floor):
    _, task = await picked(store, floor)
    store.states |= dict.fromkeys(store.plant.device_by_id, DeviceState.UNKNOWN)
    await floor.send()
    assert store.rows("SELECT id FROM machine_command") == []
    assert floor.view(task).waits_for_en == "Waits for Crane, cold room 1, whose state nobody knows."


async def test_a_refusal_is_told_in_the_machines_own_words(store, floor):
    _, task = await picked(store, floor)
    await floor.send()
    [(command, device, _)] = await floor.take()
    await floor.answer(command, device, CommandOutcome.REFUSED, "gripper jammed")
    await floor.send()
    assert floor.view(task).waits_for_en == (
        "Waits for Crane, cold room 1, which did not take its last trip: gripper jammed."
    )


async def test_a_task_under_way_goes_around_a_machine_that_fails(store, floor):
    bag, task = await picked(store, floor)
    await floor.turn()
    assert store.bag(bag)["place"] == BELT
    store.states["amr-1"] = DeviceState.HELD
    made = await floor.work()
    assert [device for device, _ in made] == ["conv-1", "div-1"]
    assert (await floor.task(task)).state is TaskState.DONE
    assert claims(store) == []


async def test_a_task_under_way_changes_to_a_slot_that_it_can_reach(store, floor):
    bag = await store.add_bag()
    task = await floor.ask(bag)
    await floor.turn()
    assert store.bag(bag)["place"] == BELT
    store.states["crane-1"] = DeviceState.HELD
    await floor.work()
    assert store.bag(bag)["place"].startswith("cold-2/q1/")
    assert (await floor.task(task)).state is TaskState.DONE
    assert store.rows("SELECT place FROM claim") == []


async def test_without_another_way_a_task_under_way_waits_with_its_room_and_goes_on_when_mended(store, floor):
    _bag, task = await picked(store, floor)
    await floor.turn()
    store.states |= {"amr-1": DeviceState.HELD, "conv-1": DeviceState.STOPPED}
    await floor.send()
    assert (await floor.task(task)).waits is Wait.BLOCKED
    assert claims(store) == [("belt/cold-1", 1), ("dispatch/gate", 1)]
    store.states.clear()
    await floor.work()
    assert (await floor.task(task)).state is TaskState.DONE


async def test_a_bag_still_on_its_shelf_does_not_keep_room_while_its_crane_is_down(store, floor):
    _, task = await picked(store, floor)
    await floor.send()
    [(command, device, _)] = await floor.take()
    await floor.answer(command, device, CommandOutcome.EXPIRED)
    store.states["crane-1"] = DeviceState.AWAY
    await floor.send()
    assert (await floor.task(task)).waits is Wait.BLOCKED
    assert claims(store) == []


async def test_where_no_machine_carries_people_are_asked(store, floor):
    task = await floor.ask(await store.add_bag(place="dispatch/pack"))
    await floor.send()
    assert floor.view(task).waits_for_en == (
        "No machine carries from Packing station to where it is to go; carry it by hand."
    )


# ---- portals --------------------------------------------------------------------------------------------------------


async def through_portal(store, floor) -> tuple[str, str]:
    """A bag that its carrier has brought through p3, and its task."""
    bag = await store.add_bag(place=LABEL, status="AVAILABLE")
    task = await floor.ask(bag, MovePurpose.RESTOCK, zone=Zone.STOCK)
    return bag, task


async def test_a_step_through_a_portal_needs_the_carrier_and_the_portal(store, floor):
    bag, task = await through_portal(store, floor)
    await floor.turn(portal_sees=False)
    assert (await floor.task(task)).waits is Wait.PORTAL
    assert floor.view(task).waits_for_en == "It is carried already; waits until Stock portal has seen it."
    await floor.send()
    assert await floor.take() == []
    await floor.cross(bag)
    await floor.work()
    assert (await floor.task(task)).state is TaskState.DONE


async def test_the_portal_may_be_faster_than_the_carriers_report(store, floor):
    bag, task = await through_portal(store, floor)
    await floor.send()
    [(_, device, trip)] = await floor.take()
    await floor.cross(bag)
    assert store.bag(bag)["place"] == LABEL
    await floor.report(device, trip.loads[0])
    assert store.bag(bag)["place"] == "belt/stock"
    assert (await floor.task(task)).waits is Wait.TURN


async def test_a_bag_that_the_portal_missed_is_nowhere_until_it_is_read(store, floor):
    bag, task = await through_portal(store, floor)
    await floor.turn(portal_sees=False)
    store.clock.step(900)
    await floor.send()
    assert store.bag(bag)["place"] is None
    assert (await floor.task(task)).waits is Wait.UNSEEN
    assert floor.view(task).waits_for_en == (
        "It should be there, but Stock portal did not say so: its place is unknown until it is read or scanned."
    )
    await store.write(watch_tick)
    asked = "SELECT source FROM alarm WHERE condition = ? AND known = 'active'"
    assert store.rows(asked, PLACE_UNKNOWN) == [(bag,)]
    await floor.cross(bag)
    assert store.bag(bag)["place"] == "belt/stock"
    await store.write(watch_tick)
    assert store.rows(asked, PLACE_UNKNOWN) == []
    await floor.work()
    assert (await floor.task(task)).state is TaskState.DONE


async def test_a_bag_that_is_nowhere_is_asked_for_also_when_nobody_wants_it_any_more(store, floor):
    bag, task = await through_portal(store, floor)
    await floor.turn(portal_sees=False)
    store.clock.step(900)
    await floor.send()
    await store.write(watch_tick)
    await store.write(lambda tx: cancel_move(tx, TESTER, task, "its order was cancelled"))
    await store.write(watch_tick)
    asked = "SELECT source FROM alarm WHERE condition = ? AND known = 'active'"
    assert store.bag(bag)["place"] is None
    assert store.rows(asked, PLACE_UNKNOWN) == [(bag,)]


async def test_a_scan_finds_the_missed_bag_and_its_way_goes_on_from_there(store, floor):
    bag, task = await through_portal(store, floor)
    await floor.turn(portal_sees=False)
    store.clock.step(900)
    await floor.send()
    await store.write(lambda tx: move_by_hand(tx, TESTER, bag, "belt/platelet"))
    made = await floor.work()
    assert made[0][1].loads[0].from_place == "belt/platelet"
    assert (await floor.task(task)).state is TaskState.DONE


async def test_a_missed_bag_that_never_left_goes_through_the_portal_again(store, floor):
    bag, task = await through_portal(store, floor)
    await floor.turn(portal_sees=False)
    store.clock.step(900)
    await floor.send()
    await store.write(lambda tx: move_by_hand(tx, TESTER, bag, LABEL))
    made = await floor.work()
    assert made[0][1].loads[0].from_place == LABEL
    assert (await floor.task(task)).state is TaskState.DONE


async def test_a_crossing_in_the_other_direction_is_no_evidence(store, floor):
    bag, task = await through_portal(store, floor)
    await floor.turn(portal_sees=False)
    await floor.cross(bag, direction=Direction.OUT)
    await floor.send()
    assert (await floor.task(task)).state is not TaskState.DONE
    assert store.bag(bag)["place"] == LABEL


async def test_a_bag_carried_through_the_portal_by_hand_is_where_the_portal_saw_it(store, floor):
    bag = await store.add_bag(place=LABEL, status="AVAILABLE")
    store.clock.step(10)
    await floor.cross(bag)
    assert store.bag(bag)["place"] == "belt/stock"
    assert store.holds == []


# ---- nothing twice --------------------------------------------------------------------------------------------------


async def test_a_bag_seen_at_the_end_of_a_step_needs_no_report(store, floor):
    bag, task = await picked(store, floor)
    await floor.send()
    [(_, device, trip)] = await floor.take()
    await store.write(lambda tx: move_to(tx, TESTER, bag, BELT, tx.now + timedelta(seconds=1)))
    await floor.send()
    [(_, device_2, trip_2)] = await floor.take()
    assert (device_2, trip_2.loads[0].from_place) == ("amr-1", BELT)
    await floor.report(device, trip.loads[0])
    assert (await floor.task(task)).state is TaskState.SENT
    await floor.report(device_2, trip_2.loads[0])
    assert (await floor.task(task)).state is TaskState.DONE


async def test_a_bag_seen_further_on_its_way_skips_the_steps_between(store, floor):
    bag, task = await picked(store, floor)
    store.states["amr-1"] = DeviceState.HELD
    await floor.send()
    await floor.take()
    await store.write(lambda tx: move_to(tx, TESTER, bag, "belt/dispatch", tx.now + timedelta(seconds=1)))
    await floor.send()
    [(_, device, trip)] = await floor.take()
    assert (device, trip.loads[0].from_place) == ("div-1", "belt/dispatch")
    states = [step.state.value for step in await store.write(lambda tx: steps_of(tx.raw, task))]
    assert states == ["done", "done", "sent"]
    assert claims(store) == [("belt/dispatch", 1), (GATE, 1)]


async def test_a_bag_found_elsewhere_gets_a_new_way_from_there(store, floor):
    bag, task = await picked(store, floor)
    await floor.send()
    await floor.take()
    await store.write(lambda tx: move_to(tx, TESTER, bag, "belt/ult", tx.now + timedelta(seconds=1)))
    made = await floor.work()
    assert made[0][1].loads[0].from_place == "belt/ult"
    assert (await floor.task(task)).state is TaskState.DONE


async def test_a_late_report_of_a_step_that_is_over_changes_nothing_but_history(store, floor):
    _bag, task = await picked(store, floor)
    await floor.send()
    [(_, device, trip)] = await floor.take()
    await floor.report(device, trip.loads[0])
    await floor.report(device, trip.loads[0])
    await floor.work()
    assert (await floor.task(task)).state is TaskState.DONE
    await floor.report(device, trip.loads[0])
    assert store.one("SELECT count(*) FROM task_step") == (2,)


async def test_a_report_that_a_machine_lost_is_asked_for_and_not_guessed(store, floor):
    bag, task = await picked(store, floor)
    await floor.send()
    [(_, device, trip)] = await floor.take()
    store.clock.step(10)
    await store.write(lambda tx: raise_trouble(tx, TESTER, "plc-works", "e1", TroubleKind.LOST, "reports 4 to 9"))
    await floor.send()
    assert (await floor.task(task)).state is TaskState.SENT
    store.clock.step(900)
    await floor.send()
    assert (store.bag(bag)["place"], (await floor.task(task)).waits) == (None, Wait.UNSEEN)
    await floor.report(device, trip.loads[0])
    await floor.work()
    assert (await floor.task(task)).state is TaskState.DONE


async def test_a_load_carried_to_another_place_goes_on_from_there_after_its_finding(store, floor):
    bag = await store.add_bag()
    task = await floor.ask(bag)
    await floor.send()
    [(_, device, trip)] = await floor.take()
    await floor.report(device, trip.loads[0], at_place="belt/ult")
    assert store.holds == [bag]
    await floor.work()
    assert (await floor.task(task)).state is TaskState.DONE


# ---- safety ---------------------------------------------------------------------------------------------------------


async def test_a_pick_that_became_unfit_on_its_shelf_is_taken_back(store, floor):
    bag, task = await picked(store, floor)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="recall"))
    await floor.send()
    assert (await floor.task(task)).state is TaskState.CANCELLED
    assert store.rows("SELECT id FROM machine_command") == []


async def test_a_pick_that_becomes_unfit_on_its_way_ends_before_the_gate(store, floor):
    bag, task = await picked(store, floor)
    await floor.turn()
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="recall"))
    await floor.send()
    assert (await floor.task(task)).state is TaskState.FAILED
    assert [ended.state for ended in store.ended] == [TaskState.FAILED]
    assert (await floor.take(), claims(store)) == ([], [])


async def test_a_bag_brought_for_its_label_stays_until_it_has_one(store, floor):
    bag = await store.add_bag(place="cold-1/q1/001", label_check="pending")
    task = await floor.ask(bag, MovePurpose.LABEL, to_place=LABEL)
    await store.write(lambda tx: plan_move(tx, TESTER, bag))
    await store.write(lambda tx: plan_moves(tx, TESTER))
    await floor.work()
    assert ((await floor.task(task)).state, store.bag(bag)["place"]) == (TaskState.DONE, LABEL)
    await store.write(lambda tx: plan_moves(tx, TESTER))
    assert store.rows("SELECT id FROM task WHERE state = 'waiting'") == []
    await store.write(lambda tx: plan_move(tx, TESTER, bag))
    assert store.one("SELECT purpose FROM task WHERE state = 'waiting'") == ("put_away",)


# ---- slots ----------------------------------------------------------------------------------------------------------


async def test_a_bag_given_for_one_patient_lies_alone_and_says_so_when_it_cannot(store, floor):
    own = await store.add_bag(1, place=BELT, donation_type=DonationType.AUTOLOGOUS.value)
    for number, shelf in enumerate(("cold-1/q1", "cold-1/q2", "cold-2/q1"), 2):
        await store.add_bag(number, place=f"{shelf}/001")
    task = await floor.ask(own)
    assert (await floor.task(task)).waits is Wait.ALONE
    said = floor.view(task).waits_for_en
    assert said.startswith("No quarantine shelf for ")
    assert "“autologous” must lie apart" in said
    with pytest.raises(Invalid, match="must lie apart"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, own, "cold-1/q2/005"))
    await store.write(lambda tx: move_to(tx, TESTER, "A999926000003-D0002V00", "cold-1/q1/002", tx.now))
    await floor.send()
    assert (await floor.task(task)).to_place == "cold-1/q2/001"
    other = await floor.ask(await store.add_bag(9, place=BELT))
    assert not (await floor.task(other)).to_place.startswith("cold-1/q2/")


async def test_bags_of_one_group_are_spread_over_the_stores_and_other_groups_go_the_short_way(store, floor):
    targets = []
    for number in range(1, 9):
        bag = await store.add_bag(number)
        targets.append((await floor.task(await floor.ask(bag))).to_place.partition("/")[0])
    assert abs(targets.count("cold-1") - targets.count("cold-2")) <= 2
    rare = await store.add_bag(20, abo_rhd="AB-")
    assert (await floor.task(await floor.ask(rare))).to_place.startswith("cold-1/")


async def test_the_soonest_to_expire_lie_nearest(store, floor):
    day = 86_400_000_000
    reaches = []
    for number, days in ((1, 1), (2, 34)):
        now_us = int(store.clock.now().timestamp()) * 1_000_000
        bag = await store.add_bag(
            number, place=BELT, status="AVAILABLE", expires_us=now_us + days * day, abo_rhd="A-" if days == 1 else "B-"
        )
        task = await floor.ask(bag, MovePurpose.RESTOCK, zone=Zone.STOCK)
        reaches.append(store.plant.place_of((await floor.task(task)).to_place).reach_s)
    assert reaches[0] == 2.0
    assert reaches[1] >= 7.0


async def test_a_shelf_kept_for_some_components_takes_no_other(store, floor):
    frozen = await store.add_bag(1, "D0004V00", place="belt/ult", status="AVAILABLE")
    task = await floor.ask(frozen, MovePurpose.RESTOCK, zone=Zone.STOCK)
    assert (await floor.task(task)).to_place.startswith("plasma-")


# ---- by hand --------------------------------------------------------------------------------------------------------


async def test_a_person_may_do_any_step_and_the_machines_go_on(store, floor):
    bag, task = await picked(store, floor)
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, BELT))
    assert (await floor.task(task)).state is TaskState.WAITING
    made = await floor.work()
    assert [device for device, _ in made] == ["amr-1"]
    assert (await floor.task(task)).state is TaskState.DONE


async def test_a_person_may_take_over_while_a_machine_has_it_and_bring_it_to_the_end(store, floor):
    bag, task = await picked(store, floor)
    await floor.turn()
    await floor.send()
    await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, GATE))
    assert (await floor.task(task)).state is TaskState.DONE
    assert [ended.state for ended in store.ended] == [TaskState.DONE]
    assert claims(store) == []


async def test_a_place_that_is_not_on_the_way_or_full_is_refused_to_hands(store, floor):
    bag, task = await picked(store, floor)
    with pytest.raises(Invalid, match="goes to dispatch/gate"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, "belt/ult"))
    for number in range(2, 22):
        await store.add_bag(number, place=BELT)
    with pytest.raises(Invalid, match="is full"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, BELT))


async def test_an_unfit_bag_is_refused_to_hands_too(store, floor):
    bag, task = await picked(store, floor)
    await store.write(lambda tx: place_hold(tx, TESTER, bag=bag, reason="recall"))
    with pytest.raises(Refused, match="may not be picked"):
        await store.write(lambda tx: complete_by_hand(tx, TESTER, task, bag, BELT))


async def test_the_view_of_a_task_shows_its_steps(store, floor):
    _, task = await picked(store, floor)
    await floor.send()
    view = floor.view(task)
    assert (view.purpose, view.device) == ("pick", "crane-1")
    assert [(step.device, step.to_place, step.state) for step in view.steps] == [
        ("crane-1", BELT, "sent"),
        ("amr-1", GATE, "waiting"),
    ]
