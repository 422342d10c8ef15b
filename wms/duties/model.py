"""The words of duties, and one duty and one record as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class DutyKind(StrEnum):
    """What is to be done: read the display, provoke an alarm, sign what yesterday's lowest and highest values were."""

    READING = "reading"
    ALARM_TEST = "alarm_test"
    MIN_MAX = "min_max"


class DutyState(StrEnum):
    """`waiting`: not yet its time; `open`: to be done now; `overdue`: late; `missed`: its time is over for good."""

    WAITING = "waiting"
    OPEN = "open"
    OVERDUE = "overdue"
    MISSED = "missed"
    DONE = "done"


class Punctuality(StrEnum):
    """When a record was made, seen from its duty. Nothing is dated back: the record has the time it was made at."""

    IN_TIME = "in_time"
    LATE = "late"
    MISSED = "missed"


class DutyOutcome(StrEnum):
    """What a record says: a value was read, a test passed or failed, a day was signed, or why it was not done."""

    READ = "read"
    PASSED = "passed"
    FAILED = "failed"
    SIGNED = "signed"
    MISSED = "missed"


class TestMethod(StrEnum):
    """How an alarm was provoked."""

    __test__ = False  # the word of the trade, and no test case

    WARMED = "warmed"
    COOLED = "cooled"
    SIMULATED = "simulated"
    OTHER = "other"


class Agreement(StrEnum):
    """Whether a person's reading and the probe say the same; `unknown` when the probe said nothing good."""

    AGREES = "agrees"
    DISAGREES = "disagrees"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to be done for a device. ``closes_at`` None: it stays due until it is done."""

    id: str
    kind: DutyKind
    subject: str
    day: date
    opens_at: datetime
    due_at: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayRange:
    """Lowest and highest good value of a probe in a day, and for how many minutes nothing good is known."""

    probe: str
    min_c: float | None
    max_c: float | None
    outside: bool
    gap_minutes: float
