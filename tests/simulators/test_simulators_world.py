"""The whole centre in one process: bags are conserved, the same seed lives the same day, faults are named."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from simulators_day import AT, SEED, ScriptedWarehouse

from plant.model import Plant
from simulators.chambers import DoorState
from simulators.faults import FAULTS, FaultError, cause
from simulators.memory import Tail
from simulators.people.day import People
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO, TEST
from simulators.scene import Listening
from simulators.signals import cell_signals
from simulators.state import new_state
from simulators.world import World

_SECOND = timedelta(seconds=1)


def balance(world: World) -> None:
    """Invariant I1: in = here + separated + used, from the world's own log."""
    opening = {entry.bag.id for entry in opening_state(world.plant, SEED, AT)[1]}
    collected, separated, made, used = set(), set(), set(), set()
    for _, text in world.state.log.lines:
        line = msgspec.json.decode(text)
        if line["event"] == "collected":
            collected.add(line["bag"])
        if line["event"] == "separated" and line["outcome"] == "done":
            separated.add(line["bag"])
            made |= set(line["children"])
        if line["event"] == "processed" and line["outcome"] == "done":
            separated |= set(line["parents"])
            made.add(line["bag"])
        if line["event"] == "used":
            used.add(line["bag"])
    assert opening | collected | made == set(world.floor.bags) | separated | used
    assert sum(world.floor.places().values()) == len(world.floor.bags)
    for place, count in world.floor.places().items():
        if place.count("/") == 2:
            assert count == 1, place


def live_hours(plant: Plant, hours: int) -> World:
    state, _ = opening_state(plant, SEED, AT)
    world = World(plant, state, DEMO)
    warehouse = ScriptedWarehouse(world)
    for hour in range(hours):
        warehouse.live(60)
        if hour % 3 == 0:
            balance(world)
    balance(world)
    assert warehouse.shipped > hours
    return world


def test_the_same_seed_lives_the_same_hours(plant: Plant) -> None:
    first, second = live_hours(plant, 3), live_hours(plant, 3)
    assert first.state.log.lines == second.state.log.lines
    assert msgspec.json.encode(first.state) == msgspec.json.encode(second.state)


@pytest.mark.timeout(300)
def test_bags_are_conserved_through_a_working_day(plant: Plant) -> None:
    first = live_hours(plant, 12)
    events = {msgspec.json.decode(text)["event"] for _, text in first.state.log.lines}
    assert events >= {
        "collected", "arrived_dock", "crossing", "separated", "processed", "frozen", "labelled", "stored", "moved",
        "carried", "gate", "packed", "tunnel", "lock", "dispatched", "loaded", "departed", "arrived", "handed_over",
        "received", "used", "breakdown", "mended",
    }  # fmt: skip


def test_a_world_restored_from_its_snapshot_goes_on_as_if_nothing_had_happened(plant: Plant) -> None:
    whole = World(plant, opening_state(plant, SEED, AT)[0], DEMO)
    ScriptedWarehouse(whole).live(30)
    restored = World(plant, msgspec.json.decode(msgspec.json.encode(whole.state), type=type(whole.state)), DEMO)
    for world in (whole, restored):
        for _ in range(60):
            now = world.state.now + 10 * _SECOND
            world.advance(now, now)
    assert msgspec.json.encode(whole.state) == msgspec.json.encode(restored.state)


def test_the_story_leaves_the_first_door_open_for_a_quarter_of_an_hour_and_harms_no_blood(world: World) -> None:
    open_min, load_c = 0.0, []
    for _ in range(90 * 6):
        now = world.state.now + 10 * _SECOND
        world.advance(now, now)
        chamber = world.state.chambers["cold-1"]
        open_min += 1 / 6 if chamber.door is DoorState.OPEN else 0.0
        load_c.append(chamber.probes["Temperature/Load"].element_c)
    assert open_min == pytest.approx(15, abs=2)
    assert max(load_c) < 5.5


def test_nobody_carries_bags_through_a_portal_whose_reader_is_away(world: World) -> None:
    world.listen("reader-1", Listening.NO)
    _wait(world, 20)
    assert len(world.floor.at("mobile")) >= 6
    world.listen("reader-1", Listening.YES)
    _wait(world, 30)
    assert len(world.floor.at("dock")) >= 18


def test_a_bag_that_no_antenna_read_is_passed_again_after_ten_minutes(world: World) -> None:
    name = world.state.people.totes[0].bags[0]
    cause(world, "tag_dead", name)
    _wait(world, 8)
    bag = world.floor.bags[name]
    assert bag.place == "mobile"
    cause(world, "tag_alive", name)
    _wait(world, 12)
    assert bag.place == "dock"


def test_a_deaf_port_hears_nothing_and_the_bags_stay_outside(world: World) -> None:
    cause(world, "reader_deaf", "reader-1/2")
    _wait(world, 8)
    assert not [read for read in world.drain_reads() if read.antenna == 2 and read.reader == "reader-1"]
    assert len(world.floor.at("mobile")) >= 6


def test_a_stray_bag_reads_steadily_and_weakly(world: World) -> None:
    bag = world.floor.at("dock")[0]
    cause(world, "stray", f"{bag.id}/p1")
    _wait(world, 1)
    reads = [read for read in world.drain_reads() if read.epc == bag.epc]
    assert len(reads) >= 5
    assert all(-72 <= read.rssi_dbm <= -62 for read in reads)
    assert bag.place == "dock"


@pytest.mark.parametrize(
    ("fault", "target"),
    [("nonsense", "cold-1"), *((fault, "no such thing") for fault in sorted(FAULTS))],
)
def test_an_unknown_fault_or_target_is_refused_and_changes_nothing(world: World, fault: str, target: str) -> None:
    before = msgspec.json.encode(world.state)
    with pytest.raises(FaultError):
        cause(world, fault, target)
    assert msgspec.json.encode(world.state) == before


def test_every_signal_of_the_plant_has_a_value_once_the_world_lives(world: World) -> None:
    _wait(world, 1)
    for cell in ("cold", "works"):
        assert all(value.value is not None for value in cell_signals(world, cell))


def test_a_broken_probe_is_bad_and_a_silent_one_grows_old(world: World) -> None:
    _wait(world, 1)
    cause(world, "probe_open", "cold-1-air")
    cause(world, "probe_silent", "cold-1-load")
    silent_since = world.state.now
    _wait(world, 5)
    values = {value.node: value for value in cell_signals(world, "cold")}
    assert values["cold-1/Temperature/Air"].value is None
    assert values["cold-1/Temperature/Load"].at <= silent_since


def test_a_pace_may_end_the_stream_after_an_exact_number_of_donations(plant: Plant) -> None:
    world = World(plant, new_state(plant, SEED, AT, People(AT.year, 1)), replace(TEST, max_donations=25))
    warehouse = ScriptedWarehouse(world)
    warehouse.live(120)
    assert world.state.people.donations == 25
    collected = [line for _, line in world.state.log.lines if '"event":"collected"' in line]
    assert len(collected) == 25


def test_a_world_left_alone_for_a_day_does_not_play_it_back(world: World) -> None:
    now = world.state.now + 86_400 * _SECOND
    world.advance(now, now)
    assert world.state.now == now
    assert isinstance(world.state.log, Tail)
    assert "world_slept" in world.state.log.lines[-1][1]


def _wait(world: World, minutes: float) -> None:
    world.state.people.unreported.clear()
    world.state.people.unannounced.clear()
    for _ in range(round(minutes * 6)):
        now = world.state.now + 10 * _SECOND
        world.advance(now, now)
