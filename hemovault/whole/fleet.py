"""Vehicles and boxes without a wire: trips go to the world, its reports out as facts, loggers to telemetry."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

import numpy as np

from hemovault.whole.edges import InProcessEdge
from hemovault.whole.machines import JournalLine
from hemovault.whole.signals import millis
from plant.model import FLEET_EDGE
from plant.signals import LOGGER_METRIC
from runtime.clock import Clock
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch, SourceRegistry
from simulators.boxes import LoggerState
from simulators.world import World
from wms.machines.outbox import OutgoingCommand


class FleetLine:
    """The fleet's commands and facts; a command is carried out once, however often it is sent."""

    def __init__(self, world: World, edge: InProcessEdge, clock: Clock) -> None:
        self.edge = edge
        self._world = world
        self._clock = clock
        self._journal = JournalLine(world, FLEET_EDGE, edge, clock)

    async def bring(self, command: OutgoingCommand) -> None:
        """Give a trip to its vehicle; one that refuses is heard of by its silence."""
        self._world.scene.real = self._clock.real_now()
        self._world.start_job(command.device, command.id, command.data.decode())

    async def follow_journal(self) -> None:
        """Turn what vehicles and the weather station have reported into facts."""
        await self._journal.follow()


class BoxSignals:
    """What box loggers say; one that is switched off is a dead device, told once."""

    def __init__(self, registry: SourceRegistry, epoch: str) -> None:
        self._registry = registry
        self._epoch = epoch
        self._offset = 0
        self._off: set[str] = set()

    def batch(self, world: World) -> ReadingBatch | None:
        """The last value of every logger that is on; None when none is."""
        on = [
            (name, box.last)
            for name, box in world.state.boxes.items()
            if box.logger is not LoggerState.OFF and box.last is not None
        ]
        self._off -= {name for name, _ in on}
        if not on:
            return None
        self._offset += 1
        good, bad = Quality.GOOD.code, Quality.BAD.code
        return ReadingBatch(
            edge=FLEET_EDGE,
            epoch=self._epoch,
            first_offset=self._offset,
            last_offset=self._offset,
            source=np.array([self._source(name) for name, _ in on], dtype=np.int32),
            ts_ms=np.array([millis(last.at) for _, last in on], dtype=np.int64),
            value=np.array([math.nan if last.value_c is None else last.value_c for _, last in on], dtype=np.float64),
            quality=np.array([bad if last.value_c is None else good for _, last in on], dtype=np.uint8),
            historical=np.zeros(len(on), dtype=np.bool_),
            texts=[],
        )

    def gone(self, world: World, now: datetime) -> Iterator[Presence]:
        """Loggers that were switched off since the last time."""
        for name, box in world.state.boxes.items():
            if box.logger is LoggerState.OFF and name not in self._off:
                self._off.add(name)
                yield Presence(FLEET_EDGE, name, PresenceState.OFFLINE, now, (self._source(name),))

    def _source(self, box: str) -> int:
        return self._registry.add(FLEET_EDGE, box, LOGGER_METRIC)
