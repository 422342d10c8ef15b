"""When donors come, when vans arrive, when the laboratory answers (world.md 1.2)."""

import math
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean, pstdev, quantiles
from zoneinfo import ZoneInfo

import pytest
from rhythm_sampling import by_chance

from simulators.chance import draw
from simulators.rhythm import arrivals
from simulators.rhythm.days import demand_factor, donations_on, holiday, noise, supply_factor
from simulators.rhythm.feasts import UnknownFeastError, fasting_months, spring_festivals
from simulators.rhythm.profiles import CHINA, PROFILES, Profile
from simulators.rhythm.sampling import parts_of, poisson, split_evenly
from simulators.rhythm.shocks import TERM_START, Channel, DatedShock

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 5, 13)
YEARS = [date(2022, 1, 1) + timedelta(days=number) for number in range(6 * 365)]


def test_a_site_of_500_donations_lives_between_190_and_900() -> None:
    counts = [donations_on(1, CHINA, 500.0, day) for day in YEARS if holiday(CHINA, Channel.SUPPLY, day) == 1.0]
    assert fmean(counts) == pytest.approx(500.0, rel=0.03)
    inside = sum(190 <= count <= 900 for count in counts) / len(counts)
    assert inside > 0.98
    assert min(counts) < 230
    assert max(counts) > 850


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_weekdays_and_months_keep_their_ratios(profile: Profile) -> None:
    """The noise has a log-sd of about .4 and a memory of two days: a mean of 300 days is good to about 4 %."""
    ordinary = [day for day in YEARS if holiday(profile, Channel.SUPPLY, day) == 1.0]
    factors = {day: supply_factor(3, profile, day) / profile.months[day.month - 1] for day in ordinary}
    for weekday, ratio in enumerate(profile.weekdays):
        found = fmean(value for day, value in factors.items() if day.weekday() == weekday)
        assert found == pytest.approx(ratio, rel=0.08)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_the_noise_is_a_truncated_ar_1_with_mean_one(profile: Profile) -> None:
    values = [noise(5, profile, day) for day in YEARS]
    assert fmean(values) == pytest.approx(1.0, abs=0.04)
    low, high = profile.noise_range
    scale = high / max(values)
    assert scale == pytest.approx(low / min(values), rel=0.15)
    logs = [math.log(value) for value in values]
    mean, sd = fmean(logs), pstdev(logs)
    for lag, expected in ((1, 0.42), (2, 0.18), (3, 0.07)):
        pairs = zip(logs[lag:], logs, strict=False)
        assert fmean((a - mean) * (b - mean) for a, b in pairs) / sd**2 == pytest.approx(expected, abs=0.09)


def test_a_day_is_the_same_whoever_asks_first() -> None:
    late_first = [noise(9, CHINA, day) for day in reversed(YEARS[:40])]
    assert late_first[::-1] == [noise(9, CHINA, day) for day in YEARS[:40]]
    assert noise(9, CHINA, DAY) != noise(10, CHINA, DAY)


def test_spring_festival_empties_the_chairs() -> None:
    (first,) = spring_festivals(2026)
    assert first == date(2026, 2, 14)
    assert [holiday(CHINA, Channel.SUPPLY, first + timedelta(days=n)) for n in (-1, 0, 9, 10, 19, 20)] == [
        1.0, 0.45, 0.45, 0.75, 0.75, 1.0,
    ]  # fmt: skip
    assert holiday(CHINA, Channel.DEMAND, first + timedelta(days=9)) == 1.10


def test_a_feast_whose_date_nobody_wrote_down_is_an_error() -> None:
    with pytest.raises(UnknownFeastError, match="2054"):
        supply_factor(1, CHINA, date(2055, 3, 1))


@pytest.mark.parametrize(
    ("year", "first"), [(2012, (7, 20)), (2014, (6, 28)), (2016, (6, 7)), (2018, (5, 17)), (2026, (2, 18))]
)
def test_the_fasting_month_moves_through_the_year(year: int, first: tuple[int, int]) -> None:
    (found,) = fasting_months(year)
    assert abs(found - date(year, *first)) <= timedelta(days=2)
    assert len(fasting_months(2030)) == 2


def test_a_shock_multiplies_only_its_days() -> None:
    shock = DatedShock(TERM_START, DAY)
    before, inside = supply_factor(1, CHINA, DAY - timedelta(days=1), [shock]), supply_factor(1, CHINA, DAY, [shock])
    assert before == supply_factor(1, CHINA, DAY - timedelta(days=1))
    assert inside == pytest.approx(1.6 * supply_factor(1, CHINA, DAY))


