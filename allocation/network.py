r"""The class-level layered network of one component (allocation.md 5): whatever no rule can tell apart is one node.

    class --use--> A(group, life) --mismatch--> C(recipient, life) --> demand <-- F(hospital, tier) <==bands== source
      \--outdate--> sink <---------------------------------------------------------------------- left-over --/

A class is (group, bucket of remaining life, threshold it satisfies). A(group, life) is the shelf-life ladder: a longer
lived bag may serve a laxer need, never the reverse. No component of this catalogue carries attributes (irradiated,
washed, ...) yet, so the need layer B of allocation.md coincides with A. Components never mix: one network each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from allocation.model import GROUPS, Bools, Int64s, Policy, Snapshot, Tier
from blood.compatibility import preference
from blood.components import Family
from blood.eligibility import Zone

INCOMPATIBLE: Final = -1
_HOUR_US: Final = 3_600_000_000


class ArcKind(IntEnum):
    """What an arc stands for; costs are reported by kind."""

    USE = 0
    LADDER = 1
    MATCH = 2
    SERVE = 3
    SHORT = 4
    SHORT_TO_DEMAND = 5
    OUTDATE = 6
    SLACK = 7


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Arcs as columns plus what the nodes stand for. Node order: classes, A, C, demands, F, source, sink.

    ``bags`` / ``lines`` are snapshot rows in canonical order, ``bag_class`` / ``line_demand`` the node each belongs to.
    ``bag_position`` and ``demand_position`` are ranks among the distinct expiries: a bag serves a demand's life when
    its position is not lower. ``ladder_group`` is the group of each node of layer A.
    """

    bags: Int64s
    bag_class: Int64s
    bag_position: Int64s
    lines: Int64s
    line_demand: Int64s
    demand_position: Int64s
    first_ladder: int
    first_recipient: int
    first_demand: int
    ladder_group: Int64s
    tail: Int64s
    head: Int64s
    capacity: Int64s
    cost: Int64s
    kind: Int64s
    tier: Int64s
    supply: Int64s

    @property
    def sink(self) -> int:
        """Node of what is left over."""
        return len(self.supply) - 1

    @property
    def source(self) -> int:
        """Node that shortages flow from."""
        return len(self.supply) - 2


def match_points(family: Family, policy: Policy) -> Int64s:
    """Points of (bag group, recipient group) as an 8 x 8 table; INCOMPATIBLE where a rule forbids it."""
    table = np.full((len(GROUPS), len(GROUPS)), INCOMPATIBLE, dtype=np.int64)
    rhd_matters = family not in {Family.PLASMA, Family.CRYO}
    for column, recipient in enumerate(GROUPS):
        for rank, donor in enumerate(preference(family, recipient)):
            spent = (
                policy.mismatch.rhd_negative if rhd_matters and recipient.rhd_positive and not donor.rhd_positive else 0
            )
            table[GROUPS.index(donor), column] = rank * policy.mismatch.step + spent
    return table


def takes_part(snapshot: Snapshot) -> Bools:
    """Bags that may be assigned: allowed by eligibility, in stock, group confirmed, not expired."""
    allowed = np.fromiter((reason == "" for reason in snapshot.bag_refused), np.bool_, len(snapshot.bag))
    stocked = np.fromiter((zone == Zone.STOCK for zone in snapshot.bag_zone), np.bool_, len(snapshot.bag))
    return np.asarray(allowed & stocked & (snapshot.bag_group >= 0) & (snapshot.bag_expires_us > snapshot.at_us))


def build_network(snapshot: Snapshot, policy: Policy, component: int, usable: Bools) -> Network:
    """Build the network of one component (index into ``snapshot.components``) that at least one line asks for.

    ``usable``: what `takes_part` says of the snapshot, computed once for all components.
    """
    bags = _canonical_bags(snapshot, component, usable)
    lines = _canonical_lines(snapshot, component)
    expiry = snapshot.bag_expires_us[bags]
    distinct = np.unique(expiry)
    bag_position = np.searchsorted(distinct, expiry)
    line_position = np.searchsorted(distinct, snapshot.line_usable_until_us[lines])
    steps = np.unique(line_position)  # lives that the stock can tell apart; the ladder has one rung for each
    bag_rung = np.searchsorted(steps, bag_position, side="right") - 1

    bucket = (expiry - snapshot.at_us) // (policy.freshness.bucket_hours * _HOUR_US)
    classes, bag_class = _distinct(snapshot.bag_group[bags], bucket, bag_rung)
    tier = _tiers(snapshot.line_priority[lines])
    demands, line_demand = _distinct(
        tier,
        snapshot.line_hospital[lines],
        snapshot.line_recipient[lines],
        np.searchsorted(steps, line_position),
        snapshot.line_substitution[lines].astype(np.int64),
    )
    return _Assembly(
        policy, snapshot.families[component], classes, np.bincount(bag_class, minlength=len(classes)), demands, steps
    ).network(
        bags,
        bag_class,
        bag_position,
        lines,
        line_demand,
        np.bincount(line_demand, snapshot.line_quantity[lines]).astype(np.int64),
    )


