"""Machines whose clock jumps or is wrong: their times are not believed, and somebody has to set it.

Seen from what they send live: times of their own that lie ahead of ours or before any possible day, and times that fall
back behind what the same signal said before. A probe that is measured all the time must also not lag far behind us;
signals that speak when they change may be as old as their last change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from plant.model import Plant
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from telemetry.columns import Bools, Ints
from telemetry.conditions import Condition, ConditionChange
from telemetry.offsets import EpochKey
from telemetry.sources import SensorTable
from telemetry.store import Readings
from telemetry.telling import change_of

AHEAD_MS: Final = 10 * 60 * 1000
"""A source may be this far ahead of us (domain time; jitter at 60x included) before its times are not believed."""
BACK_MS: Final = 2 * 60 * 1000
"""Live readings of one signal come in order; a step back by more than this is a clock that was set back."""
BEHIND_MS: Final = 60 * 60 * 1000
"""A probe whose live readings are this old has a wrong clock: what waited for a connection is marked as re-sent."""
OLDEST_MS: Final = 946_684_800_000
"""2000-01-01: earlier times come from devices that lost their clock."""
STEADY_MS: Final = 10 * 60 * 1000
"""A clock is right again when every time of its machine was right for so long."""
_NEVER: Final = -1


class ClockWatch:
    """Times that machines give. One thread at a time."""

    def __init__(self, plant: Plant, table: SensorTable, registry: SourceRegistry) -> None:
        self._table, self._registry = table, registry
        self._places = {device.id: device.place for device in plant.devices}
        self._is_probe: Bools = table.is_probe
        self._newest_ms: Ints = np.empty(0, dtype=np.int64)
        self._heads: dict[EpochKey, int] = {}
        self._wrong_ms: dict[str, int] = {}

    def resume(self, devices: Iterable[str], now_ms: int) -> None:
        """These clocks were wrong when the last run ended."""
        self._wrong_ms |= dict.fromkeys(devices, now_ms)

    def take(self, batch: ReadingBatch, rows: Ints, now_ms: int) -> list[ConditionChange]:
        """Take the times of a message as it came; ``rows``: sensor row of each reading, -1 for none."""
        key = batch.edge, batch.epoch
        if batch.last_offset <= self._heads.get(key, 0):
            return []  # it comes again, or out of order: old times are right then
        self._heads[key] = batch.last_offset
        live = np.flatnonzero(~batch.historical)
        source, ts_ms = batch.source[live].astype(np.int64), batch.ts_ms[live]
        self._grow(int(source.max(initial=_NEVER)) + 1)
        wrong = self._wrong(source, ts_ms, rows[live], now_ms)
        if not self._wrong_ms and not wrong.any():
            self._newest_ms[source] = ts_ms
            return []
        self._newest_ms[source[~wrong]] = ts_ms[~wrong]
        return self._tell(source, wrong, ts_ms - now_ms, now_ms)

    def _wrong(self, source: Ints, ts_ms: Ints, rows: Ints, now_ms: int) -> Bools:
        before = self._newest_ms[source]
        back = (before != _NEVER) & (ts_ms < before - BACK_MS)
        measured = (rows >= 0) & self._is_probe[np.maximum(rows, 0)]
        odd = (ts_ms > now_ms + AHEAD_MS) | (ts_ms < OLDEST_MS)
        return np.asarray(odd | back | (measured & (ts_ms < now_ms - BEHIND_MS)))

    def _tell(self, source: Ints, wrong: Bools, off_ms: Ints, now_ms: int) -> list[ConditionChange]:
        changes = []
        for device, where in {self._device(int(source[i])): i for i in np.flatnonzero(wrong).tolist()}.items():
            if device not in self._wrong_ms:
                changes.append(self._change(device, active=True, now_ms=now_ms, off_ms=float(off_ms[where])))
            self._wrong_ms[device] = now_ms
        if self._wrong_ms and not wrong.all():
            spoke = {self._device(index) for index in np.unique(source).tolist()}
            for device in [d for d, at in self._wrong_ms.items() if d in spoke and now_ms - at >= STEADY_MS]:
                del self._wrong_ms[device]
                changes.append(self._change(device, active=False, now_ms=now_ms, off_ms=0.0))
        return changes

    def _change(self, device: str, *, active: bool, now_ms: int, off_ms: float) -> ConditionChange:
        return change_of(
            device,
            Condition.CLOCK_STEP,
            active=active,
            at_ms=now_ms,
            place=self._places.get(device),
            value=round(off_ms / 1000, 1),
        )

    def _device(self, source: int) -> str:
        edge, device, _ = self._registry.key(source)
        return device or edge

    def _grow(self, sources: int) -> None:
        missing = max(sources, len(self._registry)) - len(self._newest_ms)
        if missing > 0:
            self._newest_ms = np.concatenate([self._newest_ms, np.full(missing, _NEVER, dtype=np.int64)])


def plausible(batch: ReadingBatch, now_ms: int) -> Readings:
    """A batch's rows; a time of its own that cannot be true is replaced by now, and the value is then uncertain.

    A reading from the future would otherwise hide every true one that follows until that future has come.
    """
    odd = (batch.ts_ms > now_ms + AHEAD_MS) | (batch.ts_ms < OLDEST_MS)
    if not odd.any():
        return Readings(batch.source, batch.ts_ms, batch.value, batch.quality, batch.historical)
    doubtful = np.minimum(batch.quality, np.uint8(Quality.UNCERTAIN.code))
    return Readings(
        batch.source,
        np.where(odd, now_ms, batch.ts_ms).astype(np.int64),
        batch.value,
        np.where(odd, doubtful, batch.quality).astype(np.uint8),
        batch.historical,
    )
