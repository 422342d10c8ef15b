"""What a historian must do: keep readings, offsets and excursions in one transaction, and answer questions on them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from runtime.sparkplug.readings import SourceKey
from telemetry.columns import Floats
from telemetry.completeness import Ints, Minutes
from telemetry.excursions import Excursion
from telemetry.offsets import EpochKey, Offsets, Range


class StoreError(RuntimeError):
    """The historian could not do it; nothing of the transaction is stored. The text says why."""


class StoreBusyError(StoreError):
    """The historian keeps house in another thread; nothing is stored now, and nothing is wrong: ask again soon."""


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Readings as equal columns: registry index, ms since 1970, value (NaN null), Quality.code, re-sent or not."""

    source: npt.NDArray[np.int32]
    ts_ms: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    quality: npt.NDArray[np.uint8]
    historical: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.source)

    def take(self, which: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Readings:
        """The rows of a mask or of positions."""
        return Readings(
            self.source[which], self.ts_ms[which], self.value[which], self.quality[which], self.historical[which]
        )


def no_readings() -> Readings:
    """Columns without rows."""
    return Readings(
        np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0), np.empty(0, np.uint8), np.empty(0, np.bool_)
    )


def join(parts: Sequence[Readings]) -> Readings:
    """Rows of all parts, in order."""
    if not parts:
        return no_readings()
    names = ("source", "ts_ms", "value", "quality", "historical")
    return Readings(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreWrite:
    """One transaction. ``ranges`` replaces what is known of those epochs; ``removed`` excursions (ids) go first.

    ``sources``: (index, key) that are new. ``may_repeat``: rows that may be there already are looked up first.
    """

    readings: Readings
    may_repeat: Readings = field(default_factory=no_readings)
    texts: Sequence[tuple[int, int, str]] = ()
    sources: Sequence[tuple[int, SourceKey]] = ()
    ranges: Mapping[EpochKey, Sequence[Range]] = field(default_factory=dict)
    excursions: Sequence[Excursion] = ()
    removed: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class QualityCounts:
    """Readings by how far they can be trusted; a good one without a value counts as bad."""

    good: int = 0
    uncertain: int = 0
    bad: int = 0
    stale: int = 0


@dataclass(frozen=True, slots=True)
class History:
    """One probe over time: points (t_ms, min, mean, max) of good readings per step, and spans without any."""

    points: list[tuple[int, float, float, float]]
    gaps: list[tuple[int, int]]
    counts: QualityCounts = QualityCounts()


class ReadingStore(Protocol):
    """A historian. ``write`` belongs to one thread; everything that reads may be called from any thread."""

    def write(self, write: StoreWrite) -> None:
        """Store all of it or nothing; raises StoreError, and StoreBusyError while another thread closes a day."""

    def is_busy(self) -> bool:
        """Whether a write would be refused now because another thread closes or drops a day."""

    def sources(self) -> list[SourceKey]:
        """Keys of all sources in the order of their index."""

    def offsets(self) -> Offsets:
        """Stored offsets of every edge and epoch."""

    def latest(self) -> Readings:
        """The newest reading of each source in the two newest days."""

    def readings(self, source: int, from_ms: int, to_ms: int) -> Readings:
        """Readings of one source in [from, to], sorted by time."""

    def spans(self, wanted: Mapping[int, tuple[int, int]]) -> dict[int, tuple[Ints, Floats]]:
        """Good readings of many sources, each over a span [from, to] of its own: (times, values) in order of time."""

    def neighbour(self, source: int, after_ms: int) -> int | None:
        """Time of the first good reading of a source after an instant; None when there is none."""

    def history(self, source: int, from_ms: int, to_ms: int, step_ms: int, gap_after_ms: int) -> History:
        """Min, mean and max per step, and gaps; raises ValueError for a step below 1 ms or an interval backwards."""

    def minutes(self, sources: Collection[int], from_ms: int, to_ms: int) -> Minutes:
        """Readings of some sources in [from, to), counted per minute (`telemetry.completeness`)."""

    def live_minutes(self, from_ms: int, to_ms: int) -> Ints:
        """The minutes since 1970 in [from, to) in which any source was heard live, sorted."""

    def first_heard(self) -> Mapping[int, int]:
        """Source -> time of its oldest reading that is kept."""

    def excursions(self, probes: Collection[str], from_ms: int, to_ms: int) -> list[Excursion]:
        """Excursions of these probes that overlap [from, to], oldest first."""

    def running(self) -> list[Excursion]:
        """Excursions that have not ended."""

    def close_days(self, before_ms: int) -> int:
        """Sort days that ended before an instant and gather their minutes and hours; how many. Late rows may follow."""

    def drop_days(self, before_ms: int) -> int:
        """Drop the readings of days that ended before an instant; their minutes and hours stay. Returns how many."""

    def drop_rollups(self, minutes_before_ms: int, hours_before_ms: int) -> int:
        """Drop minutes and hours that ended before an instant, never of a day whose readings are kept; how many."""

    def close(self) -> None:
        """Release the files."""
