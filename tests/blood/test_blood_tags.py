"""What is written on a tag is read back, and nothing else is taken for a bag."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.isbt128 import BagId, ScanError, parse_bag_id
from blood.tags import (
    ProtocolWord,
    bag_of,
    epc_of,
    long_uii,
    read_pc,
    read_user_memory,
    short_uii,
    tag_content,
    user_memory,
)

MESSAGE = "=+04000=A99992612345600=%5100=<E4306V00&>0260592359"
DIVISIONS = ["D0001V00", "D0002V00", "E0398VA0", "D0003VB0", "E0398VAa", "D0001VZz"]


@given(st.integers(0, 999_999), st.sampled_from(DIVISIONS))
def test_a_tag_names_the_bag_it_was_written_for(number: int, product: str) -> None:
    bag = BagId(f"A999926{number:06d}", product)
    assert bag_of(epc_of(bag)) == bag
    assert bag_of(long_uii(bag)) == bag


def test_the_short_form_is_eight_words_and_the_long_form_ten() -> None:
    upper, lower = parse_bag_id("A999926000001-E0398VA0"), parse_bag_id("A999926000001-E0398VAa")
    assert (len(short_uii(upper)), len(long_uii(upper))) == (32, 40)
    assert epc_of(upper) == short_uii(upper) == "859659652590410410465413658da140"
    assert epc_of(lower) == long_uii(lower)


def test_the_short_form_refuses_a_lower_case_division_because_two_bags_would_share_a_tag() -> None:
    with pytest.raises(ScanError) as raised:
        short_uii(parse_bag_id("A999926000001-E0398VAa"))
    assert raised.value.code == "tag.division"


@given(st.binary(min_size=0, max_size=22) | st.binary(min_size=16, max_size=16) | st.binary(min_size=20, max_size=20))
def test_random_tags_are_refused_or_read_back_to_the_same_bytes(raw: bytes) -> None:
    try:
        bag = bag_of(raw.hex())
    except ScanError:
        return
    assert raw.hex() in {epc_of(bag), long_uii(bag)}


@given(st.sampled_from(DIVISIONS), st.integers(0, 159))
def test_one_wrong_bit_names_another_bag_or_none(product: str, bit: int) -> None:
    bag = BagId("A999926000001", product)
    epc = epc_of(bag)
    wrong = f"{int(epc, 16) ^ (1 << bit % (len(epc) * 4)):0{len(epc)}x}"
    with contextlib.suppress(ScanError):
        assert bag_of(wrong) != bag


@pytest.mark.parametrize(
    ("epc", "code"),
    [
        ("xyz", "tag.hex"),
        ("", "tag.length"),
        ("00" * 12, "tag.length"),
        ("00" * 17, "tag.length"),
        ("ff" * 16, "tag.padding"),
        ("00" * 16, "din.characters"),
    ],
)
def test_a_tag_that_is_none_of_ours_is_named(epc: str, code: str) -> None:
    with pytest.raises(ScanError) as raised:
        bag_of(epc)
    assert raised.value.code == code


def test_without_an_afi_the_toggle_says_epc_and_no_attribute_is_set() -> None:
    bag = parse_bag_id("A999926123456-E4306V00")
    content = tag_content(epc_of(bag), MESSAGE, None)
    assert content.pc == 0b01000_1_0_0_00000000
    assert read_pc(content.pc) == ProtocolWord(words=8, has_user_memory=True, afi=None)


def test_a_registered_afi_stands_behind_the_toggle() -> None:
    uii = long_uii(parse_bag_id("A999926123456-E4306VAa"))
    content = tag_content(uii, None, 0xA1)
    assert content.pc == 0b01010_0_0_1_10100001
    assert read_pc(content.pc) == ProtocolWord(words=10, has_user_memory=False, afi=0xA1)
    assert content.user_memory == b""


@pytest.mark.parametrize("afi", [0, 256, -1])
def test_an_afi_that_is_none_is_refused(afi: int) -> None:
    with pytest.raises(ValueError, match="AFI"):
        tag_content("0" * 32, MESSAGE, afi)


def test_bank_11_carries_the_label_for_offline_reading() -> None:
    raw = tag_content("0" * 32, MESSAGE, None).user_memory
    assert len(raw) % 2 == 0
    assert [element.data_structure for element in read_user_memory(raw)] == [1, 2, 3, 5]
    assert "=+04000" + "".join(element.encode() for element in read_user_memory(raw)) == MESSAGE


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "scan.empty"),
        (b"\xff\xfe", "tag.user_memory"),
        (user_memory("=+01000=%5100"), "tag.user_memory"),
        (user_memory(MESSAGE)[:-2], "expiry.length"),
    ],
)
def test_bank_11_with_anything_else_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(ScanError) as raised:
        read_user_memory(raw)
    assert raised.value.code == code
