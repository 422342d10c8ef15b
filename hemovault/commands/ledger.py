"""`hemovault ledger`: prove the chain, compare the bags with it, take it along."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from hemovault.commands.context import CommandError, ConfigOption, open_site, plain_errors
from hemovault.settings import Settings
from wms.ledger.head import HeadError
from wms.ledger.read import export as export_lines
from wms.ledger.rebuild import rebuild as compare
from wms.ledger.verify import verify as check_chain
from wms.passports.sealing import faults as passport_faults
from wms.store.database import Database, open_database

app = typer.Typer(no_args_is_help=True, help="The tamper-evident ledger. Works while the controller runs.")


@app.command()
def verify(config: ConfigOption = None) -> None:
    """Check the chain, the signed head and every sealed passport; exit status 1 and a sentence when one differs."""
    with plain_errors():
        settings, plant, _ = open_site(config)
        with closing(_database(settings)) as database:
            try:
                verdict = check_chain(
                    database,
                    plant.site.id,
                    settings.data_dir / "ledger-head.json",
                    settings.data_dir / "ledger-key.pub",
                )
            except HeadError as error:
                raise CommandError(str(error)) from error
            with database.read() as connection:
                broken = [fault.detail for fault in passport_faults(connection)]
        if verdict.fault is not None:
            raise CommandError(f"the ledger does not hold: {verdict.fault}")
        if broken:
            raise CommandError("sealed passports are not what was sealed:\n" + "\n".join(broken))
        typer.echo(f"ok: {verdict.entries} entries, head {verdict.head}")


@app.command()
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Compare and change nothing (the only way it works)")] = False,
    config: ConfigOption = None,
) -> None:
    """Compute every bag again from the ledger and compare; a difference is for people to judge, never overwritten."""
    with plain_errors():
        if not check:
            raise CommandError("say --check: bags that differ from the ledger are examined by people, not overwritten")
        settings, _, _ = open_site(config)
        with closing(_database(settings)) as database:
            result = compare(database)
        if not result.equal:
            raise CommandError("bags differ from the ledger:\n" + "\n".join(result.differences))
        typer.echo(f"ok: {result.bags} bags are as the ledger says")


@app.command()
def export(
    after: Annotated[int, typer.Option(help="Only entries above this number")] = 0, config: ConfigOption = None
) -> None:
    """Write the ledger to standard output as JSON lines."""
    with plain_errors():
        settings, _, _ = open_site(config)
        with closing(_database(settings)) as database:
            for line in export_lines(database, after):
                sys.stdout.buffer.write(line + b"\n")


def _database(settings: Settings) -> Database:
    place = settings.database_place
    if isinstance(place, Path) and not place.is_file():
        raise CommandError(f"{place}: there is no warehouse yet; start it once with `hemovault run serve` or the demo")
    return open_database(place)
