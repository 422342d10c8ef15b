"""`hemovault run SERVICE`: one service of the centre in the foreground, until SIGINT or SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from hemovault.commands.context import CommandError, ConfigOption, open_site, plain_errors
from hemovault.processes import SUPERVISED, die_with_parent
from runtime.logs import configure_logs

app = typer.Typer(no_args_is_help=True, help="Run one service in the foreground.")


def run_until_stopped(service: Coroutine[Any, Any, None]) -> None:
    """Run a service on an event loop; SIGINT and SIGTERM cancel it and let it close what it opened."""
    if os.environ.get(SUPERVISED):
        die_with_parent()

    async def body() -> None:
        task = asyncio.ensure_future(service)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            if not task.cancelled():
                raise

    asyncio.run(body())


@app.command()
def broker(config: ConfigOption = None) -> None:
    """The embedded MQTT broker, for sites without their own."""
    with plain_errors():
        settings, _, _ = open_site(config)
        from hemovault.services.broker import run_broker

        if os.environ.get(SUPERVISED):
            die_with_parent()
        run_broker(settings.broker)


@app.command()
def bridge(cell: Annotated[str, typer.Option(help="PLC cell of the plant")], config: ConfigOption = None) -> None:
    """OPC UA to MQTT for one PLC cell."""
    with plain_errors():
        settings, plant, clock = open_site(config)
        if cell not in {known.id for known in plant.cells}:
            raise CommandError(f"the plant has no cell {cell!r}; it has {', '.join(known.id for known in plant.cells)}")
        configure_logs(f"bridge-{cell}", settings.log.form, settings.log.level)
        from plc_bridge.service import run_bridge

        run_until_stopped(run_bridge(plant, cell, settings.mqtt, settings.data_dir, clock))


@app.command()
def rfid(group: Annotated[str, typer.Option(help="Reader group of the plant")], config: ConfigOption = None) -> None:
    """LLRP readers of one group to tag crossings."""
    with plain_errors():
        settings, plant, clock = open_site(config)
        groups = sorted({reader.group for reader in plant.readers})
        if group not in groups:
            raise CommandError(f"the plant has no reader group {group!r}; it has {', '.join(groups)}")
        configure_logs(group, settings.log.form, settings.log.level)
        from rfid.service import run_rfid

        run_until_stopped(run_rfid(plant, group, settings.mqtt, settings.data_dir, clock))


@app.command()
def serve(config: ConfigOption = None) -> None:
    """The warehouse controller, telemetry, the API and the web app."""
    with plain_errors():
        settings, plant, clock = open_site(config)
        configure_logs("serve", settings.log.form, settings.log.level)
        from hemovault.services.serve import run_serve
        from telemetry.store import StoreError

        try:
            run_until_stopped(run_serve(settings, plant, clock))
        except StoreError as error:
            raise CommandError(str(error)) from error


@app.command()
def solve(config: ConfigOption = None) -> None:
    """The allocation worker that `serve` asks."""
    with plain_errors():
        settings, _, _ = open_site(config)
        configure_logs("solve", settings.log.form, settings.log.level)
        from hemovault.services.solve import run_solve

        settings.solve_socket.parent.mkdir(parents=True, exist_ok=True)
        run_until_stopped(run_solve(settings.solve_socket))


@app.command()
def simulate(
    config: ConfigOption = None,
    scenario: Annotated[str | None, typer.Option(help="Play the events of this scenario, by domain time")] = None,
    seed: Annotated[int | None, typer.Option(help="Chance of a world that begins; goes before the settings")] = None,
) -> None:
    """The virtual centre: machines, readers, people."""
    with plain_errors():
        settings, plant, clock = open_site(config)
        if not settings.simulated:
            raise CommandError("this site's settings do not say `simulated = true`; a real site is never simulated")
        configure_logs("simulate", settings.log.form, settings.log.level)
        from hemovault.services.simulate import run_simulation
        from simulators.scenarios.script import ScenarioError, load_scenario

        try:
            played = None if scenario is None else load_scenario(scenario)
        except ScenarioError as error:
            raise CommandError(str(error)) from error
        run_until_stopped(run_simulation(settings, plant, clock, scenario=played, seed=seed))
