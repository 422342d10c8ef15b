"""What may stand for a patient: never a name, never an identity number."""

from __future__ import annotations

import pytest

from wms.errors import Invalid
from wms.hospitals.pseudonyms import pseudonym_of


@pytest.mark.parametrize("text", ["PAT-00042", "h1-7f3a9", "P12", "A-0001-B2", "7F3A9C01E2", "D12345678", "CASE-9-1"])
def test_a_pseudonym_is_taken_and_written_in_capitals(text: str) -> None:
    assert pseudonym_of(text) == text.upper()


@pytest.mark.parametrize(
    "text",
    [
        "王伟",  # a name
        "WANG-WEI",
        "WANG WEI",
        "ZHANG3",
        "LI-WEI-1",
        "MULLER-7",
        "110101199003074514",  # an identity number
        "11010119900307451X",
        "13800138000",  # a telephone number
        "P-19900307",  # a date of birth
        "19900307",
        "PAT",
        "P-",
        "",
        "P1",
        "PAT_1",
        "P" + "1" * 32,
    ],
)
def test_what_looks_like_a_person_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        pseudonym_of(text)
    assert refusal.value.code == "patient.pseudonym"


def test_the_field_is_named_in_the_code() -> None:
    with pytest.raises(Invalid) as refusal:
        pseudonym_of("Anna", "donor")
    assert refusal.value.code == "donor.pseudonym"
