"""Reads of one portal -> crossings and gate reads. Pure: time comes from the reads and from the caller, never a clock.

`feed` is the hot path (one call for each tag report); `harvest` is called now and then and returns what is decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rfid.instants import instant
from rfid.messages import Crossing, Direction, GateRead
from rfid.passes import (
    US_PER_S,
    WEAKEST_DBM,
    PassRules,
    Read,
    arrival_of,
    gone_after_us,
    is_over,
    judge,
    split_stays,
    stay_of,
    way_through,
)


@dataclass(frozen=True, slots=True)
class GateRules:
    """When a tag stands at a gate, in seconds of the reader's clock; the caller scales the repeats to real time."""

    rssi_floor_dbm: int = -60  # a bag in front of the gate is near; the reject lane behind it is not
    min_reads: int = 2
    quiet_s: float = 2.0
    repeat_after_s: float = 3.0  # a lost permit is asked for again; the wait doubles up to repeat_at_most_s
    repeat_at_most_s: float = 60.0


@dataclass(slots=True)
class _Track:
    """One tag near one portal. Of a long stay only the arrival and the newest reads are kept."""

    reader: str
    reads: list[Read]
    latest_us: int
    arrival: list[Read] | None = None
    let_go: int = 0  # sightings no longer in `reads`
    peak: int = WEAKEST_DBM  # strongest of those
    reported: Direction | None = None  # the last crossing it gave
    judged_us: int = 0  # when the reads that were judged last end
    looked_at: int = 0  # number of reads when it was last found undecided
    other_reader: str | None = None  # the last one that read it too
    retimed: bool = False  # a reader's times were moved meanwhile: the order of the reads says nothing


class PassageTracker:
    """Tags near one passage portal, fed by all antennas of it."""

    def __init__(self, portal: str, rules: PassRules | None = None) -> None:
        self.portal = portal
        self.rules = rules or PassRules()
        self.newest_us = 0
        self._tracks: dict[bytes, _Track] = {}
        self._shifted: set[str] = set()

    def retime(self, reader: str, shift_us: int) -> None:
        """From now on the times of `reader` are moved by so much (0: its own clock), other than before.

        The order of reads before and after is not known, nor that between a reader with moved times and another: what
        passes then is a crossing without direction.
        """
        (self._shifted.add if shift_us else self._shifted.discard)(reader)
        for track in self._tracks.values():
            track.retimed = True

    def feed(self, epc: bytes, read: Read, reader: str) -> None:
        """Take one read of a tag (hex EPC)."""
        at_us = read[0]
        if read[2] < self.rules.rssi_floor_dbm:
            return
        track = self._tracks.get(epc)
        if track is None:
            self._tracks[epc] = _Track(reader, [read], at_us)
        else:
            track.reads.append(read)
            if reader != track.reader:
                track.other_reader = reader
            if at_us > track.latest_us:
                track.latest_us = at_us
        if at_us > self.newest_us:
            self.newest_us = at_us

    def harvest(self, until_us: int) -> list[Crossing]:
        """Crossings that are decided, given that everything read before `until_us` has arrived."""
        rules = self.rules
        quiet_before = until_us - int(rules.quiet_s * US_PER_S)
        through_before = until_us - int(rules.through_s * US_PER_S)
        too_long_us = int(2 * rules.max_pass_s * US_PER_S)
        found: list[Crossing] = []
        ended = []
        for epc, track in self._tracks.items():
            if track.latest_us <= quiet_before:
                stays = split_stays(track.reads, rules, long=track.arrival is not None)
                found += self._judge_all(epc, track, stays)
                ended.append(epc)
            elif len(track.reads) == track.looked_at:
                continue
            elif track.latest_us - track.reads[0][0] > too_long_us:
                found += self._let_go(epc, track)
            elif track.latest_us <= through_before:
                found += self._settle(epc, track, until_us)
        for epc in ended:
            del self._tracks[epc]
        return found

    @property
    def present(self) -> int:
        """Tags in the field now."""
        return len(self._tracks)

    def _settle(self, epc: bytes, track: _Track, until_us: int) -> list[Crossing]:
        """Report what is decided before its quiet time; the rest of the stay is only watched for a return."""
        *whole, current = split_stays(track.reads, self.rules, long=track.arrival is not None)
        silent_us = until_us - track.latest_us
        if track.arrival is None and is_over(current, silent_us, self.rules):
            whole, current = [*whole, current], []
        track.reads = current
        if not current or silent_us >= max(self.rules.settled_s * US_PER_S, gone_after_us(current, self.rules)):
            track.looked_at = len(current)  # waiting longer decides nothing before the quiet time
        return self._judge_all(epc, track, whole)

    def _let_go(self, epc: bytes, track: _Track) -> list[Crossing]:
        """Forget the middle of a long stay; whole stays found within the reads are judged."""
        *whole, current = split_stays(track.reads, self.rules, long=track.arrival is not None)
        found = self._judge_all(epc, track, whole)
        keep_from = current[-1][0] - int(self.rules.max_pass_s * US_PER_S)
        old = [read for read in current if read[0] < keep_from]
        if old and track.arrival is None:
            track.arrival = arrival_of(current, self.rules)
        track.let_go += sum(read[3] for read in old)
        track.peak = max([track.peak, *(read[2] for read in old)])
        track.reads, track.looked_at = current[len(old) :], 0
        return found

    def _judge_all(self, epc: bytes, track: _Track, stays: Sequence[list[Read]]) -> list[Crossing]:
        crossings = (self._judge(epc, track, reads) for reads in stays)
        return [crossing for crossing in crossings if crossing is not None]

    def _judge(self, epc: bytes, track: _Track, reads: list[Read]) -> Crossing | None:
        """Judge one stay; what follows a reported pass without a quiet time counts only when it clearly goes back."""
        stay = stay_of(reads, self.rules, track.arrival)
        direction = judge(stay, self.rules)
        if direction is not None and (track.retimed or (track.other_reader and self._shifted)):
            direction = Direction.UNKNOWN
        seen = track.let_go + sum(read[3] for read in reads)
        peak = max([track.peak, *(read[2] for read in reads)])
        reported = track.reported if reads[0][0] - track.judged_us <= self.rules.quiet_s * US_PER_S else None
        news = direction is not None and (reported is None or self._goes_back(reads, direction, reported))
        track.arrival, track.let_go, track.peak = None, 0, WEAKEST_DBM
        track.reported, track.judged_us = (direction if news else reported), reads[-1][0]
        if direction is None or not news:
            return None
        return Crossing(
            portal=self.portal,
            reader=track.reader,
            epc=epc.decode(),
            direction=direction,
            first_seen=instant(stay.arrival[0][0]),
            last_seen=instant(reads[-1][0]),
            reads=seen,
            peak_rssi_dbm=peak,
        )

    def _goes_back(self, reads: Sequence[Read], direction: Direction, reported: Direction) -> bool:
        """True when what was read after a reported pass is a pass the other way, and not the rest of the first."""
        return direction not in {reported, Direction.UNKNOWN} and way_through(reads, self.rules) is direction


