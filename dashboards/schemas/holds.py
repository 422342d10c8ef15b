"""Holds: what they are on, who placed and lifted them, and the bags that they keep."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from dashboards.schemas.bags import BagSummary
from dashboards.schemas.base import Identifier, Instant, Request, Scan, Sentence, View
from dashboards.schemas.wording import ReasonZh
from wms.holds.scopes import Scope


class HoldRequest(Request):
    """Stop one bag, all bags of a donation (its number, or the scan of it), of a batch, or every bag in a place."""

    bag: Identifier | None = None
    donation: Scan | None = None
    place: Identifier | None = None
    batch: Identifier | None = None
    reason: Sentence

    @model_validator(mode="after")
    def _one_target(self) -> HoldRequest:
        if sum(one is not None for one in (self.bag, self.donation, self.place, self.batch)) != 1:
            raise ValueError("give one of bag, donation, place and batch")
        return self


class Hold(View):
    """A hold. ``bags`` is how many it keeps; ``origin`` the wider hold that carried it to this bag, if any."""

    id: str
    scope: Scope
    subject: str
    reason: str
    reason_zh: ReasonZh
    opened_at: Instant
    opened_by: str
    lifted_at: Instant | None
    lifted_by: str | None
    lift_reason: str | None
    origin: str | None
    bags: int


class HoldList(View):
    """Holds, newest first, and how many there are in all."""

    items: list[Hold]
    total: int


class HoldDetail(Hold):
    """A hold with the bags that it keeps, at most 500 of them."""

    bag_list: list[BagSummary]


class LiftRequest(Request):
    """Let go again: a reason, and two people's signatures (act `hold.lift`, subject the hold, content `{reason}`)."""

    reason: Sentence
    signatures: Annotated[list[Identifier], Field(min_length=2, max_length=2)]
