"""What a code of a typing says comes back; typings that contradict each other are named, never overwritten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood import antigens, hla
from blood.antigens import RED_CELL_ANTIGENS, Result, Typed, TypingEvidence, antigen_set
from blood.isbt128.walk import parse
from blood.typing import NOT_TYPED, Typing, TypingError, join, typing_of


def typed(text: str) -> Typing:
    (element,) = parse(text)
    return typing_of(element)


@pytest.mark.parametrize(
    ("content", "written"),
    [
        ("880000008700000000", "C- c+ E- e+ K+ k+ Fya+ Fyb+ Jka+ Jkb-"),
        ("679999999999999900", "C+ c- E- e+ K+ k-"),
        ("999999999999999996", "HbS-"),
    ],
)
def test_red_cell_codes_of_the_standard(content, written):
    found = typed("=\\" + content)
    said = {(one.antigen, one.result) for one in antigens.read(written).typed}
    assert said == {(one.antigen, one.result) for one in found.antigens.typed}
    assert found.hla is None


def test_cmv_antibody_negative():
    found = typed("=\\999999999999999100")
    assert (found.cmv_antibody, found.antigens) == (Result.NEGATIVE, antigens.UNTESTED)


@pytest.mark.parametrize(
    ("content", "written", "low"),
    [
        ("029907999999999900", "A2,- B7,-", False),
        ("020207079999999900", "A2,2 B7,7", False),
        ("022408279999999900", "A2,24 B8,27", False),
        ("999999993999999900", "HPA-1a-", False),
        ("029907999999999901", "A2,- B7,-", True),
    ],
)
def test_platelet_codes_of_the_standard(content, written, low):
    found = typed("&{" + content)
    assert (hla.write(found.hla), found.is_low_titre) == (written, low)


def test_iga_has_no_column_and_is_kept_in_words():
    found = typed("&{999999999999999400")
    assert (found.cmv_antibody, found.unnamed) == (Result.NEGATIVE, ("IgA-",))


def test_history_says_whose_blood_was_typed():
    found = typed("&%003" + "0060010301" + "0080010304" + "0090010106")
    assert antigens.write(found.antigens) == "K- Fya-h Jka-u"


def test_a_donation_number_is_no_typing():
    with pytest.raises(TypingError):
        typed("=A99992612345600")


RED_CELLS = st.dictionaries(
    st.sampled_from(RED_CELL_ANTIGENS), st.tuples(st.sampled_from(Result), st.sampled_from(TypingEvidence))
).map(lambda found: Typing(antigen_set(Typed(name, *said) for name, said in found.items())))


@given(RED_CELLS, RED_CELLS)
def test_joining_loses_only_what_is_named_as_contradicted(known, new):
    joined = join(known, new)
    for name in RED_CELL_ANTIGENS:
        said = {one.result for typing in (known, new) if (one := typing.antigens.of(name)) is not None}
        result = joined.typing.antigens.of(name)
        assert (set() if result is None else {result.result}) == (said if len(said) == 1 else set())
        assert any(text.startswith(f"{name} is") for text in joined.contradictions) is (len(said) == 2)


@given(RED_CELLS)
def test_the_same_again_and_nothing_change_nothing(typing):
    assert join(typing, typing).typing == join(NOT_TYPED, typing).typing == typing


def test_agreement_strengthens_and_hla_contradictions_are_named():
    known, new = typed("&%0010060010302"), typed("&%0010060010301")
    assert antigens.write(join(known, new).typing.antigens) == "K-"
    one, twice, other = (typed("&{" + text + "9999999900") for text in ("02990799", "02020799", "02240799"))
    assert hla.write(join(one, twice).typing.hla) == "A2,2 B7,-"
    assert hla.write(join(one, other).typing.hla) == "B7,-"
    assert join(one, other).contradictions == ("HLA-A is A2 A24, it was A2",)
