"""The status table: every pair is either written here or forbidden (design.md 6)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from blood.eligibility import BagStatus, Zone
from wms.bags.lifecycle import FINAL, allowed, zone_agrees, zone_for

ALLOWED = {
    "COLLECTED": "PROCESSING QUARANTINE NONCONFORMING CONSUMED MISSING",
    "PROCESSING": "COLLECTED QUARANTINE NONCONFORMING CONSUMED MISSING",
    "QUARANTINE": "AVAILABLE NONCONFORMING CONSUMED MISSING",
    "AVAILABLE": "RESERVED QUARANTINE NONCONFORMING CONSUMED MISSING",
    "RESERVED": "PICKED AVAILABLE NONCONFORMING CONSUMED MISSING",
    "PICKED": "PACKED RESERVED NONCONFORMING MISSING",
    "PACKED": "IN_TRANSIT PICKED NONCONFORMING MISSING",
    "IN_TRANSIT": "RECEIVED RETURNED_PENDING NONCONFORMING MISSING",
    "RECEIVED": "ISSUED RETURNED_PENDING NONCONFORMING DISCARDED MISSING",
    "ISSUED": "TRANSFUSED PRESUMED_TRANSFUSED RETURNED_PENDING DISCARDED MISSING",
    "PRESUMED_TRANSFUSED": "TRANSFUSED RETURNED_PENDING MISSING",
    "RETURNED_PENDING": "AVAILABLE NONCONFORMING DISCARDED MISSING",
    "NONCONFORMING": "DISCARDED CONSUMED MISSING",
    "MISSING": "QUARANTINE NONCONFORMING IN_TRANSIT RECEIVED DISCARDED LOST",
    "TRANSFUSED": "",
    "CONSUMED": "",
    "DISCARDED": "",
    "LOST": "",
}


@pytest.mark.parametrize("status", list(BagStatus))
@pytest.mark.parametrize("to", list(BagStatus))
def test_every_pair_is_as_written(status: BagStatus, to: BagStatus):
    assert allowed(status, to) is (to.value in ALLOWED[status.value].split())


def test_nothing_leaves_a_final_status():
    assert {status.value for status in FINAL} == {name for name, following in ALLOWED.items() if not following}


def test_a_transfused_or_discarded_bag_never_becomes_available():
    assert not any(allowed(status, BagStatus.AVAILABLE) for status in FINAL | {BagStatus.NONCONFORMING})


def test_picks_can_be_undone_step_by_step():
    steps = [BagStatus.PACKED, BagStatus.PICKED, BagStatus.RESERVED, BagStatus.AVAILABLE]
    assert all(allowed(one, other) for one, other in pairwise(steps))


def test_zone_and_status_must_agree():
    assert zone_agrees(BagStatus.AVAILABLE, Zone.STOCK)
    assert not zone_agrees(BagStatus.QUARANTINE, Zone.STOCK)
    assert not zone_agrees(BagStatus.NONCONFORMING, Zone.QUARANTINE)
    assert zone_agrees(BagStatus.PICKED, Zone.NONE)
    assert zone_for(BagStatus.NONCONFORMING) is Zone.NONCONFORMING
    assert zone_for(BagStatus.PICKED) is None
