"""Probes and their history."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dashboards.schemas.bags import Quality
from dashboards.schemas.base import Instant, View
from dashboards.schemas.cold_chain import HistoryEvent, HistoryLimits, QualityCounts
from dashboards.schemas.system import Envelope
from plant.model import ProbeKind

HistoryPoint = Annotated[
    tuple[int, float, float, float], Field(description="[milliseconds since 1970, least, mean, greatest Celsius]")
]


class ProbeReading(View):
    """A probe and its latest value."""

    id: str
    device: str
    kind: ProbeKind
    covers: list[str]
    envelope: Envelope | None
    value_c: float | None
    quality: Quality
    at: Instant | None


class ProbeList(View):
    """All probes of the site."""

    items: list[ProbeReading]


class HistoryGap(View):
    """A time without readings."""

    from_at: Instant
    to_at: Instant


class ProbeHistory(View):
    """History of one probe in steps; a step without good readings has no point.

    `limits` is empty where the probe's place has none; `events` says what happened meanwhile.
    """

    probe: str
    points: list[HistoryPoint]
    gaps: list[HistoryGap]
    quality_counts: QualityCounts
    limits: list[HistoryLimits]
    events: list[HistoryEvent]
