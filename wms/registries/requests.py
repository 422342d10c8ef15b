"""Requests of hospitals for one patient: opened, locked, issued, closed; unmet they stay open and are tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from blood.antigens import AntigenError, antigen_name
from blood.patients import Patient
from runtime.ids import new_id
from wms.errors import Conflict, Invalid, NotFound
from wms.hospitals.patients import PatientRow, as_patient, require_patient
from wms.registries import tables
from wms.registries.model import LIVE, LockState, RequestKind, RequestState
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Actor, Tx

MOST_DOSES: Final = 20


@dataclass(frozen=True, slots=True)
class RequestWish:
    """What a hospital asks for; ``antigens_absent`` is of rare types."""

    kind: RequestKind
    hospital: str
    patient: str
    needed_by: datetime
    doses: int = 1
    antigens_absent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request as stored."""

    id: str
    kind: RequestKind
    hospital: str
    patient: str
    antigens_absent: tuple[str, ...]
    doses: int
    needed_by: datetime
    state: RequestState
    opened_at: datetime
    opened_by: str
    issued_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


def open_request(tx: Tx, actor: Actor, wish: RequestWish) -> str:
    """Open a request; returns its id. The patient must be known to its hospital, with what the search goes by.

    Raises NotFound for an unknown hospital or patient, Invalid naming what is missing.
    """
    if wish.hospital not in tx.plant.hospital_by_id:
        raise NotFound("hospital_unknown", f"There is no hospital {wish.hospital!r}")
    if not 1 <= wish.doses <= MOST_DOSES:
        raise Invalid("request.doses", f"A request is for 1 to {MOST_DOSES} doses")
    if wish.needed_by <= tx.now:
        raise Invalid("request.needed_by", f"It must be needed in the future; it is now {tx.now.isoformat()}")
    patient = require_patient(tx.conn, wish.hospital, wish.patient)
    absent = _absent(wish, patient)
    number = new_id("req")
    row = {
        "id": number,
        "kind": wish.kind.value,
        "hospital": wish.hospital,
        "patient": patient.pseudonym,
        "antigens_absent": ",".join(absent),
        "doses": wish.doses,
        "state": RequestState.OPEN.value,
        "opened_by": actor.id,
        "comment": "",
    }
    times = {"needed_by_us": to_us(wish.needed_by), "opened_us": to_us(tx.now)}
    tx.conn.execute(insert(tables.request).values(**row, **times))
    tx.record(
        "registry.request_opened", actor=actor, subject=number, data={**row, "needed_by": wish.needed_by.isoformat()}
    )
    tx.notify("registry", number)
    return number


def cancel_request(tx: Tx, actor: Actor, request_id: str, reason: str) -> None:
    """It is not needed any more: whatever is still locked must have been released first by the caller."""
    _end(tx, actor, require_live(tx.conn, request_id), RequestState.CANCELLED, reason, reason)


def close_request(tx: Tx, actor: Actor, request_id: str, outcome: str, comment: str) -> None:
    """It is over, one way or another. Raises NotFound, Conflict when it is over already, Invalid without a comment."""
    if not comment.strip():
        raise Invalid("request.comment", "Say how it ended")
    _end(tx, actor, require_live(tx.conn, request_id), RequestState.CLOSED, outcome, comment)


def settle(tx: Tx, request_id: str) -> RequestState:
    """Say anew how far a live request got, from its locks; returns the state."""
    row = require_request(tx.conn, request_id)
    if row.state not in LIVE:
        return row.state
    kept = tables.lock.c.state.in_([LockState.HELD.value, LockState.ISSUED.value])
    query = select(tables.lock.c.state).where(tables.lock.c.request == request_id, kept)
    states = [LockState(state) for state in tx.conn.execute(query).scalars()]
    issued = states.count(LockState.ISSUED)
    state = (
        RequestState.ISSUED
        if issued >= row.doses
        else RequestState.LOCKED
        if len(states) >= row.doses
        else RequestState.OPEN
    )
    if state is not row.state:
        values: dict[str, Any] = {"state": state.value}
        values["issued_us"] = to_us(tx.now) if state is RequestState.ISSUED else None
        tx.conn.execute(update(tables.request).where(tables.request.c.id == request_id).values(**values))
    tx.notify("registry", request_id)
    return state


def live_requests(conn: Connection, kind: RequestKind | None = None) -> Sequence[RequestRow]:
    """Requests that lack doses, the longest waiting first."""
    query = select(tables.request).where(tables.request.c.state == RequestState.OPEN.value)
    if kind is not None:
        query = query.where(tables.request.c.kind == kind.value)
    rows = conn.execute(query.order_by(tables.request.c.opened_us, tables.request.c.id)).mappings()
    return [request_row(row) for row in rows]


def require_request(conn: Connection, request_id: str) -> RequestRow:
    """A request; raises NotFound."""
    row = conn.execute(select(tables.request).where(tables.request.c.id == request_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("request.unknown", f"There is no request {request_id}")
    return request_row(row)


def require_live(conn: Connection, request_id: str) -> RequestRow:
    """A request that is not over; raises NotFound, Conflict."""
    row = require_request(conn, request_id)
    if row.state not in LIVE:
        raise Conflict("request.over", f"Request {request_id} is {row.state.value} already")
    return row


def patient_of(conn: Connection, row: RequestRow) -> Patient:
    """Whom a request is for, as the rules see that patient now."""
    return as_patient(require_patient(conn, row.hospital, row.patient))


def request_row(row: RowMapping) -> RequestRow:
    """A request from its row."""
    return RequestRow(
        id=row["id"],
        kind=RequestKind(row["kind"]),
        hospital=row["hospital"],
        patient=row["patient"],
        antigens_absent=tuple(row["antigens_absent"].split(",")) if row["antigens_absent"] else (),
        doses=row["doses"],
        needed_by=from_us(row["needed_by_us"]),
        state=RequestState(row["state"]),
        opened_at=from_us(row["opened_us"]),
        opened_by=row["opened_by"],
        issued_at=from_us_or_none(row["issued_us"]),
        closed_at=from_us_or_none(row["closed_us"]),
        outcome=row["outcome"],
    )


def _absent(wish: RequestWish, patient: PatientRow) -> list[str]:
    known = as_patient(patient)
    if wish.kind is RequestKind.PLATELET:
        if known.hla is None or not (known.hla.a and known.hla.b):
            raise Invalid("request.patient", f"{wish.hospital} has not told the HLA-A and HLA-B type of this patient")
        return []
    try:
        asked = {antigen_name(text) for text in wish.antigens_absent}
    except AntigenError as error:
        raise Invalid("request.antigens_absent", str(error)) from error
    absent = sorted(asked | known.antibodies)
    if not absent:
        raise Invalid("request.antigens_absent", "Name the antigens that must be absent, or the patient's antibodies")
    return absent


def _end(tx: Tx, actor: Actor, row: RequestRow, state: RequestState, outcome: str, comment: str) -> None:
    values = {"state": state.value, "closed_us": to_us(tx.now), "outcome": outcome, "comment": comment}
    tx.conn.execute(update(tables.request).where(tables.request.c.id == row.id).values(**values))
    data = {"outcome": outcome, "comment": comment}
    tx.record(f"registry.request_{state.value}", actor=actor, subject=row.id, data=data)
    tx.notify("registry", row.id)
