"""Eligibility judged by a table of its own: each row breaks one thing and names the one reason that must appear."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blood.components import Family
from blood.eligibility import Act, BagFacts, BagStatus, DonationType, Purpose, ReasonCode, Zone, eligibility
from blood.groups import BloodGroup

NOW = datetime(2026, 11, 20, 14, 32, tzinfo=UTC)
GOOD = BagFacts(
    bag="A999926000001-D0002V00",
    status=BagStatus.AVAILABLE,
    component="RBC_S",
    family=Family.RED_CELLS,
    group=BloodGroup.A_POS,
    expires_at=NOW + timedelta(days=10),
    zone=Zone.STOCK,
    tests_negative=True,
    labelled=True,
)
ACT_STATE = {
    Act.RESERVE: (BagStatus.AVAILABLE, Zone.STOCK),
    Act.PICK: (BagStatus.RESERVED, Zone.STOCK),
    Act.PASS_GATE: (BagStatus.PICKED, Zone.NONE),
    Act.DISPATCH: (BagStatus.PACKED, Zone.NONE),
    Act.RECEIVE: (BagStatus.IN_TRANSIT, Zone.NONE),
    Act.RELEASE: (BagStatus.QUARANTINE, Zone.QUARANTINE),
}


def good_for(act: Act) -> tuple[BagFacts, Purpose]:
    status, zone = ACT_STATE[act]
    return replace(GOOD, status=status, zone=zone, order_line="ln-1"), Purpose(
        act, order_line="ln-1", recipient=BloodGroup.A_POS
    )


@pytest.mark.parametrize("act", list(ACT_STATE))
def test_a_sound_bag_may(act: Act) -> None:
    facts, purpose = good_for(act)
    assert eligibility(facts, purpose, NOW) == []


ORACLE = [
    ({"open_holds": ("temperature",)}, ReasonCode.HOLD),
    ({"recalls": ("look-back 7",)}, ReasonCode.RECALL),
    ({"expires_at": NOW}, ReasonCode.EXPIRED),
    ({"expires_at": NOW - timedelta(minutes=1)}, ReasonCode.EXPIRED),
    ({"tests_negative": None}, ReasonCode.TESTS),
    ({"tests_negative": False}, ReasonCode.TESTS),
    ({"group": None}, ReasonCode.GROUP_UNKNOWN),
    ({"group": BloodGroup.B_POS}, ReasonCode.INCOMPATIBLE),
    ({"open_excursion": True}, ReasonCode.EXCURSION),
    ({"place_known": False}, ReasonCode.PLACE_UNKNOWN),
    ({"donation_type": DonationType.AUTOLOGOUS}, ReasonCode.DONATION_TYPE),
    ({"donation_type": DonationType.DIRECTED}, ReasonCode.DONATION_TYPE),
    ({"donation_type": DonationType.BIOHAZARD}, ReasonCode.DONATION_TYPE),
]


@pytest.mark.parametrize("act", list(ACT_STATE))
@pytest.mark.parametrize(("fault", "code"), ORACLE, ids=[code.value + str(n) for n, (_, code) in enumerate(ORACLE)])
def test_one_fault_refuses_every_act_and_is_named(act: Act, fault: dict[str, object], code: ReasonCode) -> None:
    facts, purpose = good_for(act)
    reasons = eligibility(replace(facts, **fault), purpose, NOW)  # type: ignore[arg-type] # the oracle is a table of plain values
    assert [reason.code for reason in reasons] == [code]


@pytest.mark.parametrize("act", list(ACT_STATE))
@pytest.mark.parametrize("status", list(BagStatus))
def test_only_the_right_status_passes(act: Act, status: BagStatus) -> None:
    facts, purpose = good_for(act)
    allowed = status is ACT_STATE[act][0] or (act is Act.PASS_GATE and status is BagStatus.PACKED)
    assert (eligibility(replace(facts, status=status), purpose, NOW) == []) == allowed


@pytest.mark.parametrize("act", [Act.PICK, Act.PASS_GATE, Act.DISPATCH])
@pytest.mark.parametrize("line", [None, "ln-2"])
def test_a_bag_moves_for_its_own_order_only(act: Act, line: str | None) -> None:
    facts, purpose = good_for(act)
    codes = [reason.code for reason in eligibility(replace(facts, order_line=line), purpose, NOW)]
    assert codes == [ReasonCode.OTHER_ORDER]
    assert eligibility(facts, replace(purpose, order_line=None), NOW) != []


@pytest.mark.parametrize("zone", [Zone.QUARANTINE, Zone.RETURNED, Zone.NONCONFORMING, Zone.NONE])
def test_a_bag_outside_stock_is_not_reserved(zone: Zone) -> None:
    facts, purpose = good_for(Act.RESERVE)
    assert [r.code for r in eligibility(replace(facts, zone=zone), purpose, NOW)] == [ReasonCode.ZONE]


@pytest.mark.parametrize("act", list(ACT_STATE))
@pytest.mark.parametrize(
    ("fault", "code"), [({"labelled": False}, ReasonCode.LABEL), ({"claim": "prp-1"}, ReasonCode.CLAIMED)]
)
def test_after_release_a_bag_needs_a_checked_label_and_no_claim(
    act: Act, fault: dict[str, object], code: ReasonCode
) -> None:
    facts, purpose = good_for(act)
    codes = [reason.code for reason in eligibility(replace(facts, **fault), purpose, NOW)]  # type: ignore[arg-type] # plain values
    assert codes == ([] if act in {Act.RELEASE, Act.RECEIVE} else [code])


def test_every_failing_release_gate_is_listed() -> None:
    facts, purpose = good_for(Act.RELEASE)
    broken = replace(facts, release_failures=("label", "freeze record"), tests_negative=None)
    assert [r.detail for r in eligibility(broken, purpose, NOW)] == [
        "label",
        "freeze record",
        "laboratory results are not complete",
    ]


def test_a_need_for_life_at_arrival_is_checked() -> None:
    facts, purpose = good_for(Act.RESERVE)
    wanted = replace(purpose, usable_until=NOW + timedelta(days=11), component="FFP")
    assert {r.code for r in eligibility(facts, wanted, NOW)} == {ReasonCode.TOO_SHORT_LIVED, ReasonCode.WRONG_COMPONENT}
