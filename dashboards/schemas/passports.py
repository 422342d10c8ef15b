"""The temperature passport of a bag: what was measured, what is not known, and what was decided."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from dashboards.schemas.base import Instant, View
from wms.passports.model import (
    ExcursionVerdict,
    GapBasis,
    GapReason,
    LimitKind,
    PassportVerdict,
    Side,
    Watch,
)
from wms.passports.outcomes import DispositionOutcome

ChartPoint = Annotated[
    tuple[int, float, float], Field(description="[milliseconds since 1970, least and greatest Celsius of the step]")
]


class PassportReason(View):
    """One sentence of the verdict."""

    code: str
    en: str
    zh: str


class PassportStay(View):
    """One stay; ``to_at`` null: it is there. Outside our watch nobody here can say how warm it was."""

    place: str
    name_en: str
    name_zh: str
    from_at: Instant
    to_at: Instant | None
    minutes: float
    watch: Watch
    envelope: str | None
    probes: list[str]


class PassportSegment(View):
    """One stay as one probe saw it; ``probe_kind`` is `load` (follows the blood) or `air`."""

    place: str
    probe: str
    probe_kind: str
    from_at: Instant
    to_at: Instant
    readings: int
    min_c: float | None
    mean_c: float | None
    max_c: float | None
    points: list[ChartPoint]


class PassportLimit(View):
    """One limit while it was in force, with its source, the minutes outside it and the worst value there."""

    kind: LimitKind
    side: Side
    value_c: float
    from_at: Instant
    to_at: Instant
    minutes: float
    worst_c: float | None
    source: str
    status: str


class PassportWorst(View):
    """An extreme value of the record."""

    value_c: float
    at: Instant
    place: str
    probe: str


class PassportClock(View):
    """The cumulative out-of-control clock; ``verdict`` null: the profile has no rule for this component."""

    minutes_total: float
    minutes_unknown: float
    longest_min: float
    events: int
    running: bool
    verdict: str | None
    detail: str
    detail_zh: str
    source: str | None
    status: str | None


class PassportRest(View):
    """A time in which platelets lay still, or nobody can say that they were shaken."""

    place: str
    from_at: Instant
    to_at: Instant
    minutes: float
    known: bool


class PassportAgitation(View):
    """Platelets at rest against the profile; ``kept`` null: not known."""

    rests: list[PassportRest]
    longest_min: float
    total_min: float
    unknown_min: float
    max_single_min: float | None
    max_total_min: float | None
    kept: bool | None
    source: str
    status: str


class PassportGap(View):
    """A time without the core's own reading, and the band the temperature was in; ``uncertainty_c`` is its width."""

    place: str
    from_at: Instant
    to_at: Instant
    minutes: float
    reason: GapReason
    basis: GapBasis
    probe: str | None
    min_c: float | None
    max_c: float | None
    uncertainty_c: float | None
    inside: bool


class PassportExcursion(View):
    """An excursion of a probe beside the bag, cut to its stay."""

    id: str
    probe: str
    probe_kind: str
    place: str
    side: Side
    from_at: Instant
    to_at: Instant | None
    minutes: float
    worst_c: float
    limit_c: float
    verdict: ExcursionVerdict
    disposition: str | None


class PassportDecision(View):
    """A disposition of the bag; ``outcome`` null while it is open."""

    id: str
    trigger: str
    from_at: Instant
    to_at: Instant | None
    outcome: DispositionOutcome | None
    decided_at: Instant | None
    people: list[str]
    comment: str | None


class PassportSeal(View):
    """The passport as it was sealed into the ledger at dispatch; ``intact``: the kept document still has that hash."""

    at: Instant
    hash: str
    ledger_seq: int
    shipment: str
    verdict: PassportVerdict
    intact: bool


class Passport(View):
    """The passport of a bag now, and its seal if it has left."""

    bag: str
    din: str
    product: str
    component: str
    name_en: str
    name_zh: str
    group: BloodGroup | None
    status: BagStatus
    parents: list[str]
    collected_at: Instant
    made_at: Instant | None
    expires_at: Instant
    profile: str
    profile_version: int
    computed_at: Instant
    stays: list[PassportStay]
    segments: list[PassportSegment]
    limits: list[PassportLimit]
    warmest: PassportWorst | None
    coldest: PassportWorst | None
    clock: PassportClock
    agitation: PassportAgitation | None
    gaps: list[PassportGap]
    excursions: list[PassportExcursion]
    decisions: list[PassportDecision]
    mkt_c: float | None
    mkt_note_en: str
    mkt_note_zh: str
    verdict: PassportVerdict
    reasons: list[PassportReason]
    sealed: PassportSeal | None
