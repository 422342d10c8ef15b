"""The real application on a real warehouse and a real historian, in a temporary folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import numpy as np
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from blood.isbt128 import BagId
from blood.tags import epc_of
from dashboards.app import create_app
from dashboards.context import House, Telemetry, WebOptions
from dashboards.health_board import HealthBoard
from plant.load import demo_text, parse_plant
from plant.model import Plant
from runtime.clock import SteppedClock
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
from wms.bags.commands import create_bag
from wms.moves.model import DeviceState
from wms.people.first_start import first_start
from wms.people.passwords import Hashing
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx
from wms.warehouse import Warehouse, open_warehouse

T = TypeVar("T")
T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TESTER = Actor("tester", "bench")


@dataclass
class Centre:
    """A running application and everything around it that a test wants to touch."""

    app: FastAPI
    warehouse: Warehouse
    ingest: Ingest
    clock: SteppedClock
    plant: Plant
    passwords: dict[str, str]
    board: HealthBoard
    offset: int = 0

    @property
    def house(self) -> House:
        house: House = self.app.state.house
        return house

    async def write(self, fn: Callable[[Tx], T]) -> T:
        return await self.warehouse.write(fn)

    @asynccontextmanager
    async def client(self, username: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://centre.test") as client:
            if username is not None:
                answer = await client.post(
                    "/api/v1/session", json={"username": username, "password": self.passwords[username]}
                )
                assert answer.status_code == 200, answer.text
            yield client

    async def add_bag(self, number: int = 1, place: str = "cold-1/s1/001", **fields: Any) -> str:
        component = fields.pop("component", "RBC_S")
        bag = BagId(f"A999926{number:06d}", self.plant.product_of(component))
        values = {
            "din": bag.din, "product": bag.product, "component": component, "status": "AVAILABLE", "volume_ml": 200.0,
            "collected_us": to_us(T0 - timedelta(days=1)), "expires_us": to_us(T0 + timedelta(days=30)),
            "donor": f"donor-{number}", "epc": epc_of(bag), "donation_type": "allogeneic", "custody": "centre",
            "tests": "negative", "abo_rhd": "O+", "process_check": "passed", "label_check": "passed", **fields,
        }  # fmt: skip
        await self.write(
            lambda tx: create_bag(
                tx, TESTER, str(bag), kind="bag.opened", place=place, at=self.clock.now(), fields=values
            )
        )
        return str(bag)

    def hear(self, sensor: str, *values: float, every_s: float = 60.0) -> None:
        """Values of a probe (or 0/1 of a door), one after the other, the last one now."""
        sensors = {**{p.id: p for p in self.plant.probes}, **{d.id: d for d in self.plant.doors}}
        source = sensors[sensor]
        edge = {cell.id: cell.edge for cell in self.plant.cells}[self.plant.device_by_id[source.device].cell]
        index = self.house.telemetry.registry.find(edge, source.device, source.metric)
        assert index is not None
        count, now_ms = len(values), int(self.clock.now().timestamp() * 1000)
        times = [now_ms - int((count - 1 - step) * every_s * 1000) for step in range(count)]
        batch = ReadingBatch(
            edge=edge, epoch="e1", first_offset=self.offset + 1, last_offset=self.offset + count,
            source=np.full(count, index, np.int32), ts_ms=np.array(times, np.int64), value=np.array(values, np.float64),
            quality=np.full(count, Quality.GOOD.code, np.uint8), historical=np.zeros(count, np.bool_), texts=[],
        )  # fmt: skip
        self.offset += count
        self.ingest.process([batch], self.clock.now())


@pytest.fixture
async def centre(tmp_path: Path, store_url: str | None) -> AsyncIterator[Centre]:
    plant, clock, board = parse_plant(demo_text()), SteppedClock(T0), HealthBoard()
    store = DuckDbStore(tmp_path / "telemetry.duckdb", memory_mb=64)
    registry = prepared_registry(plant, store)
    ingest = Ingest(plant, store, registry, now=clock.now(), monotonic=lambda: clock.now().timestamp())
    hashing = Hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    async def publish(_: object) -> None:
        return None

    async with open_warehouse(
        plant,
        tmp_path,
        clock=clock,
        holder="test",
        excursion_at=ingest.live.excursion_at,
        device_state=lambda _: DeviceState.RUNNING,
        publish_command=publish,
        database=store_url,
    ) as warehouse:
        agents = tmp_path / "secrets" / "agents.json"
        credentials = await first_start(warehouse.writer, warehouse.database, plant, agents, hashing)
        app = create_app(
            warehouse,
            Telemetry(ingest.live, ingest.texts, store, registry, ingest.counts),
            health=board,
            options=WebOptions(simulated=True),
            hashing=hashing,
            static=tmp_path / "static",
        )
        passwords = {credential.username: credential.password for credential in credentials}
        passwords |= {
            name: agent["password"] for name, agent in httpx.Response(200, content=agents.read_bytes()).json().items()
        }
        yield Centre(app, warehouse, ingest, clock, plant, passwords, board)
    store.close()
