"""Floods: when so much comes at once that nobody can read it, and the few causes behind it. Pure.

A flood opens with ten new alarms within ten minutes (EEMUA 191) and is over when fewer than five came in the last ten
(ISA-18.2; `domain.md` 6.1). While it lasts alarms of one cause stand under one line, the first of them marked: it is
the likeliest to be the cause. An alarm of priority 1 always keeps a line of its own.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from plant.model import Plant
from wms.alarms import conditions as c
from wms.alarms.catalogue import rule_of
from wms.alarms.suppression import carrier_of
from wms.store.metadata import from_us, to_us

WINDOW: Final = timedelta(minutes=10)
_WINDOW_US: Final = WINDOW // timedelta(microseconds=1)
OPENS_AT: Final = 10
OVER_BELOW: Final = 5
_WITHOUT_POWER: Final = frozenset({c.SITE_POWER_LOST, c.POWER_LOST, c.AGITATOR_STOPPED, c.DEVICE_OFFLINE})
_SEVERAL: Final = 2
_MANY_ALIKE: Final = 3
"""Things without a machine (bags, orders) are one line when this many have the same trouble."""


@dataclass(frozen=True, slots=True)
class Flood:
    """A stretch of time with too many alarms, None its end while it lasts; ``peak``: the most within ten minutes."""

    from_at: datetime
    to_at: datetime | None
    count: int
    peak: int


class Standing(StrEnum):
    """How an alarm stands in its group: it came first, it is folded under the line, or it keeps its own line."""

    FIRST_OUT = "first_out"
    UNDER = "under"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Standout:
    """What grouping needs of an open alarm; ``raised_at`` of the present occurrence."""

    alarm: str
    source: str
    condition: str
    priority: int
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Alarms of one cause; ``first_out`` is the alarm that came first, ``count`` how many there are."""

    id: str
    title_en: str
    title_zh: str
    first_out: str
    members: tuple[str, ...]
    apart: frozenset[str]

    @property
    def count(self) -> int:
        """How many alarms the line stands for."""
        return len(self.members)

    def standing(self, alarm: str) -> Standing:
        """How a member is shown; priority 1 is never folded away."""
        if alarm == self.first_out:
            return Standing.FIRST_OUT
        return Standing.APART if alarm in self.apart else Standing.UNDER


def floods(times_us: Sequence[int], now: datetime) -> tuple[Flood, ...]:
    """The floods in the instants at which people were called (microseconds, sorted), as they are known at ``now``."""
    found: list[Flood] = []
    window: deque[int] = deque()
    begun: int | None = None
    count = peak = 0

    def slide(to: int) -> None:
        nonlocal begun
        while window and window[0] + _WINDOW_US <= to:
            left = window.popleft()
            if begun is not None and len(window) < OVER_BELOW:
                found.append(Flood(from_us(begun), from_us(left + _WINDOW_US), count, peak))
                begun = None

    for at in times_us:
        if window and window[0] + _WINDOW_US <= at:
            slide(at)
        window.append(at)
        count += 1
        if len(window) > peak:
            peak = len(window)
        if begun is None and len(window) >= OPENS_AT:
            begun, count, peak = window[0], len(window), len(window)
    slide(to_us(now))
    if begun is not None:
        found.append(Flood(from_us(begun), None, count, peak))
    return tuple(found)


def group_by_cause(plant: Plant, alarms: Iterable[Standout]) -> tuple[Group, ...]:
    """Gather open alarms under their common causes: power, edge, machine or store, or the same trouble of many."""
    ordered = sorted(alarms, key=lambda one: (one.raised_at, one.alarm))
    causes = _causes(plant, ordered)
    sizes = Counter(causes.values())
    groups = []
    for cause, size in sizes.items():
        if size < (_MANY_ALIKE if cause.startswith("condition/") else _SEVERAL):
            continue
        members = [one for one in ordered if causes.get(one.alarm) == cause]
        title_en, title_zh = _title(plant, cause)
        groups.append(
            Group(
                f"grp-{cause}",
                title_en,
                title_zh,
                members[0].alarm,
                tuple(one.alarm for one in members),
                frozenset(one.alarm for one in members if one.priority == 1),
            )
        )
    return tuple(groups)


def _causes(plant: Plant, alarms: Sequence[Standout]) -> Mapping[str, str]:
    """Alarm -> cause: the widest one that has itself been told (power, then edge), else its machine, else its kind."""
    power = any(one.condition == c.SITE_POWER_LOST for one in alarms)
    edges = {one.source for one in alarms if one.condition == c.EDGE_OFFLINE}
    found = {}
    for one in alarms:
        carriers = _carriers(plant, one.source)
        edge = next((name for name in carriers if name in edges), None)
        if power and one.condition in _WITHOUT_POWER:
            found[one.alarm] = f"power/{plant.site.id}"
        elif edge is not None:
            found[one.alarm] = f"edge/{edge}"
        elif device := next((name for name in carriers if name in plant.device_by_id), None):
            found[one.alarm] = f"device/{device}"
        else:
            found[one.alarm] = f"condition/{one.condition}"
    return found


def _carriers(plant: Plant, source: str) -> tuple[str, ...]:
    """A source and what it hangs on, upwards."""
    chain = [source]
    while (carrier := carrier_of(plant, chain[-1])) is not None and carrier not in chain:
        chain.append(carrier)
    return tuple(chain)


def _title(plant: Plant, cause: str) -> tuple[str, str]:
    kind, _, name = cause.partition("/")
    if kind == "power":
        return f"Power: {plant.site.name_en}", f"供电：{plant.site.name_zh}"
    if kind == "edge":
        return f"Connection: {name}", f"通信：{name}"
    if kind == "device":
        device = plant.device_by_id[name]
        return device.name_en, device.name_zh
    rule = rule_of(name)
    return rule.title_en.replace(": {subject}", ""), rule.title_zh.replace("：{subject}", "")
