"""`hemovault deadletter`: facts that could not be applied, and another try once their cause is gone."""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import Annotated

import httpx
import typer

from hemovault.commands.context import CommandError, ConfigOption, open_site, plain_errors
from hemovault.offline import open_offline
from hemovault.settings import Settings
from plant.model import Plant
from runtime.clock import Clock
from wms.errors import LeaseTaken
from wms.inbox.dead_letters import retry as retry_letter
from wms.inbox.read import dead_letters
from wms.store.database import open_database
from wms.store.tx import Actor

app = typer.Typer(no_args_is_help=True, help="Facts that could not be applied.")
UserOption = Annotated[str, typer.Option(envvar="HEMOVAULT_USER", help="Who asks the running controller")]
_TIMEOUT_S = 10.0


@app.command("list")
def list_(config: ConfigOption = None) -> None:
    """Show every parked fact: id, edge, number, code and why."""
    with plain_errors():
        settings, _, _ = open_site(config)
        with closing(open_database(settings.database_place)) as database, database.read() as connection:
            letters = dead_letters(connection)
        for letter in letters:
            typer.echo(f"{letter.id}  {letter.edge} {letter.seq}  {letter.code}: {letter.detail}")
        typer.echo(f"{len(letters)} parked")


@app.command()
def retry(letter: str, user: UserOption = "admin", config: ConfigOption = None) -> None:
    """Apply a parked fact again: through the controller when it runs (asks for a password), else directly."""
    with plain_errors():
        settings, plant, clock = open_site(config)
        try:
            asyncio.run(_retry_here(settings, plant, clock, letter))
        except LeaseTaken:
            password = typer.prompt(f"Password of {user}", hide_input=True)
            _retry_there(settings.api_url, letter, user, password)
        typer.echo(f"{letter} was applied")


async def _retry_here(settings: Settings, plant: Plant, clock: Clock, letter: str) -> None:
    async with open_offline(settings, plant, clock) as warehouse:
        await warehouse.write(lambda tx: retry_letter(tx, Actor("command-line", "hemovault deadletter"), letter))


def _retry_there(url: str, letter: str, user: str, password: str) -> None:
    try:
        with httpx.Client(base_url=f"{url}/api/v1", timeout=_TIMEOUT_S) as client:
            for path, body in (
                ("/session", {"username": user, "password": password}),
                (f"/deadletters/{letter}/retry", {}),
            ):
                answer = client.post(path, json=body)
                if answer.is_error:
                    raise CommandError(str(answer.json().get("detail", answer.status_code)))
            client.delete("/session")
    except httpx.HTTPError as error:
        raise CommandError(f"the controller does not answer at {url}: {error}") from error
