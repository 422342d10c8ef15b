"""Rows of bags by component and group, first to expire first: what explanations look bags up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocation.model import Int64s, Policy, Snapshot

_HOUR_US = 3_600_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Shelf:
    """Bags of one component and group, ordered by (expiry, retrieval, id)."""

    rows: Int64s
    expires_us: Int64s

    def lasting(self, until_us: int) -> Int64s:
        """Rows that do not expire before ``until_us``."""
        return np.asarray(self.rows[np.searchsorted(self.expires_us, until_us) :])

    def failing(self, until_us: int) -> Int64s:
        """Rows that expire before ``until_us``."""
        return np.asarray(self.rows[: np.searchsorted(self.expires_us, until_us)])


EMPTY_SHELF = Shelf(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def shelves(snapshot: Snapshot, rows: Int64s) -> Mapping[tuple[int, int], Shelf]:
    """Sort rows into shelves keyed by (component index, group index)."""
    if len(rows) == 0:
        return {}
    ids = np.array([snapshot.bag[row] for row in rows.tolist()], dtype=np.str_)
    component, group, expires = snapshot.bag_component[rows], snapshot.bag_group[rows], snapshot.bag_expires_us[rows]
    order = np.lexsort((ids, snapshot.bag_retrieval[rows], expires, group, component))
    rows, key = rows[order], (component * 16 + group)[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    return {
        (int(key[start]) // 16, int(key[start]) % 16): Shelf(part, snapshot.bag_expires_us[part])
        for start, part in zip(starts.tolist(), np.split(rows, starts[1:]), strict=True)
    }


def using_points(snapshot: Snapshot, policy: Policy, row: int) -> int:
    """What using a bag costs more than leaving it: freshness given away minus outdating avoided, in points."""
    bucket = (int(snapshot.bag_expires_us[row]) - snapshot.at_us) // (policy.freshness.bucket_hours * _HOUR_US)
    horizon_h = policy.outdate.horizon_days[snapshot.families[int(snapshot.bag_component[row])]] * 24
    outdate = policy.outdate.points * max(0, horizon_h - bucket * policy.freshness.bucket_hours) // horizon_h
    return policy.freshness.per_bucket * bucket - outdate
