"""Permits of the dispatch lock as rows: given, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, insert, select, update

from wms.outbound.tables import lock_permit
from wms.store.metadata import from_us, from_us_or_none, to_us
from wms.store.tx import Tx


class PermitOutcome(StrEnum):
    """What became of a permit; OPEN until the lock, the bridge or the clock says otherwise."""

    OPEN = "open"
    OPENED = "opened"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Permit:
    """One permit; ``issued_real``, ``until_real`` and ``ended_real`` are real time, ``ended_at`` is domain time."""

    id: str
    shipment: str
    device: str
    epcs: tuple[str, ...]
    issued_real: datetime
    until_real: datetime
    outcome: PermitOutcome
    detail: str
    ended_at: datetime | None
    ended_real: datetime | None


def give(tx: Tx, permit: str, shipment: str, device: str, epcs: Sequence[str], until_real: datetime) -> None:
    """Remember a permit that is about to be sent."""
    tx.conn.execute(
        insert(lock_permit).values(
            id=permit,
            shipment=shipment,
            device=device,
            epcs=" ".join(epcs),
            issued_real_us=to_us(tx.real_now),
            until_real_us=to_us(until_real),
            outcome=PermitOutcome.OPEN.value,
            detail="",
        )
    )


def end(tx: Tx, permit: str, outcome: PermitOutcome, detail: str) -> None:
    """Note what became of a permit. A lock that did open outranks what was believed before."""
    values = {
        "outcome": outcome.value,
        "detail": detail,
        "ended_us": to_us(tx.now),
        "ended_real_us": to_us(tx.real_now),
    }
    tx.conn.execute(update(lock_permit).where(lock_permit.c.id == permit).values(values))


def remark(tx: Tx, permit: str, detail: str) -> None:
    """Note something about a permit that has no outcome yet."""
    tx.conn.execute(update(lock_permit).where(lock_permit.c.id == permit).values(detail=detail))


def find(tx: Tx, permit: str) -> Permit | None:
    """The permit with this id, or None."""
    row = tx.conn.execute(select(lock_permit).where(lock_permit.c.id == permit)).one_or_none()
    return None if row is None else _permit(row)


def of_shipment(tx: Tx, shipment: str) -> Sequence[Permit]:
    """All permits of a shipment, newest first."""
    query = select(lock_permit).where(lock_permit.c.shipment == shipment).order_by(lock_permit.c.id.desc())
    return [_permit(row) for row in tx.conn.execute(query)]


def opening(tx: Tx, shipment: str) -> Permit | None:
    """The permit with which the lock opened for a shipment, or None when it has not."""
    return next((one for one in of_shipment(tx, shipment) if one.outcome is PermitOutcome.OPENED), None)


def is_decided(tx: Tx, shipment: str) -> bool:
    """True while the lock may open for a shipment, and once it has: nothing is taken out of its boxes then."""
    given = of_shipment(tx, shipment)
    return any(one.outcome is PermitOutcome.OPENED for one in given) or (
        bool(given) and given[0].outcome is PermitOutcome.OPEN
    )


def awaited(tx: Tx, device: str, issued_real: datetime) -> Sequence[Permit]:
    """Permits of a lock that were issued at an instant and have no outcome yet."""
    query = select(lock_permit).where(
        lock_permit.c.device == device,
        lock_permit.c.outcome == PermitOutcome.OPEN.value,
        lock_permit.c.issued_real_us == to_us(issued_real),
    )
    return [_permit(row) for row in tx.conn.execute(query)]


def _permit(row: Row[tuple[object, ...]]) -> Permit:
    return Permit(
        id=row.id,
        shipment=row.shipment,
        device=row.device,
        epcs=tuple(row.epcs.split()),
        issued_real=from_us(row.issued_real_us),
        until_real=from_us(row.until_real_us),
        outcome=PermitOutcome(row.outcome),
        detail=row.detail,
        ended_at=from_us_or_none(row.ended_us),
        ended_real=from_us_or_none(row.ended_real_us),
    )
