"""The map of the commands."""

from __future__ import annotations

import typer

from hemovault.commands import config, deadletter, demo, ledger, run, site, stock

app = typer.Typer(
    name="hemovault",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="HemoVault runs the warehouse of a blood centre. Start with `hemovault demo`.",
)
app.add_typer(run.app, name="run")
app.add_typer(config.app, name="config")
app.add_typer(stock.app, name="stock")
app.add_typer(ledger.app, name="ledger")
app.add_typer(deadletter.app, name="deadletter")
app.command(name="init")(site.init)
app.command(name="demo")(demo.demo)


def main() -> None:
    """Entry point of the `hemovault` command."""
    app()
