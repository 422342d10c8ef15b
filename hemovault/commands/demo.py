"""`hemovault demo`: the whole centre on this machine, on simulators, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from hemovault.commands.context import plain_errors
from hemovault.demo_site import DemoPlan, Opening, demo_services
from hemovault.processes import SUPERVISED, ProcessGroup, die_with_parent

DataOption = Annotated[
    Path, typer.Option("--data", help="Folder of the demo; made when absent, continued when present")
]
PortOption = Annotated[int, typer.Option("--port", help="Web port; another one is taken when it is busy")]
PaceOption = Annotated[str, typer.Option("--pace", help="How fast the simulated people act: demo, test, realistic")]
SeedOption = Annotated[int, typer.Option("--seed", help="Seed of everything random in the simulated world")]
DonationsOption = Annotated[int | None, typer.Option("--donations", help="Stop collecting after so many donations")]
BrokerOption = Annotated[
    int | None, typer.Option("--mqtt-port", help="A broker that listens on 127.0.0.1 already, instead of the own one")
]
OpeningOption = Annotated[Opening, typer.Option("--opening", help="Stock the centre opens with")]


def demo(
    data: DataOption = Path("var/demo"),
    port: PortOption = 8642,
    pace: PaceOption = "demo",
    seed: SeedOption = 20261122,
    donations: DonationsOption = None,
    opening: OpeningOption = Opening.FULL,
    mqtt_port: BrokerOption = None,
) -> None:
    """Run the whole centre on simulators: one line per service, then the address. Ctrl-C ends it."""
    with plain_errors():
        plan = DemoPlan(
            data.resolve(), port, pace=pace, seed=seed, max_donations=donations, opening=opening, mqtt_port=mqtt_port
        )
        if os.environ.get(SUPERVISED):
            die_with_parent()
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(plan))


async def _run(plan: DemoPlan) -> None:
    from hemovault.demo_start import greet, prepare_demo

    site, credentials = await prepare_demo(plan)
    typer.echo(f"HemoVault demo, {site.plant.site.name_en} {site.plant.site.name_zh}. Data and logs in {plan.data_dir}")
    services = demo_services(plan, site.plant, site.settings)
    started = asyncio.Event()
    group = ProcessGroup(services, site.config, plan.data_dir, typer.echo)
    running = asyncio.create_task(group.run(started.set))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, running.cancel)
    greeting = asyncio.create_task(greet(site, credentials, started, typer.echo))
    try:
        await running
    except asyncio.CancelledError:
        typer.echo("Stopped.")
    finally:
        greeting.cancel()
