"""`hemovault stock import`: the opening stock of a go-live."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from hemovault.commands.context import CommandError, ConfigOption, open_site, plain_errors
from hemovault.offline import open_offline
from hemovault.settings import Settings
from plant.model import Plant
from runtime.clock import Clock
from wms.bags.opening import import_opening, parse_opening
from wms.store.tx import Actor
from wms.warehouse import Warehouse

app = typer.Typer(no_args_is_help=True, help="Stock at go-live.")
_ACTOR = Actor("command-line", "hemovault stock import")


@app.command("import")
def import_(file: Annotated[Path, typer.Argument(help="CSV of bags")], config: ConfigOption = None) -> None:
    """Bring a CSV of bags into the warehouse, all or nothing; the same file again brings in nothing."""
    with plain_errors():
        settings, plant, clock = open_site(config)
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: cannot be read ({error.strerror})") from error
        count = asyncio.run(_import(settings, plant, clock, content))
        typer.echo(f"{count} bags came in" if count else "nothing to do: this file came in before")


async def import_stock(warehouse: Warehouse, content: bytes) -> int:
    """Import a checked file into an open warehouse and return how many bags came in; raises OpeningRefused."""
    rows = parse_opening(warehouse.plant, content)
    return await warehouse.write(lambda tx: import_opening(tx, _ACTOR, content, rows))


async def _import(settings: Settings, plant: Plant, clock: Clock, content: bytes) -> int:
    async with open_offline(settings, plant, clock) as warehouse:
        return await import_stock(warehouse, content)
