"""Scenario files and their player, without a warehouse."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from simulators.faults import FaultError
from simulators.people.day import People
from simulators.scenarios.player import Player, play_along
from simulators.scenarios.script import (
    Event,
    Scenario,
    ScenarioError,
    load_scenario,
    pace_of,
    parse_scenario,
    scenario_names,
)
from simulators.state import new_state
from simulators.world import World

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
DOOR = Event(at_min=1.0, fault="door", target="cold-1", value=60.0)


def small(*events: Event) -> Scenario:
    return Scenario(
        name="small", number=1, title_en="s", title_zh="s", seed=1, start=AT, hours=1, expected=("x",), events=events
    )


def world_of(scenario: Scenario) -> World:
    plant = parse_plant(demo_text())
    return World(plant, new_state(plant, scenario.seed, AT, People(year=2026, next_din=1)), pace_of(scenario))


def faults_in(world: World) -> list[str]:
    lines = [msgspec.json.decode(text) for _, text in world.state.log.lines]
    return [line["fault"] for line in lines if line["event"] == "fault"]


def test_every_file_is_a_scenario_that_can_be_played() -> None:
    assert [load_scenario(name).number for name in scenario_names()] == list(range(1, 21))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ('pace = "mad"', "pace"),
        ('invariants = ["I9"]', "no 'I9'"),
        ('events = [{ at_min = 1.0, fault = "nonsense" }]', "no fault 'nonsense'"),
        ('events = [{ at_min = 99.0, fault = "door" }]', "outside the scenario"),
        ("colour = 1", "colour"),
    ],
)
def test_a_faulty_file_is_refused_with_its_name_and_the_fault(change: str, fault: str) -> None:
    text = (
        'name = "a"\nnumber = 1\ntitle_en = "a"\ntitle_zh = "a"\nseed = 1\nstart = 2026-03-02T02:00:00Z\n'
        'hours = 1.0\nexpected = ["x"]\n'
    )
    assert parse_scenario(text, "a.toml").name == "a"
    with pytest.raises(ScenarioError, match=fault):
        parse_scenario(text + change, "a.toml")


def test_an_unknown_scenario_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ScenarioError, match="door-60s"):
        load_scenario("no-such")


def test_events_happen_once_when_their_time_has_come() -> None:
    world = world_of(small(DOOR))
    player = Player(small(DOOR), AT)
    assert player.play(world) == []
    world.advance(AT + timedelta(minutes=2), AT)
    assert player.play(world) == [DOOR]
    assert player.play(world) == []
    assert faults_in(world) == ["door"]
    assert player.next_at is None


def test_a_bag_that_is_not_there_is_named() -> None:
    scenario = small(Event(at_min=0.0, fault="tag_dead", target="{first:cold-1/s1}"))
    with pytest.raises(FaultError, match="no bag at cold-1/s1"):
        Player(scenario, AT).play(world_of(scenario))


async def test_a_running_world_plays_on_where_it_was_when_it_was_killed(tmp_path: Path) -> None:
    scenario, file = small(DOOR, Event(at_min=30.0, fault="power_cut", target="cold-1")), tmp_path / "scenario.json"
    world = world_of(scenario)
    await _play_for_a_moment(scenario, world, file)
    world.advance(AT + timedelta(minutes=2), AT)
    await _play_for_a_moment(scenario, world, file)
    assert faults_in(world) == ["door"]
    world.advance(AT + timedelta(minutes=31), AT)
    await _play_for_a_moment(scenario, world, file)
    assert faults_in(world) == ["door", "power_cut"]


async def _play_for_a_moment(scenario: Scenario, world: World, file: Path) -> None:
    playing = asyncio.create_task(play_along(scenario, world, SteppedClock(AT), file))
    await asyncio.sleep(0.2)
    playing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await playing
