"""Machines of the world: batches, moves, and gates that fail closed."""

from datetime import timedelta
from itertools import pairwise

import pytest
from simulators_orders import live, order, reports

from plc_bridge.messages import (
    BatchFrozen,
    BatchSeparated,
    Freeze,
    GateDecided,
    GateDecision,
    GatePermit,
    GateReject,
    LockOpened,
    LockPermit,
    LockRefused,
    Outcome,
    Separate,
)
from simulators.faults import cause
from simulators.floor import Bag
from simulators.machines.dispatch_lock import LockState
from simulators.memory import JobStatus
from simulators.world import World


def dock(world: World, count: int) -> tuple[str, ...]:
    return tuple(bag.id for bag in world.floor.at("dock")[:count])


def at_gate(world: World) -> Bag:
    bag = next(bag for bag in world.floor.bags.values() if bag.place.startswith("cold-1/s1"))
    world.floor.put(bag, "dispatch/gate")
    return bag


def test_a_batch_of_whole_blood_becomes_tagged_red_cells_and_plasma(world: World) -> None:
    bags = dock(world, 12)
    assert order(world, "robot-1", "j1", Separate(batch="b", bags=bags, outputs=("D0002V00", "D0003V00"))) == "accepted"
    assert {bag.id for bag in world.floor.at("prep/robot-1")} == set(bags)
    live(world, 31)
    (report,) = reports(world, BatchSeparated)
    assert [unit.parent for unit in report.units] == list(bags)
    for unit in report.units:
        assert unit.outcome is Outcome.DONE
        assert unit.parent not in world.floor.bags
        for child in unit.children:
            bag = world.floor.bags[child.bag]
            assert (bag.epc, bag.tid, bag.place) == (child.epc, child.tid, "prep/out")
    assert world.job_state("robot-1", "j1").status is JobStatus.DONE


@pytest.mark.parametrize("bags", [(), ("A999926999999-D0001V00",)])
def test_the_robot_refuses_a_batch_that_is_not_at_the_dock(world: World, bags: tuple[str, ...]) -> None:
    assert order(world, "robot-1", "j", Separate(batch="b", bags=bags, outputs=("D0002V00",))) == "refused"
    assert not world.floor.at("prep/robot-1")


def test_a_known_job_answers_as_before_and_does_nothing_twice(world: World) -> None:
    command = Separate(batch="b", bags=dock(world, 4), outputs=("D0002V00", "D0003V00"))
    assert order(world, "robot-1", "j1", command) == "accepted"
    assert order(world, "robot-1", "j1", command) == "accepted"
    live(world, 70)
    assert order(world, "robot-1", "j1", command) == "accepted"
    assert len(reports(world, BatchSeparated)) == 1
    assert world.job_state("robot-1", "never heard of").status is JobStatus.UNKNOWN


@pytest.mark.parametrize(
    "payload", ["", "{}", '{"type":"carry"}', '{"type":"separate","batch":"b","bags":[],"outputs":[],"x":1}']
)
def test_a_payload_that_is_no_command_is_refused_by_name(world: World, payload: str) -> None:
    answer = world.start_job("robot-1", "j", payload)
    assert answer.status is JobStatus.REFUSED
    assert "not a command" in answer.detail


def test_a_command_for_another_kind_of_machine_is_refused(world: World) -> None:
    command = Freeze(batch="b", bags=("x",))
    assert order(world, "robot-1", "j", command) == "refused"
    assert world.start_job("nobody", "j", "{}").status is JobStatus.REFUSED


def plasma(world: World) -> tuple[str, ...]:
    return tuple(bag.id for bag in world.floor.at("prep/out") if bag.component == "FFP")


def test_the_quick_freezer_records_the_core_and_passes_within_the_hour(world: World) -> None:
    bags = plasma(world)
    assert order(world, "freezer-1", "f", Freeze(batch="b", bags=bags)) == "accepted"
    live(world, 60)
    (report,) = reports(world, BatchFrozen)
    assert report.bags == bags
    assert report.minutes_to_target is not None
    assert 20 < report.minutes_to_target < 35
    assert report.lowest_core_c <= -30
    minutes = [point.minute for point in report.curve]
    assert minutes == sorted(minutes)
    assert max(after - before for before, after in pairwise(minutes)) < 5
    assert all(world.floor.bags[bag].place == report.place for bag in bags)


def test_a_freezer_with_a_dead_fan_misses_the_hour_and_says_so(world: World) -> None:
    cause(world, "freezer_fan_dead", "freezer-1")
    order(world, "freezer-1", "f", Freeze(batch="b", bags=plasma(world)))
    live(world, 120)
    (report,) = reports(world, BatchFrozen)
    assert report.minutes_to_target is None or report.minutes_to_target > 60


def test_without_a_permit_the_gate_rejects_after_twenty_real_seconds(world: World) -> None:
    bag = at_gate(world)
    live(world, 15, real_s=15)
    assert bag.place == "dispatch/gate"
    live(world, 10, real_s=10)
    assert bag.place == "dispatch/reject"
    (report,) = reports(world, GateDecided)
    assert (report.decision, report.permit, report.epc) == (GateDecision.REJECTED, None, bag.epc)


def test_a_permit_lets_exactly_its_own_tag_pass(world: World) -> None:
    bag, other = at_gate(world), at_gate(world)
    until = world.scene.real + timedelta(seconds=10)
    assert (
        order(world, "gate-1", "g", GatePermit(permit="p", epc=bag.epc, lane="dispatch/lane", until_real=until))
        == "accepted"
    )
    live(world, 2, real_s=2)
    assert (bag.place, other.place) == ("dispatch/lane", "dispatch/gate")
    live(world, 30, real_s=30)
    assert other.place == "dispatch/reject"
    decided = reports(world, GateDecided)
    assert [(report.epc, report.decision, report.permit) for report in decided] == [
        (bag.epc, "passed", "p"),
        (other.epc, "rejected", None),
    ]


