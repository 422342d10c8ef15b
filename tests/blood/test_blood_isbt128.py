"""ISBT 128 identifiers: vectors that nobody here wrote, and properties."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.isbt128 import (
    BagId,
    ScanError,
    check_character,
    parse_bag_id,
    parse_bag_scan,
    parse_din_scan,
    parse_product_scan,
)

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "isbt128-vectors" / "vectors.tsv"
PUBLISHED = {  # domain.md 3.4: DIN, check character, type-3 flag
    "G123417654321": ("A", "70"),
    "G123498654321": ("H", "77"),
    "A999921123456": ("3", "63"),
    "W000009123456": ("G", "76"),
    "A999917345628": ("*", "96"),
    "A999917345658": ("O", "84"),
}
ALPHABET = "ABCDEFGHIJKLMNPQRSTUVWXYZ123456789"
dins = st.builds(
    lambda first, facility, year, number: f"{first}{facility}{year:02d}{number:06d}",
    st.sampled_from(ALPHABET),
    st.integers(0, 9999).map(lambda n: f"{n:04d}"),
    st.integers(0, 99),
    st.integers(0, 999_999),
)


@pytest.mark.parametrize(("din", "expected"), list(PUBLISHED.items()))
def test_published_check_characters(din: str, expected: tuple[str, str]) -> None:
    character, flag = expected
    assert check_character(din) == character
    assert parse_din_scan(f"={din}{flag}") == din


def test_published_vector_file() -> None:
    if not VECTORS.is_file():
        pytest.skip("the shared ISBT 128 vectors are not beside this checkout")
    rows = [line.split("\t") for line in VECTORS.read_text(encoding="utf-8").splitlines()[1:]]
    characters = [(given, expected) for kind, given, expected, _ in rows if kind == "din_check_char"]
    flags = [(given, expected) for kind, given, expected, _ in rows if kind == "din_type3_flag"]
    assert characters
    assert flags
    for din, character in characters:
        assert check_character(din) == character
    for din, flag in flags:
        assert parse_din_scan(f"={din}{flag}") == din


@given(dins)
def test_a_keyed_din_with_its_check_character_is_read_back(din: str) -> None:
    assert parse_din_scan(f"{din[:5]} {din[5:7]} {din[7:]} {check_character(din)}") == din


@given(dins, st.integers(0, 12), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_caught_by_the_check_character(din: str, position: int, digit: str) -> None:
    if din[position] == digit or not din[position].isdigit():
        return
    wrong = din[:position] + digit + din[position + 1 :]
    with pytest.raises(ScanError):
        parse_din_scan(wrong + check_character(din))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=G12341765432171", "din.check"),
        ("=G123417654321", "din.length"),
        ("=O12341765432100", "scan.identifier"),
        ("=G1234176543", "din.length"),
        ("G123417654321B", "din.check"),
        ("", "din.length"),
        ("=%6200", "din.structure"),
    ],
)
def test_a_bad_din_scan_names_its_fault(text: str, code: str) -> None:
    with pytest.raises(ScanError) as raised:
        parse_din_scan(text)
    assert raised.value.code == code


def test_both_bar_codes_of_a_label_make_one_bag() -> None:
    bag = parse_bag_scan("]C4=G12341765432170", "]C4=<E0398V00")
    assert bag == BagId("G123417654321", "E0398V00")
    assert parse_bag_id(str(bag)) == bag


@pytest.mark.parametrize("text", ["=<E0398V0", "=<e0398V00", "=<E0398V0A", "E0398V0 "])
def test_a_bad_product_scan_is_refused(text: str) -> None:
    with pytest.raises(ScanError):
        parse_product_scan(text)


@given(st.text(max_size=40))
def test_any_text_is_a_bag_id_or_a_scan_error(text: str) -> None:
    with contextlib.suppress(ScanError):
        assert str(parse_bag_id(text)) == text
