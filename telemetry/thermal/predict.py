"""When air and load pass a limit, from what is known of a chamber and what its failure has shown so far. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from plant.model import ProbeKind
from telemetry.columns import Floats
from telemetry.forecast import Basis, Minutes
from telemetry.thermal.events import Stretch
from telemetry.thermal.fit import Fitted
from telemetry.thermal.learn import learn
from telemetry.thermal.model import PARAMETERS, Cooling, before, curve

HORIZON_MIN: Final = 48 * 60.0
"""What lies further ahead is not looked at."""
DRAWS: Final = 400
LEAST_DRAWS: Final = 40
"""With fewer draws that reach the limit within the horizon nobody can say when."""
MODEL_ERROR: Final[Mapping[Cooling, float]] = {
    Cooling.RESTS: 0.05,
    Cooling.RUNS: 0.45,
    Cooling.NEVER_RESTS: 0.05,
}
"""Standard deviation of the logarithm of true over foretold minutes that no reading explains: a chamber has more lags
than the model, cooling in vain has defrosts ahead. Chosen for a coverage of 80 % of the failures of the training seeds
901 and 902 (docs/benchmarks.md); those of the proof are others."""
_NEWEST: Final = 3
_AHEAD: Final = np.concatenate([np.linspace(0, 60, 31), np.geomspace(63, HORIZON_MIN, 90)])
_CHANCE: Final = np.random.default_rng(20260302)
_NORMAL: Final = _CHANCE.standard_normal((DRAWS, PARAMETERS))
_ERROR: Final = _CHANCE.standard_normal(DRAWS)


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """How air and load may go on from now, a row per draw (`left` asks it)."""

    curves: Mapping[ProbeKind, Floats]
    cooling: Cooling
    basis: Basis

    def left(self, kind: ProbeKind, limit_c: float) -> Minutes | None:
        """Minutes until a probe passes a limit, from when the outlook was made: median and 80 % band.

        The limit is the upper one; of a store that gets too cold, the lower one.

        The band is of those ways that get there. None when hardly any does, or the probe is of another kind.
        """
        curves = self.curves.get(kind)
        if curves is None:
            return None
        crossings = _crossings(curves, -limit_c if self.cooling is Cooling.NEVER_RESTS else limit_c)
        reach = np.isfinite(crossings)
        if reach.sum() < LEAST_DRAWS:
            return None
        minutes = crossings[reach] * np.exp(MODEL_ERROR[self.cooling] * _ERROR[reach])
        low, median, high = np.quantile(minutes, (0.1, 0.5, 0.9)).tolist()
        return Minutes(median, low, high, self.basis)


def outlook(chamber: Fitted, stretch: Stretch, cooling: Cooling) -> Outlook:
    """What may come of a failure whose ``stretch`` reaches from its beginning to now."""
    after = learn(before(chamber.kind, cooling, chamber.slope, chamber.spread), stretch)
    draws = after.mean + _NORMAL @ np.linalg.cholesky(after.covariance).T
    air, load = curve(draws, stretch.minutes[-1] + _AHEAD, float(stretch.air_c[0]), float(stretch.load_c[0]))
    # the curves are carried on from the newest readings, not from where the model thinks they are
    air += float(stretch.air_c[-_NEWEST:].mean()) - float(air[:, 0].mean())
    load += float(stretch.load_c[-_NEWEST:].mean()) - float(load[:, 0].mean())
    return Outlook({ProbeKind.AIR: air, ProbeKind.LOAD: load}, cooling, chamber.basis)


def _crossings(curves: Floats, limit_c: float) -> Floats:
    """First minute above the limit of each curve, between the grid's points by a straight line; inf: never."""
    above = curves > limit_c
    first = above.argmax(axis=1)
    earlier = np.maximum(first - 1, 0)
    rows = np.arange(len(curves))
    low, high = curves[rows, earlier], curves[rows, first]
    share = np.divide(limit_c - low, high - low, out=np.zeros(len(curves)), where=high > low)
    crossing = _AHEAD[earlier] + np.clip(share, 0, 1) * (_AHEAD[first] - _AHEAD[earlier])
    return np.where(above.any(axis=1), np.where(first == 0, 0.0, crossing), np.inf)
