"""The independent judge of a plan: rules bag by bag, and optimality by duality, without any solver.

Imports neither OR-Tools nor the network, the certificate or the assignment code: every cost is recomputed here from
the policy and every rule from ``blood``. The prices a plan carries prove optimality when (a) no allowed pair of bag
and line is cheaper than its two prices together, (b) no bag is priced above its outdate cost, and (c) the value of the
prices, less what the shortage bands take back, equals the cost of the plan (weak duality made tight).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np

from allocation.model import GROUPS, Bools, Int64s, Policy, Snapshot, Tier
from allocation.plan import Plan
from blood.compatibility import compatible, preference
from blood.components import Family

_HOUR_US = 3_600_000_000


_Pairs = tuple[Int64s, Int64s]
"""Something of bags and the same of lines."""
_may_serve = cache(compatible)


class ViolationCode(StrEnum):
    """What is wrong with a plan."""

    WRONG_SNAPSHOT = "wrong_snapshot"
    WRONG_POLICY = "wrong_policy"
    UNKNOWN_BAG = "unknown_bag"
    UNKNOWN_LINE = "unknown_line"
    BAG_TWICE = "bag_twice"
    INELIGIBLE = "ineligible"
    WRONG_COMPONENT = "wrong_component"
    INCOMPATIBLE = "incompatible"
    SUBSTITUTION = "substitution"
    TOO_SHORT_LIVED = "too_short_lived"
    OVER_QUANTITY = "over_quantity"
    SHORTAGE_MISSTATED = "shortage_misstated"
    YOUNGER_BEFORE_OLDER = "younger_before_older"
    OBJECTIVE_MISSTATED = "objective_misstated"
    PRICES_INFEASIBLE = "prices_infeasible"
    NOT_PROVEN_OPTIMAL = "not_proven_optimal"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: what, of which bag or line, in a sentence."""

    code: ViolationCode
    subject: str
    detail: str


def verify(plan: Plan, snapshot: Snapshot, policy: Policy) -> list[Violation]:
    """Every violation of a plan against the snapshot and policy it was made from; an empty list accepts it."""
    if plan.at_us != snapshot.at_us:
        return [Violation(ViolationCode.WRONG_SNAPSHOT, str(plan.at_us), "the plan is for another instant")]
    if (plan.policy_id, plan.policy_digest) != (policy.id, policy.digest):
        return [Violation(ViolationCode.WRONG_POLICY, plan.policy_id, f"the policy in force is {policy.id}")]
    bag_rows = {bag: row for row, bag in enumerate(snapshot.bag)}
    line_rows = {line: row for row, line in enumerate(snapshot.line)}
    unknown = [
        Violation(ViolationCode.UNKNOWN_BAG, a.bag, "not in the snapshot")
        for a in plan.assignments
        if a.bag not in bag_rows
    ]
    unknown += [
        Violation(ViolationCode.UNKNOWN_LINE, a.line, "not in the snapshot")
        for a in plan.assignments
        if a.line not in line_rows
    ]
    if unknown:
        return unknown
    bags = np.array([bag_rows[a.bag] for a in plan.assignments], dtype=np.int64)
    lines = np.array([line_rows[a.line] for a in plan.assignments], dtype=np.int64)
    violations = [*_uniqueness(plan), *_pairs(snapshot, bags, lines), *_quantities(plan, snapshot, lines)]
    eligible = np.array([not _ineligible(snapshot, row) for row in range(len(snapshot.bag))], dtype=np.bool_)
    violations += _first_expired_first_out(snapshot, eligible, bags, lines)
    if not violations:  # costs of a plan that breaks a rule mean nothing
        violations += _optimality(plan, snapshot, policy, eligible, (bags, lines))
    return violations


def _uniqueness(plan: Plan) -> Iterator[Violation]:
    for bag, count in Counter(assignment.bag for assignment in plan.assignments).items():
        if count > 1:
            yield Violation(ViolationCode.BAG_TWICE, bag, f"assigned {count} times")


def _ineligible(snapshot: Snapshot, row: int) -> str:
    if snapshot.bag_refused[row]:
        return snapshot.bag_refused[row]
    if snapshot.bag_zone[row] != "stock":
        return f"lies in zone {snapshot.bag_zone[row]}"
    if snapshot.bag_group[row] < 0:
        return "its group is not confirmed"
    return "expired" if snapshot.bag_expires_us[row] <= snapshot.at_us else ""


