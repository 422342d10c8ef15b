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


def test_the_written_table_names_every_status_and_only_statuses():
    names = {status.value for status in BagStatus}
    assert set(ALLOWED) == names
    assert {word for following in ALLOWED.values() for word in following.split()} <= names


def test_facets_are_never_statuses():
    facets = {"HOLD", "EXPIRED", "RECALLED", "RELEASED", "XM_PENDING", "XM_OK", "XM_FAIL", "AUTOLOGOUS", "FROZEN"}
    assert not facets & {status.value for status in BagStatus}


def test_every_bag_whose_story_is_not_over_may_go_missing_and_be_found_or_lost():
    living = [status for status in BagStatus if status not in FINAL and status is not BagStatus.MISSING]
    assert all(allowed(status, BagStatus.MISSING) for status in living)
    assert allowed(BagStatus.MISSING, BagStatus.LOST)
    assert not any(allowed(BagStatus.MISSING, to) for to in (BagStatus.AVAILABLE, BagStatus.RESERVED))


def test_what_may_become_something_else_has_not_left_the_shelf():
    consumed = {status.value for status in BagStatus if allowed(status, BagStatus.CONSUMED)}
    assert consumed == {"COLLECTED", "PROCESSING", "QUARANTINE", "AVAILABLE", "RESERVED", "NONCONFORMING"}


def test_every_status_can_be_reached_and_every_story_can_end():
    reached, ends = {BagStatus.COLLECTED}, set(FINAL)
    for _ in BagStatus:
        reached |= {to for status in reached for to in BagStatus if allowed(status, to)}
        ends |= {status for status in BagStatus if any(allowed(status, to) for to in ends)}
    assert reached == ends == set(BagStatus)


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
