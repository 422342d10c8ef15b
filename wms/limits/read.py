"""Versions of limits as people see them, and the book that telemetry judges by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec
from sqlalchemy import Connection, RowMapping, select

from plant.model import Envelope, Plant
from telemetry.limits import LimitBook, LimitVersion
from wms.errors import NotFound
from wms.limits.legal import Legal, legal_range
from wms.limits.model import Limits, planned_limits
from wms.limits.tables import limit_version
from wms.store.metadata import from_us, from_us_or_none, to_us


class LimitState(StrEnum):
    """How a version stands now."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    PAST = "past"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionOfLimits:
    """One version of an envelope; version 0 is the plant document's, which has no id and no author.

    ``valid_from``: since when it holds, or is to hold; None: always (version 0), or as soon as it is approved.
    """

    id: str | None
    envelope: str
    version: int
    limits: Limits
    legal: Legal
    state: LimitState
    reason: str
    valid_from: datetime | None
    proposed_by: str | None = None
    proposed_at: datetime | None = None
    approved_by: str | None = None
    decided_at: datetime | None = None
    decision: str | None = None


def versions(conn: Connection, plant: Plant, now: datetime) -> tuple[VersionOfLimits, ...]:
    """All versions by envelope in the plant's order, newest first; envelopes that no longer exist are left out."""
    query = select(limit_version).order_by(limit_version.c.version.desc())
    rows = conn.execute(query).mappings().all()
    found: list[VersionOfLimits] = []
    for envelope in plant.envelopes:
        legal = legal_range(plant, envelope)
        mine = [row for row in rows if row["envelope"] == envelope.id]
        holds = _in_force([row for row in mine if row["state"] == "approved"], to_us(now))
        found += [_version(row, legal, holds, to_us(now)) for row in mine]
        found.append(_planned(plant, envelope, legal, in_force=holds is None))
    return tuple(found)


def one_version(conn: Connection, plant: Plant, now: datetime, limit_id: str) -> VersionOfLimits:
    """One version; raises NotFound."""
    for version in versions(conn, plant, now):
        if version.id == limit_id:
            return version
    raise NotFound("limits.unknown", f"There is no version of limits {limit_id}")


def envelopes_in_force(conn: Connection, plant: Plant, now: datetime) -> Mapping[str, Envelope]:
    """Each envelope of the plant by its id, with the limits that hold now: what a screen shows must be what alarms."""
    begun = select(limit_version).where(limit_version.c.state == "approved", limit_version.c.from_us <= to_us(now))
    rows = conn.execute(begun.order_by(limit_version.c.from_us, limit_version.c.version)).mappings().all()
    newest = {row["envelope"]: _approved(row).envelope for row in rows}  # of two that hold, the later in this order
    return {envelope.id: newest.get(envelope.id, envelope) for envelope in plant.envelopes}


def limit_book(conn: Connection, plant: Plant) -> LimitBook:
    """All approved versions; call it again after each approval."""
    query = select(limit_version).where(limit_version.c.state == "approved")
    envelopes = {envelope.id for envelope in plant.envelopes}
    return LimitBook(
        plant, [_approved(row) for row in conn.execute(query).mappings().all() if row["envelope"] in envelopes]
    )


def _approved(row: RowMapping) -> LimitVersion:
    limits = msgspec.json.decode(row["limits"], type=Limits)
    return LimitVersion(
        limits.envelope(row["envelope"]), row["version"], row["from_us"] // 1000, limits.air, limits.load
    )


def _in_force(approved: list[RowMapping], now_us: int) -> str | None:
    begun = [row for row in approved if row["from_us"] <= now_us]
    newest = max(begun, key=lambda row: (row["from_us"], row["version"]), default=None)
    return None if newest is None else str(newest["id"])


def _version(row: RowMapping, legal: Legal, holds: str | None, now_us: int) -> VersionOfLimits:
    state = LimitState(row["state"])
    if state is LimitState.APPROVED and row["from_us"] <= now_us:
        state = LimitState.IN_FORCE if row["id"] == holds else LimitState.PAST
    begins = row["wanted_from_us"] if row["from_us"] is None else row["from_us"]
    return VersionOfLimits(
        id=row["id"],
        envelope=row["envelope"],
        version=row["version"],
        limits=msgspec.json.decode(row["limits"], type=Limits),
        legal=legal,
        state=state,
        reason=row["reason"],
        valid_from=from_us_or_none(begins),
        proposed_by=row["proposed_by"],
        proposed_at=from_us(row["proposed_us"]),
        approved_by=row["decided_by"] if row["state"] == "approved" else None,
        decided_at=from_us_or_none(row["decided_us"]),
        decision=row["decision"],
    )


def _planned(plant: Plant, envelope: Envelope, legal: Legal, *, in_force: bool) -> VersionOfLimits:
    return VersionOfLimits(
        id=None,
        envelope=envelope.id,
        version=0,
        limits=planned_limits(plant, envelope),
        legal=legal,
        state=LimitState.IN_FORCE if in_force else LimitState.PAST,
        reason="",
        valid_from=None,
    )
