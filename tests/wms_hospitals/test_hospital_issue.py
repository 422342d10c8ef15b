"""Crossmatch and issue: what a bag needs before it goes to a patient, and what two people may answer for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hospital_world import T0, Ward

from wms.hospitals.crossmatch import CrossmatchState, state_for
from wms.store.database import driver_of
from wms.store.metadata import to_us


def codes(answer) -> str:
    """The refusal's sentence, which names the code of every reason."""
    assert answer.status_code == 409, answer.text
    return str(answer.json()["detail"])


def state_of(ward: Ward, bag: str, patient: str) -> CrossmatchState:
    with ward.centre.warehouse.read() as conn:
        return state_for(driver_of(conn), bag, patient, ward.centre.clock.now())


async def test_a_compatible_crossmatch_lets_a_bag_go_and_the_ledger_says_to_whom(ward: Ward) -> None:
    bag, patient = await ward.issued()
    state = ward.bag(bag)
    assert (state["status"], state["patient"]) == ("ISSUED", patient)
    (entry,) = ward.ledger("bag.issued")
    assert entry[1] == "hospital"
    assert f'"patient":"{patient}"' in entry[3]
    assert len(ward.ledger("bag.crossmatched")) == 1


async def test_without_a_crossmatch_nothing_goes(ward: Ward) -> None:
    bag, patient = await ward.received(), await ward.patient()
    assert "crossmatch" in codes(await ward.issue(bag, patient))
    assert ward.bag(bag)["status"] == "RECEIVED"
    assert [row[3] for row in ward.ledger("act.refused")]


@pytest.mark.parametrize("result", ["pending", "incompatible"])
async def test_a_result_that_is_not_compatible_lets_nothing_go(ward: Ward, result: str) -> None:
    bag, patient = await ward.received(), await ward.patient()
    assert (await ward.crossmatch(bag, patient, result)).status_code == 201
    assert "crossmatch" in codes(await ward.issue(bag, patient))


async def test_one_bag_is_crossmatched_for_several_patients_and_each_stands_alone(ward: Ward) -> None:
    bag, one, two = await ward.received(), await ward.patient("PAT-1"), await ward.patient("PAT-2")
    await ward.crossmatch(bag, one, "incompatible")
    await ward.crossmatch(bag, two)
    assert (state_of(ward, bag, one), state_of(ward, bag, two)) == ("incompatible", "compatible")
    assert "crossmatch" in codes(await ward.issue(bag, one))
    assert (await ward.issue(bag, two)).status_code == 200


async def test_a_crossmatch_lapses_to_the_minute(ward: Ward) -> None:
    bag, patient = await ward.received(), await ward.patient()
    told = (await ward.crossmatch(bag, patient)).json()
    assert told["valid_until"] == (T0 + timedelta(hours=72)).isoformat().replace("+00:00", "Z")
    await ward.pass_time(hours=72, minutes=-1)
    assert state_of(ward, bag, patient) is CrossmatchState.COMPATIBLE
    await ward.pass_time(minutes=1)
    assert state_of(ward, bag, patient) is CrossmatchState.LAPSED
    assert "crossmatch" in codes(await ward.issue(bag, patient))
    shown = (await ward.api.get(f"/api/v1/crossmatches?bag={bag}")).json()["items"]
    assert [one["state"] for one in shown] == ["lapsed"]


async def test_the_laboratory_may_shorten_the_time_and_never_lengthen_it(ward: Ward) -> None:
    bag, patient = await ward.received(), await ward.patient()
    longer, shorter = (T0 + timedelta(hours=80)).isoformat(), (T0 + timedelta(hours=8)).isoformat()
    refused = await ward.crossmatch(bag, patient, valid_until=longer)
    assert (refused.status_code, refused.json()["code"]) == (422, "crossmatch.valid_until")
    assert (await ward.crossmatch(bag, patient, valid_until=shorter)).status_code == 201
    await ward.pass_time(hours=8)
    assert state_of(ward, bag, patient) is CrossmatchState.LAPSED