def _canonical_bags(snapshot: Snapshot, component: int, usable: Bools) -> Int64s:
    """Rows of usable bags by (group, expiry, retrieval, id): the order in which they are handed out."""
    rows = np.flatnonzero(usable & (snapshot.bag_component == component))
    ids = np.array([snapshot.bag[row] for row in rows], dtype=np.str_)
    order = np.lexsort((ids, snapshot.bag_retrieval[rows], snapshot.bag_expires_us[rows], snapshot.bag_group[rows]))
    return np.asarray(rows[order], dtype=np.int64)


def _canonical_lines(snapshot: Snapshot, component: int) -> Int64s:
    """Rows of lines by (priority, id): the order in which equal lines are served."""
    rows = np.flatnonzero(snapshot.line_component == component)
    ids = np.array([snapshot.line[row] for row in rows], dtype=np.str_)
    return np.asarray(rows[np.lexsort((ids, snapshot.line_priority[rows]))], dtype=np.int64)


def _tiers(priority: Int64s) -> Int64s:
    table = np.array([Tier.of(value) for value in range(6)], dtype=np.int64)
    return np.asarray(table[priority])


def _distinct(*columns: Int64s) -> tuple[Int64s, Int64s]:
    """Distinct rows of the columns in ascending order, and for each row which one it is."""
    if len(columns[0]) == 0:
        return np.empty((0, len(columns)), dtype=np.int64), np.empty(0, dtype=np.int64)
    rows, inverse = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    return rows, inverse.reshape(-1).astype(np.int64)


