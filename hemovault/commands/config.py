"""`hemovault config check`: say whether services would start with these settings, this plant and this clock."""

from __future__ import annotations

import typer

from hemovault.commands.context import ConfigOption, open_site, plain_errors

app = typer.Typer(no_args_is_help=True, help="Settings of this site.")


@app.command()
def check(config: ConfigOption = None) -> None:
    """Read settings, plant and clock as a service would; exit status 1 and one sentence when one of them is wrong."""
    with plain_errors():
        settings, plant, clock = open_site(config)
        typer.echo(
            f"ok: site {plant.site.id}, {len(plant.cells)} cells, {len(plant.readers)} readers, "
            f"{len(plant.probes)} probes, clock rate {clock.rate:g}, data in {settings.data_dir}"
        )
