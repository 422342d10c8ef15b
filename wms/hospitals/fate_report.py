"""A hospital's word of what became of a bag: what it must say, and what of it does not fit what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select

from blood.eligibility import Act, BagStatus
from wms.bags.lifecycle import FINAL, allowed
from wms.bags.projection import BagState, require
from wms.errors import Invalid, Refused
from wms.hospitals import tables
from wms.hospitals.asking import in_words, reasons_against
from wms.hospitals.custody import HOSPITAL
from wms.hospitals.issue import IssueKind
from wms.hospitals.patients import require_patient
from wms.hospitals.rules import Proof, hospital_rules
from wms.people.accounts import require as require_account
from wms.people.signatures import Signed
from wms.store.metadata import from_us
from wms.store.tx import Tx
from wms.transport import returns

WASTE_ACT: Final = "fate.wasted"
"""What two people of the hospital sign to waste a bag of its store."""
TWO: Final = 2


class Fate(StrEnum):
    """What a hospital may tell of a bag."""

    TRANSFUSED = "transfused"
    TRANSFUSED_WITH_REACTION = "transfused_with_reaction"
    RETURNED = "returned"
    WASTED = "wasted"


class Standing(StrEnum):
    """How a report fits into what is known."""

    ACCEPTED = "accepted"
    LATE = "late"
    CONTRADICTING = "contradicting"


@dataclass(frozen=True, slots=True)
class FateReport:
    """What a hospital tells.

    ``administrator`` and ``verifier`` are staff ids of two different people (HL7 BTX-14 and BTX-15); ``cause`` is of
    waste, ``temperature_ok`` and ``visual_ok`` of a return.
    """

    bag: str
    fate: Fate
    at: datetime
    administrator: str | None = None
    verifier: str | None = None
    cause: str | None = None
    comment: str = ""
    temperature_ok: bool | None = None
    visual_ok: bool | None = None


BECOMES: Final = {
    Fate.TRANSFUSED: BagStatus.TRANSFUSED,
    Fate.TRANSFUSED_WITH_REACTION: BagStatus.TRANSFUSED,
    Fate.WASTED: BagStatus.DISCARDED,
    Fate.RETURNED: None,
}
"""The status that a fate gives the bag; a return gives none until the bag has come in."""
_TRANSFUSED: Final = frozenset({Fate.TRANSFUSED, Fate.TRANSFUSED_WITH_REACTION})


def has(state: BagState, hospital: str) -> bool:
    """True while the hospital answers for the bag."""
    return state["custody"] == HOSPITAL and state["hospital"] == hospital


def check(tx: Tx, hospital: str, report: FateReport, state: BagState, signatures: Sequence[Signed]) -> None:
    """Raise Invalid for a report that lacks what its fate needs, Refused for waste without two people's signatures."""
    if report.at > tx.now:
        raise Invalid("fate.at", f"That lies in the future; it is now {tx.now.isoformat()}")
    if report.fate is not Fate.WASTED and report.cause is not None:
        raise Invalid("fate.cause", "Only waste has a cause")
    if report.fate in _TRANSFUSED:
        _check_two(report)
    if report.fate is Fate.WASTED:
        _check_waste(tx, hospital, report, state, signatures)
    if report.fate is Fate.TRANSFUSED_WITH_REACTION and not report.comment.strip():
        raise Invalid("fate.comment", "Say what reaction the patient had")


def _check_two(report: FateReport) -> None:
    if not (report.administrator and report.verifier):
        raise Invalid("fate.verifier", "Name who gave it and who verified it at the bedside")
    if report.administrator.strip().casefold() == report.verifier.strip().casefold():
        raise Invalid("fate.verifier", "Who verified it must be somebody else than who gave it")


def _check_waste(tx: Tx, hospital: str, report: FateReport, state: BagState, signatures: Sequence[Signed]) -> None:
    cause = hospital_rules(tx.plant.profile).cause(report.cause)
    if cause.proof is Proof.CLOCK:
        expires = from_us(int(state["expires_us"] or 0))
        if expires > report.at:
            raise Invalid("fate.cause", f"{report.bag} expires {expires.isoformat()}; it was not outdated then")
        return
    if state["status"] == BagStatus.ISSUED.value:
        _check_two(report)
        return
    people = {signed.person for signed in signatures}
    if len(people) < TWO:
        raise Refused("fate.signatures", f"Wasting a bag of the store needs {TWO} people of {hospital}")
    strangers = sorted(person for person in people if require_account(tx.conn, person).hospital != hospital)
    if strangers:
        raise Refused("fate.signatures", f"{', '.join(strangers)} cannot sign for {hospital}")


