"""The out-of-control clock: cumulative over life, never put back by a return, unknown never taken for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.evidence import Evidence
from blood.out_of_control import ExposureVerdict, OutEvent, OutOfControlRule, judge

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SAID = Evidence("test", "S")
CN = OutOfControlRule(return_ok_min=30, evidence=SAID, transfuse_within_h=4)
UK = OutOfControlRule(
    return_ok_min=30, evidence=SAID, quarantine_ok_min=60, quarantine_h=6, max_events=3, max_c=10, transfuse_within_h=4
)
THAWED = OutOfControlRule(return_ok_min=30, evidence=SAID, max_events=1)
OK, REST, NEVER, UNKNOWN = (
    ExposureVerdict.OK,
    ExposureVerdict.QUARANTINE,
    ExposureVerdict.NOT_FOR_REISSUE,
    ExposureVerdict.UNKNOWN,
)


def out(hours_ago: float, minutes: float | None, **more: float) -> OutEvent:
    begin = NOW - timedelta(hours=hours_ago)
    return OutEvent(begin, None if minutes is None else begin + timedelta(minutes=minutes), **more)


# rule, times out as (hours ago, minutes; None: still out), what the rule book says
TABLE = [
    (CN, [], OK),
    (CN, [(2, 30)], OK),
    (CN, [(2, 31)], NEVER),
    (CN, [(200, 15), (100, 15)], OK),
    (CN, [(200, 15), (100, 16)], NEVER),
    (CN, [(0.4, None)], OK),
    (CN, [(0.6, None)], NEVER),
    (CN, [(100, 20), (0.25, None)], NEVER),
    (UK, [(2, 30)], OK),
    (UK, [(2, 31)], REST),
    (UK, [(2, 60)], REST),
    (UK, [(2, 61)], NEVER),
    (UK, [(8, 60)], OK),
    (UK, [(7, 60)], OK),
    (UK, [(6.99, 60)], REST),
    (UK, [(3, 25), (2, 25)], REST),
    (UK, [(4, 25), (3, 25), (2, 25)], NEVER),
    (UK, [(300, 40), (200, 40), (100, 40)], OK),
    (UK, [(400, 40), (300, 40), (200, 40), (100, 40)], NEVER),
    (UK, [(400, 20), (300, 20), (200, 20), (100, 20), (50, 20)], OK),
    (UK, [(0.75, None)], REST),
    (UK, [(1.1, None)], NEVER),
    (UK, [(300, 61), (1, 1)], NEVER),
    (THAWED, [(3, 10)], OK),
    (THAWED, [(3, 10), (2, 10)], NEVER),
    (None, [], OK),
    (None, [(2, 1)], UNKNOWN),
]


@pytest.mark.parametrize(("rule", "times", "verdict"), TABLE)
def test_the_rule_book_decides(
    rule: OutOfControlRule | None, times: list[tuple[float, float | None]], verdict: ExposureVerdict
) -> None:
    events = [out(*time) for time in times]
    assert judge(rule, events, NOW).verdict is verdict
    assert judge(rule, events[::-1], NOW).verdict is verdict


def test_a_quarantine_says_when_it_ends_and_waits_for_a_bag_that_is_out() -> None:
    back = judge(UK, [out(2, 45)], NOW)
    assert back.until == NOW - timedelta(hours=2) + timedelta(minutes=45, hours=6)
    still_out = judge(UK, [out(0.75, None)], NOW)
    assert (still_out.verdict, still_out.until) == (REST, None)


def test_what_was_measured_too_warm_never_goes_back() -> None:
    assert judge(UK, [out(2, 5, max_c=10.1)], NOW).verdict is NEVER
    assert judge(UK, [out(2, 5, max_c=10.0)], NOW).verdict is OK


def test_time_of_which_nobody_knows_is_unknown_unless_it_is_already_too_long() -> None:
    assert judge(CN, [out(2, 5, unwatched_min=5)], NOW).verdict is UNKNOWN
    assert judge(CN, [out(2, 31, unwatched_min=5)], NOW).verdict is NEVER


def test_the_clock_tells_what_is_left_and_until_when_it_must_be_transfused() -> None:
    exposure = judge(CN, [out(10, 10), out(0.25, None)], NOW)
    assert (exposure.minutes_total, exposure.longest_min, exposure.minutes_left) == (25, 15, 5)
    assert exposure.transfuse_by == NOW - timedelta(hours=0.25) + timedelta(hours=4)
    inside = judge(CN, [out(10, 10)], NOW)
    assert (inside.minutes_left, inside.transfuse_by) == (20, None)
    assert judge(UK, [out(20, 50)], NOW).minutes_left == 60
    assert judge(UK, [], NOW).minutes_left == 60


def test_what_happens_later_is_not_counted_yet() -> None:
    assert judge(CN, [OutEvent(NOW + timedelta(hours=1), None)], NOW).minutes_total == 0


def test_an_event_that_ends_before_it_begins_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        judge(CN, [OutEvent(NOW - timedelta(hours=1), NOW - timedelta(hours=2))], NOW)


times = st.lists(st.tuples(st.integers(1, 2_000), st.integers(0, 120)), max_size=6)


@given(st.sampled_from([CN, UK]), times, st.integers(1, 2_000), st.integers(1, 120))
def test_one_more_time_out_never_makes_a_bag_better(
    rule: OutOfControlRule, known: list[tuple[int, int]], hours: int, minutes: int
) -> None:
    events = [out(ago, for_min) for ago, for_min in known]
    before, after = judge(rule, events, NOW), judge(rule, [*events, out(hours, minutes)], NOW)
    if before.verdict is NEVER:
        assert after.verdict is NEVER
    assert after.minutes_total > before.minutes_total


@given(times, st.integers(0, 500))
def test_without_a_quarantine_rule_every_minute_of_life_counts(known: list[tuple[int, int]], later_h: int) -> None:
    events = [out(ago, for_min) for ago, for_min in known]
    at = NOW + timedelta(hours=later_h)
    counted = sum((min(one.in_at, at) - one.out_at).total_seconds() / 60 for one in events if one.in_at is not None)
    assert (judge(CN, events, at).verdict is NEVER) == (counted > 30)
