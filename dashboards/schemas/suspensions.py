"""Monitoring that is suspended: where, why, until when, and what was asked before."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dashboards.schemas.base import Identifier, Instant, Request, Sentence, View
from wms.alarms.suspension import StockMoved


class Suspension(View):
    """One suspension; `ended_at` null while it lasts. It hides alarms and vouches for no bag."""

    id: str
    device: str | None
    place: str | None
    name_en: str
    name_zh: str
    reason: str
    from_at: Instant
    until: Instant
    started_by: str
    stock_moved: StockMoved
    second_probe: str | None
    watch: str | None
    ended_at: Instant | None
    ended_by: str | None
    comment: str | None


class SuspensionList(View):
    """Those that last (the next to end first), then those that ended within the last day."""

    items: list[Suspension]


class SuspensionChecklist(Request):
    """Each question is answered: is the stock moved, what measures meanwhile, who looks meanwhile."""

    stock_moved: StockMoved
    second_probe: Annotated[str | None, Field(max_length=120, description="A probe's id or a hand instrument's name")]
    watch: Annotated[str | None, Field(max_length=120, description="Who stays; required while bags stay there")]


class SuspensionRequest(Request):
    """Suspend the monitoring of a device, or of a place and all below it."""

    device: Identifier | None = None
    place: Identifier | None = None
    reason: Sentence
    minutes: Annotated[int, Field(strict=True, ge=1, le=480)]
    checklist: SuspensionChecklist


class EndSuspensionRequest(Request):
    """Monitoring is back before its time."""

    comment: Annotated[str, Field(max_length=500)] = ""
