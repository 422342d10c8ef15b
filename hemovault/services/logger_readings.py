"""From loggers' files to the historian: readings of a box that was read out, told as late ones, once.

The warehouse keeps the file first; this brings its readings until the historian says that it has them. A file is its
own epoch (its hash) with an offset for each reading, so that telling it again changes nothing. After a start every file
is held against the historian, which may have been put back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import structlog

from plant.model import FLEET_EDGE, Plant
from plant.signals import LOGGER_METRIC
from runtime.health import HealthPart
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from telemetry.loggers.model import LoggerError, ReadingsExport
from telemetry.loggers.read import read_export
from telemetry.offsets import EpochKey
from telemetry.worker import IngestFullError
from wms.loggers.commands import mark_stored
from wms.loggers.read import Owed, owed, owed_to_historian
from wms.warehouse import Warehouse

EDGE: Final = "logger-files"
"""The edge that files stand for: no device speaks on it."""
LOOK_EVERY_S: Final = 2.0
_EPOCH_DIGITS: Final = 32
_log = structlog.get_logger(__name__)


class LoggerReadings:
    """Brings what loggers' files hold into the history; lives on the event loop.

    ``submit`` and ``stored`` are the ingest thread's and the ingest's.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        registry: SourceRegistry,
        submit: Callable[[ReadingBatch], None],
        stored: Callable[[], Mapping[EpochKey, int]],
        health: HealthPart,
    ) -> None:
        self._warehouse, self._registry, self._submit, self._stored = warehouse, registry, submit, stored
        self._health = health
        self._waiting: dict[str, Owed] = {}
        self._is_first = True

    async def run(self) -> None:
        """Bring what is owed, look again, until cancelled."""
        while True:
            await self.look_once()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look_once(self) -> int:
        """Hand over files that are new, mark those that are stored; returns how many files are still on their way."""
        for one in await asyncio.to_thread(self._fresh, self._is_first):
            if self._has(one):
                await self._mark(one)
            elif await asyncio.to_thread(self._hand_over, one):
                self._waiting[one.id] = one
        self._is_first = False
        for one in [one for one in self._waiting.values() if self._has(one)]:
            await self._mark(one)
        self._health.ok()
        return len(self._waiting)

    def _fresh(self, with_marked: bool) -> list[Owed]:
        with self._warehouse.read() as conn:
            names = owed_to_historian(conn, with_marked=with_marked)
            return [owed(conn, name) for name in names if name not in self._waiting]

    def _has(self, one: Owed) -> bool:
        return self._stored().get((EDGE, epoch_of(one)), 0) >= one.readings

    async def _mark(self, one: Owed) -> None:
        self._waiting.pop(one.id, None)
        if not one.is_marked:
            await self._warehouse.write(lambda tx: mark_stored(tx, one.id))

    def _hand_over(self, one: Owed) -> bool:
        """Give a file to the ingest; false when it had no room, and is asked again at the next look."""
        try:
            self._submit(batch_of(one, self._warehouse.plant, self._registry))
        except IngestFullError:
            return False
        except LoggerError as error:  # it was read when it was taken: the program has changed since
            _log.error("logger_file_not_read", file=one.id, reason=str(error))
            self._health.down(f"Logger file {one.id} cannot be read any more: {error}")
            return False
        return True


def epoch_of(one: Owed) -> str:
    """The epoch of a file: the same file is the same epoch, whoever brings it."""
    return one.sha256[:_EPOCH_DIGITS]


def batch_of(one: Owed, plant: Plant, registry: SourceRegistry) -> ReadingBatch:
    """All readings of a file as late readings of its box's probe; raises LoggerError."""
    export = read_export(one.text, one.mapping)
    if not isinstance(export, ReadingsExport):
        raise TypeError(f"{one.id} holds no single readings")
    count = len(export)
    source = registry.add(plant.edge_by_device.get(one.box, FLEET_EDGE), one.box, LOGGER_METRIC)
    return ReadingBatch(
        edge=EDGE,
        epoch=epoch_of(one),
        first_offset=1,
        last_offset=count,
        source=np.full(count, source, dtype=np.int32),
        ts_ms=export.ts_ms,
        value=export.celsius,
        quality=np.full(count, Quality.GOOD.code, dtype=np.uint8),
        historical=np.ones(count, dtype=np.bool_),
        texts=[],
    )
