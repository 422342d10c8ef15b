"""Requests as the screens show them: how long they wait, what is kept for them, what was tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from blood.groups import BloodGroup
from plant.model import Plant
from wms.errors import NotFound
from wms.hospitals.patients import require_patient
from wms.registries import tables
from wms.registries.model import LIVE, LockState, RequestKind, Verdict
from wms.registries.requests import RequestRow, request_row
from wms.store.metadata import from_us, from_us_or_none

_TRIES_SHOWN: Final = 50
_MOST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LockView:
    """What is or was kept for a request."""

    id: str
    donor: str | None
    bag: str | None
    state: LockState
    locked_at: datetime
    locked_by: str
    expires_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    order: str | None


@dataclass(frozen=True, slots=True)
class TriedView:
    """A bag that was held against a request."""

    at: datetime
    bag: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request with all that belongs to it; ``waiting_minutes`` ends when it was issued or is over."""

    row: RequestRow
    hospital_name_en: str
    hospital_name_zh: str
    hla: str | None
    antibodies: tuple[str, ...]
    group: BloodGroup | None
    waiting_minutes: float
    locks: tuple[LockView, ...]
    tried: tuple[TriedView, ...]
    tries: int


def list_requests(
    conn: Connection,
    plant: Plant,
    now: datetime,
    *,
    kind: RequestKind | None = None,
    hospital: str | None = None,
    everything: bool = False,
) -> Sequence[RequestView]:
    """Requests that are not over, the longest waiting first; ``everything`` adds the others."""
    query = select(tables.request)
    if kind is not None:
        query = query.where(tables.request.c.kind == kind.value)
    if hospital is not None:
        query = query.where(tables.request.c.hospital == hospital)
    if not everything:
        query = query.where(tables.request.c.state.in_([state.value for state in LIVE]))
    rows = conn.execute(query.order_by(tables.request.c.opened_us, tables.request.c.id).limit(_MOST)).mappings().all()
    return [_view(conn, plant, now, request_row(row)) for row in rows]


def one_request(
    conn: Connection, plant: Plant, now: datetime, request_id: str, hospital: str | None = None
) -> RequestView:
    """One request; raises NotFound, also for a request of another hospital than the one that asks."""
    row = conn.execute(select(tables.request).where(tables.request.c.id == request_id)).mappings().one_or_none()
    if row is None or (hospital is not None and row["hospital"] != hospital):
        raise NotFound("request.unknown", f"There is no request {request_id}")
    return _view(conn, plant, now, request_row(row))


def _view(conn: Connection, plant: Plant, now: datetime, row: RequestRow) -> RequestView:
    patient = require_patient(conn, row.hospital, row.patient).facts
    hospital = plant.hospital_by_id[row.hospital]
    until = row.issued_at or row.closed_at or now
    mine = tables.tried.c.request == row.id
    tries = conn.execute(select(func.count()).select_from(tables.tried).where(mine)).scalar_one()
    newest = select(tables.tried).where(mine).order_by(tables.tried.c.at_us.desc(), tables.tried.c.bag)
    return RequestView(
        row=row,
        hospital_name_en=hospital.name_en,
        hospital_name_zh=hospital.name_zh,
        hla=patient.hla if row.kind is RequestKind.PLATELET else None,
        antibodies=patient.antibodies,
        group=patient.group,
        waiting_minutes=round((until - row.opened_at).total_seconds() / 60, 1),
        locks=_locks(conn, row.id),
        tried=tuple(
            TriedView(from_us(one.at_us), one.bag, Verdict(one.verdict), one.detail)
            for one in conn.execute(newest.limit(_TRIES_SHOWN))
        ),
        tries=int(tries),
    )


def _locks(conn: Connection, request_id: str) -> tuple[LockView, ...]:
    rows = conn.execute(select(tables.lock).where(tables.lock.c.request == request_id).order_by(tables.lock.c.id))
    return tuple(
        LockView(
            id=row.id,
            donor=row.donor,
            bag=row.bag,
            state=LockState(row.state),
            locked_at=from_us(row.locked_us),
            locked_by=row.locked_by,
            expires_at=from_us_or_none(row.expires_us),
            ended_at=from_us_or_none(row.ended_us),
            end_reason=row.end_reason,
            order=row.order_id,
        )
        for row in rows
    )
