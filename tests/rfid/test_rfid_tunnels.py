"""Reads of a box in a tunnel -> its content: told once, completely, without what stands outside."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rfid.messages import TAGS_PER_FACT, TunnelRead
from rfid.passes import US_PER_S, Read, Side
from rfid.tunnels import TunnelRules, TunnelTracker

T0 = 1_800_000_000 * US_PER_S


def tags(count: int, start: int = 0) -> list[bytes]:
    return [f"30{number:030x}".encode() for number in range(start, start + count)]


def at(second: float, rssi: int = -47) -> Read:
    return (T0 + int(second * US_PER_S), Side.STATION, rssi, 1)


def stand(
    tracker: TunnelTracker, box: list[bytes], *, since: float, until: float, missed: float = 0.2, seed: int = 1
) -> list[TunnelRead]:
    """A box stands still; each round of a quarter second misses a share of its tags."""
    rng, found = Random(seed), []
    for step in range(int((until - since) * 4)):
        second = since + step / 4
        for epc in box:
            if rng.random() >= missed:
                tracker.feed(epc, at(second, round(-48 + rng.gauss(0, 3))), "reader-2")
        found += tracker.harvest(T0 + int(second * US_PER_S))
    return found


def content(reads: list[TunnelRead]) -> set[str]:
    return {epc for read in reads for epc in read.epcs}


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.integers(1, 30), st.floats(0, 0.6))
def test_a_box_that_stands_is_told_once_and_completely(seed: int, bags: int, missed: float) -> None:
    tracker, box = TunnelTracker("p4-box"), tags(bags)
    found = stand(tracker, box, since=0, until=30, missed=missed, seed=seed)
    assert {epc.decode() for epc in box} == content(found)
    assert found[-1].epcs == tuple(sorted(epc.decode() for epc in box))
    assert len({read.pass_id for read in found}) == len(found)
    if missed < 0.3:
        assert len(found) == 1


def test_it_is_told_within_two_seconds_of_the_last_new_tag() -> None:
    tracker = TunnelTracker("p4-box")
    found = stand(tracker, tags(20), since=0, until=2.5, missed=0.0)
    assert [read.parts for read in found] == [1]


def test_a_neighbour_outside_the_tunnel_is_not_in_the_box() -> None:
    tracker, rng = TunnelTracker("p4-box"), Random(3)
    for step in range(120):
        for epc in tags(5, start=900):
            tracker.feed(epc, at(step / 4, rng.randint(-72, -62)), "reader-2")
        tracker.feed(tags(1)[0], at(step / 4), "reader-2")
    assert content(tracker.harvest(T0 + 60 * US_PER_S)) == {tags(1)[0].decode()}


def test_a_single_read_is_no_tag() -> None:
    tracker = TunnelTracker("p4-box")
    tracker.feed(tags(1)[0], at(0), "reader-2")
    assert tracker.harvest(T0 + 60 * US_PER_S) == []
    assert tracker.present == 0


def test_a_bag_that_is_heard_late_tells_the_whole_box_again() -> None:
    tracker, box = TunnelTracker("p4-box"), tags(3)
    first = stand(tracker, box[:2], since=0, until=5, missed=0)
    second = stand(tracker, box, since=5, until=10, missed=0)
    assert [content(first), content(second)] == [{e.decode() for e in box[:2]}, {e.decode() for e in box}]
    assert first[0].pass_id != second[0].pass_id


def test_a_box_that_left_and_came_back_is_told_again() -> None:
    tracker, box = TunnelTracker("p4-box"), tags(4)
    first = stand(tracker, box, since=0, until=8, missed=0)
    second = stand(tracker, box, since=20, until=28, missed=0)
    assert len(first) == len(second) == 1
    assert first[0].epcs == second[0].epcs
    assert first[0].pass_id != second[0].pass_id


def test_a_box_that_was_pushed_through_quickly_is_told_when_the_next_comes() -> None:
    tracker = TunnelTracker("p4-box", TunnelRules(leave_s=2.0))
    for second in (0.0, 0.2):
        tracker.feed(tags(1)[0], at(second), "reader-2")
    for second in (9.0, 9.2):
        tracker.feed(tags(1, start=5)[0], at(second), "reader-2")
    found = tracker.harvest(T0 + 60 * US_PER_S)
    assert [read.epcs for read in found] == [(tags(1)[0].decode(),), (tags(1, start=5)[0].decode(),)]


def test_more_tags_than_a_fact_takes_come_in_parts() -> None:
    tracker, many = TunnelTracker("p4-box"), tags(2 * TAGS_PER_FACT + 1)
    found = stand(tracker, many, since=0, until=3, missed=0)
    assert [(read.part, read.parts, len(read.epcs)) for read in found] == [(1, 3, 200), (2, 3, 200), (3, 3, 1)]
    assert len({read.pass_id for read in found}) == 1
    assert content(found) == {epc.decode() for epc in many}
