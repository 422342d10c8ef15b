"""Machines fail by themselves and are mended: at the rate of the table, at the same instants for the same seed."""

from dataclasses import replace
from datetime import timedelta
from statistics import fmean, median

import pytest
from simulators_day import AT, SEED
from simulators_orders import events, live

from plant.model import DeviceKind, Plant
from simulators.faults import FaultError, cause
from simulators.machines.packml import PackState
from simulators.machines.quick_freezer import Fault
from simulators.machines.reliability import (
    CENTRIFUGE,
    IRRADIATOR,
    MODES,
    NEVER,
    RATES,
    FaultRate,
    modes_of,
    next_failure,
    repair_time,
)
from simulators.people.opening import opening_state
from simulators.people.pace import DEMO, TEST
from simulators.signals import cell_signals
from simulators.world import World

QUIET = replace(DEMO, max_donations=0, max_orders=0, door_first_min=None)


def world_at(plant: Plant, rate: FaultRate) -> World:
    return World(plant, opening_state(plant, SEED, AT)[0], QUIET, rate)


def state_of(world: World, device: str) -> object:
    return next(v.value for v in cell_signals(world, "works") if v.node == f"{device}/Status/StateCurrent")


@pytest.mark.parametrize(("kind", "hours"), [(DeviceKind.CRANE, 400), (DeviceKind.CONVEYOR, 250), (DeviceKind.AMR, 80)])
def test_the_modes_of_a_kind_add_up_to_the_table(kind: DeviceKind, hours: float) -> None:
    assert 1 / sum(1 / mode.mtbf_h for mode in MODES[kind]) == pytest.approx(hours)


def test_a_robot_fails_as_the_tools_of_its_recipes(plant: Plant) -> None:
    assert CENTRIFUGE in modes_of(plant.device_by_id["robot-1"])
    assert CENTRIFUGE not in modes_of(plant.device_by_id["robot-2"])
    assert IRRADIATOR in modes_of(plant.device_by_id["robot-2"])


def test_times_are_exponential_and_repairs_lognormal() -> None:
    (mode,) = MODES[DeviceKind.CRANE]
    waits = [
        (next_failure(1, "crane-1", mode, number, AT, FaultRate(30.0)) - AT).total_seconds() / 3600
        for number in range(4000)
    ]
    assert fmean(waits) == pytest.approx(400 / 30, rel=0.05)
    repairs = [repair_time(1, "crane-1", "x", number, 25.0).total_seconds() / 60 for number in range(4000)]
    assert median(repairs) == pytest.approx(25.0, rel=0.05)
    assert fmean(repairs) == pytest.approx(25.0 * 1.197, rel=0.05)


def test_two_demo_hours_bring_failures_that_mend_themselves_and_the_same_seed_the_same_ones(plant: Plant) -> None:
    worlds = [world_at(plant, RATES["demo"]) for _ in range(2)]
    for world in worlds:
        live(world, 120)
    broken = events(worlds[0], "breakdown")
    assert 2 <= len(broken) <= 20
    assert events(worlds[0], "mended")
    assert worlds[0].state.log.lines == worlds[1].state.log.lines


def test_a_world_may_have_no_failures_of_its_own(plant: Plant) -> None:
    world = world_at(plant, NEVER)
    live(world, 120)
    assert not events(world, "breakdown")


def test_the_test_pace_breaks_a_few_machines_at_known_minutes(plant: Plant) -> None:
    world = World(plant, opening_state(plant, SEED, AT)[0], replace(TEST, max_donations=0, max_orders=0))
    live(world, 24)
    assert not events(world, "breakdown")
    live(world, 60)
    assert [line["device"] for line in events(world, "breakdown")] == ["conv-1", "crane-1", "amr-1"]
    assert len(events(world, "mended")) == 3


def test_a_broken_machine_says_so_in_its_signals_and_goes_on_when_it_is_mended(plant: Plant) -> None:
    world = world_at(plant, NEVER)
    cause(world, "breakdown", "crane-3", 10.0)
    live(world, 1)
    assert state_of(world, "crane-3") == "Aborted"
    live(world, 10)
    assert state_of(world, "crane-3") == "Idle"
    cause(world, "breakdown", "robot-2")
    live(world, 120)
    assert state_of(world, "robot-2") == "Aborted"
    cause(world, "mend", "robot-2")
    live(world, 1)
    assert state_of(world, "robot-2") == "Idle"


def test_a_freezer_that_fails_warms_up_and_is_repaired(plant: Plant) -> None:
    world = world_at(plant, NEVER)
    freezer = world.state.freezers["freezer-1"]
    world.state.breakdowns.freezers["freezer-1"] = world.state.now + timedelta(minutes=30)
    freezer.fault = Fault.COMPRESSOR_DEAD
    live(world, 29)
    assert freezer.plates_c > -40
    live(world, 60)
    assert freezer.fault is Fault.NONE
    assert freezer.plates_c < -44


def test_a_held_gate_decides_nothing(plant: Plant) -> None:
    world = world_at(plant, NEVER)
    bag = world.floor.at("dock")[0]
    world.floor.put(bag, "dispatch/gate")
    cause(world, "hold", "gate-1")
    live(world, 60, real_s=60)
    assert bag.place == "dispatch/gate"
    cause(world, "unhold", "gate-1")
    live(world, 30, real_s=30)
    assert bag.place == "dispatch/reject"


@pytest.mark.parametrize(
    ("fault", "target", "value"),
    [("jam", "crane-1", None), ("battery", "amr-1", 140.0), ("breakdown", "crane-1", -1.0), ("pallet", "mobile", 0.0),
     ("door_ajar", "cold-1", 2.0), ("misplaced", "x/dock", None), ("wrong_way", "amr-1", None)],
)  # fmt: skip
def test_an_impossible_fault_is_refused_with_a_reason(
    plant: Plant, fault: str, target: str, value: float | None
) -> None:
    world = world_at(plant, NEVER)
    with pytest.raises(FaultError):
        cause(world, fault, target, value)
    assert world.state.units["crane-1"].state is PackState.IDLE


def test_a_pallet_of_a_thousand_comes_through_the_receiving_tunnel_pass_by_pass(plant: Plant) -> None:
    world = world_at(plant, NEVER)
    cause(world, "pallet", "mobile", 1000)
    people = world.state.people
    assert len(people.totes[-1].bags) == 1000
    people.unreported.clear()
    people.unannounced.clear()
    live(world, 5)
    first = len(world.floor.at("dock"))
    assert 500 < first < 900
    live(world, 120)
    assert len(world.floor.at("dock")) >= 1000
