"""The grades of all donors at once are the grades of `blood.hla_match`, donor by donor."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from blood.antigens import Result
from blood.groups import BloodGroup
from blood.hla import HPA_ANTIGENS, HlaType, HpaTyped, hla_type, read, write
from blood.hla_match import Grade, load_cross_reaction, match_of
from wms.registries.index import UNTYPED, DonorArrays, arrays_of, graded, merged, row_of
from wms.registries.model import DonorState

REACTION = load_cross_reaction()
_KNOWN = sorted({*REACTION.cousins, *(one for names in REACTION.epitopes.values() for one in names), "A9", "B99"})
A = [name for name in _KNOWN if name.startswith("A")]
B = [name for name in _KNOWN if name.startswith("B")]


def locus(names: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    pairs = st.lists(st.sampled_from(names), min_size=0, max_size=2)
    return pairs.map(lambda pair: tuple(sorted(pair, key=lambda name: int(name[1:]))))


types = st.builds(
    lambda a, b, hpa: hla_type(a, b, [HpaTyped(name, result) for name, result in hpa.items()]),
    locus(A),
    locus(B),
    st.dictionaries(st.sampled_from(HPA_ANTIGENS), st.sampled_from(list(Result)), max_size=4),
)
antibodies = st.sets(st.sampled_from([*A, *B, "Bw4", "Bw6", *HPA_ANTIGENS]), max_size=3)


@settings(max_examples=300, deadline=None)
@given(st.lists(types, min_size=1, max_size=12), types, antibodies)
def test_every_row_is_graded_as_the_pure_function_grades_it(
    donors: list[HlaType], patient: HlaType, against: set[str]
) -> None:
    rows = [row_of(f"D{n}", typed, BloodGroup.O_POS, DonorState.ACTIVE, None) for n, typed in enumerate(donors)]
    found = graded(arrays_of(rows), patient, against, REACTION)
    for place, typed in enumerate(donors):
        match = match_of(typed, patient, against, REACTION)
        assert found.rank[place] == (UNTYPED if match.grade is None else match.grade.rank), (typed, patient)
        assert found.mismatches[place] == match.mismatches
        assert found.hpa_mismatches[place] == match.hpa_mismatches
        assert bool(found.excluded[place]) == bool(match.excluded_by), (typed, against)
        assert bool(found.untested[place]) == bool(match.untested), (typed, against)


@given(types)
def test_a_type_survives_the_way_through_the_table(typed: HlaType) -> None:
    text = write(typed)
    known = read(text) or HlaType()
    assert write(known) == text
    one = row_of("D1", known, None, DonorState.ACTIVE, 5)
    assert (one.group, one.last_us) == (-1, 5)


def test_the_order_of_the_ranks_is_the_order_of_the_grades() -> None:
    assert [grade.rank for grade in Grade] == list(range(len(Grade)))


def test_an_empty_registry_is_searched_without_a_fault() -> None:
    found = graded(arrays_of([]), read("A2,24 B8,7") or HlaType(), {"A1", "HPA-1a"}, REACTION)
    assert isinstance(found.rank, np.ndarray)
    assert len(found.rank) == 0


def listed(donors: DonorArrays) -> list[tuple[str, ...]]:
    columns = (donors.antigens, donors.hpa_positive, donors.hpa_tested, donors.group, donors.active, donors.last_us)
    return [(name, *(str(column[place]) for column in columns)) for place, name in enumerate(donors.names)]


@given(st.lists(st.lists(st.tuples(st.integers(0, 12), types, st.integers(0, 9)), max_size=6), max_size=4))
def test_a_registry_that_changed_in_steps_is_the_one_read_at_once(steps: list[list[tuple[int, HlaType, int]]]) -> None:
    whole, arrays = {}, arrays_of([])
    for step in steps:
        rows = {
            f"D-{number}": row_of(f"D-{number}", typed, None, DonorState.ACTIVE, last) for number, typed, last in step
        }
        whole |= rows
        arrays = merged(arrays, list(rows.values()))
    assert listed(arrays) == listed(arrays_of([whole[name] for name in sorted(whole)]))
