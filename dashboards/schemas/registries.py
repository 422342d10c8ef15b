"""Registries: typed platelet donors, rare red-cell donors and frozen stock, and requests that stay open until met."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from wms.registries.model import DonorState, LockState, MayDonate, RequestKind, RequestState, Verdict

DonorName = Annotated[
    str, Field(min_length=3, max_length=32, description="A pseudonym; a name or an identity number is refused")
]
Hla = Annotated[str, Field(max_length=200, description="HLA-A and -B, such as `A2,24 B8,-`; serological antigens")]
Hpa = Annotated[str, Field(max_length=200, description="Platelet antigens, such as `HPA-1a+ HPA-1b-`")]
Words = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=60)]
FileText = Annotated[str, Field(min_length=1, max_length=1_000_000, description="CSV with a heading")]


class PlateletDonor(View):
    """A typed donor, by pseudonym."""

    donor: str
    hla: str
    hpa: str
    group: BloodGroup | None
    state: DonorState
    last_donation_at: Instant | None
    updated_at: Instant
    updated_by: str


class PlateletDonorPage(View):
    """Donors by pseudonym, and how many there are."""

    items: list[PlateletDonor]
    total: int


class PlateletDonorRequest(Request):
    """What a donor was typed for."""

    hla: Hla
    hpa: Hpa = ""
    group: BloodGroup | None
    state: DonorState = DonorState.ACTIVE
    last_donation_at: GivenInstant | None = None


class DonorFile(Request):
    """Many donors at once: all of them or none."""

    text: FileText


class DonorFileTaken(View):
    """What a file brought."""

    sha256: str
    rows: int
    added: int
    changed: int


class SearchRequest(Request):
    """For whom: type, antibodies (`HLA-A2`, `HPA-1a`), group."""

    hla: Hla
    hpa: Hpa = ""
    antibodies: Words = Field(default_factory=list)
    group: BloodGroup | None = None
    limit: Annotated[int, Field(strict=True, ge=1, le=500)] = 20


class Match(View):
    """One donor, graded; ``mismatches`` are the antigens that the patient lacks; ``donor`` is null for operators."""

    donor: str | None
    grade: str
    mismatches: list[str]
    cross_reactive: list[str]
    group: BloodGroup | None
    group_fit: Literal["identical", "compatible", "not_compatible", "unknown"]
    last_donation_at: Instant | None
    may_donate: MayDonate
    may_donate_from: Instant | None
    bags: list[str]


class SearchResult(View):
    """Donors in order of preference; ``excluded`` of the ``searched`` carry an antigen that an antibody is against."""

    searched: int
    excluded: int
    took_ms: float
    items: list[Match]


class RareDonor(View):
    """A living donor of a rare red-cell type, by pseudonym."""

    donor: str
    antigens: str
    group: BloodGroup | None
    state: DonorState
    last_donation_at: Instant | None
    may_donate: MayDonate
    may_donate_from: Instant | None
    updated_at: Instant


class RareDonorPage(View):
    """Rare donors by pseudonym, and how many there are."""

    items: list[RareDonor]
    total: int


class RareDonorRequest(Request):
    """What the donor's red cells were typed for, such as `D+ C- c+ Jka-`."""

    antigens: Annotated[str, Field(min_length=2, max_length=400)]
    group: BloodGroup | None
    state: DonorState = DonorState.ACTIVE
    last_donation_at: GivenInstant | None = None


class RareSearchRequest(Request):
    """Antigens that must be absent, and the patient's group."""

    antigens_absent: Words
    group: BloodGroup | None = None


class RareBag(View):
    """A bag of a rare type, frozen or not."""

    bag: str
    component: str
    group: BloodGroup | None
    status: BagStatus
    place: str | None
    expires_at: Instant
    antigens: str
    evidence: Literal["current", "historic"]
    locked: bool


class RareSearchResult(View):
    """Frozen stock first, then bags on the shelf, then living donors (for operators only how many)."""

    frozen: list[RareBag]
    shelf: list[RareBag]
    donors: list[RareDonor]
    donors_found: int
    took_ms: float


class Lock(View):
    """A donor or a bag that is kept for one request; ``donor`` is null for operators and hospitals."""

    id: str
    donor: str | None
    bag: str | None
    state: LockState
    locked_at: Instant
    locked_by: str
    expires_at: Instant | None
    ended_at: Instant | None
    end_reason: str | None
    order: str | None


class Tried(View):
    """A new donation or bag that was held against the request."""

    at: Instant
    bag: str
    verdict: Verdict
    detail: str


class RegistryRequest(View):
    """What a hospital needs for one patient, and how far that got; ``patient`` is null for staff of the centre."""

    id: str
    kind: RequestKind
    hospital: str
    hospital_name_en: str
    hospital_name_zh: str
    patient: str | None
    hla: str | None
    antibodies: list[str]
    antigens_absent: list[str]
    group: BloodGroup | None
    doses: int
    needed_by: Instant
    state: RequestState
    opened_at: Instant
    opened_by: str
    waiting_minutes: float
    locks: list[Lock]
    tried: list[Tried]
    tries: int
    issued_at: Instant | None
    closed_at: Instant | None
    outcome: str | None


class RegistryRequestList(View):
    """Requests, the longest waiting first."""

    items: list[RegistryRequest]


class PlateletRequestWish(Request):
    """Matched platelets for a patient whose type the hospital told of (`PUT /patients`)."""

    hospital: Identifier
    patient: DonorName
    needed_by: GivenInstant
    doses: Annotated[int, Field(strict=True, ge=1, le=20)] = 1


class RareRequestWish(Request):
    """Red cells without certain antigens; those that the patient has antibodies against are added."""

    hospital: Identifier
    patient: DonorName
    antigens_absent: Words = Field(default_factory=list)
    needed_by: GivenInstant
    doses: Annotated[int, Field(strict=True, ge=1, le=20)] = 1


class LockWish(Request):
    """Exactly one of the two."""

    donor: DonorName | None = None
    bag: Identifier | None = None


class UnlockWish(Request):
    """Which lock, and why."""

    lock: Identifier
    reason: Sentence


class IssueWish(Request):
    """Which locked bag is sent to the hospital."""

    lock: Identifier


class CancelWish(Request):
    """Why it is not needed any more."""

    reason: Sentence


class CloseOutcome(StrEnum):
    """How a request ended."""

    MET = "met"
    NOT_NEEDED = "not_needed"
    NOT_FOUND = "not_found"


class CloseWish(Request):
    """How it ended, in a word and in a sentence."""

    outcome: CloseOutcome
    comment: Sentence
