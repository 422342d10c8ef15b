"""A chamber's own events in columns of a reading a minute: rests of its compressor, and the failure going on. Pure.

A rest is a pause of the thermostat or a defrost, with whatever doors were opened meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from telemetry.columns import Bools, Floats
from telemetry.thermal.model import Cooling

LEAST_MIN: Final = 6
"""A shorter rest, or failure, says nothing that the noise of a probe does not."""
SETTLED_MIN: Final = 10
"""So long air has to stand above all it did before, and not fall: a door that was opened is closed by then."""
_FALLS_C_PER_MIN: Final = -0.02


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Air and load while a chamber warms: minutes since it began, rising from 0, and Celsius."""

    minutes: Floats
    air_c: Floats
    load_c: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Minute:
    """History of a chamber, an entry a minute without gaps in time; nan where a probe was silent."""

    air_c: Floats
    load_c: Floats
    runs: Bools


@dataclass(frozen=True, slots=True)
class Usual:
    """What is normal of a chamber: its middle air, and what air (for `SETTLED_MIN`) and load rise to and no higher.

    ``rest_most_min`` and ``run_most_min``: so long its compressor rests and runs, and no longer.
    """

    air_c: float
    air_most_c: float
    load_most_c: float
    rest_most_min: float
    run_most_min: float


def rests(history: Minute) -> Iterator[Stretch]:
    """Every rest of the compressor; a gap ends a rest."""
    for begin, end in streaks(~history.runs & ~np.isnan(history.air_c) & ~np.isnan(history.load_c)):
        if end - begin >= LEAST_MIN:
            yield _stretch(history, np.arange(begin, end))


def streaks(which: Bools) -> list[tuple[int, int]]:
    """Where a mask is true without a break: [begin, end)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], which.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def failing(now: Minute, usual: Usual) -> tuple[Stretch, Cooling] | None:
    """The failure that is going on, from its beginning to the newest minute; None when nothing unusual is seen.

    Seen is air that stood above all it ever did for `SETTLED_MIN`, a load that does, or a compressor that has rested
    or run longer than it ever did, while air is above its middle and does not fall. It began when the compressor ran
    last or, if that runs in vain, when air left its middle.
    """
    heard = np.flatnonzero(~np.isnan(now.air_c) & ~np.isnan(now.load_c))
    newest = heard[heard >= len(now.air_c) - SETTLED_MIN]
    if len(newest) < LEAST_MIN:
        return None
    air = now.air_c[newest]
    resting = not now.runs[-1]
    turns = np.flatnonzero(now.runs == resting)
    lasts = len(now.runs) - 1 - (int(turns[-1]) if len(turns) else -1)
    unusual = air.min() > usual.air_most_c or now.load_c[newest[-1]] > usual.load_most_c
    unusual = unusual or lasts > (usual.rest_most_min if resting else usual.run_most_min)
    if not unusual or air.min() <= usual.air_c or np.polyfit(newest, air, 1)[0] < _FALLS_C_PER_MIN:
        return None
    calm = np.flatnonzero(now.runs if resting else now.air_c <= usual.air_c)
    part = heard[heard > calm[-1]] if len(calm) else heard
    if len(part) < LEAST_MIN:
        return None
    return _stretch(now, part), Cooling.RESTS if resting else Cooling.RUNS


def _stretch(history: Minute, part: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Stretch:
    return Stretch((part - part[0]).astype(np.float64), history.air_c[part], history.load_c[part])
