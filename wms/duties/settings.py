"""Times and tolerances of duties, as the site's data file gives them (`duties.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import msgspec

FILE: Final = Path(__file__).with_name("duties.toml")
_Positive = Annotated[float, msgspec.Meta(gt=0.0)]
_Whole = Annotated[int, msgspec.Meta(ge=1)]


class DutiesError(ValueError):
    """A duties file that cannot be used; the text names the fault."""


class _Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    times: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    opens_before_min: _Positive
    due_after_min: _Positive
    apart_h: _Positive
    tolerance_c: _Positive
    source: str
    status: str


class _MinMax(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    due_at: str
    gap_tolerance_min: _Positive
    source: str
    status: str


class _AlarmTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    every_days: _Whole
    first_within_days: _Whole
    opens_before_days: _Whole
    window_min: _Whole
    source: str
    status: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    reading: _Reading
    min_max: _MinMax
    alarm_test: _AlarmTest


@dataclass(frozen=True, slots=True)
class DutySettings:
    """What a site has set. Local times; ``tolerance_c`` is how far a person's reading and the probe may differ."""

    reading_times: tuple[time, ...]
    opens_before: timedelta
    due_after: timedelta
    apart: timedelta
    tolerance_c: float
    min_max_due: time
    gap_tolerance_min: float
    test_every: timedelta
    test_first_within: timedelta
    test_opens_before: timedelta
    test_window: timedelta


@cache
def duty_settings(path: Path = FILE) -> DutySettings:
    """Read and check a duties file; raises DutiesError."""
    try:
        content = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
        times = tuple(time.fromisoformat(text) for text in content.reading.times)
        due = time.fromisoformat(content.min_max.due_at)
    except (OSError, ValueError) as error:
        raise DutiesError(f"{path}: {error}") from error
    if list(times) != sorted(set(times)):
        raise DutiesError(f"{path}: the times of readings are not in order")
    reading, test = content.reading, content.alarm_test
    return DutySettings(
        reading_times=times,
        opens_before=timedelta(minutes=reading.opens_before_min),
        due_after=timedelta(minutes=reading.due_after_min),
        apart=timedelta(hours=reading.apart_h),
        tolerance_c=reading.tolerance_c,
        min_max_due=due,
        gap_tolerance_min=content.min_max.gap_tolerance_min,
        test_every=timedelta(days=test.every_days),
        test_first_within=timedelta(days=test.first_within_days),
        test_opens_before=timedelta(days=test.opens_before_days),
        test_window=timedelta(minutes=test.window_min),
    )
