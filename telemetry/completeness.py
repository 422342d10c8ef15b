"""The completeness meter: of the minutes that a probe owed on a UTC day, which came, which came late, which are lost.

A probe owes at least one reading a minute. A minute is *received* when a live reading vouches for it, *filled* when
only readings that came late do (sent again by the edge, or out of a logger's file), *lost* when none does. A reading
vouches for its own minute, and for a neighbour whose edge it missed by less than `SLACK_MS`: a device that speaks every
60.2 s owes nothing. A minute that has readings, but no good one, is *uncertain*. A device that is used now and
then, such as the logger of a box, owes only while it is in use. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

MINUTE_MS: Final = 60_000
DAY_MS: Final = 86_400_000
SLACK_MS: Final = 15_000
"""A quarter of the interval: clocks and polling are no better, and a real gap is longer."""
SETTLE_MS: Final = 120_000
"""The newest minutes are still under way and are not judged yet."""

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class GapReason(StrEnum):
    """Why minutes of a probe are missing, by what else was heard in the same minute."""

    EDGE_OFFLINE = "edge_offline"
    DEVICE_OFFLINE = "device_offline"
    SERVICE_DOWN = "service_down"
    PROBE_SILENT = "probe_silent"
    BAD_QUALITY = "bad_quality"
    NOT_COMMISSIONED = "not_commissioned"
    NOT_IN_USE = "not_in_use"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Minutes:
    """Readings counted per source and minute, as equal columns sorted by source, then minute (of 1970).

    ``first_ms`` and ``last_ms`` are the first and the last reading of the minute; ``live``, ``late`` and ``good`` count
    readings: as they were measured, sent again (or from a file), good and not null.
    """

    source: npt.NDArray[np.int32]
    minute: Ints
    first_ms: Ints
    last_ms: Ints
    live: Ints
    late: Ints
    good: Ints

    def of(self, source: int) -> Minutes:
        """The rows of one source."""
        low, high = np.searchsorted(self.source, [source, source + 1])
        part = slice(int(low), int(high))
        names = ("source", "minute", "first_ms", "last_ms", "live", "late", "good")
        return Minutes(*(getattr(self, name)[part] for name in names))


@dataclass(frozen=True, slots=True)
class Absence:
    """An edge or a device, called ``name``, was known to be away; ``to_ms`` None while it still is."""

    name: str
    reason: GapReason
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class Use:
    """A time [from, to) for which a device was in use; ``to_ms`` None while it still is."""

    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What else is known of one probe's day, a flag for each of its minutes: who was away or heard, and its use."""

    edge_away: Flags
    device_away: Flags
    anybody_heard: Flags
    device_heard: Flags
    in_use: Flags


@dataclass(frozen=True, slots=True)
class CompletenessGap:
    """Minutes in a row that are missing (or only of bad quality) for one reason; [from, to) in ms since 1970."""

    from_ms: int
    to_ms: int
    reason: GapReason

    @property
    def minutes(self) -> int:
        """How many minutes."""
        return (self.to_ms - self.from_ms) // MINUTE_MS


@dataclass(frozen=True, slots=True)
class ProbeDay:
    """One probe on one UTC day (``day``: days since 1970). ``expected`` = ``received`` + ``filled`` + ``lost``.

    ``late`` counts readings, everything else minutes; ``uncertain`` are minutes among received and filled.
    """

    probe: str
    day: int
    expected: int
    received: int
    filled: int
    lost: int
    uncertain: int
    late: int
    gaps: tuple[CompletenessGap, ...]

    @property
    def share(self) -> float | None:
        """The part of the expected minutes with a good reading; None when nothing was expected."""
        return None if self.expected == 0 else (self.expected - self.lost - self.uncertain) / self.expected


def minutes_of_day(day: int, now_ms: int) -> int:
    """How many minutes of a UTC day can be judged at ``now_ms``: all of a past day, none of one to come."""
    return max(0, min(DAY_MS, now_ms - SETTLE_MS - day * DAY_MS)) // MINUTE_MS


