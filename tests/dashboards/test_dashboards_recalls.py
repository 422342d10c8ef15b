"""A recall over the API, from the preview to its end by two people, and what each role sees of it."""

from __future__ import annotations

from typing import Any

import pytest

PREFIX = "/api/v1"
DIN = "A999926000001"
BY = {"reason_code": "bacterial", "by": {"din": DIN}}


async def signed(client, centre, people, act: str, subject: str, content: dict[str, Any]) -> list[str]:
    ids = []
    for person in people:
        body = {
            "username": person,
            "password": centre.passwords[person],
            "act": act,
            "subject": subject,
            "meaning": "I agree",
            "content": content,
        }
        answer = await client.post(f"{PREFIX}/signatures", json=body)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return ids


async def opened(client, **more: Any) -> dict[str, Any]:
    answer = await client.post(f"{PREFIX}/recalls", json={**BY, "comment": "the culture grew", **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def hospital_bag(centre, number: int, hospital: str, **fields: Any) -> str:
    return await centre.add_bag(
        number, "hospital/" + hospital, status="RECEIVED", custody="hospital", hospital=hospital, **fields
    )


@pytest.fixture
def people() -> tuple[str, str]:
    """Two who may sign, one of them of quality."""
    return ("quality", "operator")


async def test_a_preview_changes_nothing_and_a_recall_freezes(centre) -> None:
    bag = await centre.add_bag(1)
    async with centre.client("quality") as client:
        seen = (await client.post(f"{PREFIX}/recalls/preview", json=BY)).json()
        assert [one["bag"] for one in seen["bags"]] == [bag]
        assert seen["bags"][0]["frozen"] is False
        assert (await client.get(f"{PREFIX}/recalls")).json() == {"items": []}
        case = await opened(client)
        assert case["bags"][0]["frozen"] is True
        story = (await client.get(f"{PREFIX}/bags/{bag}")).json()
        assert [one["case"] for one in story["recalls"]] == [case["id"]]
        reserve = next(one for one in story["actions"] if one["act"] == "reserve")
        assert ("recall", case["id"]) in [(one["code"], one["detail"]) for one in reserve["reasons"]]


async def test_a_case_is_closed_by_two_people_when_every_bag_has_an_outcome(centre, people) -> None:
    bag = await centre.add_bag(1)
    async with centre.client("quality") as client:
        case = (await opened(client))["id"]
        closing = {"comment": "found contaminated"}
        ids = await signed(client, centre, people, "recall.close", case, closing)
        early = await client.post(f"{PREFIX}/recalls/{case}/close", json={**closing, "signatures": ids})
        assert (early.status_code, early.json()["code"]) == (409, "recall.open_bags")
        assert bag in early.json()["detail"]
        assert early.json()["detail_zh"]
        outcome = {"bags": [bag], "outcome": "quarantined", "comment": "on the red shelf"}
        answer = await client.post(f"{PREFIX}/recalls/{case}/outcomes", json=outcome)
        assert answer.json()["bags"][0]["outcome"] == "quarantined"
        ids = await signed(client, centre, people, "recall.close", case, closing)
        closed = await client.post(f"{PREFIX}/recalls/{case}/close", json={**closing, "signatures": ids})
        assert closed.status_code == 200, closed.text
        assert closed.json()["state"] == "closed"
        kinds = [entry["kind"] for entry in (await client.get(f"{PREFIX}/ledger?limit=200")).json()["items"]]
        assert {"recall.opened", "recall.told", "bag.recalled", "bag.recall_outcome", "recall.closed"} <= set(kinds)
        assert "act.refused" in kinds


async def test_a_bag_is_released_on_two_signatures_over_exactly_that(centre, people) -> None:
    bag = await centre.add_bag(1)
    async with centre.client("quality") as client:
        case = (await opened(client))["id"]
        release = {"bags": [bag], "outcome": "released", "comment": "another donation was meant"}
        unsigned = await client.post(f"{PREFIX}/recalls/{case}/outcomes", json=release)
        assert (unsigned.status_code, unsigned.json()["code"]) == (403, "signature.count")
        ids = await signed(client, centre, people, "recall.release", case, release)
        other = {**release, "comment": "something else", "signatures": ids}
        assert (await client.post(f"{PREFIX}/recalls/{case}/outcomes", json=other)).status_code == 403
        done = await client.post(f"{PREFIX}/recalls/{case}/outcomes", json={**release, "signatures": ids})
        assert done.json()["bags"][0]["frozen"] is False


async def test_a_hospital_reads_and_answers_its_own_notices(centre) -> None:
    hospital = next(one.id for one in centre.plant.hospitals)
    bag = await hospital_bag(centre, 1, hospital, patient="p-77")
    async with centre.client("quality") as client:
        case = await opened(client)
    assert {one["holder"] for one in case["notices"]} == {hospital}
    async with centre.client("hospital") as client:
        (notice,) = (await client.get(f"{PREFIX}/recall-notices")).json()["items"]
        assert [one["bag"] for one in notice["bags"]] == [bag]
        assert (await client.get(f"{PREFIX}/recalls")).status_code == 403
        path = f"{PREFIX}/recalls/{case['id']}/notices/{notice['id']}/acknowledge"
        assert (await client.post(path, json={"answer": "locked away"})).status_code == 204
        (notice,) = (await client.get(f"{PREFIX}/recall-notices")).json()["items"]
        assert notice["answer"] == "locked away"


async def test_donor_and_patient_are_shown_to_quality_only(centre) -> None:
    hospital = centre.plant.hospitals[0].id
    await hospital_bag(centre, 1, hospital, patient="p-77", donor="d-5")
    await centre.write(lambda tx: tx.raw.execute("UPDATE bag SET status = 'TRANSFUSED'"))
    async with centre.client("quality") as client:
        mine = await opened(client, by={"donor": "d-5"})
        assert mine["by"]["donor"] == "d-5"
        assert mine["patients"][0]["patient"] == "p-77"
    async with centre.client("operator") as client:
        theirs = (await client.get(f"{PREFIX}/recalls/{mine['id']}")).json()
        assert theirs["by"]["donor"] is None
        assert theirs["patients"][0]["patient"] is None
        entries = (await client.get(f"{PREFIX}/ledger?limit=50")).text
        assert "d-5" not in entries


async def test_only_quality_opens_and_every_reason_has_a_source(centre) -> None:
    await centre.add_bag(1)
    async with centre.client("operator") as client:
        refused = await client.post(f"{PREFIX}/recalls", json={**BY, "comment": "the culture grew"})
        assert refused.status_code == 403
        reasons = (await client.get(f"{PREFIX}/recalls/reasons")).json()
        assert all(one["source"] and one["status"] for one in reasons["items"])


async def test_a_recall_of_nothing_known_and_of_two_things_is_refused_by_name(centre) -> None:
    async with centre.client("quality") as client:
        nothing = await client.post(f"{PREFIX}/recalls", json={**BY, "comment": "the culture grew"})
        assert (nothing.status_code, nothing.json()["code"]) == (404, "recall.nothing")
        both = {**BY, "by": {"din": DIN, "donor": "d"}, "comment": "the culture grew"}
        refused = await client.post(f"{PREFIX}/recalls", json=both)
        assert (refused.status_code, refused.json()["code"]) == (422, "recall.scope")
