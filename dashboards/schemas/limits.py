"""Temperature limits: versions of each envelope, what the profile allows, and the two steps of a change."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, FiniteFloat

from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from wms.limits.read import LimitState

Celsius = Annotated[FiniteFloat, Field(ge=-200, le=60)]
Seconds = Annotated[int, Field(strict=True, ge=0, le=86_400)]


class LimitTiming(View):
    """When a limit counts as passed: ``on_delay_s`` without a break, or ``count`` readings of any ``window_s`` (0: no).

    Kept again: ``deadband_c`` inside it for ``off_delay_s`` without a break.
    """

    on_delay_s: int
    off_delay_s: int
    deadband_c: float
    count: int
    window_s: int


class EnvelopeLimits(View):
    """Limits and alerts in Celsius (null: open), with the timing for air probes and for load probes."""

    min_c: float | None
    max_c: float | None
    alert_min_c: float | None
    alert_max_c: float | None
    air: LimitTiming
    load: LimitTiming


class LegalComponent(View):
    """A component of the profile."""

    key: str
    name_en: str
    name_zh: str


class LegalRange(View):
    """What every component that may lie at these places allows; null: open."""

    min_c: float | None
    max_c: float | None
    components: list[LegalComponent]


class LimitVersion(View):
    """One version; 0 is the plant document's, without id and author.

    ``valid_from`` null: always (version 0), or from the approval on.
    """

    id: str | None
    envelope: str
    version: int
    limits: EnvelopeLimits
    legal: LegalRange
    state: LimitState
    reason: str
    valid_from: Instant | None
    proposed_by: str | None
    proposed_at: Instant | None
    approved_by: str | None
    decided_at: Instant | None
    decision: str | None


class LimitVersionList(View):
    """Every version of every envelope, newest first within an envelope."""

    items: list[LimitVersion]


class GivenTiming(Request):
    """Timing of a proposal; see LimitTiming."""

    on_delay_s: Seconds
    off_delay_s: Seconds = 0
    deadband_c: Annotated[FiniteFloat, Field(ge=0, le=2)] = 0.2
    count: Annotated[int, Field(strict=True, ge=0, le=60)] = 0
    window_s: Seconds = 0


class GivenLimits(Request):
    """Limits of a proposal."""

    min_c: Celsius | None
    max_c: Celsius | None
    alert_min_c: Celsius | None = None
    alert_max_c: Celsius | None = None
    air: GivenTiming
    load: GivenTiming


class ProposeLimits(Request):
    """Propose limits of an envelope; ``valid_from`` null: from the approval on."""

    envelope: Identifier
    limits: GivenLimits
    reason: Sentence
    valid_from: GivenInstant | None = None


class ApproveLimits(Request):
    """Approve: two people (act `limits.approve`, subject the version's id, content `{}`).

    One of them is of quality and did not propose it.
    """

    signatures: Annotated[list[Identifier], Field(min_length=2, max_length=2)]


class RejectLimits(Request):
    """Turn a proposal down."""

    reason: Sentence