def test_demand_follows_the_week() -> None:
    week = [demand_factor(CHINA, date(2026, 5, 11) + timedelta(days=n)) for n in range(7)]
    assert fmean(week) == pytest.approx(1.0)
    assert week[6] / week[0] == pytest.approx(0.70)


def test_donations_come_between_8_and_21_in_their_hours() -> None:
    times = [at for number in range(40) for at in arrivals.donation_times(number, DAY, 500, ZONE)]
    hours = Counter(at.hour for at in times)
    assert set(hours) == set(range(8, 21))
    for hour, share in arrivals.DONATION_HOURS.items():
        assert hours[hour] / len(times) == by_chance(share, len(times))
    assert math.fsum(arrivals.DONATION_HOURS.values()) == pytest.approx(1.0)


def test_vans_bring_every_donation_once_after_it_was_given() -> None:
    """Runs at 12:30, 15:30, 18:00, 20:30 and 07:30 next day, +- 20 min, 28 20 27 20 5 %, 40-80 bags a van."""
    shares: Counter[time] = Counter()
    for seed in range(20):
        times = arrivals.donation_times(seed, DAY, 500, ZONE)
        loads = arrivals.van_loads(seed, DAY, times)
        assert sorted(index for load in loads for index in load.donations) == list(range(500))
        for load in loads:
            assert len(load.donations) <= 80
            assert all(times[index] < load.at for index in load.donations)
            run = min(arrivals.RUNS, key=lambda run: abs(_at(run) - load.at))
            assert abs(_at(run) - load.at) <= timedelta(minutes=20)
            assert len(load.donations) >= 40 or run.next_day
            shares[run.at] += len(load.donations)
    for run in arrivals.RUNS:
        assert shares[run.at] / (20 * 500) == pytest.approx(run.share)


def _at(run: arrivals.Run) -> datetime:
    return datetime.combine(DAY + timedelta(days=run.next_day), run.at, ZONE)


def test_a_small_day_still_reaches_the_portal() -> None:
    for count in (0, 1, 3, 24):
        times = arrivals.donation_times(4, DAY, count, ZONE)
        loads = arrivals.van_loads(4, DAY, times)
        assert sum(len(load.donations) for load in loads) == count
        assert all(load.at > times[load.donations[-1]] for load in loads)


def test_separation_comes_5_hours_after_collection() -> None:
    """Median 5 h, 95 % below 7.5 h, 3 % late."""
    chance = draw(1, "separation")
    delays = sorted(arrivals.separation_delay_h(chance) for _ in range(20_000))
    assert delays[10_000] == pytest.approx(5.0, abs=0.05)
    assert quantiles(delays, n=20)[-1] == pytest.approx(7.5, abs=0.12)
    assert sum(delay > arrivals.LATE_AFTER_H for delay in delays) / len(delays) == pytest.approx(0.03, abs=0.005)


def test_results_come_the_next_afternoon_and_release_follows() -> None:
    chance = draw(2, "results")
    received = datetime(2026, 5, 13, 20, 40, tzinfo=ZONE)
    results = [arrivals.results_at(chance, received) for _ in range(10_000)]
    days = Counter(at.date() for at in results)
    assert set(days) == {date(2026, 5, 14), date(2026, 5, 15)}
    assert days[date(2026, 5, 15)] / 10_000 == by_chance(arrivals.REPEATED, 10_000)
    assert {at.time() for at in results} == {time(13, 30), time(14, 0), time(14, 30)}
    assert arrivals.results_at(chance, received.replace(hour=21, minute=1)).date() > date(2026, 5, 14)
    for at in results[:500]:
        released = arrivals.release_at(chance, at)
        assert released.date() == at.date()
        assert time(14, 30) <= released.time() <= time(17, 0)


def test_poisson_numbers_have_equal_mean_and_variance() -> None:
    chance = draw(1, "poisson")
    for mean in (0.3, 7.0, 95.0):
        numbers = [poisson(chance, mean) for _ in range(8_000)]
        assert fmean(numbers) == pytest.approx(mean, rel=0.06)
        assert pstdev(numbers) ** 2 == pytest.approx(mean, rel=0.08)
    assert poisson(chance, 0.0) == 0


def test_parts_always_add_up() -> None:
    for count in range(60):
        assert sum(parts_of(count, [0.28, 0.20, 0.27, 0.20, 0.05])) == count
        if count:
            assert sum(split_evenly(count, 7)) == count
            assert max(split_evenly(count, 7)) <= 7


def test_the_zone_of_a_time_is_the_sites() -> None:
    (at, *_) = arrivals.donation_times(1, DAY, 5, ZONE)
    assert 8 <= at.hour <= 20
    assert at.astimezone(UTC).hour == (at.hour - 8) % 24
