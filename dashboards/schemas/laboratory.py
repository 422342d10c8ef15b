"""The laboratory: raw results in, by message or by file; donations with what their results amount to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from dashboards.schemas.bags import Reason
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, View
from wms.laboratory.profile import Status, TestKind
from wms.laboratory.read import TestsState

Verdict = Literal["pending", "negative", "not_negative"]


class LaboratoryResult(Request):
    """One result of one test; ``value`` is a word of the test, a number, or a group (see `GET /laboratory/tests`)."""

    test: Identifier
    value: Annotated[str, Field(min_length=1, max_length=40)]
    method: Annotated[str, Field(min_length=1, max_length=80)]
    at: GivenInstant
    reagent: Identifier | None = None
    device: Identifier | None = None


class LaboratoryRequest(Request):
    """Results of one donation from one laboratory run: one plate or pool, one reagent."""

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
    tests: Verdict
    released: list[str]
    refused: list[BagRefusal]


class TypingRequest(Request):
    """Typings of one donation as codes of its tube: DS012, DS030 (red cells), DS014 (HLA, HPA), or a message."""

    din: Identifier
    run: Identifier
    codes: Annotated[list[Annotated[str, Field(min_length=2, max_length=2000)]], Field(min_length=1, max_length=20)]
    at: GivenInstant


class TypingOutcome(View):
    """What is known of the donation now; what typings contradict each other in is unknown, named and held."""

    din: str
    antigens: str | None
    hla: str | None
    attributes: list[str]
    contradictions: list[str]
    bags: list[str]


class LaboratoryFileRequest(Request):
    """A CSV file: the header `din,run,test,value,method,reagent,device,at`, then a line for each result."""

    name: Identifier
    text: Annotated[str, Field(min_length=1)]


class LaboratoryFileOutcome(View):
    """What a file led to; ``already``: it was taken in before, and nothing happened now.

    A file with any fault is refused whole: 422, and ``fields`` of the problem names each fault by its line.
    """

    sha256: str
    rows: int
    donations: int
    already: bool
    released: list[str]
    refused: list[BagRefusal]


class TestedBag(View):
    """A bag of a donation."""

    bag: str
    component: str
    status: BagStatus


class StoredResult(View):
    """One raw result as it was reported."""

    run: str
    test: str
    value: str
    method: str
    reagent: str | None
    device: str | None
    at: Instant
    received_at: Instant


class DonationTests(View):
    """A donation: its state, the verdict computed from its results, and why not when it is not negative.

    ``missing`` and ``repeat`` are keys of tests. ``results`` are empty in lists, and for everybody but quality and the
    laboratory.
    """

    din: str
    check_character: str
    state: TestsState
    verdict: Verdict
    group: BloodGroup | None
    faults: list[str]
    missing: list[str]
    repeat: list[str]
    bags: list[TestedBag]
    results: list[StoredResult]
    collected_at: Instant


class DonationTestsList(View):
    """Donations, newest first."""

    items: list[DonationTests]
    total: int


class SourcedNumber(View):
    """A number of the profile, who claims it, and how sure that is."""

    value: float
    source: str
    status: Status


class LaboratoryTest(View):
    """One required test of the profile: a value in ``repeat`` asks for ``repeats`` more by the same reagent."""

    key: str
    kind: TestKind
    name_en: str
    name_zh: str
    unit: str
    values: list[str]
    negative: list[str]
    repeat: list[str]
    not_negative: list[str]
    repeats: SourcedNumber | None
    reagents: SourcedNumber | None
    or_with: str | None
    max: SourcedNumber | None
    agreeing: SourcedNumber | None
    agreeing_negative: SourcedNumber | None
    history: bool
    source: str
    status: Status


class LaboratoryTests(View):
    """The laboratory's algorithm as the site's profile has it."""

    profile: str
    version: int
    items: list[LaboratoryTest]
