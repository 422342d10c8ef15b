"""Release: every gate of a bag with its reasons, bags that wait, and gates that two people passed by."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from blood.eligibility import BagStatus
from blood.groups import BloodGroup
from dashboards.schemas.base import Identifier, Instant, Request, Sentence, View
from wms.release.gates import GateName, GateState


class Gate(View):
    """One gate: passed, failed, or pending on what has not come yet; the details name every reason."""

    gate: GateName
    state: GateState
    detail_en: str
    detail_zh: str
    can_override: bool


class Override(View):
    """A gate that people passed by when the bag was released: what it said then, why, and who they were."""

    gate: GateName
    detail_en: str
    detail_zh: str
    reason: str
    people: list[str]
    at: Instant


class ReleaseItem(View):
    """One bag with all its gates, in their order; ``overridden`` stays with the bag for ever."""

    bag: str
    component: str
    group: BloodGroup | None
    place: str | None
    status: BagStatus
    since: Instant
    expires_at: Instant
    gates: list[Gate]
    overridden: list[Override]


class ReleaseList(View):
    """Bags in quarantine, soonest expiry first; ``counts`` says how many wait at each gate."""

    items: list[ReleaseItem]
    total: int
    counts: dict[str, int]


class ReleaseOutcome(View):
    """Whether the bag is released now, and its gates."""

    released: bool
    gates: list[Gate]


class OverrideRequest(Request):
    """Pass failed gates by: which, why, and the signatures of two people over exactly that, one of quality."""

    gates: Annotated[list[GateName], Field(min_length=1, max_length=8)]
    reason: Sentence
    signatures: Annotated[list[Identifier], Field(min_length=2, max_length=2)]
