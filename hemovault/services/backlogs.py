"""Spools and queues that only ever grow: more comes in than goes out, and one day there is no room left."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from msgspec import DecodeError

from runtime.health import HealthReport, decode_health
from runtime.mqtt import Message
from wms.alarms import conditions
from wms.alarms.watch import Standing, follow
from wms.store.tx import Tx
from wms.warehouse import Warehouse

LEAST: Final = 500
"""Less than this may wait anywhere without a word: it is under way."""
EVERY_S: Final = 30.0
SAMPLES: Final = 10
"""Five minutes, in two halves: all of the later half lies above all of the earlier one."""
OVER_AT: Final = 0.5
"""It is over when half of what was waiting has gone."""
_SILENT_AFTER: Final = timedelta(seconds=10)
_log = structlog.get_logger(__name__)


class Growth:
    """What waited in one place lately, and whether it grows. Pure."""

    def __init__(self) -> None:
        self._waiting: deque[int] = deque(maxlen=SAMPLES)
        self._most = 0
        self.is_growing = False

    def take(self, waiting: int) -> None:
        """Take one look at how much waits."""
        self._waiting.append(waiting)
        self._most = max(self._most, waiting)
        if self.is_growing:
            self.is_growing = waiting > self._most * OVER_AT
        elif len(self._waiting) == SAMPLES:
            half = SAMPLES // 2
            earlier, later = list(self._waiting)[:half], list(self._waiting)[half:]
            self.is_growing = waiting >= LEAST and min(later) > max(earlier)
        if not self.is_growing:
            self._most = waiting

    @property
    def waiting(self) -> int:
        """How much waited at the last look."""
        return self._waiting[-1] if self._waiting else 0


class Backlogs:
    """Hears the health of all services and tells the alarm book whose backlog grows."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._reports: dict[str, HealthReport] = {}
        self._growth: dict[str, Growth] = {}

    def hear_message(self, message: Message) -> None:
        """Take a report from the wire; one that cannot be read says nothing."""
        try:
            report = decode_health(message.payload)
        except (DecodeError, ValueError) as error:
            _log.warning("health_report_unreadable", topic=message.topic, error=str(error))
            return
        self._reports[report.service] = report

    async def run(self) -> None:
        """Look twice a minute (real time) until cancelled."""
        while True:
            await asyncio.sleep(EVERY_S)
            standing, unsure = self.look(self._warehouse.clock.real_now())
            await self._warehouse.write(_telling(standing, unsure))

    def look(self, real_now: datetime) -> tuple[list[Standing], list[str]]:
        """Take a sample of every place: what grows, and the places of services that are silent now."""
        unsure: list[str] = []
        for service, report in self._reports.items():
            is_silent = real_now - datetime.fromisoformat(report.at_real) > _SILENT_AFTER
            for part in report.parts:
                if part.waiting is None:
                    continue
                source = f"{service}/{part.name}"
                if is_silent:
                    unsure.append(source)
                else:
                    self._growth.setdefault(source, Growth()).take(part.waiting)
        unsure += [source for source in self._growth if source.partition("/")[0] not in self._reports]
        growing = [
            Standing(source, growth.waiting, None, 1) for source, growth in self._growth.items() if growth.is_growing
        ]
        return growing, unsure


def _telling(standing: list[Standing], unsure: list[str]) -> Callable[[Tx], None]:
    def tell(tx: Tx) -> None:
        follow(tx, conditions.SPOOL_GROWING, standing, unsure)

    return tell
