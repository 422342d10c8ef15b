"""Laboratory results: raw results are kept, the verdict is computed, and all bags of the donation follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from blood.eligibility import BagStatus
from wms.bags.commands import change_fields, raise_finding
from wms.errors import Conflict, Invalid, NotFound
from wms.holds.commands import end_donation_hold, place_hold
from wms.laboratory.algorithm import Assessment, Result, Verdict, assess
from wms.laboratory.made import follow_into_pools
from wms.laboratory.profile import check_value, required_tests
from wms.release.condemn import condemn_donation
from wms.release.release import RefusedRelease, release_if_ready
from wms.store.driver import Driver
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx

REPEAT_HOLD: Final = "laboratory: a test is being repeated"
"""Reason of the hold on a donation while repeats are owed; it ends by itself when they are negative."""
CONDEMNED: Final = "bag.failed_tests"
_AHEAD_US: Final = 10 * 60 * 1_000_000
"""How far an analyser's clock may be ahead of ours, in microseconds."""


@dataclass(frozen=True, slots=True)
class RawResult:
    """One result as the laboratory's device gave it; a run is one plate or pool: one reagent, one device."""

    test: str
    value: str
    method: str
    at: datetime
    reagent: str | None = None
    device: str | None = None


@dataclass(frozen=True, slots=True)
class ResultsTaken:
    """What a report led to: the verdict of the donation, bags released by it, bags that stay and why."""

    din: str
    tests: Verdict
    released: tuple[str, ...]
    refused: tuple[RefusedRelease, ...]


def take_results(tx: Tx, actor: Actor, din: str, run: str, results: Sequence[RawResult]) -> ResultsTaken:
    """Keep the raw results of one run and let the donation's bags follow the verdict; see `take_runs`."""
    return take_runs(tx, actor, din, {run: results})


def take_runs(tx: Tx, actor: Actor, din: str, runs: Mapping[str, Sequence[RawResult]]) -> ResultsTaken:
    """Keep the raw results of runs that came together and let the donation's bags follow the verdict.

    A first reaction holds every bag of the donation at once, wherever it is, and what was made from it, until its
    repeats are in. A result that is not negative makes every bag that is not used up NONCONFORMING and holds it. The
    same run again changes nothing. Raises NotFound, Invalid (unknown test or value), Conflict when a known run says
    something else.
    """
    for run, results in runs.items():
        check_results(tx, run, results)
    bags = tx.raw.execute("SELECT id, status, tests, abo_rhd FROM bag WHERE din = ? ORDER BY id", (din,)).fetchall()
    if not bags:
        raise NotFound("din.unknown", f"No bag of donation {din} is known")
    new = {run: [result for result in results if _keep(tx, actor, din, run, result)] for run, results in runs.items()}
    assessment = assessment_of(tx.raw, tx.plant.profile, din)
    if any(new.values()):
        told = {"faults": list(assessment.faults), "repeat": list(assessment.repeat)}
        for run, kept in new.items():
            data = {"run": run, "tests": {result.test: result.value for result in kept}} | told
            tx.record("donation.tested", actor=actor, subject=din, data=data | {"verdict": assessment.verdict.value})
        for bag, _, tests, group in bags:
            _follow(tx, actor, bag, (tests, group), assessment)
        follow_into_pools(tx, actor, din, [bag for bag, *_ in bags])
        _hold_or_free(tx, actor, din, assessment)
        if assessment.verdict is Verdict.NOT_NEGATIVE:
            condemn_donation(tx, actor, din, f"laboratory: {'; '.join(assessment.faults)}", CONDEMNED)
        tx.notify("laboratory", din)
    return _outcome(tx, actor, din, assessment)


def check_results(tx: Tx, run: str, results: Sequence[RawResult]) -> None:
    """Raises Invalid when a report cannot be one: nothing in it, an unknown test or value, an instant to come."""
    required = required_tests(tx.plant.profile)
    if not results:
        raise Invalid("results", "A report needs at least one result")
    if not run.strip():
        raise Invalid("run", "A report names its run")
    for result in results:
        check_value(required.find(result.test), result.value)
        if not result.method.strip():
            raise Invalid("result.method", f"{result.test}: a result names its method")
        if to_us(result.at) > to_us(tx.now) + _AHEAD_US:
            raise Invalid("result.at", f"{result.test}: {result.at.isoformat()} has not come yet")


def assessment_of(raw: Driver, profile: str, din: str) -> Assessment:
    """What all stored results of a donation amount to now."""
    rows = raw.execute(
        "SELECT test, value, run, method, reagent FROM test_result WHERE din = ? ORDER BY at_us, id", (din,)
    ).fetchall()
    return assess(required_tests(profile), [Result(*row) for row in rows], _history(raw, din))


