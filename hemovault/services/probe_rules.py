"""Limits and certificates as people decide them, handed to telemetry at the start and after each change."""

from __future__ import annotations

import asyncio
from typing import Final

from sqlalchemy import Connection

from plant.model import Plant
from telemetry.calibration import Calibrations
from telemetry.ingest import Ingest
from telemetry.limits import LimitBook
from wms.calibration.read import calibrations_of
from wms.limits.read import limit_book
from wms.warehouse import Warehouse

TOPICS: Final = frozenset({"limit", "calibration", "reset"})
"""Changes after which the rules are read again."""


def rules_of(conn: Connection, plant: Plant) -> tuple[LimitBook, Calibrations]:
    """What probes are judged by, as the database says now."""
    return limit_book(conn, plant), calibrations_of(conn)


class ProbeRules:
    """Keeps telemetry at what is decided; lives on the event loop."""

    def __init__(self, warehouse: Warehouse, ingest: Ingest) -> None:
        self._warehouse = warehouse
        self._ingest = ingest

    async def run(self) -> None:
        """Hand over what holds now, and again after each decision, until cancelled."""
        stirred = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(stirred))
            await asyncio.sleep(0)  # it listens before the first look, so that no decision falls between
            while True:
                await self.hand_over()
                await stirred.wait()
                stirred.clear()

    async def _listen(self, stirred: asyncio.Event) -> None:
        async for change in self._warehouse.subscribe():
            if not TOPICS.isdisjoint(change.topics):
                stirred.set()

    async def hand_over(self) -> None:
        """Read what is decided and let telemetry judge by it from its next pass on."""
        limits, calibrations = await asyncio.to_thread(self._read)
        self._ingest.use(limits, calibrations)

    def _read(self) -> tuple[LimitBook, Calibrations]:
        with self._warehouse.read() as conn:
            return rules_of(conn, self._warehouse.plant)
