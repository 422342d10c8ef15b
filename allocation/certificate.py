"""Proof that a flow is optimal: node potentials of the residual graph, primal == dual, checked arc by arc."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.model import Int64s
from allocation.network import Network


class CertificateError(RuntimeError):
    """The flow is not feasible or not optimal: the plan must not be used. The text says which check failed."""


@dataclass(frozen=True, slots=True, eq=False)
class Proof:
    """Primal and dual value of one network (equal), and the potential of every node: the shortest residual distance."""

    primal: int
    dual: int
    potential: Int64s


def prove(network: Network, flow: Int64s) -> Proof:
    """Check balance and capacities, find potentials, check every arc's reduced cost; raises CertificateError."""
    _check_feasible(network, flow)
    potential = residual_distances(network, flow)
    check_reduced_costs(network, flow, potential)
    primal = int((network.cost * flow).sum())
    reduced = network.cost + potential[network.tail] - potential[network.head]
    dual = -int((network.supply * potential).sum()) - int((network.capacity * np.maximum(0, -reduced)).sum())
    if primal != dual:
        raise CertificateError(f"primal {primal} and dual {dual} differ")
    return Proof(primal, dual, potential)


def residual_distances(network: Network, flow: Int64s) -> Int64s:
    """Shortest distances in the residual graph from a root joined to every node at cost 0 (vectorised Bellman-Ford).

    Raises CertificateError when distances do not settle: a residual cycle of negative cost, so the flow is not optimal.
    """
    forward, backward = flow < network.capacity, flow > 0
    tail = np.concatenate([network.tail[forward], network.head[backward]])
    head = np.concatenate([network.head[forward], network.tail[backward]])
    cost = np.concatenate([network.cost[forward], -network.cost[backward]])
    order = np.argsort(head, kind="stable")
    tail, head, cost = tail[order], head[order], cost[order]
    starts = np.flatnonzero(np.r_[True, head[1:] != head[:-1]]) if len(head) else np.empty(0, dtype=np.int64)
    targets = head[starts]
    distance = np.zeros(len(network.supply), dtype=np.int64)
    for _ in range(len(distance) + 1):
        reached = np.minimum.reduceat(distance[tail] + cost, starts) if len(starts) else distance[targets]
        if (reached >= distance[targets]).all():
            return distance
        distance[targets] = np.minimum(distance[targets], reached)
    raise CertificateError("a residual cycle has negative cost: the flow is not optimal")


def check_reduced_costs(network: Network, flow: Int64s, potential: Int64s) -> None:
    """Complementary slackness arc by arc; raises CertificateError naming how many arcs break it."""
    reduced = network.cost + potential[network.tail] - potential[network.head]
    wrong = ((reduced < 0) & (flow < network.capacity)) | ((reduced > 0) & (flow > 0))
    if wrong.any():
        raise CertificateError(f"{int(wrong.sum())} arcs have a reduced cost of the wrong sign")


def _check_feasible(network: Network, flow: Int64s) -> None:
    if ((flow < 0) | (flow > network.capacity)).any():
        raise CertificateError("a flow lies outside its capacity")
    nodes = len(network.supply)
    balance = np.zeros(nodes, dtype=np.int64)
    np.add.at(balance, network.tail, flow)
    np.subtract.at(balance, network.head, flow)
    if (balance != network.supply).any():
        raise CertificateError(f"{int((balance != network.supply).sum())} nodes are out of balance")
