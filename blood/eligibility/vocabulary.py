"""The words in which a bag's state, an act and a refusal are told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


class Custody(StrEnum):
    """Who answers for a bag."""

    CENTRE = "centre"
    HOSPITAL = "hospital"


class CrossmatchResult(StrEnum):
    """What a crossmatch of one bag and one patient found."""

    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    PENDING = "pending"


class DonorCheck(StrEnum):
    """What the donor check says of a bag's donation; ``NOT_ASKED``: the site keeps no deferral lists."""

    NOT_ASKED = "not_asked"
    CLEARED = "cleared"
    HELD = "held"


class Act(StrEnum):
    """What somebody wants to do with a bag."""

    RELEASE = "release"
    RESERVE = "reserve"
    PICK = "pick"
    PASS_GATE = "pass_gate"  # noqa: S105 - a gate, not a password
    DISPATCH = "dispatch"
    RECEIVE = "receive"
    CROSSMATCH = "crossmatch"
    ISSUE = "issue"
    TRANSFUSE = "transfuse"
    PROCESS = "process"
    RETURN_TO_STOCK = "return_to_stock"


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
    CUSTODY = "custody"
    OTHER_PATIENT = "other_patient"
    PATIENT_MISSING = "patient_missing"
    ANTIGEN = "antigen"
    REQUIREMENT = "requirement"
    HLA = "hla"
    CROSSMATCH = "crossmatch"
    EXPOSURE = "exposure"
    DONOR = "donor"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that forbids the act, in a form a person can act on."""

    code: ReasonCode
    detail: str
