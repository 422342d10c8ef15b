"""A store that gets too cold, as when its thermostat welds on: the model of a warming chamber, upside down. Pure.

Upside down, temperatures change their sign and the compressor rests while it runs: what a run does to a store is what a
rest does to one that warms. Freezers have nothing to fear there; an incubator heats as well and is not modelled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from plant.model import DeviceKind
from telemetry.thermal.events import Minute, Stretch
from telemetry.thermal.fit import Fitted, fit
from telemetry.thermal.model import Cooling
from telemetry.thermal.predict import Outlook, outlook

KNOWN: Final = frozenset({DeviceKind.COLD_ROOM})
COLDER_MIN: Final = 3
"""So long air has to stand below all it ever did; no longer, for neither a door nor a defrost makes a store colder."""
_MARGIN_C: Final = 0.2


@dataclass(frozen=True, slots=True)
class Coldest:
    """A store as it is known upside down, and the coldest that its air ever was, in Celsius."""

    chamber: Fitted
    air_c: float


def fit_cold(kind: DeviceKind, history: Minute) -> Coldest | None:
    """What the runs of a store's compressor say of it; None of other kinds and with too little history.

    A fridge whose runs are too short to say anything is taken to fall as fast as its kind warms, give or take.
    """
    if kind not in KNOWN:
        return None
    chamber = fit(kind, upside_down(history))
    return None if chamber.usual is None else Coldest(chamber, float(np.nanmin(history.air_c)))


def freezing(now: Minute, known: Coldest) -> Stretch | None:
    """How air and load fall (upside down) since a compressor runs that does not stop; None when nothing is unusual."""
    newest = now.air_c[-COLDER_MIN:]
    heard = np.flatnonzero(~np.isnan(now.air_c) & ~np.isnan(now.load_c))
    still = np.flatnonzero(~now.runs)
    part = heard[heard > still[-1]] if len(still) else heard
    colder = np.isfinite(newest).all() and newest.max() < known.air_c - _MARGIN_C
    if not colder or len(part) < COLDER_MIN:
        return None
    return Stretch((part - part[0]).astype(np.float64), -now.air_c[part], -now.load_c[part])


def outlook_cold(known: Coldest, stretch: Stretch) -> Outlook:
    """What may come of it: minutes until a probe is below a limit."""
    return outlook(known.chamber, stretch, Cooling.NEVER_RESTS)


def upside_down(history: Minute) -> Minute:
    """The history of a store as that of one that warms while its compressor rests."""
    return Minute(-history.air_c, -history.load_c, ~history.runs)
