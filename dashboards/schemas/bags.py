"""Bags: search, one bag's whole story, scans that find one."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from blood.eligibility import Act, BagStatus, DonationType, Zone
from blood.groups import BloodGroup
from blood.out_of_control import ExposureVerdict
from dashboards.schemas.base import Instant, Request, Scan, View
from dashboards.schemas.ledger import LedgerEntry
from dashboards.schemas.system import Envelope
from dashboards.schemas.wording import DetailZh, ReasonZh
from wms.bags.exposure import ExposureCause
from wms.holds.scopes import Scope
from wms.recall.outcomes import Outcome
from wms.recall.scope import Relation


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
    detail_zh: DetailZh


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
    """An open hold. ``scope`` and ``subject`` are of the hold that it was carried from (``origin``), if it was."""

    id: str
    reason: str
    reason_zh: ReasonZh
    opened_at: Instant
    opened_by: str
    scope: Scope
    subject: str
    origin: str | None


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
    antigens: str | None
    hla: str | None
    attributes: list[str]
    intended_for: str | None
    exposure: BagExposure
    recalls: list[BagRecall]
    donation: BagDonation
    family: BagFamily
    ledger: list[LedgerEntry]
    excursions: list[Excursion]
    actions: list[BagAction]
    order: str | None
    why_en: str | None
    why_zh: str | None


class ExposureEvent(View):
    """A time out of controlled temperature; ``in_at`` is null while it lasts, ``max_c`` where nobody measured."""

    out_at: Instant
    in_at: Instant | None
    minutes: float
    max_c: float | None
    cause: ExposureCause
    place: str


class BagExposure(View):
    """Time out of controlled temperature over the whole life of a bag, and what its rule says of it.

    ``minutes_unknown`` is the part for which nobody can say how warm it was; it counts in ``minutes_total``. The
    verdict is null where the profile has no rule for the component; ``until`` is when a quarantine ends.
    """

    minutes_total: float
    minutes_unknown: float
    longest_min: float
    running: bool
    events: list[ExposureEvent]
    verdict: ExposureVerdict | None
    until: Instant | None
    detail: str
    source: str | None
    status: str | None


class BagRecall(View):
    """A recall that a bag is or was in; only the outcome `released` lets it go, also after the end of the case."""

    case: str
    reason_en: str
    reason_zh: str
    relation: Relation
    opened_at: Instant
    outcome: Outcome | None


class FamilyNode(View):
    """One bag of a family."""

    id: str
    din: str
    component: str
    group: BloodGroup | None
    status: BagStatus
    place: str | None


class FamilyEdge(View):
    """A bag was made from another; ``operation`` is null where it was not recorded."""

    parent: str
    child: str
    operation: str | None


class BagFamily(View):
    """All that a bag was made from and all that was made of it, and of its siblings; ``is_cut``: there is more."""

    nodes: list[FamilyNode]
    edges: list[FamilyEdge]
    is_cut: bool


class DonationHold(View):
    """An open hold on a whole donation, and how many bags it keeps."""

    id: str
    reason: str
    reason_zh: ReasonZh
    opened_at: Instant
    opened_by: str
    bags: int


class BagDonation(View):
    """The donation of a bag, and the open holds on all of it."""

    din: str
    holds: list[DonationHold]


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
