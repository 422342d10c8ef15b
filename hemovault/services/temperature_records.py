"""Temperature records of bags before release: judged in a thread from the history, kept by the writer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from runtime.health import HealthPart
from runtime.sparkplug.readings import SourceRegistry
from telemetry.store import ReadingStore
from wms.release.judging import AT_ONCE, judge_due
from wms.release.temperature import Judgement, keep_judgements
from wms.store.tx import Tx
from wms.warehouse import Warehouse

LOOK_EVERY_S: Final = 2.0
"""Real seconds between two looks when nothing is due; a full round is followed by the next at once."""


class TemperatureRecords:
    """Judges bags that wait for nothing but their temperature record; lives on the event loop."""

    def __init__(self, warehouse: Warehouse, store: ReadingStore, registry: SourceRegistry, health: HealthPart) -> None:
        self._warehouse = warehouse
        self._store = store
        self._registry = registry
        self._health = health

    async def run(self) -> None:
        """Judge what is due, look again, until cancelled."""
        while True:
            if await self.judge_once() < AT_ONCE:
                await asyncio.sleep(LOOK_EVERY_S)

    async def judge_once(self) -> int:
        """Judge one round of what is due now; returns how many bags."""
        now = self._warehouse.clock.now()
        judged = await asyncio.to_thread(self._judge, now)
        if judged:
            await self._warehouse.write(_keeping(judged))
        self._health.ok()
        return len(judged)

    def _judge(self, now: datetime) -> list[tuple[str, Judgement]]:
        with self._warehouse.read() as conn:
            return judge_due(conn, self._warehouse.plant, self._store, self._registry, now)


def _keeping(judged: list[tuple[str, Judgement]]) -> Callable[[Tx], None]:
    def keep(tx: Tx) -> None:
        keep_judgements(tx.raw, judged)
        for bag, _ in judged:
            tx.notify("release", bag)

    return keep
