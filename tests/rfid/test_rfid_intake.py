"""Tag reports as sllurp decodes them -> trackers: odd entries, frames of a real reader, clocks that are wrong."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sllurp.llrp import LLRPMessage

from plant.model import Antenna, Reader
from rfid.crossings import PassageTracker
from rfid.intake import CLOCK_TOLERANCE_S, ReaderClock, TagIntake
from rfid.messages import Crossing, Direction
from rfid.passes import US_PER_S

GOLDEN = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "llrp-golden" / "edgex" / "roAccessReports"
NOW = 1_800_000_000 * US_PER_S
READER = Reader(
    id="reader-1",
    group="rfid-1",
    host="127.0.0.1",
    port=5084,
    antennas=(Antenna(port=1, portal="p1", side="outside"), Antenna(port=2, portal="p1", side="inside")),
)


def intake() -> tuple[TagIntake, PassageTracker]:
    tracker = PassageTracker("p1")
    return TagIntake(READER, {"p1": tracker}), tracker


def tag(at_us: int = NOW, antenna: int = 1, rssi: int = -50) -> dict[str, Any]:
    return {
        "EPC": b"30" * 16,
        "AntennaID": antenna,
        "PeakRSSI": rssi,
        "FirstSeenTimestampUTC": at_us,
        "LastSeenTimestampUTC": at_us,
        "TagSeenCount": 1,
    }


@pytest.mark.skipif(not GOLDEN.exists(), reason=f"the golden LLRP frames are not here: {GOLDEN}")
def test_frames_of_a_real_reader_are_taken() -> None:
    some, tracker = intake()
    for path in sorted(GOLDEN.glob("*.bytes")):
        body = path.read_bytes()
        decoded = LLRPMessage(msgbytes=struct.pack("!HII", 1 << 10 | 61, 10 + len(body), 1) + body)
        some.take(decoded.msgdict["RO_ACCESS_REPORT"]["TagReportData"], NOW)
    assert (some.reads, some.unusable, tracker.present) == (9, 0, 9)
    assert some.clock is ReaderClock.OFF  # those were read in 2020


def test_a_read_of_an_antenna_that_the_plant_does_not_know_is_counted_and_left_out() -> None:
    some, tracker = intake()
    some.take([tag(antenna=7), {}, {"AntennaID": 1}, tag()], NOW)
    assert (some.reads, some.unusable, tracker.present) == (1, 3, 1)


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_reader_whose_clock_is_wrong_is_flagged_and_its_reads_are_moved_to_ours(hours: int) -> None:
    some, tracker = intake()
    there = NOW + hours * 3600 * US_PER_S
    some.take([tag(there - 400_000), tag(there)], NOW)
    assert some.clock is ReaderClock.OFF
    assert some.clock_offset_s == hours * 3600
    assert tracker.newest_us == NOW
    some.take([tag(NOW + 1)], NOW + 1)
    assert some.clock is ReaderClock.TRUSTED


def test_reads_are_known_to_have_arrived_by_newer_reads_or_by_waiting() -> None:
    some, _ = intake()
    some.take([tag(NOW - 2 * US_PER_S)], NOW)  # a clock that is two seconds late, within the tolerance
    read_at = NOW - 2 * US_PER_S
    assert some.arrived_us(NOW, 400_000) < read_at
    assert some.arrived_us(NOW + 3 * US_PER_S, 400_000) == read_at + 2_600_000


@given(st.integers(-int(CLOCK_TOLERANCE_S) + 1, int(CLOCK_TOLERANCE_S) - 1), st.integers(1, 100))
def test_within_the_tolerance_the_readers_own_time_is_kept(offset_s: int, count: int) -> None:
    some, tracker = intake()
    some.take([tag(NOW + offset_s * US_PER_S) for _ in range(count)], NOW)
    assert (some.reads, tracker.newest_us) == (count, NOW + offset_s * US_PER_S)


# ---- backlogs and wrong clocks --------------------------------------------------------------------------------------

HOUR_US = 3600 * US_PER_S
OUTSIDE, INSIDE = 1, 2
BELL = ((-900_000, -64), (-600_000, -58), (-300_000, -52), (0, -48), (300_000, -52), (600_000, -58), (900_000, -64))


def carried_in(number: int, start_us: int) -> list[dict[str, Any]]:
    """Reads of one tag that passes the antenna outside, then the one inside."""
    centres = ((OUTSIDE, start_us + 900_000), (INSIDE, start_us + 2_900_000))
    reads = [tag(centre + at, antenna, rssi) for antenna, centre in centres for at, rssi in BELL]
    return [read | {"EPC": f"30{number:022x}".encode()} for read in reads]


def flood(tags: int, *, clock_us: int = 0) -> list[list[dict[str, Any]]]:
    """Reports of 64 reads of a flood, a tag every 10 ms, stamped by a clock that is off by so much."""
    reads = [read for number in range(tags) for read in carried_in(number, NOW + number * 10_000 + clock_us)]
    reads.sort(key=lambda read: read["FirstSeenTimestampUTC"])
    return [reads[at : at + 64] for at in range(0, len(reads), 64)]


def deliver(
    some: TagIntake, tracker: PassageTracker, reports: list[list[dict[str, Any]]], *, slowness: float, clock_us: int = 0
) -> dict[str, Direction]:
    """Give each report when it was made, or so many times later, harvesting in between as the gateway does."""
    found: list[Crossing] = []
    now_us = NOW
    for report in reports:
        made_us = max(read["FirstSeenTimestampUTC"] for read in report) - clock_us
        now_us = NOW + int((made_us - NOW) * slowness) + 100_000
        some.take(report, now_us)
        found += tracker.harvest(some.arrived_us(now_us, 400_000))
    found += tracker.harvest(some.arrived_us(now_us + 60 * US_PER_S, 400_000))
    assert len({crossing.epc for crossing in found}) == len(found)
    return {crossing.epc: crossing.direction for crossing in found}


def test_a_flood_that_is_delivered_ever_later_gives_the_crossings_of_one_on_time() -> None:
    on_time, late = (deliver(*intake(), flood(500), slowness=slowness) for slowness in (1.0, 10.0))
    assert late == on_time
    assert list(late.values()) == [Direction.IN] * 500


def test_a_backlog_says_nothing_against_the_clock() -> None:
    some, tracker = intake()
    deliver(some, tracker, flood(500), slowness=10.0)
    assert some.clock is ReaderClock.TRUSTED
    assert some.clock_offset_s < -40  # how late the last report came is still told


def test_a_flood_that_waited_since_before_the_first_report_keeps_its_directions() -> None:
    some, tracker = intake()
    some.saw_clock(NOW - 60 * US_PER_S, NOW - 60 * US_PER_S)  # when it was connected
    found: list[Crossing] = []
    for number, report in enumerate(flood(200)):
        some.take(report, NOW + 30 * US_PER_S + number)
    found += tracker.harvest(some.arrived_us(NOW + 60 * US_PER_S, 400_000))
    assert some.clock is ReaderClock.TRUSTED
    assert [crossing.direction for crossing in found] == [Direction.IN] * 200


@pytest.mark.parametrize("hours", [-5, 5])
@pytest.mark.parametrize("slowness", [1.0, 1.5])
def test_a_clock_that_is_wrong_by_hours_gives_the_right_directions_and_is_flagged(hours: int, slowness: float) -> None:
    some, tracker = intake()
    reports = flood(300, clock_us=hours * HOUR_US)
    found = deliver(some, tracker, reports, slowness=slowness, clock_us=hours * HOUR_US)
    assert list(found.values()) == [Direction.IN] * 300
    assert some.clock is ReaderClock.OFF
    assert abs(some.newest_us - NOW) < 10 * US_PER_S


def test_a_clock_that_is_set_during_a_pass_gives_no_direction() -> None:
    for step_us in (-HOUR_US, HOUR_US):
        some, tracker = intake()
        reads = carried_in(1, NOW)
        for index, read in enumerate(reads):
            at_us = read["FirstSeenTimestampUTC"]
            moved = {"FirstSeenTimestampUTC": at_us + step_us, "LastSeenTimestampUTC": at_us + step_us}
            some.take([read | moved if index > 9 else read], at_us + 100_000)
        found = tracker.harvest(some.arrived_us(NOW + 60 * US_PER_S, 400_000))
        assert [crossing.direction for crossing in found] == [Direction.UNKNOWN]


def test_what_two_readers_saw_has_no_direction_while_the_clock_of_one_is_wrong() -> None:
    for wrong_us, direction in ((0, Direction.IN), (HOUR_US, Direction.UNKNOWN)):
        tracker = PassageTracker("p1")
        there = TagIntake(msgspec.structs.replace(READER, id="reader-1"), {"p1": tracker})
        here = TagIntake(msgspec.structs.replace(READER, id="reader-2"), {"p1": tracker})
        for read in carried_in(1, NOW):
            at_us, inside = read["FirstSeenTimestampUTC"], read["AntennaID"] == INSIDE
            own_us = at_us + wrong_us * inside
            moved = {"FirstSeenTimestampUTC": own_us, "LastSeenTimestampUTC": own_us}
            (here if inside else there).take([read | moved], at_us + 100_000)
        assert [crossing.direction for crossing in tracker.harvest(NOW + 60 * US_PER_S)] == [direction]


def test_a_reader_that_is_connected_again_with_its_clock_set_right_is_trusted_again() -> None:
    some, _ = intake()
    some.take([tag(NOW + HOUR_US)], NOW)
    some.connected()
    some.take([tag(NOW + US_PER_S)], NOW + US_PER_S)
    assert some.clock is ReaderClock.TRUSTED
    assert some.newest_us == NOW + US_PER_S
