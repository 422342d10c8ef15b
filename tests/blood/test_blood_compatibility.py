"""Compatibility against an oracle of antigens and antibodies, written without the tables."""

from __future__ import annotations

import itertools

import pytest

from blood.compatibility import compatible, preference
from blood.components import Family
from blood.groups import BloodGroup

GROUPS = list(BloodGroup)
PAIRS = list(itertools.product(GROUPS, GROUPS))


def antigens(group: BloodGroup) -> set[str]:
    return set(group.abo.replace("O", ""))


@pytest.mark.parametrize(("bag", "patient"), PAIRS)
def test_red_cells_bring_no_antigen_the_patient_lacks(bag: BloodGroup, patient: BloodGroup) -> None:
    safe = antigens(bag) <= antigens(patient) and (patient.rhd_positive or not bag.rhd_positive)
    assert compatible(Family.RED_CELLS, bag, patient) == safe


@pytest.mark.parametrize(("bag", "patient"), PAIRS)
def test_plasma_brings_no_antibody_against_the_patient(bag: BloodGroup, patient: BloodGroup) -> None:
    antibodies = {"A", "B"} - antigens(bag)
    assert compatible(Family.PLASMA, bag, patient) == (not antibodies & antigens(patient))


@pytest.mark.parametrize(("bag", "patient"), PAIRS)
def test_whole_blood_is_abo_identical_and_never_rhd_positive_to_negative(bag: BloodGroup, patient: BloodGroup) -> None:
    safe = bag.abo == patient.abo and (patient.rhd_positive or not bag.rhd_positive)
    assert compatible(Family.WHOLE_BLOOD, bag, patient) == safe


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("patient", GROUPS)
def test_the_identical_group_comes_first_and_nothing_twice(family: Family, patient: BloodGroup) -> None:
    order = preference(family, patient)
    assert order[0] == patient
    assert len(set(order)) == len(order)


@pytest.mark.parametrize("patient", [group for group in GROUPS if group.abo != "O"])
def test_group_o_plasma_goes_to_group_o_only(patient: BloodGroup) -> None:
    assert not any(compatible(Family.PLASMA, BloodGroup("O" + sign), patient) for sign in "+-")


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
