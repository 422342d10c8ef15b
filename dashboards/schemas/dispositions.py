"""Dispositions: what excursions, gaps and rests ask people to decide about a bag."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from wms.passports.outcomes import DispositionOutcome, DispositionState


class OutcomeChoice(View):
    """An outcome that this item allows, and how many people must sign it."""

    outcome: DispositionOutcome
    name_en: str
    name_zh: str
    people: int


class Disposition(View):
    """One item: what happened to a bag, what was done at once, and what may be decided.

    ``hold`` is the hold that its trigger placed; null once it is lifted. ``place`` is where the bag is now,
    ``at_place`` where it happened. ``detail_en`` says the figures.
    """

    id: str
    bag: str
    component: str
    group: BloodGroup | None
    status: BagStatus
    place: str | None
    expires_at: Instant
    trigger: str
    trigger_en: str
    trigger_zh: str
    at_place: str
    from_at: Instant
    to_at: Instant | None
    minutes: float
    worst_c: float | None
    detail_en: str
    detail_zh: str
    automatic: str
    people: int
    outcomes: list[OutcomeChoice]
    source: str
    source_status: str
    state: DispositionState
    hold: str | None
    opened_at: Instant
    decided_at: Instant | None
    decided_by: list[str]
    outcome: DispositionOutcome | None
    comment: str | None


class DispositionList(View):
    """Items, the newest first; ``open`` counts all that wait."""

    items: list[Disposition]
    open: int


class DecideRequest(Request):
    """What is decided of an item, and why.

    ``expires_at`` belongs to `release_shortened` alone. ``signatures``: act `disposition.decide`, subject the item's
    id, content the body as sent without `signatures`; one of quality, or two people where the choice says so.
    """

    outcome: DispositionOutcome
    comment: Sentence
    expires_at: GivenInstant | None = None
    signatures: Annotated[list[Identifier], Field(min_length=1, max_length=2)]
