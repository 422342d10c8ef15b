"""What the probes of a device say beside a duty: now, and over a day. Read outside the writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from plant.model import Plant, Probe, ProbeKind
from runtime.sparkplug.readings import SourceRegistry
from telemetry.limits import LimitBook, LimitSet
from telemetry.live import LiveQuality, LiveReading
from telemetry.store import History, ReadingStore
from telemetry.tracker import GAP_AFTER_MS
from wms.duties.model import DayRange

_STEP_MS: Final = 3_600_000
_MINUTE_MS: Final = 60_000.0
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class DeviceSaid:
    """Good values by probe (None: nothing good is known now), the probe to compare with, and the day's ranges."""

    values: Mapping[str, float | None]
    first: str | None
    ranges: tuple[DayRange, ...] = field(default=())


def said_now(plant: Plant, device: str, live: Callable[[str], LiveReading]) -> DeviceSaid:
    """What each probe of a device says now; a person's reading is compared with its load probe when it has one."""
    probes = probes_of(plant, device)
    values = {}
    for probe in probes:
        reading = live(probe.id)
        values[probe.id] = reading.value if reading.quality is LiveQuality.GOOD else None
    ordered = sorted(probes, key=lambda probe: (probe.kind is not ProbeKind.LOAD, probe.id))
    return DeviceSaid(values, ordered[0].id if ordered else None)


def day_ranges(
    plant: Plant, device: str, day: date, store: ReadingStore, registry: SourceRegistry, limits: LimitBook
) -> tuple[DayRange, ...]:
    """Lowest and highest good value of each probe of a device on a day of the site, beside the limits of that day."""
    zone = ZoneInfo(plant.site.timezone)
    begin, end = (_milliseconds(datetime.combine(one, time(), tzinfo=zone)) for one in (day, day + timedelta(days=1)))
    edge = plant.edge_by_device.get(device, "")
    found = []
    for probe in probes_of(plant, device):
        source = registry.find(edge, device, probe.metric)
        if source is None:
            found.append(DayRange(probe.id, None, None, outside=False, gap_minutes=(end - begin) / _MINUTE_MS))
        else:
            found.append(_range(probe, source, begin, end - 1, store, limits))
    return tuple(found)


def probes_of(plant: Plant, device: str) -> tuple[Probe, ...]:
    """The probes that hang on a device."""
    return tuple(probe for probe in plant.probes if probe.device == device)


def _range(probe: Probe, source: int, begin: int, end: int, store: ReadingStore, limits: LimitBook) -> DayRange:
    history = store.history(source, begin, end, _STEP_MS, GAP_AFTER_MS)
    low, high = _extremes(history)
    outside = False
    for period in limits.periods(probe.id, begin, end):
        until = end if period.to_ms is None else period.to_ms - 1
        is_whole = (period.from_ms, until) == (begin, end)
        part = history if is_whole else store.history(source, period.from_ms, until, _STEP_MS, GAP_AFTER_MS)
        lowest, highest = _extremes(part)
        outside = outside or _is_outside(lowest, highest, period.limits)
    gap = sum(to - since for since, to in history.gaps) / _MINUTE_MS
    return DayRange(probe.id, low, high, outside, round(gap, 1))


def _extremes(history: History) -> tuple[float | None, float | None]:
    return min((point[1] for point in history.points), default=None), max(
        (point[3] for point in history.points), default=None
    )


def _is_outside(low: float | None, high: float | None, limits: LimitSet) -> bool:
    too_cold = low is not None and limits.min_c is not None and low < limits.min_c
    return too_cold or (high is not None and limits.max_c is not None and high > limits.max_c)


def _milliseconds(at: datetime) -> int:
    return (at.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND // 1000
