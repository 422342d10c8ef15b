"""Donors: lists of other centres, information after a donation, and donations held for them. For quality's eyes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.eligibility import BagStatus
from dashboards.schemas.base import GivenInstant, Identifier, Instant, Request, Sentence, View
from wms.donors.checks import CheckState, CheckVerdict
from wms.donors.lists import EntryKind
from wms.donors.rules import DonationKind
from wms.laboratory.profile import Status


class DeferralListRequest(Request):
    """A list as CSV: the header `donor,entry,from,until,code`; any fault and nothing of it is taken."""

    centre: Identifier
    text: Annotated[str, Field(min_length=1)]


class DeferralEntry(Request):
    """One deferral (``until`` null: for ever), or one donation that was given elsewhere."""

    donor: Identifier
    entry: EntryKind
    since: GivenInstant
    until: GivenInstant | None = None
    code: Identifier


class DeferralEntriesRequest(Request):
    """The same by API: entries of one centre."""

    centre: Identifier
    entries: Annotated[list[DeferralEntry], Field(min_length=1, max_length=5000)]


class DeferralListTaken(View):
    """A list as it was taken; ``held`` is how many donations it held now (none when it was known already)."""

    id: str
    rows: int
    held: int


class DeferralList(View):
    """One list that was taken in."""

    id: str
    centre: str
    rows: int
    taken_at: Instant
    taken_by: str


class DeferralLists(View):
    """Lists, newest first."""

    items: list[DeferralList]


class DonorQuestion(Request):
    """Whether a donor may give blood (``at``: now when it is not said)."""

    donor: Identifier
    at: GivenInstant | None = None
    kind: DonationKind = DonationKind.WHOLE_BLOOD


class DonorAnswer(View):
    """``reason_code`` is told to quality only; ``until`` is null when nobody can say."""

    may_donate: bool
    reason_code: str | None
    until: Instant | None


class InformationRequest(Request):
    """What a donor told after a donation; ``at`` is when it was so."""

    at: GivenInstant
    kind: Identifier
    detail: Sentence


class InformationTaken(View):
    """The information is kept; ``held`` are the donations that it holds now."""

    id: str
    held: list[str]


class InformationKind(View):
    """A kind of information, and how many days before it donations are in doubt (null: all)."""

    kind: str
    name_en: str
    name_zh: str
    days_back: int | None
    source: str
    status: Status


class InformationKinds(View):
    """The kinds of the site's profile."""

    items: list[InformationKind]


class HeldBag(View):
    """A bag of a held donation."""

    bag: str
    status: BagStatus


class HeldDonation(View):
    """A donation that a donor check keeps, or kept; bags in ``gone`` had left quarantine: a recall is advised.

    Whose it is stays inside: the donation number is enough to decide.
    """

    din: str
    causes: list[str]
    codes: list[str]
    bags: list[HeldBag]
    gone: list[str]
    held_at: Instant
    state: CheckState
    decided_at: Instant | None
    decided_by: str | None
    comment: str | None


class HeldDonations(View):
    """Held donations, newest first."""

    items: list[HeldDonation]


class DonorDecision(Request):
    """What quality decides of a held donation; the comment stays with the check and is not in the ledger."""

    verdict: CheckVerdict
    comment: Sentence
