"""Recalls: what is recalled and why, whom it reaches, what holders answer, what became of each bag."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from wms.recall.holders import HolderKind
from wms.recall.outcomes import Outcome
from wms.recall.scope import Relation


class RecallReason(View):
    """Why blood is recalled; ``of_the_donor``: the donor's other donations belong to the case as well."""

    code: str
    name_en: str
    name_zh: str
    of_the_donor: bool
    source: str
    status: str


class RecallReasons(View):
    """The site's reasons, and how long a holder may take to acknowledge before it becomes an alarm."""

    items: list[RecallReason]
    acknowledge_within_min: float
    acknowledge_source: str


class RecallScope(View):
    """What a case is about; ``donor`` is null for everybody but quality."""

    din: str | None
    donor: str | None
    batch: str | None
    device: str | None
    place: str | None
    from_at: Instant | None
    to_at: Instant | None


class RecallScopeRequest(Request):
    """Exactly one of donation, donor, batch, device, place; the last two with a time, whose open end goes on."""

    din: Identifier | None = None
    donor: Identifier | None = None
    batch: Identifier | None = None
    device: Identifier | None = None
    place: Identifier | None = None
    from_at: GivenInstant | None = None
    to_at: GivenInstant | None = None


class RecallPreviewRequest(Request):
    """What opening this recall would touch; ``of_the_donor`` null: as the reason says."""

    reason_code: Identifier
    by: RecallScopeRequest
    of_the_donor: bool | None = None


class RecallRequest(RecallPreviewRequest):
    """Open a recall: everything that belongs to it is frozen at once."""

    comment: Sentence


class RecallCounts(View):
    """How far a case reaches, and how much of it is done."""

    bags: int
    donations: int
    frozen: int
    without_outcome: int
    centre: int
    on_the_road: int
    hospitals: int
    patients: int
    notices: int
    unacknowledged: int


class RecallBag(View):
    """One bag of a case; ``possible_outcomes`` are those that its status allows now."""

    bag: str
    din: str
    component: str
    group: BloodGroup | None
    status: BagStatus
    place: str | None
    place_name_en: str | None
    place_name_zh: str | None
    hospital: str | None
    vehicle: str | None
    box: str | None
    relation: Relation
    frozen: bool
    outcome: Outcome | None
    outcome_comment: str | None
    outcome_by: str | None
    outcome_at: Instant | None
    possible_outcomes: list[Outcome]


class RecallHolder(View):
    """Who has how many bags of a case."""

    kind: HolderKind
    holder: str
    name_en: str
    name_zh: str
    bags: int


class RecallNotice(View):
    """What one holder was told, and its answer."""

    id: str
    kind: HolderKind
    holder: str
    name_en: str
    name_zh: str
    bags: list[str]
    sent_at: Instant
    overdue: bool
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    answer: str | None


class RecallPatient(View):
    """A patient who got a bag or for whom it was issued; the pseudonym is for quality and the hospital itself."""

    hospital: str | None
    bag: str
    patient: str | None
    status: BagStatus


class RecallReach(View):
    """What a recall touches: bags, who has them, which orders lose bags, whom they were given to."""

    counts: RecallCounts
    bags: list[RecallBag]
    holders: list[RecallHolder]
    orders: list[str]
    boxes: list[str]
    patients: list[RecallPatient]


class RecallSummary(View):
    """One line of the list of cases; ``closed_by`` names both people."""

    id: str
    reason_code: str
    reason_en: str
    reason_zh: str
    comment: str
    by: RecallScope
    of_the_donor: bool
    opened_at: Instant
    opened_by: str
    closed_at: Instant | None
    closed_by: str | None
    close_comment: str | None
    state: Literal["open", "closed"]
    counts: RecallCounts


class Recall(RecallSummary):
    """A whole case."""

    bags: list[RecallBag]
    holders: list[RecallHolder]
    orders: list[str]
    boxes: list[str]
    patients: list[RecallPatient]
    notices: list[RecallNotice]


class RecallList(View):
    """Cases, newest first."""

    items: list[RecallSummary]


class RecallAnswer(Request):
    """What a holder does about its notice."""

    answer: Sentence


class RecallOutcomeRequest(Request):
    """What became of these bags; `released` needs the signatures of two people over all of it."""

    bags: Annotated[tuple[Identifier, ...], Field(min_length=1, max_length=500)]
    outcome: Outcome
    comment: Sentence
    signatures: Annotated[tuple[Identifier, ...], Field(max_length=2)] = ()


class RecallCloseRequest(Request):
    """Close a case in which every bag has an outcome, on the signatures of two people."""

    comment: Sentence
    signatures: Annotated[tuple[Identifier, ...], Field(max_length=2)] = ()


class HospitalRecallNotice(View):
    """A notice as its hospital reads it."""

    id: str
    recall: str
    state: Literal["open", "closed"]
    reason_code: str
    reason_en: str
    reason_zh: str
    sent_at: Instant
    overdue: bool
    acknowledged_at: Instant | None
    acknowledged_by: str | None
    answer: str | None
    bags: list[RecallBag]
    patients: list[RecallPatient]


class HospitalRecallNotices(View):
    """Notices of one hospital, what waits for its answer first."""

    items: list[HospitalRecallNotice]
