"""What a hospital sees of the bags in its hands: where each stands, for whom it was made ready, what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, func, select

from blood.eligibility import BagStatus
from plant.model import Plant
from wms.bags.tables import bag as bag_table
from wms.errors import NotFound
from wms.holds.commands import open_holds
from wms.hospitals import tables
from wms.hospitals.crossmatch import Crossmatch, list_crossmatches
from wms.hospitals.custody import HOSPITAL
from wms.hospitals.rules import hospital_rules
from wms.store.database import driver_of
from wms.store.metadata import from_us, from_us_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """To whom a bag went; ``presumed_at`` is when the clock presumed its use, ``ended_at`` when a fate was told."""

    id: str
    patient: str | None
    to: str
    kind: str
    at: datetime
    issued_by: str
    signers: tuple[str, ...]
    fate_due_at: datetime
    presumed_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFate:
    """One report of what became of a bag, with its HL7 codes; ``finding`` says what does not fit."""

    id: str
    patient: str | None
    fate: str
    name_en: str
    name_zh: str
    standing: str
    finding: str
    at: datetime
    administrator: str | None
    verifier: str | None
    cause: str | None
    comment: str
    hl7_0510: str | None
    hl7_0513: str | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyBag:
    """One bag in the hands of a hospital."""

    id: str
    din: str
    product: str
    component: str
    group: str | None
    status: str
    hospital: str
    place: str | None
    volume_ml: float
    expires_at: datetime
    since: datetime
    antigens: str | None
    hla: str | None
    attributes: tuple[str, ...]
    intended_for: str | None
    holds: tuple[str, ...]
    crossmatches: tuple[Crossmatch, ...]
    issue: Issue | None
    fates: tuple[ToldFate, ...]
    version: int


LIVE: Final = (BagStatus.RECEIVED, BagStatus.ISSUED, BagStatus.PRESUMED_TRANSFUSED)
"""What a hospital still has to do something about; the list shows these when no status is asked for."""


def list_custody(
    conn: Connection,
    plant: Plant,
    now: datetime,
    *,
    hospital: str | None,
    status: str | None = None,
    q: str | None = None,
    limit: int = 100,
) -> tuple[Sequence[CustodyBag], int]:
    """Bags of a hospital (None: of all), soonest expiry first, and how many there are; ``q`` is part of a bag id."""
    mine = bag_table.c.custody == HOSPITAL
    if hospital is not None:
        mine &= bag_table.c.hospital == hospital
    mine &= bag_table.c.status.in_([one.value for one in LIVE]) if status is None else bag_table.c.status == status
    if q:
        mine &= bag_table.c.id.contains("".join(q.split()).upper(), autoescape=True)
    total = conn.execute(select(func.count()).select_from(bag_table).where(mine)).scalar_one()
    query = select(bag_table).where(mine).order_by(bag_table.c.expires_us, bag_table.c.id).limit(limit)
    rows = conn.execute(query).mappings().all()
    return [_custody_bag(conn, plant, now, dict(row)) for row in rows], int(total)


def one_in_custody(conn: Connection, plant: Plant, now: datetime, hospital: str | None, bag: str) -> CustodyBag:
    """One bag of a hospital (None: of any); raises NotFound, also for a bag of another hospital."""
    mine = (bag_table.c.id == bag) & (bag_table.c.custody == HOSPITAL)
    if hospital is not None:
        mine &= bag_table.c.hospital == hospital
    row = conn.execute(select(bag_table).where(mine)).mappings().one_or_none()
    if row is None:
        raise NotFound("bag.unknown", f"There is no bag {bag} in your hands")
    return _custody_bag(conn, plant, now, dict(row))


def _custody_bag(conn: Connection, plant: Plant, now: datetime, row: Mapping[str, Any]) -> CustodyBag:
    bag, hospital = row["id"], row["hospital"]
    return CustodyBag(
        id=bag,
        din=row["din"],
        product=row["product"],
        component=row["component"],
        group=row["abo_rhd"],
        status=row["status"],
        hospital=hospital,
        place=row["place"],
        volume_ml=row["volume_ml"],
        expires_at=from_us(row["expires_us"]),
        since=from_us(row["place_since_us"]),
        antigens=row["antigens"],
        hla=row["hla"],
        attributes=tuple(row["attributes"].split(",")) if row["attributes"] else (),
        intended_for=row["intended_for"],
        holds=open_holds(driver_of(conn), bag, row["place"]),
        crossmatches=tuple(list_crossmatches(conn, now, hospital=hospital, bag=bag)),
        issue=_issue(conn, plant, bag, hospital),
        fates=fates_of(conn, plant, bag, hospital),
        version=row["version"],
    )


def fates_of(conn: Connection, plant: Plant, bag: str, hospital: str) -> tuple[ToldFate, ...]:
    """Everything that a hospital told of what became of a bag, oldest first."""
    rules = {rule.key: rule for rule in hospital_rules(plant.profile).fate}
    mine = (tables.fate.c.bag == bag) & (tables.fate.c.hospital == hospital)
    rows = conn.execute(select(tables.fate).where(mine).order_by(tables.fate.c.recorded_us, tables.fate.c.id)).all()
    return tuple(
        ToldFate(
            id=row.id,
            patient=row.patient,
            fate=row.fate,
            name_en=rules[row.fate].name_en,
            name_zh=rules[row.fate].name_zh,
            standing=row.standing,
            finding=row.finding,
            at=from_us(row.at_us),
            administrator=row.administrator,
            verifier=row.verifier,
            cause=row.cause,
            comment=row.comment,
            hl7_0510=rules[row.fate].hl7_0510,
            hl7_0513=rules[row.fate].hl7_0513,
            recorded_at=from_us(row.recorded_us),
            recorded_by=row.recorded_by,
        )
        for row in rows
    )


def _issue(conn: Connection, plant: Plant, bag: str, hospital: str) -> Issue | None:
    mine = (tables.issue.c.bag == bag) & (tables.issue.c.hospital == hospital)
    row = conn.execute(select(tables.issue).where(mine).order_by(tables.issue.c.at_us.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    wait: timedelta = hospital_rules(plant.profile).presumed_after.span
    return Issue(
        id=row.id,
        patient=row.patient,
        to=row.issued_to,
        kind=row.kind,
        at=from_us(row.at_us),
        issued_by=row.issued_by,
        signers=tuple(row.signers.split(",")) if row.signers else (),
        fate_due_at=from_us(row.at_us) + wait,
        presumed_at=from_us_or_none(row.presumed_us),
        ended_at=from_us_or_none(row.ended_us),
    )


def is_in_custody(conn: Connection, hospital: str, bag: str) -> bool:
    """True while a hospital answers for a bag."""
    mine = (bag_table.c.id == bag) & (bag_table.c.custody == HOSPITAL) & (bag_table.c.hospital == hospital)
    return conn.execute(select(bag_table.c.id).where(mine)).first() is not None
