"""`hemovault init`: make a site's database and its first accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import typer

from hemovault.commands.context import ConfigOption, open_site, plain_errors
from hemovault.offline import open_offline
from wms.people.first_start import Credential, first_start
from wms.people.passwords import Hashing


def init(config: ConfigOption = None) -> None:
    """Make database, signing key and first accounts, and show their passwords this once; harmless when they exist."""
    with plain_errors():
        settings, plant, clock = open_site(config)

        async def make() -> Sequence[Credential]:
            async with open_offline(settings, plant, clock) as warehouse:
                return await first_start(warehouse.writer, warehouse.database, plant, settings.agents_file, Hashing())

        show_credentials(asyncio.run(make()), typer.echo)


def show_credentials(credentials: Sequence[Credential], say: Callable[[str], None]) -> None:
    """Say new accounts with their passwords, one line each."""
    if not credentials:
        say("Accounts are those of the first start.")
        return
    say("Accounts made now; their passwords are shown this once:")
    for credential in credentials:
        say(f"  {credential.username:<12} {credential.password:<24} {', '.join(credential.roles)}")
