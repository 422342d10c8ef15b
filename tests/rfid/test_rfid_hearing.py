"""Antennas that hear nothing become visible: by the reader's event, a reference tag, a shelf that falls silent."""

from __future__ import annotations

from plant.model import Antenna, Reader
from rfid.crossings import PassageTracker
from rfid.hearing import SILENT_AFTER_S, Hearing
from rfid.intake import TagIntake
from rfid.passes import US_PER_S
from rfid.shelves import ShelfTracker

NOW = 1_800_000_000 * US_PER_S
LATER = NOW + int((SILENT_AFTER_S + 1) * US_PER_S)
REFERENCE = "e2" * 12
READER = Reader(
    id="reader-1",
    group="rfid-1",
    host="127.0.0.1",
    port=5084,
    antennas=(
        Antenna(port=1, portal="p1", side="outside", reference=REFERENCE),
        Antenna(port=2, portal="p1", side="inside"),
        Antenna(port=3, shelf="cold-1/s1"),
    ),
)


def hearing() -> Hearing:
    some = Hearing(READER)
    some.connecting()
    some.listening(NOW)
    return some


def test_nothing_is_said_before_the_reference_tag_had_its_time() -> None:
    assert hearing().deaf(NOW + US_PER_S, {}) is None


def test_an_antenna_that_does_not_hear_its_reference_tag_is_deaf() -> None:
    assert hearing().deaf(LATER, {}) == {1}
    assert hearing().deaf(LATER, {1: LATER - US_PER_S}) == frozenset()


def test_it_hears_again_with_its_next_read() -> None:
    some = hearing()
    assert some.deaf(LATER, {1: NOW}) == {1}
    assert some.deaf(LATER + US_PER_S, {1: LATER}) == frozenset()


def test_an_antenna_without_reference_tag_may_be_silent_for_ever() -> None:
    assert hearing().deaf(LATER + 10**12, {1: LATER + 10**12}) == frozenset()


def test_a_cable_that_the_reader_says_is_off_is_deaf_until_it_says_otherwise() -> None:
    some = hearing()
    some.event(2, connected=False)
    assert some.deaf(LATER, {1: LATER}) == {2}
    some.event(2, connected=True)
    assert some.deaf(LATER, {1: LATER}) == frozenset()


def test_a_shelf_that_fell_silent_at_once_has_a_deaf_antenna() -> None:
    assert hearing().deaf(LATER, {1: LATER}, {"cold-1/s1"}) == {3}


def test_a_new_connection_starts_afresh() -> None:
    some = hearing()
    some.event(2, connected=False)
    some.connecting()
    some.listening(LATER)
    assert some.deaf(LATER + US_PER_S, {1: LATER - US_PER_S}) is None
    assert some.deaf(LATER + US_PER_S, {1: LATER + US_PER_S}) == frozenset()


def test_a_reference_tag_says_that_an_antenna_hears_and_crosses_nothing() -> None:
    tracker, shelves = PassageTracker("p1"), ShelfTracker({"cold-1/s1": "reader-1"})
    intake = TagIntake(READER, {"p1": tracker}, shelves)
    seen = {"PeakRSSI": -50, "FirstSeenTimestampUTC": NOW, "TagSeenCount": 1}
    intake.take([seen | {"EPC": REFERENCE.encode(), "AntennaID": 1}], NOW)
    assert (tracker.present, intake.heard_us) == (0, {1: NOW})
    intake.take([seen | {"EPC": b"30" * 16, "AntennaID": port} for port in (2, 3)], NOW + 5)
    assert (tracker.present, shelves.present, intake.unusable) == (1, 1, 0)
    assert intake.heard_us == {1: NOW, 2: NOW + 5, 3: NOW + 5}
