"""What every command needs first: settings, plant and clock, or one sentence on stderr and exit status 1."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from blood.isbt128 import ScanError
from hemovault.settings import ConfigError, Settings, config_file, load_settings
from plant.load import PlantError, load_plant
from plant.model import Plant
from runtime.clock import Clock, ClockError, load_clock
from wms.errors import Refused

ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Settings file [default: $HEMOVAULT_CONFIG or hemovault.toml]")
]


class CommandError(Exception):
    """A command that cannot do what it was asked; the text tells the person what to do."""


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn the program's named errors into one line on stderr and exit status 1."""
    try:
        yield
    except (CommandError, ConfigError, PlantError, ClockError, ScanError, Refused) as error:
        sys.stderr.write(f"hemovault: {error}\n")
        raise typer.Exit(1) from error


def open_site(config: Path | None) -> tuple[Settings, Plant, Clock]:
    """Load settings, the plant and the clock they name; raises the named errors of each."""
    settings = load_settings(config_file(config))
    return settings, load_plant(settings.plant), load_clock(settings.clock)
