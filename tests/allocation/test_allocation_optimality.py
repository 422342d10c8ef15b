"""The plan is the best there is, provably, and the proof cannot be forged."""

from __future__ import annotations

import random
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from allocation_world import AT, POLICY, bag, cheapest, large, line, snapshot_of, tiny

from allocation.certificate import CertificateError, check_reduced_costs, prove
from allocation.model import Snapshot, build_snapshot
from allocation.network import ArcKind, Network, build_network, takes_part
from allocation.solve import SolveError, allocate, solve_flow
from allocation.verify import ViolationCode, verify


def network_of(snapshot: Snapshot, component: int) -> Network:
    return build_network(snapshot, POLICY, component, takes_part(snapshot))


@pytest.mark.parametrize("block", range(10))
def test_the_plan_costs_exactly_what_trying_everything_finds(block: int) -> None:
    for seed in range(block * 60, block * 60 + 60):
        bags, lines = tiny(seed)
        snapshot = snapshot_of(bags, lines)
        plan = allocate(snapshot, POLICY)
        assert plan.objective.total == plan.certificate.primal == plan.certificate.dual == cheapest(bags, lines), seed
        assert verify(plan, snapshot, POLICY) == [], seed


def test_a_large_plan_in_shortage_is_proved_and_passes_the_judge() -> None:
    for tightness in (0.5, 1.2):
        snapshot = snapshot_of(*large(7, 3_000, 200, tightness))
        plan = allocate(snapshot, POLICY)
        assert plan.certificate.gap == 0
        assert verify(plan, snapshot, POLICY) == []


def test_a_flow_changed_anywhere_fails_the_certificate() -> None:
    snapshot = snapshot_of(*large(3, 400, 60, 1.1))
    network = network_of(snapshot, int(snapshot.line_component[0]))
    flow = solve_flow(network)
    prove(network, flow)
    dice = random.Random(5)
    for _ in range(60):
        broken = flow.copy()
        broken[dice.randrange(len(flow))] += dice.choice([-1, 1])
        with pytest.raises(CertificateError):
            prove(network, broken)


def test_a_feasible_but_dearer_flow_fails_the_certificate() -> None:
    snapshot = snapshot_of([bag("old", days=10), bag("young", days=20)], [line("l")])
    network = network_of(snapshot, snapshot.components.index("RBC_S"))
    dear = replace(network, cost=network.cost.copy())
    use = network.kind == ArcKind.USE
    dear.cost[use] = 100 - dear.cost[use]  # prefers the young bag
    with pytest.raises(CertificateError, match="negative"):
        prove(network, solve_flow(dear))


def test_a_potential_changed_anywhere_it_matters_fails_the_certificate() -> None:
    snapshot = snapshot_of(*large(3, 400, 60, 1.1))
    network = network_of(snapshot, int(snapshot.line_component[0]))
    flow = solve_flow(network)
    proof = prove(network, flow)
    for node in range(0, len(network.supply), 7):
        if not ((flow > 0) & ((network.tail == node) | (network.head == node)) & (flow < network.capacity)).any():
            continue
        for shift in (-(10**14), 10**14):
            broken = proof.potential.copy()
            broken[node] += shift
            with pytest.raises(CertificateError):
                check_reduced_costs(network, flow, broken)


def test_forged_prices_or_costs_are_found_by_the_judge() -> None:
    snapshot = snapshot_of(
        [bag("a", days=3), bag("b", days=5), bag("c", "A+", 4)], [line("l", quantity=3), line("m", "A+")]
    )
    plan = allocate(snapshot, POLICY)
    proof = plan.certificate
    for row in range(3):
        for shift in (-1, 1):
            prices = list(proof.bag_price)
            prices[row] += shift
            forged = msgspec.structs.replace(plan, certificate=msgspec.structs.replace(proof, bag_price=tuple(prices)))
            assert verify(forged, snapshot, POLICY), (row, shift)
    cheaper = msgspec.structs.replace(plan.objective, freshness=plan.objective.freshness - 1)
    codes = {v.code for v in verify(msgspec.structs.replace(plan, objective=cheaper), snapshot, POLICY)}
    assert codes == {ViolationCode.OBJECTIVE_MISSTATED}


