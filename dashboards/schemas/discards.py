"""Discards: causes, the signed act, what was discarded, and indicators of discard and use."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.groups import BloodGroup
from dashboards.schemas.bags import Reason
from dashboards.schemas.base import Identifier, Instant, Request, View
from wms.discards.causes import CauseKind


class DiscardCause(View):
    """A cause of discard; ``kind`` says how indicators count it, ``source`` and ``status`` who says so."""

    key: str
    kind: CauseKind
    name_en: str
    name_zh: str
    source: str
    status: str


class DiscardCauses(View):
    """Every cause that this site knows."""

    items: list[DiscardCause]


class DiscardRequest(Request):
    """Destroy bags in one act: all of them or none.

    ``signatures``: two people, act `bag.discard`, subject the first of ``bags``, content `{bags, cause, comment}`.
    """

    bags: Annotated[list[Identifier], Field(min_length=1, max_length=200)]
    cause: Identifier
    comment: Annotated[str, Field(max_length=500)] = ""
    signatures: Annotated[list[Identifier], Field(min_length=2, max_length=2)]


class DiscardCheckRequest(Request):
    """Bags that somebody means to destroy."""

    bags: Annotated[list[Identifier], Field(min_length=1, max_length=200)]


class RefusedDiscard(View):
    """A bag that must not be discarded now, and every reason."""

    bag: str
    reasons: list[Reason]


class DiscardCheck(View):
    """What a discard would do, before anybody signs: nothing is changed. ``freed`` says what keeps each bag now."""

    discardable: list[str]
    freed: list[RefusedDiscard]
    refused: list[RefusedDiscard]


class DiscardOutcome(View):
    """A discard that was done: its id, and its bags."""

    id: str
    discarded: list[str]


class Discard(View):
    """One discarded bag. ``month`` is that of the site, ``hospital`` where it was wasted (null: in the centre)."""

    id: str
    bag: str
    component: str
    group: BloodGroup | None
    cause: str
    kind: CauseKind
    comment: str
    at: Instant
    by: str
    month: str
    hospital: str | None
    from_place: str | None


class DiscardList(View):
    """Discarded bags, newest first, and how many there are in all."""

    items: list[Discard]
    total: int


class IndicatorRow(View):
    """Numbers of one cause, component, month or hospital; a rate is null where nothing was made or delivered."""

    key: str
    name_en: str
    name_zh: str
    made: int
    used: int
    discarded: int
    outdated: int
    discard_rate: float | None


class IndicatorDefinition(View):
    """What a column means, and who says so."""

    key: str
    text_en: str
    text_zh: str
    source: str
    status: str


class Indicators(View):
    """Discard and use in a period. Rows by cause count discards of that cause against everything made."""

    from_at: Instant
    to_at: Instant
    hospital: str | None
    total: IndicatorRow
    by_cause: list[IndicatorRow]
    by_component: list[IndicatorRow]
    by_month: list[IndicatorRow]
    by_hospital: list[IndicatorRow]
    definitions: list[IndicatorDefinition]
