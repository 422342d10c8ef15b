"""The alarm health board: how the alarm system does against EEMUA 191 and ISA-18.2."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dashboards.schemas.alarms import AlarmFlood, Priority
from dashboards.schemas.base import Instant, View
from dashboards.schemas.suspensions import Suspension
from wms.alarms.health import Urgency
from wms.alarms.health_targets import Trust

PeriodCount = Annotated[tuple[int, int], Field(description="[milliseconds since 1970 of its begin, alarms in it]")]
Share = Annotated[float, Field(ge=0, le=1)]


class AlarmRate(View):
    """Alarms per stretch of time: on average over the whole period, and in its fullest stretch."""

    mean: float
    max: int


class OftenAlarm(View):
    """One alarm, how often it called, and its share of all calls."""

    alarm: str
    source: str
    condition: str
    title_en: str
    title_zh: str
    n: int
    share: Share


class AsideAlarm(View):
    """An alarm that stands too long or was set aside; `until` of its shelf or maintenance."""

    alarm: str
    source: str
    condition: str
    title_en: str
    title_zh: str
    priority: Priority
    since: Instant | None
    until: Instant | None


class UrgencyShare(View):
    """One class of the standards, our priorities in it, and the share it should have."""

    urgency: Urgency
    priorities: list[int]
    n: int
    share: Share
    target: Share


class ReasonCount(View):
    """How often a reason was given in the period."""

    code: str
    name_en: str
    name_zh: str
    n: int


class HealthTarget(View):
    """One number against its target (at most that); `status` says how far the target is known to be the standard's."""

    key: str
    name_en: str
    name_zh: str
    value: float
    target: float
    met: bool
    source: str
    status: Trust


class AlarmHealth(View):
    """The board of a period. `enough_data` is false while fewer than 30 days are on record: judge with care.

    What is stale, shelved, suppressed, out of service, suspended or unclosed is counted at this moment.
    """

    at: Instant
    from_at: Instant
    to_at: Instant
    enough_data: bool
    calls: int
    periods_10min: list[PeriodCount]
    per_minute: AlarmRate
    per_10min: AlarmRate
    per_hour: AlarmRate
    per_day: AlarmRate
    above_rate_share: Share
    flood_share: Share
    floods: list[AlarmFlood]
    chattering: list[OftenAlarm]
    fleeting: list[OftenAlarm]
    top_ten: list[OftenAlarm]
    top_share: float
    priority_split: list[UrgencyShare]
    stale: list[AsideAlarm]
    shelved: list[AsideAlarm]
    suppressed: list[AsideAlarm]
    out_of_service: list[AsideAlarm]
    suspended: list[Suspension]
    unclosed: int
    reasons: list[ReasonCount]
    targets: list[HealthTarget]
