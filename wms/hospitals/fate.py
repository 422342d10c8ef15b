"""What became of a bag: told by its hospital, presumed by nobody's word, never repaired silently.

A report is an observation (design.md 4): it is recorded whatever it says. One that contradicts what is known, or comes
late, is a finding and holds the bag; the earlier story stands until quality has looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, select, update

from blood.eligibility import BagStatus
from runtime.ids import new_id
from wms.bags.commands import change_status, raise_finding
from wms.bags.lifecycle import FINAL, allowed
from wms.bags.projection import BagChange, BagState, require
from wms.discards.commands import book_waste
from wms.holds.commands import place_hold
from wms.hospitals import tables
from wms.hospitals.custody import NotYours
from wms.hospitals.fate_report import (
    BECOMES,
    Fate,
    FateReport,
    Standing,
    check,
    contradictions,
    has,
    last_issue,
    lateness,
)
from wms.hospitals.patients import key_of
from wms.hospitals.rules import hospital_rules
from wms.people.signatures import Signed
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx
from wms.transport import returns

PRESUMER: Final = Actor("service:fate", "controller")
_AT_ONCE: Final = 200
"""Bags of one look of the clock: a closure stays short."""


@dataclass(frozen=True, slots=True)
class FateOutcome:
    """What became of a report; ``finding`` says in words what does not fit, empty when all does."""

    id: str
    standing: Standing
    finding: str


def report_fate(
    tx: Tx, actor: Actor, hospital: str, report: FateReport, signatures: Sequence[Signed] = ()
) -> FateOutcome:
    """Take a hospital's word of what became of its bag; the same word again is the first one.

    Raises NotFound, NotYours, Invalid for a report that lacks what its fate needs (two different people, a cause),
    Refused for waste of a store's bag without two people of this hospital, and what `returns.announce` raises.
    """
    state = _own_or_was(tx, hospital, report.bag)
    check(tx, hospital, report, state, signatures)
    known = _same_word(tx, hospital, report)
    if known is not None:
        return known
    issued = last_issue(tx, hospital, report.bag)
    patient = None if issued is None else str(issued["patient"])
    faults = contradictions(tx, hospital, report, state, issued)
    late = lateness(tx, report, state)
    standing = Standing.CONTRADICTING if faults else Standing.LATE if late else Standing.ACCEPTED
    finding = "; ".join([*faults, *late])
    number = new_id("fate")
    row = {
        "id": number,
        "bag": report.bag,
        "hospital": hospital,
        "patient": patient,
        "fate": report.fate.value,
        "standing": standing.value,
        "at_us": to_us(report.at),
        "administrator": report.administrator,
        "verifier": report.verifier,
        "cause": report.cause,
        "comment": report.comment,
        "finding": finding,
    }
    stamp = {"recorded_us": to_us(tx.now), "recorded_by": actor.id, "version": int(state["version"] or 0)}
    tx.conn.execute(insert(tables.fate).values(**row, **stamp))
    data = {**row, "at": report.at.isoformat(), "people": sorted({signed.person for signed in signatures})}
    _apply(tx, actor, hospital, report, state, data)
    if finding:
        raise_finding(tx, actor, report.bag, f"{hospital} told that it was {report.fate.value}: {finding}")
    if report.fate is Fate.TRANSFUSED_WITH_REACTION:
        _hold_siblings(tx, actor, hospital, report, state)
    _end_issues(tx, report.bag)
    tx.notify("custody", hospital)
    return FateOutcome(number, standing, finding)


def presume(tx: Tx) -> None:
    """The clock: a bag that was issued so long ago without a word is presumed transfused, which settles nothing."""
    rule = hospital_rules(tx.plant.profile).presumed_after
    silent = (
        select(tables.issue)
        .where(tables.issue.c.ended_us.is_(None), tables.issue.c.presumed_us.is_(None))
        .where(tables.issue.c.at_us <= to_us(tx.now - rule.span))
        .order_by(tables.issue.c.at_us)
        .limit(_AT_ONCE)
    )
    for row in tx.conn.execute(silent).mappings().all():
        mine = tables.issue.c.id == row["id"]
        tx.conn.execute(update(tables.issue).where(mine).values(presumed_us=to_us(tx.now)))
        state = require(tx.raw, str(row["bag"]))
        if state["status"] != BagStatus.ISSUED.value:
            continue
        data = {"issue": row["id"], "hospital": row["hospital"], "hours": rule.hours, "source": rule.source}
        change_status(tx, PRESUMER, row["bag"], BagStatus.PRESUMED_TRANSFUSED, "bag.presumed_transfused", data=data)
        tx.notify("custody", row["hospital"])


def _own_or_was(tx: Tx, hospital: str, bag: str) -> BagState:
    """The row of a bag that this hospital has, or once issued: what it tells of that one is heard, too."""
    state = require(tx.raw, bag)
    if has(state, hospital) or last_issue(tx, hospital, bag) is not None:
        return state
    raise NotYours(bag, hospital)


def _same_word(tx: Tx, hospital: str, report: FateReport) -> FateOutcome | None:
    told = tables.fate
    mine = (told.c.bag == report.bag) & (told.c.hospital == hospital) & (told.c.fate == report.fate.value)
    row = tx.conn.execute(select(told).where(mine, told.c.at_us == to_us(report.at))).mappings().first()
    return None if row is None else FateOutcome(row["id"], Standing(row["standing"]), row["finding"])


def _apply(tx: Tx, actor: Actor, hospital: str, report: FateReport, state: BagState, data: dict[str, Any]) -> None:
    """Let the bag become what was told, where the story allows it; the word itself is in the ledger in any case."""
    status, to = BagStatus(str(state["status"])), BECOMES[report.fate]
    kind = f"bag.fate_{report.fate.value}"
    if to is None:
        fits = has(state, hospital) and status in returns.CAN_COME_BACK
        fields: dict[str, Any] = {"patient": None} if fits else {}
        tx.record(kind, actor=actor, subject=report.bag, data=data, bag=BagChange(report.bag, fields))
        if fits and returns.open_return_of(tx, report.bag) is None:
            told = report.comment.strip() or "not needed"
            wish = returns.ReturnWish(hospital, [report.bag], told, report.temperature_ok, report.visual_ok)
            returns.announce(tx, actor, wish)
        return
    if allowed(status, to) and has(state, hospital):
        change_status(tx, actor, report.bag, to, kind, data=data)
        if to is BagStatus.DISCARDED:
            book_waste(tx, actor, state, hospital, "; ".join(word for word in (report.cause, report.comment) if word))
        return
    becomes = to if has(state, hospital) and status not in FINAL else status
    change = BagChange(report.bag, {"status": becomes.value})
    tx.record(kind, actor=actor, subject=report.bag, data=data, bag=change)


def _hold_siblings(tx: Tx, actor: Actor, hospital: str, report: FateReport, state: BagState) -> None:
    """A reaction: quality looks at the bag, and all that came from the same donations stays where it is till then."""
    patient = _patient(tx, hospital, report.bag)
    detail = f"transfusion reaction of {key_of(hospital, patient)}: {report.comment.strip()}"
    raise_finding(tx, actor, report.bag, detail[:MOST_WORDS])
    for sibling in _family(tx, report.bag, str(state["din"])):
        if BagStatus(str(require(tx.raw, sibling)["status"])) not in FINAL:
            place_hold(tx, actor, bag=sibling, reason=f"transfusion reaction told of {report.bag}")


def _family(tx: Tx, bag: str, din: str) -> list[str]:
    """Every other bag of the same donations: siblings, what they were made from and what was made from them."""
    seen, ahead = {bag}, [bag]
    for (sibling,) in tx.raw.execute("SELECT id FROM bag WHERE din = ?", (din,)).fetchall():
        ahead.append(sibling)
    while ahead:
        one = ahead.pop()
        seen.add(one)
        near = tx.raw.execute(
            "SELECT parent FROM bag_parentage WHERE child = ? UNION SELECT child FROM bag_parentage WHERE parent = ?",
            (one, one),
        ).fetchall()
        ahead += [other for (other,) in near if other not in seen]
    return sorted(seen - {bag})


def _end_issues(tx: Tx, bag: str) -> None:
    mine = (tables.issue.c.bag == bag) & tables.issue.c.ended_us.is_(None)
    tx.conn.execute(update(tables.issue).where(mine).values(ended_us=to_us(tx.now)))


def _patient(tx: Tx, hospital: str, bag: str) -> str:
    """The patient that a hospital issued a bag to last, or a word for nobody."""
    issued = last_issue(tx, hospital, bag)
    return "nobody" if issued is None else str(issued["patient"])


MOST_WORDS: Final = 400
