"""The cheap read rates of world.md 3.2 and what a pass through a portal sounds like."""

from datetime import UTC, datetime

import pytest

from simulators.chance import draw
from simulators.radio.passes import is_missed, read_rate, second_side_after, side_reads

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("bags", "antennas", "rate"),
    [
        (1, 1, 0.980),
        (1, 2, 0.9995),
        (1, 4, 0.9995),
        (20, 1, 0.74),
        (20, 2, 0.93),
        (20, 4, 0.995),
        (60, 1, 0.38),
        (60, 2, 0.62),
        (60, 4, 0.85),
    ],
)
def test_a_packing_is_read_at_the_rate_of_the_table(bags: int, antennas: int, rate: float) -> None:
    packings = 6000 // bags
    missed = sum(
        is_missed(1, f"tote-{packing}", f"tag-{tag}", bags, antennas)
        for packing in range(packings)
        for tag in range(bags)
    )
    assert 1.0 - missed / (packings * bags) == pytest.approx(rate, abs=0.02)


@pytest.mark.parametrize(("antennas", "share"), [(1, 1.0), (2, 0.77), (4, 0.09)])
def test_passes_of_twenty_bags_with_a_miss_are_as_many_as_the_table_says(antennas: int, share: float) -> None:
    totes = 800
    marred = sum(
        any(is_missed(1, f"tote-{tote}", f"tag-{tag}", 20, antennas) for tag in range(20)) for tote in range(totes)
    )
    assert marred / totes == pytest.approx(share, abs=0.03)


def test_a_second_pass_of_the_same_packing_misses_the_same_tags() -> None:
    first = [is_missed(1, "tote", f"tag-{tag}", 20) for tag in range(500)]
    assert first == [is_missed(1, "tote", f"tag-{tag}", 20) for tag in range(500)]
    assert first != [is_missed(1, "packed again", f"tag-{tag}", 20) for tag in range(500)]


@pytest.mark.parametrize("antennas", [1, 2, 4])
def test_the_rate_falls_with_the_packing(antennas: int) -> None:
    rates = [read_rate(bags, antennas) for bags in range(1, 80)]
    assert rates == sorted(rates, reverse=True)


def test_more_antennas_read_more() -> None:
    rates = [read_rate(20, antennas) for antennas in (1, 2, 3, 4, 8)]
    assert rates == sorted(rates)


def test_a_pass_sounds_like_a_bell_and_its_sides_follow_each_other() -> None:
    chance = draw(1, "pass")
    first = side_reads(chance, reader="r", antenna=1, epc="aa", starts=AT)
    last = side_reads(chance, reader="r", antenna=2, epc="aa", starts=second_side_after(AT))
    assert len(first) >= 2
    assert max(read.at for read in first) < min(read.at for read in last)
    assert -65 < max(read.rssi_dbm for read in first) < -35
