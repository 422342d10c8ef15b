"""From a flow between classes to bags for lines, without losing optimality.

The flow fixes how many bags of each group each demand gets. Within a group, demands with the strictest life choose
first and each takes the bag that expires first among those it accepts (then the nearest, then the lowest id). The sets
of acceptable bags are nested, so this is always possible, uses the oldest bags that any choice could use, and leaves
no pair (younger used, older unused) that a line could have swapped: exact FEFO. Cost can only fall: it stays optimal.
"""

from __future__ import annotations

from collections import defaultdict, deque

import numpy as np

from allocation.model import Int64s, Snapshot
from allocation.network import ArcKind, Network


def assign_bags(network: Network, flow: Int64s, snapshot: Snapshot) -> tuple[Int64s, Int64s]:
    """Return (bag row, line row) pairs of the snapshot, ordered by line then hand-out."""
    units = _units_of_lines(network, snapshot, _demand_supplies(network, flow))
    taken_bags: list[int] = []
    taken_lines: list[int] = []
    for group, wants in sorted(units.items()):
        members = np.flatnonzero(snapshot.bag_group[network.bags] == group)
        positions = network.bag_position[members]
        starts = np.searchsorted(positions, [position for position, _ in wants]).tolist()
        free = list(range(len(members) + 1))  # free[i]: first index >= i that may still be free (union-find)
        for start, (_, line) in zip(starts, wants, strict=True):
            spot = _find(free, start)
            free[spot] = spot + 1
            taken_bags.append(int(network.bags[members[spot]]))
            taken_lines.append(line)
    pairs = sorted(
        zip(taken_lines, taken_bags, strict=True),
        key=lambda pair: (snapshot.line[pair[0]], snapshot.bag_expires_us[pair[1]], snapshot.bag[pair[1]]),
    )
    return np.array([bag for _, bag in pairs], dtype=np.int64), np.array([line for line, _ in pairs], dtype=np.int64)


def _find(free: list[int], index: int) -> int:
    root = index
    while free[root] != root:
        root = free[root]
    while free[index] != root:
        free[index], index = root, free[index]
    return root


def _demand_supplies(network: Network, flow: Int64s) -> dict[int, list[tuple[int, int]]]:
    """Demand -> [(group, units)], best match first; at a shared recipient node the most urgent demand chooses first."""
    used = flow > 0
    waiting: dict[int, deque[list[int]]] = defaultdict(deque)
    match = np.flatnonzero(used & (network.kind == ArcKind.MATCH))
    order = np.lexsort((network.tail[match], network.cost[match], network.head[match]))
    for arc in match[order].tolist():
        group = int(network.ladder_group[network.tail[arc] - network.first_ladder])
        waiting[int(network.head[arc])].append([group, int(flow[arc])])
    supplies: dict[int, list[tuple[int, int]]] = defaultdict(list)
    serve = np.flatnonzero(used & (network.kind == ArcKind.SERVE))
    for arc in serve[np.argsort(network.head[serve], kind="stable")].tolist():
        tail, demand, left = int(network.tail[arc]), int(network.head[arc]) - network.first_demand, int(flow[arc])
        if tail < network.first_recipient:
            supplies[demand].append((int(network.ladder_group[tail - network.first_ladder]), left))
            continue
        while left:
            group, units = waiting[tail][0]
            share = min(left, units)
            supplies[demand].append((group, share))
            left -= share
            waiting[tail][0][1] -= share
            if waiting[tail][0][1] == 0:
                waiting[tail].popleft()
    return supplies


def _units_of_lines(
    network: Network, snapshot: Snapshot, supplies: dict[int, list[tuple[int, int]]]
) -> dict[int, list[tuple[int, int]]]:
    """Group -> [(life position, line row)] one entry per bag, strictest life first, then by order of the demands."""
    units: dict[int, list[tuple[int, int]]] = defaultdict(list)
    remaining = {demand: deque(shares) for demand, shares in supplies.items()}
    for line, demand in sorted(
        zip(network.lines.tolist(), network.line_demand.tolist(), strict=True), key=lambda pair: pair[1]
    ):
        shares = remaining.get(demand)
        wanted = int(snapshot.line_quantity[line])
        position = int(network.demand_position[demand])
        while shares and wanted:
            group, available = shares.popleft()
            share = min(wanted, available)
            units[group].extend([(position, line)] * share)
            wanted -= share
            if available > share:
                shares.appendleft((group, available - share))
    for wants in units.values():
        wants.sort(key=lambda want: -want[0])
    return units
