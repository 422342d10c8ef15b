"""Counts: believed against seen, by shelf antenna or by hand."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from dashboards.schemas.base import Identifier, Instant, Request, Scan, View
from wms.stocktake.matching import CountState


class CountedBy(StrEnum):
    """Who looks."""

    ANTENNA = "antenna"
    HAND = "hand"


class CountAct(StrEnum):
    """How a bag that was not seen is resolved; `lost` needs two people."""

    FOUND = "found"
    LOST = "lost"


class CountItem(View):
    """One bag of a count: where it is believed and seen. A tag that is bound to none stands as its EPC in ``bag``."""

    bag: str
    believed_place: str | None
    seen_place: str | None
    state: CountState


class Count(View):
    """One count of a place."""

    id: str
    place: str
    by: CountedBy
    state: Literal["open", "closed"]
    expected: int
    seen: int
    items: list[CountItem]
    opened_at: Instant
    opened_by: str
    closed_at: Instant | None


class CountList(View):
    """Counts, newest first."""

    items: list[Count]


class CountRequest(Request):
    """Begin a count of a place and everything below it."""

    place: Identifier
    by: CountedBy


class CountScanRequest(Request):
    """A bag was seen by hand; ``at_place`` where it lay, if not where it is believed."""

    din_scan: Scan
    product_scan: Scan
    at_place: Identifier | None = None


class CountResolveRequest(Request):
    """A missing bag was found at a place, or is given up as lost on the signatures of two people."""

    bag: Identifier
    act: CountAct
    place: Identifier | None = None
    signatures: Annotated[tuple[Identifier, ...], Field(max_length=2)] = ()


class Shelf(View):
    """What a shelf antenna says beside what is believed; ``seen`` is null when it has not told."""

    shelf: str
    reader: str
    believed: int
    seen: int | None
    at: Instant | None
    missing: list[str]
    surplus: list[str]


class ShelfList(View):
    """Shelves with an antenna."""

    items: list[Shelf]
