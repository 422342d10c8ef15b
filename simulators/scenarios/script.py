"""A scenario as a document: a beginning, events at their times, and the names of what must hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from importlib import resources
from typing import Final

import msgspec

from simulators.faults import FAULTS
from simulators.people.pace import DEMO, PACES, Pace

STILL: Final = "still"
"""Pace at which nobody gives blood or orders any: what happens comes from the events alone."""
INVARIANTS: Final = frozenset({"I1", "I2", "I3", "I4", "I5"})


class ScenarioError(ValueError):
    """A scenario that cannot be played; the text names the file and the fault."""


class Opening(StrEnum):
    """What lies in the centre at the beginning."""

    FULL = "full"
    STOCK = "stock"
    """Only what has been released and lies on its shelf."""
    EMPTY = "empty"


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One act on the world, ``at_min`` minutes after the start, in the words of `simulators.faults.cause`.

    ``{first:PLACE}`` in a target is the first bag at or below that place when the event comes.
    """

    at_min: float
    fault: str
    target: str = ""
    value: float | None = None


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scenario.

    ``keep`` leaves so many bags in a store and takes the others away, ``loads`` is how full a store is besides, as a
    share of its full load (both by the path of the store). ``rate``, ``step_s`` and ``world_step_s`` are for a run in
    one process: domain seconds to a real one, how far the clock is stepped at once, and the world in it.
    """

    name: str
    number: int
    title_en: str
    title_zh: str
    seed: int
    start: datetime
    hours: float
    pace: str = STILL
    opening: Opening = Opening.STOCK
    keep: dict[str, int] = {}
    loads: dict[str, float] = {}
    rate: float = 60.0
    step_s: float = 20.0
    world_step_s: float = 10.0
    events: tuple[Event, ...] = ()
    expected: tuple[str, ...]
    invariants: tuple[str, ...] = ("I1", "I2", "I3", "I4", "I5")


def scenario_names() -> list[str]:
    """Names of all scenarios, in the order of their numbers."""
    return [scenario.name for scenario in sorted(_all(), key=lambda scenario: scenario.number)]


def load_scenario(name: str) -> Scenario:
    """The scenario of that name; raises ScenarioError when there is none or its file is faulty."""
    file = resources.files(__package__).joinpath(f"{name}.toml")
    if not file.is_file():
        raise ScenarioError(f"there is no scenario {name!r}; there are {', '.join(scenario_names())}")
    return parse_scenario(file.read_text(encoding="utf-8"), file.name)


def parse_scenario(text: str, file: str) -> Scenario:
    """Read a scenario; raises ScenarioError naming every fault."""
    try:
        scenario = msgspec.toml.decode(text, type=Scenario)
    except msgspec.DecodeError as error:
        raise ScenarioError(f"{file}: {error}") from error
    faults = list(_faults(scenario, file))
    if faults:
        raise ScenarioError(f"{file}: {'; '.join(faults)}")
    return scenario


def pace_of(scenario: Scenario) -> Pace:
    """The rhythm of the people in a scenario."""
    if scenario.pace == STILL:
        return replace(DEMO, name=STILL, max_donations=0, max_orders=0, door_first_min=None)
    return PACES[scenario.pace]


def _all() -> Iterable[Scenario]:
    files = [file for file in resources.files(__package__).iterdir() if file.name.endswith(".toml")]
    return [parse_scenario(file.read_text(encoding="utf-8"), file.name) for file in files]


def _faults(scenario: Scenario, file: str) -> Iterable[str]:
    if file != f"{scenario.name}.toml":
        yield f"name: {scenario.name!r} is not that of the file"
    if scenario.start.tzinfo is None:
        yield "start: has no time zone; write UTC with Z"
    if scenario.pace != STILL and scenario.pace not in PACES:
        yield f"pace: {scenario.pace!r} is none of {', '.join([STILL, *PACES])}"
    if scenario.hours <= 0:
        yield "hours: must be above 0"
    if not scenario.expected:
        yield "expected: names nothing"
    yield from (f"invariants: there is no {name!r}" for name in scenario.invariants if name not in INVARIANTS)
    for number, event in enumerate(scenario.events, start=1):
        if event.fault not in FAULTS:
            yield f"events: number {number}: there is no fault {event.fault!r}"
        if not 0 <= event.at_min <= scenario.hours * 60:
            yield f"events: number {number}: minute {event.at_min} is outside the scenario"
