"""HLA and HPA: the text that keeps a type, the grades of the published table, antibodies before any grade."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood import hla
from blood.antigens import Result
from blood.hla import HPA_ANTIGENS, HlaError, HlaType, HpaTyped, platelet_antigen
from blood.hla_match import (
    CregError,
    Grade,
    LocusMatch,
    grade_of,
    load_cross_reaction,
    match_of,
    parse_cross_reaction,
    ranking_key,
)

REACTION = load_cross_reaction()
PATIENT = hla.read("A1,2 B7,8")


def typed(text: str) -> HlaType:
    found = hla.read(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("A2,24 B8,27", "A2,24 B8,27"),
        ("A24,2 B27,8", "A2,24 B8,27"),
        ("A2,- B7,-", "A2,- B7,-"),
        ("A2 B7", "A2,- B7,-"),
        ("A2,2 B7,7", "A2,2 B7,7"),
        ("A203,2403 B703,5102", "A2,24 B7,51"),
        ("A02,24 B08", "A2,24 B8,-"),
        ("HPA-5b- HPA-1a+ HPA-1b-", "HPA-1a+ HPA-1b- HPA-5b-"),
        ("B8,27", "B8,27"),
    ],
)
def test_a_type_has_one_text(text: str, written: str) -> None:
    assert hla.write(hla.read(text)) == written
    assert hla.write(hla.read(written)) == written


@pytest.mark.parametrize("text", [None, "", "   "])
def test_no_text_is_no_type(text: str | None) -> None:
    assert hla.read(text) is None
    assert hla.write(None) is None


@pytest.mark.parametrize(
    "text", ["A*02:01", "C7", "A2,24,25", "A2 A24", "HPA-9a+", "HPA-1a", "HPA-1a+ HPA-1a-", "A0", "A2,x", "DR4"]
)
def test_what_is_no_type_is_refused_by_the_word(text: str) -> None:
    with pytest.raises(HlaError):
        hla.read(text)


def antigens(locus: str) -> st.SearchStrategy[tuple[str, ...]]:
    numbers = st.lists(st.integers(1, 90), max_size=2).map(sorted)
    return numbers.map(lambda found: tuple(f"{locus}{number}" for number in found))


hpa = st.dictionaries(st.sampled_from(HPA_ANTIGENS), st.sampled_from(Result)).map(
    lambda found: tuple(HpaTyped(name, found[name]) for name in HPA_ANTIGENS if name in found)
)


@given(antigens("A"), antigens("B"), hpa)
def test_every_type_comes_back_from_its_text(a: tuple[str, ...], b: tuple[str, ...], platelet: tuple[HpaTyped]) -> None:
    whole = HlaType(a, b, platelet)
    assert (hla.read(hla.write(whole)) or HlaType()) == whole


# The grades of the table for a patient A1,2 B7,8. Cousins: A3, A11 of A1; A24, A68 of A2; B27, B42 of B7 and B8.
@pytest.mark.parametrize(
    ("donor", "grade"),
    [
        ("A1,2 B7,8", Grade.A),
        ("A1,2 B7,7", Grade.A),
        ("A1,2 B7,-", Grade.B1U),
        ("A1,- B8,-", Grade.B2U),
        ("A1,2 B7,27", Grade.B1X),
        ("A1,3 B7,-", Grade.B2UX),
        ("A1,3 B7,27", Grade.B2X),
        ("A3,- B7,27", Grade.B3UX),
        ("A3,11 B7,27", Grade.B3X),
        ("A3,24 B27,42", Grade.B4X),
        ("A1,2 B7,15", Grade.C),
        ("A3,24 B7,15", Grade.C),
        ("A1,25 B7,15", Grade.D),
        ("A25,26 B15,15", Grade.D),
    ],
)
def test_the_grade_is_that_of_the_published_table(donor: str, grade: Grade) -> None:
    assert match_of(typed(donor), PATIENT, (), REACTION).grade is grade


def test_the_order_of_grades_is_that_of_the_reference() -> None:
    order = [Grade.A, Grade.B1U, Grade.B2U, Grade.B1X, Grade.B2UX, Grade.B2X, Grade.B3UX, Grade.B3X, Grade.B4X]
    assert sorted(Grade, key=lambda grade: grade.rank) == [*order, Grade.C, Grade.D]


@pytest.mark.parametrize("donor", ["A1,2", "B7,8", "HPA-1a+"])
def test_a_donor_who_is_not_typed_has_no_grade_and_is_not_usable(donor: str) -> None:
    match = match_of(typed(donor), PATIENT, (), REACTION)
    assert match.grade is None
    assert not match.usable


@pytest.mark.parametrize(
    ("donor", "antibodies", "excluded", "untested"),
    [
        ("A1,2 B7,8", {"A2"}, ("A2",), ()),
        ("A1,2 B7,8", {"A3"}, (), ()),
        ("A1,2 B7,8 HPA-1a+", {"HPA-1a"}, ("HPA-1a",), ()),
        ("A1,2 B7,8 HPA-1a-", {"HPA-1a"}, (), ()),
        ("A1,2 B7,8", {"HPA-1a"}, (), ("HPA-1a",)),
        ("B7,8", {"A2", "B7"}, ("B7",), ("A2",)),
        ("A1,2 B7,8", {"Bw6"}, ("Bw6",), ()),
        ("A1,24 B7,8", {"Bw4"}, ("Bw4",), ()),
        ("A1,2 B7,8", {"Bw4"}, (), ()),
    ],
)
def test_an_antibody_decides_before_any_grade(
    donor: str, antibodies: set[str], excluded: tuple[str, ...], untested: tuple[str, ...]
) -> None:
    match = match_of(typed(donor), PATIENT, antibodies, REACTION)
    assert (match.excluded_by, match.untested) == (excluded, untested)
    assert match.usable == (not excluded and not untested)


def test_candidates_rank_by_grade_then_platelet_antigens_then_abo() -> None:
    patient = typed("A1,2 B7,8 HPA-1a+ HPA-1b-")
    donors = {"A": "A1,2 B7,8 HPA-1a+", "A, 1b": "A1,2 B7,8 HPA-1b+", "B1X": "A1,2 B7,27", "C": "A1,2 B7,15"}
    ranked = sorted(donors, key=lambda name: ranking_key(match_of(typed(donors[name]), patient, (), REACTION)))
    assert ranked == ["A", "A, 1b", "B1X", "C"]
    same = match_of(typed("A1,2 B7,8"), patient, (), REACTION)
    assert ranking_key(same, 0) < ranking_key(same, 1)


@given(antigens("A"), antigens("B"))
def test_every_pair_of_types_has_a_grade_and_the_identical_one_no_mismatch(
    a: tuple[str, ...], b: tuple[str, ...]
) -> None:
    if a and b:
        match = match_of(HlaType(a, b), PATIENT, (), REACTION)
        assert match.grade is not None
        own = match_of(HlaType(a, b), HlaType(a, b), (), REACTION)
        assert own.grade in {Grade.A, Grade.B1U, Grade.B2U}
        assert own.mismatches == 0


def test_every_count_that_can_be_has_a_grade() -> None:
    counts = [LocusMatch(*numbers) for numbers in itertools.product(range(5), repeat=3) if 2 <= sum(numbers) <= 4]
    assert {grade_of(one) for one in counts} == set(Grade)


@pytest.mark.parametrize(
    ("text", "antigen"),
    [("anti-HLA-A2", "A2"), ("B57", "B57"), ("Bw4", "Bw4"), ("anti-HPA-1a", "HPA-1a"), ("A203", "A2"), ("B07", "B7")],
)
def test_an_antibody_names_its_antigen(text: str, antigen: str) -> None:
    assert platelet_antigen(text) == antigen


@pytest.mark.parametrize("text", ["HPA-9b", "A*02:01", "Cw4", "K", ""])
def test_an_antibody_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(HlaError):
        platelet_antigen(text)


CREG = 'version = 1\nsource = "s"\nstatus = "S"\n[creg]\nA1 = ["A1", "A3"]\n[epitope]\nBw4 = ["B13"]\n'


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (CREG.replace('["A1", "A3"]', '["A1"]'), "fewer than two"),
        (CREG.replace('source = "s"\n', ""), "source is missing"),
        (CREG.replace('"S"', '"sure"'), "status 'sure'"),
        (CREG.replace("[epitope]", "[epitopes]"), "epitopes is unknown"),
        (CREG.replace("version = 1", 'version = "one"'), "whole number"),
    ],
)
def test_a_broken_creg_file_is_refused_by_name(broken: str, named: str) -> None:
    parse_cross_reaction(CREG)
    with pytest.raises(CregError, match=named):
        parse_cross_reaction(broken)
