"""A real store on a temporary file, and a hasher that is quick because nobody attacks a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from plant.load import demo_text, parse_plant
from plant.model import Plant
from runtime.clock import SteppedClock
from wms.ledger.chain import ledger
from wms.moves.model import DeviceState
from wms.people.passwords import Hashing
from wms.store.database import Database
from wms.store.writer import Writer
from wms.warehouse import open_warehouse

T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@dataclass
class People:
    database: Database
    writer: Writer
    clock: SteppedClock
    plant: Plant
    hashing: Hashing

    def entries(self, kind: str) -> list[dict[str, Any]]:
        with self.database.read() as conn:
            rows = conn.execute(ledger.select().where(ledger.c.kind == kind).order_by(ledger.c.seq)).mappings()
            return [dict(row) for row in rows]


@pytest.fixture
async def people(tmp_path: Path, store_url: str | None) -> AsyncIterator[People]:
    clock, plant = SteppedClock(T0), parse_plant(demo_text())

    async def publish(_: object) -> None:
        return None

    async with open_warehouse(
        plant,
        tmp_path,
        clock=clock,
        holder="test",
        excursion_at=lambda _: False,
        device_state=lambda _: DeviceState.UNKNOWN,
        publish_command=publish,
        database=store_url,
    ) as warehouse:
        quick = Hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield People(warehouse.database, warehouse.writer, clock, plant, quick)
