"""Returns: what hospitals send back, and what is decided of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.eligibility import BagStatus
from blood.out_of_control import ExposureVerdict
from dashboards.schemas.base import Identifier, Instant, Request, Sentence, View
from dashboards.schemas.wording import AgainstZh
from wms.transport.return_verdicts import Verdict
from wms.transport.returns import ReturnState


class ReturnedBag(View):
    """One bag of a return, where it lies, and what was decided of it."""

    bag: str
    status: BagStatus
    state: ReturnState
    place: str | None
    received_at: Instant | None
    decided_at: Instant | None
    decided_by: str | None
    comment: str | None
    quarantine_until: Instant | None


class Return(View):
    """One return of a hospital; what it says of temperature and looks is null when it said nothing."""

    id: str
    hospital: str
    shipment: str | None
    reason: str
    temperature_ok: bool | None
    visual_ok: bool | None
    created_at: Instant
    created_by: str
    closed_at: Instant | None
    bags: list[ReturnedBag]


class ReturnList(View):
    """Returns, newest first."""

    items: list[Return]


class ReturnProposal(View):
    """What may be decided about a returned bag now, what speaks against stock, and what its clock says.

    ``two_people``: more than non-conforming needs two signatures. ``until``: when its rest ends, if it needs one.
    """

    bag: str
    may: list[Verdict]
    against: list[str]
    against_zh: AgainstZh
    two_people: bool
    until: Instant | None
    clock: ExposureVerdict
    clock_detail: str
    minutes_total: float
    longest_min: float


class ReturnRequest(Request):
    """A hospital announces bags that it sends back, and what it says of them."""

    shipment: Identifier | None = None
    hospital: Identifier
    bags: Annotated[list[Identifier], Field(min_length=1, max_length=500)]
    reason: Sentence
    temperature_ok: Annotated[bool, Field(strict=True)] | None = None
    visual_ok: Annotated[bool, Field(strict=True)] | None = None


class DecideRequest(Request):
    """What is decided of a returned bag, and why.

    ``signatures``, where two people must decide: act `return.decide`, subject the bag, content the body without them.
    """

    bag: Identifier
    verdict: Verdict
    comment: Sentence
    signatures: Annotated[list[Identifier], Field(min_length=2, max_length=2)] | None = None
