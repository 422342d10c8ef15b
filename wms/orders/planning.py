"""From a verified plan to reservations, in one transaction; and what breaks a reservation again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from allocation.plan import LineExplanation, Plan
from allocation.verify import Violation
from blood.eligibility import Act, BagStatus, Purpose, Reason, ReasonCode, eligibility
from wms.alarms.book import News, clear, tell
from wms.alarms.conditions import PLAN_REFUSED
from wms.alarms.machine import Condition
from wms.bags.facts import facts_of
from wms.bags.projection import require
from wms.errors import Conflict
from wms.orders import reservations
from wms.orders.reasons import in_both, status_is
from wms.orders.sentences import PLAN_REFUSED as REFUSED_SENTENCE
from wms.orders.sentences import Sentence, being_prepared, beside_held, beside_prepared, for_the_patient
from wms.orders.tables import order_line
from wms.orders.wishes import Question, Wish, open_wishes
from wms.store.tx import Actor, Tx

PLANNER: Final = Actor("service:planner", "serve")
_SOURCE: Final = "planner"
_PASSING: Final = frozenset({ReasonCode.ZONE, ReasonCode.EXCURSION, ReasonCode.PLACE_UNKNOWN})
"""Reasons that end by themselves: the reserved bag waits, it is not given away."""
_IN_HOUSE: Final = frozenset({BagStatus.RESERVED, BagStatus.PICKED, BagStatus.PACKED})
_ON_ITS_WAY: Final = frozenset({BagStatus.IN_TRANSIT, BagStatus.RECEIVED, BagStatus.ISSUED})


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a plan: bags reserved, and bags that had changed meanwhile and were left alone."""

    reserved: int
    overtaken: int


def commit_plan(tx: Tx, plan: Plan, explanations: Sequence[LineExplanation], question: Question) -> Committed:
    """Reserve what a verified plan says; each bag is asked again (eligibility, version), for the plan is a moment old.

    A bag that fails is left alone: its line stays short and is planned again.
    """
    wishes = {wish.line: wish for wish in open_wishes(tx.conn, tx.plant, tx.now)}
    missing = {line: wish.missing for line, wish in wishes.items()}
    why = {reason.bag: Sentence(reason.en, reason.zh) for one in explanations for reason in one.bags}
    reserved = overtaken = 0
    for assignment in plan.assignments:
        wish = wishes.get(assignment.line)
        if wish is None or missing[wish.line] < 1 or not _reserve(tx, wish, assignment.bag, question.versions, why):
            overtaken += 1
            continue
        missing[wish.line] -= 1
        reserved += 1
        tx.notify("order", wish.order)
    for explanation in explanations:
        said = wishes.get(explanation.line)
        if said is not None:
            _say(tx, said, Sentence(explanation.en, explanation.zh))
    if reserved:
        tx.record("plan.committed", actor=PLANNER, subject=plan.policy_id, data=_record(plan, reserved, overtaken))
    clear(tx, _SOURCE, PLAN_REFUSED)
    return Committed(reserved, overtaken)


def refuse_plan(tx: Tx, lines: Sequence[str], faults: Sequence[str]) -> None:
    """A plan failed its check, or could not be made: nothing is reserved, an alarm is raised, the ledger says why."""
    tell(tx, News(source=_SOURCE, condition=PLAN_REFUSED, state=Condition.ACTIVE, at=tx.now))
    tx.record("plan.refused", actor=PLANNER, subject=_SOURCE, data={"faults": list(faults)[:20]})
    say_to_lines(tx, lines, REFUSED_SENTENCE)


def say_to_lines(tx: Tx, lines: Sequence[str], sentence: Sentence) -> None:
    """Set the sentence of lines that still miss bags; nothing is written where it stands already."""
    for wish in open_wishes(tx.conn, tx.plant, tx.now):
        if wish.line in lines:
            _say(tx, wish, sentence)


def violations_in_words(violations: Sequence[Violation]) -> list[str]:
    """Violations as lines for the ledger."""
    return [f"{violation.code.value} {violation.subject}: {violation.detail}" for violation in violations]


def on_hold(tx: Tx, actor: Actor, bag: str) -> None:
    """A bag came under a hold or a recall: while it is in the house its reservation breaks, its line is replanned."""
    if reservations.standing_of(tx.conn, bag) is None:
        return
    if BagStatus(str(require(tx.raw, bag)["status"])) in _IN_HOUSE:
        facts = facts_of(tx, bag)
        kept = [Reason(ReasonCode.RECALL, case) for case in facts.recalls]
        kept += [Reason(ReasonCode.HOLD, hold) for hold in facts.open_holds]
        reservations.release(tx, actor, bag, in_both(kept[:1] or [Reason(ReasonCode.HOLD, "")]))


def sweep(tx: Tx) -> None:
    """Break reservations that no longer hold good: expired, discarded, missing, held.

    Asked at each tick, so that nothing depends on somebody having told us.
    """
    for standing in reservations.standing_bags(tx.conn):
        facts = facts_of(tx, standing.bag)
        if facts.status in _ON_ITS_WAY:
            continue
        if facts.status not in _IN_HOUSE:
            reservations.release(tx, PLANNER, standing.bag, status_is(facts.status))
            continue
        if facts.status is BagStatus.RESERVED:
            reasons = eligibility(facts, Purpose(Act.PICK, order_line=standing.line), tx.now)
            lasting = [reason for reason in reasons if reason.code not in _PASSING]
            if lasting:
                reservations.release(tx, PLANNER, standing.bag, in_both(lasting[:1]))


def _reserve(tx: Tx, wish: Wish, bag: str, versions: Mapping[str, int], why: Mapping[str, Sentence]) -> bool:
    if not wish.takes(facts_of(tx, bag), tx.now):
        return False
    try:
        with tx.savepoint():
            reservations.reserve(tx, PLANNER, bag, wish.line, versions[bag], why[bag])
    except Conflict:
        return False
    return True


def _say(tx: Tx, wish: Wish, sentence: Sentence) -> None:
    planned = sentence if wish.patient is None else for_the_patient(sentence)
    said = beside_prepared(beside_held(wish.held, planned), _prepared(tx, wish.line))
    query = select(order_line.c.sentence_en).where(order_line.c.id == wish.line)
    if tx.conn.execute(query).scalar_one() != said.en:
        reservations.set_sentence(tx, wish.line, said)
        tx.notify("order", wish.order)


def _prepared(tx: Tx, line: str) -> Sentence | None:
    row = tx.raw.execute(
        "SELECT id, quantity - made FROM preparation_order WHERE for_line = ? AND ended_us IS NULL ORDER BY created_us",
        (line,),
    ).fetchone()
    return None if row is None else being_prepared(row[0], row[1])


def _record(plan: Plan, reserved: int, overtaken: int) -> dict[str, object]:
    return {
        "policy": plan.policy_id,
        "policy_digest": plan.policy_digest,
        "objective": plan.objective.total,
        "gap": plan.certificate.gap,
        "seconds": plan.seconds,
        "reserved": reserved,
        "overtaken": overtaken,
        "short": sum(short.units for short in plan.shortages),
    }
