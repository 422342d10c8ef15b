"""Consignments: what the collection team says it sent, matched against what the receiving portal saw."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Scan, Sentence, View
from wms.intake.consignments import LONGEST_NOTE
from wms.intake.matching import ItemState
from wms.intake.read import ConsignmentState


class ItemAct(StrEnum):
    """What a person may say about a number that is not as announced (`wms.intake.matching.Act`)."""

    NOT_SENT = "not_sent"
    SEARCHED_LOST = "searched_lost"
    ACCEPT = "accept"
    SEND_BACK = "send_back"
    IDENTIFY = "identify"
    KEEP_FIRST = "keep_first"


class ConsignmentCounts(View):
    """How many numbers stand in each state; ``expected`` is how many the note names."""

    expected: int
    received: int
    missing: int
    extra: int
    unknown: int
    double: int


class ItemResolution(View):
    """What a person did about an item."""

    act: ItemAct
    by: str
    at: Instant
    comment: str


class ConsignmentItem(View):
    """One number of a consignment; ``id`` names it in acts, ``acts`` are those that are open now."""

    id: int
    din: str | None
    epc: str | None
    bag: str | None
    state: ItemState
    acts: list[ItemAct]
    resolved: ItemResolution | None


class Consignment(View):
    """One tote of the collection team."""

    id: str
    origin: str
    sent_at: Instant
    first_seen_at: Instant | None
    judged_at: Instant | None
    state: ConsignmentState
    counts: ConsignmentCounts
    items: list[ConsignmentItem]


class ConsignmentList(View):
    """Consignments, newest first."""

    items: list[Consignment]


class AnnouncedItem(Request):
    """A bag that was put into the tote."""

    din: Identifier
    product: Identifier


class ConsignmentRequest(Request):
    """The despatch note, sent before the tote."""

    id: Identifier
    origin: Identifier
    sent_at: GivenInstant
    items: Annotated[list[AnnouncedItem], Field(min_length=1, max_length=LONGEST_NOTE)]


class ResolveRequest(Request):
    """What was done about an item, and why; `identify` also needs the donation number that was scanned."""

    item: Annotated[int, Field(strict=True, ge=0)]
    act: ItemAct
    comment: Sentence
    din_scan: Scan | None = None
