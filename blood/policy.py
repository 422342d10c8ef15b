"""What a site holds compatible: policies, and the rules that all of them share (`rules/compatibility.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from blood.antigens import TypingEvidence
from blood.components import Family
from blood.evidence import Evidence, Sourced
from blood.groups import BloodGroup
from blood.hla_match import Grade
from blood.patients import PatientClass, Requirement

DEFAULT_POLICY: Final = "cn"
"""The policy of a site whose profile names none, and of questions that are asked for no site."""


class RhdRule(StrEnum):
    """To whom RhD-positive components may go."""

    STRICT = "strict"
    PROTECTED = "protected"
    IGNORED = "ignored"


class BiohazardRule(StrEnum):
    """What becomes of a donation with a known infection."""

    REFUSED = "refused"
    OWN_PATIENT = "own_patient"


class Condition(StrEnum):
    """On what a choice of an ABO table depends."""

    LOW_TITRE = "*"
    EMERGENCY = "!"


@dataclass(frozen=True, slots=True)
class Choice:
    """One donor ABO of a table, and what it takes."""

    abo: str
    conditions: frozenset[Condition] = frozenset()


@dataclass(frozen=True, slots=True)
class EmergencyRule:
    """Who gets RhD-negative, and who K-negative red cells also in an emergency."""

    d_negative_for: frozenset[PatientClass]
    k_negative_for: frozenset[PatientClass]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Policy:
    """What one country or site holds compatible; ABO tables are keyed by the patient's ABO, None for unknown."""

    key: str
    name_en: str
    name_zh: str
    abo: Mapping[Family, Mapping[str | None, tuple[Choice, ...]]]
    rhd: Mapping[Family, RhdRule]
    crossmatch: frozenset[Family]
    biohazard: BiohazardRule
    emergency: EmergencyRule
    child_until_years: Sourced[int]
    childbearing_until_years: Sourced[int]
    evidence: Mapping[str, Evidence]


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything of the compatibility file: policies, and what holds under each of them."""

    version: int
    policies: Mapping[str, Policy]
    required_of: Mapping[Requirement, frozenset[Family]]
    untested_allowed: frozenset[str]
    accepted_evidence: frozenset[TypingEvidence]
    worst_hla_grade: Grade
    evidence: Mapping[str, Evidence]


@dataclass(frozen=True, slots=True)
class GroupQuestion:
    """Who asks for a bag of a group: the patient's group (None: unknown) and class, and how urgent it is."""

    recipient: BloodGroup | None
    patient_class: PatientClass = PatientClass.UNKNOWN
    emergency: bool = False
