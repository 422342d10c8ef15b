"""A batch in rounds: each holds a sensor at most once, so that columns can be written at one stroke."""

from __future__ import annotations

import numpy as np

from telemetry.columns import Ints


def rounds(rows: Ints) -> list[Ints]:
    """Positions of a batch split so that each part holds a row at most once, in the order of the batch."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    fresh = np.r_[True, ordered[1:] != ordered[:-1]] if len(rows) else np.empty(0, dtype=np.bool_)
    if fresh.all():
        return [np.arange(len(rows))] if len(rows) else []
    start = np.maximum.accumulate(np.where(fresh, np.arange(len(rows)), 0))
    nth = np.empty(len(rows), dtype=np.int64)
    nth[order] = np.arange(len(rows)) - start
    return [np.flatnonzero(nth == turn) for turn in range(int(nth.max()) + 1)]
