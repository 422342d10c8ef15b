"""Signals of the machines as the batches that a Sparkplug host hands to telemetry: on change, and once a minute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from plant.model import Plant
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from simulators.signals import SignalValue, cell_signals
from simulators.world import World

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


class CellSignals:
    """All signals of one cell. States go out when they change, measured values and states alike with every round."""

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
        states = {value.node: value.value for value in values if not isinstance(value.value, float)}
        said = [
            value
            for value in values
            if whole_round or (value.node in states and states[value.node] != self._last.get(value.node))
        ]
        self._last = states
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
            ts_ms=np.array([_millis(value.at) for value in numbers], dtype=np.int64),
            value=np.array([math.nan if v.value is None else float(v.value) for v in numbers], dtype=np.float64),
            quality=np.array([bad if value.value is None else good for value in numbers], dtype=np.uint8),
            historical=np.zeros(len(numbers), dtype=np.bool_),
            texts=[
                (self._source(value), _millis(value.at), value.value) for value in said if isinstance(value.value, str)
            ],
        )

    def _source(self, value: SignalValue) -> int:
        device, _, metric = value.node.partition("/")
        return self._registry.add(self._edge, device, metric)


def _millis(at: datetime) -> int:
    return (at - _EPOCH) // _MS
