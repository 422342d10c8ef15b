"""Tag reports of one reader, as sllurp decodes them, into the trackers of its portals and shelves: the hot path.

A reader's UTC timestamps are domain time. When its clock is off by more than the tolerance, its reads are moved by the
difference to our clock, and the reader says so in its state and health. Reads that come late say nothing against the
clock: the least delayed evidence of a connection decides. As long as that holds, all reads are moved by the same
amount, so their order, which is the direction of a pass, is never touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from plant.model import Reader
from rfid.crossings import PassageTracker, StationTracker
from rfid.passes import US_PER_S, Read, Side
from rfid.shelves import ShelfTracker
from rfid.tunnels import TunnelTracker

PortalTracker = PassageTracker | StationTracker | TunnelTracker
Tracker = PortalTracker | ShelfTracker
Feed = Callable[[bytes, Read, str], None]

CLOCK_TOLERANCE_S: Final = 5.0
REORDER_US: Final = 500_000  # reads of one reader are out of order by less
_NO_EVIDENCE: Final = -(1 << 63)


class ReaderClock(StrEnum):
    """Whether a reader's timestamps are used."""

    TRUSTED = "trusted"
    OFF = "off"


class TagIntake:
    """Routes reads by antenna, to the tracker of its portal or to that of the shelves.

    `tolerance_s` is in seconds of the reader's clock (domain). The reads of reference tags only say that an antenna
    hears; `heard_us` is when we last received any read of a port (domain).
    """

    def __init__(
        self,
        reader: Reader,
        trackers: Mapping[str, PortalTracker],
        shelves: ShelfTracker | None = None,
        tolerance_s: float = CLOCK_TOLERANCE_S,
    ) -> None:
        self.reads = 0
        self.unusable = 0
        self.newest_us = 0  # time of the newest read, and
        self.received_us = 0  # when it was received, both domain; 0 before the first report
        self.clock = ReaderClock.TRUSTED
        self.clock_offset_s = 0.0  # of the newest read against its reception, so less by what it was delayed
        self._shift_us = 0
        self._best_us = _NO_EVIDENCE  # the clock's offset by the least delayed evidence of this connection
        self._newest_own_us = 0  # newest read of this connection by the reader's own clock
        self._reader = reader.id
        self._tolerance_us = int(tolerance_s * US_PER_S)
        self.heard_us: dict[int, int] = {}
        self._routes = dict(_routes(reader, trackers, shelves))
        self._references = {a.reference.encode() for a in reader.antennas if a.reference and a.shelf is None}
        own = {a.portal for a in reader.antennas}
        passages = (tracker for portal, tracker in trackers.items() if portal in own)
        self._passages = [tracker for tracker in passages if isinstance(tracker, PassageTracker)]

    def connected(self) -> None:
        """A new connection begins: the reader may have rebooted, what was learned of its clock counts no more."""
        self._best_us, self._newest_own_us = _NO_EVIDENCE, 0

    def saw_clock(self, reader_us: int, now_us: int) -> None:
        """Take the reader's own time as it said it, received at domain time `now_us`: evidence for the next report."""
        self._best_us = max(self._best_us, reader_us - now_us)

    def take(self, report: Sequence[Mapping[str, Any]], now_us: int) -> None:
        """Take one report received at domain time `now_us`; entries without EPC, antenna, signal or time count."""
        shift_us = self._shift(report, now_us)
        routes, reader, references, heard_us = self._routes, self._reader, self._references, self.heard_us
        for tag in report:
            try:
                port, epc = tag["AntennaID"], tag["EPC"]
                feed, side = routes[port]
                first_us = tag["FirstSeenTimestampUTC"]
                count = tag.get("TagSeenCount", 1)
                at_us = first_us if count == 1 else (first_us + tag.get("LastSeenTimestampUTC", first_us)) // 2
                if epc not in references:
                    feed(epc, (at_us + shift_us, side, tag["PeakRSSI"], count), reader)
            except (KeyError, TypeError):
                self.unusable += 1
                continue
            self.reads += count
            heard_us[port] = now_us

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
            return self._shift_us
        if newest < self._newest_own_us - self._tolerance_us:
            self._best_us = _NO_EVIDENCE  # it was set back: however late reads come, their times do not run backwards
        self._newest_own_us = newest
        self.saw_clock(newest, now_us)
        self.received_us, self.clock_offset_s = now_us, (newest - now_us) / US_PER_S
        self._decide()
        self.newest_us = newest + self._shift_us
        return self._shift_us

    def _decide(self) -> None:
        """Choose the shift by the clock's offset; the one in use is kept while it is good enough."""
        shift_us, best_us = self._shift_us, self._best_us
        if abs(best_us) <= self._tolerance_us:
            self.clock, shift_us = ReaderClock.TRUSTED, 0
        else:
            self.clock = ReaderClock.OFF
            if not shift_us or abs(best_us + shift_us) > self._tolerance_us:
                shift_us = -best_us
        if shift_us != self._shift_us:
            self._shift_us = shift_us
            for tracker in self._passages:
                tracker.retime(self._reader, shift_us)


def _routes(
    reader: Reader, trackers: Mapping[str, PortalTracker], shelves: ShelfTracker | None
) -> Iterator[tuple[int, tuple[Feed, Side]]]:
    """Where the reads of each port go; a port that belongs to nothing here has no route."""
    for antenna in reader.antennas:
        if antenna.portal is not None and antenna.portal in trackers:
            yield antenna.port, (trackers[antenna.portal].feed, Side(str(antenna.side)))
        elif antenna.shelf is not None and shelves is not None:
            yield antenna.port, (shelves.antenna(antenna.shelf), Side.SHELF)
