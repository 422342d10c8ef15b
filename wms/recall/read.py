"""Recalls as people see them: the list, one case with its bags, notices and patients, a preview, a hospital's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from blood.eligibility import BagStatus
from plant.model import Plant
from wms.bags.lifecycle import FINAL
from wms.bags.read import BagSummary, summaries
from wms.errors import NotFound
from wms.recall.holders import Holder, HolderKind, Whereabouts, names_of, whereabouts
from wms.recall.outcomes import Outcome, possible
from wms.recall.reach import reach_of
from wms.recall.scope import Relation, Scope
from wms.recall.settings import recall_settings
from wms.recall.views import (
    BagRecall,
    HolderBags,
    HospitalNotice,
    RecallBag,
    RecallCase,
    RecallCounts,
    RecallNotice,
    RecallPatient,
    RecallReach,
    RecallSummary,
)
from wms.store.database import driver_of
from wms.store.metadata import from_us, from_us_or_none

_WITH_PATIENT: Final = frozenset({BagStatus.ISSUED, BagStatus.TRANSFUSED, BagStatus.PRESUMED_TRANSFUSED})


@dataclass(frozen=True, slots=True)
class _Row:
    relation: Relation
    outcome: Outcome | None = None
    comment: str | None = None
    by: str | None = None
    at: datetime | None = None


def list_cases(conn: Connection, *, state: str | None) -> tuple[RecallSummary, ...]:
    """Cases that are `open` or `closed`, or all, newest first."""
    where = {"open": "WHERE closed_us IS NULL", "closed": "WHERE closed_us IS NOT NULL"}.get(state or "", "")
    rows = driver_of(conn).execute(f"{_CASES} {where} ORDER BY opened_us DESC, id DESC").fetchall()
    return tuple(_summary(conn, row) for row in rows)


def one_case(conn: Connection, plant: Plant, case: str, at: datetime) -> RecallCase:
    """One case with its bags as they are now; raises NotFound."""
    row = driver_of(conn).execute(f"{_CASES} WHERE id = ?", (case,)).fetchone()
    if row is None:
        raise NotFound("recall.unknown", f"There is no recall {case}")
    reach = _reach(conn, plant, _members(conn, case), is_case=True)
    return RecallCase(_summary(conn, row), reach, _notices(conn, plant, at, "recall = ?", case))


def preview(conn: Connection, plant: Plant, scope: Scope, reason_code: str, of_the_donor: bool | None) -> RecallReach:
    """What opening a case would freeze and whom it would tell; nothing is changed. Raises Invalid, NotFound."""
    reason = recall_settings().reason(reason_code)
    scope.check(plant)
    with_donor = reason.of_the_donor if of_the_donor is None else of_the_donor
    found = reach_of(driver_of(conn), plant, scope, of_the_donor=with_donor).bags
    return _reach(conn, plant, {bag: _Row(relation) for bag, relation in found.items()}, is_case=False)


def recalls_of_bag(conn: Connection, bag: str) -> tuple[BagRecall, ...]:
    """Every case that a bag belongs or belonged to, newest first."""
    rows = driver_of(conn).execute(
        "SELECT recall.id, recall.reason_code, bag_recall.relation, recall.opened_us, bag_recall.outcome "
        "FROM bag_recall JOIN recall ON recall.id = bag_recall.recall WHERE bag_recall.bag = ? "
        "ORDER BY recall.opened_us DESC, recall.id DESC",
        (bag,),
    )
    return tuple(
        BagRecall(case, *_reason_names(code), Relation(relation), from_us(opened), _outcome(outcome))
        for case, code, relation, opened, outcome in rows.fetchall()
    )


def hospital_notices(conn: Connection, plant: Plant, hospital: str, at: datetime) -> tuple[HospitalNotice, ...]:
    """What a hospital was told, what waits for its answer first."""
    told = []
    for notice in _notices(conn, plant, at, "kind = 'hospital' AND holder = ?", hospital):
        question = "SELECT reason_code, closed_us FROM recall WHERE id = ?"
        code, closed = driver_of(conn).execute(question, (notice.recall,)).fetchone()
        members = _members(conn, notice.recall)
        reach = _reach(conn, plant, {bag: members[bag] for bag in notice.bags}, is_case=True)
        patients = tuple(one for one in reach.patients if one.hospital == hospital)
        told.append(HospitalNotice(_state(closed), code, *_reason_names(code), notice, reach.bags, patients))
    return tuple(sorted(told, key=lambda one: one.notice.acknowledged_at is not None))


_CASES: Final = (
    "SELECT id, reason_code, comment, scope, of_the_donor, opened_us, opened_by, closed_us, closed_by, close_comment "
    "FROM recall"
)


def _summary(conn: Connection, row: Sequence[Any]) -> RecallSummary:
    case, code, comment, scope, of_the_donor, opened, by, closed, closed_by, close_comment = row
    return RecallSummary(
        id=case,
        reason_code=code,
        reason_en=_reason_names(code)[0],
        reason_zh=_reason_names(code)[1],
        comment=comment,
        by=Scope.of_text(scope),
        of_the_donor=bool(of_the_donor),
        opened_at=from_us(opened),
        opened_by=by,
        closed_at=from_us_or_none(closed),
        closed_by=closed_by,
        close_comment=close_comment,
        state=_state(closed),
        counts=_case_counts(conn, case),
    )


def _state(closed_us: int | None) -> str:
    return "open" if closed_us is None else "closed"


def _reason_names(code: str) -> tuple[str, str]:
    """A reason in both languages; one that the site's file lost keeps its code."""
    for reason in recall_settings().reasons:
        if reason.code == code:
            return reason.name_en, reason.name_zh
    return code, code


