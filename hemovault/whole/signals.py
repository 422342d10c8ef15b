"""Signals of the machines as the batches that a Sparkplug host hands to telemetry."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from plant.model import Plant
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from simulators.machines.packml import PackState
from simulators.signals import SignalValue, cell_signals
from simulators.world import World

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_MACHINE_STATE: Final = "/Status/StateCurrent"
_URGENT: Final = ("/Door/Open", "/Power/Mains", "/Agitator/Running", "/Lock/State", _MACHINE_STATE)


class CellSignals:
    """All signals of one cell. What alarms and gates wait for goes out when it changes, everything with every round."""

    def __init__(self, plant: Plant, cell: str, registry: SourceRegistry, epoch: str) -> None:
        self._cell = cell
        self._edge = next(known.edge for known in plant.cells if known.id == cell)
        self._registry = registry
        self._epoch = epoch
        self._offset = 0
        self._last: dict[str, object] = {}

    def batch(self, world: World, *, whole_round: bool) -> ReadingBatch | None:
        """What is to be said now; None when nothing is."""
        values = cell_signals(world, self._cell)
        urgent = {value.node: _state(value) for value in values if value.node.endswith(_URGENT)}
        said = [
            value
            for value in values
            if whole_round or (value.node in urgent and urgent[value.node] != self._last.get(value.node))
        ]
        self._last = urgent
        if not said:
            return None
        self._offset += 1
        return self._batch(said)

    def _batch(self, said: Sequence[SignalValue]) -> ReadingBatch:
        numbers = [value for value in said if not isinstance(value.value, str)]
        good, bad = Quality.GOOD.code, Quality.BAD.code
        return ReadingBatch(
            edge=self._edge,
            epoch=self._epoch,
            first_offset=self._offset,
            last_offset=self._offset,
            source=np.array([self._source(value) for value in numbers], dtype=np.int32),
            ts_ms=np.array([millis(value.at) for value in numbers], dtype=np.int64),
            value=np.array([math.nan if v.value is None else float(v.value) for v in numbers], dtype=np.float64),
            quality=np.array([bad if value.value is None else good for value in numbers], dtype=np.uint8),
            historical=np.zeros(len(numbers), dtype=np.bool_),
            texts=[
                (self._source(value), millis(value.at), value.value) for value in said if isinstance(value.value, str)
            ],
        )

    def _source(self, value: SignalValue) -> int:
        device, _, metric = value.node.partition("/")
        return self._registry.add(self._edge, device, metric)


def _state(value: SignalValue) -> object:
    """What counts as a change: of a machine only that it is held, or goes on."""
    return value.value == PackState.HELD if value.node.endswith(_MACHINE_STATE) else value.value


def millis(at: datetime) -> int:
    """Milliseconds since 1970 of an instant."""
    return (at - _EPOCH) // _MS
