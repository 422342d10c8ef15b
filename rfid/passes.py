"""What a series of reads of one tag at a passage means: a crossing, evidence without direction, or nothing.

Pure: time comes from the reads only. Numbers follow the geometry of world.md 3.1-3.3: along a pass the signal is a
bell, peak -45 to -55 dBm and ends near -70; a bag parked within 2.6 m is read steadily at -62 to -72.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rfid.messages import Direction

US_PER_S: Final = 1_000_000
WEAKEST_DBM: Final = -128
_WEIGHTS: Final = tuple(10 ** ((rssi + 70) / 20) for rssi in range(WEAKEST_DBM, 128))
_LEADS_FROM: Final = 3  # reads of a side that make it comparable
_SMOOTHED_FROM: Final = 5  # with fewer reads of a side, its strongest read stands for its peak


class Side(StrEnum):
    """Where an antenna looks: the two sides of a passage, a station where bags stand, or a shelf."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    STATION = "station"
    SHELF = "shelf"


Read = tuple[int, Side, int, int]
"""One tag report: time in microseconds (domain, UTC), side, peak RSSI in dBm, how often the tag was seen."""


@dataclass(frozen=True, slots=True)
class PassRules:
    """When reads are a pass. Durations are seconds of the reader's clock, levels are dBm or dB."""

    rssi_floor_dbm: int = -78  # weaker reads come from a neighbouring lane
    min_reads: int = 3  # within presence_window_s: the 3-of-5 s window of domain.md 6.5
    presence_window_s: float = 5.0
    quiet_s: float = 4.0  # a stay has ended when nothing was read for so long: a slow tote is unseen between two fields
    settled_s: float = 0.5  # enough when order and falling signal already decide the direction
    through_s: float = 0.2  # enough when the tag began nearer to one side and ended nearer to the other, and is
    through_pauses: float = 3.0  # silent for so many of the usual pauses between two of its reads
    swap_db: float = 2.0  # so much stronger on one side at the beginning, and on the other at the end
    clear_swap_db: float = 6.0  # so much that the signal need not have begun to fall
    shortest_pass_s: float = 1.0  # what was read for less is at best the beginning of a pass
    unheard_dbm: float = -70.0  # what a side would have heard at most that heard nothing
    max_pass_s: float = 15.0  # longer than this the tag stands still; only its coming and going count
    peak_dbm: float = -60.0  # a passing tag comes nearer than a parked one
    near_dbm: float = -56.0  # so near that two ordered sides need no bell
    faint_dbm: float = -61.0  # stronger than any stray; enough when the sides were read one after the other
    ordered_share: float = 0.9
    bell_db: float = 6.0  # rise and fall that tell a pass from a parked tag
    separation_s: float = 0.2  # antenna sides closer than this in time give no direction


@dataclass(frozen=True, slots=True)
class Stay:
    """What is kept of one presence of a tag: its arrival and its departure (the same reads for a short stay)."""

    arrival: Sequence[Read]
    departure: Sequence[Read]

    @property
    def is_short(self) -> bool:
        """True when nothing between arrival and departure was left out."""
        return self.arrival is self.departure


def stay_of(reads: Sequence[Read], rules: PassRules, arrival: Sequence[Read] | None = None) -> Stay:
    """A finished stay from its reads in order of time; `arrival` is given when earlier reads were let go."""
    span_us = int(rules.max_pass_s * US_PER_S)
    if arrival is None and reads[-1][0] - reads[0][0] <= span_us:
        return Stay(reads, reads)
    departure = [read for read in reads if read[0] >= reads[-1][0] - span_us]
    return Stay(arrival or arrival_of(reads, rules), departure)


def arrival_of(reads: Sequence[Read], rules: PassRules) -> list[Read]:
    """The first reads of a stay, as long as a pass may last."""
    until_us = reads[0][0] + int(rules.max_pass_s * US_PER_S)
    return [read for read in reads if read[0] <= until_us]