async def test_an_unknown_method_or_a_result_from_the_future_is_refused(ward: Ward) -> None:
    bag, patient = await ward.received(), await ward.patient()
    later = (T0 + timedelta(minutes=1)).isoformat()
    assert (await ward.crossmatch(bag, patient, method="tarot")).json()["code"] == "crossmatch.method"
    assert (await ward.crossmatch(bag, patient, at=later)).json()["code"] == "crossmatch.at"
    assert (await ward.crossmatch(bag, "PAT-99")).json()["code"] == "patient.unknown"
    assert ward.ledger("bag.crossmatched") == []


async def test_the_same_result_again_is_the_first_one(ward: Ward) -> None:
    bag, patient = await ward.received(), await ward.patient()
    first, again = await ward.crossmatch(bag, patient), await ward.crossmatch(bag, patient)
    assert first.json()["id"] == again.json()["id"]
    assert len(ward.ledger("bag.crossmatched")) == 1


async def test_compatible_after_incompatible_is_a_finding_and_holds_the_bag(ward: Ward) -> None:
    bag, patient = await ward.received(), await ward.patient()
    await ward.crossmatch(bag, patient, "incompatible")
    await ward.pass_time(minutes=10)
    assert (await ward.crossmatch(bag, patient)).status_code == 201
    assert len(ward.ledger("finding.raised")) == 1
    assert ward.holds(bag)
    assert "hold" in codes(await ward.issue(bag, patient))


async def test_of_two_results_for_one_moment_the_incompatible_one_counts(ward: Ward) -> None:
    bag, patient = await ward.received(), await ward.patient()
    await ward.crossmatch(bag, patient)
    await ward.crossmatch(bag, patient, "incompatible")
    assert state_of(ward, bag, patient) is CrossmatchState.INCOMPATIBLE


async def test_a_bag_that_must_not_go_to_this_patient_is_not_made_ready(ward: Ward) -> None:
    bag, patient = await ward.received("A+"), await ward.patient(group="O+")
    assert "incompatible" in codes(await ward.crossmatch(bag, patient))
    assert (await ward.crossmatch(bag, patient, "incompatible")).status_code == 201


@pytest.mark.parametrize(
    ("fields", "facts", "reason"),
    [
        ({"expires_us": to_us(T0)}, {}, "expired"),
        ({"intended_for": "PAT-9"}, {}, "other_patient"),
        ({"donation_type": "autologous"}, {}, "donation_type"),
        ({"antigens": "K+"}, {"antibodies": ["anti-K"]}, "antigen"),
        ({}, {"antibodies": ["anti-K"]}, "antigen"),
        ({"tests": "pending"}, {}, "tests"),
        ({"label_check": "pending"}, {}, "label"),
        ({}, {"requirements": ["irradiated"]}, "requirement"),
        ({"status": "MISSING"}, {}, "status"),
    ],
)
async def test_what_speaks_against_a_bag_refuses_its_issue_also_with_a_compatible_crossmatch(
    ward: Ward, fields: dict, facts: dict, reason: str
) -> None:
    bag, patient = await ward.received(), await ward.patient()
    assert (await ward.crossmatch(bag, patient)).status_code == 201
    await ward.set(bag, **fields)
    await ward.patient(patient, "O+", **facts)
    assert reason in codes(await ward.issue(bag, patient))
    assert ward.bag(bag)["patient"] is None


async def test_expiry_counts_to_the_minute(ward: Ward) -> None:
    bag, patient = await ward.received(expires_us=to_us(T0 + timedelta(minutes=30))), await ward.patient()
    await ward.crossmatch(bag, patient)
    await ward.pass_time(minutes=30)
    assert "expired" in codes(await ward.issue(bag, patient))


async def test_a_held_bag_is_not_issued(ward: Ward) -> None:
    bag, patient = await ward.received(), await ward.patient()
    await ward.crossmatch(bag, patient)
    async with ward.centre.client("quality") as api:
        answer = await api.post("/api/v1/holds", json={"bag": bag, "reason": "looks odd"})
        assert answer.status_code == 201, answer.text
    assert "hold" in codes(await ward.issue(bag, patient))


