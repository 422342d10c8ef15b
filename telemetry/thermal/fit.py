"""What a stretch of warming says of a chamber: a belief before, the readings, a belief after (Gauss-Newton). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from telemetry.columns import Floats
from telemetry.thermal.model import AIR_MIN, LOAD_MIN, Belief, curve

ROUNDS: Final = 8
NUDGE: Final = 1e-4
AIR_SIGMA_C: Final = 0.35
"""How far a minute of air may lie from the model's: noise, doors, and what a first-order model leaves out."""
LOAD_SIGMA_C: Final = 0.15
POINTS: Final = 12
"""Minutes of a stretch that count: neighbours err alike, so many of them say no more than a few."""
FORGETS: Final = np.array([0.05, 0.25, 0.03, 2.0, 0.0])
"""Standard deviation by which a chamber differs from event to event (its load, the room, the frost)."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Air and load from the moment at which cooling stopped: minutes from then, rising from 0, and Celsius."""

    minutes: Floats
    air_c: Floats
    load_c: Floats


def learn(belief: Belief, stretch: Stretch) -> Belief:
    """The belief about this very stretch, its walls at the start included."""
    which = np.unique(np.linspace(0, len(stretch.minutes) - 1, POINTS).round().astype(int))
    minutes, air, load = stretch.minutes[which], stretch.air_c[which], stretch.load_c[which]
    weights = np.concatenate([np.full(len(which), 1 / AIR_SIGMA_C), np.full(len(which), 1 / LOAD_SIGMA_C)])

    def gap(theta: Floats) -> Floats:
        air_said, load_said = curve(theta, minutes, float(air[0]), float(load[0]))
        return np.asarray(np.concatenate([air_said - air, load_said - load], axis=1) * weights, dtype=np.float64)

    precision: Floats = np.linalg.inv(belief.covariance).astype(np.float64)
    theta, damping = belief.mean.copy(), 1e-3
    cost = _cost(gap(theta)[0], theta, belief.mean, precision)
    information = precision
    for _ in range(ROUNDS):
        here = gap(theta)[0]
        slopes = (gap(theta + NUDGE * np.eye(len(theta))) - here).T / NUDGE
        information = slopes.T @ slopes + precision
        pull = slopes.T @ here + precision @ (theta - belief.mean)
        tried = theta - np.linalg.solve(information + damping * np.diag(np.diag(information)), pull)
        tried_cost = _cost(gap(tried)[0], tried, belief.mean, precision)
        if tried_cost < cost:
            theta, cost, damping = tried, tried_cost, damping / 5
        else:
            damping *= 10
    return Belief(theta, np.linalg.inv(information).astype(np.float64), belief.events)


def fit(belief: Belief, stretches: Iterable[Stretch]) -> Belief:
    """What a chamber's own events teach of it, oldest first; each says a little, for no two are the same.

    A rest of minutes shows how air and probe lag; of the slow lag and of what is outside it says nothing to carry on.
    """
    shared = [AIR_MIN, LOAD_MIN]
    for stretch in stretches:
        after = learn(belief, stretch)
        mean, covariance = belief.mean.copy(), belief.covariance.copy()
        mean[shared] = after.mean[shared]
        covariance[np.ix_(shared, shared)] = after.covariance[np.ix_(shared, shared)]
        belief = Belief(mean, np.asarray(covariance + np.diag(np.square(FORGETS)), dtype=np.float64), belief.events + 1)
    return belief


def _cost(gap: Floats, theta: Floats, mean: Floats, precision: Floats) -> float:
    away = theta - mean
    return float(gap @ gap + away @ precision @ away)
