"""A file of readings judged as the running system would have judged it: excursions, and when each would have alarmed.

The very code that runs is used: `telemetry.excursions.scan` finds the excursions, and an `Evaluator` that is fed the
readings of one decides when its limit is confirmed. Only its door, dead-band and count rules have nothing to do here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from blood.components import Limits
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.conditions import Condition, ConditionChange, Severity
from telemetry.evaluate import Evaluator
from telemetry.excursions import Excursion, ExcursionKind, gaps, scan
from telemetry.loggers.model import ReadingsExport
from telemetry.sources import Cell, Sensor, SensorKind, SensorTable, table_of
from telemetry.tracker import GAP_AFTER_MS

_PROBE: Final = "file"
_CONDITIONS: Final = {
    ExcursionKind.ABOVE: (Condition.TEMPERATURE_HIGH, 1),
    ExcursionKind.BELOW: (Condition.TEMPERATURE_LOW, -1),
}
_MISSED: Final = 1.5
"""Readings further apart than one and a half times the file's usual interval: one is missing."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """An excursion, and the instant at which its limit was confirmed; None when that never happened."""

    excursion: Excursion
    alarm_ms: int | None


@dataclass(frozen=True, slots=True)
class FileGap:
    """Two readings too far apart: nobody knows what was in between. ``line`` is that of the second."""

    from_ms: int
    to_ms: int
    line: int


def gap_after_ms(export: ReadingsExport) -> int:
    """How far apart readings of this file may be: as in the running system, or wider for a logger that is slower."""
    usual = export.usual_interval_ms
    return GAP_AFTER_MS if usual is None else max(GAP_AFTER_MS, round(_MISSED * usual))


def gaps_of(export: ReadingsExport, after_ms: int) -> list[FileGap]:
    """Every stretch between two readings longer than ``after_ms``."""
    ts = export.ts_ms
    spans = gaps(ts, int(ts[0]), int(ts[-1]), after_ms)
    lines = export.lines[np.searchsorted(ts, [end for _, end in spans])].tolist()
    return [FileGap(begin, end, line) for (begin, end), line in zip(spans, lines, strict=True)]


def replay(export: ReadingsExport, limits: Limits, confirm_ms: int, after_ms: int) -> list[Replayed]:
    """Every excursion of the file, in order, with the instant at which it had lasted ``confirm_ms`` without a break.

    That instant need not be one of a reading: a value holds until the next one, but never longer than ``after_ms``.
    What the file does not reach did not happen.
    """
    found = excursions_of(export, lambda _: limits, after_ms)
    return [Replayed(one, _confirmed(export, one, confirm_ms, after_ms)) for one in found]


def excursions_of(export: ReadingsExport, limits_at: Callable[[int], Limits], after_ms: int) -> list[Excursion]:
    """Every excursion of the file, in order, each reading judged by the limits of its own time."""
    quality = np.full(len(export), Quality.GOOD.code, dtype=np.uint8)
    return scan(_PROBE, export.ts_ms, export.celsius, quality, limits_at, after_ms)


def _confirmed(export: ReadingsExport, excursion: Excursion, confirm_ms: int, after_ms: int) -> int | None:
    """Let an evaluator live through one excursion; what lies before it was inside, and leaves nothing pending."""
    ripe_ms = excursion.from_ms + confirm_ms
    last_ms = excursion.last_ms if excursion.to_ms is None else excursion.to_ms
    if last_ms < ripe_ms:
        return None
    evaluator = Evaluator(
        _table(excursion, confirm_ms, after_ms), start_ms=excursion.from_ms, start_real_s=excursion.from_ms / 1000
    )
    row = np.zeros(1, dtype=np.int64)
    good = np.full(1, Quality.GOOD.code, dtype=np.int64)
    first, last = np.searchsorted(export.ts_ms, [excursion.from_ms, last_ms]).tolist()
    looked = False
    for i in range(first, last + 1):
        at_ms = int(export.ts_ms[i])
        if not looked and excursion.from_ms < ripe_ms <= at_ms:
            looked = True
            if _began(evaluator.look(ripe_ms, ripe_ms / 1000)):
                return ripe_ms
        if _began(evaluator.observe(row, export.ts_ms[i : i + 1], export.celsius[i : i + 1], good, at_ms / 1000)):
            return at_ms
    return None


def _table(excursion: Excursion, confirm_ms: int, after_ms: int) -> SensorTable:
    """One sensor that is silent after ``after_ms``, with the one limit that the excursion passed."""
    condition, sign = _CONDITIONS[excursion.kind]
    sensor = Sensor(_PROBE, SensorKind.PROBE, _PROBE, _PROBE, _PROBE, _PROBE, (_PROBE,), after_ms)
    cell = Cell(0, condition, Severity.HIGH, sign, excursion.limit_c, 0.0, confirm_ms)
    return table_of([sensor], [cell], SourceRegistry())


def _began(changes: list[ConditionChange]) -> bool:
    return any(change.active and change.condition in _LIMITS for change in changes)


_LIMITS: Final = frozenset(condition for condition, _ in _CONDITIONS.values())
