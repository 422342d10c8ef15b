"""Plays the events of a scenario on a world, each once, when its domain time has come."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final

from simulators.faults import FaultError, cause
from simulators.scenarios.script import Event, Scenario
from simulators.world import World

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
