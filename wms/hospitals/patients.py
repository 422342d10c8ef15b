"""Patients of a hospital, by pseudonym: what decides which blood they may get, and nothing that says who they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from blood import hla
from blood.groups import BloodGroup
from blood.hla import HlaError
from blood.patients import AboPhenotype, Patient, PatientClass, PatientError, read_antibodies, read_requirements
from wms.errors import Invalid, NotFound
from wms.hospitals import tables
from wms.hospitals.pseudonyms import pseudonym_of
from wms.store.metadata import from_us, to_us
from wms.store.tx import Actor, Tx

MOST_ENTRIES: Final = 40
"""Antibodies or requirements of one patient; more is a mistake of the interface that sent them."""


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What a hospital says of a patient; ``group`` None means that it is not known.

    ``antibodies`` are written as laboratories do (`anti-K`, `Jka`, `HLA-A2`, `HPA-1a`), ``hla`` as `blood.hla` reads.
    """

    group: BloodGroup | None
    antibodies: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    hla: str | None = None
    patient_class: PatientClass = PatientClass.UNKNOWN
    phenotype: AboPhenotype = AboPhenotype.ORDINARY


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRow:
    """One patient of one hospital, as stored."""

    pseudonym: str
    hospital: str
    facts: PatientFacts
    updated_at: datetime
    updated_by: str


def put_patient(tx: Tx, actor: Actor, hospital: str, pseudonym: str, facts: PatientFacts) -> str:
    """Make a patient known to its hospital, or say anew what is known; returns the pseudonym in capitals.

    Raises Invalid for what looks like a person's own data and for words that mean nothing, NotFound for an unknown
    hospital. The same again changes nothing.
    """
    if hospital not in tx.plant.hospital_by_id:
        raise NotFound("hospital_unknown", f"There is no hospital {hospital!r}")
    name = pseudonym_of(pseudonym)
    values = _values(facts)
    mine = (tables.patient.c.hospital == hospital) & (tables.patient.c.pseudonym == name)
    before = tx.conn.execute(select(tables.patient).where(mine)).mappings().one_or_none()
    if before is not None and {key: before[key] for key in values} == values:
        return name
    stamp = {"updated_us": to_us(tx.now), "updated_by": actor.id}
    if before is None:
        tx.conn.execute(insert(tables.patient).values(hospital=hospital, pseudonym=name, **values, **stamp))
    else:
        tx.conn.execute(update(tables.patient).where(mine).values(**values, **stamp))
    old = None if before is None else {key: before[key] for key in values}
    data = {"hospital": hospital, "patient": name, "old": old, "new": values}
    tx.record("patient.told", actor=actor, subject=hospital, data=data)
    tx.notify("custody", hospital)
    return name


def require_patient(conn: Connection, hospital: str, pseudonym: str) -> PatientRow:
    """The patient of a hospital; raises NotFound, also for a patient of another hospital."""
    mine = (tables.patient.c.hospital == hospital) & (tables.patient.c.pseudonym == pseudonym.strip().upper())
    row = conn.execute(select(tables.patient).where(mine)).mappings().one_or_none()
    if row is None:
        raise NotFound("patient.unknown", f"{hospital} has told of no patient {pseudonym!r}; tell what is known first")
    return _row(dict(row))


def list_patients(
    conn: Connection, hospital: str, *, q: str | None = None, limit: int = 100
) -> tuple[Sequence[PatientRow], int]:
    """Patients of a hospital whose pseudonym contains ``q``, last told of first; and how many there are."""
    mine = tables.patient.c.hospital == hospital
    if q:
        mine &= tables.patient.c.pseudonym.contains(q.strip().upper(), autoescape=True)
    total = conn.execute(select(func.count()).select_from(tables.patient).where(mine)).scalar_one()
    newest = select(tables.patient).where(mine).order_by(tables.patient.c.updated_us.desc(), tables.patient.c.pseudonym)
    rows = conn.execute(newest.limit(limit)).mappings()
    return [_row(dict(row)) for row in rows], int(total)


def as_patient(row: PatientRow) -> Patient:
    """The patient as the rules see them."""
    facts = row.facts
    red_cells, platelets = read_antibodies(facts.antibodies)
    return Patient(
        pseudonym=row.pseudonym,
        group=facts.group,
        antibodies=red_cells,
        platelet_antibodies=platelets,
        requirements=read_requirements(facts.requirements),
        hla=hla.read(facts.hla),
        patient_class=facts.patient_class,
        phenotype=facts.phenotype,
    )


def key_of(hospital: str, pseudonym: str) -> str:
    """How the ledger names a patient: a pseudonym means something at its hospital only."""
    return f"{hospital}/{pseudonym}"


def _values(facts: PatientFacts) -> dict[str, Any]:
    antibodies = _checked("antibodies", facts.antibodies)
    requirements = _checked("requirements", facts.requirements)
    try:
        red_cells, platelets = read_antibodies(antibodies)
        needed = read_requirements(requirements)
        typed = hla.write(hla.read(facts.hla))
    except (PatientError, HlaError) as error:
        raise Invalid("patient.facts", str(error)) from error
    return {
        "abo_rhd": None if facts.group is None else facts.group.value,
        "patient_class": facts.patient_class.value,
        "phenotype": facts.phenotype.value,
        "antibodies": ",".join([*sorted(red_cells), *sorted(platelets)]),
        "requirements": ",".join(sorted(one.value for one in needed)),
        "hla": typed,
    }


def _checked(field: str, words: Sequence[str]) -> list[str]:
    clean = list(dict.fromkeys(word.strip() for word in words))
    if len(clean) > MOST_ENTRIES or any(not word or "," in word for word in clean):
        raise Invalid(f"patient.{field}", f"Name at most {MOST_ENTRIES} {field}, each without a comma")
    return clean


def _row(row: dict[str, Any]) -> PatientRow:
    return PatientRow(
        pseudonym=row["pseudonym"],
        hospital=row["hospital"],
        facts=PatientFacts(
            group=None if row["abo_rhd"] is None else BloodGroup(row["abo_rhd"]),
            antibodies=_split(row["antibodies"]),
            requirements=_split(row["requirements"]),
            hla=row["hla"],
            patient_class=PatientClass(row["patient_class"]),
            phenotype=AboPhenotype(row["phenotype"]),
        ),
        updated_at=from_us(row["updated_us"]),
        updated_by=row["updated_by"],
    )


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split(",")) if words else ()
