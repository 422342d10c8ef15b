"""What a line says of itself: the same in both languages, and no English inside the Chinese."""

from __future__ import annotations

import re

import pytest

from blood.eligibility import BagStatus, Reason, ReasonCode, Zone
from wms.orders.reasons import in_both, status_is
from wms.orders.sentences import NOT_CARRIED, taken_back

BAG = "A999926000001-D0002V00"
DETAILS = {ReasonCode.STATUS: BagStatus.MISSING.value, ReasonCode.ZONE: Zone.QUARANTINE.value, ReasonCode.HOLD: "漏袋"}
ENGLISH = re.compile(r"[A-Za-z]{2,}")


def chinese_only(text: str) -> bool:
    return ENGLISH.search(text.replace(BAG, "").replace("ABO/RhD", "")) is None


@pytest.mark.parametrize("code", list(ReasonCode))
def test_a_bag_taken_back_says_why_in_chinese_without_english(code: ReasonCode) -> None:
    reason = Reason(code, DETAILS.get(code, "English particulars" if code is not ReasonCode.RECALL else "召回 7"))
    said = taken_back(BAG, in_both([reason]))
    assert f"{BAG} was taken back ({code.value}: {reason.detail})" in said.en
    assert chinese_only(said.zh), said.zh


@pytest.mark.parametrize("status", list(BagStatus))
def test_every_status_has_a_chinese_word(status: BagStatus) -> None:
    assert chinese_only(taken_back(BAG, status_is(status)).zh)


@pytest.mark.parametrize("zone", list(Zone))
def test_every_zone_has_a_chinese_word(zone: Zone) -> None:
    assert chinese_only(in_both([Reason(ReasonCode.ZONE, zone.value)]).zh)


def test_several_reasons_are_parted_as_each_language_does() -> None:
    said = in_both([Reason(ReasonCode.EXPIRED, "expired 2026-11-20"), Reason(ReasonCode.HOLD, "漏袋")])
    assert said.en == "expired: expired 2026-11-20; hold: 漏袋"
    assert said.zh == "已过效期；已锁定：漏袋"


def test_a_hold_without_words_is_still_a_reason() -> None:
    said = in_both([Reason(ReasonCode.HOLD, "")])
    assert (said.en, said.zh) == ("hold", "已锁定")


def test_a_bag_that_could_not_be_carried_says_so() -> None:
    assert taken_back(BAG, NOT_CARRIED).zh == f"{BAG} 已撤回（未能送到出库闸），正在另行配血。"
