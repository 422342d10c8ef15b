"""Checks of the bag against who is to get it: whose it is, ABO/RhD, antibodies, requirements, HLA, crossmatch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from blood.antigens import Result
from blood.attributes import Attribute
from blood.compatibility import group_suits
from blood.compatibility_file import load_rules
from blood.components import Family
from blood.eligibility.facts import BagFacts, Crossmatch, Purpose
from blood.eligibility.vocabulary import CrossmatchResult, DonationType, Reason, ReasonCode
from blood.groups import BloodGroup
from blood.hla_match import load_cross_reaction, match_of
from blood.operations import OperationKind
from blood.patients import AboPhenotype, Patient, PatientClass, Requirement
from blood.policy import BiohazardRule, GroupQuestion, Policy

Reasons = Iterator[Reason]
_WITH_RED_CELLS: Final = frozenset({Family.RED_CELLS, Family.WHOLE_BLOOD})


def asking_patient(facts: BagFacts, purpose: Purpose) -> Patient | None:
    """Who is to get it: the patient of the purpose, else the one of the order line that holds it and asks."""
    own_line = purpose.order_line is not None and purpose.order_line == facts.order_line
    return facts.line_patient if purpose.patient is None and own_line else purpose.patient


def patient_named(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """The act is for a patient who is named."""
    del facts, at
    if purpose.patient is None:
        yield Reason(ReasonCode.PATIENT_MISSING, "name the patient")


def owner_known(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """An autologous, directed or biohazard unit is somebody's, and policy lets that person have it."""
    del purpose, at
    if facts.donation_type is DonationType.ALLOGENEIC:
        return
    if facts.donation_type is DonationType.BIOHAZARD and _policy(facts).biohazard is BiohazardRule.REFUSED:
        yield Reason(ReasonCode.DONATION_TYPE, "biohazard: given to nobody here")
    elif facts.intended_for is None:
        yield Reason(ReasonCode.DONATION_TYPE, f"{facts.donation_type.value}: nobody knows for whom")


