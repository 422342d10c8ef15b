"""The radio of the virtual centre, through our crossing logic: what its people carry through is what we report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from test_rfid_crossings import crossings_of

from rfid.crossings import StationTracker
from rfid.messages import Direction
from rfid.passes import US_PER_S, Read, Side
from simulators.radio.passes import TagRead, second_side_after, side_reads, standing_read, stray_read

START = datetime(2026, 11, 22, 8, tzinfo=UTC)


def as_read(read: TagRead, side: Side) -> Read:
    return (int(read.at.timestamp() * US_PER_S), side, read.rssi_dbm, 1)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.sampled_from([Direction.IN, Direction.OUT]), st.integers(1, 20))
def test_a_carried_bag_makes_exactly_one_crossing(seed: int, direction: Direction, chunk: int) -> None:
    chance = Random(seed)
    sides = (Side.OUTSIDE, Side.INSIDE) if direction is Direction.IN else (Side.INSIDE, Side.OUTSIDE)
    reads = []
    for starts, side in zip((START, second_side_after(START)), sides, strict=True):
        heard = side_reads(chance, reader="reader-1", antenna=1, epc="30" * 16, starts=starts)
        reads += [as_read(read, side) for read in heard]
    assert [crossing.direction for crossing in crossings_of(sorted(reads), chunk=chunk)] == [direction]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.integers(5, 400), st.floats(0.2, 1.0))
def test_a_stray_makes_none(seed: int, count: int, every_s: float) -> None:
    chance = Random(seed)
    reads = []
    for number in range(count):
        at = START + timedelta(seconds=number * every_s)
        read = stray_read(chance, reader="reader-1", antenna=1, epc="30" * 16, at=at)
        reads.append(as_read(read, chance.choice((Side.INSIDE, Side.OUTSIDE))))
    assert crossings_of(reads) == []


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_a_bag_at_the_gate_is_asked_for(seed: int) -> None:
    chance, tracker, asked = Random(seed), StationTracker("p4-gate"), 0
    for number in range(10):
        at = START + timedelta(seconds=number / 4)
        read = standing_read(chance, reader="reader-2", antenna=1, epc="30" * 16, at=at)
        tracker.feed(b"30" * 16, as_read(read, Side.STATION), "reader-2")
        asked += len(tracker.harvest(tracker.newest_us))
    assert asked == 1
