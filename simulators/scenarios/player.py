"""Plays the events of a scenario on a world, each once, when its domain time has come."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from runtime.clock import Clock
from runtime.logs import get_logger
from simulators.faults import FaultError, cause
from simulators.scenarios.script import Event, Scenario
from simulators.world import World

log = get_logger(__name__)

_LOOK_S: Final = 0.1
_FIRST_AT: Final = re.compile(r"\{first:([^}]+)\}")


class Player:
    """Where a scenario stands: `began` is its minute 0, `played` how many of its events have happened."""

    def __init__(self, scenario: Scenario, began: datetime, played: int = 0) -> None:
        self._events = sorted(scenario.events, key=lambda event: event.at_min)
        self.began = began
        self.played = played

    @property
    def next_at(self) -> datetime | None:
        """When the next event comes; None when all have happened."""
        if self.played >= len(self._events):
            return None
        return self.began + timedelta(minutes=self._events[self.played].at_min)

    def play(self, world: World) -> list[Event]:
        """Let happen what is due at the world's time and return it; raises FaultError for one that cannot happen."""
        happened = []
        while (at := self.next_at) is not None and at <= world.state.now:
            event = self._events[self.played]
            self.played += 1
            cause(world, event.fault, _resolved(world, event.target), event.value)
            happened.append(event)
        return happened


def _resolved(world: World, target: str) -> str:
    def first(match: re.Match[str]) -> str:
        place = match[1]
        found = sorted(
            bag.place + "\n" + bag.id
            for bag in world.floor.bags.values()
            if bag.place == place or bag.place.startswith(place + "/")
        )
        if not found:
            raise FaultError(f"{target}: there is no bag at {place} now")
        return found[0].partition("\n")[2]

    return _FIRST_AT.sub(first, target)


class _Progress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a scenario has been played in a data folder."""

    name: str
    began: datetime
    played: int


async def play_along(scenario: Scenario, world: World, clock: Clock, file: Path) -> None:
    """Play a scenario on a world that lives on its own, by domain time, until cancelled.

    ``file`` remembers what has happened, so that a killed world goes on where it was. An event that cannot happen is
    logged and passed over.
    """
    player = await asyncio.to_thread(_resumed, scenario, world, file)
    while True:
        before = player.played
        try:
            for event in player.play(world):
                log.info("scenario event", scenario=scenario.name, fault=event.fault, target=event.target)
        except FaultError as error:
            log.warning("an event of the scenario cannot happen", scenario=scenario.name, reason=str(error))
        if player.played != before:
            progress = _Progress(scenario.name, player.began, player.played)
            await asyncio.to_thread(file.write_bytes, msgspec.json.encode(progress))
        await clock.sleep_real(_LOOK_S)


def _resumed(scenario: Scenario, world: World, file: Path) -> Player:
    """A player that goes on where this scenario was; one of another scenario, or none, begins now."""
    try:
        progress = msgspec.json.decode(file.read_bytes(), type=_Progress)
    except (OSError, msgspec.DecodeError):
        progress = _Progress("", world.state.now, 0)
    if progress.name != scenario.name:
        progress = _Progress(scenario.name, world.state.now, 0)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(progress))
    return Player(scenario, progress.began, progress.played)
