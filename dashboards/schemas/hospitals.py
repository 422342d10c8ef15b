"""Beyond the lock: bags in a hospital's hands, its patients by pseudonym, crossmatches, issues and fates."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.eligibility import Act, BagStatus, CrossmatchResult
from blood.groups import BloodGroup
from blood.patients import AboPhenotype, PatientClass
from dashboards.schemas.bags import Reason
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, View
from dashboards.schemas.wording import FindingZh, HoldsZh
from wms.hospitals.crossmatch import CrossmatchState
from wms.hospitals.fate_report import Fate, Standing
from wms.hospitals.issue import IssueKind
from wms.hospitals.rules import Proof

Pseudonym = Annotated[
    str, Field(min_length=3, max_length=32, description="A pseudonym; a name or an identity number is refused")
]
Words = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], Field(max_length=40)]
Signatures = Annotated[list[Identifier], Field(max_length=2)]


class Crossmatch(View):
    """One crossmatch; ``counts`` is false once a later one of the same pair replaced it."""

    id: str
    hospital: str
    bag: str
    patient: str | None
    result: CrossmatchResult
    state: CrossmatchState
    counts: bool
    method: str
    at: Instant
    valid_until: Instant | None
    recorded_at: Instant
    recorded_by: str


class CrossmatchList(View):
    """Crossmatches, newest first."""

    items: list[Crossmatch]


class CrossmatchRequest(Request):
    """A result; ``valid_until`` may only shorten what the method's rule gives."""

    bag: Identifier
    patient: Pseudonym
    result: CrossmatchResult
    method: Identifier
    at: GivenInstant
    valid_until: GivenInstant | None = None


class Issue(View):
    """To whom a bag went, and until when a word of its fate is due; ``presumed_at``: nobody told in time."""

    id: str
    patient: str | None
    to: str
    kind: IssueKind
    at: Instant
    issued_by: str
    signers: list[str]
    fate_due_at: Instant
    presumed_at: Instant | None
    ended_at: Instant | None


class ToldFate(View):
    """A report of what became of a bag, with its codes in HL7 tables 0510 and 0513."""

    id: str
    patient: str | None
    fate: Fate
    name_en: str
    name_zh: str
    standing: Standing
    finding: str
    finding_zh: FindingZh
    at: Instant
    administrator: str | None
    verifier: str | None
    cause: str | None
    comment: str
    hl7_0510: str | None
    hl7_0513: str | None
    recorded_at: Instant
    recorded_by: str


class CustodyBag(View):
    """One bag in the hands of a hospital; staff of the centre see no patient (null)."""

    id: str
    din: str
    product: str
    component: str
    group: BloodGroup | None
    status: BagStatus
    hospital: str
    place: str | None
    volume_ml: float
    expires_at: Instant
    since: Instant
    antigens: str | None
    hla: str | None
    attributes: list[str]
    intended_for: str | None
    holds: list[str]
    holds_zh: HoldsZh
    crossmatches: list[Crossmatch]
    issue: Issue | None
    fates: list[ToldFate]
    version: int


class CustodyPage(View):
    """Bags of a hospital, soonest expiry first, and how many there are."""

    items: list[CustodyBag]
    total: int


class CustodyAction(View):
    """An act of a hospital, and every reason why it is not permitted now."""

    act: Act
    allowed: bool
    reasons: list[Reason]


class CustodyDetail(CustodyBag):
    """One bag, and what may be done with it now, for the patient that was asked about (or for nobody)."""

    patient: str | None
    actions: list[CustodyAction]


class Patient(View):
    """A patient of a hospital, by pseudonym; a null group is not known."""

    pseudonym: str
    hospital: str
    group: BloodGroup | None
    patient_class: PatientClass
    phenotype: AboPhenotype
    antibodies: list[str]
    requirements: list[str]
    hla: str | None
    updated_at: Instant
    updated_by: str


class PatientPage(View):
    """Patients, last told of first, and how many there are."""

    items: list[Patient]
    total: int


class PatientRequest(Request):
    """What is known of a patient; what is not named is not known.

    ``antibodies`` as laboratories write them (`anti-K`, `Jka`, `HLA-A2`, `HPA-1a`); ``hla`` is HLA and HPA type as one
    text (`A2,24 B8,- HPA-1a+ HPA-1b-`).
    """

    group: BloodGroup | None
    antibodies: Words = Field(default_factory=list)
    requirements: Words = Field(default_factory=list)
    hla: Annotated[str, Field(max_length=200)] | None = None
    patient_class: PatientClass = PatientClass.UNKNOWN
    phenotype: AboPhenotype = AboPhenotype.ORDINARY


class IssueRequest(Request):
    """To whom; ``emergency``: without a crossmatch, on two signatures (`issue.emergency`, subject: the bag's id)."""

    patient: Pseudonym
    to: Annotated[str, Field(min_length=1, max_length=80, description="Ward or theatre")]
    emergency: Annotated[bool, Field(strict=True)] = False
    signatures: Signatures = Field(default_factory=list)


class FateRequest(Request):
    """What became of a bag.

    A transfusion names two different staff ids; waste names a cause, and a bag of the store needs two signatures
    (`fate.wasted`, subject: the bag's id) unless its expiry has passed.
    """

    fate: Fate
    at: GivenInstant
    administrator: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    verifier: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    cause: Identifier | None = None
    comment: Annotated[str, Field(max_length=500)] = ""
    temperature_ok: Annotated[bool, Field(strict=True)] | None = None
    visual_ok: Annotated[bool, Field(strict=True)] | None = None
    signatures: Signatures = Field(default_factory=list)


class FateAnswer(View):
    """The bag after the report; ``finding`` says what did not fit, and then the bag is held."""

    standing: Standing
    finding: str
    finding_zh: FindingZh
    bag: CustodyBag | None


class SourcedHours(View):
    """A number of hours with where it comes from and how far that was verified."""

    hours: float
    source: str
    status: str


class MethodRule(View):
    """A way to crossmatch, and how long a compatible result holds."""

    method: str
    name_en: str
    name_zh: str
    valid_hours: float
    source: str
    status: str


class FateRule(View):
    """A fate and its HL7 codes."""

    key: str
    name_en: str
    name_zh: str
    hl7_0510: str | None
    hl7_0513: str | None


class WasteCause(View):
    """Why a bag may be wasted; proof `clock`: expired; `people`: two of the hospital."""

    key: str
    name_en: str
    name_zh: str
    proof: Proof


class HospitalRules(View):
    """What screens of hospitals offer, from the profile."""

    profile: str
    presumed_after: SourcedHours
    report_within: SourcedHours
    crossmatch: list[MethodRule]
    fate: list[FateRule]
    waste: list[WasteCause]
    requirements: list[str]
    antigens: list[str]
