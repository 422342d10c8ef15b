"""Draws that `random.Random` does not have."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Final, TypeVar

_Value = TypeVar("_Value")
_NORMAL: Final = NormalDist()
_CHUNK: Final = 30.0
"""Knuth's product would underflow for large means; a Poisson number is the sum of Poisson numbers of smaller means."""


def pick(chance: random.Random, shares: Mapping[_Value, float]) -> _Value:
    """One of the keys, in proportion to its share."""
    return chance.choices(list(shares), list(shares.values()))[0]


def poisson(chance: random.Random, mean: float) -> int:
    """A Poisson number; 0 for a mean of 0 or less."""
    count = 0
    while mean > 0.0:
        limit = math.exp(-min(mean, _CHUNK))
        mean -= _CHUNK
        product = chance.random()
        while product > limit:
            product *= chance.random()
            count += 1
    return count


def lognormal(chance: random.Random, median: float, log_sd: float) -> float:
    """A lognormal number by its median and the standard deviation of its logarithm."""
    return median * math.exp(chance.gauss(0.0, log_sd))


def truncated_normal(z: float, low: float, high: float) -> float:
    """Carry a standard normal ``z`` monotonically into a standard normal truncated to ``low`` .. ``high``.

    Unlike clipping it leaves no heap at the ends, and a stationary series stays stationary.
    """
    below, above = _NORMAL.cdf(low), _NORMAL.cdf(high)
    return _NORMAL.inv_cdf(below + _NORMAL.cdf(z) * (above - below))


def truncated_lognormal_mean(log_sd: float, low: float, high: float) -> float:
    """Mean of exp(x), x normal with ``log_sd`` truncated to ``low`` .. ``high`` standard deviations."""
    kept = _NORMAL.cdf(high) - _NORMAL.cdf(low)
    shifted = _NORMAL.cdf(high - log_sd) - _NORMAL.cdf(low - log_sd)
    return math.exp(log_sd**2 / 2.0) * shifted / kept


def split_evenly(count: int, largest: int) -> list[int]:
    """``count`` in as few parts of at most ``largest`` as possible, sizes differing by at most one."""
    parts = math.ceil(count / largest)
    return [count // parts + (number < count % parts) for number in range(parts)]


def parts_of(count: int, shares: Sequence[float]) -> list[int]:
    """``count`` cut at the cumulated shares: consecutive parts that add up to ``count``."""
    ends = [round(count * math.fsum(shares[: number + 1])) for number in range(len(shares))]
    ends[-1] = count
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