def probe_day(
    probe: str, day: int, minutes: Minutes, evidence: Evidence, *, now_ms: int, commissioned_ms: int | None
) -> ProbeDay:
    """Judge one day of one probe.

    ``minutes`` are those of its source, at least from the minute before the day to the one after it. It owes from the
    minute of ``commissioned_ms`` on, its first reading ever; a probe that never spoke (None) owes from the beginning.
    """
    count = minutes_of_day(day, now_ms)
    begin = day * DAY_MS // MINUTE_MS
    live, heard, good = _vouched(minutes, begin, count)
    began = 0 if commissioned_ms is None else min(count, max(0, commissioned_ms // MINUTE_MS - begin))
    known = np.arange(count) >= began
    owed = known & evidence.in_use
    inside = (minutes.minute >= begin) & (minutes.minute < begin + count)
    lost, uncertain = owed & ~heard, owed & heard & ~good
    reasons = np.full(count, "", dtype=object)
    reasons[~evidence.in_use] = GapReason.NOT_IN_USE
    reasons[~known] = GapReason.NOT_COMMISSIONED
    reasons[uncertain] = GapReason.BAD_QUALITY
    for first, last in _runs(lost):
        reasons[first:last] = _named(evidence, first, last)
    return ProbeDay(
        probe=probe,
        day=day,
        expected=int(owed.sum()),
        received=int((owed & live).sum()),
        filled=int((owed & heard & ~live).sum()),
        lost=int(lost.sum()),
        uncertain=int(uncertain.sum()),
        late=int(minutes.late[inside].sum()),
        gaps=tuple(_gaps(reasons, begin)),
    )


def away(absences: Sequence[Absence], name: str, reason: GapReason, day: int, count: int) -> Flags:
    """The minutes of a day that an edge or a device was away for, wholly or in part."""
    flags = np.zeros(count, dtype=np.bool_)
    for one in absences:
        if one.name == name and one.reason is reason:
            first = max(0, (one.from_ms - day * DAY_MS) // MINUTE_MS)
            last = count if one.to_ms is None else -((day * DAY_MS - one.to_ms) // MINUTE_MS)
            flags[first : max(first, min(last, count))] = True
    return flags


def in_use(uses: Sequence[Use] | None, day: int, count: int) -> Flags:
    """The minutes of a day that lie wholly in a use; all of them where a device is always in use (None)."""
    flags = np.full(count, uses is None, dtype=np.bool_)
    for one in uses or ():
        first = max(0, -((day * DAY_MS - one.from_ms) // MINUTE_MS))
        last = count if one.to_ms is None else (one.to_ms - day * DAY_MS) // MINUTE_MS
        flags[first : max(first, min(last, count))] = True
    return flags


def heard_live(minutes: Minutes, day: int, count: int) -> Flags:
    """The minutes of a day in which any of these sources was heard live."""
    flags = np.zeros(count, dtype=np.bool_)
    position = minutes.minute[minutes.live > 0] - day * DAY_MS // MINUTE_MS
    flags[position[(position >= 0) & (position < count)]] = True
    return flags


def _vouched(minutes: Minutes, begin: int, count: int) -> tuple[Flags, Flags, Flags]:
    """Which minutes of the day are vouched for: by a live reading, by any reading, by a good one."""
    position = minutes.minute - begin
    start_ms = minutes.minute * MINUTE_MS
    early = minutes.first_ms - start_ms < SLACK_MS
    late = start_ms + MINUTE_MS - minutes.last_ms <= SLACK_MS
    answer = []
    for flag in (minutes.live > 0, minutes.live + minutes.late > 0, minutes.good > 0):
        covered = np.zeros(count, dtype=np.bool_)
        for shift, which in ((0, flag), (-1, flag & early), (1, flag & late)):
            at = position[which] + shift
            covered[at[(at >= 0) & (at < count)]] = True
        answer.append(covered)
    return answer[0], answer[1], answer[2]


def _named(evidence: Evidence, first: int, last: int) -> npt.NDArray[np.object_]:
    """A reason for each minute of one gap; minutes that nothing explains take that of their neighbours in the gap."""
    part = slice(first, last)
    reasons = np.full(last - first, GapReason.UNKNOWN, dtype=object)
    reasons[evidence.device_heard[part]] = GapReason.PROBE_SILENT
    reasons[~evidence.anybody_heard[part]] = GapReason.SERVICE_DOWN
    reasons[evidence.device_away[part]] = GapReason.DEVICE_OFFLINE
    reasons[evidence.edge_away[part]] = GapReason.EDGE_OFFLINE
    known = np.flatnonzero(reasons != GapReason.UNKNOWN)
    if len(known):
        nearest = known[np.maximum(np.searchsorted(known, np.arange(last - first), side="right") - 1, 0)]
        reasons = reasons[nearest]
    return reasons


def _runs(flags: Flags) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False]))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _gaps(reasons: npt.NDArray[np.object_], begin: int) -> Iterator[CompletenessGap]:
    if len(reasons) == 0:
        return
    edges = [0, *(np.flatnonzero(reasons[1:] != reasons[:-1]) + 1).tolist(), len(reasons)]
    for first, last in pairwise(edges):
        if reasons[first] != "":
            yield CompletenessGap((begin + first) * MINUTE_MS, (begin + last) * MINUTE_MS, GapReason(reasons[first]))
