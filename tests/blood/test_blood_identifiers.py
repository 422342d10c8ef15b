"""The schemes of a site's numbers: each reads its own labels and nothing of the other's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.identifiers import IDENTIFIERS, Identifiers, IdentifierScheme
from blood.isbt128 import BagId, ScanError

ISBT = IDENTIFIERS[IdentifierScheme.ISBT128]
CN = IDENTIFIERS[IdentifierScheme.CN_15_10]
DONATION, PRODUCT = "310112600012345", "A2B3C40010"
UPPER_DIGIT = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def fault(identifiers: Identifiers, text: str) -> tuple[str, int]:
    with pytest.raises(ScanError) as raised:
        identifiers.read(text)
    return raised.value.code, raised.value.position


def test_every_scheme_is_there() -> None:
    assert {identifiers.scheme for identifiers in IDENTIFIERS.values()} == set(IdentifierScheme)


@pytest.mark.parametrize(
    ("text", "din", "product"),
    [
        ("A999926123456-E4306V00", "A999926123456", "E4306V00"),
        ("=A99992612345600", "A999926123456", None),
        ("a9999 26 123456 t", "A999926123456", None),
        (" A999926123456\n", "A999926123456", None),
        ("=<E4306V00", None, "E4306V00"),
        ("E4306V00", None, "E4306V00"),
        ("]C4=<E4306V00&>0260592359", None, "E4306V00"),
        ("]d1=+04000=A99992612345600=%5100=<E4306V00&>0260592359", "A999926123456", "E4306V00"),
    ],
)
def test_any_code_of_an_isbt_label_says_what_it_says(text: str, din: str | None, product: str | None) -> None:
    assert ISBT.read(text) == (din, product)


def test_an_isbt_code_that_names_no_bag_is_refused() -> None:
    assert fault(ISBT, "=%5100") == ("label.neither", 0)
    assert fault(ISBT, DONATION) == ("din.length", 14)


@pytest.mark.parametrize(
    ("text", "din", "product"),
    [
        (DONATION, DONATION, None),
        (f"]C0{DONATION}\r\n", DONATION, None),
        (PRODUCT, None, PRODUCT),
        (DONATION + PRODUCT, DONATION, PRODUCT),
        (f"{DONATION}-{PRODUCT}", DONATION, PRODUCT),
    ],
)
def test_any_code_of_a_chinese_label_says_what_it_says(text: str, din: str | None, product: str | None) -> None:
    assert CN.read(text) == (din, product)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("din.length", 0)),
        ("31011260001234", ("din.length", 14)),
        ("3101126000123456", ("din.length", 15)),
        ("3101126000１2345", ("din.characters", 10)),
        ("]C031011260001234a", ("din.characters", 17)),
        ("A2B3C4001a", ("product.characters", 9)),
        (f"{DONATION}-{PRODUCT[:-1]}", ("product.length", 25)),
        ("=A99992612345600", ("din.characters", 0)),
    ],
)
def test_what_is_no_chinese_code_is_refused_with_its_place(text: str, expected: tuple[str, int]) -> None:
    assert fault(CN, text) == expected


@given(st.text(alphabet=UPPER_DIGIT, min_size=15, max_size=15), st.text(alphabet=UPPER_DIGIT, min_size=10, max_size=10))
def test_a_chinese_bag_reads_back_from_id_label_and_tag(din: str, product: str) -> None:
    bag = BagId(din, product)
    assert CN.parse_bag_id(str(bag)) == bag
    assert CN.parse_bag_scan(CN.donation_code(din), CN.product_code(product)) == bag
    assert len(CN.epc_of(bag)) == 40
    assert CN.bag_of(CN.epc_of(bag)) == bag


def test_no_check_character_and_no_number_is_invented_for_the_chinese_codes() -> None:
    assert CN.check_character(DONATION) == ""
    with pytest.raises(ScanError) as raised:
        CN.donation_number("31011", 26, 1)
    assert raised.value.code == "din.scheme"


def test_isbt_numbers_are_made_with_facility_year_and_serial() -> None:
    assert ISBT.donation_number("A9999", 26, 950_000) == "A999926950000"
    assert ISBT.check_character("A999926123456") == "T"
    assert ISBT.parse_bag_scan(ISBT.donation_code("A999926123456"), ISBT.product_code("E4306V00")) == BagId(
        "A999926123456", "E4306V00"
    )


@given(
    st.text(max_size=30) | st.text(alphabet="=<&%-]C0A9E ", max_size=30), st.sampled_from(list(IDENTIFIERS.values()))
)
def test_any_text_is_read_or_refused(text: str, identifiers: Identifiers) -> None:
    try:
        din, product = identifiers.read(text)
    except ScanError:
        return
    assert din is not None or product is not None
