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
        from hemovault.services.notify_channels import open_channels

        channels = open_channels(settings.notify, clock.real_now, lambda: 0)
        typer.echo(
            f"ok: site {plant.site.id}, {len(plant.cells)} cells, {len(plant.readers)} readers, "
            f"{len(plant.probes)} probes, clock rate {clock.rate:g}, "
            f"told by {', '.join(one.reach.name for one in channels)}, data in {settings.data_dir}"
        )
