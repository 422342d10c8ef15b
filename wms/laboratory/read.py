"""The laboratory as people see it: donations with what their results amount to, and the profile's tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from plant.model import Plant
from wms.errors import NotFound
from wms.laboratory.algorithm import Verdict
from wms.laboratory.results import assessment_of
from wms.store.database import driver_of
from wms.store.driver import Driver
from wms.store.metadata import from_us


class TestsState(StrEnum):
    """How far the tests of a donation are; repeat: a first reaction is being repeated."""

    __test__ = False

    PENDING = "pending"
    REPEAT = "repeat"
    READY = "ready"
    NOT_NEGATIVE = "not_negative"


@dataclass(frozen=True, slots=True)
class TestedBag:
    """A bag of a donation."""

    __test__ = False

    bag: str
    component: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredResult:
    """One raw result as it was reported."""

    run: str
    test: str
    value: str
    method: str
    reagent: str | None
    device: str | None
    at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DonationTests:
    """A donation with its verdict and why; ``results`` are raw and for quality and the laboratory only."""

    din: str
    check_character: str
    state: TestsState
    verdict: Verdict
    group: str | None
    faults: tuple[str, ...]
    missing: tuple[str, ...]
    repeat: tuple[str, ...]
    bags: tuple[TestedBag, ...]
    results: tuple[StoredResult, ...]
    collected_at: datetime


@dataclass(frozen=True, slots=True)
class DonationList:
    """Donations, newest first, and how many there are."""

    items: tuple[DonationTests, ...]
    total: int


_OWES: Final = "EXISTS (SELECT 1 FROM test_repeat WHERE test_repeat.din = bag.din AND test_repeat.ended_us IS NULL)"
_OPEN: Final = "bag.tests <> 'negative'"  # as the index of these bags says it
_WHERE: Final[Mapping[TestsState, str]] = {
    TestsState.PENDING: f"{_OPEN} AND bag.tests = 'pending' AND NOT {_OWES}",
    TestsState.REPEAT: f"{_OPEN} AND bag.tests = 'pending' AND {_OWES}",
    TestsState.READY: "bag.status = 'QUARANTINE' AND bag.tests = 'negative'",
    TestsState.NOT_NEGATIVE: f"{_OPEN} AND bag.tests = 'not_negative'",
}


def list_donations(
    conn: Connection,
    plant: Plant,
    *,
    state: TestsState | None = None,
    q: str | None = None,
    limit: int = 100,
) -> DonationList:
    """Donations in one state (or all), highest number first; ``q`` is the beginning of a donation number.

    Ready ones are listed while a bag of theirs still waits in quarantine.
    """
    conditions: list[str] = ["1 = 1"] if state is None else [_WHERE[state]]
    values: list[object] = []
    if q:
        begin = "".join(q.split()).removeprefix("=").upper()[:13]
        conditions.append("bag.din >= ? AND bag.din < ?")
        values += [begin, begin + "~"]
    where, raw = " AND ".join(conditions), driver_of(conn)
    (total,) = raw.execute(f"SELECT count(DISTINCT bag.din) FROM bag WHERE {where}", values).fetchone()  # noqa: S608 - fixed parts
    rows = raw.execute(
        f"SELECT bag.din FROM bag WHERE {where} GROUP BY bag.din ORDER BY bag.din DESC LIMIT ?",  # noqa: S608 - fixed parts
        [*values, limit],
    ).fetchall()
    return DonationList(tuple(_donation(raw, plant, din) for (din,) in rows), int(total))


def one_donation(conn: Connection, plant: Plant, din: str) -> DonationTests:
    """One donation with its raw results; raises NotFound."""
    return _donation(driver_of(conn), plant, din)


def _donation(raw: Driver, plant: Plant, din: str) -> DonationTests:
    bags = raw.execute(
        "SELECT id, component, status, collected_us, tests, abo_rhd FROM bag WHERE din = ? ORDER BY id", (din,)
    ).fetchall()
    if not bags:
        raise NotFound("din.unknown", f"No bag of donation {din} is known")
    results = raw.execute(
        "SELECT run, test, value, method, reagent, device, at_us, received_us FROM test_result WHERE din = ? "
        "ORDER BY at_us, id",
        (din,),
    ).fetchall()
    found = assessment_of(raw, plant.profile, din)
    verdict = found.verdict if results else Verdict(bags[0][4])  # opening stock was tested elsewhere
    return DonationTests(
        din=din,
        check_character=plant.identifiers.check_character(din),
        state=_state(verdict, found.repeat),
        verdict=verdict,
        group=bags[0][5],
        faults=found.faults,
        missing=found.missing if verdict is Verdict.PENDING else (),
        repeat=found.repeat,
        bags=tuple(TestedBag(bag, component, status) for bag, component, status, *_ in bags),
        results=tuple(
            StoredResult(
                run=run,
                test=test,
                value=value,
                method=method,
                reagent=reagent,
                device=device,
                at=from_us(at),
                received_at=from_us(received),
            )
            for run, test, value, method, reagent, device, at, received in results
        ),
        collected_at=from_us(bags[0][3]),
    )


def _state(verdict: Verdict, repeat: Sequence[str]) -> TestsState:
    if verdict is Verdict.PENDING:
        return TestsState.REPEAT if repeat else TestsState.PENDING
    return TestsState.READY if verdict is Verdict.NEGATIVE else TestsState.NOT_NEGATIVE
