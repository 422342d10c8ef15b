"""May this bag be used for this purpose now? One pure function asked by API, screens, solver, verifier and gates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from blood.compatibility import compatible
from blood.components import Family
from blood.groups import BloodGroup


class BagStatus(StrEnum):
    """Where a bag stands in its life (design.md 6); holds, recalls, expiry and custody are facets, not statuses."""

    COLLECTED = "COLLECTED"
    PROCESSING = "PROCESSING"
    QUARANTINE = "QUARANTINE"
    AVAILABLE = "AVAILABLE"
    RESERVED = "RESERVED"
    PICKED = "PICKED"
    PACKED = "PACKED"
    IN_TRANSIT = "IN_TRANSIT"
    RECEIVED = "RECEIVED"
    ISSUED = "ISSUED"
    TRANSFUSED = "TRANSFUSED"
    PRESUMED_TRANSFUSED = "PRESUMED_TRANSFUSED"
    RETURNED_PENDING = "RETURNED_PENDING"
    NONCONFORMING = "NONCONFORMING"
    CONSUMED = "CONSUMED"
    DISCARDED = "DISCARDED"
    MISSING = "MISSING"
    LOST = "LOST"


class DonationType(StrEnum):
    """For whom the donation was given; everything but allogeneic is refused to others."""

    ALLOGENEIC = "allogeneic"
    AUTOLOGOUS = "autologous"
    DIRECTED = "directed"
    BIOHAZARD = "biohazard"


class Zone(StrEnum):
    """Status zone of a place (RedBook 6.7.1, WS 399-2012 3.3): it must agree with the bag's status."""

    NONE = "none"
    QUARANTINE = "quarantine"
    STOCK = "stock"
    RETURNED = "returned"
    NONCONFORMING = "nonconforming"


class Act(StrEnum):
    """What somebody wants to do with a bag."""

    RELEASE = "release"
    RESERVE = "reserve"
    PICK = "pick"
    PASS_GATE = "pass_gate"  # noqa: S105 - a gate, not a password
    DISPATCH = "dispatch"
    RECEIVE = "receive"


@dataclass(frozen=True, slots=True)
class Purpose:
    """The act, and for whom: patient group and need are given when a line asks, the order line when one holds it."""

    act: Act
    order_line: str | None = None
    recipient: BloodGroup | None = None
    component: str | None = None
    usable_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BagFacts:
    """All that eligibility may know of a bag, assembled by the warehouse, carried by every snapshot.

    ``labelled``: its label was read back and agreed; ``claim``: the preparation order that it is kept for.
    """

    bag: str
    status: BagStatus
    component: str
    family: Family
    group: BloodGroup | None
    expires_at: datetime
    zone: Zone
    donation_type: DonationType = DonationType.ALLOGENEIC
    tests_negative: bool | None = None
    open_holds: tuple[str, ...] = ()
    recalls: tuple[str, ...] = ()
    open_excursion: bool = False
    place_known: bool = True
    labelled: bool = False
    claim: str | None = None
    order_line: str | None = None
    release_failures: tuple[str, ...] = field(default=())


