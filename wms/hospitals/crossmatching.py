"""The hospital's laboratory tells what a crossmatch gave; several patients of one bag, several results of one pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from blood.eligibility import Act, CrossmatchResult
from runtime.ids import new_id
from wms.bags.commands import raise_finding
from wms.bags.projection import BagChange
from wms.errors import Invalid, Refused
from wms.hospitals.asking import in_words, reasons_against
from wms.hospitals.custody import require_own
from wms.hospitals.patients import key_of, require_patient
from wms.hospitals.rules import hospital_rules
from wms.hospitals.tables import crossmatch as table
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

_INCOMPATIBLE: Final = CrossmatchResult.INCOMPATIBLE.value


@dataclass(frozen=True, slots=True)
class CrossmatchReport:
    """One result; ``valid_until`` may only shorten what the method's rule gives."""

    bag: str
    patient: str
    result: CrossmatchResult
    method: str
    at: datetime
    valid_until: datetime | None = None


def record_crossmatch(tx: Tx, actor: Actor, hospital: str, report: CrossmatchReport) -> str:
    """Take the laboratory's result for a bag that the hospital has and a patient that it told of; returns its id.

    A result is an observation: it is taken also for a bag on hold. What it may not be is a compatible one for a bag
    that eligibility forbids to crossmatch (status, recall, expiry, group). A compatible result after an incompatible
    one of the same pair is a finding and holds the bag. The same report again is the first one.

    Raises NotFound, NotYours, Invalid, Refused.
    """
    require_own(tx, hospital, report.bag)
    known = require_patient(tx.conn, hospital, report.patient)
    patient = known.pseudonym
    valid_until = _valid_until(tx, report)
    earlier = _of_pair(tx.conn, hospital, report.bag, patient)
    for row in earlier:
        if (row.result, row.method, row.at_us) == (report.result.value, report.method, to_us(report.at)):
            return str(row.id)
    if report.result is CrossmatchResult.COMPATIBLE:
        reasons = reasons_against(tx, report.bag, Act.CROSSMATCH, known)
        if reasons:
            detail = f"{report.bag} cannot be made ready for {patient}: {in_words(reasons)}"
            raise Refused("crossmatch.refused", detail)
    number = new_id("xm")
    tx.conn.execute(
        insert(table).values(
            id=number,
            hospital=hospital,
            bag=report.bag,
            patient=patient,
            result=report.result.value,
            method=report.method,
            at_us=to_us(report.at),
            valid_until_us=None if valid_until is None else to_us(valid_until),
            recorded_us=to_us(tx.now),
            recorded_by=actor.id,
        )
    )
    data = {
        "crossmatch": number,
        "hospital": hospital,
        "patient": patient,
        "result": report.result.value,
        "method": report.method,
        "at": report.at.isoformat(),
        "valid_until": None if valid_until is None else valid_until.isoformat(),
    }
    tx.record("bag.crossmatched", actor=actor, subject=report.bag, data=data, bag=BagChange(report.bag, {}))
    tx.notify("custody", hospital)
    if report.result is CrossmatchResult.COMPATIBLE and _INCOMPATIBLE in {row.result for row in earlier}:
        contradiction = f"crossmatched compatible for {key_of(hospital, patient)} after an incompatible result"
        raise_finding(tx, actor, report.bag, contradiction)
    return number


def _valid_until(tx: Tx, report: CrossmatchReport) -> datetime | None:
    method = hospital_rules(tx.plant.profile).method(report.method)
    if report.at > tx.now:
        raise Invalid("crossmatch.at", f"The crossmatch lies in the future; it is now {tx.now.isoformat()}")
    if report.result is not CrossmatchResult.COMPATIBLE:
        if report.valid_until is not None:
            raise Invalid("crossmatch.valid_until", "Only a compatible result is valid until a time")
        return None
    latest = report.at + method.span
    if report.valid_until is None:
        return latest
    if not report.at < report.valid_until <= latest:
        raise Invalid(
            "crossmatch.valid_until",
            f"A {report.method} crossmatch holds for at most {method.valid_hours:g} h, so until {latest.isoformat()}",
        )
    return report.valid_until


def _of_pair(conn: Connection, hospital: str, bag: str, patient: str) -> Sequence[Row[Any]]:
    pair = (table.c.hospital == hospital) & (table.c.bag == bag) & (table.c.patient == patient)
    return conn.execute(select(table).where(pair)).all()
