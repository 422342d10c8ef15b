"""`allocate(snapshot, policy) -> Plan`: one min-cost flow per component, proved, then handed out bag by bag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import perf_counter

import numpy as np
from ortools.graph.python import min_cost_flow

from allocation.assign import assign_bags
from allocation.certificate import Proof, prove
from allocation.model import Int64s, Policy, Snapshot
from allocation.network import ArcKind, Network, build_network, takes_part
from allocation.plan import Assignment, Certificate, Objective, Plan, ShortLine
from allocation.shortage import short_reasons

_SAFE_PRODUCT = 2**62


class SolveError(RuntimeError):
    """The allocation could not be computed; nothing was decided. The text says why."""


def allocate(snapshot: Snapshot, policy: Policy, *, timer: Callable[[], float] = perf_counter) -> Plan:
    """Return the proven optimal plan; equal input gives the equal plan, whatever the order of its rows.

    Raises SolveError when the solver refuses and CertificateError when its answer does not prove optimal.
    """
    began = timer()
    _check_points(policy)
    bag_price = np.zeros(len(snapshot.bag), dtype=np.int64)
    line_price = np.zeros(len(snapshot.line), dtype=np.int64)
    by_kind: Counter[str] = Counter()
    bags: list[Int64s] = []
    lines: list[Int64s] = []
    primal = dual = 0
    usable = takes_part(snapshot)
    for component in np.unique(snapshot.line_component).tolist():
        network = build_network(snapshot, policy, component, usable)
        flow = solve_flow(network)
        proof = prove(network, flow)
        primal, dual = primal + proof.primal, dual + proof.dual
        _price(network, proof, bag_price, line_price)
        by_kind.update(_costs(network, flow))
        chosen_bags, chosen_lines = assign_bags(network, flow, snapshot)
        bags.append(chosen_bags)
        lines.append(chosen_lines)
    all_bags = np.concatenate(bags) if bags else np.empty(0, dtype=np.int64)
    all_lines = np.concatenate(lines) if lines else np.empty(0, dtype=np.int64)
    missing = snapshot.line_quantity - np.bincount(all_lines, minlength=len(snapshot.line))
    reasons = short_reasons(snapshot, missing, all_bags)
    return Plan(
        at_us=snapshot.at_us,
        policy_id=policy.id,
        policy_digest=policy.digest,
        assignments=tuple(
            Assignment(snapshot.bag[bag], snapshot.line[line])
            for bag, line in zip(all_bags.tolist(), all_lines.tolist(), strict=True)
        ),
        shortages=tuple(
            ShortLine(snapshot.line[row], int(missing[row]), shortage.reason, int(line_price[row]))
            for row, shortage in sorted(reasons.items(), key=lambda item: snapshot.line[item[0]])
        ),
        objective=Objective(**{name: by_kind[name] for name in Objective.__struct_fields__}),
        certificate=Certificate(primal, dual, tuple(bag_price.tolist()), tuple(line_price.tolist())),
        seconds=timer() - began,
    )


def _check_points(policy: Policy) -> None:
    """Refuse points that would overflow before any network is built; 64-bit sums wrap silently."""
    shortage = policy.shortage
    dearest = shortage.emergency * (100 + shortage.band_step_percent * shortage.bands)
    if dearest > _SAFE_PRODUCT:
        raise SolveError("The policy's points are too large")


def solve_flow(network: Network) -> Int64s:
    """Optimal flow on every arc of a network; raises SolveError."""
    if int(network.supply.sum()) != 0:  # unbalanced supplies crash the solver (google/or-tools issue 3947)
        raise SolveError("The supplies of the network do not balance")
    if int(network.cost.max(initial=0)) * len(network.supply) > _SAFE_PRODUCT:
        raise SolveError("The policy's points are too large for a network of this size")
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(network.tail, network.head, network.capacity, network.cost)
    solver.set_nodes_supplies(np.arange(len(network.supply), dtype=np.int64), network.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise SolveError(f"The flow solver answered {status.name}")
    return np.asarray(solver.flows(arcs), dtype=np.int64)


def _price(network: Network, proof: Proof, bag_price: Int64s, line_price: Int64s) -> None:
    """Write dual prices: what a bag is worth in its place, what one bag less of demand would save."""
    base = proof.potential[network.sink]
    bag_price[network.bags] = base - proof.potential[network.bag_class]
    line_price[network.lines] = proof.potential[network.first_demand + network.line_demand] - base


def _costs(network: Network, flow: Int64s) -> dict[str, int]:
    paid = network.cost * flow

    def of(kind: ArcKind) -> int:
        return int(paid[network.kind == kind].sum())

    short = [int(paid[(network.kind == ArcKind.SHORT) & (network.tier == tier)].sum()) for tier in range(3)]
    return {
        "emergency": short[0],
        "urgent": short[1],
        "routine": short[2],
        "outdate": of(ArcKind.OUTDATE),
        "mismatch": of(ArcKind.MATCH) + of(ArcKind.SERVE),
        "freshness": of(ArcKind.USE),
    }
