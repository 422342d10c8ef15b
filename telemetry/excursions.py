"""Intervals outside an envelope, gaps and mean kinetic temperature: pure functions over the readings of one probe.

A good reading holds until the next good one. An excursion begins at the first good reading outside the limits and ends
at the first good one inside; what lies between good readings further apart than ``gap_after_ms`` is a gap: nobody
knows. An excursion runs on through a gap (unknown is not normal) and says how much of it was gap. Mean kinetic
temperature is for information only: it must never clear an excursion of blood (domain.md 2.4).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from blood.components import Limits
from runtime.sparkplug.payload import Quality
from telemetry.mkt import kinetic_term, mean_of_terms

_MINUTE_MS: Final = 60_000


class ExcursionKind(StrEnum):
    """Which limit was passed."""

    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Excursion:
    """An interval of a probe outside its limits; instants in milliseconds since 1970, ``to_ms`` None while it lasts.

    ``last_ms`` and ``last_c`` are the last good reading in it. ``gap_ms`` is the part of it in which nothing was known.
    ``kinetic`` and ``weight_ms`` carry the running sum for the mean kinetic temperature.
    """

    probe: str
    kind: ExcursionKind
    from_ms: int
    to_ms: int | None
    last_ms: int
    last_c: float
    worst_c: float
    limit_c: float
    gap_ms: int
    kinetic: float
    weight_ms: float

    @property
    def id(self) -> str:
        """Name that stays while the excursion keeps its beginning."""
        return f"{self.probe}.{self.kind.value}.{self.from_ms}"

    @property
    def minutes(self) -> float:
        """Minutes outside so far."""
        return ((self.last_ms if self.to_ms is None else self.to_ms) - self.from_ms) / _MINUTE_MS

    @property
    def gap_minutes(self) -> float:
        """Minutes of it in which nothing was known."""
        return self.gap_ms / _MINUTE_MS

    @property
    def mkt_c(self) -> float:
        """Mean kinetic temperature of the known part, in Celsius; the single value when it has no duration yet."""
        if self.weight_ms <= 0:
            return self.last_c
        return mean_of_terms(self.kinetic, self.weight_ms)


def side(value_c: float, limits: Limits) -> ExcursionKind | None:
    """Which limit a value passes; None inside (limits included)."""
    if limits.max_c is not None and value_c > limits.max_c:
        return ExcursionKind.ABOVE
    if limits.min_c is not None and value_c < limits.min_c:
        return ExcursionKind.BELOW
    return None


def advance(
    probe: str, running: Excursion | None, ts_ms: int, value_c: float, limits: Limits, gap_after_ms: int
) -> tuple[Excursion | None, Excursion | None]:
    """One good reading later: (the excursion that runs now, the one that just ended). Readings come in time order."""
    kind = side(value_c, limits)
    if running is not None and kind is not running.kind:
        return _begin(probe, kind, ts_ms, value_c, limits), _held(running, ts_ms, gap_after_ms, end=True)
    if running is None:
        return _begin(probe, kind, ts_ms, value_c, limits), None
    worst = max if kind is ExcursionKind.ABOVE else min
    held = _held(running, ts_ms, gap_after_ms, end=False)
    return replace(held, last_ms=ts_ms, last_c=value_c, worst_c=worst(held.worst_c, value_c)), None


def _begin(probe: str, kind: ExcursionKind | None, ts_ms: int, value_c: float, limits: Limits) -> Excursion | None:
    if kind is None:
        return None
    limit = limits.max_c if kind is ExcursionKind.ABOVE else limits.min_c
    return Excursion(
        probe=probe,
        kind=kind,
        from_ms=ts_ms,
        to_ms=None,
        last_ms=ts_ms,
        last_c=value_c,
        worst_c=value_c,
        limit_c=math.nan if limit is None else limit,
        gap_ms=0,
        kinetic=0.0,
        weight_ms=0.0,
    )


def _held(running: Excursion, until_ms: int, gap_after_ms: int, *, end: bool) -> Excursion:
    """The last value held until now, as a gap when that was too long ago to vouch for."""
    span = until_ms - running.last_ms
    to_ms = until_ms if end else None
    if span > gap_after_ms:
        return replace(running, gap_ms=running.gap_ms + span, to_ms=to_ms)
    kinetic = kinetic_term(running.last_c) * span
    return replace(running, kinetic=running.kinetic + kinetic, weight_ms=running.weight_ms + span, to_ms=to_ms)


def scan(
    probe: str,
    ts_ms: npt.NDArray[np.int64],
    value_c: npt.NDArray[np.float64],
    quality: npt.NDArray[np.uint8],
    limits_at: Callable[[int], Limits],
    gap_after_ms: int,
) -> list[Excursion]:
    """Every excursion in readings sorted by time; the last one may still be running. Only good readings count.

    ``limits_at``: what held at an instant; a reading is judged by the limits of its own time.
    """
    running: Excursion | None = None
    found: list[Excursion] = []
    good = trusted(value_c, quality)
    for ts, value in zip(ts_ms[good].tolist(), value_c[good].tolist(), strict=True):
        running, ended = advance(probe, running, ts, value, limits_at(ts), gap_after_ms)
        if ended is not None:
            found.append(ended)
    return found if running is None else [*found, running]


def trusted(value_c: npt.NDArray[np.float64], quality: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which readings count: good and not null."""
    return np.asarray((quality == Quality.GOOD.code) & ~np.isnan(value_c))


def gaps(ts_ms: npt.NDArray[np.int64], from_ms: int, to_ms: int, gap_after_ms: int) -> list[tuple[int, int]]:
    """Spans of [from, to] longer than ``gap_after_ms`` without a good reading; ``ts_ms`` of good ones, sorted."""
    inside = ts_ms[(ts_ms >= from_ms) & (ts_ms <= to_ms)]
    edges = np.concatenate([[from_ms], inside, [to_ms]]).astype(np.int64)
    wide = np.flatnonzero(np.diff(edges) > gap_after_ms)
    return [(int(edges[i]), int(edges[i + 1])) for i in wide]
