"""Why a line is short, and the single change that would fill it or fill it most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from allocation.model import GROUP_INDEX, GROUPS, Int64s, Snapshot
from allocation.network import takes_part
from allocation.plan import ShortReason
from allocation.shelf import EMPTY_SHELF, Shelf, shelves
from blood.compatibility import preference
from blood.eligibility import Zone

_Shelves = Mapping[tuple[int, int], Shelf]


@dataclass(frozen=True, slots=True)
class ShortCause:
    """``bags``: how many the change would bring; ``best``: the bag row to name, if any; ``detail``: why refused."""

    reason: ShortReason
    bags: int
    best: int | None = None
    detail: str = ""
    detail_zh: str = ""


def acceptable_groups(snapshot: Snapshot, line: int, *, substitution: bool | None = None) -> tuple[int, ...]:
    """Group indices that may serve a line, best first; ``substitution`` overrides what the line says."""
    recipient = GROUPS[int(snapshot.line_recipient[line])]
    allowed = bool(snapshot.line_substitution[line]) if substitution is None else substitution
    if not allowed:
        return (GROUP_INDEX[recipient],)
    family = snapshot.families[int(snapshot.line_component[line])]
    return tuple(GROUP_INDEX[donor] for donor in preference(family, recipient))


def short_reasons(snapshot: Snapshot, missing: Int64s, used_bags: Int64s) -> Mapping[int, ShortCause]:
    """Line row -> cause, for every line that misses bags. ``used_bags``: rows assigned to any line."""
    short = np.flatnonzero(missing > 0).tolist()
    if not short:
        return {}
    usable = takes_part(snapshot)
    used = np.zeros(len(snapshot.bag), dtype=np.bool_)
    used[used_bags] = True
    refused = ~usable & (snapshot.bag_group >= 0) & (snapshot.bag_expires_us > snapshot.at_us)
    free, taken = shelves(snapshot, np.flatnonzero(usable & ~used)), shelves(snapshot, np.flatnonzero(used))
    held = shelves(snapshot, np.flatnonzero(refused))
    return {line: _cause(snapshot, line, free, taken, held) for line in short}


def _cause(snapshot: Snapshot, line: int, free: _Shelves, taken: _Shelves, held: _Shelves) -> ShortCause:
    component, until = int(snapshot.line_component[line]), int(snapshot.line_usable_until_us[line])
    groups = acceptable_groups(snapshot, line)
    wider = acceptable_groups(snapshot, line, substitution=True)

    def lasting(shelf: _Shelves, among: tuple[int, ...]) -> Int64s:
        return np.concatenate([shelf.get((component, group), EMPTY_SHELF).lasting(until) for group in among])

    others = tuple(group for group in wider if group not in groups)
    if others and len(rows := lasting(free, others)):
        return ShortCause(ShortReason.SUBSTITUTION_REFUSED, len(rows), int(rows[0]))
    younger = np.concatenate([free.get((component, group), EMPTY_SHELF).failing(until) for group in groups])
    if len(younger):
        best = max(younger.tolist(), key=lambda row: (int(snapshot.bag_expires_us[row]), snapshot.bag[row]))
        return ShortCause(ShortReason.TOO_SHORT_LIVED, len(younger), best)
    if len(waiting := lasting(held, groups)):
        reasons = Counter(refusal(snapshot, row) for row in waiting.tolist())
        detail, detail_zh = min(reasons, key=lambda said: (-reasons[said], said))
        return ShortCause(ShortReason.BAGS_REFUSED, len(waiting), int(waiting[0]), detail, detail_zh)
    if len(elsewhere := lasting(taken, groups)):
        return ShortCause(ShortReason.MORE_URGENT_DEMAND, len(elsewhere))
    return ShortCause(ShortReason.NO_STOCK, 0)


def refusal(snapshot: Snapshot, row: int) -> tuple[str, str]:
    """Why a bag took no part, in the warehouse's words, English and Chinese."""
    if snapshot.bag_refused[row]:
        return snapshot.bag_refused[row], snapshot.bag_refused_zh[row] or snapshot.bag_refused[row]
    zone = snapshot.bag_zone[row]
    return (f"zone {zone}", "不在合格区") if zone != Zone.STOCK else ("not usable", "不可用")
