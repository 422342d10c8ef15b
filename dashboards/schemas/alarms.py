"""Alarms (ISA-18.2) and what is at stake behind them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dashboards.schemas.bags import BagSummary
from dashboards.schemas.base import Instant, Request, Sentence, View
from wms.alarms.machine import AlarmState

Priority = Annotated[int, Field(ge=1, le=4, description="1 is the most urgent")]


class Stake(View):
    """How many bags, orders and hospitals the alarm endangers, and the minutes left to act."""

    bags: int
    orders: int
    hospitals: int
    minutes_left: float | None


class Alarm(View):
    """One condition of one source; ``active`` null means that nobody knows."""

    id: str
    source: str
    condition: str
    priority: Priority
    state: AlarmState
    active: bool | None
    value: float | None
    limit: float | None
    unit: str
    raised_at: Instant
    returned_at: Instant | None
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    shelved_until: Instant | None
    comment: str | None
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    title_en: str
    title_zh: str
    guidance_en: str
    guidance_zh: str
    stake: Stake


class AlarmList(View):
    """Alarms, most urgent first."""

    items: list[Alarm]


class AlarmJournalEntry(View):
    """One change of state."""

    at: Instant
    actor: str
    from_state: AlarmState
    to_state: AlarmState
    event: str
    comment: str | None


class AlarmDetail(Alarm):
    """An alarm with its journal and everything at stake by name."""

    journal: list[AlarmJournalEntry]
    bags: list[BagSummary]
    orders: list[str]
    hospitals: list[str]


class AcknowledgeRequest(Request):
    """Somebody has seen it."""

    comment: Annotated[str, Field(max_length=500)] = ""


class ShelveRequest(Request):
    """Out of sight for a while; it always comes back by itself."""

    minutes: Annotated[int, Field(strict=True, ge=1, le=480)]
    reason: Sentence


AlarmFilter = Literal["open", "all"]
