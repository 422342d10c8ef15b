"""Read rates of world.md 3.2 and what a pass through a portal sounds like."""

from datetime import UTC, datetime

import pytest

from simulators.chance import draw
from simulators.radio import is_missed, read_rate, second_side_after, side_reads

AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(("bags", "rate"), [(1, 0.999), (20, 0.93), (60, 0.70)])
def test_a_packing_is_read_at_the_rate_of_the_table(bags: int, rate: float) -> None:
    packings = 4000 // bags
    missed = sum(
        is_missed(1, f"tote-{packing}", f"tag-{tag}", bags) for packing in range(packings) for tag in range(bags)
    )
    assert 1.0 - missed / (packings * bags) == pytest.approx(rate, abs=0.02)


def test_a_second_pass_of_the_same_packing_misses_the_same_tags() -> None:
    first = [is_missed(1, "tote", f"tag-{tag}", 20) for tag in range(500)]
    assert first == [is_missed(1, "tote", f"tag-{tag}", 20) for tag in range(500)]
    assert first != [is_missed(1, "packed again", f"tag-{tag}", 20) for tag in range(500)]


def test_the_rate_falls_with_the_packing() -> None:
    rates = [read_rate(bags) for bags in range(1, 80)]
    assert rates == sorted(rates, reverse=True)


def test_a_pass_sounds_like_a_bell_and_its_sides_follow_each_other() -> None:
    chance = draw(1, "pass")
    first = side_reads(chance, reader="r", antenna=1, epc="aa", starts=AT)
    last = side_reads(chance, reader="r", antenna=2, epc="aa", starts=second_side_after(AT))
    assert len(first) >= 2
    assert max(read.at for read in first) < min(read.at for read in last)
    assert -65 < max(read.rssi_dbm for read in first) < -35
