"""Bags: search, one bag's whole story, scans that find one."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from blood.eligibility import Act, BagStatus, DonationType, Zone
from blood.groups import BloodGroup
from dashboards.schemas.base import Instant, Request, Scan, View
from dashboards.schemas.ledger import LedgerEntry
from dashboards.schemas.system import Envelope


class Quality(StrEnum):
    """How far a reading may be trusted; anything but good is shown as such and never clears an alarm."""

    GOOD = "good"
    UNCERTAIN = "uncertain"
    BAD = "bad"
    STALE = "stale"


class Reason(View):
    """One thing that forbids an act."""

    code: str
    detail: str


class BagSummary(View):
    """A bag in a list; ``holds`` counts the open ones, a null place means that nobody knows where it is."""

    id: str
    din: str
    product: str
    component: str
    group: BloodGroup | None
    status: BagStatus
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    zone: Zone
    expires_at: Instant
    holds: int
    order_line: str | None
    version: int


class BagPage(View):
    """The first bags of a search, and how many there are."""

    items: list[BagSummary]
    total: int


class BagHold(View):
    """An open hold."""

    id: str
    reason: str
    opened_at: Instant
    opened_by: str


class BagTemperature(View):
    """What the probe that covers the bag's place says now."""

    value_c: float | None
    quality: Quality
    at: Instant | None
    probe: str | None
    envelope: Envelope | None


class Stay(View):
    """Where the bag was, from when to when."""

    place: str
    name_en: str
    name_zh: str
    from_at: Instant
    to_at: Instant | None


class Excursion(View):
    """An interval outside the permitted temperature while the bag was there."""

    id: str
    probe: str
    place: str
    kind: Literal["above", "below"]
    from_at: Instant
    to_at: Instant | None
    minutes: float
    worst_c: float
    limit_c: float


class BagAction(View):
    """An act, and every reason why it is not allowed now."""

    act: Act
    allowed: bool
    reasons: list[Reason]


class Bag(BagSummary):
    """One bag: what it is, where it was, how cold it was, what was decided and by whom."""

    check_character: str
    volume_ml: float
    collected_at: Instant
    donation_type: DonationType
    custody: str
    hospital: str | None
    tests: Literal["pending", "negative", "not_negative"]
    hold_list: list[BagHold]
    place_since: Instant
    temperature: BagTemperature | None
    stays: list[Stay]
    parents: list[BagSummary]
    children: list[BagSummary]
    ledger: list[LedgerEntry]
    excursions: list[Excursion]
    actions: list[BagAction]
    order: str | None
    why_en: str | None
    why_zh: str | None


class TemperatureSegment(View):
    """The readings of the probe that covered one stay."""

    place: str
    envelope: Envelope | None
    probe: str
    points: list[Annotated[tuple[int, float], Field(description="[milliseconds since 1970, Celsius]")]]


class TemperatureGap(View):
    """A time for which nobody knows how cold the bag was, and why."""

    from_at: Instant
    to_at: Instant
    reason: str


class BagTemperatureHistory(View):
    """A bag's own temperature history, joined from its stays."""

    segments: list[TemperatureSegment]
    gaps: list[TemperatureGap]


class ScanRequest(Request):
    """Whatever a scanner read: donation number, product code, or both."""

    text: Scan
    text_2: Scan | None = None


class ScanResult(View):
    """The bag, when the scan names exactly one; otherwise the bags it may mean."""

    bag: str | None
    candidates: list[BagSummary]
