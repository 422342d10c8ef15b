"""Laboratory results: raw results are kept, the verdict is computed, and all bags of the donation follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from blood.eligibility import BagStatus
from wms.bags.commands import change_fields, change_status, raise_finding
from wms.bags.lifecycle import allowed
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import place_hold
from wms.intake.release import RefusedRelease, release_if_ready
from wms.intake.required import Assessment, Result, Verdict, assess, check_value, required_tests
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx


@dataclass(frozen=True, slots=True)
class RawResult:
    """One result as the laboratory's device gave it."""

    test: str
    value: str
    method: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ResultsTaken:
    """What a report led to: the verdict of the donation, bags released by it, bags that stay and why."""

    din: str
    tests: Verdict
    released: tuple[str, ...]
    refused: tuple[RefusedRelease, ...]


def take_results(tx: Tx, actor: Actor, din: str, run: str, results: Sequence[RawResult]) -> ResultsTaken:
    """Keep the raw results of one run and let the donation's bags follow the verdict.

    A result that is not negative makes every bag of the donation that is not used up NONCONFORMING and holds it,
    wherever it is. The same run again changes nothing. Raises NotFound, Invalid (unknown test or value), Conflict when
    a known run says something else.
    """
    required = required_tests(tx.plant.profile)
    if not results:
        raise Invalid("results", "A report needs at least one result")
    for result in results:
        check_value(required.find(result.test), result.value)
    bags = tx.raw.execute("SELECT id, status, tests, abo_rhd FROM bag WHERE din = ? ORDER BY id", (din,)).fetchall()
    if not bags:
        raise NotFound("din.unknown", f"No bag of donation {din} is known")
    new = [result for result in results if _keep(tx, din, run, result)]
    stored = tx.raw.execute("SELECT test, value FROM test_result WHERE din = ? ORDER BY id", (din,)).fetchall()
    assessment = assess(required, [Result(*row) for row in stored])
    if new:
        data = {"run": run, "tests": {result.test: result.value for result in new}, "faults": list(assessment.faults)}
        tx.record("donation.tested", actor=actor, subject=din, data={**data, "verdict": assessment.verdict.value})
        for bag, status, tests, group in bags:
            _follow(tx, actor, bag, BagStatus(status), (tests, group), assessment)
    return _outcome(tx, actor, din, assessment)


def _keep(tx: Tx, din: str, run: str, result: RawResult) -> bool:
    row = tx.raw.execute(
        "SELECT value FROM test_result WHERE din = ? AND run = ? AND test = ? AND method = ?",
        (din, run, result.test, result.method),
    ).fetchone()
    if row is not None:
        if row[0] != result.value:
            raise Conflict("result.changed", f"Run {run} already reported {result.test} of {din} as {row[0]}")
        return False
    tx.raw.execute(
        "INSERT INTO test_result (din, run, test, value, method, at_us, received_us) VALUES (?,?,?,?,?,?,?)",
        (din, run, result.test, result.value, result.method, to_us(result.at), to_us(tx.now)),
    )
    return True


def _follow(
    tx: Tx,
    actor: Actor,
    bag: str,
    status: BagStatus,
    known: tuple[str, str | None],
    assessment: Assessment,
) -> None:
    group = _group(known[1], assessment)
    if known != (assessment.verdict.value, group):
        change_fields(tx, actor, bag, "bag.tests_changed", tests=assessment.verdict.value, abo_rhd=group)
    if known[1] is not None and group is None:
        raise_finding(tx, actor, bag, f"the laboratory's group contradicts {known[1]}, known so far")
    if assessment.verdict is Verdict.NOT_NEGATIVE:
        place_hold(tx, actor, bag=bag, reason=f"laboratory: {'; '.join(assessment.faults)}")
        if allowed(status, BagStatus.NONCONFORMING):
            change_status(tx, actor, bag, BagStatus.NONCONFORMING, "bag.failed_tests", order_line=None)


def _group(known: str | None, assessment: Assessment) -> str | None:
    """Results confirm the group; a contradiction with what was known, or between results, leaves it unconfirmed."""
    if assessment.group is None:
        return None if assessment.groups_disagree else known
    return assessment.group.value if known in {None, assessment.group.value} else None


def _outcome(tx: Tx, actor: Actor, din: str, assessment: Assessment) -> ResultsTaken:
    waiting = tx.raw.execute(
        "SELECT id FROM bag WHERE din = ? AND status = ? ORDER BY id", (din, BagStatus.QUARANTINE.value)
    ).fetchall()
    released, refused = [], []
    for (bag,) in waiting:
        refusal = release_if_ready(tx, actor, bag)
        if refusal is None:
            released.append(bag)
        else:
            refused.append(refusal)
    return ResultsTaken(din, assessment.verdict, tuple(released), tuple(refused))
