"""Tag reports of one reader, as sllurp decodes them, into the trackers of its portals. The hot path of the process.

A reader's UTC timestamps are domain time. When its clock is off by more than the tolerance, the time of reception is
used instead (the spacing within a report is kept), and the reader says so in its state and health.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from plant.model import Reader
from rfid.crossings import PassageTracker, StationTracker
from rfid.passes import US_PER_S, Side

Tracker = PassageTracker | StationTracker

CLOCK_TOLERANCE_S: Final = 5.0
REORDER_US: Final = 500_000  # reads of one reader are out of order by less


class ReaderClock(StrEnum):
    """Whether a reader's timestamps are used."""

    TRUSTED = "trusted"
    OFF = "off"


class TagIntake:
    """Routes reads by antenna. `tolerance_s` is in seconds of the reader's clock (domain)."""

    def __init__(self, reader: Reader, trackers: Mapping[str, Tracker], tolerance_s: float = CLOCK_TOLERANCE_S) -> None:
        self.reads = 0
        self.unusable = 0
        self.newest_us = 0  # time of the newest read, and
        self.received_us = 0  # when it was received, both domain; 0 before the first report
        self.clock = ReaderClock.TRUSTED
        self.clock_offset_s = 0.0
        self._reader = reader.id
        self._tolerance_us = int(tolerance_s * US_PER_S)
        self._routes = {a.port: (trackers[a.portal].feed, Side(a.side)) for a in reader.antennas}

    def take(self, report: Sequence[Mapping[str, Any]], now_us: int) -> None:
        """Take one report received at domain time `now_us`; entries without EPC, antenna, signal or time count."""
        shift_us = self._shift(report, now_us)
        routes, reader = self._routes, self._reader
        for tag in report:
            try:
                feed, side = routes[tag["AntennaID"]]
                first_us = tag["FirstSeenTimestampUTC"]
                count = tag.get("TagSeenCount", 1)
                at_us = first_us if count == 1 else (first_us + tag.get("LastSeenTimestampUTC", first_us)) // 2
                feed(tag["EPC"], (at_us + shift_us, side, tag["PeakRSSI"], count), reader)
            except (KeyError, TypeError):
                self.unusable += 1
                continue
            self.reads += count

    def arrived_us(self, now_us: int, delivery_us: int) -> int:
        """All reads before this time have arrived: judged by newer reads, or by the time since the newest one.

        Only differences of our clock are used, so a reader's clock may be off within the tolerance.
        """
        since_us = now_us - self.received_us
        return self.newest_us + max(since_us - delivery_us, -REORDER_US)

    def _shift(self, report: Sequence[Mapping[str, Any]], now_us: int) -> int:
        """Microseconds to add to the reader's times: 0 while its clock is right."""
        newest = max((tag.get("FirstSeenTimestampUTC", 0) for tag in report), default=0)
        if not newest:
            return 0
        self.received_us, offset_us = now_us, newest - now_us
        self.clock_offset_s = offset_us / US_PER_S
        if abs(offset_us) <= self._tolerance_us:
            self.clock, self.newest_us = ReaderClock.TRUSTED, newest
            return 0
        self.clock, self.newest_us = ReaderClock.OFF, now_us
        return -offset_us
