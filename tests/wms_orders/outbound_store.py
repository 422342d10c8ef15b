"""A real store on a temporary file, a clock that stands still until it is stepped, and the real solver in-process."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from outbound_floor import Floor
from sqlalchemy import Connection, text
from temperatures import every_passport_is_ready

from allocation.explain import explain
from allocation.model import Policy, Snapshot, load_policy
from allocation.solve import allocate
from allocation.wire import Solved
from blood.groups import BloodGroup
from blood.isbt128 import parse_bag_id
from blood.tags import epc_of
from plant.load import demo_text, parse_plant
from runtime.clock import SteppedClock
from runtime.health import HealthPart
from wms.bags.commands import create_bag
from wms.bags.projection import load
from wms.moves.model import DeviceState
from wms.orders.commands import LineWish, OrderWish, place_order
from wms.orders.lifecycle import OrderKind
from wms.orders.planner import Planner
from wms.orders.planning import on_hold
from wms.orders.read import Order, one_order
from wms.outbound.handlers import on_move_ended
from wms.store.database import Database, driver_of, open_database
from wms.store.lease import begin_term
from wms.store.metadata import to_us
from wms.store.tx import Actor, Hooks, Tx
from wms.store.writer import Writer

T = TypeVar("T")
T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
LI = Actor("li.wei", "desk-1")
PLANT = parse_plant(demo_text())


async def solve_here(snapshot: Snapshot, policy: Policy) -> Solved:
    plan = allocate(snapshot, policy)
    return Solved(plan, explain(plan, snapshot, policy))


def open_writer(database: Database, clock: SteppedClock, warm: set[str]) -> Writer:
    with database.write_engine.connect() as connection:
        term = begin_term(driver_of(connection), "test")
    hooks = Hooks(
        excursion_at=lambda place: place in warm,
        on_hold=on_hold,
        on_move_ended=on_move_ended,
        device_state=lambda _device: DeviceState.RUNNING,
    )
    return Writer(database, clock=clock, plant=PLANT, term=term, hooks=hooks, on_change=lambda _: None)


class Store:
    """What a test needs of a warehouse: write, read, step the clock, put bags and orders in, plan."""

    def __init__(self, database: Database, writer: Writer, clock: SteppedClock, warm: set[str]) -> None:
        self.database, self.writer, self.clock, self.plant = database, writer, clock, PLANT
        self.warm = warm
        self.planner = self.planner_with(solve_here)
        self._bags = 0

    async def restart(self) -> None:
        """The controller is killed and comes back: everything it had in memory is gone."""
        await self.writer.close()
        self.writer = open_writer(self.database, self.clock, self.warm)

    def planner_with(self, solve) -> Planner:
        return Planner(
            self, solve, load_policy(), lambda place: place in self.warm, HealthPart("planner"), debounce_s=0.01
        )

    async def write(self, fn: Callable[[Tx], T]) -> T:
        return await self.writer.write(fn)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.database.read() as conn:
            yield conn

    async def bag(
        self,
        group: str = "O+",
        *,
        days: float = 20,
        place: str | None = None,
        component: str = "RBC_S",
        **fields: object,
    ) -> str:
        self._bags += 1
        product = PLANT.product_of(component)
        bag = f"A999926{self._bags:06d}-{product}"
        shelf = "cold-1/s1" if component == "RBC_S" else "plasma-1/s1"
        values = {
            "din": bag[:13], "product": product, "component": component, "abo_rhd": group, "status": "AVAILABLE",
            "volume_ml": 250.0, "collected_us": to_us(T0 - timedelta(days=3)),
            "expires_us": to_us(T0 + timedelta(days=days)), "donor": f"d{self._bags}", "epc": epc_of(parse_bag_id(bag)),
            "donation_type": "allogeneic", "custody": "centre", "tests": "negative",
            "process_check": "passed", "label_check": "passed",
            **fields,
        }  # fmt: skip
        where = place or f"{shelf}/{self._bags:03d}"
        await self.write(lambda tx: create_bag(tx, LI, bag, kind="bag.imported", place=where, at=T0, fields=values))
        return bag

    async def order(self, quantity: int = 1, group: str = "O+", **wish: object) -> str:
        line = LineWish(
            wish.pop("component", "RBC_S"), BloodGroup(group), quantity,
            wish.pop("substitution", True), wish.pop("min_days_left", 0),
        )  # fmt: skip
        values = {"hospital": "east-lake", "kind": OrderKind.STOCK, "priority": 4,
                  "due_at": self.clock.now() + timedelta(hours=8), "lines": (line,), **wish}  # fmt: skip
        return await self.write(lambda tx: place_order(tx, LI, OrderWish(**values)))

    def show(self, order_id: str) -> Order:
        with self.read() as conn:
            return one_order(conn, PLANT, order_id)

    def state_of(self, bag: str) -> dict[str, object]:
        with self.read() as conn:
            return load(driver_of(conn), bag) or {}

    def all(self, sql: str, **values: object) -> list:
        with self.read() as conn:
            return conn.execute(text(sql), values).all()


@pytest.fixture
async def store(store_place: Path | str) -> AsyncIterator[Store]:
    database, clock, warm = open_database(store_place), SteppedClock(T0), set()
    every_passport_is_ready(database)
    opened = Store(database, open_writer(database, clock, warm), clock, warm)
    yield opened
    await opened.writer.close()
    database.close()


@pytest.fixture
def floor(store: Store) -> Floor:
    return Floor(store)
