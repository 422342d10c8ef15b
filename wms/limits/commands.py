"""Limits change by two people: one proposes, quality that did not propose approves. Every step is a ledger entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import RowMapping, func, insert, select, update

from plant.model import Envelope
from runtime.ids import new_id
from wms.errors import Invalid, NotFound, Refused
from wms.limits.legal import check_legal
from wms.limits.model import Limits, check
from wms.limits.tables import limit_version
from wms.people.accounts import require
from wms.people.roles import Role
from wms.people.signatures import Signed, use
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

APPROVE: Final = "limits.approve"
"""The act that is signed."""


class LimitsRefused(Refused):
    """A step that this version of limits cannot take; the detail says why."""


def propose(
    tx: Tx, actor: Actor, envelope: str, limits: Limits, reason: str, valid_from: datetime | None = None
) -> str:
    """Propose limits of an envelope and return the version's id; nothing holds before it is approved.

    Raises NotFound (envelope), Invalid (numbers, a past beginning), LimitsTooWide.
    """
    check(limits)
    planned = _envelope(tx, envelope)
    check_legal(tx.plant, planned, limits.envelope(envelope).limits)
    if valid_from is not None and valid_from < tx.now:
        raise Invalid("limits.valid_from", "Limits begin now or later: what was measured keeps the limits of its time")
    known = select(func.max(limit_version.c.version)).where(limit_version.c.envelope == envelope)
    version = (tx.conn.execute(known).scalar() or 0) + 1
    limit_id = new_id("lim")
    tx.conn.execute(
        insert(limit_version).values(
            id=limit_id,
            envelope=envelope,
            version=version,
            limits=msgspec.json.encode(limits).decode(),
            state="proposed",
            reason=reason,
            proposed_by=actor.id,
            proposed_us=to_us(tx.now),
            wanted_from_us=None if valid_from is None else to_us(valid_from),
        )
    )
    data = {"envelope": envelope, "version": version, "limits": msgspec.to_builtins(limits), "reason": reason}
    tx.record("limits.proposed", actor=actor, subject=limit_id, data=data)
    tx.notify("limit", limit_id)
    return limit_id


def approve(tx: Tx, actor: Actor, limit_id: str, signatures: Sequence[str]) -> None:
    """Put a proposed version in force, from its wanted beginning or from now.

    Two people sign (its subject: the version, which nothing can change any more); one of them is of quality and did not
    propose it. Raises NotFound, LimitsRefused (decided before), SignatureRefused, LimitsTooWide (the profile changed).
    """
    row = _proposed(tx, limit_id)
    limits = msgspec.json.decode(row["limits"], type=Limits)
    planned = _envelope(tx, row["envelope"])
    check_legal(tx.plant, planned, limits.envelope(planned.id).limits)
    signed = use(tx, signatures, act=APPROVE, subject=limit_id, content={})
    if not any(_is_other_quality(tx, one, row["proposed_by"]) for one in signed):
        raise LimitsRefused("limits.own", "Somebody of quality who did not propose these limits must sign")
    begins_us = max(to_us(tx.now), row["wanted_from_us"] or 0)
    _decide(tx, limit_id, "approved", by=", ".join(one.person for one in signed), from_us=begins_us)
    data = {
        "envelope": row["envelope"],
        "version": row["version"],
        "limits": msgspec.to_builtins(limits),
        "from": from_us(begins_us).isoformat(),
        "signatures": [msgspec.to_builtins(one) for one in signed],
    }
    tx.record("limits.approved", actor=actor, subject=limit_id, data=data)


def reject(tx: Tx, actor: Actor, limit_id: str, reason: str) -> None:
    """Turn a proposal down; raises NotFound, LimitsRefused (decided before)."""
    row = _proposed(tx, limit_id)
    _decide(tx, limit_id, "rejected", by=actor.id, decision=reason)
    data = {"envelope": row["envelope"], "version": row["version"], "reason": reason}
    tx.record("limits.rejected", actor=actor, subject=limit_id, data=data)


def _decide(
    tx: Tx, limit_id: str, state: str, *, by: str, decision: str | None = None, from_us: int | None = None
) -> None:
    tx.conn.execute(
        update(limit_version)
        .where(limit_version.c.id == limit_id)
        .values(state=state, decided_by=by, decided_us=to_us(tx.now), decision=decision, from_us=from_us)
    )
    tx.notify("limit", limit_id)


def _proposed(tx: Tx, limit_id: str) -> RowMapping:
    row = tx.conn.execute(select(limit_version).where(limit_version.c.id == limit_id)).mappings().one_or_none()
    if row is None:
        raise NotFound("limits.unknown", f"There is no version of limits {limit_id}")
    if row["state"] != "proposed":
        raise LimitsRefused("limits.decided", f"It is {row['state']} already")
    return row


def _envelope(tx: Tx, name: str) -> Envelope:
    found = next((envelope for envelope in tx.plant.envelopes if envelope.id == name), None)
    if found is None:
        raise NotFound("limits.envelope", f"The plant document has no envelope {name}")
    return found


def _is_other_quality(tx: Tx, signed: Signed, proposer: str) -> bool:
    return signed.person != proposer and Role.QUALITY in require(tx.conn, signed.person).roles
