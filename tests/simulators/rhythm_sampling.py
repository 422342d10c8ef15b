"""How far a sample may lie from a share or a mean before it is no accident."""

import math

import pytest

SIGMAS = 4.0  # with fixed seeds a test either always passes or always fails


def by_chance(share: float, n: int) -> object:
    """A share that ``n`` independent draws agree with."""
    return pytest.approx(share, abs=SIGMAS * math.sqrt(share * (1.0 - share) / n) + 1e-12)
