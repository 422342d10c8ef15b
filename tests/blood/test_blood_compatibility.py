"""Compatibility against an oracle of antigens and antibodies, written without the tables; policies row by row."""

from __future__ import annotations

import itertools
from importlib import resources

import pytest

from blood.compatibility import class_of, compatible, group_suits, preference
from blood.compatibility_file import RulesError, load_rules, parse_rules
from blood.components import Family
from blood.groups import BloodGroup
from blood.patients import PatientClass
from blood.policy import GroupQuestion

GROUPS = list(BloodGroup)
PAIRS = list(itertools.product(GROUPS, GROUPS))
POLICIES = load_rules().policies


def antigens(group: BloodGroup) -> set[str]:
    return set(group.abo.replace("O", ""))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("bag", "patient"), PAIRS)
def test_red_cells_bring_no_antigen_the_patient_lacks(bag: BloodGroup, patient: BloodGroup, policy: str) -> None:
    safe = antigens(bag) <= antigens(patient) and (patient.rhd_positive or not bag.rhd_positive)
    assert compatible(Family.RED_CELLS, bag, patient, policy) == safe


@pytest.mark.parametrize(("bag", "patient"), PAIRS)
def test_plasma_brings_no_antibody_against_the_patient(bag: BloodGroup, patient: BloodGroup) -> None:
    antibodies = {"A", "B"} - antigens(bag)
    assert compatible(Family.PLASMA, bag, patient) == (not antibodies & antigens(patient))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("bag", "patient"), PAIRS)
def test_whole_blood_is_abo_identical_and_never_rhd_positive_to_negative(
    bag: BloodGroup, patient: BloodGroup, policy: str
) -> None:
    safe = bag.abo == patient.abo and (patient.rhd_positive or not bag.rhd_positive)
    assert compatible(Family.WHOLE_BLOOD, bag, patient, policy) == safe


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("patient", GROUPS)
def test_the_identical_group_comes_first_and_nothing_twice(family: Family, patient: BloodGroup, policy: str) -> None:
    order = preference(family, patient, policy)
    assert order[0] == patient
    assert len(set(order)) == len(order)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("patient", [group for group in GROUPS if group.abo != "O"])
def test_group_o_plasma_goes_to_group_o_only(patient: BloodGroup, policy: str) -> None:
    for sign, low_titre, emergency in itertools.product("+-", (True, False), (True, False)):
        question = GroupQuestion(patient, emergency=emergency)
        assert not group_suits(POLICIES[policy], Family.PLASMA, BloodGroup("O" + sign), low_titre, question)


@pytest.mark.parametrize(("bag", "patient"), PAIRS)
def test_cryoprecipitate_follows_plasma_and_ignores_rhd(bag: BloodGroup, patient: BloodGroup) -> None:
    antibodies = {"A", "B"} - antigens(bag)
    assert compatible(Family.CRYO, bag, patient) == (not antibodies & antigens(patient))


@pytest.mark.parametrize(("bag", "patient"), PAIRS)
def test_platelets_come_from_the_first_two_choices_and_rhd_negative_patients_get_negative(
    bag: BloodGroup, patient: BloodGroup
) -> None:
    choices = {"O": {"O", "A", "B"}, "A": {"A", "AB"}, "B": {"B", "AB"}, "AB": {"AB", "A", "B"}}
    safe = bag.abo in choices[patient.abo] and (patient.rhd_positive or not bag.rhd_positive)
    assert compatible(Family.PLATELETS, bag, patient) == safe


# domain.md 4.2 again, as read: policy, family, patient's ABO, donor's ABO; without a titre | with one | in an emergency
CONDITIONS = [
    ("uk", Family.PLASMA, "A", "B", False, False, True),
    ("uk", Family.PLASMA, "A", "AB", True, True, True),
    ("uk", Family.PLASMA, "AB", "A", False, False, True),
    ("uk", Family.PLASMA, "O", "AB", False, False, False),
    ("uk", Family.CRYO, "B", "A", False, False, True),
    ("uk", Family.PLATELETS, "A", "O", False, True, True),
    ("uk", Family.PLATELETS, "A", "B", False, True, True),
    ("uk", Family.PLATELETS, "AB", "B", False, True, True),
    ("uk", Family.PLATELETS, "O", "A", True, True, True),
    ("uk", Family.PLATELETS, "O", "AB", False, False, False),
    ("lifeblood", Family.PLASMA, "AB", "A", True, True, True),
    ("lifeblood", Family.PLASMA, "A", "B", False, False, False),
    ("cn", Family.PLATELETS, "A", "O", False, False, False),
]


@pytest.mark.parametrize(("policy", "family", "patient", "bag", "plain", "titred", "urgent"), CONDITIONS)
def test_a_choice_with_a_condition_needs_it(
    policy: str, family: Family, patient: str, bag: str, plain: bool, titred: bool, urgent: bool
) -> None:
    rules, asked, group = POLICIES[policy], GroupQuestion(BloodGroup(patient + "+")), BloodGroup(bag + "+")
    emergency = GroupQuestion(BloodGroup(patient + "+"), emergency=True)
    assert group_suits(rules, family, group, False, asked) == plain
    assert group_suits(rules, family, group, True, asked) == titred
    assert group_suits(rules, family, group, True, emergency) == urgent