def test_a_wasteful_plan_that_breaks_no_rule_is_not_proven_optimal() -> None:
    snapshot = snapshot_of([bag("identical", "A+", 10), bag("substitute", "O+", 10)], [line("l", "A+")])
    plan = allocate(snapshot, POLICY)
    assert [a.bag for a in plan.assignments] == ["identical"]
    swapped = tuple(msgspec.structs.replace(a, bag="substitute") for a in plan.assignments)
    codes = {v.code for v in verify(msgspec.structs.replace(plan, assignments=swapped), snapshot, POLICY)}
    assert ViolationCode.NOT_PROVEN_OPTIMAL in codes


def test_the_plan_does_not_depend_on_the_order_of_rows() -> None:
    bags, lines = large(11, 600, 80, 1.0)
    first = allocate(snapshot_of(bags, lines), POLICY)
    dice = random.Random(2)
    dice.shuffle(bags)
    dice.shuffle(lines)
    again = allocate(snapshot_of(bags, lines), POLICY)
    assert set(again.assignments) == set(first.assignments)
    assert again.objective == first.objective
    assert again.shortages == first.shortages


def test_one_more_bag_never_costs_more_than_its_own_outdating() -> None:
    for seed in range(40):
        bags, lines = tiny(seed)
        before = allocate(snapshot_of(bags, lines), POLICY).objective
        extra = bag("extra", random.Random(seed).choice(["O-", "A+", "AB+"]), 40, lines[0].component)
        after = allocate(snapshot_of([*bags, extra], lines), POLICY).objective
        assert after.total <= before.total  # 40 days is beyond every horizon: it outdates nothing


def test_one_more_emergency_line_never_costs_less() -> None:
    for seed in range(40):
        bags, lines = tiny(seed)
        before = allocate(snapshot_of(bags, lines), POLICY).objective.total
        more = [*lines, line("extra", "O-", 2, 0, lines[0].component, hospital="h3", priority=0)]
        outdated = POLICY.outdate.points * 2  # at most two bags less to outdate
        assert allocate(snapshot_of(bags, more), POLICY).objective.total >= before - outdated


def test_splitting_a_line_in_two_changes_nothing() -> None:
    bags, lines = large(4, 300, 30, 1.1)
    whole = allocate(snapshot_of(bags, lines), POLICY).objective
    split = [
        part
        for one in lines
        for part in (
            [one]
            if one.quantity < 2
            else [
                replace(one, line=f"{one.line}a", quantity=1),
                replace(one, line=f"{one.line}b", quantity=one.quantity - 1),
            ]
        )
    ]
    assert allocate(snapshot_of(bags, split), POLICY).objective == whole


def test_scaling_every_weight_changes_only_the_scale() -> None:
    scale = msgspec.structs.replace(
        POLICY,
        shortage=msgspec.structs.replace(
            POLICY.shortage,
            emergency=POLICY.shortage.emergency * 3,
            urgent=POLICY.shortage.urgent * 3,
            routine=POLICY.shortage.routine * 3,
        ),
        mismatch=msgspec.structs.replace(POLICY.mismatch, step=3000, rhd_negative=6000),
        freshness=msgspec.structs.replace(POLICY.freshness, per_bucket=3),
        outdate=msgspec.structs.replace(POLICY.outdate, points=0),
    )
    plain = msgspec.structs.replace(POLICY, outdate=msgspec.structs.replace(POLICY.outdate, points=0))
    snapshot = snapshot_of(*large(9, 300, 40, 1.1))
    assert allocate(snapshot, scale).objective.total == 3 * allocate(snapshot, plain).objective.total


def test_points_too_large_for_the_solver_are_refused_by_name() -> None:
    huge = msgspec.structs.replace(POLICY, shortage=msgspec.structs.replace(POLICY.shortage, emergency=10**18))
    snapshot = snapshot_of([bag("a")], [line(f"l{n}", priority=0, hospital=f"h{n}") for n in range(8)])
    with pytest.raises(SolveError, match="too large"):
        allocate(snapshot, huge)


def test_an_empty_order_book_gives_an_empty_plan() -> None:
    snapshot = build_snapshot(AT, {"RBC_S": snapshot_of([], []).families[0]}, [], [])
    plan = allocate(snapshot, POLICY)
    assert (plan.assignments, plan.shortages, plan.objective.total) == ((), (), 0)
    assert verify(plan, snapshot, POLICY) == []
    assert np.array(plan.certificate.bag_price).size == 0
