"""What a demo does before its services run (database, accounts, opening stock) and what it says when they do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

import httpx

from hemovault.commands.site import show_credentials
from hemovault.commands.stock import import_stock
from hemovault.demo_certificates import record_demo_certificates
from hemovault.demo_site import DemoPlan, DemoSite, Opening, start_clock, write_demo_site
from hemovault.offline import open_offline
from hemovault.settings import Settings
from runtime.clock import Clock
from simulators.people.opening import write_opening
from wms.ledger.read import last_recorded_at
from wms.notices.opening import first_rota
from wms.people.accounts import FIRST_START
from wms.people.first_start import Credential, first_start
from wms.people.passwords import Hashing
from wms.store.database import open_database


async def prepare_demo(plan: DemoPlan) -> tuple[DemoSite, Sequence[Credential]]:
    """Make or re-open the demo folder; returns the site and the accounts that were made now, if any."""
    site = write_demo_site(plan, Clock().real_now(), _ledger_time(Settings(data_dir=plan.data_dir)))
    async with open_offline(site.settings, site.plant, site.clock) as warehouse:
        credentials = await first_start(
            warehouse.writer, warehouse.database, site.plant, site.settings.agents_file, Hashing()
        )
        await warehouse.write(lambda tx: first_rota(tx, FIRST_START))
        if site.fresh:
            await warehouse.write(record_demo_certificates)
        if site.fresh and plan.opening is Opening.FULL:
            stock = plan.data_dir / "opening.csv"
            snapshot = plan.data_dir / "simulate" / "world.json"
            write_opening(site.plant, plan.seed, site.clock.now(), stock, snapshot)
            await import_stock(warehouse, stock.read_bytes())
    return start_clock(plan, site), credentials


async def greet(
    site: DemoSite, credentials: Sequence[Credential], started: asyncio.Event, say: Callable[[str], None]
) -> None:
    """Say the address as soon as it answers, and the new accounts, once."""
    await started.wait()
    url = site.settings.api_url
    async with httpx.AsyncClient() as client:
        while True:
            try:
                if (
                    await client.get(f"{url}/api/v1/session", timeout=2.0)
                ).status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    break
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.2)
    say(f"\nOpen {url}")
    show_credentials(credentials, say)
    say("Ctrl-C ends it.\n")


def _ledger_time(settings: Settings) -> datetime | None:
    """Domain time of the last ledger entry of an earlier run, None when there was none."""
    place = settings.database_place
    if isinstance(place, Path) and not place.is_file():
        return None
    with closing(open_database(place)) as database, database.read() as connection:
        return last_recorded_at(connection)
