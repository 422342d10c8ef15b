"""Codes of a label: published examples, round trips, and nothing read that is not wholly there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blood.eligibility import DonationType
from blood.groups import BloodGroup
from blood.isbt128 import ScanError, parse_din_scan
from blood.label_codes import (
    compound_message,
    din_code,
    expiry_code,
    group_code,
    parse_compound,
    parse_expiry,
    parse_group,
    product_code,
)

USES = [DonationType.ALLOGENEIC, DonationType.DIRECTED, DonationType.AUTOLOGOUS]


def test_the_published_flag_of_a_donation_number() -> None:
    assert din_code("G123417654321") == "=G12341765432170"
    assert parse_din_scan(din_code("A999921123456")) == "A999921123456"


@pytest.mark.parametrize(
    ("group", "use", "code"),
    [
        ("A+", DonationType.ALLOGENEIC, "=%6200"),
        ("O+", DonationType.ALLOGENEIC, "=%5100"),
        ("O-", DonationType.ALLOGENEIC, "=%9500"),
        ("A-", DonationType.DIRECTED, "=%0200"),
        ("AB+", DonationType.AUTOLOGOUS, "=%8600"),
        ("B-", DonationType.BIOHAZARD, "=%Mb00"),
    ],
)
def test_published_group_codes(group: str, use: DonationType, code: str) -> None:
    assert group_code(BloodGroup(group), use) == code


@given(st.sampled_from(list(BloodGroup)), st.sampled_from(USES))
def test_a_group_code_reads_back(group: BloodGroup, use: DonationType) -> None:
    assert parse_group(group_code(group, use)) == (group, use)


@pytest.mark.parametrize("text", ["=%Mb00", "=%0000", "=%62", "=<D0002V00", "=%620000000000000000", ""])
def test_what_is_no_group_is_not_read_as_one(text: str) -> None:
    with pytest.raises(ScanError):
        parse_group(text)


def test_the_published_expiry() -> None:
    assert expiry_code(datetime(2026, 2, 28, 23, 59)) == "&>0260592359"  # noqa: DTZ001 - the code has no zone
    assert parse_expiry("&>0183652359") == datetime(2018, 12, 31, 23, 59)  # noqa: DTZ001 - the code has no zone


@given(st.integers(0, 900 * 365 * 24 * 60))
def test_an_expiry_reads_back_to_the_minute(minutes: int) -> None:
    at = datetime(2000, 1, 1) + timedelta(minutes=minutes)  # noqa: DTZ001 - the code has no zone
    assert parse_expiry(expiry_code(at)) == at


@pytest.mark.parametrize("text", ["&>0260002359", "&>0263662359", "&>0260592460", "&>026059", "=>026059", ""])
def test_an_impossible_expiry_is_refused(text: str) -> None:
    with pytest.raises(ScanError):
        parse_expiry(text)


def test_the_compound_message_of_a_label() -> None:
    codes = ("=A99992612345600", "=%5100", "=<E4306V00", "&>0260592359")
    message = "=+04000=A99992612345600=%5100=<E4306V00&>0260592359"
    assert compound_message(codes) == message
    assert parse_compound(message) == codes
    assert parse_compound(compound_message((product_code("D0002V00"),))) == ("=<D0002V00",)


@pytest.mark.parametrize(
    "text",
    [
        "=A99992612345600",
        "=+03000=%5100",
        "=+01000=%51",
        "=+01000=?5100",
        "=+02000=%5100=%5100=%5100",
    ],
)
def test_a_message_that_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(ScanError):
        parse_compound(text)
