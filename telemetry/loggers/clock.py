"""Instants of an export: ISO 8601, with an offset or in a zone that somebody named. A local hour is never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from telemetry.loggers.model import refused

_INSTANT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,6}))? ?(Z|z|[+-]\d\d:?\d\d)?", re.ASCII
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS: Final = (2000, 2200)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant as ms since 1970; not ``is_aware``: of a clock whose zone nobody said, counted as if it were UTC."""

    ms: int
    is_aware: bool


def zone_of(name: str) -> ZoneInfo:
    """A time zone by its IANA name; raises LoggerError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise refused(
            "timezone.unknown", f"There is no time zone {name[:40]!r}; name one like Asia/Shanghai"
        ) from error


def moment_of(text: str, zone: ZoneInfo | None, line: int) -> Moment:
    """Read an instant; without an offset it is of ``zone``. Raises LoggerError naming the line."""
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise refused("time.format", f"{text[:40]!r} is no instant such as 2026-03-02T08:00:00Z", line)
    day, minute, second, fraction, offset = found.groups()
    written = f"{day}T{minute}{second or ':00'}.{(fraction or '0').ljust(6, '0')}{(offset or '').upper()}"
    try:
        at = datetime.fromisoformat(written)
    except ValueError as error:
        raise refused("time.format", f"{text[:40]!r} is no instant: {error}", line) from error
    if not _YEARS[0] <= at.year < _YEARS[1]:
        raise refused("time.year", f"{text[:40]!r} is not in {_YEARS[0]} to {_YEARS[1] - 1}", line)
    if at.tzinfo is not None:
        return Moment(_ms(at), is_aware=True)
    if zone is None:
        return Moment(_ms(at.replace(tzinfo=UTC)), is_aware=False)
    return Moment(_ms(local(at, zone, line)), is_aware=True)


def local(at: datetime, zone: ZoneInfo, line: int | None) -> datetime:
    """The instant of a local time; raises LoggerError when the zone's clock skipped it, or showed it twice."""
    first, second = (at.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != at:
        raise refused("time.skipped", f"{at} does not exist in {zone.key}: the clock was put forward", line)
    if first.utcoffset() != second.utcoffset():
        detail = f"{at} came twice in {zone.key}: the clock was put back; export it in UTC"
        raise refused("time.twice", detail, line)
    return first.astimezone(UTC)


def told(ms: int, *, is_own_clock: bool = False) -> str:
    """ISO 8601 of an instant: with Z, or without anything when it is the file's own clock."""
    at = (_EPOCH + timedelta(milliseconds=ms)).replace(tzinfo=None)
    text = at.isoformat(timespec="milliseconds" if ms % 1000 else "seconds")
    return text if is_own_clock else text + "Z"


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)