@dataclass(slots=True)
class _Standing:
    """One tag at a gate station."""

    reader: str
    reads: int = 0
    peak: int = WEAKEST_DBM
    latest_us: int = 0
    asked_us: int | None = None
    wait_us: int = 0


class StationTracker:
    """Tags at one gate station: one GateRead for each stay, repeated while the tag waits."""

    def __init__(self, portal: str, rules: GateRules | None = None) -> None:
        self.portal = portal
        self.rules = rules or GateRules()
        self.newest_us = 0
        self._standing: dict[bytes, _Standing] = {}

    def feed(self, epc: bytes, read: Read, reader: str) -> None:
        """Take one read of a tag (hex EPC)."""
        at_us, _, rssi, count = read
        if rssi < self.rules.rssi_floor_dbm:
            return
        tag = self._standing.get(epc)
        if tag is None or at_us - tag.latest_us > self.rules.quiet_s * US_PER_S:
            tag = self._standing[epc] = _Standing(reader)
        tag.reads += count
        tag.peak = max(tag.peak, rssi)
        tag.latest_us = max(tag.latest_us, at_us)
        self.newest_us = max(self.newest_us, at_us)

    def harvest(self, until_us: int) -> list[GateRead]:
        """Tags that wait for a decision, once and again after the repeat time; forgets those gone before `until_us`."""
        rules = self.rules
        quiet_us = int(rules.quiet_s * US_PER_S)
        found = []
        for epc, tag in list(self._standing.items()):
            due = tag.reads >= rules.min_reads if tag.asked_us is None else tag.latest_us - tag.asked_us >= tag.wait_us
            if due:
                longer = rules.repeat_after_s * US_PER_S if tag.asked_us is None else tag.wait_us * 2
                tag.wait_us = int(min(longer, rules.repeat_at_most_s * US_PER_S))
                tag.asked_us = tag.latest_us
                found.append(self._gate_read(epc, tag))
            if tag.latest_us + quiet_us < until_us:
                del self._standing[epc]
        return found

    @property
    def present(self) -> int:
        """Tags at the station now."""
        return len(self._standing)

    def _gate_read(self, epc: bytes, tag: _Standing) -> GateRead:
        return GateRead(
            portal=self.portal,
            reader=tag.reader,
            epc=epc.decode(),
            seen_at=instant(tag.latest_us),
            reads=tag.reads,
            peak_rssi_dbm=tag.peak,
        )