def test_a_refused_tag_is_put_out_at_once_and_the_next_comes_on(world: World) -> None:
    bag, other = at_gate(world), at_gate(world)
    until = world.scene.real + timedelta(seconds=10)
    assert order(world, "gate-1", "r", GateReject(epc=bag.epc, reason="on hold", until_real=until)) == "accepted"
    order(world, "gate-1", "g", GatePermit(permit="p", epc=other.epc, lane="dispatch/lane", until_real=until))
    live(world, 4, real_s=4)
    assert (bag.place, other.place) == ("dispatch/reject", "dispatch/lane")
    assert [(report.decision, report.reason) for report in reports(world, GateDecided)] == [
        (GateDecision.REJECTED, "on hold"),
        (GateDecision.PASSED, ""),
    ]


def test_of_two_orders_for_one_tag_the_later_one_holds(world: World) -> None:
    bag = at_gate(world)
    until = world.scene.real + timedelta(seconds=10)
    order(world, "gate-1", "g", GatePermit(permit="p", epc=bag.epc, lane="dispatch/lane", until_real=until))
    order(world, "gate-1", "r", GateReject(epc=bag.epc, reason="on hold", until_real=until))
    live(world, 2, real_s=2)
    assert bag.place == "dispatch/reject"
    assert world.job_state("gate-1", "g").status is JobStatus.FAILED


def test_a_permit_that_ran_out_opens_nothing(world: World) -> None:
    until = world.scene.real + timedelta(seconds=1)
    bag = next(bag for bag in world.floor.bags.values() if bag.place.startswith("cold-1/s1"))
    order(world, "gate-1", "g", GatePermit(permit="p", epc=bag.epc, lane="dispatch/lane", until_real=until))
    live(world, 3, real_s=3)
    world.floor.put(bag, "dispatch/gate")
    live(world, 30, real_s=30)
    assert bag.place == "dispatch/reject"
    assert world.job_state("gate-1", "g").status is JobStatus.FAILED


def lock_permit(world: World, epcs: tuple[str, ...], seconds: float = 10.0) -> LockPermit:
    until = world.scene.real + timedelta(seconds=seconds)
    return LockPermit(permit="l", shipment="shp-1", hospital="city-first", epcs=epcs, until_real=until)


def in_lane(world: World, count: int) -> list[Bag]:
    bags = [bag for bag in world.floor.bags.values() if bag.place.startswith("cold-1/s1")][:count]
    for bag in bags:
        world.floor.put(bag, "dispatch/lane")
    return bags


@pytest.mark.parametrize("case", ["missing", "extra", "late", "empty"])
def test_the_lock_stays_shut_unless_its_content_is_exactly_the_permitted_one(world: World, case: str) -> None:
    bags = in_lane(world, 3)
    epcs = {
        "missing": [*(bag.epc for bag in bags), "00" * 16],
        "extra": [bag.epc for bag in bags[:2]],
        "late": [bag.epc for bag in bags],
        "empty": [],
    }[case]
    order(world, "lock-1", "l", lock_permit(world, tuple(epcs), seconds=-1.0 if case == "late" else 10.0))
    live(world, 5)
    (report,) = reports(world, LockRefused)
    assert report.reason
    assert world.state.locks["lock-1"].state is LockState.SHUT
    assert all(bag.place == "dispatch/lane" for bag in bags)


def test_an_exact_permit_opens_and_the_bags_reach_the_hospital(world: World) -> None:
    bags = in_lane(world, 4)
    order(world, "lock-1", "l", lock_permit(world, tuple(bag.epc for bag in bags)))
    assert reports(world, LockOpened)
    live(world, 1)
    assert {bag.place for bag in bags} <= {"transit/shp-1", "dispatch/lane"}
    sides: dict[str, list[int]] = {}
    for read in world.drain_reads():
        if read.reader == "reader-2" and read.antenna in {2, 3}:
            sides.setdefault(read.epc, []).append(read.antenna)
    for bag in bags:
        if bag.place == "transit/shp-1":
            assert sides[bag.epc] == sorted(sides[bag.epc])
            assert set(sides[bag.epc]) == {2, 3}
    live(world, 120)
    assert {bag.place for bag in bags} == {"hospital/city-first"}
    assert world.state.people.delivered["shp-1"].hospital == "city-first"
    assert world.state.locks["lock-1"].state is LockState.SHUT


def test_a_bag_whose_tag_is_silent_never_leaves_unread(world: World) -> None:
    bags = in_lane(world, 2)
    cause(world, "tag_dead", bags[0].id)
    order(world, "lock-1", "l", lock_permit(world, tuple(bag.epc for bag in bags)))
    live(world, 9)
    assert bags[0].place == "dispatch/lane"
    live(world, 120)
    assert (bags[0].place, bags[1].place) == ("dispatch/reject", "hospital/city-first")


def test_a_held_machine_keeps_its_bags_and_goes_on_afterwards(world: World) -> None:
    order(world, "robot-1", "j1", Separate(batch="b", bags=dock(world, 2), outputs=("D0002V00", "D0003V00")))
    live(world, 5)
    cause(world, "hold", "robot-1")
    live(world, 60)
    assert len(world.floor.at("prep/robot-1")) == 2
    cause(world, "unhold", "robot-1")
    live(world, 30)
    assert not world.floor.at("prep/robot-1")
