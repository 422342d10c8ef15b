"""What hospitals order and what becomes of it (world.md 1.2, 1.5)."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import cache
from statistics import fmean, median, quantiles
from zoneinfo import ZoneInfo

import pytest
from rhythm_sampling import by_chance

from plant.model import HospitalSize
from simulators.chance import draw
from simulators.rhythm import demand, hospitals
from simulators.rhythm.demand import Line, OrderKind, SpecialNeed, Urgency, Wanted
from simulators.rhythm.donations import Product
from simulators.rhythm.frequencies import Region
from simulators.rhythm.hospitals import HABITS, Fate
from simulators.rhythm.profiles import CHINA
from simulators.rhythm.shocks import PANDEMIC, DatedShock

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 5, 11)
LARGE, MEDIUM, SMALL = HospitalSize.LARGE, HospitalSize.MEDIUM, HospitalSize.SMALL


def lines(size: HospitalSize, day: date, hospital: str = "h", **more: object) -> list[Line]:
    return demand.lines_on(4, hospital, size, day, profile=CHINA, region=Region.EAST, zone=ZONE, **more)  # type: ignore[arg-type]  # keyword arguments of one call


@cache
def weeks() -> tuple[Line, ...]:
    """Lines of 60 large hospitals over ten weeks: about 58 000."""
    days = [MONDAY + timedelta(days=number) for number in range(70)]
    return tuple(line for number in range(60) for day in days for line in lines(LARGE, day, f"h{number}"))


def share(test: Callable[[Line], bool]) -> tuple[float, int]:
    found = [test(line) for line in weeks()]
    return sum(found) / len(found), len(found)


@pytest.mark.parametrize(("size", "expected"), [(LARGE, 14.0), (MEDIUM, 7.0), (SMALL, 2.0)])
def test_lines_a_day_by_size(size: HospitalSize, expected: float) -> None:
    counts = [len(lines(size, MONDAY + timedelta(days=number), f"n{number % 9}")) for number in range(700)]
    assert fmean(counts) == pytest.approx(expected, rel=0.07)


def test_a_smaller_site_has_fewer_lines_not_smaller_ones() -> None:
    counts = [len(lines(LARGE, MONDAY + timedelta(days=number), scale=0.1)) for number in range(700)]
    assert fmean(counts) == pytest.approx(1.4, rel=0.1)


@pytest.mark.parametrize("kind", OrderKind)
def test_kinds_of_lines(kind: OrderKind) -> None:
    """Stock 70, standing 10, patient 17, emergency 3 %; spikes make hours, not lines, alike: four times the error."""
    found, _ = share(lambda line: line.kind is kind)
    assert found == pytest.approx(demand.KINDS[kind], abs=0.008)


@pytest.mark.parametrize("wanted", Wanted)
def test_component_mix(wanted: Wanted) -> None:
    found, n = share(lambda line: line.wanted is wanted)
    assert found == by_chance(demand.WANTED[wanted], n)


@pytest.mark.parametrize(("size", "expected"), [(LARGE, 8), (MEDIUM, 4), (SMALL, 2)])
def test_red_cells_per_line(size: HospitalSize, expected: int) -> None:
    chance = draw(2, "sizes", size)
    quantities = [demand.quantity_of(chance, Wanted.RED_CELLS, size) for _ in range(5_000)]
    assert median(quantities) == expected
    assert min(quantities) == 1
    assert max(quantities) <= 40
    if size is LARGE:
        assert quantiles(quantities, n=100)[-1] == pytest.approx(40, abs=2)


def test_special_needs_are_of_patient_lines_only() -> None:
    assert {line.need for line in weeks() if line.kind is not OrderKind.PATIENT} == {None}
    patients = [line for line in weeks() if line.kind is OrderKind.PATIENT]
    needs = Counter(line.need for line in patients)
    for need, expected in demand.NEEDS.items():
        assert needs[need] / len(patients) == pytest.approx(expected, rel=0.2)
    platelets = [line for line in patients if line.wanted is Wanted.PLATELETS]
    assert needs[SpecialNeed.HLA_SELECTED] / len(platelets) == by_chance(0.04, len(platelets))


def test_only_an_antigen_negative_line_names_what_to_avoid() -> None:
    for line in weeks():
        assert (line.avoid is not None) == (line.need is SpecialNeed.ANTIGEN_NEGATIVE)
        if line.need is not None:
            assert line.wanted in (Wanted.RED_CELLS, Wanted.PLATELETS)


def test_rhd_negative_lines() -> None:
    found, n = share(lambda line: not line.group.rhd_positive)
    assert found == by_chance(0.004, n)


@pytest.mark.parametrize("urgency", Urgency)
def test_hours_of_the_day_by_urgency(urgency: Urgency) -> None:
    tables = {
        Urgency.ROUTINE: demand.ROUTINE_HOURS,
        Urgency.URGENT: demand.URGENT_HOURS,
        Urgency.EMERGENCY: demand.EMERGENCY_HOURS,
    }
    table = tables[urgency]
    assert sum(table.values()) == pytest.approx(1.0)
    hours = [line.at.hour for line in weeks() if line.urgency is urgency]
    counts = Counter(hours)
    assert set(counts) <= set(table)
    for hour, expected in table.items():  # lines of one spike hour come together: three times the error of single lines
        assert counts[hour] / len(hours) == pytest.approx(expected, abs=3 * 4 * (expected / len(hours)) ** 0.5)


def test_spikes_are_few_hours_and_carry_a_third_of_the_components() -> None:
    """16 % of hours carry 36 % of components; 9 / 19 / 18 % of day, evening and night hours."""
    chance = draw(8, "spikes")
    hours: Counter[str] = Counter()
    spikes: Counter[str] = Counter()
    carried = total = 0.0
    for number in range(240_000):
        hour = number % 24
        factor = demand.spike_factor(chance, hour)
        hours[demand.shift_of(hour)] += 1
        total += demand.hour_weight(hour) * factor
        if factor > 1.0:
            spikes[demand.shift_of(hour)] += 1
            carried += demand.hour_weight(hour) * factor
    for shift, expected in demand.SPIKE_SHARE.items():
        assert spikes[shift] / hours[shift] == by_chance(expected, hours[shift])
    assert spikes.total() / hours.total() == pytest.approx(0.16, abs=0.01)
    assert carried / total == pytest.approx(0.36, abs=0.01)
    assert total * 24 / hours.total() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    ("size", "at", "urgency", "due"),
    [
        (LARGE, time(3, 0), Urgency.EMERGENCY, timedelta(minutes=30)),
        (SMALL, time(3, 0), Urgency.EMERGENCY, timedelta(minutes=30)),
        (MEDIUM, time(23, 0), Urgency.URGENT, timedelta(hours=2)),
        (LARGE, time(22, 0), Urgency.ROUTINE, timedelta(hours=4)),
        (MEDIUM, time(9, 0), Urgency.ROUTINE, timedelta(hours=4)),
        (MEDIUM, time(17, 30), Urgency.ROUTINE, timedelta(hours=14, minutes=30)),
        (SMALL, time(16, 0), Urgency.ROUTINE, timedelta(hours=17)),
    ],
)
def test_deadlines(size: HospitalSize, at: time, urgency: Urgency, due: timedelta) -> None:
    """Emergency 30 min, urgent 2 h, routine in the same receiving window or the next."""
    moment = datetime.combine(MONDAY, at, ZONE)
    assert demand.due_at(size, moment, urgency) == moment + due


def test_a_closure_takes_half_of_the_lines() -> None:
    shock = [DatedShock(PANDEMIC, MONDAY)]
    days = [MONDAY + timedelta(days=number) for number in range(28)]
    usual = sum(len(lines(LARGE, day, f"c{n}")) for day in days for n in range(8))
    closed = sum(len(lines(LARGE, day, f"c{n}", shocks=shock)) for day in days for n in range(8))
    assert closed / usual == pytest.approx(0.5, abs=0.05)


def test_the_hospitals_of_a_mid_size_site_take_all_its_red_cells() -> None:
    assert sum(HABITS[size].red_cell_share * count for size, count in hospitals.HOSPITALS.items()) == pytest.approx(
        1.0, abs=0.01
    )


@pytest.mark.xfail(
    strict=True,
    reason="lines a day x median units give 13.7 / 3.4 / .5 % of red cells each, the shares say 8.5 / 4.2 / 1.1",
)
def test_lines_and_sizes_reproduce_the_shares_of_red_cells() -> None:
    units = {}
    for size in HospitalSize:
        chance = draw(3, "units", size)
        mean = fmean(demand.quantity_of(chance, Wanted.RED_CELLS, size) for _ in range(4_000))
        units[size] = HABITS[size].lines_a_day * demand.WANTED[Wanted.RED_CELLS] * mean
    total = sum(units[size] * hospitals.HOSPITALS[size] for size in HospitalSize)
    for size in HospitalSize:
        assert units[size] / total == pytest.approx(HABITS[size].red_cell_share, rel=0.15)


@pytest.mark.parametrize("size", HospitalSize)
def test_minutes_on_the_road(size: HospitalSize) -> None:
    chance = draw(6, "road", size)
    minutes = [hospitals.drive_min(chance, size) for _ in range(8_000)]
    p50, p95 = HABITS[size].road_min
    assert median(minutes) == pytest.approx(p50, rel=0.03)
    assert quantiles(minutes, n=20)[-1] == pytest.approx(p95, rel=0.06)


@pytest.mark.parametrize(("product", "outdated"), [(Product.RED_CELLS, 0.015), (Product.PLATELETS, 0.06)])
def test_what_becomes_of_shipped_bags(product: Product, outdated: float) -> None:
    """.3 % come back, 40 % of those unfit; red cells 1.5 %, platelets 6 % outdate; 93-95 % are transfused."""
    chance = draw(7, "fate", product)
    n = 60_000
    fates = Counter(hospitals.fate(chance, product) for _ in range(n))
    back = fates[Fate.RETURNED] + fates[Fate.RETURNED_UNFIT]
    assert back / n == by_chance(0.003, n)
    assert fates[Fate.RETURNED_UNFIT] / back == by_chance(0.40, back)
    assert fates[Fate.OUTDATED] / n == by_chance(outdated, n)
    assert 0.925 <= fates[Fate.TRANSFUSED] / n <= 0.95
