"""What a gap leaves open: the band in which the temperature was all the same. Pure.

Where the load probe was silent and the air probe spoke, the band is what the air probe said. Where nobody spoke, it is
what a closed chamber can have reached at its fastest from the reading before and back to the reading after.
"""

from __future__ import annotations

from dataclasses import dataclass

from telemetry.records import Around
from wms.passports.record_rules import Drift

_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Band:
    """Least and greatest temperature that there can have been."""

    min_c: float
    max_c: float


def reachable(around: Around, from_ms: int, to_ms: int, drift: Drift) -> Band | None:
    """The band of [from, to]; None without a reading on either side: nothing can be said."""
    if around.before is not None and around.after is not None:
        hours = (around.after[0] - around.before[0]) / _HOUR_MS
        top = _peak(around.before[1], around.after[1], hours, drift.rise_c_per_h, drift.fall_c_per_h)
        bottom = -_peak(-around.before[1], -around.after[1], hours, drift.fall_c_per_h, drift.rise_c_per_h)
        ends = (around.before[1], around.after[1])
    elif around.before is not None:
        hours = (to_ms - around.before[0]) / _HOUR_MS
        top = around.before[1] + drift.rise_c_per_h * hours
        bottom = around.before[1] - drift.fall_c_per_h * hours
        ends = (around.before[1], around.before[1])
    elif around.after is not None:
        hours = (around.after[0] - from_ms) / _HOUR_MS
        top = around.after[1] + drift.fall_c_per_h * hours
        bottom = around.after[1] - drift.rise_c_per_h * hours
        ends = (around.after[1], around.after[1])
    else:
        return None
    return Band(min(max(bottom, drift.floor_c), *ends), max(min(top, drift.ceiling_c), *ends))


def _peak(before: float, after: float, hours: float, rise: float, fall: float) -> float:
    """The highest point between two readings, up at ``rise`` and down again at ``fall``; never below either of them."""
    climbing = (after - before + fall * hours) / (rise + fall)
    return max(before + rise * min(max(climbing, 0.0), hours), before, after)
