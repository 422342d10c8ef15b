"""Crossmatch of one bag with one patient: told by the hospital's laboratory, valid for a time, several patients a bag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from blood.eligibility import Act, CrossmatchResult
from blood.eligibility import Crossmatch as CrossmatchFact
from runtime.ids import new_id
from wms.bags.commands import raise_finding
from wms.bags.projection import BagChange
from wms.errors import Invalid, Refused
from wms.hospitals.asking import in_words, reasons_against
from wms.hospitals.custody import require_own
from wms.hospitals.patients import key_of, require_patient
from wms.hospitals.rules import hospital_rules
from wms.hospitals.tables import crossmatch as table
from wms.store.driver import Driver
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx


class CrossmatchState(StrEnum):
    """What a crossmatch amounts to at one moment: a compatible result lapses, an incompatible one never does."""

    NONE = "none"
    PENDING = "pending"
    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class CrossmatchReport:
    """One result; ``valid_until`` may only shorten what the method's rule gives."""

    bag: str
    patient: str
    result: CrossmatchResult
    method: str
    at: datetime
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossmatch:
    """One result as stored, and what it amounts to now; ``counts`` is false for one that a later one replaced."""

    id: str
    hospital: str
    bag: str
    patient: str
    result: CrossmatchResult
    state: CrossmatchState
    counts: bool
    method: str
    at: datetime
    valid_until: datetime | None
    recorded_at: datetime
    recorded_by: str


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


def latest_of_bag(raw: Driver, bag: str) -> tuple[CrossmatchFact, ...]:
    """The latest crossmatch of a bag with each patient of the hospital that has it: what eligibility asks.

    Of results told for the same moment the incompatible one counts.
    """
    latest: dict[str, tuple[int, CrossmatchFact]] = {}
    for patient, result, at_us, valid_until_us in raw.execute(_OF_BAG, (bag,)).fetchall():
        fact = CrossmatchFact(str(patient), CrossmatchResult(str(result)), from_us_or_none(valid_until_us))
        before = latest.get(fact.patient)
        if before is None or (before[0] == at_us and fact.result is CrossmatchResult.INCOMPATIBLE):
            latest[fact.patient] = (int(at_us), fact)
    return tuple(fact for _, fact in latest.values())


def state_for(raw: Driver, bag: str, patient: str, now: datetime) -> CrossmatchState:
    """What the crossmatch of a bag with a patient of the hospital that has it amounts to now."""
    for fact in latest_of_bag(raw, bag):
        if fact.patient == patient:
            return _amounts_to(fact.result, fact.valid_until, now)
    return CrossmatchState.NONE


def list_crossmatches(
    conn: Connection, now: datetime, *, hospital: str | None = None, bag: str | None = None, patient: str | None = None
) -> Sequence[Crossmatch]:
    """Results that match every filter, newest first; at most 500."""
    query = select(table)
    if hospital is not None:
        query = query.where(table.c.hospital == hospital)
    if bag is not None:
        query = query.where(table.c.bag == bag)
    if patient is not None:
        query = query.where(table.c.patient == patient.strip().upper())
    rows = conn.execute(query.order_by(table.c.at_us.desc(), table.c.id.desc()).limit(MOST_LISTED)).all()
    seen: set[tuple[str, str, str]] = set()
    found = []
    for row in rows:
        pair = (row.hospital, row.bag, row.patient)
        found.append(_view(row, now, counts=pair not in seen))
        seen.add(pair)
    return found


MOST_LISTED: Final = 500
_INCOMPATIBLE: Final = CrossmatchResult.INCOMPATIBLE.value
_OF_BAG: Final = (
    "SELECT crossmatch.patient, crossmatch.result, crossmatch.at_us, crossmatch.valid_until_us FROM crossmatch "
    "JOIN bag ON bag.id = crossmatch.bag AND bag.hospital = crossmatch.hospital "
    "WHERE crossmatch.bag = ? ORDER BY crossmatch.at_us DESC, crossmatch.id DESC"
)


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


def _amounts_to(result: CrossmatchResult, valid_until: datetime | None, now: datetime) -> CrossmatchState:
    if result is CrossmatchResult.COMPATIBLE and (valid_until is None or valid_until <= now):
        return CrossmatchState.LAPSED
    return CrossmatchState(result.value)


def _view(row: Row[Any], now: datetime, *, counts: bool) -> Crossmatch:
    result = CrossmatchResult(row.result)
    return Crossmatch(
        id=row.id,
        hospital=row.hospital,
        bag=row.bag,
        patient=row.patient,
        result=result,
        state=_amounts_to(result, from_us_or_none(row.valid_until_us), now),
        counts=counts,
        method=row.method,
        at=from_us(row.at_us),
        valid_until=from_us_or_none(row.valid_until_us),
        recorded_at=from_us(row.recorded_us),
        recorded_by=row.recorded_by,
    )
