"""Tag reports as sllurp decodes them -> trackers: odd entries, frames of a real reader, clocks that are wrong."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sllurp.llrp import LLRPMessage

from plant.model import Antenna, Reader
from rfid.crossings import PassageTracker
from rfid.intake import CLOCK_TOLERANCE_S, ReaderClock, TagIntake
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
def test_a_reader_whose_clock_is_wrong_is_flagged_and_its_reads_get_the_time_of_reception(hours: int) -> None:
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
