"""How long a bag may be out of controlled temperature, counted over its whole life (domain.md 2.3). Pure.

The clock is not put back by a return. Only where the profile knows a quarantine does a full rest inside control begin a
new occasion; where it knows none, every minute of the bag's life counts together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from blood.evidence import Evidence

_MINUTE: Final = timedelta(minutes=1)


class ExposureVerdict(StrEnum):
    """What the clock says of a bag."""

    OK = "ok"
    QUARANTINE = "quarantine"
    NOT_FOR_REISSUE = "not_for_reissue"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class OutOfControlRule:
    """A component's limits; minutes and degrees Celsius.

    Up to ``return_ok_min`` a bag goes back as if nothing had been. Up to ``quarantine_ok_min`` it does so after
    ``quarantine_h`` hours inside control; None: the profile knows no quarantine. ``max_events``: how often in its life
    it may need a quarantine or, where the profile knows none, be out at all. Above ``max_c``, when it was measured, it
    never goes back. ``transfuse_within_h``: a transfusion must be over so many hours after the bag left control.
    """

    return_ok_min: float
    evidence: Evidence
    quarantine_ok_min: float | None = None
    quarantine_h: float | None = None
    max_events: int | None = None
    max_c: float | None = None
    transfuse_within_h: float | None = None

    @property
    def longest_min(self) -> float:
        """The longest occasion after which a bag can still go back."""
        return self.return_ok_min if self.quarantine_ok_min is None else self.quarantine_ok_min


@dataclass(frozen=True, slots=True)
class OutEvent:
    """One time out of control; ``in_at`` None: it is out still.

    ``max_c``: the warmest that was measured, None when nobody measured. ``unwatched_min``: minutes of it for which
    nobody can even say where the bag stood.
    """

    out_at: datetime
    in_at: datetime | None
    max_c: float | None = None
    unwatched_min: float = 0.0


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the clock says at one instant, in words a person can act on.

    ``until``: when a quarantine ends, None while the bag is still out. ``minutes_left``: how long it may yet be out on
    this occasion. ``transfuse_by``: when the transfusion of a bag that is out must be over.
    """

    verdict: ExposureVerdict
    detail: str
    minutes_total: float = 0.0
    longest_min: float = 0.0
    until: datetime | None = None
    minutes_left: float | None = None
    transfuse_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Occasion:
    """Times out that count together: no full rest lies between them."""

    minutes: float
    last_in: datetime | None


def judge(rule: OutOfControlRule | None, events: Sequence[OutEvent], at: datetime) -> Exposure:
    """Judge a bag at ``at`` by its times out of control, which may come in any order and are counted until ``at``.

    A bag that was never out is fine; one that was out without a rule for its component, or for a time of which nobody
    knows anything, is UNKNOWN unless what is known already forbids it. Raises ValueError for an event that ends before
    it begins.
    """
    begun = sorted((one for one in events if one.out_at < at), key=lambda one: one.out_at)
    if any(one.in_at is not None and one.in_at < one.out_at for one in begun):
        raise ValueError("a time out of control ends before it begins")
    if not begun:
        left = None if rule is None else rule.longest_min
        return Exposure(ExposureVerdict.OK, "never out of control", minutes_left=left)
    total, longest = sum(_minutes(one, at) for one in begun), max(_minutes(one, at) for one in begun)
    if rule is None:
        detail = f"{total:.0f} min out of control, and the profile has no rule for this component"
        return Exposure(ExposureVerdict.UNKNOWN, detail, total, longest)
    occasions = _occasions(rule, begun, at)
    verdict, detail, until = _verdict(rule, begun, occasions, at)
    last = occasions[-1]
    resting = last.last_in is not None and _rested(rule, last.last_in, at)
    return Exposure(
        verdict=verdict,
        detail=detail,
        minutes_total=total,
        longest_min=longest,
        until=until,
        minutes_left=max(0.0, rule.longest_min - (0.0 if resting else last.minutes)),
        transfuse_by=_transfuse_by(rule, begun, at),
    )


def _verdict(
    rule: OutOfControlRule, events: Sequence[OutEvent], occasions: Sequence[_Occasion], at: datetime
) -> tuple[ExposureVerdict, str, datetime | None]:
    warmest = max((one.max_c for one in events if one.max_c is not None), default=None)
    if rule.max_c is not None and warmest is not None and warmest > rule.max_c:
        return ExposureVerdict.NOT_FOR_REISSUE, f"it was as warm as {warmest:g} C, at most {rule.max_c:g}", None
    worst = max(one.minutes for one in occasions)
    if worst > rule.longest_min:
        detail = f"{worst:.0f} min out of control, at most {rule.longest_min:g}"
        return ExposureVerdict.NOT_FOR_REISSUE, detail, None
    long = [one for one in occasions if one.minutes > rule.return_ok_min]
    counted = len(events) if rule.quarantine_h is None else len(long)
    if rule.max_events is not None and counted > rule.max_events:
        detail = f"{counted} times out of control that count, at most {rule.max_events}"
        return ExposureVerdict.NOT_FOR_REISSUE, detail, None
    unwatched = sum(one.unwatched_min for one in events)
    if unwatched > 0:
        return ExposureVerdict.UNKNOWN, "nobody knows how it was kept for a part of its life", None
    if long and long[-1] is occasions[-1]:
        return _quarantine(rule, long[-1], at)
    return ExposureVerdict.OK, f"{worst:.0f} min out of control at most, up to {rule.return_ok_min:g} is accepted", None


def _quarantine(rule: OutOfControlRule, last: _Occasion, at: datetime) -> tuple[ExposureVerdict, str, datetime | None]:
    spent = f"{last.minutes:.0f} min out of control"
    if last.last_in is None:
        return ExposureVerdict.QUARANTINE, f"{spent}, and still out: it must rest first", None
    until = last.last_in + timedelta(hours=rule.quarantine_h or 0.0)
    if until <= at:
        return ExposureVerdict.OK, f"{spent}, and rested since", None
    return ExposureVerdict.QUARANTINE, f"{spent}: it rests until {until.isoformat()}", until


def _occasions(rule: OutOfControlRule, events: Sequence[OutEvent], at: datetime) -> list[_Occasion]:
    occasions: list[_Occasion] = []
    for event in events:
        ends = None if event.in_at is None or event.in_at > at else event.in_at
        before = occasions[-1] if occasions else None
        if before is None or (before.last_in is not None and _rested(rule, before.last_in, event.out_at)):
            occasions.append(_Occasion(_minutes(event, at), ends))
        else:
            last_in = None if ends is None or before.last_in is None else max(before.last_in, ends)
            occasions[-1] = _Occasion(before.minutes + _minutes(event, at), last_in)
    return occasions


def _rested(rule: OutOfControlRule, since: datetime, at: datetime) -> bool:
    return rule.quarantine_h is not None and at - since >= timedelta(hours=rule.quarantine_h)


def _minutes(event: OutEvent, at: datetime) -> float:
    ends = at if event.in_at is None else min(event.in_at, at)
    return (ends - event.out_at) / _MINUTE


def _transfuse_by(rule: OutOfControlRule, events: Sequence[OutEvent], at: datetime) -> datetime | None:
    out = [one.out_at for one in events if one.in_at is None or one.in_at > at]
    if rule.transfuse_within_h is None or not out:
        return None
    return min(out) + timedelta(hours=rule.transfuse_within_h)
