"""The application: routes under `/api/v1`, guards around everything, the web app's files for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI

from dashboards import problems
from dashboards.cold_chain import cold_chain as cold_chain_of
from dashboards.context import House, Telemetry, WebOptions
from dashboards.declare import operation_id
from dashboards.floor import floor as floor_of
from dashboards.guards import Guards
from dashboards.health_board import HealthBoard
from dashboards.live_feed import LiveFeed
from dashboards.overview import overview as overview_of
from dashboards.owners import owners_in
from dashboards.routes import (
    alarm_health,
    alarms,
    bags,
    bench,
    calibrations,
    completeness,
    consignments,
    deferrals,
    discards,
    dispositions,
    duties,
    events,
    floor,
    holds,
    hospitals,
    labels,
    laboratory,
    ledger,
    limits,
    loggers,
    notices,
    operations,
    orders,
    overview,
    passports,
    people,
    picking,
    preparation,
    recalls,
    registries,
    registry_requests,
    release,
    rescue,
    returns,
    scans,
    session,
    site,
    stock,
    stocktake,
    suspensions,
    telemetry,
    transport,
    work,
)
from dashboards.shared import Shared
from dashboards.stream import CLOCK_EVERY_S, Stream
from dashboards.views import clock_view
from dashboards.wall_feed import WallFeed
from dashboards.web_app import STATIC, WebApp
from wms.people.passwords import Hashing
from wms.warehouse import Warehouse

PREFIX: Final = "/api/v1"
OVERVIEW_FRESH_S: Final = 0.5
_ROUTERS: Final = (
    session.routes,
    people.routes,
    site.routes,
    overview.routes,
    floor.routes,
    bags.routes,
    alarms.routes,
    suspensions.routes,
    alarm_health.routes,
    notices.routes,
    duties.routes,
    orders.routes,
    orders.shipments,
    work.intake,
    laboratory.routes,
    release.routes,
    deferrals.routes,
    consignments.routes,
    holds.routes,
    discards.routes,
    dispositions.routes,
    passports.routes,
    operations.routes,
    work.tasks,
    scans.routes,
    labels.routes,
    preparation.routes,
    picking.routes,
    transport.routes,
    rescue.routes,
    returns.routes,
    hospitals.routes,
    recalls.routes,
    registries.routes,
    registry_requests.routes,
    stock.routes,
    stocktake.routes,
    telemetry.routes,
    calibrations.routes,
    completeness.routes,
    loggers.routes,
    ledger.routes,
    limits.routes,
    events.routes,
    bench.routes,
)


def create_app(
    warehouse: Warehouse,
    telemetry: Telemetry,
    *,
    health: HealthBoard,
    options: WebOptions,
    hashing: Hashing | None = None,
    static: Path = STATIC,
) -> FastAPI:
    """Build the application for one open warehouse. `Stream` hears of every commit while the application runs."""
    app = declare_api(static, options)
    stream = Stream(warehouse.writer.head.seq, owners_in(warehouse.database))
    house = House(warehouse, telemetry, stream, health, hashing or Hashing(), options)
    app.state.house = house
    app.state.board = Shared(lambda: house.read(lambda conn: overview_of(house, conn)), OVERVIEW_FRESH_S)
    app.state.floor = Shared(lambda: house.read(lambda conn: floor_of(house, conn)), OVERVIEW_FRESH_S)
    app.state.cold_chain = Shared(lambda: house.read(lambda conn: cold_chain_of(house, conn)), OVERVIEW_FRESH_S)
    app.state.feed = LiveFeed(house)
    app.router.lifespan_context = _lifespan
    return app


def declare_api(static: Path, options: WebOptions) -> FastAPI:
    """All routes without a warehouse behind them: enough to write down the OpenAPI document."""
    app = FastAPI(
        title="HemoVault",
        summary="The warehouse of a blood centre",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        generate_unique_id_function=operation_id,
        routes=_api().routes,
    )
    problems.install(app)
    app.router.default = WebApp(static)
    app.add_middleware(Guards, origins=options.origins)
    return app


@cache
def _api() -> APIRouter:
    """Every route at its path, the same for all applications of a process: making them ready takes half a second."""
    api = APIRouter(generate_unique_id_function=operation_id)
    for routes in _ROUTERS:
        api.include_router(routes, prefix=PREFIX)
    return api


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    house: House = app.state.house
    house.stream.reset(house.warehouse.writer.head.seq)  # nobody listened until now
    async with asyncio.TaskGroup() as tasks:
        running = [
            tasks.create_task(house.stream.follow(house.warehouse.subscribe())),
            tasks.create_task(house.stream.run_changes()),
            tasks.create_task(house.stream.run_readings()),
            tasks.create_task(_tell_time(house)),
            tasks.create_task(app.state.feed.run()),
            tasks.create_task(WallFeed(house).run()),
        ]
        try:
            yield
        finally:
            house.stream.drop_all()
            for task in running:
                task.cancel()


async def _tell_time(house: House) -> None:
    while True:
        await asyncio.sleep(CLOCK_EVERY_S)
        house.stream.announce_clock(clock_view(house).model_dump(mode="json"))
