"""The virtual centre as a service: hands the site's settings to `simulators.process.service`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hemovault.settings import Settings
from plant.model import Plant
from runtime.clock import Clock

if TYPE_CHECKING:
    from simulators.scenarios.script import Scenario


async def run_simulation(
    settings: Settings, plant: Plant, clock: Clock, *, scenario: Scenario | None = None, seed: int | None = None
) -> None:
    """Run the simulated world with its PLC and reader children until cancelled.

    ``scenario`` plays the events of that scenario, ``seed`` goes before the one of the settings.
    """
    from simulators.people.pace import PACES  # production never imports the simulators; this service does, when it runs
    from simulators.process.service import run_simulate

    pace = PACES[settings.simulate.pace]
    if settings.simulate.max_donations is not None:
        pace = replace(pace, max_donations=settings.simulate.max_donations)
    await run_simulate(
        plant=plant,
        mqtt=settings.mqtt,
        clock=clock,
        data_dir=settings.data_dir,
        api_url=settings.api_url,
        agents_file=settings.agents_file,
        seed=settings.simulate.seed if seed is None else seed,
        http_port=settings.simulate.http_port,
        pace=pace,
        scenario=scenario,
    )