class _Assembly:
    """Collects arcs layer by layer. Rows: classes (group, bucket, rung), demands (tier, hospital, group, rung, sub)."""

    def __init__(
        self, policy: Policy, family: Family, classes: Int64s, stock: Int64s, demands: Int64s, steps: Int64s
    ) -> None:
        self.policy, self.family, self.classes, self.stock, self.demands = policy, family, classes, stock, demands
        self.rungs = len(steps)
        self.steps = steps
        self.groups = np.unique(classes[:, 0])
        self.recipients, _ = _distinct(demands[demands[:, 4] == 1, 2], demands[demands[:, 4] == 1, 3])
        self.shorts, self.demand_short = _distinct(demands[:, 0], demands[:, 1])
        self.first_ladder = len(classes)
        self.first_recipient = self.first_ladder + len(self.groups) * self.rungs
        self.first_demand = self.first_recipient + len(self.recipients)
        self.first_short = self.first_demand + len(demands)
        self.source = self.first_short + len(self.shorts)
        self.sink = self.source + 1
        self.parts: list[tuple[ArcKind, Int64s, Int64s, Int64s, Int64s, Int64s]] = []

    def arcs(
        self,
        kind: ArcKind,
        tail: Int64s,
        head: Int64s,
        capacity: Int64s | int,
        cost: Int64s | int,
        tier: Int64s | int = 0,
    ) -> None:
        shape = len(tail)
        full = [
            np.broadcast_to(np.asarray(value, dtype=np.int64), (shape,)) for value in (tail, head, capacity, cost, tier)
        ]
        self.parts.append((kind, full[0], full[1], full[2], full[3], full[4]))

    def ladder(self, group: Int64s, rung: Int64s) -> Int64s:
        return np.asarray(self.first_ladder + np.searchsorted(self.groups, group) * self.rungs + rung)

    def network(
        self, bags: Int64s, bag_class: Int64s, bag_position: Int64s, lines: Int64s, line_demand: Int64s, wanted: Int64s
    ) -> Network:
        self._stock_arcs()
        self._match_arcs()
        self._shortage_arcs(wanted)
        supply = np.zeros(self.sink + 1, dtype=np.int64)
        supply[: self.first_ladder] = self.stock
        supply[self.first_demand : self.first_short] = -wanted
        # One unit more than needed keeps the left-over arc in use, so that source and sink share one price.
        supply[self.source] = wanted.sum() + 1
        supply[self.sink] = -(self.stock.sum() + 1)
        columns = [np.concatenate([part[column] for part in self.parts]) for column in range(1, 6)]
        return Network(
            bags=bags,
            bag_class=bag_class,
            bag_position=bag_position,
            lines=lines,
            line_demand=line_demand,
            demand_position=np.asarray(self.steps[self.demands[:, 3]]),
            first_ladder=self.first_ladder,
            first_recipient=self.first_recipient,
            first_demand=self.first_demand,
            ladder_group=np.repeat(self.groups, self.rungs),
            tail=columns[0],
            head=columns[1],
            capacity=columns[2],
            cost=columns[3],
            tier=columns[4],
            kind=np.concatenate([np.full(len(part[1]), part[0], dtype=np.int64) for part in self.parts]),
            supply=supply,
        )

    def _stock_arcs(self) -> None:
        nodes = np.arange(len(self.classes), dtype=np.int64)
        group, bucket, rung = self.classes.T
        horizon_h = self.policy.outdate.horizon_days[self.family] * 24
        life_h = bucket * self.policy.freshness.bucket_hours
        outdate = self.policy.outdate.points * np.maximum(0, horizon_h - life_h) // horizon_h
        # Capacities one above the supply never bind: the supply of the node is the limit.
        self.arcs(ArcKind.OUTDATE, nodes, np.full_like(nodes, self.sink), self.stock + 1, outdate)
        able = rung >= 0
        use = self.policy.freshness.per_bucket * bucket
        self.arcs(ArcKind.USE, nodes[able], self.ladder(group[able], rung[able]), self.stock[able] + 1, use[able])
        grid = self.first_ladder + np.arange(len(self.groups) * self.rungs, dtype=np.int64).reshape(-1, self.rungs)
        self.arcs(ArcKind.LADDER, grid[:, 1:].reshape(-1), grid[:, :-1].reshape(-1), self._plenty(), 0)

    def _match_arcs(self) -> None:
        points = match_points(self.family, self.policy)
        plenty = self._plenty()
        nodes = self.first_recipient + np.arange(len(self.recipients), dtype=np.int64)
        for donor in self.groups:
            cost = points[donor, self.recipients[:, 0]]
            fits = cost != INCOMPATIBLE
            tails = self.ladder(np.full(int(fits.sum()), donor), self.recipients[fits, 1])
            self.arcs(ArcKind.MATCH, tails, nodes[fits], plenty, cost[fits])
        demand = self.first_demand + np.arange(len(self.demands), dtype=np.int64)
        recipient, rung, substitution = self.demands[:, 2], self.demands[:, 3], self.demands[:, 4] == 1
        keys = self.recipients[:, 0] * self.rungs + self.recipients[:, 1]
        via = self.first_recipient + np.searchsorted(keys, (recipient * self.rungs + rung)[substitution])
        self.arcs(ArcKind.SERVE, via, demand[substitution], plenty, 0)
        same = ~substitution & np.isin(recipient, self.groups)
        self.arcs(
            ArcKind.SERVE,
            self.ladder(recipient[same], rung[same]),
            demand[same],
            plenty,
            points[recipient, recipient][same],
        )

    def _shortage_arcs(self, wanted: Int64s) -> None:
        shortage = self.policy.shortage
        total = np.bincount(self.demand_short, wanted).astype(np.int64)
        nodes = self.first_short + np.arange(len(self.shorts), dtype=np.int64)
        tier = self.shorts[:, 0]
        base = np.array([shortage.points(one) for one in Tier], dtype=np.int64)[tier]
        source = np.full_like(nodes, self.source)
        for band in range(shortage.bands):
            width = total * (band + 1) // shortage.bands - total * band // shortage.bands
            self.arcs(
                ArcKind.SHORT, source, nodes, width, base * (100 + shortage.band_step_percent * band) // 100, tier
            )
        demand = self.first_demand + np.arange(len(self.demands), dtype=np.int64)
        self.arcs(ArcKind.SHORT_TO_DEMAND, self.first_short + self.demand_short, demand, wanted + 1, 0)
        end = np.array([self.source], dtype=np.int64)
        self.arcs(ArcKind.SLACK, end, end + 1, int(wanted.sum()) + 2, 0)

    def _plenty(self) -> int:
        """A capacity that never binds: more than all stock."""
        return int(self.stock.sum()) + 1
