"""What became of a bag: told, presumed, late, contradicting; recorded always, repaired never."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hospital_world import T0, TESTER, Ward

from blood.eligibility import BagStatus
from wms.bags.commands import change_status
from wms.store.metadata import to_us


async def test_a_transfusion_ends_the_story_with_the_names_of_two_people(ward: Ward) -> None:
    bag, _ = await ward.issued()
    answer = await ward.tell(bag)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["standing"], told["finding"]) == ("accepted", "")
    assert ward.bag(bag)["status"] == "TRANSFUSED"
    assert told["bag"]["fates"][0]["hl7_0513"] == "TX"
    (entry,) = ward.ledger("bag.fate_transfused")
    assert '"administrator":"n-17"' in entry[3]
    assert '"verifier":"n-18"' in entry[3]


@pytest.mark.parametrize(
    "names", [{"verifier": None}, {"administrator": ""}, {"verifier": "N-17 "}, {"verifier": "n-17"}]
)
async def test_who_verifies_is_named_and_somebody_else(ward: Ward, names: dict) -> None:
    bag, _ = await ward.issued()
    answer = await ward.tell(bag, **names)
    assert answer.status_code == 422, answer.text
    assert ward.bag(bag)["status"] == "ISSUED"
    assert ward.rows("SELECT id FROM bag_fate") == []


async def test_the_same_word_again_changes_nothing(ward: Ward) -> None:
    bag, _ = await ward.issued()
    at = ward.now
    await ward.tell(bag, at=at)
    again = await ward.tell(bag, at=at)
    assert again.json()["standing"] == "accepted"
    assert len(ward.ledger("bag.fate_transfused")) == 1
    assert ward.ledger("finding.raised") == []


async def test_a_reaction_holds_the_siblings_and_asks_quality(ward: Ward) -> None:
    sibling = await ward.centre.add_bag(1, "plasma-1/s1/001", component="FFP")
    stranger = await ward.centre.add_bag(77, "cold-1/s1/002")
    bag, _ = await ward.issued(number=1)
    assert (await ward.tell(bag, "transfused_with_reaction")).json()["code"] == "fate.comment"
    answer = await ward.tell(bag, "transfused_with_reaction", comment="fever and chills")
    assert answer.status_code == 200, answer.text
    assert answer.json()["bag"]["fates"][0]["hl7_0513"] == "TR"
    assert ward.bag(bag)["status"] == "TRANSFUSED"
    assert any("transfusion reaction" in reason for reason in ward.holds(sibling))
    assert ward.holds(stranger) == []
    assert len(ward.ledger("finding.raised")) == 1


async def test_what_was_made_from_the_same_donation_is_held_after_a_reaction_too(ward: Ward) -> None:
    parent = await ward.centre.add_bag(1, "cold-1/s1/001", component="WB", status="CONSUMED")
    child = await ward.centre.add_bag(500, "platelet/s1/001", component="PLT_C")
    bag, _ = await ward.issued(number=1)

    def made(tx) -> None:
        for one in (bag, child):
            tx.raw.execute("INSERT INTO bag_parentage (parent, child) VALUES (?, ?)", (parent, one))

    await ward.centre.write(made)
    await ward.tell(bag, "transfused_with_reaction", comment="rigors")
    assert any("transfusion reaction" in reason for reason in ward.holds(child))
    assert ward.bag(parent)["status"] == "CONSUMED"


async def test_a_return_is_announced_and_takes_the_way_of_returns(ward: Ward) -> None:
    bag, _ = await ward.issued()
    answer = await ward.tell(bag, "returned", temperature_ok=True, visual_ok=True, comment="operation put off")
    assert answer.status_code == 200, answer.text
    assert answer.json()["bag"]["fates"][0]["hl7_0510"] == "RA"
    (back,) = (await ward.api.get("/api/v1/returns")).json()["items"]
    assert (back["bags"][0]["bag"], back["reason"], back["temperature_ok"]) == (bag, "operation put off", True)
    assert ward.bag(bag)["patient"] is None


async def test_waste_names_a_cause_that_the_profile_knows(ward: Ward) -> None:
    bag, _ = await ward.issued()
    assert (await ward.tell(bag, "wasted")).json()["code"] == "fate.cause"
    assert (await ward.tell(bag, "wasted", cause="boredom")).json()["code"] == "fate.cause"
    assert (await ward.tell(bag, "transfused", cause="broken")).json()["code"] == "fate.cause"


async def test_waste_of_a_bag_on_the_ward_names_two_people(ward: Ward) -> None:
    bag, _ = await ward.issued()
    assert (await ward.tell(bag, "wasted", cause="broken")).json()["code"] == "fate.verifier"
    answer = await ward.tell(bag, "wasted", cause="broken", administrator="n-17", verifier="n-18")
    assert answer.status_code == 200, answer.text
    assert ward.bag(bag)["status"] == "DISCARDED"


async def test_waste_of_a_bag_of_the_store_needs_the_signatures_of_two(ward: Ward) -> None:
    bag = await ward.received()
    content = {"fate": "wasted", "at": T0.isoformat().replace("+00:00", "Z"), "cause": "broken"}
    assert (await ward.tell(bag, "wasted", cause="broken")).json()["code"] == "fate.signatures"
    signed = await ward.sign("fate.wasted", bag, content, "hospital", "hospital-2")
    answer = await ward.api.post(f"/api/v1/bags/{bag}/fate", json={**content, "signatures": signed})
    assert answer.status_code == 200, answer.text
    assert ward.bag(bag)["status"] == "DISCARDED"
    (entry,) = ward.ledger("bag.fate_wasted")
    assert '"people":["hospital","hospital-2"]' in entry[3]


async def test_people_of_another_hospital_cannot_sign_a_waste(ward: Ward) -> None:
    bag, stranger = await ward.received(), await ward.stranger()
    content = {"fate": "wasted", "at": T0.isoformat().replace("+00:00", "Z"), "cause": "broken"}
    signed = await ward.sign("fate.wasted", bag, content, "hospital", stranger)
    answer = await ward.api.post(f"/api/v1/bags/{bag}/fate", json={**content, "signatures": signed})
    assert answer.json()["code"] == "fate.signatures"
    assert ward.bag(bag)["status"] == "RECEIVED"


async def test_an_outdated_bag_is_proved_by_the_clock(ward: Ward) -> None:
    bag = await ward.received(expires_us=to_us(T0 + timedelta(hours=1)))
    assert (await ward.tell(bag, "wasted", cause="outdated")).json()["code"] == "fate.cause"
    await ward.pass_time(hours=1)
    answer = await ward.tell(bag, "wasted", cause="outdated")
    assert answer.status_code == 200, answer.text
    assert ward.bag(bag)["status"] == "DISCARDED"


async def test_silence_presumes_use_after_the_hours_of_the_profile_and_settles_nothing(ward: Ward) -> None:
    bag, _ = await ward.issued()
    await ward.pass_time(hours=72, minutes=-1)
    assert ward.bag(bag)["status"] == "ISSUED"
    await ward.pass_time(minutes=1)
    assert ward.bag(bag)["status"] == "PRESUMED_TRANSFUSED"
    (entry,) = ward.ledger("bag.presumed_transfused")
    assert '"source"' in entry[3]
    await ward.pass_time(hours=1)
    assert len(ward.ledger("bag.presumed_transfused")) == 1
    (shown,) = (await ward.api.get("/api/v1/custody")).json()["items"]
    assert shown["issue"]["presumed_at"] is not None
    assert shown["issue"]["ended_at"] is None


async def test_a_word_after_the_presumption_is_late_recorded_and_held(ward: Ward) -> None:
    bag, _ = await ward.issued()
    at = (T0 + timedelta(hours=2)).isoformat()
    await ward.pass_time(hours=73)
    told = (await ward.tell(bag, at=at)).json()
    assert told["standing"] == "late"
    assert "presumed" in told["finding"]
    assert ward.bag(bag)["status"] == "TRANSFUSED"
    assert ward.holds(bag)
    assert len(ward.ledger("finding.raised")) == 1


async def test_a_bag_presumed_used_may_still_come_back(ward: Ward) -> None:
    bag, _ = await ward.issued()
    await ward.pass_time(hours=73)
    told = (await ward.tell(bag, "returned", temperature_ok=False, visual_ok=True)).json()
    assert told["standing"] == "late"
    (back,) = (await ward.api.get("/api/v1/returns")).json()["items"]
    assert back["bags"][0]["bag"] == bag


@pytest.mark.parametrize("earlier", ["transfused", "wasted"])
async def test_two_words_that_disagree_leave_the_first_story_and_hold_the_bag(ward: Ward, earlier: str) -> None:
    bag, _ = await ward.issued()
    names = {"administrator": "n-17", "verifier": "n-18"}
    cause = {"cause": "broken"} if earlier == "wasted" else {}
    assert (await ward.tell(bag, earlier, **names, **cause)).status_code == 200
    before = ward.bag(bag)["status"]
    later = "transfused" if earlier == "wasted" else "returned"
    told = (await ward.tell(bag, later)).json()
    assert told["standing"] == "contradicting"
    assert earlier in told["finding"]
    assert ward.bag(bag)["status"] == before
    assert ward.holds(bag)
    assert len(ward.rows("SELECT id FROM bag_fate")) == 2


async def test_a_transfusion_of_a_bag_that_was_never_issued_is_taken_and_is_a_finding(ward: Ward) -> None:
    bag = await ward.received()
    told = (await ward.tell(bag)).json()
    assert told["standing"] == "contradicting"
    assert "never issued" in told["finding"]
    assert ward.bag(bag)["status"] == "TRANSFUSED"
    assert ward.holds(bag)


async def test_a_transfusion_before_the_issue_does_not_fit(ward: Ward) -> None:
    bag, _ = await ward.issued()
    told = (await ward.tell(bag, at=(T0 - timedelta(hours=1)).isoformat())).json()
    assert told["standing"] == "contradicting"
    assert "issued only at" in told["finding"]


async def test_a_transfusion_that_a_hold_forbade_is_a_finding(ward: Ward) -> None:
    bag, _ = await ward.issued()
    async with ward.centre.client("quality") as api:
        await api.post("/api/v1/holds", json={"bag": bag, "reason": "recall of its donor"})
    told = (await ward.tell(bag)).json()
    assert told["standing"] == "contradicting"
    assert "hold" in told["finding"]
    assert ward.bag(bag)["status"] == "TRANSFUSED"


async def test_a_word_about_a_bag_that_went_back_to_the_centre_never_moves_it(ward: Ward) -> None:
    bag, _ = await ward.issued()
    await ward.centre.write(
        lambda tx: change_status(
            tx, TESTER, bag, BagStatus.RETURNED_PENDING, "bag.returned", custody="centre", hospital=None
        )
    )
    told = (await ward.tell(bag)).json()
    assert told["standing"] == "contradicting"
    assert told["bag"] is None
    assert ward.bag(bag)["status"] == "RETURNED_PENDING"
    assert ward.holds(bag)


async def test_a_word_from_the_future_is_refused(ward: Ward) -> None:
    bag, _ = await ward.issued()
    answer = await ward.tell(bag, at=(T0 + timedelta(minutes=5)).isoformat())
    assert (answer.status_code, answer.json()["code"]) == (422, "fate.at")


async def test_a_word_a_week_late_is_told_as_late(ward: Ward) -> None:
    bag = await ward.received()
    at = ward.now
    await ward.pass_time(days=8)
    names = {"administrator": "n-17", "verifier": "n-18"}
    told = (await ward.tell(bag, "transfused", at=at, **names)).json()
    assert "168 h" in told["finding"]


async def test_a_bag_that_stood_on_the_ward_for_too_long_must_not_have_been_given(ward: Ward) -> None:
    bag, _ = await ward.issued()
    await ward.pass_time(hours=4, minutes=1)
    told = (await ward.tell(bag)).json()
    assert told["standing"] == "contradicting"
    assert "4 h are allowed" in told["finding"]
    assert ward.holds(bag)
