"""The map of the commands. The one that is run is imported alone, so that a short one starts at once."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Final

import typer

_GROUPS: Final = ("run", "config", "stock", "ledger", "deadletter", "telemetry")
"""Modules of `hemovault.commands` with an `app` of several commands."""
_SINGLE: Final[Mapping[str, str]] = {"init": "site", "demo": "demo", "isbt": "isbt"}
"""Commands that are one function, which has their name, and the module it stands in."""


def application(only: str | None = None) -> typer.Typer:
    """The command line with all commands, or with one of them when ``only`` is its name."""
    app = typer.Typer(
        name="hemovault",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="HemoVault runs the warehouse of a blood centre. Start with `hemovault demo`.",
    )
    app.callback()(_no_options)
    wanted = {only} & {*_GROUPS, *_SINGLE} or {*_GROUPS, *_SINGLE}
    for name in _GROUPS:
        if name in wanted:
            app.add_typer(_module(name).app, name=name)
    for name, module in _SINGLE.items():
        if name in wanted:
            app.command(name=name)(getattr(_module(module), name))
    return app


def main() -> None:
    """Entry point of the `hemovault` command."""
    application(sys.argv[1] if len(sys.argv) > 1 else None)()


def _no_options() -> None:
    """HemoVault runs the warehouse of a blood centre. Start with `hemovault demo`."""


def _module(name: str) -> ModuleType:
    return import_module(f"hemovault.commands.{name}")
