"""A Fridge-tag's own numbers held against each other: where they contradict, the export is read and a person told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from telemetry.excursions import ExcursionKind
from telemetry.loggers.model import AlarmLimit, DailyExport, DailySummary, Fault, Outside

_DAY_MIN: Final = 1440
_EDGE_MIN: Final = 1
"""The device counts both ends: from 00:00 to 06:05 it has 366 minutes."""


def doubts_of(export: DailyExport, unknown: tuple[Fault, ...] = ()) -> DailyExport:
    """The export with every contradiction in it, after what was not understood."""
    found = [*unknown, *_of_device(export)]
    for number, day in enumerate(export.days):
        found += _of_day(export, day)
        for limit, outside in zip(export.limits, day.outside, strict=True):
            found += _of_limit(export, number, limit, outside)
    return replace(export, doubts=tuple(found))


def _of_device(export: DailyExport) -> Iterator[Fault]:
    newest, oldest = export.days[0], export.days[-1]
    if not export.test_passed:
        yield Fault("fridge_tag.doubt.test", "The device's own test before its activation failed")
    if not export.tested_at <= export.activated_at <= export.created_at:
        yield Fault("fridge_tag.doubt.order", "It was not tested, then activated, then read out")
    if newest.day != export.created_at.date():
        detail = f"The newest day is {newest.day}, but the report was made on {export.created_at.date()}"
        yield Fault("fridge_tag.doubt.newest", detail, newest.line)
    if oldest.day < export.activated_at.date():
        detail = f"{oldest.day} lies before the activation on {export.activated_at.date()}"
        yield Fault("fridge_tag.doubt.oldest", detail, oldest.line)
    if len(export.days) > export.kept_days:
        yield Fault("fridge_tag.doubt.kept", f"{len(export.days)} days, where it keeps {export.kept_days}")
    for later, earlier in zip(export.days, export.days[1:], strict=False):
        if later.day - earlier.day != timedelta(days=1):
            yield Fault("fridge_tag.doubt.gap", f"No day between {earlier.day} and {later.day}", earlier.line)
    first = max(export.activated_at.date(), export.created_at.date() - timedelta(days=export.kept_days - 1))
    if oldest.day > first:
        yield Fault("fridge_tag.doubt.begin", f"The first day is {oldest.day}; it should be {first}", oldest.line)


def _of_day(export: DailyExport, day: DailySummary) -> Iterator[Fault]:
    if not day.min_c <= day.mean_c <= day.max_c:
        detail = f"{day.day}: the mean {day.mean_c} is not between {day.min_c} and {day.max_c}"
        yield Fault("fridge_tag.doubt.mean", detail, day.line)
    known = _known_minutes(export, day)
    for name, minutes in [(one.kind.value, one.minutes) for one in day.outside] + [
        (f"{one.sensor} time-out", one.minutes) for one in day.timeouts
    ]:
        if minutes > known:
            detail = f"{day.day}: {minutes} minutes {name}, where the day has {known}"
            yield Fault("fridge_tag.doubt.minutes", detail, day.line)
    for timeout in day.timeouts:
        if (timeout.minutes > 0) != (timeout.since is not None):
            detail = f"{day.day}: {timeout.minutes} minutes without the {timeout.sensor} sensor, and no beginning"
            yield Fault("fridge_tag.doubt.timeout", detail, day.line)


def _of_limit(export: DailyExport, number: int, limit: AlarmLimit, outside: Outside) -> Iterator[Fault]:
    day = export.days[number]
    above = limit.kind is ExcursionKind.ABOVE
    worst, best = (day.max_c, day.min_c) if above else (-day.min_c, -day.max_c)
    bound = limit.limit_c if above else -limit.limit_c
    if outside.minutes > 0 and worst <= bound:
        detail = f"{day.day}: {outside.minutes} minutes {limit.kind.value} {limit.limit_c}, which it never passed"
        yield Fault("fridge_tag.doubt.never_outside", detail, day.line)
    lost = sum(one.minutes for one in day.timeouts)
    whole_day = export.activated_at.date() < day.day < export.created_at.date()
    if whole_day and best > bound and outside.minutes + lost < _DAY_MIN:
        detail = f"{day.day}: never inside, but only {outside.minutes} minutes {limit.kind.value} {limit.limit_c}"
        yield Fault("fridge_tag.doubt.always_outside", detail, day.line)
    if outside.minutes > limit.after_min and outside.alarm_at is None:
        detail = f"{day.day}: {outside.minutes} minutes {limit.kind.value} {limit.limit_c} without an alarm"
        yield Fault("fridge_tag.doubt.no_alarm", detail, day.line)
    if outside.alarm_at is not None and _run(export, number, limit) < limit.after_min:
        detail = f"{day.day}: an alarm {limit.kind.value} {limit.limit_c} before {limit.after_min} minutes of it"
        yield Fault("fridge_tag.doubt.early_alarm", detail, day.line)


def _known_minutes(export: DailyExport, day: DailySummary) -> int:
    """How many minutes of the day the device can have counted."""
    end = export.created_at
    if day.day != end.date():
        return _DAY_MIN
    return min(_DAY_MIN, end.hour * 60 + end.minute + _EDGE_MIN)


def _run(export: DailyExport, number: int, limit: AlarmLimit) -> int:
    """Minutes outside on this day and the days before it without a break; endless where the history is cut."""
    total = 0
    for earlier in export.days[number:]:
        minutes = next(one.minutes for one in earlier.outside if one.kind is limit.kind)
        total += minutes
        if minutes == 0:
            return total
    return total if export.days[-1].day == export.activated_at.date() else _DAY_MIN * export.kept_days