def for_nobody_else(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """A unit that is meant for one patient goes to that patient only."""
    refused, patient = list(owner_known(facts, purpose, at)), asking_patient(facts, purpose)
    if refused:
        yield from refused
    elif facts.intended_for is not None and (patient is None or patient.pseudonym != facts.intended_for):
        whom = "one patient, who is not named" if patient is None else "another patient"
        if facts.donation_type is DonationType.ALLOGENEIC:
            yield Reason(ReasonCode.OTHER_PATIENT, f"it is kept for {whom}")
        else:
            yield Reason(ReasonCode.DONATION_TYPE, f"{facts.donation_type.value}: for {whom}")


def issued_to_patient(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """It was issued to this very patient."""
    del at
    if purpose.patient is not None and facts.issued_to != purpose.patient.pseudonym:
        yield Reason(ReasonCode.OTHER_PATIENT, "it was issued to another patient")


def poolable(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """What belongs to one patient is never mixed with the blood of others."""
    del at
    if purpose.operation is OperationKind.POOL:
        if facts.donation_type is not DonationType.ALLOGENEIC:
            yield Reason(ReasonCode.DONATION_TYPE, f"{facts.donation_type.value}: never pooled")
        elif facts.intended_for is not None:
            yield Reason(ReasonCode.OTHER_PATIENT, "it is kept for one patient and never pooled")


def compatible_group(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """ABO/RhD suits the line that asks and the patient; a patient of unknown group gets what suits everybody."""
    del at
    if facts.group is None:
        return
    patient = asking_patient(facts, purpose)
    asking: list[BloodGroup | None] = [] if purpose.recipient is None else [purpose.recipient]
    if patient is not None and patient.group not in asking:
        asking.append(patient.group)
    policy, low_titre = _policy(facts), Attribute.LOW_TITRE in facts.attributes
    known_class = PatientClass.UNKNOWN if patient is None else patient.patient_class
    for recipient in asking:
        question = GroupQuestion(recipient, known_class, purpose.emergency)
        if not group_suits(policy, facts.family, facts.group, low_titre, question):
            name = "an unknown group" if recipient is None else recipient.value
            yield Reason(ReasonCode.INCOMPATIBLE, f"{facts.group.value} for {name}")
    if asking:
        yield from _without_h(facts, patient)


def safe_for_patient(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """Nothing in it meets an antibody of the patient, and it is all that the patient needs."""
    del at
    patient = asking_patient(facts, purpose)
    if patient is not None:
        yield from _antibodies(facts, patient)
        yield from _requirements(facts, patient)
        yield from _platelet_antibodies(facts, patient)
        if purpose.emergency:
            yield from _k_negative(facts, patient)


def crossmatched(facts: BagFacts, purpose: Purpose, at: datetime) -> Reasons:
    """A crossmatch with this patient was compatible and still counts; in an emergency it may be missing."""
    if purpose.patient is None:
        return
    found = _crossmatch_of(facts, purpose.patient)
    if found is not None and found.result is CrossmatchResult.INCOMPATIBLE:
        yield Reason(ReasonCode.CROSSMATCH, "the crossmatch with this patient is incompatible")
    elif facts.family in _policy(facts).crossmatch and not purpose.emergency:
        if found is None or found.result is CrossmatchResult.PENDING:
            yield Reason(ReasonCode.CROSSMATCH, "it is not crossmatched with this patient")
        elif found.valid_until is not None and found.valid_until <= at:
            yield Reason(ReasonCode.CROSSMATCH, f"its crossmatch was valid until {found.valid_until.isoformat()}")


def _policy(facts: BagFacts) -> Policy:
    return load_rules().policies[facts.policy]


def _crossmatch_of(facts: BagFacts, patient: Patient) -> Crossmatch | None:
    return next((one for one in facts.crossmatches if one.patient == patient.pseudonym), None)


def _without_h(facts: BagFacts, patient: Patient | None) -> Reasons:
    """Red cells for a Bombay patient lack H; plasma of a donor without H carries anti-H, so only they may have it."""
    typed = facts.antigens.of("H")
    lacks_h = typed is not None and typed.result is Result.NEGATIVE
    bombay = patient is not None and patient.phenotype is AboPhenotype.BOMBAY
    if bombay and facts.family in _WITH_RED_CELLS and not lacks_h:
        yield Reason(ReasonCode.INCOMPATIBLE, "a Bombay patient gets red cells without H only")
    if lacks_h and not bombay and facts.family is not Family.RED_CELLS:
        yield Reason(ReasonCode.INCOMPATIBLE, "its plasma has anti-H")


def _antibodies(facts: BagFacts, patient: Patient) -> Reasons:
    for antigen in sorted(patient.antibodies):
        if antigen == "D" and facts.group is not None and facts.family in {*_WITH_RED_CELLS, Family.PLATELETS}:
            if facts.group.rhd_positive or _typed(facts, "D") is Result.POSITIVE:
                yield Reason(ReasonCode.ANTIGEN, "RhD-positive, and the patient has anti-D")
        elif facts.family in _WITH_RED_CELLS:
            yield from _antigen(facts, antigen)


def _antigen(facts: BagFacts, antigen: str) -> Reasons:
    rules, typed = load_rules(), facts.antigens.of(antigen)
    if typed is None:
        if antigen not in rules.untested_allowed:
            yield Reason(ReasonCode.ANTIGEN, f"not typed for {antigen}, and the patient has anti-{antigen}")
    elif typed.result is Result.POSITIVE:
        yield Reason(ReasonCode.ANTIGEN, f"{antigen}-positive, and the patient has anti-{antigen}")
    elif typed.evidence not in rules.accepted_evidence:
        yield Reason(ReasonCode.ANTIGEN, f"{antigen}-negative by an earlier donation only; confirm it on this one")


def _typed(facts: BagFacts, antigen: str) -> Result | None:
    typed = facts.antigens.of(antigen)
    return None if typed is None else typed.result


def _requirements(facts: BagFacts, patient: Patient) -> Reasons:
    rules = load_rules()
    for requirement in Requirement:
        if requirement not in patient.requirements or facts.family not in rules.required_of[requirement]:
            continue
        if requirement is Requirement.HLA_MATCHED:
            yield from _hla_grade(facts, patient)
        elif requirement is Requirement.HBS_NEGATIVE:
            if _typed(facts, "HbS") is not Result.NEGATIVE:
                yield Reason(ReasonCode.REQUIREMENT, requirement.value)
        elif Attribute(requirement.value) not in facts.attributes:
            yield Reason(ReasonCode.REQUIREMENT, requirement.value)


def _hla_grade(facts: BagFacts, patient: Patient) -> Reasons:
    match = None if facts.hla is None else match_of(facts.hla, patient.hla, (), load_cross_reaction())
    if match is None or match.grade is None:
        yield Reason(ReasonCode.HLA, "its HLA type or the patient's is not known")
    elif match.grade.rank > load_rules().worst_hla_grade.rank:
        yield Reason(ReasonCode.HLA, f"HLA match of grade {match.grade.value}")


def _platelet_antibodies(facts: BagFacts, patient: Patient) -> Reasons:
    if facts.family is not Family.PLATELETS or not patient.platelet_antibodies:
        return
    if facts.hla is None:
        yield Reason(ReasonCode.HLA, "not typed, and the patient has antibodies against platelets")
        return
    match = match_of(facts.hla, patient.hla, patient.platelet_antibodies, load_cross_reaction())
    for antigen in match.excluded_by:
        yield Reason(ReasonCode.HLA, f"{antigen}, against which the patient has antibodies")
    for antigen in match.untested:
        yield Reason(ReasonCode.HLA, f"not typed for {antigen}, and the patient has antibodies against it")


def _k_negative(facts: BagFacts, patient: Patient) -> Reasons:
    found = _crossmatch_of(facts, patient)
    matched = found is not None and found.result is CrossmatchResult.COMPATIBLE
    asked = patient.patient_class in _policy(facts).emergency.k_negative_for
    if asked and not matched and facts.family in _WITH_RED_CELLS and _typed(facts, "K") is not Result.NEGATIVE:
        yield Reason(ReasonCode.ANTIGEN, "not known K-negative, as uncrossmatched blood for this patient must be")