def _pairs(snapshot: Snapshot, bags: Int64s, lines: Int64s) -> Iterator[Violation]:
    for bag, line in zip(bags.tolist(), lines.tolist(), strict=True):
        name = snapshot.bag[bag]
        if why := _ineligible(snapshot, bag):
            yield Violation(ViolationCode.INELIGIBLE, name, why)
            continue
        if snapshot.bag_component[bag] != snapshot.line_component[line]:
            yield Violation(
                ViolationCode.WRONG_COMPONENT, name, f"line {snapshot.line[line]} asks for another component"
            )
            continue
        family = snapshot.families[snapshot.bag_component[bag]]
        donor, recipient = GROUPS[snapshot.bag_group[bag]], GROUPS[snapshot.line_recipient[line]]
        if not _may_serve(family, donor, recipient):
            yield Violation(ViolationCode.INCOMPATIBLE, name, f"{donor.value} for {recipient.value}")
        if donor is not recipient and not snapshot.line_substitution[line]:
            yield Violation(
                ViolationCode.SUBSTITUTION, name, f"line {snapshot.line[line]} takes {recipient.value} only"
            )
        if snapshot.bag_expires_us[bag] < snapshot.line_usable_until_us[line]:
            yield Violation(
                ViolationCode.TOO_SHORT_LIVED, name, f"expires before line {snapshot.line[line]} may use it"
            )


def _quantities(plan: Plan, snapshot: Snapshot, lines: Int64s) -> Iterator[Violation]:
    given = np.bincount(lines, minlength=len(snapshot.line))
    stated = {short.line: short.units for short in plan.shortages}
    for row, line in enumerate(snapshot.line):
        missing = int(snapshot.line_quantity[row] - given[row])
        if missing < 0:
            yield Violation(ViolationCode.OVER_QUANTITY, line, f"{-missing} bags too many")
        elif missing != stated.pop(line, 0):
            yield Violation(ViolationCode.SHORTAGE_MISSTATED, line, f"misses {missing} bags")
    for line in stated:
        yield Violation(ViolationCode.SHORTAGE_MISSTATED, line, "named short without need")


def _first_expired_first_out(snapshot: Snapshot, eligible: Bools, bags: Int64s, lines: Int64s) -> Iterator[Violation]:
    """No line holds a bag while an unused one of its kind, older but long-lived enough for the line, stays behind."""
    unused = eligible.copy()
    unused[bags] = False
    key = snapshot.bag_component * len(GROUPS) + snapshot.bag_group
    for kind in np.unique(key[bags]).tolist():
        left = np.sort(snapshot.bag_expires_us[unused & (key == kind)])
        mine = key[bags] == kind
        held, wants = snapshot.bag_expires_us[bags[mine]], snapshot.line_usable_until_us[lines[mine]]
        first = np.searchsorted(left, wants)
        older = np.append(left, np.iinfo(np.int64).max)[first] < held
        for row in bags[mine][older].tolist():
            yield Violation(
                ViolationCode.YOUNGER_BEFORE_OLDER, snapshot.bag[row], "an older bag of its kind would have served"
            )


@dataclass(slots=True)
class _Value:
    """Cost recomputed and value of the prices, summed over components."""

    primal: int = 0
    dual: int = 0


def _optimality(plan: Plan, snapshot: Snapshot, policy: Policy, eligible: Bools, pairs: _Pairs) -> Iterator[Violation]:
    certificate = plan.certificate
    if len(certificate.bag_price) != len(snapshot.bag) or len(certificate.line_price) != len(snapshot.line):
        yield Violation(
            ViolationCode.PRICES_INFEASIBLE, policy.id, "the certificate has another length than the snapshot"
        )
        return
    prices = np.array(certificate.bag_price, dtype=np.int64), np.array(certificate.line_price, dtype=np.int64)
    value = _Value()
    for component in np.unique(snapshot.line_component).tolist():
        yield from _component(snapshot, policy, component, eligible, prices, pairs, value)
    if not value.primal == plan.objective.total == certificate.primal:
        stated = f"{plan.objective.total} and {certificate.primal}"
        yield Violation(ViolationCode.OBJECTIVE_MISSTATED, policy.id, f"the plan costs {value.primal}, stated {stated}")
    if not value.dual == certificate.dual == value.primal:
        yield Violation(ViolationCode.NOT_PROVEN_OPTIMAL, policy.id, f"cost {value.primal}, prices worth {value.dual}")


