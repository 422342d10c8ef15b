"""What machines say of themselves in on and off (compressor, defrost), newest first; forgotten when they go away.

Switches speak when they change, so what was said holds until the machine says otherwise or is away. Written by the
ingest thread, read from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from telemetry.columns import Bools
from telemetry.telling import moment

COMPRESSOR_METRIC: Final = "Compressor/Running"
DEFROST_METRIC: Final = "Defrost/Active"
_WATCHED: Final = frozenset({COMPRESSOR_METRIC, DEFROST_METRIC})
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class LiveSwitch:
    """The newest good word of a switch and since when, in the source's own (domain) time."""

    on: bool
    at: datetime


class LiveSwitches:
    """Newest state of each switch of each device that is there. ``registry``: the one that batches are numbered by."""

    def __init__(self, registry: SourceRegistry) -> None:
        self._registry = registry
        self._lock = threading.Lock()
        self._watched: Bools = np.zeros(0, dtype=np.bool_)
        self._known: dict[tuple[str, str], tuple[int, bool | None]] = {}

    def hear(self, batches: Iterable[ReadingBatch], away: Collection[str]) -> None:
        """Take the live values of batches, except of devices that are away; an older one changes nothing."""
        for batch in batches:
            watched = self._watched_of(batch)
            for i in np.flatnonzero(watched & ~batch.historical).tolist():
                _, device, metric = self._registry.key(int(batch.source[i]))
                ts_ms, value = int(batch.ts_ms[i]), float(batch.value[i])
                unknown = batch.quality[i] != Quality.GOOD.code or np.isnan(value)
                with self._lock:
                    if device not in away and ts_ms >= self._known.get((device, metric), (ts_ms, None))[0]:
                        self._known[device, metric] = (ts_ms, None if unknown else value > _HALF)

    def forget(self, devices: Collection[str]) -> None:
        """These devices went away: what they said last means nothing any more."""
        with self._lock:
            self._known = {key: said for key, said in self._known.items() if key[0] not in devices}

    def switch(self, device: str, metric: str) -> LiveSwitch | None:
        """What a device says now; None when nobody knows."""
        with self._lock:
            ts_ms, on = self._known.get((device, metric), (0, None))
        return None if on is None else LiveSwitch(on, moment(ts_ms))

    def _watched_of(self, batch: ReadingBatch) -> Bools:
        if len(self._watched) < len(self._registry):
            self._watched = np.array([metric in _WATCHED for _, _, metric in self._registry], dtype=np.bool_)
        return np.asarray(self._watched[batch.source])
