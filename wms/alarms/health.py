"""The alarm system's own health, measured on occurrences against EEMUA 191 and ISA-18.2 (`domain.md` 6.1). Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from wms.alarms.floods import Flood, floods
from wms.store.metadata import to_us

_MINUTE_US: Final = 60_000_000
_PERIOD_US: Final = 10 * _MINUTE_US
_HOUR_US: Final = 60 * _MINUTE_US
_DAY_US: Final = 24 * _HOUR_US
CHATTER: Final = (3, timedelta(minutes=10))
"""An alarm chatters that comes three times within ten minutes (design: the smallest number that is no accident; with
delays of minutes a limit per minute, as plants use it, would never see it)."""
FLEETING: Final = timedelta(minutes=2)
"""Fleeting: over by itself before somebody could have acted (design: nobody walks to a store in two minutes)."""
STALE: Final = timedelta(hours=24)
TOP: Final = 10


class Call(NamedTuple):
    """One annunciated occurrence, as the database gives it (microseconds)."""

    alarm: str
    source: str
    condition: str
    priority: int
    at_us: int
    returned_us: int | None
    acknowledged_us: int | None


class Urgency(StrEnum):
    """The three classes that the standards count in."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


_URGENCIES: Final[Mapping[Urgency, tuple[tuple[int, ...], float]]] = {
    Urgency.HIGH: ((1,), 0.05),
    Urgency.MEDIUM: ((2,), 0.15),
    Urgency.LOW: ((3, 4), 0.80),
}
"""Class -> our priorities, and the share it should have (EEMUA 191)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Alarms per stretch of time: on average over the whole period, and in its fullest stretch."""

    mean: float
    max: int


@dataclass(frozen=True, slots=True)
class Often:
    """One alarm and how often it called."""

    alarm: str
    source: str
    condition: str
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class Share:
    """One class of urgency."""

    urgency: Urgency
    priorities: tuple[int, ...]
    n: int
    share: float
    target: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the calls of a period say; shares are 0 to 1. `above_rate_share` counts ten-minute periods above ten."""

    calls: int
    periods: tuple[tuple[int, int], ...]
    per_minute: Rate
    per_10min: Rate
    per_hour: Rate
    per_day: Rate
    above_rate_share: float
    floods: tuple[Flood, ...]
    flood_share: float
    chattering: tuple[Often, ...]
    fleeting: tuple[Often, ...]
    top: tuple[Often, ...]
    top_share: float
    split: tuple[Share, ...]


def measure(calls: Sequence[Call], from_at: datetime, to_at: datetime) -> Measured:
    """Measure the calls in [from, to), sorted by time. Raises ValueError for an interval that is empty."""
    start, end = to_us(from_at), to_us(to_at)
    if end <= start:
        raise ValueError("the interval is empty")
    times = [call.at_us for call in calls]
    stretches = (_MINUTE_US, _PERIOD_US, _HOUR_US, _DAY_US)
    columns = np.array(times, np.int64)
    minutes, periods, hours, days = (_counted(columns, start, end, stretch) for stretch in stretches)
    found = floods(times, to_at)
    in_flood = sum(((flood.to_at or to_at) - flood.from_at).total_seconds() for flood in found)
    top = _often(Counter([call.alarm for call in calls]), calls)[:TOP]
    return Measured(
        calls=len(calls),
        periods=tuple(((start + i * _PERIOD_US) // 1000, n) for i, n in enumerate(periods.tolist())),
        per_minute=_rate(minutes, _MINUTE_US / (end - start)),
        per_10min=_rate(periods, _PERIOD_US / (end - start)),
        per_hour=_rate(hours, _HOUR_US / (end - start)),
        per_day=_rate(days, _DAY_US / (end - start)),
        above_rate_share=float((periods > 10).mean()),
        floods=found,
        flood_share=min(1.0, in_flood * 1e6 / (end - start)),
        chattering=_often(_chattering(calls), calls),
        fleeting=_often(Counter(call.alarm for call in calls if _is_fleeting(call)), calls),
        top=top,
        top_share=sum(one.share for one in top),
        split=tuple(_split(calls)),
    )


def _counted(times: npt.NDArray[np.int64], start: int, end: int, stretch_us: int) -> npt.NDArray[np.int64]:
    """How many calls lie in each stretch of the period, the last one maybe cut short."""
    return np.bincount((times - start) // stretch_us, minlength=-(-(end - start) // stretch_us))


def _rate(counted: npt.NDArray[np.int64], share: float) -> Rate:
    """``share`` is how much of the period one stretch is."""
    return Rate(int(counted.sum()) * share, int(counted.max()))


def _chattering(calls: Sequence[Call]) -> Counter[str]:
    """Alarm -> its calls, of those that came too often within the window of `CHATTER`."""
    times: dict[str, list[int]] = defaultdict(list)
    for call in calls:
        times[call.alarm].append(call.at_us)
    often, within = CHATTER
    reach = within // timedelta(microseconds=1)
    return Counter(
        {
            alarm: len(at)
            for alarm, at in times.items()
            if len(at) >= often and any(last - first <= reach for first, last in zip(at, at[often - 1 :], strict=False))
        }
    )


def _is_fleeting(call: Call) -> bool:
    if call.returned_us is None or call.returned_us - call.at_us > FLEETING // timedelta(microseconds=1):
        return False
    return call.acknowledged_us is None or call.acknowledged_us >= call.returned_us


def _often(counted: Mapping[str, int], calls: Sequence[Call]) -> tuple[Often, ...]:
    names = {call.alarm: call for call in calls if call.alarm in counted}
    ranked = sorted(counted.items(), key=lambda one: (-one[1], names[one[0]].source, names[one[0]].condition))
    return tuple(Often(alarm, names[alarm].source, names[alarm].condition, n, n / len(calls)) for alarm, n in ranked)


def _split(calls: Sequence[Call]) -> Iterable[Share]:
    counted = Counter([call.priority for call in calls])
    for urgency, (priorities, target) in _URGENCIES.items():
        n = sum(counted[priority] for priority in priorities)
        yield Share(urgency, priorities, n, n / len(calls) if calls else 0.0, target)
