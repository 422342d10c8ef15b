"""What each act asks of a bag: a table of checks, in the order in which their reasons are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from blood.eligibility import for_patient as patient
from blood.eligibility import state
from blood.eligibility.facts import BagFacts, Purpose
from blood.eligibility.vocabulary import Act, BagStatus, Reason, Zone

Check = Callable[[BagFacts, Purpose, datetime], Iterable[Reason]]
S = BagStatus

_ALWAYS: Final[tuple[Check, ...]] = (state.free_of_holds, state.within_expiry, state.where_it_belongs)
_TESTED: Final[tuple[Check, ...]] = (state.tested, state.as_asked_for, state.group_known)
_STOCK: Final = state.zone_in(Zone.STOCK)
_LABELLED: Final[tuple[Check, ...]] = (state.labelled, state.unclaimed)
_GIVEN: Final[tuple[Check, ...]] = (patient.for_nobody_else, patient.compatible_group, patient.safe_for_patient)
_ON_THE_WAY: Final[tuple[Check, ...]] = (state.own_order, *_LABELLED, state.exposure_good, *_TESTED, *_GIVEN)
_HOSPITAL: Final[tuple[Check, ...]] = (state.at_the_hospital, patient.patient_named, *_LABELLED)

ACTS: Final[Mapping[Act, tuple[Check, ...]]] = {
    Act.RELEASE: (
        *_ALWAYS,
        state.status_in(S.QUARANTINE),
        state.at_the_centre,
        state.release_gates,
        *_TESTED,
        patient.owner_known,
        patient.compatible_group,
    ),
    Act.RESERVE: (
        *_ALWAYS,
        state.status_in(S.AVAILABLE),
        _STOCK,
        state.at_the_centre,
        *_LABELLED,
        state.exposure_good,
        *_TESTED,
        *_GIVEN,
    ),
    Act.PICK: (*_ALWAYS, state.status_in(S.RESERVED), _STOCK, state.at_the_centre, *_ON_THE_WAY),
    Act.PASS_GATE: (*_ALWAYS, state.status_in(S.PICKED, S.PACKED), state.at_the_centre, *_ON_THE_WAY),
    Act.DISPATCH: (*_ALWAYS, state.status_in(S.PACKED), state.at_the_centre, *_ON_THE_WAY),
    Act.RECEIVE: (*_ALWAYS, state.status_in(S.IN_TRANSIT), *_TESTED, patient.owner_known, patient.compatible_group),
    Act.CROSSMATCH: (
        *_ALWAYS,
        state.status_in(S.AVAILABLE, S.RESERVED, S.RECEIVED),
        state.with_who_asks,
        patient.patient_named,
        *_LABELLED,
        *_TESTED,
        *_GIVEN,
    ),
    Act.ISSUE: (
        *_ALWAYS,
        state.status_in(S.RECEIVED),
        *_HOSPITAL,
        state.exposure_good,
        *_TESTED,
        *_GIVEN,
        patient.crossmatched,
    ),
    Act.TRANSFUSE: (
        *_ALWAYS,
        state.status_in(S.ISSUED),
        *_HOSPITAL,
        patient.issued_to_patient,
        state.transfused_in_time,
        *_TESTED,
        *_GIVEN,
        patient.crossmatched,
    ),
    Act.PROCESS: (
        *_ALWAYS,
        state.status_in(S.COLLECTED, S.PROCESSING, S.QUARANTINE, S.AVAILABLE, S.RESERVED, S.RECEIVED),
        state.with_who_asks,
        state.fit_to_process,
        patient.poolable,
    ),
    Act.RETURN_TO_STOCK: (
        *_ALWAYS,
        state.status_in(S.RETURNED_PENDING),
        *_LABELLED,
        state.exposure_known_good,
        *_TESTED,
        patient.owner_known,
    ),
}
