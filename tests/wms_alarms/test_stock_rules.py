"""Phases with hysteresis, bags that go to waste, and transfers between centres: pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.stock.cover import BETTER_BY, Phase, PlanDays, phase_of, settled_phase
from wms.stock.imbalance import Holding, imbalance
from wms.stock.near_expiry import near_expiry, unused

PLAN = PlanDays(red_days=1.5, amber_days=3.0, preamber_days=4.0, target_days=6.0)
ORDER = list(Phase)
some_days = st.one_of(st.none(), st.floats(0, 20))


def test_a_phase_gets_worse_at_its_bound() -> None:
    assert settled_phase(Phase.PREAMBER, 2.99, PLAN) is Phase.AMBER


def test_a_phase_gets_better_only_a_tenth_beyond_its_bound() -> None:
    assert settled_phase(Phase.AMBER, 3.2, PLAN) is Phase.AMBER
    assert settled_phase(Phase.AMBER, 3.31, PLAN) is Phase.PREAMBER


def test_one_bag_to_and_fro_around_a_bound_changes_the_phase_once() -> None:
    phase, changes = Phase.PREAMBER, 0
    for days in [2.95, 3.05] * 10:
        settled = settled_phase(phase, days, PLAN)
        changes += settled is not phase
        phase = settled
    assert changes == 1


def test_a_delivery_may_jump_over_phases() -> None:
    assert settled_phase(Phase.RED, 9.0, PLAN) is Phase.GREEN
    assert settled_phase(Phase.RED, 4.2, PLAN) is Phase.PREAMBER


@given(before=st.one_of(st.none(), st.sampled_from(ORDER)), days=some_days)
def test_a_settled_phase_is_never_better_than_the_cover_says(before: Phase | None, days: float | None) -> None:
    assert ORDER.index(settled_phase(before, days, PLAN)) >= ORDER.index(phase_of(days, PLAN))


@given(before=st.sampled_from(ORDER), days=st.floats(0, 20))
def test_a_settled_phase_is_never_worse_than_both_the_old_one_and_the_cover(before: Phase, days: float) -> None:
    worst = max(ORDER.index(before), ORDER.index(phase_of(days, PLAN)))
    assert ORDER.index(settled_phase(before, days, PLAN)) <= worst


@given(before=st.sampled_from(ORDER), days=st.floats(0, 20))
def test_settling_twice_changes_nothing(before: Phase, days: float) -> None:
    once = settled_phase(before, days, PLAN)
    assert settled_phase(once, days, PLAN) is once


@pytest.mark.parametrize(
    ("days_left", "daily_use", "lost"),
    [
        ([], 1.0, 0),
        ([1.0, 2.0, 3.0], 1.0, 0),
        ([0.5, 2.0, 3.0], 1.0, 1),
        ([0.4, 0.4, 0.4, 0.4], 10.0, 0),
        ([0.4, 0.4, 0.4, 0.4, 0.4], 10.0, 1),
        ([5.0, 5.0], 0.0, 2),
        ([3.0, 1.0, 2.0], 1.0, 0),
    ],
)
def test_bags_that_expire_before_their_turn_are_lost(days_left: list[float], daily_use: float, lost: int) -> None:
    found = unused(days_left, daily_use)
    assert len(found) == lost
    assert [days_left[bag] for bag in found] == sorted(days_left[bag] for bag in found)


@given(st.lists(st.floats(0.01, 30), max_size=30), st.floats(0.1, 20))
def test_more_use_never_loses_more(days_left: list[float], daily_use: float) -> None:
    assert len(unused(days_left, daily_use * 2)) <= len(unused(days_left, daily_use)) <= len(days_left)


def test_only_what_expires_within_the_horizon_is_near() -> None:
    found = near_expiry("RBC_S", "O+", [0.5, 4.0, 9.0], 1.0, 5.0)
    assert found is not None
    assert (found.expiring, found.at_risk, found.first_days) == (2, 1, 0.5)
    assert near_expiry("RBC_S", "O+", [9.0], 1.0, 5.0) is None


def test_a_short_centre_gets_from_the_one_with_most() -> None:
    found = imbalance(
        "RBC_S", "O+", [Holding("a", 10, 9.0), Holding("b", 120, 10.0), Holding("c", 40, 6.0)], PLAN, standing=False
    )
    assert found is not None
    assert (found.from_site, found.to_site, found.bags) == ("b", "a", 44)


def test_the_sender_keeps_its_target() -> None:
    found = imbalance("RBC_S", "O+", [Holding("a", 0, 9.0), Holding("b", 67, 10.0)], PLAN, standing=False)
    assert found is not None
    assert found.bags == 7


def test_a_centre_that_does_not_tell_its_use_neither_gives_nor_takes() -> None:
    assert imbalance("RBC_S", "O+", [Holding("a", 0, 9.0), Holding("b", 900, None)], PLAN, standing=False) is None


def test_an_imbalance_ends_a_tenth_beyond_the_bound_at_which_it_began() -> None:
    holdings = [Holding("a", 31, 10.0), Holding("b", 120, 10.0)]
    assert imbalance("RBC_S", "O+", holdings, PLAN, standing=False) is None
    assert imbalance("RBC_S", "O+", holdings, PLAN, standing=True) is not None
    assert PLAN.amber_days * BETTER_BY > 3.1


def test_a_sender_offers_from_a_tenth_above_its_target_and_goes_on_down_to_it() -> None:
    holdings = [Holding("a", 0, 10.0), Holding("b", 63, 10.0)]
    assert imbalance("RBC_S", "O+", holdings, PLAN, standing=False) is None
    assert imbalance("RBC_S", "O+", holdings, PLAN, standing=True) is not None
    assert imbalance("RBC_S", "O+", [holdings[0], Holding("b", 60, 10.0)], PLAN, standing=True) is None


@given(st.lists(st.tuples(st.integers(0, 200), st.one_of(st.none(), st.floats(0, 20))), max_size=5), st.booleans())
def test_a_transfer_never_leaves_the_sender_below_its_target(cells, standing) -> None:
    holdings = [Holding(str(number), bags, use) for number, (bags, use) in enumerate(cells)]
    found = imbalance("RBC_S", "O+", holdings, PLAN, standing=standing)
    if found is not None:
        sender = holdings[int(found.from_site)]
        assert 1 <= found.bags <= sender.bags
        assert sender.bags - found.bags >= PLAN.target_days * sender.daily_use - 1e-6
