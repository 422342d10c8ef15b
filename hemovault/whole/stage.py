"""A scenario on a centre in one process: opened as it asks, its events played at their instants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hemovault.whole.building import open_centre
from hemovault.whole.centre import CentrePlan, WholeCentre
from hemovault.whole.opening import of_scenario
from plant.model import Plant
from simulators.scenarios.player import Player
from simulators.scenarios.script import Scenario, pace_of


@dataclass(slots=True)
class Stage:
    """A scenario that is being played; ``watch`` is called after every step."""

    scenario: Scenario
    centre: WholeCentre
    player: Player
    watch: Callable[[WholeCentre], None]

    @property
    def end(self) -> datetime:
        """When the scenario is over."""
        return self.player.began + timedelta(hours=self.scenario.hours)

    async def play(self, until: datetime) -> None:
        """Live on until an instant; no step goes past an event."""
        centre = self.centre
        while centre.clock.now() < until:
            self.player.play(centre.world)
            next_at = min(until, self.player.next_at or until)
            left = (next_at - centre.clock.now()).total_seconds()
            await centre.step(min(self.scenario.step_s, left))
            self.watch(centre)

    async def play_minutes(self, minutes: float) -> None:
        """Live on until so many minutes after the beginning."""
        await self.play(self.player.began + timedelta(minutes=minutes))


@asynccontextmanager
async def on_stage(
    plant: Plant, scenario: Scenario, folder: Path, watch: Callable[[WholeCentre], None]
) -> AsyncIterator[Stage]:
    """Open a centre for a scenario in an empty folder; nothing has happened yet."""
    plan = CentrePlan(
        plant=plant,
        opened=of_scenario(plant, scenario),
        pace=pace_of(scenario),
        seed=scenario.seed,
        rate=scenario.rate,
        step_s=scenario.step_s,
        world_step_s=scenario.world_step_s,
    )
    async with open_centre(plan, folder) as centre:
        yield Stage(scenario, centre, Player(scenario, centre.clock.now()), watch)