def last_issue(tx: Tx, hospital: str, bag: str) -> dict[str, Any] | None:
    """The row of the last issue of a bag by this hospital, or None."""
    mine = (tables.issue.c.bag == bag) & (tables.issue.c.hospital == hospital)
    row = tx.conn.execute(select(tables.issue).where(mine).order_by(tables.issue.c.at_us.desc())).mappings().first()
    return None if row is None else dict(row)


def contradictions(
    tx: Tx, hospital: str, report: FateReport, state: BagState, issued: dict[str, Any] | None
) -> list[str]:
    """Everything in a report that does not fit the story of the bag, in words."""
    faults = []
    if not has(state, hospital):
        faults.append(f"it is {state['status']} and not at this hospital any more")
    status = BagStatus(str(state["status"]))
    if status in FINAL or not _fits(report.fate, status):
        faults.append(f"it was {status.value}")
    faults += [f"it was told to be {earlier} before" for earlier in _told_before(tx, hospital, report)]
    if report.fate in _TRANSFUSED:
        faults += _against_transfusion(tx, hospital, report, status, issued)
    return faults


def _against_transfusion(
    tx: Tx, hospital: str, report: FateReport, status: BagStatus, issued: dict[str, Any] | None
) -> list[str]:
    if issued is None:
        return ["it was never issued"]
    if report.at < from_us(issued["at_us"]):
        return [f"it was issued only at {from_us(issued['at_us']).isoformat()}"]
    faults = _too_long_out(tx, report, from_us(issued["at_us"]))
    if status is not BagStatus.ISSUED:
        return faults
    patient = require_patient(tx.conn, hospital, issued["patient"])
    emergency = issued["kind"] == IssueKind.EMERGENCY.value
    reasons = reasons_against(tx, report.bag, Act.TRANSFUSE, patient, emergency=emergency, at=report.at)
    return faults + ([f"it must not have been given: {in_words(reasons)}"] if reasons else [])


def _too_long_out(tx: Tx, report: FateReport, issued_at: datetime) -> list[str]:
    """An issued bag stands on a ward: it must be given within the hours of the profile (domain.md 2.3)."""
    component = tx.plant.components[str(require(tx.raw, report.bag)["component"])]
    within_h = None if component.out_of_control is None else component.out_of_control.transfuse_within_h
    hours = (report.at - issued_at).total_seconds() / 3600
    if within_h is None or hours <= within_h:
        return []
    return [f"it was given {hours:.1f} h after its issue, at most {within_h:g} h are allowed"]


def _fits(fate: Fate, status: BagStatus) -> bool:
    to = BECOMES[fate]
    return allowed(status, to) if to is not None else status in returns.CAN_COME_BACK


def _told_before(tx: Tx, hospital: str, report: FateReport) -> list[str]:
    since = select(tables.issue.c.at_us).where(tables.issue.c.bag == report.bag).order_by(tables.issue.c.at_us.desc())
    issued_us = tx.conn.execute(since.limit(1)).scalar()
    told = tables.fate
    mine = (told.c.bag == report.bag) & (told.c.hospital == hospital) & (told.c.fate != report.fate.value)
    query = select(told.c.fate).where(mine, told.c.recorded_us >= (issued_us or 0)).order_by(told.c.recorded_us)
    return list(tx.conn.execute(query).scalars())


def lateness(tx: Tx, report: FateReport, state: BagState) -> list[str]:
    """What makes a report late, in words."""
    rule = hospital_rules(tx.plant.profile).report_within
    late = []
    if state["status"] == BagStatus.PRESUMED_TRANSFUSED.value:
        late.append("its use was presumed meanwhile")
    if tx.now - report.at > rule.span:
        late.append(f"it was told later than {rule.hours:g} h after it happened")
    return late
