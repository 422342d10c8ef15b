"""A real store on a temporary file, and a hasher that is quick because nobody attacks a test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

import wms.people.tables  # noqa: F401  (its tables belong to the schema)
from plant.load import demo_text, parse_plant
from plant.model import Plant
from runtime.clock import SteppedClock
from wms.ledger.chain import ledger
from wms.people.passwords import Hashing
from wms.store.database import Database, driver_of
from wms.store.lease import begin_term, lock_site
from wms.store.metadata import metadata
from wms.store.tx import Actor, Hooks
from wms.store.writer import Writer

T0 = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ADMIN = Actor("admin", "desk")
PASSWORD = "Correct-Horse-7"


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
async def people(tmp_path: Path) -> AsyncIterator[People]:
    database = Database(tmp_path / "site.db")
    metadata.create_all(database.write_engine)
    with database.write_engine.connect() as connection:
        lease = begin_term(driver_of(connection), lock_site(database.path), "test")
    clock, plant = SteppedClock(T0), parse_plant(demo_text())
    writer = Writer(
        database,
        clock=clock,
        plant=plant,
        term=lease.term,
        hooks=Hooks(lambda _: False, lambda *_: None, lambda *_: None),
        on_change=lambda _: None,
    )
    quick = Hashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield People(database, writer, clock, plant, quick)
    await writer.close()
    lease.release()
    database.close()