# Red cells: who asks, and whether O+ may be given in an emergency and otherwise (domain.md 4.1, 4.4).
@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("group", [None, BloodGroup.O_NEG, BloodGroup.AB_NEG])
@pytest.mark.parametrize("who", list(PatientClass))
def test_rhd_positive_red_cells_for_who_is_not_known_positive_are_for_emergencies_of_the_less_vulnerable(
    policy: str, group: BloodGroup | None, who: PatientClass
) -> None:
    for emergency in (True, False):
        question = GroupQuestion(group, who, emergency)
        given = group_suits(POLICIES[policy], Family.RED_CELLS, BloodGroup.O_POS, False, question)
        assert given == (emergency and who is PatientClass.OTHER)
        assert group_suits(POLICIES[policy], Family.RED_CELLS, BloodGroup.O_NEG, False, question)


@pytest.mark.parametrize("policy", POLICIES)
def test_an_unknown_patient_gets_group_o_red_cells_and_no_whole_blood(policy: str) -> None:
    for group, who in itertools.product(GROUPS, PatientClass):
        question = GroupQuestion(None, who, emergency=True)
        if group.abo != "O":
            assert not group_suits(POLICIES[policy], Family.RED_CELLS, group, True, question)
        assert not group_suits(POLICIES[policy], Family.WHOLE_BLOOD, group, True, question)


def test_unknown_patients_get_the_plasma_of_each_table() -> None:
    given = {
        policy: {
            group.abo
            for group in GROUPS
            if group_suits(POLICIES[policy], Family.PLASMA, group, False, GroupQuestion(None))
        }
        for policy in POLICIES
    }
    assert given == {"cn": {"AB"}, "us": {"AB"}, "lifeblood": {"AB"}, "uk": {"A"}}


def test_platelets_of_either_rhd_go_to_negative_patients_who_need_no_protection_where_policy_allows() -> None:
    question = GroupQuestion(BloodGroup.A_NEG, PatientClass.OTHER)
    assert group_suits(POLICIES["uk"], Family.PLATELETS, BloodGroup.A_POS, False, question)
    assert not group_suits(POLICIES["cn"], Family.PLATELETS, BloodGroup.A_POS, False, question)
    woman = GroupQuestion(BloodGroup.A_NEG, PatientClass.CHILDBEARING)
    assert not group_suits(POLICIES["uk"], Family.PLATELETS, BloodGroup.A_POS, False, woman)


@pytest.mark.parametrize(
    ("sex", "age", "who"),
    [
        ("female", 17, PatientClass.CHILD),
        ("male", 18, PatientClass.CHILD),
        ("male", 19, PatientClass.OTHER),
        ("female", 50, PatientClass.CHILDBEARING),
        ("female", 51, PatientClass.OTHER),
        (None, 30, PatientClass.UNKNOWN),
        (None, 60, PatientClass.OTHER),
        ("male", None, PatientClass.UNKNOWN),
    ],
)
def test_age_and_sex_make_the_class_and_what_is_not_known_makes_it_the_safer_one(
    sex: str | None, age: int | None, who: PatientClass
) -> None:
    assert class_of(POLICIES["uk"], sex, age) is who


@pytest.mark.parametrize(
    ("good", "bad", "named"),
    [
        ('A = ["A", "O"]', 'A = ["A", "Z"]', "'Z' is no ABO group"),
        ('A = ["A", "O"]', 'A = ["A", "A*"]', "A names a group twice"),
        ('B = ["B", "O"]\n', "", "B is missing"),
        ('plasma = "plasma_uk"', 'plasma = "plasma_mars"', "plasma_mars"),
        ('red_cells = "strict"', 'red_cells = "lenient"', "lenient"),
        ('biohazard = "refused"', 'biohazard = "perhaps"', "perhaps"),
        ('"childbearing", "unknown"], k_negative_for = []', '"everybody"], k_negative_for = []', "everybody"),
        ('source = "domain.md 4.1: Bombay only"', "", "source is missing"),
        ('worst_grade = "B2X"', 'worst_grade = "E"', "worst_grade 'E'"),
        ('"P1", "Lea"', '"P1", "Leq"', "'Leq' is no antigen"),
        ('accepted = ["current"', 'accepted = ["hearsay"', "hearsay"),
        ("version = 1", "version = 0", "version 0"),
        ("[requirement.low_titre]", "[requirement.lukewarm]", "lukewarm is unknown"),
        ("child_until_years = { value = 18,", "child_until_years = {", "needs a value, a source and a status"),
    ],
)
def test_a_broken_rule_is_refused_by_name(good: str, bad: str, named: str) -> None:
    text = (resources.files("blood") / "rules" / "compatibility.toml").read_text(encoding="utf-8")
    assert good in text
    with pytest.raises(RulesError, match=named):
        parse_rules(text.replace(good, bad))


def test_each_table_says_who_claims_it() -> None:
    rules = load_rules()
    said = [*rules.evidence.values(), *(one for policy in POLICIES.values() for one in policy.evidence.values())]
    assert all(one.source and one.status in {"V", "S", "unverified"} for one in said)
