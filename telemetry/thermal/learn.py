"""What the readings of one failure teach: a belief before, the readings, a belief after (damped Gauss-Newton). Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from telemetry.columns import Floats
from telemetry.thermal.events import Stretch
from telemetry.thermal.model import PARAMETERS, Belief, curve

POINTS: Final = 14
"""Minutes of a stretch that count: neighbours err alike, so many of them say no more than a few."""
AIR_SIGMA_C: Final = 0.2
"""How far a minute of air may lie from the model's: noise, doors, and what so few lags leave out."""
LOAD_SIGMA_C: Final = 0.08
_ROUNDS: Final = 10
_NUDGE: Final = 1e-4


def learn(belief: Belief, stretch: Stretch) -> Belief:
    """The belief after a stretch: close to what was believed while it is short, to the readings as it grows."""
    which = np.unique(np.linspace(0, len(stretch.minutes) - 1, POINTS).round().astype(int))
    minutes, air, load = stretch.minutes[which], stretch.air_c[which], stretch.load_c[which]
    weights = np.repeat([1 / AIR_SIGMA_C, 1 / LOAD_SIGMA_C], len(which))
    said = np.concatenate([air, load])

    def gap(theta: Floats) -> Floats:
        curves = curve(theta, minutes, float(air[0]), float(load[0]))
        return np.asarray((np.concatenate(curves, axis=1) - said) * weights)

    precision = np.asarray(np.linalg.inv(belief.covariance))
    theta, damping = belief.mean, 1e-2
    here = gap(theta)[0]
    cost = float(here @ here)
    information = precision
    for _ in range(_ROUNDS):
        slopes = (gap(theta + _NUDGE * np.eye(PARAMETERS)) - here).T / _NUDGE
        information = slopes.T @ slopes + precision
        pull = slopes.T @ here + precision @ (theta - belief.mean)
        tried = theta - np.linalg.solve(information + damping * np.diag(np.diag(information)), pull)
        there, away = gap(tried)[0], tried - belief.mean
        tried_cost = float(there @ there + away @ precision @ away)
        if tried_cost < cost:
            theta, here, cost, damping = tried, there, tried_cost, damping / 5
        else:
            damping *= 10
    return Belief(theta, np.asarray(np.linalg.inv(information)))
