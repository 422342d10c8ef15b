"""How much of each probe's day is known, and what is missing."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from dashboards.schemas.base import Instant, View
from telemetry.completeness import GapReason

Minutes = Annotated[int, Field(ge=0, description="Minutes; a probe owes at least one reading in each")]


class CompletenessGap(View):
    """A stretch of the day without what was due; a gap over midnight is cut there."""

    from_at: Instant
    to_at: Instant
    minutes: Minutes
    reason: GapReason


class ProbeDay(View):
    """One probe on one UTC day. `expected` = `received` + `filled` + `lost`; `uncertain` are among the first two.

    `late` counts readings (not minutes) that were sent again or came from a logger's file. `share` is the part of the
    expected minutes with a good reading; null when nothing was expected.
    """

    probe: str
    name_en: str
    name_zh: str
    day: date
    expected: Minutes
    received: Minutes
    filled: Minutes
    lost: Minutes
    uncertain: Minutes
    late: Annotated[int, Field(ge=0)]
    share: Annotated[float, Field(ge=0, le=1)] | None
    gaps: list[CompletenessGap]


class CompletenessMeter(View):
    """Every probe on every day asked for, days first, in the plant's order."""

    at: Instant
    days: list[ProbeDay]
