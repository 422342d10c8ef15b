"""Chance without memory: every draw is named, so a world restarted from a snapshot draws what it would have drawn."""

from __future__ import annotations

import random


def draw(seed: int, *name: object) -> random.Random:
    """A generator of its own for one named event; the same seed and name always give the same numbers."""
    return random.Random("/".join(str(part) for part in (seed, *name)))  # noqa: S311 - a simulation wants repeatable chance, not secrets
