"""Which limits hold for a probe at an instant: the plant's envelopes are version 0, approved versions follow. Pure.

A reading is judged by the limits that were in force at its own time: a breach keeps them, however late it is read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from blood.components import Limits
from plant.model import Envelope, Plant, Probe, ProbeKind
from telemetry.columns import Bools, Floats, Ints

DEADBAND_C: Final = 0.2
"""A limit is left only this far inside it, so that a value on the limit does not chatter (design)."""
_ALWAYS_MS: Final = -(2**62)
_NEVER_MS: Final = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a limit counts as passed, and when as kept again; seconds and Celsius.

    Passed: beyond it for ``on_delay_s`` without a break, or in ``count`` readings of any ``window_s`` (0: not asked).
    Kept again: ``deadband_c`` inside it for ``off_delay_s`` without a break, by readings only.
    """

    on_delay_s: int
    off_delay_s: int = 0
    deadband_c: float = DEADBAND_C
    count: int = 0
    window_s: int = 0


@dataclass(frozen=True, slots=True)
class LimitSet:
    """Limits and alert limits in Celsius (None: that side is open) with their timing."""

    min_c: float | None
    max_c: float | None
    alert_min_c: float | None
    alert_max_c: float | None
    timing: Timing

    @property
    def limits(self) -> Limits:
        """The permitted range."""
        return Limits(self.min_c, self.max_c)


@dataclass(frozen=True, slots=True)
class LimitVersion:
    """An approved version of an envelope: in force from ``from_ms`` (ms since 1970) until the next one begins."""

    envelope: Envelope
    version: int
    from_ms: int
    air: Timing
    load: Timing


@dataclass(frozen=True, slots=True)
class LimitPeriod:
    """Limits of a probe in force from ``from_ms`` until before ``to_ms`` (None: nothing else is decided)."""

    version: int
    from_ms: int
    to_ms: int | None
    limits: LimitSet


class LimitBook:
    """All versions of all envelopes of a plant. Of two that begin at one instant the higher version holds."""

    def __init__(self, plant: Plant, versions: Iterable[LimitVersion] = ()) -> None:
        by_envelope: dict[str, list[LimitVersion]] = {}
        for version in sorted(versions, key=lambda one: (one.from_ms, one.version)):
            by_envelope.setdefault(version.envelope.id, []).append(version)
        self._versions = by_envelope
        self._periods = {probe.id: self._of(plant, probe) for probe in plant.probes}

    def at(self, probe: str, ts_ms: int) -> LimitSet | None:
        """Limits of a probe at an instant; None where its place has none. Raises KeyError for an unknown probe."""
        periods = self._periods[probe]
        if not periods:
            return None
        return periods[bisect_right(periods, ts_ms, key=lambda period: period.from_ms) - 1].limits

    def periods(self, probe: str, from_ms: int, to_ms: int) -> tuple[LimitPeriod, ...]:
        """What held for a probe in [from, to], oldest first, each cut to it; empty where its place has no limits."""
        found = []
        for period in self._periods[probe]:
            if period.from_ms <= to_ms and (period.to_ms is None or period.to_ms > from_ms):
                until = None if period.to_ms is None or period.to_ms > to_ms else period.to_ms
                found.append(LimitPeriod(period.version, max(from_ms, period.from_ms), until, period.limits))
        return tuple(found)

    def version_at(self, envelope: str, ts_ms: int) -> int:
        """Number of the version of an envelope that holds at an instant; 0 is the plant document's."""
        begun = [one.version for one in self._versions.get(envelope, ()) if one.from_ms <= ts_ms]
        return begun[-1] if begun else 0

    def next_change_ms(self, after_ms: int) -> int | None:
        """When the next version of any envelope begins after an instant; None when none is decided."""
        later = [one.from_ms for known in self._versions.values() for one in known if one.from_ms > after_ms]
        return min(later, default=None)

    def for_rows(self, probes: Sequence[str | None]) -> LimitColumns:
        """The same for many readings at once, whose probe is said by its position (None: a row without limits)."""
        return LimitColumns([() if probe is None else self._periods[probe] for probe in probes])

    def _of(self, plant: Plant, probe: Probe) -> tuple[LimitPeriod, ...]:
        planned = plant.envelope_of(probe.covers[0])
        if planned is None:
            return ()
        later = self._versions.get(planned.id, [])
        known = [(0, _ALWAYS_MS, _limit_set(planned, Timing(on_delay_s=probe.on_delay_s)))]
        for one in later:
            timing = one.load if probe.kind is ProbeKind.LOAD else one.air
            if one.from_ms == known[-1][1]:
                known.pop()  # begun at the same instant: the higher version holds
            known.append((one.version, one.from_ms, _limit_set(one.envelope, timing)))
        ends = [start for _, start, _ in known[1:]]
        return tuple(
            LimitPeriod(number, start, end, limits)
            for (number, start, limits), end in zip(known, [*ends, None], strict=True)
        )


class LimitColumns:
    """Limits of rows as columns, for whole batches (numpy). Made by `LimitBook.for_rows`."""

    def __init__(self, periods: Sequence[Sequence[LimitPeriod]]) -> None:
        deepest = max((len(known) for known in periods), default=0) or 1
        self._from_ms = np.full((len(periods), deepest), _NEVER_MS, dtype=np.int64)
        self._min_c = np.full((len(periods), deepest), np.nan)
        self._max_c = np.full((len(periods), deepest), np.nan)
        for row, known in enumerate(periods):
            for column, one in enumerate(known):
                self._from_ms[row, column] = one.from_ms
                self._min_c[row, column] = np.nan if one.limits.min_c is None else one.limits.min_c
                self._max_c[row, column] = np.nan if one.limits.max_c is None else one.limits.max_c

    def at(self, rows: Ints, ts_ms: Ints) -> tuple[Floats, Floats]:
        """(min, max) in Celsius at the time of each reading; nan for an open side."""
        if self._from_ms.shape[1] == 1:
            return self._min_c[rows, 0], self._max_c[rows, 0]
        column = np.maximum((self._from_ms[rows] <= ts_ms[:, None]).sum(axis=1) - 1, 0)
        return self._min_c[rows, column], self._max_c[rows, column]

    def outside(self, rows: Ints, ts_ms: Ints, value_c: Floats) -> Bools:
        """Which readings pass a limit in force at their time; an unknown value passes none."""
        low, high = self.at(rows, ts_ms)
        return np.asarray((value_c < low) | (value_c > high), dtype=np.bool_)


def _limit_set(envelope: Envelope, timing: Timing) -> LimitSet:
    return LimitSet(envelope.min_c, envelope.max_c, envelope.alert_min_c, envelope.alert_max_c, timing)
