"""Work on bags: collection, laboratory, holds, tasks, manual scans."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from blood.eligibility import DonationType
from dashboards.schemas.bags import Reason
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Scan, Sentence, View
from wms.moves.model import MovePurpose, StepState, TaskState


class CollectionRequest(Request):
    """A donation as the collection team reports it; the number is scanned twice and ``donor`` is a pseudonym.

    ``product`` is the product code of what was collected finished, by apheresis; none is whole blood.
    """

    din_scan: Scan
    din_scan_again: Scan
    donor: Identifier
    volume_ml: Annotated[int, Field(strict=True, ge=50, le=1000)]
    anticoagulant: Identifier
    collected_at: GivenInstant
    device: Identifier
    operator: Identifier
    donation_type: DonationType
    product: Annotated[str, Field(max_length=8)] = ""


class LaboratoryTest(StrEnum):
    """The tests that release asks for."""

    HBSAG = "hbsag"
    ANTI_HCV = "anti_hcv"
    HIV = "hiv"
    SYPHILIS = "syphilis"
    NAT = "nat"
    ALT = "alt"
    ABO_RHD = "abo_rhd"


class LaboratoryResult(Request):
    """One result of one test."""

    test: LaboratoryTest
    value: Annotated[str, Field(min_length=1, max_length=40)]
    method: Annotated[str, Field(min_length=1, max_length=80)]
    at: GivenInstant


class LaboratoryRequest(Request):
    """Results of one donation from one laboratory run."""

    din: Identifier
    run: Identifier
    results: Annotated[list[LaboratoryResult], Field(min_length=1, max_length=30)]


class BagRefusal(View):
    """A bag that was not released, and every reason."""

    bag: str
    reasons: list[Reason]


class LaboratoryOutcome(View):
    """What the results did to the bags of the donation."""

    din: str
    tests: Literal["pending", "negative", "not_negative"]
    released: list[str]
    refused: list[BagRefusal]


class HoldRequest(Request):
    """Stop one bag, or every bag in a place."""

    bag: Identifier | None = None
    place: Identifier | None = None
    reason: Sentence

    @model_validator(mode="after")
    def _one_target(self) -> HoldRequest:
        if (self.bag is None) == (self.place is None):
            raise ValueError("give either bag or place")
        return self


class Hold(View):
    """A hold on one bag, or on every bag in a place."""

    id: str
    bag: str | None
    place: str | None
    reason: str
    opened_at: Instant
    opened_by: str
    lifted_at: Instant | None
    lifted_by: str | None


class LiftRequest(Request):
    """Let a bag go again: a reason, and two people's signatures."""

    reason: Sentence
    signatures: Annotated[list[Identifier], Field(min_length=2, max_length=2)]


class TaskStep(View):
    """What one machine does of a move in one trip, and the portal that must see the bag on the way."""

    device: str
    from_place: str
    to_place: str
    state: StepState
    portal: str | None


class Task(View):
    """A durable move of a bag, and what it waits for; ``to_place`` is null until a slot is chosen.

    ``kind`` is the same as ``purpose``. One that has not begun has no steps yet.
    """

    id: str
    kind: MovePurpose
    purpose: MovePurpose
    bag: str
    from_place: str
    to_place: str | None
    device: str | None
    state: TaskState
    waits_for_en: str | None
    waits_for_zh: str | None
    created_at: Instant
    ended_at: Instant | None
    steps: list[TaskStep]


class TaskList(View):
    """Tasks, oldest first."""

    items: list[Task]


class CompleteTaskRequest(Request):
    """A person did the machine's work: both scans of the bag, and where it is now."""

    din_scan: Scan
    product_scan: Scan
    at_place: Identifier
