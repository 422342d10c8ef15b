"""The health board: the calls of a period out of the occurrences, and what is set aside at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from plant.model import Plant
from wms.alarms.catalogue import rule_of
from wms.alarms.health import STALE, Call, Measured, Often, measure
from wms.alarms.health_targets import ENOUGH, Judged, Now, judge
from wms.alarms.machine import AlarmState, Condition
from wms.alarms.reasons import REASONS, SERVICE_REASONS
from wms.alarms.suspension_list import NamedSuspension, list_suspensions
from wms.alarms.tables import alarm, occurrence
from wms.errors import Invalid
from wms.store.database import driver_of
from wms.store.metadata import from_us_or_none, to_us

LONGEST: Final = timedelta(days=400)
_CALLS: Final = (
    "SELECT alarm, source, condition, priority, annunciated_us, returned_us, acknowledged_us FROM alarm_occurrence "
    "WHERE annunciated_us >= ? AND annunciated_us < ? ORDER BY annunciated_us"
)
_FIRST_WITHIN: Final = timedelta(days=1)
"""The first alarm of a record may come some time after the record began."""


@dataclass(frozen=True, slots=True)
class Aside:
    """An alarm that stands too long, or that was set aside; ``since`` of its last raising, ``until`` of its shelf."""

    alarm: str
    source: str
    condition: str
    title_en: str
    title_zh: str
    priority: int
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Counted:
    """How often one alarm called, by its title."""

    alarm: str
    source: str
    condition: str
    title_en: str
    title_zh: str
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often a reason was given in the period."""

    code: str
    name_en: str
    name_zh: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything on the board; ``enough_data`` is false for a period shorter than 30 days of records."""

    from_at: datetime
    to_at: datetime
    enough_data: bool
    measured: Measured
    chattering: tuple[Counted, ...]
    fleeting: tuple[Counted, ...]
    top_ten: tuple[Counted, ...]
    stale: tuple[Aside, ...]
    shelved: tuple[Aside, ...]
    suppressed: tuple[Aside, ...]
    out_of_service: tuple[Aside, ...]
    suspended: tuple[NamedSuspension, ...]
    unclosed: int
    reasons: tuple[ReasonCount, ...]
    targets: tuple[Judged, ...]


def board(conn: Connection, plant: Plant, from_at: datetime, to_at: datetime, now: datetime) -> Board:
    """The board for [from, to). Raises Invalid for an interval that is empty, or longer than 400 days."""
    if not timedelta() < to_at - from_at <= LONGEST:
        raise Invalid("from_at", f"Choose an interval of at most {LONGEST.days} days that ends after it begins")
    measured = measure(_calls(conn, from_at, to_at), from_at, to_at)
    aside = _aside(conn, now)
    stale = aside["stale"]
    unclosed = _unclosed(conn)
    first = conn.execute(select(func.min(occurrence.c.annunciated_us))).scalar()
    recorded = to_at - max(from_at, from_us_or_none(first) or to_at)
    return Board(
        from_at=from_at,
        to_at=to_at,
        enough_data=recorded > ENOUGH - _FIRST_WITHIN,
        measured=measured,
        chattering=_named(conn, measured.chattering),
        fleeting=_named(conn, measured.fleeting),
        top_ten=_named(conn, measured.top),
        stale=stale,
        shelved=aside[AlarmState.SHELVED.value],
        suppressed=aside[AlarmState.SUPPRESSED.value],
        out_of_service=aside[AlarmState.OUT_OF_SERVICE.value],
        suspended=list_suspensions(conn, plant, now, over=False),
        unclosed=unclosed,
        reasons=_reasons(conn, from_at, to_at),
        targets=judge(measured, Now(len(stale), unclosed)),
    )


def _calls(conn: Connection, from_at: datetime, to_at: datetime) -> list[Call]:
    """By the raw driver: a month has many, and the rows of SQLAlchemy cost more than all the counting."""
    rows = driver_of(conn).execute(_CALLS, (to_us(from_at), to_us(to_at))).fetchall()
    return [Call._make(row) for row in rows]


def _aside(conn: Connection, now: datetime) -> dict[str, tuple[Aside, ...]]:
    """What stands too long, and what is out of sight, by the alarm's state."""
    states = (AlarmState.SHELVED.value, AlarmState.SUPPRESSED.value, AlarmState.OUT_OF_SERVICE.value)
    old = (alarm.c.known == Condition.ACTIVE.value) & (alarm.c.raised_us <= to_us(now - STALE))
    query = select(alarm).where(alarm.c.state.in_(states) | old).order_by(alarm.c.priority, alarm.c.raised_us)
    found: dict[str, list[Aside]] = {state: [] for state in (*states, "stale")}
    for row in conn.execute(query).mappings():
        rule = rule_of(row["condition"])
        until = row["shelved_until_us"] if row["state"] == AlarmState.SHELVED.value else row["out_until_us"]
        one = Aside(
            row["id"],
            row["source"],
            row["condition"],
            rule.title_en.format(subject=row["subject_en"]),
            rule.title_zh.format(subject=row["subject_zh"]),
            row["priority"],
            from_us_or_none(row["raised_us"]),
            from_us_or_none(until),
        )
        if row["state"] in states:
            found[row["state"]].append(one)
        if row["known"] == Condition.ACTIVE.value and row["raised_us"] <= to_us(now - STALE):
            found["stale"].append(one)
    return {state: tuple(some) for state, some in found.items()}


def _unclosed(conn: Connection) -> int:
    waiting = occurrence.c.closed_us.is_(None) & occurrence.c.returned_us.is_not(None)
    return int(conn.execute(select(func.count()).where(waiting)).scalar_one())


def _reasons(conn: Connection, from_at: datetime, to_at: datetime) -> tuple[ReasonCount, ...]:
    table = occurrence.c
    number = func.count()
    query = (
        select(table.closed_reason, number)
        .where(table.closed_us >= to_us(from_at), table.closed_us < to_us(to_at))
        .group_by(table.closed_reason)
        .order_by(number.desc(), table.closed_reason)
    )
    names = {**REASONS, **SERVICE_REASONS}
    return tuple(ReasonCount(code, names[code].name_en, names[code].name_zh, int(n)) for code, n in conn.execute(query))


def _named(conn: Connection, often: tuple[Often, ...]) -> tuple[Counted, ...]:
    wanted = [one.alarm for one in often][:500]
    query = select(alarm.c.id, alarm.c.subject_en, alarm.c.subject_zh).where(alarm.c.id.in_(wanted))
    subjects = {row.id: (row.subject_en, row.subject_zh) for row in conn.execute(query)}
    found = []
    for one in often:
        rule = rule_of(one.condition)
        subject_en, subject_zh = subjects.get(one.alarm, (one.source, one.source))
        title_en = rule.title_en.format(subject=subject_en)
        title_zh = rule.title_zh.format(subject=subject_zh)
        found.append(Counted(one.alarm, one.source, one.condition, title_en, title_zh, one.n, one.share))
    return tuple(found)
