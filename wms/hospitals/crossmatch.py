"""What the crossmatch of a bag with a patient amounts to now: told by the hospital, valid for a time. Readers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from blood.eligibility import Crossmatch as CrossmatchFact
from blood.eligibility import CrossmatchResult
from wms.hospitals.tables import crossmatch as table
from wms.store.driver import Driver
from wms.store.metadata import from_us, from_us_or_none


class CrossmatchState(StrEnum):
    """What a crossmatch amounts to at one moment: a compatible result lapses, an incompatible one never does."""

    NONE = "none"
    PENDING = "pending"
    COMPATIBLE = "compatible"
    INCOMPATIBLE = "incompatible"
    LAPSED = "lapsed"


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
_OF_BAG: Final = (
    "SELECT crossmatch.patient, crossmatch.result, crossmatch.at_us, crossmatch.valid_until_us FROM crossmatch "
    "JOIN bag ON bag.id = crossmatch.bag AND bag.hospital = crossmatch.hospital "
    "WHERE crossmatch.bag = ? ORDER BY crossmatch.at_us DESC, crossmatch.id DESC"
)


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