def judge(stay: Stay, rules: PassRules) -> Direction | None:
    """The crossing that a finished stay is evidence for; None for a stray, a parked tag, or one that turned back.

    Reads must be in order of time. IN means outside before inside.
    """
    if not _present(stay.departure, rules):
        return None
    if stay.is_short and (direction := _one_after_the_other(stay.arrival, rules)) is not None:
        return direction
    peak = max(_peak(stay.arrival), _peak(stay.departure))
    if peak < rules.peak_dbm:
        return None
    bell = peak - max(_edge(stay.arrival, first=True), _edge(stay.departure, first=False)) >= rules.bell_db
    if not bell and peak < rules.near_dbm:
        return None
    if stay.is_short:
        motion, swapped = _motion(stay.arrival, rules), swapped_sides(stay.arrival, rules)
        if motion is not None and swapped not in {motion, None}:
            return Direction.UNKNOWN  # when it was read says one way, how well it was heard the other
        return motion or swapped or (Direction.UNKNOWN if bell else None)
    came, went = _motion(stay.arrival, rules), _motion(stay.departure, rules)
    if came is None:
        return went
    if went is None:
        return Direction.UNKNOWN if bell else None
    return went if came is went else None


def is_settled(reads: Sequence[Read], rules: PassRules) -> bool:
    """True when a short pass is decided before its quiet time: ordered sides, and the later side already falling."""
    if not _present(reads, rules) or (motion := _motion(reads, rules)) is None:
        return False
    if swapped_sides(reads, rules) not in {motion, None}:
        return False
    leaving = Side.INSIDE if motion is Direction.IN else Side.OUTSIDE
    exit_reads = [read for read in reads if read[1] is leaving]
    peak = _peak(exit_reads)
    return peak >= rules.peak_dbm and peak - _edge(exit_reads, first=False) >= rules.bell_db


def way_through(reads: Sequence[Read], rules: PassRules) -> Direction | None:
    """Direction of a short pass that is over, though its signal has hardly fallen; None when it may still go on.

    Such a tag was nearer to one side first and is nearer to the other now; one that turns back ends where it began.
    """
    if reads[-1][0] - reads[0][0] < rules.shortest_pass_s * US_PER_S or not _present(reads, rules):
        return None
    direction = swapped_sides(reads, rules)
    if direction is None or _motion(reads, rules) not in {direction, None}:
        return None
    leaving = Side.INSIDE if direction is Direction.IN else Side.OUTSIDE
    exit_reads = [read for read in reads if read[1] is leaving]
    peak = _peak(exit_reads)
    falls = peak - _edge(exit_reads, first=False) >= rules.swap_db or swapped_sides(reads, rules, rules.clear_swap_db)
    return direction if falls and peak >= rules.peak_dbm else None


def swapped_sides(reads: Sequence[Read], rules: PassRules, by_db: float | None = None) -> Direction | None:
    """Direction by which side heard the tag better in the first and in the last third of the time; None if unclear."""
    by_db = rules.swap_db if by_db is None else by_db
    begun, ended = reads[0][0], reads[-1][0]
    third = (ended - begun) // 3
    first = _outside_lead_db([read for read in reads if read[0] <= begun + third], rules)
    last = _outside_lead_db([read for read in reads if read[0] >= ended - third], rules)
    if first >= by_db and last <= -by_db:
        return Direction.IN
    if first <= -by_db and last >= by_db:
        return Direction.OUT
    return None


def split_stays(reads: Iterable[Read], rules: PassRules, *, long: bool = False) -> list[list[Read]]:
    """Reads in order of time, a list for each stay or settled part of one; `long` when earlier reads were let go.

    A stay ends where nothing was read for `quiet_s`, a pass that is decided already after `settled_s`.
    """
    quiet_us, through_us = int(rules.quiet_s * US_PER_S), int(rules.through_s * US_PER_S)
    parts: list[list[Read]] = []
    for read in sorted(reads, key=_at):
        gap = read[0] - parts[-1][-1][0] if parts else quiet_us + 1
        whole = long and len(parts) == 1
        if gap > quiet_us or (gap > through_us and not whole and is_over(parts[-1], gap, rules)):
            parts.append([read])
        else:
            parts[-1].append(read)
    return parts


def is_over(reads: Sequence[Read], silent_us: int, rules: PassRules) -> bool:
    """True when reads that nothing has followed for so long are a decided pass."""
    if silent_us >= rules.settled_s * US_PER_S and is_settled(reads, rules):
        return True
    return silent_us >= gone_after_us(reads, rules) and way_through(reads, rules) is not None


