"""What a plan must respect and what the judge must catch."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from allocation_world import POLICY, bag, large, line, snapshot_of

from allocation.model import PolicyError, SnapshotError, Tier, parse_policy
from allocation.plan import Assignment, ShortReason
from allocation.solve import allocate
from allocation.verify import ViolationCode, verify
from blood.eligibility import Zone


def _given(bags: list, lines: list) -> dict[str, list[str]]:
    snapshot = snapshot_of(bags, lines)
    plan = allocate(snapshot, POLICY)
    assert verify(plan, snapshot, POLICY) == []
    answer: dict[str, list[str]] = {}
    for assignment in plan.assignments:
        answer.setdefault(assignment.line, []).append(assignment.bag)
    return answer


def test_the_first_to_expire_goes_first() -> None:
    bags = [bag("late", days=9), bag("early", days=2), bag("middle", days=5)]
    assert _given(bags, [line("l", quantity=2)]) == {"l": ["early", "middle"]}


def test_within_one_day_the_hour_decides() -> None:
    bags = [bag("b", days=5.8), bag("a", days=5.1), bag("c", days=5.4)]
    assert _given(bags, [line("l"), line("m", days=5.3)]) == {"l": ["a"], "m": ["c"]}


def test_of_equal_expiry_the_nearest_is_fetched() -> None:
    assert _given([bag("a", retrieval=9), bag("z", retrieval=1)], [line("l")]) == {"l": ["z"]}


def test_a_bag_that_expires_before_it_may_be_used_is_passed_over() -> None:
    assert _given([bag("soon", days=2), bag("later", days=8)], [line("l", days=3)]) == {"l": ["later"]}


def test_an_identical_bag_is_preferred_to_a_compatible_one() -> None:
    assert _given([bag("o", "O+", 5), bag("a", "A+", 9)], [line("l", "A+")]) == {"l": ["a"]}


def test_a_compatible_bag_serves_when_nothing_identical_is_there() -> None:
    assert _given([bag("o", "O+")], [line("l", "A+")]) == {"l": ["o"]}


def test_rhd_negative_cells_are_kept_for_those_who_need_them() -> None:
    bags = [bag("neg", "O-", 3), bag("pos", "O+", 3)]
    assert _given(bags, [line("p", "O+"), line("n", "O-")]) == {"p": ["pos"], "n": ["neg"]}


def test_a_line_without_substitution_takes_its_own_group_only() -> None:
    assert _given([bag("o", "O+")], [line("l", "A+", substitution=False)]) == {}


@pytest.mark.parametrize("other", [{"zone": Zone.QUARANTINE}, {"refused": "hold: recall"}])
def test_a_bag_that_may_not_be_reserved_takes_no_part(other: dict[str, object]) -> None:
    assert _given([bag("b", **other)], [line("l")]) == {}


def test_an_emergency_is_served_before_any_number_of_routine_bags() -> None:
    bags = [bag(f"b{n}") for n in range(3)]
    lines = [
        line("routine", quantity=50, hospital="big"),
        line("urgent", quantity=2, priority=2),
        line("first", quantity=2, priority=1),
    ]
    given = _given(bags, lines)
    assert {name: len(bags) for name, bags in given.items()} == {"first": 2, "urgent": 1}


def test_scarcity_is_shared_between_hospitals_in_proportion() -> None:
    bags = [bag(f"b{n}") for n in range(30)]
    given = _given(bags, [line("small", quantity=20, hospital="small"), line("large", quantity=40, hospital="large")])
    assert {name: len(bags) for name, bags in given.items()} == {"small": 10, "large": 20}


@pytest.mark.parametrize(("priority", "tier"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, 2)])
def test_priority_classes_fall_into_three_tiers(priority: int, tier: int) -> None:
    assert Tier.of(priority) == tier


def test_no_demand_is_exceeded_and_no_bag_is_used_twice_in_a_large_book() -> None:
    bags, lines = large(21, 2_000, 150, 1.3)
    plan = allocate(snapshot_of(bags, lines), POLICY)
    assert max(Counter(a.bag for a in plan.assignments).values()) == 1
    given = Counter(a.line for a in plan.assignments)
    short = {s.line: s.units for s in plan.shortages}
    assert all(given[one.line] + short.get(one.line, 0) == one.quantity for one in lines)


def _judge(assignments: list[tuple[str, str]]) -> set[ViolationCode]:
    bags = [
        bag("a1", "A+", 5),
        bag("a2", "A+", 6),
        bag("o", "O+", 5),
        bag("ab", "AB+", 5),
        bag("held", "A+", 7, refused="hold"),
        bag("quarantined", "A+", 7, zone=Zone.QUARANTINE),
        bag("expired", "A+", -1),
        bag("soon", "A+", 0.5),
        bag("plasma", "A+", 50, "FFP"),
    ]
    snapshot = snapshot_of(bags, [line("l", "A+", 2, 1), line("strict", "A+", 1, 1, substitution=False)])
    plan = allocate(snapshot, POLICY)
    changed = msgspec.structs.replace(plan, assignments=tuple(Assignment(*pair) for pair in assignments))
    return {violation.code for violation in verify(changed, snapshot, POLICY)}


@pytest.mark.parametrize(
    ("assignments", "code"),
    [
        ([("a1", "l"), ("a1", "strict")], ViolationCode.BAG_TWICE),
        ([("nobody", "l")], ViolationCode.UNKNOWN_BAG),
        ([("a1", "nowhere")], ViolationCode.UNKNOWN_LINE),
        ([("ab", "l")], ViolationCode.INCOMPATIBLE),
        ([("o", "strict")], ViolationCode.SUBSTITUTION),
        ([("held", "l")], ViolationCode.INELIGIBLE),
        ([("quarantined", "l")], ViolationCode.INELIGIBLE),
        ([("expired", "l")], ViolationCode.INELIGIBLE),
        ([("soon", "l")], ViolationCode.TOO_SHORT_LIVED),
        ([("plasma", "l")], ViolationCode.WRONG_COMPONENT),
        ([("a1", "strict"), ("a2", "strict")], ViolationCode.OVER_QUANTITY),
        ([("a2", "strict")], ViolationCode.YOUNGER_BEFORE_OLDER),
        ([], ViolationCode.SHORTAGE_MISSTATED),
    ],
)
def test_the_judge_names_every_broken_rule(assignments: list[tuple[str, str]], code: ViolationCode) -> None:
    assert code in _judge(assignments)


def test_the_judge_refuses_a_plan_for_another_instant_or_policy() -> None:
    snapshot = snapshot_of([bag("a")], [line("l")])
    plan = allocate(snapshot, POLICY)
    assert verify(msgspec.structs.replace(plan, at_us=0), snapshot, POLICY)[0].code is ViolationCode.WRONG_SNAPSHOT
    assert verify(plan, snapshot, msgspec.structs.replace(POLICY, id="other"))[0].code is ViolationCode.WRONG_POLICY


@pytest.mark.parametrize(
    ("bags", "wanted", "reason"),
    [
        ([], {}, ShortReason.NO_STOCK),
        ([bag("o", "O+")], {"substitution": False}, ShortReason.SUBSTITUTION_REFUSED),
        ([bag("a", "A+", 2)], {"days": 5}, ShortReason.TOO_SHORT_LIVED),
        ([bag("a", "A+", refused="hold: temperature")], {}, ShortReason.BAGS_REFUSED),
        ([bag("a", "A+")], {"quantity": 2}, ShortReason.MORE_URGENT_DEMAND),
    ],
)
def test_a_short_line_says_which_single_change_would_help(bags: list, wanted: dict, reason: ShortReason) -> None:
    plan = allocate(snapshot_of(bags, [line("l", "A+", **wanted)]), POLICY)
    assert [(short.line, short.units, short.reason) for short in plan.shortages] == [("l", 1, reason)]
    assert plan.shortages[0].shadow_price >= POLICY.shortage.routine


@pytest.mark.parametrize(
    ("bags", "lines", "what"),
    [
        ([bag("a"), bag("a")], [], "twice"),
        ([], [line("l"), line("l")], "twice"),
        ([bag("a", component="XX")], [], "component"),
        ([], [line("l", component="XX")], "component"),
        ([], [line("l", quantity=0)], "asks for 0"),
        ([], [line("l", priority=6)], "0..5"),
    ],
)
def test_contradictory_rows_are_refused_by_name(bags: list, lines: list, what: str) -> None:
    with pytest.raises(SnapshotError, match=what):
        snapshot_of(bags, lines)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("bands = 20", "bands = 0", "band"),
        ("bands = 20", "bands = 20\nextra = 1", "extra"),
        ("routine = 100_000_000", "routine = 1", "fall"),
        ("cryo = 14", "", "cryo"),
        ("per_bucket = 1", "per_bucket = -1", "freshness"),
        ("[shortage]", "[shortage", "Allocation policy"),
    ],
)
def test_an_impossible_policy_is_refused_by_key(old: str, new: str, what: str) -> None:
    from importlib import resources

    text = (resources.files("allocation") / "policies" / "standard-1.toml").read_text(encoding="utf-8")
    assert parse_policy(text).digest == POLICY.digest
    with pytest.raises(PolicyError, match=what):
        parse_policy(text.replace(old, new))
