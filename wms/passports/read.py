"""Dispositions as screens see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import Connection

from plant.model import Plant
from wms.errors import NotFound
from wms.passports.outcomes import NAMES, DispositionOutcome, DispositionState
from wms.passports.record_rules import TriggerRule, record_rules
from wms.store.database import driver_of
from wms.store.metadata import from_us, from_us_or_none

Which = Literal["open", "decided", "all"]
_COLUMNS: Final = (
    "disposition.id, disposition.bag, bag.component, bag.abo_rhd, bag.status, bag.place, bag.expires_us, "
    "disposition.trigger_key, disposition.place, disposition.from_us, disposition.to_us, disposition.minutes, "
    "disposition.worst_c, disposition.detail_en, disposition.detail_zh, disposition.state, disposition.hold, "
    "disposition.opened_us, disposition.decided_us, disposition.people, disposition.outcome, disposition.comment"
)
_FROM: Final = "FROM disposition JOIN bag ON bag.id = disposition.bag"
_STATES: Final[dict[Which, tuple[str, ...]]] = {
    "open": (DispositionState.OPEN.value,),
    "decided": (DispositionState.DECIDED.value,),
    "all": tuple(state.value for state in DispositionState),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeChoice:
    """An outcome that an item allows, and how many people must sign it."""

    outcome: DispositionOutcome
    name_en: str
    name_zh: str
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition:
    """One item with the bag that it is about; ``place`` is where the bag is now, ``at_place`` where it happened."""

    id: str
    bag: str
    component: str
    group: str | None
    status: str
    place: str | None
    expires_at: datetime
    trigger: str
    trigger_en: str
    trigger_zh: str
    at_place: str
    from_at: datetime
    to_at: datetime | None
    minutes: float
    worst_c: float | None
    detail_en: str
    detail_zh: str
    automatic: str
    people: int
    outcomes: tuple[OutcomeChoice, ...]
    source: str
    source_status: str
    state: DispositionState
    hold: str | None
    opened_at: datetime
    decided_at: datetime | None
    decided_by: tuple[str, ...]
    outcome: DispositionOutcome | None
    comment: str | None


def list_dispositions(
    conn: Connection, plant: Plant, which: Which = "open", *, bag: str | None = None, limit: int = 500
) -> Sequence[Disposition]:
    """Items in a state, the newest first; of one bag when it is named."""
    states = _STATES[which]
    where = f"disposition.state IN ({', '.join('?' * len(states))})"
    values: list[Any] = list(states)
    if bag is not None:
        where += " AND disposition.bag = ?"
        values.append(bag)
    query = f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY disposition.opened_us DESC, disposition.id DESC LIMIT ?"
    rows = driver_of(conn).execute(query, (*values, limit)).fetchall()
    return [_disposition(plant, row) for row in rows]


def one_disposition(conn: Connection, plant: Plant, number: str) -> Disposition:
    """One item; raises NotFound."""
    query = f"SELECT {_COLUMNS} {_FROM} WHERE disposition.id = ?"
    row = driver_of(conn).execute(query, (number,)).fetchone()
    if row is None:
        raise NotFound("disposition.unknown", f"There is no disposition {number}")
    return _disposition(plant, row)


def open_count(conn: Connection) -> int:
    """How many items wait for a decision."""
    row = driver_of(conn).execute("SELECT count(*) FROM disposition WHERE state = 'open'").fetchone()
    return int(row[0])


def choices(rule: TriggerRule) -> tuple[OutcomeChoice, ...]:
    """What a trigger allows, in the order of its row."""
    return tuple(
        OutcomeChoice(outcome=one, name_en=NAMES[one][0], name_zh=NAMES[one][1], people=rule.signers(one))
        for one in rule.outcomes
    )


def _disposition(plant: Plant, row: Sequence[Any]) -> Disposition:
    (
        number, bag, component, group, status, place, expires, trigger, at_place, began, ended, minutes, worst,
        detail_en, detail_zh, state, hold, opened, decided, people, outcome, comment,
    ) = row  # fmt: skip
    rule = record_rules(plant.profile).named(trigger)
    return Disposition(
        id=number,
        bag=bag,
        component=component,
        group=group,
        status=status,
        place=place,
        expires_at=from_us(expires),
        trigger=trigger,
        trigger_en=rule.name_en,
        trigger_zh=rule.name_zh,
        at_place=at_place,
        from_at=from_us(began),
        to_at=from_us_or_none(ended),
        minutes=float(minutes),
        worst_c=None if worst is None else float(worst),
        detail_en=detail_en,
        detail_zh=detail_zh,
        automatic=rule.automatic.value,
        people=rule.people,
        outcomes=choices(rule),
        source=rule.source,
        source_status=rule.status.value,
        state=DispositionState(state),
        hold=hold,
        opened_at=from_us(opened),
        decided_at=from_us_or_none(decided),
        decided_by=tuple(msgspec.json.decode(people, type=list[str])),
        outcome=None if outcome is None else DispositionOutcome(outcome),
        comment=comment,
    )
