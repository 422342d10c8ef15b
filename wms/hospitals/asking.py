"""May this bag be crossmatched for, issued to, given to this patient? `blood.eligibility` answers, here it is asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from blood.eligibility import Act, Purpose, Reason, eligibility
from plant.model import Plant
from wms.bags.facts import facts_from, facts_of
from wms.hospitals.patients import PatientRow, as_patient
from wms.outbound.gate import in_words
from wms.store.tx import Tx

__all__ = ["IN_THE_HOSPITAL", "in_words", "reasons_against", "reasons_now"]

IN_THE_HOSPITAL: Final = (Act.CROSSMATCH, Act.ISSUE, Act.TRANSFUSE)
"""Acts of which a hospital asks whether they are permitted now."""


def reasons_against(
    tx: Tx, bag: str, act: Act, patient: PatientRow | None, *, emergency: bool = False, at: datetime | None = None
) -> Sequence[Reason]:
    """Every reason against an act of a hospital for a patient, inside a transaction; empty means it may happen.

    ``at`` is the moment of the act, now when it is not given.
    """
    return eligibility(facts_of(tx, bag), _purpose(act, patient, emergency), at or tx.now)


def reasons_now(
    conn: Connection,
    plant: Plant,
    bag: str,
    act: Act,
    patient: PatientRow | None,
    at: datetime,
    excursion_at: Callable[[str], bool],
) -> Sequence[Reason]:
    """The same for a reader."""
    facts = facts_from(conn, plant, bag, excursion_at)
    return eligibility(facts, _purpose(act, patient, emergency=False), at)


def _purpose(act: Act, patient: PatientRow | None, emergency: bool) -> Purpose:
    if patient is None:
        return Purpose(act, emergency=emergency)
    return Purpose(act, patient=as_patient(patient), emergency=emergency, hospital=patient.hospital)
