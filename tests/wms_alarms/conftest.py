"""A real store on a temporary file, under a clock that stands still until it is stepped."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from blood.isbt128 import parse_bag_id
from blood.tags import epc_of
from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from wms.bags.commands import create_bag
from wms.moves.model import DeviceState
from wms.store.database import Database, driver_of, open_database
from wms.store.lease import begin_term
from wms.store.metadata import to_us
from wms.store.tx import Actor, Hooks, Tx
from wms.store.writer import Writer

T = TypeVar("T")
T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
SOMEBODY = Actor("li.wei", "desk-1")


class Store:
    """What a test needs of a warehouse: write, read, step the clock, put a bag somewhere."""

    def __init__(self, database: Database, writer: Writer, clock: SteppedClock) -> None:
        self.database, self.writer, self.clock = database, writer, clock
        self.plant = parse_plant(demo_text())

    async def write(self, fn: Callable[[Tx], T]) -> T:
        return await self.writer.write(fn)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.database.read() as conn:
            yield conn

    async def bag(self, number: int, place: str, *, component: str = "RBC_S", status: str = "AVAILABLE") -> str:
        product = self.plant.product_of(component)
        bag = f"A999926{number:06d}-{product}"
        fields = {
            "din": bag[:13], "product": product, "component": component, "abo_rhd": "O+", "status": status,
            "volume_ml": 250.0, "collected_us": to_us(T0 - timedelta(days=3)),
            "expires_us": to_us(T0 + timedelta(days=20)),
            "donor": f"d{number}", "epc": epc_of(parse_bag_id(bag)), "donation_type": "allogeneic", "custody": "centre",
            "tests": "negative", "process_check": "passed", "label_check": "passed",
        }  # fmt: skip
        await self.write(
            lambda tx: create_bag(tx, SOMEBODY, bag, kind="bag.imported", place=place, at=T0, fields=fields)
        )
        return bag


@pytest.fixture
async def store(store_place: Path | str) -> AsyncIterator[Store]:
    database, clock = open_database(store_place), SteppedClock(T0)
    with database.write_engine.connect() as connection:
        term = begin_term(driver_of(connection), "test")
    hooks = Hooks(
        excursion_at=lambda _place: False,
        on_hold=lambda *_: None,
        on_move_ended=lambda *_: None,
        device_state=lambda _device: DeviceState.UNKNOWN,
    )
    plant = parse_plant(demo_text())
    writer = Writer(database, clock=clock, plant=plant, term=term, hooks=hooks, on_change=lambda _: None)
    yield Store(database, writer, clock)
    await writer.close()
    database.close()
