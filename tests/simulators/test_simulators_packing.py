"""Boxes: packed, read in the tunnel, let out of the lock for exactly their tags, unpacked when they are wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest
from simulators_day import AT, SEED
from simulators_orders import events, live, order, refusal, reports

from plant.model import Plant
from plc_bridge.messages import BoxPacked, BoxUnpacked, LockOpened, LockPermit, LockRefused, PackBox, UnpackBox
from simulators.boxes import LoggerState, TransportBox
from simulators.faults import cause
from simulators.floor import Bag
from simulators.machines.reliability import NEVER
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO
from simulators.scene import Listening
from simulators.world import World

QUIET = replace(DEMO, max_donations=0, max_orders=0, door_first_min=None)
LANE, CHECK, LOCK = "dispatch/sort-1", "dispatch/check", "dispatch/lane"


@pytest.fixture
def world(plant: Plant) -> World:
    return World(plant, opening_state(plant, SEED, AT)[0], QUIET, NEVER)


def in_lane(world: World, count: int, component: str = "RBC_S") -> list[Bag]:
    bags = [bag for bag in world.floor.bags.values() if bag.component == component and "/s" in bag.place][:count]
    for bag in bags:
        world.floor.put(bag, LANE)
    return bags


def pack(bags: list[Bag], box: str = "r20-1", name: str = "p1") -> PackBox:
    return PackBox(
        packing=name, box=box, lane=LANE, bags=tuple(bag.id for bag in bags), epcs=tuple(bag.epc for bag in bags)
    )


def packed(world: World, count: int, box: str = "r20-1") -> tuple[TransportBox, list[Bag]]:
    bags = in_lane(world, count)
    assert order(world, "pack-1", f"pack-{box}", pack(bags, box, f"p-{box}")) == "accepted"
    live(world, (90 + 8 * count) / 60 + 0.2)
    return world.state.boxes[box], bags


def permit(world: World, bags: list[Bag], seconds: float = 10.0) -> LockPermit:
    until = world.scene.real + timedelta(seconds=seconds)
    epcs = tuple(bag.epc for bag in bags)
    return LockPermit(permit="l", shipment="shp-1", hospital="city-first", epcs=epcs, until_real=until)


def test_packing_takes_ninety_seconds_and_eight_a_bag(world: World) -> None:
    bags = in_lane(world, 5)
    order(world, "pack-1", "j", pack(bags))
    live(world, 2)
    assert not reports(world, BoxPacked)
    live(world, 0.4)
    (report,) = reports(world, BoxPacked)
    assert (report.outcome, report.bags, report.logger_started) == ("done", tuple(bag.id for bag in bags), True)
    assert report.coolant_c == pytest.approx(4.5)
    assert report.weight_kg == pytest.approx(6.0 + sum(bag.volume_ml for bag in bags) * 1.05e-3 + 0.15, abs=0.02)
    assert {bag.place for bag in bags} == {"box/r20-1"}


def test_a_box_that_was_read_wholly_rolls_into_the_lock_by_itself(world: World) -> None:
    box, bags = packed(world, 4)
    assert box.place == CHECK
    live(world, 2)
    assert box.place == LOCK
    seen = {read.epc for read in world.drain_reads() if (read.reader, read.antenna) == ("reader-2", 4)}
    assert seen >= {bag.epc for bag in bags}  # and the tag that is fixed in the tunnel
    assert [line["missed"] for line in events(world, "tunnel")] == [[]]


def test_a_box_with_a_silent_tag_is_turned_twice_and_then_waits(world: World) -> None:
    bags = in_lane(world, 3)
    cause(world, "tag_dead", bags[1].id)
    order(world, "pack-1", "j", pack(bags))
    live(world, 9)  # staff come by later
    assert world.state.boxes["r20-1"].place == CHECK
    assert [line["missed"] for line in events(world, "tunnel")] == [[bags[1].id]] * 3


def test_nobody_reads_a_box_while_the_reader_is_away(world: World) -> None:
    world.listen("reader-2", Listening.NO)
    box, _ = packed(world, 2)
    live(world, 10)
    assert not events(world, "tunnel")
    world.listen("reader-2", Listening.YES)
    live(world, 2)
    assert box.place == LOCK


def test_the_next_box_waits_at_the_station_until_the_tunnel_is_free(world: World) -> None:
    bags = in_lane(world, 4)
    cause(world, "tag_dead", bags[0].id)
    order(world, "pack-1", "j", pack(bags[:2], "r20-1", "p1"))
    order(world, "pack-1", "k", pack(bags[2:], "r20-2", "p2"))
    live(world, 8)
    boxes = world.state.boxes
    assert (boxes["r20-1"].place, boxes["r20-2"].place) == (CHECK, "dispatch/pack")
    order(world, "pack-1", "u", UnpackBox(packing="p3", box="r20-1", lane=LANE))
    live(world, 6)
    assert boxes["r20-2"].place == LOCK


def test_unpacking_lays_the_bags_into_the_lane_and_the_box_goes_home(world: World) -> None:
    box, bags = packed(world, 3)
    live(world, 2)
    order(world, "pack-1", "u", UnpackBox(packing="p2", box="r20-1", lane="dispatch/sort-2"))
    live(world, 3)
    (report,) = reports(world, BoxUnpacked)
    assert (report.lane, set(report.bags)) == ("dispatch/sort-2", {bag.id for bag in bags})
    assert {bag.place for bag in bags} == {"dispatch/sort-2"}
    assert (box.place, box.body, box.logger) == ("dispatch/boxes", None, LoggerState.OFF)


def test_a_bag_that_does_not_lie_in_the_lane_is_not_packed_and_said_so(world: World) -> None:
    bags = in_lane(world, 3)
    world.floor.put(bags[2], "dispatch/reject")
    order(world, "pack-1", "j", pack(bags))
    live(world, 3)
    (report,) = reports(world, BoxPacked)
    assert (report.outcome, report.bags) == ("failed", (bags[0].id, bags[1].id))
    assert report.reason == "1 of 3 bags did not lie in dispatch/sort-1"


@pytest.mark.parametrize(
    ("case", "reason"),
    [("full", "takes 1 to 20"), ("unknown", "no box"), ("away", "is not here"), ("used", "is not empty"),
     ("lane", "no lane"), ("tags", "do not belong together"), ("open", "stands open")],
)  # fmt: skip
def test_what_cannot_be_packed_is_refused(world: World, case: str, reason: str) -> None:
    bags = in_lane(world, 21 if case == "full" else 2)
    command: PackBox | UnpackBox = pack(bags, "r99" if case == "unknown" else "r20-1")
    if case == "away":
        world.state.boxes["r20-1"].place = "transit/shp-9"
    elif case == "used":
        packed(world, 2)
    elif case == "lane":
        command = PackBox(packing="p", box="r20-1", lane="cold-1", bags=("a",), epcs=("b",))
    elif case == "tags":
        command = PackBox(packing="p", box="r20-1", lane=LANE, bags=(bags[0].id,), epcs=())
    elif case == "open":
        command = UnpackBox(packing="p", box="r20-1", lane=LANE)
    assert reason in refusal(world, "pack-1", "j", command)


@pytest.mark.parametrize(
    ("fault", "coolant_c", "logger"),
    [("coolant_forgotten", None, True), ("coolant_unconditioned", -18.0, True), ("logger_off", 4.5, False)],
)
def test_a_slip_at_the_station_is_measured_and_told(
    world: World, fault: str, coolant_c: float | None, logger: bool
) -> None:
    cause(world, fault, "pack-1")
    packed(world, 2)
    (report,) = reports(world, BoxPacked)
    assert report.coolant_c == (None if coolant_c is None else pytest.approx(coolant_c, abs=0.5))
    assert report.logger_started is logger


def test_a_good_box_keeps_its_red_cells_cold_and_one_without_coolant_does_not(world: World) -> None:
    box, bags = packed(world, 4)
    cause(world, "coolant_forgotten", "pack-1")
    warm, others = packed(world, 4, "r20-2")
    box.around_c = warm.around_c = 35.0
    live(world, 240)
    assert max(bag.core_c for bag in bags) < 10.0
    assert min(bag.core_c for bag in others) > 10.0
    assert box.last is not None
    assert warm.last is not None
    assert box.last.value_c is not None
    assert box.last.value_c < 10.0 < (warm.last.value_c or 0.0)


def test_a_platelet_box_and_a_plasma_box_have_coolants_of_their_own(world: World) -> None:
    order(world, "pack-1", "j", pack(in_lane(world, 2, "FFP"), "f20-1", "f"))
    order(world, "pack-1", "k", pack(in_lane(world, 2, "PLT_A"), "p8-1", "p"))
    live(world, 8)
    assert [round(report.coolant_c or 0.0) for report in reports(world, BoxPacked)] == [-33, 22]


def test_the_lock_opens_for_exactly_the_tags_in_its_boxes_and_the_boxes_leave(world: World) -> None:
    box, bags = packed(world, 6)
    second, others = packed(world, 3, "r20-2")
    live(world, 5)
    assert (box.place, second.place) == (LOCK, LOCK)
    order(world, "lock-1", "a", permit(world, bags))
    assert len(reports(world, LockRefused)) == 1
    order(world, "lock-1", "b", permit(world, bags + others))
    (opened,) = reports(world, LockOpened)
    assert set(opened.epcs) == {bag.epc for bag in bags + others}
    live(world, 5)
    assert (box.place, second.place) == ("transit/shp-1", "transit/shp-1")
    assert {bag.place for bag in bags} == {"box/r20-1"}
    crossed = [line for line in events(world, "crossing") if line["portal"] == "p4"]
    assert {line["bag"] for line in crossed} == {bag.id for bag in bags + others}
    (left,) = events(world, "dispatched")
    assert left["boxes"] == ["r20-1", "r20-2"]
    assert world.state.locks["lock-1"].state == "shut"


def test_a_box_that_people_checked_by_hand_rolls_in_with_its_permit(world: World) -> None:
    bags = in_lane(world, 2)
    cause(world, "tag_dead", bags[0].id)
    order(world, "pack-1", "j", pack(bags))
    live(world, 10)
    box = world.state.boxes["r20-1"]
    assert box.place == CHECK
    order(world, "lock-1", "l", permit(world, bags))
    assert reports(world, LockOpened)
    live(world, 5)
    assert box.place == "transit/shp-1"
    outcomes = {line["bag"]: line["outcome"] for line in events(world, "crossing") if line["portal"] == "p4"}
    assert outcomes[bags[0].id] == "unread"


def test_a_box_of_which_nothing_is_heard_does_not_leave(world: World) -> None:
    box, bags = packed(world, 3)
    live(world, 2)
    cause(world, "reader_deaf", "reader-2/2")
    order(world, "lock-1", "l", permit(world, bags))
    live(world, 30)
    assert box.place == LOCK
    cause(world, "reader_hears", "reader-2/2")
    live(world, 15)
    assert box.place == "transit/shp-1"