def reporters_of(raw: Driver, din: str) -> frozenset[str]:
    """Everybody who reported results of a donation; none of them may override its release (domain.md 5.3)."""
    rows = raw.execute("SELECT DISTINCT reported_by FROM test_result WHERE din = ?", (din,)).fetchall()
    return frozenset(by for (by,) in rows if by is not None)


def _history(raw: Driver, din: str) -> frozenset[str]:
    """The donor's group as confirmed in other donations."""
    rows = raw.execute(
        "SELECT DISTINCT other.abo_rhd FROM donation AS one JOIN donation AS another ON another.donor = one.donor "
        "JOIN bag AS other ON other.din = another.din WHERE one.din = ? AND another.din <> ? "
        "AND other.abo_rhd IS NOT NULL AND other.tests = 'negative'",
        (din, din),
    ).fetchall()
    return frozenset(group for (group,) in rows)


def _keep(tx: Tx, actor: Actor, din: str, run: str, result: RawResult) -> bool:
    row = tx.raw.execute(
        "SELECT value, reagent FROM test_result WHERE din = ? AND run = ? AND test = ? AND method = ?",
        (din, run, result.test, result.method),
    ).fetchone()
    if row is not None:
        if row[0] != result.value or (row[1] or "") != (result.reagent or ""):
            said = row[0] if row[0] != result.value else f"found by reagent {row[1] or 'unnamed'}"
            raise Conflict("result.changed", f"Run {run} already reported {result.test} of {din} as {said}")
        return False
    tx.raw.execute(
        "INSERT INTO test_result (din, run, test, value, method, at_us, received_us, reagent, device, reported_by) "
        "VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            din, run, result.test, result.value, result.method, to_us(result.at), to_us(tx.now), result.reagent,
            result.device, actor.id,
        ),
    )  # fmt: skip
    return True


def _follow(tx: Tx, actor: Actor, bag: str, known: tuple[str, str | None], assessment: Assessment) -> None:
    group = _group(known[1], assessment)
    if known != (assessment.verdict.value, group):
        change_fields(tx, actor, bag, "bag.tests_changed", tests=assessment.verdict.value, abo_rhd=group)
    if known[1] is not None and group is None:
        raise_finding(tx, actor, bag, f"the laboratory's group contradicts {known[1]}, known so far")
    elif assessment.contradiction is not None:
        raise_finding(tx, actor, bag, assessment.contradiction)


def _group(known: str | None, assessment: Assessment) -> str | None:
    """Results confirm the group; a contradiction with what was known, or between results, leaves it unconfirmed."""
    if assessment.contradiction is not None:
        return None
    if assessment.group is None:
        return None if assessment.groups_disagree else known
    return assessment.group.value if known in {None, assessment.group.value} else None


def _hold_or_free(tx: Tx, actor: Actor, din: str, assessment: Assessment) -> None:
    """Bags of a donation that owes repeats are held; they are free again when every repeat was negative."""
    query = "SELECT test FROM test_repeat WHERE din = ? AND ended_us IS NULL"
    asked = {test for (test,) in tx.raw.execute(query, (din,)).fetchall()}
    for test in sorted(set(assessment.repeat) - asked):
        _ask_repeat(tx, din, test)
    for test in sorted(asked - set(assessment.repeat)):
        outcome: tuple[Any, ...] = (to_us(tx.now), assessment.verdict.value, din, test)
        statement = "UPDATE test_repeat SET ended_us = ?, outcome = ? WHERE din = ? AND test = ? AND ended_us IS NULL"
        tx.raw.execute(statement, outcome)
    if assessment.repeat:
        place_hold(tx, actor, donation=din, reason=REPEAT_HOLD)
    elif asked and assessment.verdict is not Verdict.NOT_NEGATIVE:
        end_donation_hold(tx, actor, din, REPEAT_HOLD, "every repeat was negative")


def _ask_repeat(tx: Tx, din: str, test: str) -> None:
    """Note that repeats of a test are owed since now, also when others were answered at this very instant."""
    key = (din, test, to_us(tx.now))
    reopen = "UPDATE test_repeat SET ended_us = NULL, outcome = NULL WHERE din = ? AND test = ? AND asked_us = ?"
    if not tx.raw.execute(reopen, key).rowcount:
        tx.raw.execute("INSERT INTO test_repeat (din, test, asked_us) VALUES (?,?,?)", key)


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
