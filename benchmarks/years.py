"""What people wait for when one million bags are stored: a recall, a bag's page, the stock board. One database.

Each is measured on the way that users take: the recall through the writer with its commit, the others by the functions
that answer the API.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import Final, TypeVar

from sqlalchemy import Connection

from benchmarks import million
from benchmarks.catalogue import BenchmarkFailed, Result
from benchmarks.usage import busy_cores, percentile
from dashboards.bag import bag_view
from dashboards.context import House, Telemetry, WebOptions
from dashboards.health_board import HealthBoard
from dashboards.schemas.bags import Bag
from dashboards.stream import Stream
from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
from wms.bags.read import list_bags
from wms.moves.model import DeviceState
from wms.people.passwords import Hashing
from wms.recall import read
from wms.recall.cases import open_case
from wms.recall.scope import Scope
from wms.recall.views import RecallReach
from wms.stock.read import stock_rows
from wms.store.database import driver_of
from wms.store.tx import Actor, Tx
from wms.warehouse import open_warehouse

T = TypeVar("T")

PAGES: Final = 200
LOOKS: Final = 40
_QUALITY: Final = Actor("quality", "bench")
_REASON: Final = "reactive_later_donation"
_SEED: Final = 7


def recall() -> Result:
    """Slowest of twenty recalls of a donor with a hundred donations, asked to committed; the preview in the detail."""
    times, previews, bags = asyncio.run(_with_house(_recalls))
    detail = {
        "cases": len(times.waited),
        "bags_each": bags,
        "preview_ms": round(max(previews.waited), 1),
        **_with_load(times),
    }
    return Result("recall", round(max(times.waited), 1), "ms, slowest", "< 200", detail)


def bag_page() -> Result:
    """99th percentile of a bag's page as the API builds it: history, family, ledger, acts, temperatures."""
    times = asyncio.run(_with_house(_pages))
    return Result("bag-page", round(percentile(times.waited, 0.99), 1), "ms, p99", "< 50", _with_load(times))


def stock() -> Result:
    """99th percentile of the stock board by component and group; the list of one cell's bags in the detail."""
    times, lists = asyncio.run(_with_house(_stock))
    detail = {"list_of_a_cell_ms": round(percentile(lists.waited, 0.99), 1), **_with_load(times)}
    return Result("stock-board", round(percentile(times.waited, 0.99), 1), "ms, p99", "< 50", detail)


@dataclass(slots=True)
class _Watch:
    """Milliseconds that people waited, and that this process worked, for each of some looks."""

    waited: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)

    @contextmanager
    def look(self) -> Iterator[None]:
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.waited.append((time.perf_counter() - wall) * 1000)
        self.worked.append((time.process_time() - cpu) * 1000)


async def _recalls(house: House) -> tuple[_Watch, _Watch, int]:
    times, previews, bags = _Watch(), _Watch(), 0
    for donor in million.FAITHFUL:
        scope = Scope(donor=donor)
        with previews.look():
            seen = await house.read(partial(_preview, house, scope))
        with times.look():
            await house.warehouse.write(partial(_open, scope))
        bags = seen.counts.bags
        if bags != million.DONATIONS * 3:
            raise BenchmarkFailed(f"a recall of {donor} reached {bags} bags")
    return times, previews, bags


def _preview(house: House, scope: Scope, conn: Connection) -> RecallReach:
    return read.preview(conn, house.warehouse.plant, scope, _REASON, None)


def _open(scope: Scope, tx: Tx) -> str:
    return open_case(tx, _QUALITY, scope, _REASON, "measured")


def _page(house: House, bag: str, conn: Connection) -> Bag:
    return bag_view(house, conn, bag)


async def _pages(house: House) -> _Watch:
    with house.warehouse.read() as conn:
        rows = driver_of(conn).execute("SELECT id FROM bag WHERE status <> 'CONSUMED' LIMIT 200000").fetchall()
    times = _Watch()
    for (bag,) in random.Random(_SEED).sample(rows, PAGES):
        with times.look():
            await house.read(partial(_page, house, bag))
    return times


async def _stock(house: House) -> tuple[_Watch, _Watch]:
    plant, now = house.warehouse.plant, house.warehouse.clock.now()
    times, lists = _Watch(), _Watch()
    for _ in range(LOOKS):
        with times.look():
            rows = await house.read(lambda conn: stock_rows(conn, plant, now))
        if not any(cell.bags for row in rows for cell in row.cells):
            raise BenchmarkFailed("no bag is in stock")
        with lists.look():
            await house.read(lambda conn: list_bags(conn, plant, component="RBC_S", group="O+", status="AVAILABLE"))
    return times, lists


async def _with_house(measured: Callable[[House], Awaitable[T]]) -> T:
    plant, clock = parse_plant(demo_text()), SteppedClock(million.NOW)
    folder = Path(_filled().name)
    store = DuckDbStore(folder / "telemetry.duckdb", memory_mb=64)
    registry = prepared_registry(plant, store)
    ingest = Ingest(plant, store, registry, now=clock.now())

    async def publish(_: object) -> None:
        return None

    async with open_warehouse(
        plant,
        folder,
        clock=clock,
        holder="bench",
        excursion_at=lambda _: False,
        device_state=lambda _: DeviceState.RUNNING,
        publish_command=publish,
    ) as warehouse:
        telemetry = Telemetry(ingest.live, ingest.texts, store, registry, ingest.counts)
        stream = Stream(warehouse.writer.head.seq, lambda _topic, _key: frozenset())
        return await measured(House(warehouse, telemetry, stream, HealthBoard(), Hashing(), WebOptions()))


@cache
def _filled() -> tempfile.TemporaryDirectory[str]:
    """One million bags, made once for all that is measured in this process."""
    folder = tempfile.TemporaryDirectory(prefix="hemovault-bench-")
    million.fill(Path(folder.name), parse_plant(demo_text()))
    return folder


def _with_load(times: _Watch) -> dict[str, object]:
    return {
        "median_ms": round(median(times.waited), 1),
        "cpu_ms": round(median(times.worked), 1),
        "bags_stored": million.BAGS,
        "load_average": busy_cores(),
    }
