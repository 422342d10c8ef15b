"""A bag's passport as data: where it was, what was measured there, what is not known, and what follows. Pure.

A passport is a document: it is sealed as canonical JSON, so its fields are plain values, rounded, and in a fixed order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PassportVerdict(StrEnum):
    """What a record says of a bag; UNKNOWN is never taken for KEPT."""

    KEPT = "kept"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class Watch(StrEnum):
    """Who can say how warm it was at a place."""

    PROBED = "probed"  # probes cover the place
    UNPROBED = "unprobed"  # our own belts, benches and machines: the out-of-control clock counts the time
    OUTSIDE = "outside_our_watch"  # the road without a box, a hospital


class LimitKind(StrEnum):
    """What a limit is: of the place (alert, alarm), of the component (legal), or one that blood does not survive."""

    ALERT = "alert"
    PLACE = "place"
    LEGAL = "legal"
    ABSOLUTE = "absolute"


class Side(StrEnum):
    """On which side of a limit is outside."""

    ABOVE = "above"
    BELOW = "below"


class GapReason(StrEnum):
    """Why nothing, or only the neighbour's word, is known of a time."""

    NO_DATA = "no_data"  # probes cover the place, none spoke
    NO_PROBE = "no_probe"  # a place with limits that no probe covers
    BEFORE_RECORDS = "before_records"  # the bag was here before the first reading that is kept
    CORE_SILENT = "core_silent"  # the load probe was silent, the air probe spoke


class GapBasis(StrEnum):
    """What the band of a gap rests on."""

    NEIGHBOUR = "neighbour"  # least and greatest value of the probe beside it
    WARM_UP = "warm_up"  # what the chamber can have reached at its fastest between the readings before and after
    NONE = "none"  # nothing: it may have been anything


class ExcursionVerdict(StrEnum):
    """What an excursion of a probe means for the bag."""

    BRIEF = "brief"  # shorter than the time that confirms it
    CORE_INSIDE = "core_inside"  # the blood itself stayed in its permitted range
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A sentence of the verdict in both languages."""

    code: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StayLine:
    """One stay; ``to_at`` None: it is there."""

    place: str
    name_en: str
    name_zh: str
    from_at: datetime
    to_at: datetime | None
    minutes: float
    watch: Watch
    envelope: str | None
    probes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One stay as one probe saw it; ``points`` are (ms since 1970, least, greatest) per step, for the chart."""

    place: str
    probe: str
    probe_kind: str
    from_at: datetime
    to_at: datetime
    readings: int
    min_c: float | None
    mean_c: float | None
    max_c: float | None
    points: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLine:
    """One limit that held for the bag for a time: with its source, and how long and how far it was passed."""

    kind: LimitKind
    side: Side
    value_c: float
    from_at: datetime
    to_at: datetime
    minutes: float
    worst_c: float | None
    source: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The value furthest from the middle of what is permitted, and where it was measured."""

    value_c: float
    at: datetime
    place: str
    probe: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockLine:
    """The cumulative out-of-control clock (`wms.bags.clock`); ``verdict`` None: the profile has no rule for it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A time in which platelets lay still; ``known`` False: nobody can say that they were shaken."""

    place: str
    from_at: datetime
    to_at: datetime
    minutes: float
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgitationLine:
    """Platelets at rest against their profile; minutes. ``kept`` None: nothing says whether they were shaken."""

    rests: tuple[Rest, ...]
    longest_min: float
    total_min: float
    unknown_min: float
    max_single_min: float | None
    max_total_min: float | None
    kept: bool | None
    source: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """A time that no probe of the core speaks for, and the band in which the temperature was all the same.

    ``uncertainty_c`` is the width of that band; None with the basis NONE. ``inside``: the whole band is permitted.
    """

    place: str
    from_at: datetime
    to_at: datetime
    minutes: float
    reason: GapReason
    basis: GapBasis
    probe: str | None
    min_c: float | None
    max_c: float | None
    uncertainty_c: float | None
    inside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcursionLine:
    """An excursion of a probe beside the bag, cut to its stay; ``disposition`` is the item that asks people."""

    id: str
    probe: str
    probe_kind: str
    place: str
    side: Side
    from_at: datetime
    to_at: datetime | None
    minutes: float
    worst_c: float
    limit_c: float
    verdict: ExcursionVerdict
    disposition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A disposition of the bag as it stands; ``outcome`` None while it is open."""

    id: str
    trigger: str
    from_at: datetime
    to_at: datetime | None
    outcome: str | None
    decided_at: datetime | None
    people: tuple[str, ...]
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passport:
    """The passport of one bag at ``computed_at``."""

    bag: str
    din: str
    product: str
    component: str
    name_en: str
    name_zh: str
    group: str | None
    status: str
    parents: tuple[str, ...]
    collected_at: datetime
    made_at: datetime | None
    expires_at: datetime
    profile: str
    profile_version: int
    computed_at: datetime
    stays: tuple[StayLine, ...]
    segments: tuple[Segment, ...]
    limits: tuple[LimitLine, ...]
    warmest: Worst | None
    coldest: Worst | None
    clock: ClockLine
    agitation: AgitationLine | None
    gaps: tuple[GapLine, ...]
    excursions: tuple[ExcursionLine, ...]
    decisions: tuple[DecisionLine, ...]
    mkt_c: float | None
    verdict: PassportVerdict
    reasons: tuple[Reason, ...]


MKT_NOTE_EN = (
    "Mean kinetic temperature is a convention for the stability of drugs. It is shown for information and never clears "
    "an excursion of blood: limits and times do (USP <1160>; blood rules are limits plus time)."
)
MKT_NOTE_ZH = "平均动力学温度是药品稳定性的惯例，仅供参考，绝不能用于放行血液的温度异常：血液以限值和时间为准。"
