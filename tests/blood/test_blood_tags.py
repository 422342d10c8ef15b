"""What is written on a tag is read back, and nothing else is taken for a bag."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.isbt128 import BagId, ScanError, parse_bag_id
from blood.tags import bag_of, epc_of


@given(st.integers(0, 999_999), st.sampled_from(["D0001V00", "D0002V00", "E0398VA0", "D0003VB0"]))
def test_a_tag_names_the_bag_it_was_written_for(number: int, product: str) -> None:
    bag = BagId(f"A999926{number:06d}", product)
    epc = epc_of(bag)
    assert len(epc) == 32
    assert bag_of(epc) == bag


def test_a_lower_case_division_is_refused_because_two_bags_would_share_a_tag() -> None:
    with pytest.raises(ScanError, match="division"):
        epc_of(parse_bag_id("A999926000001-E0398VAa"))


@given(st.binary(min_size=0, max_size=20))
def test_random_tags_are_refused_or_read_back_to_the_same_bytes(raw: bytes) -> None:
    try:
        bag = bag_of(raw.hex())
    except ScanError:
        return
    assert epc_of(bag) == raw.hex()


def test_a_tag_that_is_not_hex_is_named() -> None:
    with pytest.raises(ScanError) as raised:
        bag_of("xyz")
    assert raised.value.code == "tag.hex"