class Emergency:
    """Blood without a crossmatch."""

    def __init__(self, ward: Ward) -> None:
        self.ward = ward

    async def __call__(self, bag: str, patient: str, *people: str, signed_for: str | None = None):
        content = {"patient": patient, "to": "theatre 1", "emergency": True}
        signed = await self.ward.sign("issue.emergency", signed_for or bag, content, *people)
        return await self.ward.issue(bag, patient, to="theatre 1", emergency=True, signatures=signed)


async def test_in_an_emergency_two_people_of_the_hospital_may_issue_uncrossmatched_group_o(ward: Ward) -> None:
    bag, patient = await ward.received("O-", antigens="K-"), await ward.patient(group=None)
    answer = await Emergency(ward)(bag, patient, "hospital", "hospital-2")
    assert answer.status_code == 200, answer.text
    assert answer.json()["issue"]["kind"] == "emergency"
    assert sorted(answer.json()["issue"]["signers"]) == ["hospital", "hospital-2"]
    (entry,) = ward.ledger("bag.issued")
    assert '"people":["hospital","hospital-2"]' in entry[3]


@pytest.mark.parametrize("group", ["A-", "AB-", "O+"])
async def test_an_unknown_patient_who_may_bear_children_gets_group_o_negative_only(ward: Ward, group: str) -> None:
    bag, patient = await ward.received(group, antigens="K-"), await ward.patient(group=None, patient_class="unknown")
    assert "incompatible" in codes(await Emergency(ward)(bag, patient, "hospital", "hospital-2"))


async def test_a_man_of_unknown_group_may_get_group_o_positive_in_an_emergency(ward: Ward) -> None:
    bag, patient = await ward.received("O+"), await ward.patient(group=None, patient_class="other")
    answer = await Emergency(ward)(bag, patient, "hospital", "hospital-2")
    assert answer.status_code == 200, answer.text


async def test_an_emergency_needs_two_different_people_over_exactly_this(ward: Ward) -> None:
    bag, other, patient = await ward.received("O-"), await ward.received("O-"), await ward.patient(group=None)
    issue = Emergency(ward)
    assert (await ward.issue(bag, patient, emergency=True)).json()["code"] == "signature.count"
    assert (await issue(bag, patient, "hospital")).json()["code"] == "signature.count"
    assert (await issue(bag, patient, "hospital", "hospital")).json()["code"] == "signature.same_person"
    wrong = await issue(bag, patient, "hospital", "hospital-2", signed_for=other)
    assert wrong.json()["code"] == "signature.other_act"
    assert ward.bag(bag)["status"] == "RECEIVED"
    assert len(ward.ledger("act.refused")) == 4


async def test_people_of_another_hospital_or_of_the_centre_cannot_sign_an_emergency(ward: Ward) -> None:
    bag, patient, stranger = await ward.received("O-"), await ward.patient(group=None), await ward.stranger()
    answer = await Emergency(ward)(bag, patient, "hospital", stranger)
    assert (answer.status_code, answer.json()["code"]) == (409, "issue.signatures")
    body = {
        "username": "quality", "password": ward.centre.passwords["quality"], "act": "issue.emergency", "subject": bag,
        "meaning": "approval", "content": {},
    }  # fmt: skip
    assert (await ward.api.post("/api/v1/signatures", json=body)).json()["code"] == "signature.role"


async def test_an_emergency_excuses_the_crossmatch_and_nothing_else(ward: Ward) -> None:
    bag, patient = await ward.received("O-", antigens="K+"), await ward.patient(group=None, antibodies=["anti-K"])
    assert "antigen" in codes(await Emergency(ward)(bag, patient, "hospital", "hospital-2"))
    expired = await ward.received("O-", expires_us=to_us(T0))
    calm = await ward.patient("PAT-2", None)
    assert "expired" in codes(await Emergency(ward)(expired, calm, "hospital", "hospital-2"))
    wrong = await ward.received("O-")
    await ward.crossmatch(wrong, calm, "incompatible")
    assert "crossmatch" in codes(await Emergency(ward)(wrong, calm, "hospital", "hospital-2"))


async def test_a_bag_is_issued_once(ward: Ward) -> None:
    bag, patient = await ward.issued()
    assert "status" in codes(await ward.issue(bag, patient))
    assert len(ward.ledger("bag.issued")) == 1
