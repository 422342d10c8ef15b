"""The virtual centre as a service: hands the site's settings to `simulators.service`."""

from __future__ import annotations

from dataclasses import replace

from hemovault.settings import Settings
from plant.model import Plant
from runtime.clock import Clock


async def run_simulation(settings: Settings, plant: Plant, clock: Clock) -> None:
    """Run the simulated world with its PLC and reader children until cancelled."""
    from simulators.pace import PACES  # production never imports the simulators; this service does, when it runs
    from simulators.service import run_simulate

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
        seed=settings.simulate.seed,
        http_port=settings.simulate.http_port,
        pace=pace,
    )
