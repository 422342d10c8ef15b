"""A pass is reported as soon as nothing can change its direction any more, and not before."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rfid_crossings import EPC, SIDES, T0, crossings_of, pass_reads

from rfid.crossings import PassageTracker
from rfid.messages import Direction
from rfid.passes import US_PER_S, PassRules, Read, Side, gone_after_us, swapped_sides, way_through

RULES = PassRules()


def cut_off(rng: Random, direction: Direction) -> list[Read]:
    """A well-read pass of which the last 40 cm are not heard: the signal has hardly fallen."""
    reads = pass_reads(rng, direction, speed=1.0, reads_per_s=16.0)
    return [read for read in reads if read[0] < T0 + int(2.8 * US_PER_S)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.sampled_from([Direction.IN, Direction.OUT]))
def test_sides_are_swapped_in_the_direction_of_the_pass(seed: int, direction: Direction) -> None:
    assert swapped_sides(pass_reads(Random(seed), direction), RULES) is direction


@pytest.mark.parametrize("direction", [Direction.IN, Direction.OUT])
def test_many_tags_that_leave_the_field_together_are_reported_within_half_a_second(direction: Direction) -> None:
    tracker, rng = PassageTracker("p1"), Random(4)
    for number in range(300):
        epc = f"30{number:030x}".encode()
        for read in cut_off(rng, direction):
            tracker.feed(epc, read, "reader-1")
    found = tracker.harvest(tracker.newest_us + int(0.5 * US_PER_S))
    assert len(found) >= 297
    assert sum(crossing.direction is direction for crossing in found) >= len(found) - 2


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.floats(0.2, 1.0))
def test_a_tag_that_turned_back_is_never_through(seed: int, share: float) -> None:
    rng = Random(seed)
    turn = T0 + int(share * 1.6 * US_PER_S)  # at most the middle between the antennas
    there = [read for read in pass_reads(rng, Direction.IN, speed=1.0, reads_per_s=16.0) if read[0] < turn]
    back = [(2 * turn - at_us, side, rssi, count) for at_us, side, rssi, count in reversed(there)]
    assert not there or way_through([*there, *back], RULES) is None


def test_a_slow_reader_is_waited_for_longer() -> None:
    often = [(T0 + i * 50_000, SIDES[i % 2], -50, 1) for i in range(40)]
    seldom = [(T0 + i * 400_000, SIDES[i % 2], -50, 1) for i in range(8)]
    assert gone_after_us(often, RULES) == RULES.through_s * US_PER_S
    assert gone_after_us(seldom, RULES) == pytest.approx(1_200_000)


def test_the_rest_of_a_reported_pass_is_no_way_back() -> None:
    """Its tail is read on both sides, as it fades: nothing new."""
    reads = pass_reads(Random(8), Direction.IN, speed=0.3, reads_per_s=20.0)
    end = reads[-1][0]
    tail = [(end + 700_000 + i * 60_000, Side.INSIDE if i % 3 else Side.OUTSIDE, -66, 1) for i in range(20)]
    assert [crossing.direction for crossing in crossings_of([*reads, *tail])] == [Direction.IN]


def test_an_early_report_is_not_repeated_at_the_end_of_the_stay() -> None:
    tracker = PassageTracker("p1")
    for read in cut_off(Random(2), Direction.OUT):
        tracker.feed(EPC, read, "reader-1")
    first = tracker.harvest(tracker.newest_us + int(0.5 * US_PER_S))
    assert [crossing.direction for crossing in first] == [Direction.OUT]
    assert tracker.harvest(tracker.newest_us + 60 * US_PER_S) == []


def test_a_side_that_heard_nothing_never_heard_a_tag_better() -> None:
    """A bag of a real run: its box comes from inside, faint at first, and the other side has not heard it yet."""
    inside = [(13, -75), (60, -71), (137, -71), (730, -55), (1152, -56), (1203, -55), (1386, -61), (1552, -64)]
    outside = [(2317, -70), (2510, -65), (2930, -57), (2972, -57), (3148, -56), (3339, -58), (3813, -68), (3830, -70)]
    tracker = PassageTracker("p4")
    for side, reads in ((Side.INSIDE, inside), (Side.OUTSIDE, outside)):
        for at_ms, rssi in reads:
            tracker.feed(EPC, (T0 + at_ms * 1000, side, rssi, 1), "reader-2")
            assert not tracker.harvest(T0 + at_ms * 1000)
        if side is Side.INSIDE:
            assert not tracker.harvest(T0 + 2_300_000)
    found = tracker.harvest(tracker.newest_us + 4 * US_PER_S + 1)
    assert [crossing.direction for crossing in found] == [Direction.OUT]


FAINT_FIRST = {
    Side.OUTSIDE: [
        (773, -55), (776, -54), (809, -51), (834, -50), (858, -51), (967, -48), (1241, -47), (1322, -48), (1358, -50),
        (1856, -58), (2061, -57), (2270, -59), (2359, -58), (2385, -64), (2581, -64), (2931, -66), (2941, -66),
        (3069, -69), (3091, -66), (3187, -66),
    ],
    Side.INSIDE: [
        (48, -66), (77, -66), (382, -63), (521, -65), (811, -62), (833, -61), (902, -61), (918, -63), (1100, -56),
        (1209, -59), (1281, -58), (1755, -49), (1764, -49), (1770, -48), (1923, -50), (2211, -50), (2783, -54),
        (2903, -56), (3041, -61), (3191, -60),
    ],
}  # fmt: skip
"""One of a thousand tags carried in at once: by chance the outside looked elsewhere while it came."""
BOTH_WAYS = {
    Side.OUTSIDE: [
        (71, -64), (207, -60), (312, -63), (585, -56), (1208, -48), (1535, -49), (1714, -48), (1774, -54), (1787, -53),
        (1924, -55), (2050, -57), (2067, -59), (2077, -55), (2126, -60), (2310, -57), (2346, -63), (2358, -56),
        (2787, -63), (2832, -66), (2882, -66),
    ],
    Side.INSIDE: [
        (27, -68), (323, -68), (349, -67), (451, -64), (521, -67), (575, -63), (649, -61), (789, -62), (890, -63),
        (948, -55), (1070, -57), (1116, -58), (1316, -58), (1379, -53), (1472, -55), (1493, -50), (2696, -55),
        (2822, -61), (3035, -58), (3100, -61),
    ],
}  # fmt: skip
"""Carried in as well: by the times of its reads it left, by how well each side heard it it came."""


@pytest.mark.parametrize(("sides", "said"), [(FAINT_FIRST, Direction.IN), (BOTH_WAYS, Direction.UNKNOWN)])
def test_a_tag_among_many_is_never_said_to_leave_while_it_comes(
    sides: dict[Side, list[tuple[int, int]]], said: Direction
) -> None:
    """What is seldom looked at is judged late, or not at all: a guess would put the bag in the wrong place."""
    tracker = PassageTracker("p1")
    reads = sorted((T0 + at_ms * 1000, side, rssi, 1) for side, heard in sides.items() for at_ms, rssi in heard)
    found, looked_us = [], T0
    for read in reads:
        while looked_us < read[0]:
            found += tracker.harvest(looked_us)
            looked_us += 250_000
        tracker.feed(EPC, read, "reader-1")
    found += tracker.harvest(tracker.newest_us + 5 * US_PER_S)
    assert [crossing.direction for crossing in found] == [said]