def gone_after_us(reads: Sequence[Read], rules: PassRules) -> float:
    """How long a tag must be silent, by the pauses between its own reads, to be called gone."""
    pause_us = (reads[-1][0] - reads[0][0]) / max(len(reads) - 1, 1)
    return max(rules.through_s * US_PER_S, rules.through_pauses * pause_us)


def _outside_lead_db(reads: Sequence[Read], rules: PassRules) -> float:
    """By how many dB the outside heard a tag better than the inside; a side that heard nothing counts as faint.

    0 when nobody can tell: neither side read it often enough, or only one did and that faintly. Among many tags a side
    is silent by chance, and a tag that comes from afar is faint to the side it comes to, and silent to the other.
    """
    levels = {side: [read[2] for read in reads if read[1] is side] for side in (Side.OUTSIDE, Side.INSIDE)}
    if max(map(len, levels.values())) < _LEADS_FROM:
        return 0.0
    means = {side: sum(some) / len(some) for side, some in levels.items() if some}
    if len(means) == 1 and max(means.values()) < rules.faint_dbm:
        return 0.0
    unheard = min(rules.unheard_dbm, *means.values())
    return means.get(Side.OUTSIDE, unheard) - means.get(Side.INSIDE, unheard)


def _present(reads: Sequence[Read], rules: PassRules) -> bool:
    """At least `min_reads` sightings within some presence window."""
    window_us = int(rules.presence_window_s * US_PER_S)
    seen, oldest = 0, 0
    for at_us, _, _, count in reads:
        seen += count
        while reads[oldest][0] < at_us - window_us:
            seen -= reads[oldest][3]
            oldest += 1
        if seen >= rules.min_reads:
            return True
    return False


def _motion(reads: Sequence[Read], rules: PassRules) -> Direction | None:
    """Direction by which side's signal has the earlier centre of gravity; None for one side or too close to tell."""
    inside, outside = _centre_us(reads, Side.INSIDE), _centre_us(reads, Side.OUTSIDE)
    if inside is None or outside is None or abs(inside - outside) < rules.separation_s * US_PER_S:
        return None
    return Direction.IN if outside < inside else Direction.OUT


def _one_after_the_other(reads: Sequence[Read], rules: PassRules) -> Direction | None:
    """Direction of a pass too faint or too thinly read for a bell, when one side was read before the other.

    A parked tag is read by both sides in turn, so `ordered_share` of the pairs are not in order.
    """
    direction = _motion(reads, rules)
    if direction is None or max(read[2] for read in reads) < rules.faint_dbm:
        return None
    entry = Side.OUTSIDE if direction is Direction.IN else Side.INSIDE
    entered = left = in_order = 0
    for _, side, _, _ in reads:
        if side is entry:
            entered += 1
        else:
            left += 1
            in_order += entered
    return direction if in_order >= rules.ordered_share * entered * left else None


def _centre_us(reads: Sequence[Read], side: Side) -> float | None:
    """Mean time of a side's reads, weighted by field strength; None when the side saw nothing."""
    origin, weights, moments = reads[0][0], 0.0, 0.0
    for at_us, read_side, rssi, _ in reads:
        if read_side is side:
            weight = _WEIGHTS[rssi - WEAKEST_DBM]
            weights += weight
            moments += weight * (at_us - origin)
    return moments / weights if weights else None


def _peak(reads: Sequence[Read]) -> float:
    """Strongest signal of either side in dBm, as a mean of three neighbouring reads where there are enough."""
    best = float(WEAKEST_DBM)
    for side in Side:
        levels = [read[2] for read in reads if read[1] is side]
        if len(levels) >= _SMOOTHED_FROM:
            best = max(best, *(sum(levels[i : i + 3]) / 3 for i in range(len(levels) - 2)))
        elif levels:
            best = max(best, *levels)
    return best


def _edge(reads: Sequence[Read], *, first: bool) -> float:
    """Mean level in dBm of the first or the last tenth of the reads."""
    size = max(1, len(reads) // 10)
    edge = reads[:size] if first else reads[-size:]
    return sum(read[2] for read in edge) / size


def _at(read: Read) -> int:
    return read[0]
