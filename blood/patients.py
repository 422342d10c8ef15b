"""The patient as the rules see them: a pseudonym, a group, what must be avoided and what is needed (domain.md 4.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from blood.antigens import AntigenError, antigen_name
from blood.groups import BloodGroup
from blood.hla import HlaError, HlaType, platelet_antigen


class PatientError(ValueError):
    """An antibody or requirement that has no name here."""


class Requirement(StrEnum):
    """What a patient's components must be; to which families it applies is in the rules of compatibility."""

    IRRADIATED = "irradiated"
    LEUCOREDUCED = "leucoreduced"
    WASHED = "washed"
    VIRUS_INACTIVATED = "virus_inactivated"
    CMV_NEGATIVE = "cmv_negative"
    LOW_TITRE = "low_titre"
    HBS_NEGATIVE = "hbs_negative"
    HLA_MATCHED = "hla_matched"


class PatientClass(StrEnum):
    """What age and sex mean for RhD (domain.md 4.4); unknown is treated as the most vulnerable."""

    CHILD = "child"
    CHILDBEARING = "childbearing"
    OTHER = "other"
    UNKNOWN = "unknown"


class AboPhenotype(StrEnum):
    """Whether H is there at all: without it (Bombay, Oh) even group O red cells are incompatible."""

    ORDINARY = "ordinary"
    BOMBAY = "bombay"


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient under a pseudonym; ``group`` None: not known yet. Antibodies are names of antigens."""

    pseudonym: str
    group: BloodGroup | None = None
    antibodies: frozenset[str] = frozenset()
    platelet_antibodies: frozenset[str] = frozenset()
    requirements: frozenset[Requirement] = frozenset()
    hla: HlaType | None = None
    patient_class: PatientClass = PatientClass.UNKNOWN
    phenotype: AboPhenotype = AboPhenotype.ORDINARY


def read_antibodies(texts: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Sort written antibodies (`anti-K`, `Jka`, `HLA-A2`, `HPA-1a`) into those against red cells and platelets.

    Raises PatientError naming each that means nothing here: an antibody that is not understood is never left out.
    """
    red_cells, platelets, unknown = set(), set(), []
    for text in texts:
        try:
            red_cells.add(antigen_name(text))
        except AntigenError:
            try:
                platelets.add(platelet_antigen(text))
            except HlaError:
                unknown.append(text)
    if unknown:
        raise PatientError(f"No antigen is known here for {', '.join(repr(text) for text in unknown)}")
    return frozenset(red_cells), frozenset(platelets)


def read_requirements(texts: Iterable[str]) -> frozenset[Requirement]:
    """Requirements by name; raises PatientError naming each unknown one."""
    words = [text.strip() for text in texts]
    if unknown := [word for word in words if word not in set(Requirement)]:
        raise PatientError(f"{', '.join(unknown)} is no requirement; there is {', '.join(Requirement)}")
    return frozenset(Requirement(word) for word in words)
