"""The targets of EEMUA 191 and ISA-18.2 as data (`domain.md` 6.1), and how a measurement stands against them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from wms.alarms.health import Measured, Urgency

ENOUGH: Final = timedelta(days=30)
"""A judgement needs at least this much (ISA-18.2 table 2, by an article on it)."""


class Trust(StrEnum):
    """How far a number is known to be what the standard says."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    DESIGN = "design"


@dataclass(frozen=True, slots=True)
class Now:
    """What stands at this moment: active for more than a day; returned and waiting for a reason."""

    stale: int
    unclosed: int


@dataclass(frozen=True, slots=True)
class Judged:
    """One number against its target (at most); ``met`` is whether it is kept in the period looked at."""

    key: str
    name_en: str
    name_zh: str
    value: float
    target: float
    met: bool
    source: str
    status: Trust


@dataclass(frozen=True, slots=True)
class _Target:
    key: str
    name_en: str
    name_zh: str
    most: float
    source: str
    status: Trust
    value: Callable[[Measured, Now], float]


_EEMUA, _ISA, _HOUSE = "EEMUA 191", "ISA-18.2", "HemoVault"
_TARGETS: Final = (
    _Target("per_10min_mean", "Per 10 minutes, on average", "平均每 10 分钟", 1.0, _EEMUA, Trust.VERIFIED,
            lambda m, _: m.per_10min.mean),
    _Target("per_hour_mean", "Per hour, on average", "平均每小时", 5.0, _EEMUA, Trust.VERIFIED,
            lambda m, _: m.per_hour.mean),
    _Target("per_day_mean", "Per day, on average", "平均每天", 120.0, _EEMUA, Trust.VERIFIED,
            lambda m, _: m.per_day.mean),
    _Target("per_day_isa", "Per day, on average", "平均每天", 150.0, _ISA, Trust.UNVERIFIED,
            lambda m, _: m.per_day.mean),
    _Target("per_10min_max", "Most within a 10-minute period", "10 分钟最多", 10.0, _ISA, Trust.UNVERIFIED,
            lambda m, _: m.per_10min.max),
    _Target("per_hour_max", "Most within an hour", "1 小时最多", 15.0, _EEMUA, Trust.VERIFIED,
            lambda m, _: m.per_hour.max),
    _Target("per_minute_max", "Most within a minute", "1 分钟最多", 2.0, _EEMUA, Trust.VERIFIED,
            lambda m, _: m.per_minute.max),
    _Target("above_rate_share", "Share of 10-minute periods above 10", "超过 10 条的 10 分钟时段占比", 0.01, _ISA,
            Trust.UNVERIFIED, lambda m, _: m.above_rate_share),
    _Target("flood_share", "Share of time in a flood", "报警泛滥时间占比", 0.01, _ISA, Trust.UNVERIFIED,
            lambda m, _: m.flood_share),
    _Target("chattering", "Chattering alarms (3 in 10 minutes)", "反复报警（10 分钟 3 次）", 0.0, _ISA,
            Trust.UNVERIFIED, lambda m, _: len(m.chattering)),
    _Target("fleeting", "Fleeting alarms (over within 2 minutes)", "瞬时报警（2 分钟内自行恢复）", 0.0, _ISA,
            Trust.UNVERIFIED, lambda m, _: len(m.fleeting)),
    _Target("stale", "Standing for more than 24 hours", "持续超过 24 小时", 5.0, _ISA, Trust.UNVERIFIED,
            lambda _, now: now.stale),
    _Target("top_share", "Share of the ten most frequent", "最频繁 10 条占比", 0.05, _ISA, Trust.UNVERIFIED,
            lambda m, _: m.top_share),
    _Target("high_share", "Share of the highest priority", "最高优先级占比", 0.05, _EEMUA, Trust.VERIFIED,
            lambda m, _: _share(m, Urgency.HIGH)),
    _Target("medium_share", "Share of the middle priority", "中优先级占比", 0.15, _EEMUA, Trust.VERIFIED,
            lambda m, _: _share(m, Urgency.MEDIUM)),
    _Target("unclosed", "Over, and nobody has said why", "已恢复但未填写原因", 0.0, _HOUSE, Trust.DESIGN,
            lambda _, now: now.unclosed),
)  # fmt: skip


def judge(measured: Measured, now: Now) -> tuple[Judged, ...]:
    """Hold a measurement against every target."""
    found = []
    for one in _TARGETS:
        value = float(one.value(measured, now))
        met = value <= one.most
        found.append(Judged(one.key, one.name_en, one.name_zh, value, one.most, met, one.source, one.status))
    return tuple(found)


def _share(measured: Measured, urgency: Urgency) -> float:
    return next(one.share for one in measured.split if one.urgency is urgency)
