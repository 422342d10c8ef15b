"""What is asked and what may be known: the purpose of an act and the facts of a bag, assembled by the warehouse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from blood.antigens import UNTESTED, AntigenSet
from blood.attributes import Attribute
from blood.components import Family
from blood.eligibility.vocabulary import (
    Act,
    BagStatus,
    CrossmatchResult,
    Custody,
    DonationType,
    DonorCheck,
    Zone,
)
from blood.groups import BloodGroup
from blood.hla import HlaType
from blood.operations import OperationKind
from blood.out_of_control import OutEvent, OutOfControlRule
from blood.patients import Patient
from blood.policy import DEFAULT_POLICY


@dataclass(frozen=True, slots=True)
class Purpose:
    """The act, and for whom.

    ``recipient``, ``component`` and ``usable_until`` are what a line asks for, ``order_line`` the line that holds the
    bag. ``patient`` is who is to get it, at ``hospital``; in an ``emergency`` the rules of uncrossmatched blood apply.
    ``operation`` and ``claim`` are of processing: what is to be done, and the preparation order that asks.
    """

    act: Act
    order_line: str | None = None
    recipient: BloodGroup | None = None
    component: str | None = None
    usable_until: datetime | None = None
    patient: Patient | None = None
    emergency: bool = False
    hospital: str | None = None
    operation: OperationKind | None = None
    claim: str | None = None


@dataclass(frozen=True, slots=True)
class Crossmatch:
    """The latest crossmatch of a bag with one patient; ``valid_until`` None: it does not end by time."""

    patient: str
    result: CrossmatchResult
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class BagFacts:
    """All that eligibility may know of a bag, assembled by the warehouse, carried by every snapshot.

    ``labelled``: its label was read back and agreed; ``claim``: the preparation order that it is kept for;
    ``intended_for``: pseudonym of the only patient that it may be given to; ``issued_to``: of the patient that it was
    issued to; ``crossmatches``: the latest for each patient; ``clock``: the profile's rule for its component;
    ``out_events``: its times out of control, None where nobody keeps them; ``line_patient``: of the order line that
    holds it;
    ``policy``: the site's rules of compatibility (`blood.compatibility`).
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
    release_failures: tuple[str, ...] = ()
    antigens: AntigenSet = UNTESTED
    hla: HlaType | None = None
    attributes: frozenset[Attribute] = frozenset()
    intended_for: str | None = None
    issued_to: str | None = None
    custody: Custody = Custody.CENTRE
    hospital: str | None = None
    crossmatches: tuple[Crossmatch, ...] = ()
    clock: OutOfControlRule | None = None
    out_events: tuple[OutEvent, ...] | None = None
    line_patient: Patient | None = None
    donor: DonorCheck = DonorCheck.NOT_ASKED
    policy: str = DEFAULT_POLICY