def _case_counts(conn: Connection, case: str) -> RecallCounts:
    rows = _members(conn, case)
    where = whereabouts(driver_of(conn), rows)
    (notices, waiting) = (
        driver_of(conn)
        .execute("SELECT count(*), count(*) - count(acknowledged_us) FROM recall_notice WHERE recall = ?", (case,))
        .fetchone()
    )
    return _counts(rows, where, int(notices), int(waiting))


def _members(conn: Connection, case: str) -> Mapping[str, _Row]:
    rows = driver_of(conn).execute(
        "SELECT bag, relation, outcome, outcome_comment, outcome_by, outcome_us FROM bag_recall WHERE recall = ?",
        (case,),
    )
    return {
        bag: _Row(Relation(relation), _outcome(outcome), comment, by, from_us_or_none(at))
        for bag, relation, outcome, comment, by, at in rows.fetchall()
    }


def _outcome(outcome: str | None) -> Outcome | None:
    return None if outcome is None else Outcome(outcome)


def _reach(conn: Connection, plant: Plant, members: Mapping[str, _Row], *, is_case: bool) -> RecallReach:
    where = whereabouts(driver_of(conn), members)
    found = summaries(conn, plant, list(members))
    rank = list(Relation)
    bags = tuple(
        _bag(summary, members[summary.id], where[summary.id], is_case=is_case)
        for summary in sorted(found, key=lambda one: (rank.index(members[one.id].relation), one.id))
    )
    lines = [bag.order_line for bag in bags if bag.order_line is not None]
    return RecallReach(
        counts=_counts(members, where, 0, 0),
        bags=bags,
        holders=_holders(plant, where.values()),
        orders=_orders(conn, lines),
        boxes=tuple(sorted({bag.box for bag in bags if bag.box is not None})),
        patients=tuple(
            RecallPatient(one.hospital, one.bag, one.patient, one.status.value)
            for one in where.values()
            if one.status in _WITH_PATIENT
        ),
    )


def _bag(summary: BagSummary, row: _Row, where: Whereabouts, *, is_case: bool) -> RecallBag:
    is_final = where.status in FINAL
    return RecallBag(
        bag=summary.id,
        din=summary.din,
        component=summary.component,
        group=summary.group,
        status=summary.status,
        place=summary.place,
        place_name_en=summary.place_name_en,
        place_name_zh=summary.place_name_zh,
        hospital=where.hospital,
        vehicle=where.vehicle,
        box=None if is_final else where.box,
        order_line=summary.order_line,
        relation=row.relation,
        frozen=is_case and not is_final and row.outcome is not Outcome.RELEASED,
        outcome=row.outcome,
        outcome_comment=row.comment,
        outcome_by=row.by,
        outcome_at=row.at,
        possible_outcomes=possible(where.status) if is_case else (),
    )


def _counts(rows: Mapping[str, _Row], where: Mapping[str, Whereabouts], notices: int, waiting: int) -> RecallCounts:
    live = [one for one in where.values() if one.status not in FINAL]
    kinds = Counter(holder.kind for one in where.values() for holder in one.holders("centre")[:1])
    hospitals = {one.hospital for one in where.values() if one.hospital is not None}
    return RecallCounts(
        bags=len(rows),
        donations=len({bag.partition("-")[0] for bag in rows}),
        frozen=sum(rows[one.bag].outcome is not Outcome.RELEASED for one in live),
        without_outcome=sum(row.outcome is None for row in rows.values()),
        centre=kinds[HolderKind.CENTRE],
        on_the_road=sum(one.status is BagStatus.IN_TRANSIT for one in live),
        hospitals=len(hospitals),
        patients=sum(one.status in _WITH_PATIENT for one in where.values()),
        notices=notices,
        unacknowledged=waiting,
    )


def _holders(plant: Plant, where: Iterable[Whereabouts]) -> tuple[HolderBags, ...]:
    bags = Counter(holder for one in where for holder in one.holders(plant.site.id))
    return tuple(
        HolderBags(holder.kind, holder.id, *names_of(plant, holder), count) for holder, count in sorted(bags.items())
    )


def _orders(conn: Connection, lines: Sequence[str]) -> tuple[str, ...]:
    found = set()
    for start in range(0, len(lines), 500):
        part = lines[start : start + 500]
        marks = ",".join("?" * len(part))
        question = f"SELECT DISTINCT order_id FROM order_line WHERE id IN ({marks})"  # noqa: S608 - marks only
        found |= {order for (order,) in driver_of(conn).execute(question, tuple(part)).fetchall()}
    return tuple(sorted(found))


def _notices(conn: Connection, plant: Plant, at: datetime, where: str, value: str) -> tuple[RecallNotice, ...]:
    rows = driver_of(conn).execute(
        "SELECT id, recall, kind, holder, sent_us, acknowledged_us, acknowledged_by, answer FROM recall_notice "  # noqa: S608 - a fixed condition
        f"WHERE {where} ORDER BY sent_us DESC, id DESC",
        (value,),
    )
    late = at - recall_settings().acknowledge_within
    notices = []
    for notice, case, kind, holder, sent, acknowledged, by, answer in rows.fetchall():
        bags = driver_of(conn).execute("SELECT bag FROM recall_notice_bag WHERE notice = ? ORDER BY bag", (notice,))
        notices.append(
            RecallNotice(
                notice,
                case,
                HolderKind(kind),
                holder,
                *names_of(plant, Holder(HolderKind(kind), holder)),
                tuple(bag for (bag,) in bags.fetchall()),
                from_us(sent),
                acknowledged is None and from_us(sent) <= late,
                from_us_or_none(acknowledged),
                by,
                answer,
            )
        )
    return tuple(notices)
