"""Shocks through the daily inventory model (world.md 7, results table)."""

from statistics import fmean

import pytest

from simulators.rhythm import shocks
from simulators.rhythm.inventory import platelets_under, red_cells_under, rhd_negative_cover_gone_after_d, run
from simulators.rhythm.shocks import SHOCKS, Channel, Phase, Shock

QUIET = Shock("quiet", ())


def test_without_a_shock_cover_grows_by_three_percent_of_supply() -> None:
    outcome = red_cells_under(QUIET)
    assert outcome.short_share == 0.0
    assert outcome.days[9].cover_d == pytest.approx(8.3, abs=0.05)
    assert outcome.days[69].cover_d == pytest.approx(8.0 + 70 * (1 / 0.97 - 1), abs=0.01)


def test_spring_festival() -> None:
    """Cover 8.3 -> 2.0 d, no shortage."""
    outcome = red_cells_under(shocks.SPRING_FESTIVAL)
    assert outcome.highest_cover_d == pytest.approx(8.3, abs=0.1)
    assert outcome.lowest_cover_d == pytest.approx(2.0, abs=0.1)
    assert outcome.short_share == 0.0


def test_pandemic_with_demand_cut_at_once() -> None:
    """Cover 1.6 d at day 65."""
    outcome = red_cells_under(shocks.PANDEMIC)
    assert outcome.lowest_cover_d == pytest.approx(1.6, abs=0.1)
    assert outcome.lowest_on_day == pytest.approx(65, abs=1)
    assert outcome.short_share == 0.0


def test_pandemic_with_demand_cut_late() -> None:
    """Cover 0 at day 30, 8.5 % short."""
    outcome = red_cells_under(shocks.PANDEMIC_LATE_CUT)
    assert outcome.lowest_cover_d == 0.0
    assert outcome.lowest_on_day == pytest.approx(30, abs=1)
    assert outcome.short_share == pytest.approx(0.085, abs=0.005)


@pytest.mark.parametrize(("shock", "peak"), [(shocks.MASS_CASUALTY, 13.0), (shocks.MASS_CASUALTY_CROWD, 19.5)])
def test_mass_casualty_fills_the_stores_and_outdates_nothing(shock: Shock, peak: float) -> None:
    outcome = red_cells_under(shock)
    assert outcome.highest_cover_d == pytest.approx(peak, abs=0.5)
    assert outcome.short_share == outcome.outdated_share == 0.0


def test_mass_casualty_asks_for_360_red_cells_on_the_first_day() -> None:
    casualties = shocks.MASS_CASUALTY.casualties
    assert casualties is not None
    each = (casualties.red_cells_each, casualties.plasma_each, casualties.platelets_each)
    assert [casualties.admissions * units for units in each] == [360, 120, 30]
    usual, shocked = red_cells_under(QUIET), red_cells_under(shocks.MASS_CASUALTY)
    assert shocked.days[10].asked - usual.days[10].asked == pytest.approx(360)


def platelets(shock: Shock, days: int) -> tuple[float, float]:
    outcomes = [platelets_under(shock, seed, days) for seed in range(30)]
    return fmean(run.short_share for run in outcomes), fmean(run.outdated_share for run in outcomes)


def test_platelets_in_an_ordinary_year() -> None:
    """.7 % short, 3.7 % outdated."""
    assert platelets(QUIET, 365) == pytest.approx((0.007, 0.037), abs=0.005)


def test_a_platelet_campaign_leaves_a_shortage_behind() -> None:
    """Short .7 -> 4.4 %."""
    assert platelets(shocks.PLATELET_CAMPAIGN, 70)[0] == pytest.approx(0.044, abs=0.01)


@pytest.mark.xfail(
    strict=True, reason="3.7 -> 6.9 % outdated; this model gives 5.5 %, as it begins with 3 days of cover"
)
def test_a_platelet_campaign_outdates_what_it_collected() -> None:
    assert platelets(shocks.PLATELET_CAMPAIGN, 70)[1] == pytest.approx(0.069, abs=0.01)


def test_rhd_negative_stock_of_8_days_is_gone_in_8_days() -> None:
    assert rhd_negative_cover_gone_after_d(shocks.RHD_NEGATIVE_DROUGHT) == 8


def test_old_stock_goes_first_and_expires() -> None:
    outcome = run([(10.0, 0.0)] * 6, mean_demand=10.0, cover_d=2.0, life_d=3, run_in=0)
    assert [day.outdated for day in outcome.days] == [0.0, 10.0, 10.0, 10.0, 10.0, 10.0]
    outcome = run([(0.0, 15.0)], mean_demand=10.0, cover_d=2.0, life_d=9, run_in=0)
    assert (outcome.days[0].short, outcome.days[0].cover_d) == (0.0, 0.5)
    outcome = run([(10.0, 30.0)], mean_demand=10.0, cover_d=1.0, life_d=9, usable_from_d=1, run_in=0)
    assert (outcome.days[0].short, outcome.days[0].cover_d) == (20.0, 1.0)


@pytest.mark.parametrize("shock", SHOCKS.values(), ids=SHOCKS)
def test_a_shock_ends(shock: Shock) -> None:
    for channel in Channel:
        assert shock.factor(channel, -1) == 1.0
        assert shock.factor(channel, shock.last_day + 1) == 1.0
    assert any(shock.factor(channel, shock.last_day) != 1.0 for channel in Channel)


def test_phases_of_one_channel_multiply_where_they_overlap() -> None:
    shock = Shock("two", (Phase(Channel.SUPPLY, 0.5, 0, 4), Phase(Channel.SUPPLY, 0.5, 2, 4)))
    assert [shock.factor(Channel.SUPPLY, day) for day in range(7)] == [0.5, 0.5, 0.25, 0.25, 0.5, 0.5, 1.0]
