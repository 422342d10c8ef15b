"""A small warehouse for tests: the demo plant, a stepped clock, the real store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from temperatures import every_record_is_good

from blood.isbt128 import BagId
from blood.tags import epc_of
from plant.load import demo_text, parse_plant
from plant.model import Plant
from runtime.clock import SteppedClock
from wms.bags.commands import create_bag
from wms.moves.model import DeviceState
from wms.store.database import Database, driver_of, open_database
from wms.store.lease import begin_term
from wms.store.metadata import to_us
from wms.store.tx import Actor, Hooks, Tx
from wms.store.writer import Change, Writer

T = TypeVar("T")
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TESTER = Actor("tester", "bench")


@dataclass
class Store:
    """An open store with what happened around it."""

    database: Database
    writer: Writer
    plant: Plant
    clock: SteppedClock
    changes: list[Change] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    ended: list[Any] = field(default_factory=list)
    warm: set[str] = field(default_factory=set)
    states: dict[str, DeviceState] = field(default_factory=dict)  # machines that do not run

    async def write(self, fn: Callable[[Tx], T]) -> T:
        return await self.writer.write(fn)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            return driver_of(connection).execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> tuple[Any, ...]:
        (row,) = self.rows(sql, *values)
        return row

    def bag(self, bag: str) -> dict[str, Any]:
        with self.database.read() as connection:
            cursor = driver_of(connection).execute("SELECT * FROM bag WHERE id = ?", (bag,))
            names = [column[0] for column in cursor.description]
            return dict(zip(names, cursor.fetchone(), strict=True))

    async def add_bag(
        self, number: int = 1, product: str = "D0002V00", *, place: str = "prep/out", **fields: Any
    ) -> str:
        bag = BagId(f"A999926{number:06d}", product)
        values = {
            "din": bag.din,
            "product": product,
            "component": self.plant.product_component[product].key,
            "status": "QUARANTINE",
            "volume_ml": 200.0,
            "collected_us": to_us(START),
            "expires_us": to_us(START) + 30 * 86_400_000_000,
            "donor": "donor-1",
            "epc": epc_of(bag),
            "donation_type": "allogeneic",
            "custody": "centre",
            "tests": "negative",
            "abo_rhd": "O+",
            "process_check": "passed",
            "label_check": "passed",
            **fields,
        }
        await self.write(
            lambda tx: create_bag(tx, TESTER, str(bag), kind="bag.opened", place=place, at=START, fields=values)
        )
        return str(bag)


@pytest.fixture(scope="session")
def plant() -> Plant:
    return parse_plant(demo_text())


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(START)


@pytest.fixture
async def store(plant: Plant, clock: SteppedClock, store_place: Path | str) -> AsyncIterator[Store]:
    database = open_database(store_place)
    every_record_is_good(database)
    with database.write_engine.connect() as connection:
        term = begin_term(driver_of(connection), "test")
    opened = Store(database, None, plant, clock)  # type: ignore[arg-type]  # the writer needs the hooks, they the store
    hooks = Hooks(
        lambda place: any(place.startswith(warm) for warm in opened.warm),
        lambda _tx, _actor, bag: opened.holds.append(bag),
        lambda _tx, _actor, task, _at: opened.ended.append(task),
        lambda device: opened.states.get(device, DeviceState.RUNNING),
    )
    opened.writer = Writer(database, clock=clock, plant=plant, term=term, hooks=hooks, on_change=opened.changes.append)
    yield opened
    await opened.writer.close()
    database.close()