class ReasonCode(StrEnum):
    """Why not. Screens translate the code; ``Reason.detail`` carries the particulars."""

    STATUS = "status"
    ZONE = "zone"
    HOLD = "hold"
    RECALL = "recall"
    EXPIRED = "expired"
    TOO_SHORT_LIVED = "too_short_lived"
    TESTS = "tests"
    RELEASE_GATE = "release_gate"
    GROUP_UNKNOWN = "group_unknown"
    INCOMPATIBLE = "incompatible"
    WRONG_COMPONENT = "wrong_component"
    DONATION_TYPE = "donation_type"
    EXCURSION = "excursion"
    PLACE_UNKNOWN = "place_unknown"
    OTHER_ORDER = "other_order"
    LABEL = "label"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that forbids the act, in a form a person can act on."""

    code: ReasonCode
    detail: str


_STATUS_FOR: dict[Act, frozenset[BagStatus]] = {
    Act.RELEASE: frozenset({BagStatus.QUARANTINE}),
    Act.RESERVE: frozenset({BagStatus.AVAILABLE}),
    Act.PICK: frozenset({BagStatus.RESERVED}),
    Act.PASS_GATE: frozenset({BagStatus.PICKED, BagStatus.PACKED}),
    Act.DISPATCH: frozenset({BagStatus.PACKED}),
    Act.RECEIVE: frozenset({BagStatus.IN_TRANSIT}),
}
_ZONE_FOR: dict[Act, frozenset[Zone]] = {
    Act.RESERVE: frozenset({Zone.STOCK}),
    Act.PICK: frozenset({Zone.STOCK}),
}
_STANDING = frozenset({Act.PICK, Act.PASS_GATE, Act.DISPATCH})
_LABELLED = frozenset({Act.RESERVE, Act.PICK, Act.PASS_GATE, Act.DISPATCH})


def eligibility(facts: BagFacts, purpose: Purpose, at: datetime) -> list[Reason]:
    """Return every reason why ``purpose`` must not happen at ``at`` (UTC); an empty list means it may.

    A bag on hold, recalled, past its expiry, with an unfinished excursion or an unknown place is refused for every
    act; unknown is never treated as good. Source: design.md 6, domain.md 4, 5.3 and 9.
    """
    reasons = [*_general(facts, at), *_standing(facts, purpose)]
    if purpose.act is Act.RELEASE:
        reasons += [Reason(ReasonCode.RELEASE_GATE, failure) for failure in facts.release_failures]
    if facts.tests_negative is not True:
        state = "not complete" if facts.tests_negative is None else "not negative"
        reasons.append(Reason(ReasonCode.TESTS, f"laboratory results are {state}"))
    if purpose.component is not None and purpose.component != facts.component:
        reasons.append(Reason(ReasonCode.WRONG_COMPONENT, f"{facts.component}, asked for {purpose.component}"))
    if purpose.usable_until is not None and facts.expires_at < purpose.usable_until:
        reasons.append(Reason(ReasonCode.TOO_SHORT_LIVED, f"expires {facts.expires_at.isoformat()}"))
    reasons += _group(facts, purpose)
    return reasons


def _general(facts: BagFacts, at: datetime) -> list[Reason]:
    reasons = [Reason(ReasonCode.HOLD, hold) for hold in facts.open_holds]
    reasons += [Reason(ReasonCode.RECALL, recall) for recall in facts.recalls]
    if facts.expires_at <= at:
        reasons.append(Reason(ReasonCode.EXPIRED, f"expired {facts.expires_at.isoformat()}"))
    if facts.open_excursion:
        reasons.append(Reason(ReasonCode.EXCURSION, "its place is outside the permitted temperature now"))
    if not facts.place_known:
        reasons.append(Reason(ReasonCode.PLACE_UNKNOWN, "nobody knows where it is"))
    if facts.donation_type is not DonationType.ALLOGENEIC:
        reasons.append(Reason(ReasonCode.DONATION_TYPE, facts.donation_type.value))
    return reasons


def _standing(facts: BagFacts, purpose: Purpose) -> list[Reason]:
    reasons = []
    if facts.status not in _STATUS_FOR[purpose.act]:
        reasons.append(Reason(ReasonCode.STATUS, facts.status.value))
    zones = _ZONE_FOR.get(purpose.act)
    if zones is not None and facts.zone not in zones:
        reasons.append(Reason(ReasonCode.ZONE, facts.zone.value))
    if purpose.act in _STANDING and (purpose.order_line is None or facts.order_line != purpose.order_line):
        reasons.append(Reason(ReasonCode.OTHER_ORDER, facts.order_line or "no order"))
    if purpose.act in _LABELLED and not facts.labelled:
        reasons.append(Reason(ReasonCode.LABEL, "its label was not checked"))
    if purpose.act in _LABELLED and facts.claim is not None:
        reasons.append(Reason(ReasonCode.CLAIMED, f"kept for preparation order {facts.claim}"))
    return reasons


def _group(facts: BagFacts, purpose: Purpose) -> list[Reason]:
    if facts.group is None:
        return [Reason(ReasonCode.GROUP_UNKNOWN, "ABO/RhD is not confirmed")]
    if purpose.recipient is not None and not compatible(facts.family, facts.group, purpose.recipient):
        return [Reason(ReasonCode.INCOMPATIBLE, f"{facts.group.value} for {purpose.recipient.value}")]
    return []
