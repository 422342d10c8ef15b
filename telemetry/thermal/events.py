"""A chamber's own events: stretches during which its compressor rested and it warmed (pauses, defrosts). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from telemetry.columns import Bools, Floats
from telemetry.thermal.fit import Stretch

LEAST_MIN: Final = 4
"""A shorter rest says nothing that the noise of a probe does not."""


def rests(air_c: Floats, load_c: Floats, runs: Bools) -> Iterator[Stretch]:
    """Every rest of the compressor in equal columns of a reading a minute; nan (a gap) ends a rest."""
    quiet = ~runs & ~np.isnan(air_c) & ~np.isnan(load_c)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start >= LEAST_MIN:
            minutes = np.arange(end - start, dtype=np.float64)
            yield Stretch(minutes, air_c[start:end], load_c[start:end])
