"""Tables of hospitals: their patients by pseudonym, crossmatches, issues to patients, and reported fates."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text

from wms.store.metadata import instant, metadata

patient: Final = Table(
    "patient",
    metadata,
    Column("hospital", Text, primary_key=True),
    Column("pseudonym", Text, primary_key=True),
    Column("abo_rhd", Text, nullable=True),  # NULL: not known
    Column("patient_class", Text, nullable=False),  # blood.patients.PatientClass
    Column("phenotype", Text, nullable=False),  # blood.patients.AboPhenotype
    Column("antibodies", Text, nullable=False),  # comma list
    Column("requirements", Text, nullable=False),  # comma list
    Column("hla", Text, nullable=True),  # HLA and HPA type, as `blood.hla` writes it
    instant("updated_us"),
    Column("updated_by", Text, nullable=False),
)
crossmatch: Final = Table(
    "crossmatch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("hospital", Text, nullable=False),
    Column("bag", Text, nullable=False),
    Column("patient", Text, nullable=False),
    Column("result", Text, nullable=False),  # blood.eligibility.CrossmatchResult
    Column("method", Text, nullable=False),
    instant("at_us"),
    instant("valid_until_us", nullable=True),  # NULL: only a compatible result lapses
    instant("recorded_us"),
    Column("recorded_by", Text, nullable=False),
    Index("ix_crossmatch_bag_patient_at_us", "bag", "patient", "at_us"),
    Index("ix_crossmatch_hospital_patient", "hospital", "patient"),
)
issue: Final = Table(
    "bag_issue",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bag", Text, nullable=False, index=True),
    Column("hospital", Text, nullable=False),
    Column("patient", Text, nullable=False),
    Column("issued_to", Text, nullable=False),  # ward or theatre
    Column("kind", Text, nullable=False),  # wms.hospitals.issue.IssueKind
    instant("at_us"),
    Column("issued_by", Text, nullable=False),
    Column("signers", Text, nullable=False),  # comma list; empty for a routine issue
    instant("presumed_us", nullable=True),  # nobody told for so long that use was presumed; that ends nothing
    instant("ended_us", nullable=True, index=True),  # a fate was told
)
fate: Final = Table(
    "bag_fate",
    metadata,
    Column("id", Text, primary_key=True),
    Column("bag", Text, nullable=False, index=True),
    Column("hospital", Text, nullable=False),
    Column("patient", Text, nullable=True),
    Column("fate", Text, nullable=False),  # wms.hospitals.fate.Fate
    Column("standing", Text, nullable=False),  # wms.hospitals.fate.Standing
    instant("at_us"),
    Column("administrator", Text, nullable=True),
    Column("verifier", Text, nullable=True),
    Column("cause", Text, nullable=True),
    Column("comment", Text, nullable=False),
    Column("finding", Text, nullable=False),
    instant("recorded_us"),
    Column("recorded_by", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the bag that it was told about
)
