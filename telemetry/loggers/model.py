"""What a logger's export holds, whatever its format, and the one error for what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from telemetry.excursions import ExcursionKind

FAULTS_TOLD: Final = 20
"""More faults than this are counted, not told: a person mends the first ones and tries again."""


class LoggerFormat(StrEnum):
    """Formats that can be read."""

    CSV = "csv"
    FRIDGE_TAG_2 = "fridge_tag_2"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a code, a sentence, and the line (from 1; None when it concerns the file)."""

    code: str
    detail: str
    line: int | None = None

    @property
    def where(self) -> str:
        """Where it is, in words."""
        return "file" if self.line is None else f"line {self.line}"

    def __str__(self) -> str:
        """Where and what."""
        return f"{self.where}: {self.detail} ({self.code})"


class LoggerError(ValueError):
    """An export that cannot be read; nothing of it is used. ``faults`` names every fault, the first ones by line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults[:FAULTS_TOLD])
        self.count = len(faults)
        more = f"; and {self.count - len(self.faults)} more" if self.count > len(self.faults) else ""
        super().__init__("; ".join(map(str, self.faults)) + more)


def refused(code: str, detail: str, line: int | None = None) -> LoggerError:
    """The error for a single fault."""
    return LoggerError([Fault(code, detail, line)])


@dataclass(frozen=True, slots=True, eq=False)
class ReadingsExport:
    """Single readings in the order of time: ms since 1970, Celsius, and the line of each.

    ``zone`` says how instants without an offset were read: the zone's name, or None when every instant brought its
    offset. With ``is_own_clock`` nobody said the zone: ``ts_ms`` then counts the file's own clock, as if it were UTC.
    """

    format: LoggerFormat
    ts_ms: npt.NDArray[np.int64]
    celsius: npt.NDArray[np.float64]
    lines: npt.NDArray[np.int64]
    zone: str | None
    is_own_clock: bool

    def __len__(self) -> int:
        return len(self.ts_ms)

    @property
    def usual_interval_ms(self) -> int | None:
        """The median distance of two readings; None with fewer than two."""
        return None if len(self) < 2 else int(np.median(np.diff(self.ts_ms)))


@dataclass(frozen=True, slots=True)
class AlarmLimit:
    """A limit that a device watches itself: it alarms after ``after_min`` minutes outside, added up."""

    kind: ExcursionKind
    limit_c: float
    after_min: int


@dataclass(frozen=True, slots=True)
class SensorSetting:
    """One sensor of a device: after so many minutes without it there is a time-out; its offset in Celsius."""

    name: str
    timeout_min: int
    offset_c: float


@dataclass(frozen=True, slots=True)
class DeviceFault:
    """A fault that a device recorded of itself: its own code, how often, and when last."""

    code: int
    count: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Outside:
    """One day's minutes beyond one limit, and since when the alarm stood; None while it did not."""

    kind: ExcursionKind
    minutes: int
    alarm_at: time | None


@dataclass(frozen=True, slots=True)
class SensorTimeout:
    """One day's minutes without a sensor, and when the time-out began; None without one."""

    sensor: str
    minutes: int
    since: time | None


@dataclass(frozen=True, slots=True)
class DailySummary:
    """One day as a device sums it up; times of day are its own."""

    day: date
    line: int
    min_c: float
    min_at: time
    max_c: float
    max_at: time
    mean_c: float
    outside: tuple[Outside, ...]
    timeouts: tuple[SensorTimeout, ...]
    events: int
    checked_at: tuple[time, ...]

    @property
    def alarms(self) -> tuple[Outside, ...]:
        """The limits whose alarm stood on this day."""
        return tuple(one for one in self.outside if one.alarm_at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyExport:
    """Daily summaries of a device, newest day first, without single readings.

    All instants are the device's own clock, without a zone. ``doubts`` are contradictions in its own numbers: the file
    is read, and a person has to look.
    """

    format: LoggerFormat
    device: str
    version: str
    firmware: str
    serial: str
    lot: str
    activated_at: datetime
    created_at: datetime
    tested_at: datetime
    test_passed: bool
    measurement_delay_min: int
    limits: tuple[AlarmLimit, ...]
    sensors: tuple[SensorSetting, ...]
    device_faults: tuple[DeviceFault, ...]
    days: tuple[DailySummary, ...]
    kept_days: int
    signature: str
    doubts: tuple[Fault, ...] = ()


Export = ReadingsExport | DailyExport
