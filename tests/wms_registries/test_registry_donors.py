"""Donors of the registries: quality only, by pseudonym, files all or nothing; the search ranks and excludes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from hospital_world import T0, Ward

BASE = "/api/v1/registries"


@pytest.fixture
async def quality(ward: Ward) -> AsyncIterator[httpx.AsyncClient]:
    async with ward.centre.client("quality") as api:
        yield api


async def put(api: httpx.AsyncClient, donor: str, hla: str = "A2,24 B7,8", **more: object) -> httpx.Response:
    body = {"hla": hla, "group": "O+", **more}
    answer = await api.put(f"{BASE}/platelet-donors/{donor}", json=body)
    assert answer.status_code == 200, answer.text
    return answer


async def search(api: httpx.AsyncClient, hla: str = "A2,24 B7,8", **more: object) -> dict:
    answer = await api.post(f"{BASE}/platelet-donors/search", json={"hla": hla, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def names(found: dict) -> list[str]:
    return [one["donor"] for one in found["items"]]


async def test_donors_are_ranked_by_grade(quality: httpx.AsyncClient) -> None:
    for donor, hla in (("D-D1", "A1,3 B35,44"), ("D-C1", "A2,24 B7,35"), ("D-B2U", "A2 B8"), ("D-B1X", "A2,23 B7,8"),
                       ("D-A1", "A2,24 B7,8"), ("D-B1U", "A2,24 B8")):  # fmt: skip
        await put(quality, donor, hla)
    found = await search(quality)
    assert [(one["donor"], one["grade"]) for one in found["items"]] == [
        ("D-A1", "A"), ("D-B1U", "B1U"), ("D-B2U", "B2U"), ("D-B1X", "B1X"), ("D-C1", "C"), ("D-D1", "D"),
    ]  # fmt: skip
    assert found["items"][3]["cross_reactive"] == ["A23"]
    assert found["items"][4]["mismatches"] == ["B35"]
    assert found["searched"] == 6


async def test_an_antibody_excludes_whatever_the_grade(quality: httpx.AsyncClient) -> None:
    await put(quality, "D-1", "A2,24 B7,8", hpa="HPA-1a+")
    await put(quality, "D-2", "A2,24 B7,8", hpa="HPA-1a-")
    await put(quality, "D-3", "A2,24 B7,8")  # nobody tested HPA-1a: not known is not absent
    await put(quality, "D-4", "A1,3 B7,8", hpa="HPA-1a-")
    found = await search(quality, antibodies=["HPA-1a", "HLA-A1"])
    assert names(found) == ["D-2"]
    assert found["excluded"] == 3


async def test_equals_are_told_apart_by_group_then_shelf_then_rest(ward: Ward, quality: httpx.AsyncClient) -> None:
    tired = (T0 - timedelta(days=1)).isoformat()
    await put(quality, "D-1", group="B+")
    await put(quality, "D-2", group="A+", last_donation_at=tired)
    await put(quality, "D-3", group="A+", last_donation_at=(T0 - timedelta(days=90)).isoformat())
    await put(quality, "D-4", group="A+", last_donation_at=(T0 - timedelta(days=200)).isoformat())
    await put(quality, "D-5", group="A+", last_donation_at=tired)
    bag = await ward.centre.add_bag(5, "platelet/s1/001", component="PLT_A", donor="d-5")
    found = await search(quality, group="A+")
    assert names(found) == ["D-5", "D-4", "D-3", "D-2", "D-1"]
    first, last = found["items"][0], found["items"][3]
    assert first["bags"] == [bag]
    assert last["may_donate"] == "later"
    assert last["may_donate_from"] > T0.isoformat()
    assert [one["group_fit"] for one in found["items"]] == ["identical"] * 4 + ["not_compatible"]


async def test_who_withdrew_or_rests_is_not_found(quality: httpx.AsyncClient) -> None:
    await put(quality, "D-1", state="withdrawn")
    await put(quality, "D-2", state="resting")
    await put(quality, "D-3")
    assert names(await search(quality)) == ["D-3"]
    await put(quality, "D-3", state="withdrawn")  # the arrays in memory follow the registry
    assert names(await search(quality)) == []
    await put(quality, "D-2")
    assert names(await search(quality)) == ["D-2"]


async def test_a_donor_on_a_deferral_list_may_not_come(quality: httpx.AsyncClient) -> None:
    await put(quality, "D-1")
    await put(quality, "D-2")
    text = "donor,entry,from,until,code\nD-1,deferral,2026-01-01,,hbv\n"
    taken = await quality.post("/api/v1/deferrals/lists", json={"centre": "north", "text": text})
    assert taken.status_code == 201, taken.text
    found = await search(quality)
    assert names(found) == ["D-2", "D-1"]
    assert found["items"][1]["may_donate"] == "no"


async def test_a_type_that_cannot_be_read_is_refused(quality: httpx.AsyncClient) -> None:
    for body in ({"hla": "A*02:01"}, {"hla": "A2,24"}, {"hla": "A2 B7", "antibodies": ["anti-Nobody"]}):
        answer = await quality.post(f"{BASE}/platelet-donors/search", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "search.type")
    answer = await quality.put(f"{BASE}/platelet-donors/D-1", json={"hla": "A2,24", "group": None})
    assert (answer.status_code, answer.json()["code"]) == (422, "donor.hla")
    named = await quality.put(f"{BASE}/platelet-donors/王伟三", json={"hla": "A2 B7", "group": None})
    assert (named.status_code, named.json()["code"]) == (422, "donor.pseudonym")


async def test_a_file_is_taken_whole(ward: Ward, quality: httpx.AsyncClient) -> None:
    text = "donor,hla,hpa,group,state,last_donation_at\n"
    text += 'D-1,"A2,24 B7,8",HPA-1a+,O+,active,2026-03-02T08:00Z\nD-2,A1 B8,,,,\n'
    answer = await quality.post(f"{BASE}/platelet-donors/file", json={"text": text})
    assert answer.status_code == 201, answer.text
    assert {key: answer.json()[key] for key in ("rows", "added", "changed")} == {"rows": 2, "added": 2, "changed": 0}
    again = await quality.post(f"{BASE}/platelet-donors/file", json={"text": text.replace("A1 B8", "A1 B44")})
    assert {key: again.json()[key] for key in ("rows", "added", "changed")} == {"rows": 2, "added": 0, "changed": 1}
    shown = (await quality.get(f"{BASE}/platelet-donors")).json()
    assert [(one["donor"], one["hla"], one["hpa"]) for one in shown["items"]] == [
        ("D-1", "A2,24 B7,8", "HPA-1a+"), ("D-2", "A1,- B44,-", ""),
    ]  # fmt: skip
    assert len(ward.ledger("registry.file_taken")) == 2


async def test_one_bad_line_and_nothing_is_taken(ward: Ward, quality: httpx.AsyncClient) -> None:
    text = "donor,hla,hpa,group,state,last_donation_at\n"
    text += "D-1,A2 B7,,O+,active,\nWANG-LI,A2 B7,,O+,,\nD-3,A2,,O+,,\nD-4,A2 B7,,Z+,,\nD-1,A2 B7,,O+,,\n"
    text += "D-6,A2 B7,,O+,asleep,\nD-7,A2 B7,,O+,,yesterday\nD-8,A2 B7\n"
    answer = await quality.post(f"{BASE}/platelet-donors/file", json={"text": text})
    assert (answer.status_code, answer.json()["code"]) == (422, "registry.file")
    assert [field["where"] for field in answer.json()["fields"]] == [f"line {n}" for n in (3, 4, 5, 6, 7, 8, 9)]
    assert (await quality.get(f"{BASE}/platelet-donors")).json()["total"] == 0
    assert ward.ledger("registry.file_taken") == []


async def test_a_file_with_another_heading_or_without_donors_is_refused(quality: httpx.AsyncClient) -> None:
    for text in ("name,hla\nA,B\n", "donor,hla,group\n", 'donor,hla,group\n"D-1,A2 B7,O+\n'):
        answer = await quality.post(f"{BASE}/platelet-donors/file", json={"text": text})
        assert (answer.status_code, answer.json()["code"]) == (422, "registry.file")


@pytest.mark.parametrize("person", ["operator", "hospital", "admin"])
async def test_only_quality_reads_donors(ward: Ward, person: str) -> None:
    async with ward.centre.client(person) as api:
        answers = [
            await api.get(f"{BASE}/platelet-donors"),
            await api.get(f"{BASE}/rare-donors"),
            await api.post(f"{BASE}/platelet-donors/search", json={"hla": "A2 B7"}),
            await api.put(f"{BASE}/rare-donors/D-1", json={"antigens": "K-", "group": None}),
        ]
    assert {answer.status_code for answer in answers} == {403}


async def test_the_ledger_of_the_screens_names_no_donor(ward: Ward, quality: httpx.AsyncClient) -> None:
    await put(quality, "D-77001")
    async with ward.centre.client("admin") as api:
        page = await api.get("/api/v1/ledger?limit=500")
    assert "registry.donor_put" in page.text
    assert "D-77001" not in page.text


async def test_rare_types_frozen_first_then_shelf_then_living_donors(ward: Ward, quality: httpx.AsyncClient) -> None:
    typed = "D+ C- E- K- Jka-"
    frozen = await ward.centre.add_bag(1, "ult/s1/001", component="RBC_F", antigens=typed + " Fya-h")
    shelf = await ward.centre.add_bag(2, "cold-1/s1/001", antigens=typed)
    await ward.centre.add_bag(3, "cold-1/s1/002", antigens="K- Jka+")
    await ward.centre.add_bag(4, "cold-1/s1/003", antigens="K-")  # nobody tested Jka
    await ward.centre.add_bag(5, "cold-1/s1/004", antigens=typed, abo_rhd="A+")
    for donor, antigens in (("R-1", "K- Jka-"), ("R-2", "K- Jka+"), ("R-3", "K-")):
        answer = await quality.put(f"{BASE}/rare-donors/{donor}", json={"antigens": antigens, "group": "O+"})
        assert answer.status_code == 200, answer.text
    body = {"antigens_absent": ["anti-Jk(a)", "K"], "group": "O+"}
    found = (await quality.post(f"{BASE}/rare/search", json=body)).json()
    assert [one["bag"] for one in found["frozen"]] == [frozen]
    assert found["frozen"][0]["evidence"] == "historic"
    assert [one["bag"] for one in found["shelf"]] == [shelf]
    assert [one["donor"] for one in found["donors"]] == ["R-1"]
    async with ward.centre.client("operator") as api:
        seen = (await api.post(f"{BASE}/rare/search", json=body)).json()
    assert (seen["donors"], seen["donors_found"]) == ([], 1)
    assert [one["bag"] for one in seen["shelf"]] == [shelf]
