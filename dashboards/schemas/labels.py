"""Labels: what waits for one, what the station does, and what was read back of each."""

from __future__ import annotations

from enum import StrEnum

from dashboards.schemas.base import Instant, View


class LabelState(StrEnum):
    """How far the label of a bag got; failed: it disagrees with the bag, or the station gave it up."""

    WAITING = "waiting"
    AT_STATION = "at_station"
    PASSED = "passed"
    FAILED = "failed"


class LabelMismatch(View):
    """One thing on the label that is not as it must be."""

    field: str
    expected: str
    read: str


class Label(View):
    """The label of one bag."""

    bag: str
    state: LabelState
    mismatches: list[LabelMismatch]
    tid: str | None
    at: Instant
    waits_en: str | None
    waits_zh: str | None


class LabelList(View):
    """Labels, newest first; those that wait come first."""

    items: list[Label]
