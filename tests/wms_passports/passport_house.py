"""The demo plant with a real store and a real historian; time and temperature are the test's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from sqlalchemy import insert

from blood.isbt128 import BagId
from blood.tags import epc_of
from plant.load import demo_text, parse_plant
from plant.model import Plant
from runtime.clock import SteppedClock
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.duckdb_store import DuckDbStore
from telemetry.excursions import scan
from telemetry.ingest import prepared_registry
from telemetry.store import Readings, StoreWrite
from telemetry.tracker import GAP_AFTER_MS
from wms.bags.commands import create_bag, move_to
from wms.calibration.tables import calibration
from wms.moves.model import DeviceState
from wms.orders.planning import on_hold
from wms.outbound.handlers import on_move_ended
from wms.passports.compute import History, Reading, read_bags
from wms.passports.model import Passport
from wms.store.database import Database, driver_of, open_database
from wms.store.lease import begin_term
from wms.store.metadata import to_us
from wms.store.tx import Actor, Hooks, Tx
from wms.store.writer import Writer

T = TypeVar("T")
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TESTER = Actor("tester", "bench")
COLD = ("cold-1-load", "cold-1-air")
Points = Sequence[tuple[float, float]]
"""(minutes since START, Celsius)."""


@dataclass
class House:
    """A warehouse and its historian."""

    database: Database
    writer: Writer
    plant: Plant
    clock: SteppedClock
    store: DuckDbStore
    registry: SourceRegistry
    history: History
    warm: set[str] = field(default_factory=set)

    async def write(self, fn: Callable[[Tx], T]) -> T:
        return await self.writer.write(fn)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self.database.read() as connection:
            return driver_of(connection).execute(sql, values).fetchall()

    async def add_bag(
        self, number: int = 1, component: str = "RBC_S", place: str = "cold-1/s1/001", **more: Any
    ) -> str:
        product = self.plant.product_of(component)
        bag = BagId(f"A999926{number:06d}", product)
        values = {
            "din": bag.din,
            "product": product,
            "component": component,
            "status": "AVAILABLE",
            "volume_ml": 200.0,
            "collected_us": to_us(START - timedelta(days=1)),
            "expires_us": to_us(START + timedelta(days=30)),
            "donor": "donor-1",
            "epc": epc_of(bag),
            "donation_type": "allogeneic",
            "custody": "centre",
            "tests": "negative",
            "abo_rhd": "O+",
            "process_check": "passed",
            "label_check": "passed",
            **more,
        }
        await self.write(
            lambda tx: create_bag(tx, TESTER, str(bag), kind="bag.opened", place=place, at=START, fields=values)
        )
        return str(bag)

    async def move(self, bag: str, place: str, minute: float) -> None:
        await self.write(lambda tx: move_to(tx, TESTER, bag, place, START + timedelta(minutes=minute)))

    def measure(self, probe: str, points: Points) -> None:
        """Let a probe say these values; excursions are found as telemetry finds them."""
        one = next(known for known in self.plant.probes if known.id == probe)
        edge = self.plant.edge_by_device[one.device]
        source = self.registry.find(edge, one.device, one.metric)
        assert source is not None
        ts = np.array([round(START.timestamp() * 1000 + minute * 60_000) for minute, _ in points], dtype=np.int64)
        value = np.array([celsius for _, celsius in points])
        self._write(source, ts, value)
        envelope = self.plant.envelope_of(one.covers[0])
        assert envelope is not None
        good = np.full(len(ts), Quality.GOOD.code, np.uint8)
        found = scan(one.id, ts, value, good, lambda _at: envelope.limits, GAP_AFTER_MS)
        self.store.write(StoreWrite(readings=_none(), excursions=found))

    def signal(self, device: str, metric: str, points: Points) -> None:
        source = self.registry.find(self.plant.edge_by_device[device], device, metric)
        assert source is not None
        ts = np.array([round(START.timestamp() * 1000 + minute * 60_000) for minute, _ in points], dtype=np.int64)
        self._write(source, ts, np.array([value for _, value in points]))

    async def calibrate(self, probe: str, *, due: float) -> None:
        """A certificate that was made long ago and is due some minutes after START."""
        await self.write(
            lambda tx: tx.conn.execute(
                insert(calibration).values(
                    number=1,
                    id="cal-1",
                    probe=probe,
                    certificate="C-1",
                    laboratory="lab",
                    made_on="2025-03-02",
                    due_on="2026-03-02",
                    offset_c=0.0,
                    uncertainty_c=0.1,
                    from_us=to_us(START - timedelta(days=365)),
                    due_us=to_us(START + timedelta(minutes=due)),
                    recorded_us=to_us(START),
                    recorded_by="tester",
                )
            )
        )

    def doubt(self, probe: str, points: Points) -> None:
        """Let a probe whose certificate is overdue say these values: telemetry keeps them as uncertain."""
        one = next(known for known in self.plant.probes if known.id == probe)
        source = self.registry.find(self.plant.edge_by_device[one.device], one.device, one.metric)
        assert source is not None
        ts = np.array([round(START.timestamp() * 1000 + minute * 60_000) for minute, _ in points], dtype=np.int64)
        self._write(source, ts, np.array([celsius for _, celsius in points]), Quality.UNCERTAIN)

    def steady(self, probe: str, minutes: float, celsius: float = 4.0, begin: float = -10.0) -> None:
        self.measure(probe, [(minute, celsius) for minute in np.arange(begin, minutes + 1, 1.0).tolist()])

    def reading(self, bag: str) -> Reading:
        with self.database.read() as conn:
            return read_bags(conn, self.plant, self.history, [bag], self.clock.now())[bag]

    def passport(self, bag: str) -> Passport:
        return self.reading(bag).passport

    def pass_minutes(self, minutes: float) -> None:
        self.clock.step(minutes * 60)

    def _write(self, source: int, ts: Any, value: Any, quality: Quality = Quality.GOOD) -> None:
        count = len(ts)
        self.store.write(
            StoreWrite(
                readings=Readings(
                    np.full(count, source, np.int32),
                    ts,
                    value,
                    np.full(count, quality.code, np.uint8),
                    np.zeros(count, np.bool_),
                )
            )
        )


class Opened:
    """What the service asks of a warehouse."""

    def __init__(self, house: House) -> None:
        self.plant, self.clock, self.write = house.plant, house.clock, house.write
        self.read = house.database.read


def line(*parts: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Readings of each minute along straight parts: (from minute, until minute, from Celsius, until Celsius)."""
    points: list[tuple[float, float]] = []
    for begin, end, low, high in parts:
        minutes = np.arange(begin, end, 1.0)
        points += zip(minutes.tolist(), np.linspace(low, high, len(minutes)).tolist(), strict=True)
    return points


def _none() -> Readings:
    return Readings(
        np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint8), np.empty(0, np.bool_)
    )


@pytest.fixture(scope="session")
def plant() -> Plant:
    return parse_plant(demo_text())


@pytest.fixture
async def house(tmp_path: Path, store_place: Path | str) -> AsyncIterator[House]:
    plant = parse_plant(demo_text())
    database, clock, warm = open_database(store_place), SteppedClock(START, rate=60), set[str]()
    with database.write_engine.connect() as connection:
        term = begin_term(driver_of(connection), "test")
    hooks = Hooks(
        excursion_at=lambda place: place in warm,
        on_hold=on_hold,
        on_move_ended=on_move_ended,
        device_state=lambda _device: DeviceState.RUNNING,
    )
    writer = Writer(database, clock=clock, plant=plant, term=term, hooks=hooks, on_change=lambda _: None)
    store = DuckDbStore(tmp_path / "telemetry.duckdb")
    registry = prepared_registry(plant, store)
    yield House(database, writer, plant, clock, store, registry, History(plant, store, registry), warm)
    await writer.close()
    store.close()
    database.close()
