"""Antigens, attributes and patients: texts come back, nothing unknown is left out; rules of special patients."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood import antigens, attributes, hla
from blood.antigens import RED_CELL_ANTIGENS, AntigenError, Result, Typed, TypingEvidence, antigen_name, antigen_set
from blood.attributes import Attribute, UnknownAttributeError
from blood.components import Family
from blood.eligibility import (
    Act,
    BagFacts,
    BagStatus,
    Crossmatch,
    CrossmatchResult,
    Custody,
    Purpose,
    Reason,
    ReasonCode,
    Zone,
    eligibility,
)
from blood.groups import BloodGroup
from blood.patients import (
    AboPhenotype,
    Patient,
    PatientClass,
    PatientError,
    Requirement,
    read_antibodies,
    read_requirements,
)

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=UTC)
BAG = BagFacts(
    bag="A999926000001-D0002V00",
    status=BagStatus.RECEIVED,
    component="RBC_S",
    family=Family.RED_CELLS,
    group=BloodGroup.O_NEG,
    expires_at=NOW + timedelta(days=10),
    zone=Zone.NONE,
    tests_negative=True,
    labelled=True,
    custody=Custody.HOSPITAL,
    hospital="h1",
    crossmatches=(Crossmatch("P-1", CrossmatchResult.COMPATIBLE),),
)


def issue(bag: BagFacts, patient: Patient, *, emergency: bool = False) -> list[Reason]:
    return eligibility(bag, Purpose(Act.ISSUE, patient=patient, hospital="h1", emergency=emergency), NOW)


def codes(bag: BagFacts, patient: Patient, *, emergency: bool = False) -> list[str]:
    return [reason.code.value for reason in issue(bag, patient, emergency=emergency)]


typings = st.dictionaries(
    st.sampled_from(RED_CELL_ANTIGENS), st.tuples(st.sampled_from(Result), st.sampled_from(TypingEvidence))
)


@given(typings)
def test_every_typing_comes_back_from_its_text(found: dict[str, tuple[Result, TypingEvidence]]) -> None:
    whole = antigen_set(Typed(name, *what) for name, what in found.items())
    assert antigens.read(antigens.write(whole)) == whole


def test_typings_have_one_text_in_the_order_of_the_systems() -> None:
    assert antigens.write(antigens.read("Jk(a)+ K-h c- C+u")) == "C+u c- K-h Jka+"
    assert antigens.write(antigens.read("")) is None


@pytest.mark.parametrize("text", ["K", "K++", "Q-", "K- K+", "K-x", "Mur- Mia+"])
def test_a_typing_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(AntigenError):
        antigens.read(text)


@pytest.mark.parametrize(
    ("text", "name"), [("anti-Fy(a)", "Fya"), ("Jkᵃ", "Jka"), ("Mur", "Mia"), ("Mi(a)", "Mia"), (" K ", "K")]
)
def test_antigens_are_known_however_they_are_spelt(text: str, name: str) -> None:
    assert antigen_name(text) == name


@given(st.frozensets(st.sampled_from(Attribute)))
def test_attributes_come_back_from_their_text(found: frozenset[Attribute]) -> None:
    assert attributes.read(attributes.write(found)) == found


def test_an_unknown_attribute_is_refused_by_name() -> None:
    with pytest.raises(UnknownAttributeError, match="golden"):
        attributes.read("irradiated,golden")


def test_antibodies_are_sorted_and_none_is_left_out() -> None:
    assert read_antibodies(["anti-K", "Jka", "HLA-A2", "anti-HPA-1a"]) == ({"K", "Jka"}, {"A2", "HPA-1a"})
    with pytest.raises(PatientError, match="'anti-Zed', 'Q'"):
        read_antibodies(["anti-K", "anti-Zed", "Q"])
    assert read_requirements(["irradiated"]) == {Requirement.IRRADIATED}
    with pytest.raises(PatientError, match="golden"):
        read_requirements(["irradiated", "golden"])


WOMAN = Patient("P-1", BloodGroup.A_NEG, patient_class=PatientClass.CHILDBEARING)
MAN = Patient("P-1", BloodGroup.A_NEG, patient_class=PatientClass.OTHER)
O_POS = replace(BAG, group=BloodGroup.O_POS)
UNMATCHED = replace(BAG, crossmatches=())


def test_an_emergency_needs_no_crossmatch_but_never_passes_an_incompatible_one() -> None:
    assert codes(UNMATCHED, WOMAN) == ["crossmatch"]
    assert codes(UNMATCHED, WOMAN, emergency=True) == []
    failed = replace(BAG, crossmatches=(Crossmatch("P-1", CrossmatchResult.INCOMPATIBLE),))
    assert codes(failed, WOMAN, emergency=True) == ["crossmatch"]


def test_an_emergency_waives_no_hold_recall_expiry_antibody_or_requirement() -> None:
    k = replace(WOMAN, antibodies=frozenset({"K"}), requirements=frozenset({Requirement.CMV_NEGATIVE}))
    spoilt = replace(UNMATCHED, open_holds=("heat",), recalls=("r1",), expires_at=NOW)
    assert codes(spoilt, k, emergency=True) == ["hold", "recall", "expired", "antigen", "requirement"]


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (PatientClass.OTHER, True),
        (PatientClass.CHILD, False),
        (PatientClass.CHILDBEARING, False),
        (PatientClass.UNKNOWN, False),
    ],
)
def test_rhd_positive_group_o_is_for_emergencies_of_those_who_need_no_protection(
    who: PatientClass, allowed: bool
) -> None:
    for group in (None, BloodGroup.A_NEG):
        patient = Patient("P-1", group, patient_class=who)
        assert (issue(replace(O_POS, crossmatches=()), patient, emergency=True) == []) == allowed
        assert codes(O_POS, patient) == ["incompatible"]


def test_anti_d_forbids_rhd_positive_blood_also_in_an_emergency() -> None:
    assert codes(O_POS, replace(MAN, antibodies=frozenset({"D"})), emergency=True) == ["antigen"]
    assert codes(BAG, replace(MAN, antibodies=frozenset({"D"}))) == []
    weak = replace(BAG, antigens=antigens.read("D+"))
    assert codes(weak, replace(MAN, antibodies=frozenset({"D"}))) == ["antigen"]


def test_uncrossmatched_blood_for_the_protected_is_k_negative_where_policy_says_so() -> None:
    uk = replace(UNMATCHED, policy="uk")
    assert codes(uk, WOMAN, emergency=True) == ["antigen"]
    assert codes(replace(uk, antigens=antigens.read("K-")), WOMAN, emergency=True) == []
    assert codes(uk, MAN, emergency=True) == []
    assert codes(UNMATCHED, WOMAN, emergency=True) == []


def test_an_antigen_that_rarely_matters_may_be_untested_but_never_positive() -> None:
    lewis = replace(WOMAN, antibodies=frozenset({"Lea"}))
    assert codes(BAG, lewis) == []
    assert codes(replace(BAG, antigens=antigens.read("Lea+")), lewis) == ["antigen"]


def test_plasma_is_not_asked_for_red_cell_antigens_or_irradiation() -> None:
    plasma = replace(BAG, family=Family.PLASMA, component="FFP", group=BloodGroup.AB_POS)
    patient = replace(WOMAN, antibodies=frozenset({"K", "D"}), requirements=frozenset({Requirement.IRRADIATED}))
    assert codes(replace(plasma, crossmatches=()), patient) == []


BOMBAY = Patient("P-1", BloodGroup.O_NEG, phenotype=AboPhenotype.BOMBAY)
WITHOUT_H = replace(BAG, antigens=antigens.read("H-"))


def test_a_bombay_patient_gets_red_cells_without_h_only() -> None:
    assert codes(BAG, BOMBAY) == ["incompatible"]
    assert codes(WITHOUT_H, BOMBAY) == []
    assert codes(replace(BAG, crossmatches=()), BOMBAY, emergency=True) == ["incompatible"]


def test_plasma_of_a_donor_without_h_is_for_bombay_patients_only() -> None:
    plasma = replace(WITHOUT_H, family=Family.PLASMA, component="FFP")
    assert codes(plasma, replace(BOMBAY, phenotype=AboPhenotype.ORDINARY)) == ["incompatible"]
    assert codes(plasma, BOMBAY) == []


PLATELETS = replace(
    BAG,
    family=Family.PLATELETS,
    component="PLT_A",
    group=BloodGroup.A_NEG,
    crossmatches=(),
    hla=hla.read("A1,2 B7,8 HPA-1a+ HPA-1b-"),
)


@pytest.mark.parametrize(
    ("patient", "wanted"),
    [
        (WOMAN, []),
        (replace(WOMAN, platelet_antibodies=frozenset({"A3"})), []),
        (replace(WOMAN, platelet_antibodies=frozenset({"A2"})), ["hla"]),
        (replace(WOMAN, platelet_antibodies=frozenset({"HPA-1a"})), ["hla"]),
        (replace(WOMAN, platelet_antibodies=frozenset({"HPA-1b"})), []),
        (replace(WOMAN, platelet_antibodies=frozenset({"HPA-5b"})), ["hla"]),
        (replace(WOMAN, requirements=frozenset({Requirement.HLA_MATCHED})), ["hla"]),
        (replace(WOMAN, requirements=frozenset({Requirement.HLA_MATCHED}), hla=hla.read("A1,2 B7,8")), []),
        (replace(WOMAN, requirements=frozenset({Requirement.HLA_MATCHED}), hla=hla.read("A1,2 B44,62")), ["hla"]),
    ],
)
def test_platelets_meet_no_antibody_and_are_matched_where_that_is_needed(patient: Patient, wanted: list[str]) -> None:
    assert codes(PLATELETS, patient) == wanted


def test_platelets_that_nobody_typed_are_refused_to_who_has_antibodies() -> None:
    untyped = replace(PLATELETS, hla=None)
    assert codes(untyped, replace(WOMAN, platelet_antibodies=frozenset({"A2"}))) == ["hla"]
    assert codes(untyped, WOMAN) == []


def test_an_incompatible_platelet_crossmatch_forbids_though_none_is_needed() -> None:
    failed = replace(PLATELETS, crossmatches=(Crossmatch("P-1", CrossmatchResult.INCOMPATIBLE),))
    assert codes(failed, WOMAN) == [ReasonCode.CROSSMATCH.value]


@pytest.mark.parametrize(
    ("requirement", "attribute"),
    [
        (Requirement.IRRADIATED, Attribute.IRRADIATED),
        (Requirement.LEUCOREDUCED, Attribute.LEUCOREDUCED),
        (Requirement.WASHED, Attribute.WASHED),
        (Requirement.CMV_NEGATIVE, Attribute.CMV_NEGATIVE),
    ],
)
def test_a_requirement_is_met_by_what_was_done_and_by_nothing_else(
    requirement: Requirement, attribute: Attribute
) -> None:
    patient = replace(WOMAN, requirements=frozenset({requirement}))
    others = frozenset(Attribute) - {attribute}
    assert codes(replace(BAG, attributes=others), patient) == ["requirement"]
    assert codes(replace(BAG, attributes=frozenset({attribute})), patient) == []


def test_hbs_negative_needs_a_typing() -> None:
    patient = replace(WOMAN, requirements=frozenset({Requirement.HBS_NEGATIVE}))
    assert codes(BAG, patient) == ["requirement"]
    assert codes(replace(BAG, antigens=antigens.read("HbS-")), patient) == []


def test_the_words_of_a_refusal_name_no_patient() -> None:
    own = replace(BAG, intended_for="P-9")
    patient = replace(WOMAN, antibodies=frozenset({"K"}))
    assert all("P-" not in reason.detail for reason in issue(own, patient))
