"""When air and load pass a limit, from what is believed of a chamber and what this failure has shown so far. Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from telemetry.columns import Floats
from telemetry.forecast import Minutes
from telemetry.thermal.fit import Stretch, learn
from telemetry.thermal.model import OUTSIDE_C, PARAMETERS, SLOW_MIN, Belief, curve

HORIZON_MIN: Final = 48 * 60.0
"""What lies further ahead counts as so far."""
DRAWS: Final = 800
LEAST_DRAWS: Final = 40
"""With fewer draws that reach the limit at all, none is left out."""
FAILURE: Final = np.array([0.3, 0.7, 0.0, 8.0, 1.0])
"""A failure is not an event: fans stand, doors gape, weak cooling still takes heat; a belief is widened by this."""
MODEL_ERROR: Final = 0.18
"""Standard deviation of the logarithm of true over foretold minutes that no reading explains: a chamber has more than
two lags. Chosen on simulated failures of other seeds than the proof's (docs/benchmarks.md)."""
_AHEAD: Final = np.concatenate([np.linspace(0, 60, 61), np.geomspace(63, HORIZON_MIN, 120)])
_CHANCE: Final = np.random.default_rng(20260302)
_NORMAL: Final = _CHANCE.standard_normal((DRAWS, PARAMETERS))
_ERROR: Final = _CHANCE.standard_normal(DRAWS)


def time_to(belief: Belief, stretch: Stretch, air_limit_c: float, load_limit_c: float) -> tuple[Minutes, Minutes]:
    """Minutes from the newest reading until (air, load) are above their limits: median and an 80 % band.

    ``stretch``: from the beginning of the failure to now. What is above already has 0 minutes. The band is of those
    chambers that get there: one that settles below its limit would make it endless.
    """
    widened = Belief(belief.mean, belief.covariance + np.diag(np.square(FAILURE)), belief.events)
    after = learn(widened, stretch)
    draws = after.mean + _NORMAL @ np.linalg.cholesky(after.covariance).T
    draws[:, SLOW_MIN] = np.minimum(draws[:, SLOW_MIN], np.log(1e5))
    now = stretch.minutes[-1]
    reaching = draws[:, OUTSIDE_C] > max(air_limit_c, load_limit_c)
    draws = draws[reaching] if reaching.sum() >= LEAST_DRAWS else draws
    air, load = curve(draws, now + _AHEAD, float(stretch.air_c[0]), float(stretch.load_c[0]))
    # the curve is carried on from the newest readings, not from where the model thinks they are
    air += float(stretch.air_c[-3:].mean()) - air[:, :1].mean()
    load += float(stretch.load_c[-3:].mean()) - load[:, :1].mean()
    return _band(air, air_limit_c), _band(load, load_limit_c)


def _band(curves: Floats, limit_c: float) -> Minutes:
    crossings = _crossings(curves, limit_c) * np.exp(MODEL_ERROR * _ERROR[: len(curves)])
    low, median, high = np.quantile(crossings, (0.1, 0.5, 0.9))
    return Minutes(float(median), float(low), float(high))


def _crossings(curves: Floats, limit_c: float) -> Floats:
    """First minute above the limit of each curve, between the grid's points by a straight line."""
    above = curves > limit_c
    first = np.where(above.any(axis=1), above.argmax(axis=1), len(_AHEAD) - 1)
    before = np.maximum(first - 1, 0)
    rows = np.arange(len(curves))
    low, high = curves[rows, before], curves[rows, first]
    share = np.divide(limit_c - low, high - low, out=np.ones(len(curves)), where=high > low)
    crossing = _AHEAD[before] + np.clip(share, 0, 1) * (_AHEAD[first] - _AHEAD[before])
    return np.where(first == 0, 0.0, crossing)