def _component(
    snapshot: Snapshot,
    policy: Policy,
    component: int,
    eligible: Bools,
    prices: _Pairs,
    pairs: _Pairs,
    value: _Value,
) -> Iterator[Violation]:
    family, name = snapshot.families[component], snapshot.components[component]
    rows = np.flatnonzero(eligible & (snapshot.bag_component == component))
    bucket = (snapshot.bag_expires_us - snapshot.at_us) // (policy.freshness.bucket_hours * _HOUR_US)
    use = policy.freshness.per_bucket * bucket
    horizon = policy.outdate.horizon_days[family] * 24
    outdate = policy.outdate.points * np.maximum(0, horizon - bucket * policy.freshness.bucket_hours) // horizon
    bag_price, line_price = prices
    if (bag_price[rows] > outdate[rows]).any():
        yield Violation(ViolationCode.PRICES_INFEASIBLE, name, "a bag is priced above its outdate cost")
    if _cheaper_pairs(snapshot, policy, component, rows, bag_price - use, line_price):
        yield Violation(ViolationCode.PRICES_INFEASIBLE, name, "an allowed pair is cheaper than its prices")

    mine = snapshot.line_component[pairs[1]] == component
    bags, lines = pairs[0][mine], pairs[1][mine]
    left = np.setdiff1d(rows, bags)
    value.primal += int(use[bags].sum()) + int(outdate[left].sum())
    donors, recipients = snapshot.bag_group[bags], snapshot.line_recipient[lines]
    kinds, counts = np.unique(np.column_stack([donors, recipients]), axis=0, return_counts=True)
    value.primal += sum(
        _mismatch(policy, family, *kind) * int(count) for kind, count in zip(kinds.tolist(), counts, strict=True)
    )
    wanted = snapshot.line_component == component
    value.dual += int(bag_price[rows].sum()) + int((line_price * snapshot.line_quantity)[wanted].sum())
    _bands(
        snapshot, policy, np.flatnonzero(wanted), np.bincount(lines, minlength=len(snapshot.line)), line_price, value
    )


def _mismatch(policy: Policy, family: Family, donor: int, recipient: int) -> int:
    order = preference(family, GROUPS[recipient])
    points = order.index(GROUPS[donor]) * policy.mismatch.step
    spends = (
        GROUPS[recipient].rhd_positive and not GROUPS[donor].rhd_positive and family not in {Family.PLASMA, Family.CRYO}
    )
    return points + (policy.mismatch.rhd_negative if spends else 0)


def _cheaper_pairs(
    snapshot: Snapshot, policy: Policy, component: int, rows: Int64s, net: Int64s, line_price: Int64s
) -> bool:
    """True when some allowed (bag, line) has price(bag) - use(bag) + price(line) > mismatch."""
    family = snapshot.families[component]
    best: dict[int, tuple[Int64s, Int64s]] = {}
    for group in range(len(GROUPS)):
        members = rows[snapshot.bag_group[rows] == group]
        members = members[np.argsort(snapshot.bag_expires_us[members], kind="stable")]
        suffix = np.maximum.accumulate(net[members][::-1])[::-1]  # best net price among bags that last at least as long
        best[group] = snapshot.bag_expires_us[members], suffix
    for line in np.flatnonzero(snapshot.line_component == component).tolist():
        recipient = int(snapshot.line_recipient[line])
        donors = (
            [GROUPS.index(d) for d in preference(family, GROUPS[recipient])]
            if snapshot.line_substitution[line]
            else [recipient]
        )
        for donor in donors:
            expires, suffix = best[donor]
            first = int(np.searchsorted(expires, snapshot.line_usable_until_us[line]))
            if first < len(suffix) and int(suffix[first]) + int(line_price[line]) > _mismatch(
                policy, family, donor, recipient
            ):
                return True
    return False


def _bands(snapshot: Snapshot, policy: Policy, lines: Int64s, given: Int64s, line_price: Int64s, value: _Value) -> None:
    """Cost of what is missing, cheapest bands first, and what the bands' limits take back from the prices."""
    shortage = policy.shortage
    asked: Counter[tuple[int, Tier]] = Counter()
    short: Counter[tuple[int, Tier]] = Counter()
    dearest: dict[tuple[int, Tier], int] = {}
    for line in lines.tolist():
        key = int(snapshot.line_hospital[line]), Tier.of(int(snapshot.line_priority[line]))
        quantity = int(snapshot.line_quantity[line])
        asked[key] += quantity
        short[key] += quantity - int(given[line])
        dearest[key] = max(dearest.get(key, int(line_price[line])), int(line_price[line]))
    for key, total in asked.items():
        left = short[key]
        for band in range(shortage.bands):
            width = total * (band + 1) // shortage.bands - total * band // shortage.bands
            points = shortage.points(key[1]) * (100 + shortage.band_step_percent * band) // 100
            value.primal += min(width, left) * points
            value.dual -= width * max(0, dearest[key] - points)
            left -= min(width, left)
