"""Holds, discards, operations and the bag's story over the API: roles, signatures, named refusals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from wms.bags.commands import move_to
from wms.store.metadata import to_us
from wms.store.tx import Actor

TESTER = Actor("tester", "bench")
API = "/api/v1"


async def sign(
    client: httpx.AsyncClient, centre: Any, act: str, subject: str, content: object, *people: str
) -> list[str]:
    ids = []
    for person in people:
        body = {"username": person, "password": centre.passwords[person], "act": act, "subject": subject,
                "meaning": "I have checked it", "content": content}  # fmt: skip
        answer = await client.post(f"{API}/signatures", json=body)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return ids


def kinds(centre: Any) -> list[str]:
    with centre.warehouse.read() as conn:
        return [kind for (kind,) in conn.exec_driver_sql("SELECT kind FROM ledger ORDER BY seq")]


def scanned(bag: str) -> dict[str, str]:
    din, _, product = bag.partition("-")
    return {"din_scan": f"={din}00", "product_scan": f"=<{product}"}


async def test_a_donation_hold_is_placed_by_its_scan_and_shown_with_its_bags(centre: Any) -> None:
    red = await centre.add_bag(1)
    plasma = await centre.add_bag(1, place="plasma-1/s1/001", component="FFP")
    async with centre.client("operator") as client:
        placed = await client.post(f"{API}/holds", json={"donation": f"={red[:13]}00", "reason": "donor rang"})
        assert placed.status_code == 201, placed.text
        hold = placed.json()
        assert (hold["scope"], hold["subject"], hold["bags"]) == ("donation", red[:13], 2)
        shown = (await client.get(f"{API}/holds/{hold['id']}")).json()
        assert {bag["id"] for bag in shown["bag_list"]} == {red, plasma}
        listed = (await client.get(f"{API}/holds", params={"scope": "donation", "q": "donor"})).json()
        assert [one["id"] for one in listed["items"]] == [hold["id"]]
        assert (await client.get(f"{API}/holds/hld-none")).json()["code"] == "hold.unknown"
        story = (await client.get(f"{API}/bags/{plasma}")).json()
        assert [one["id"] for one in story["donation"]["holds"]] == [hold["id"]]
        (kept,) = story["hold_list"]
        assert (kept["scope"], kept["subject"], kept["origin"]) == ("donation", red[:13], hold["id"])
        two = {"bag": red, "donation": red[:13], "reason": "two things"}
        assert (await client.post(f"{API}/holds", json=two)).status_code == 422
        unknown = await client.post(f"{API}/holds", json={"batch": "bat-none", "reason": "mistyped"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "batch.unknown")
        assert unknown.json()["detail_zh"]


async def test_a_discard_needs_quality_two_people_and_their_word_over_exactly_this(centre: Any) -> None:
    bags = [await centre.add_bag(1), await centre.add_bag(2, place="cold-1/s1/002")]
    wish = {"bags": bags, "cause": "leaking", "comment": "both from one carton"}
    async with centre.client("quality") as quality, centre.client("operator") as operator:
        causes = (await operator.get(f"{API}/discards/causes")).json()["items"]
        assert {"expired", "reactive", "leaking", "research"} <= {cause["key"] for cause in causes}
        looked = (await operator.post(f"{API}/discards/check", json={"bags": [*bags, "A9-X"]})).json()
        assert looked["discardable"] == bags
        assert looked["refused"][0]["bag"] == "A9-X"
        both = await sign(quality, centre, "bag.discard", bags[0], wish, "quality", "operator")
        barred = await operator.post(f"{API}/discards", json={**wish, "signatures": both})
        assert barred.json()["code"] == "role.missing"
        other = await quality.post(f"{API}/discards", json={**wish, "cause": "volume", "signatures": both})
        assert (other.status_code, other.json()["code"]) == (403, "signature.other_act")
        alone = await sign(quality, centre, "bag.discard", bags[0], wish, "quality", "quality")
        same = await quality.post(f"{API}/discards", json={**wish, "signatures": alone})
        assert same.json()["code"] == "signature.same_person"
        assert kinds(centre).count("act.refused") == 3
        done = await quality.post(f"{API}/discards", json={**wish, "signatures": both})
        assert done.status_code == 201, done.text
        assert done.json()["discarded"] == bags
        again = await quality.post(f"{API}/discards", json={**wish, "signatures": both})
        assert again.json()["code"] == "signature.used"
        assert (await quality.get(f"{API}/bags/{bags[0]}")).json()["status"] == "DISCARDED"
        listed = (await quality.get(f"{API}/discards")).json()
        assert (listed["total"], {one["bag"] for one in listed["items"]}) == (2, set(bags))


async def test_one_bag_that_must_not_be_discarded_refuses_all_and_is_named(centre: Any) -> None:
    good = await centre.add_bag(1)
    away = await centre.add_bag(2, place="hospital/east-lake", status="RECEIVED", custody="hospital",
                                hospital="east-lake")  # fmt: skip
    wish = {"bags": [good, away], "cause": "recalled", "comment": ""}
    async with centre.client("quality") as quality:
        both = await sign(quality, centre, "bag.discard", good, wish, "quality", "operator")
        refused = await quality.post(f"{API}/discards", json={**wish, "signatures": both})
        assert (refused.status_code, refused.json()["code"]) == (409, "discard.refused")
        assert away in refused.json()["detail"]
        assert good not in refused.json()["detail"]
        assert (await quality.get(f"{API}/bags/{good}")).json()["status"] == "AVAILABLE"
        assert kinds(centre)[-1] == "act.refused"


async def test_indicators_and_files_are_for_staff_and_a_hospital_sees_none(centre: Any) -> None:
    await centre.add_bag(1)
    async with centre.client("quality") as quality:
        found = (await quality.get(f"{API}/indicators")).json()
        assert (found["total"]["made"], found["total"]["discard_rate"]) == (1, 0.0)
        assert {one["key"] for one in found["definitions"]} >= {"made", "discard_rate"}
        file = await quality.get(f"{API}/indicators.csv")
        assert file.headers["content-type"].startswith("text/csv")
        assert file.text.splitlines()[1].startswith("total,total,")
        assert (await quality.get(f"{API}/discards.csv")).text.startswith("id,bag,component")
        wrong = await quality.get(f"{API}/indicators", params={"hospital": "nowhere"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "hospital")
    agent = next(name for name in centre.passwords if name.startswith("agent-city"))
    async with centre.client(agent) as hospital:
        for path in ("indicators", "discards", "discards.csv", "holds", "operations"):
            assert (await hospital.get(f"{API}/{path}")).json()["code"] == "role.missing", path


async def test_an_operation_by_hand_takes_both_scans_and_shows_in_the_family(centre: Any) -> None:
    bag = await centre.add_bag(1, place="prep/out")
    async with centre.client("operator") as client:
        listed = {one["operation"]: one for one in (await client.get(f"{API}/operations")).json()["items"]}
        assert listed["split"]["volumes"] is None
        assert listed["relabel"]["approval"]
        body = {"operation": "split", "bags": [scanned(bag)], "volumes_ml": [90.0, 95.0]}
        made = await client.post(f"{API}/operations", json=body, headers={"Idempotency-Key": "split-1"})
        assert made.status_code == 201, made.text
        pieces = made.json()["children"]
        repeated = await client.post(f"{API}/operations", json=body, headers={"Idempotency-Key": "split-1"})
        assert repeated.json() == made.json()
        story = (await client.get(f"{API}/bags/{pieces[0]}")).json()
        assert {(edge["parent"], edge["operation"]) for edge in story["family"]["edges"]} == {(bag, "split")}
        assert {node["id"] for node in story["family"]["nodes"]} == {bag, *pieces}
        again = await client.post(f"{API}/operations", json=body)
        assert (again.status_code, again.json()["code"]) == (409, "operation.refused")
        mixed = {**body, "bags": [{"din_scan": f"={bag[:13]}00", "product_scan": "nonsense"}]}
        assert (await client.post(f"{API}/operations", json=mixed)).json()["code"].startswith("scan.")


async def test_a_relabel_is_signed_by_two_over_its_body(centre: Any) -> None:
    bag = await centre.add_bag(
        1, place="prep/out", component="FFP", expires_us=to_us(centre.clock.now() - timedelta(days=1))
    )
    wish = {"operation": "relabel", "bags": [scanned(bag)], "reason": "older than one year"}
    async with centre.client("operator") as client:
        unsigned = await client.post(f"{API}/operations", json=wish)
        assert (unsigned.status_code, unsigned.json()["code"]) == (409, "operation.signatures")
        both = await sign(client, centre, "bag.relabel", bag, wish, "quality", "operator")
        done = await client.post(f"{API}/operations", json={**wish, "signatures": both})
        assert done.status_code == 201, done.text
        (child,) = done.json()["children"]
        assert (await client.get(f"{API}/bags/{child}")).json()["component"] == "FP"


async def test_the_story_of_a_bag_tells_what_it_was_typed_for_and_how_long_it_was_out(centre: Any) -> None:
    bag = await centre.add_bag(1, attributes="irradiated,leucoreduced", intended_for="patient-7", antigens="K-")
    centre.clock.step(600)
    await centre.write(lambda tx: move_to(tx, TESTER, bag, "dispatch/gate", tx.now))
    centre.clock.step(35 * 60)
    async with centre.client("operator") as client:
        story = (await client.get(f"{API}/bags/{bag}")).json()
    assert (story["attributes"], story["intended_for"]) == (["irradiated", "leucoreduced"], "patient-7")
    exposure = story["exposure"]
    assert (exposure["minutes_total"], exposure["longest_min"], exposure["running"]) == (35.0, 35.0, True)
    assert (exposure["verdict"], exposure["minutes_unknown"]) == ("not_for_reissue", 0.0)
    (event,) = exposure["events"]
    assert (event["cause"], event["place"], event["in_at"], event["max_c"]) == ("handling", "dispatch/gate", None, None)
    assert exposure["source"]


@pytest.mark.parametrize("path", ["holds", "discards/causes", "indicators", "operations"])
async def test_nobody_reads_without_signing_in(centre: Any, path: str) -> None:
    async with centre.client() as client:
        assert (await client.get(f"{API}/{path}")).json()["code"] == "session.missing"


async def test_what_may_be_decided_about_a_returned_bag_is_said_before_and_kept_to(centre: Any) -> None:
    bag = await centre.add_bag(1, place="hospital/east-lake", status="RECEIVED", custody="hospital",
                               hospital="east-lake")  # fmt: skip
    wish = {"hospital": "east-lake", "bags": [bag], "reason": "not needed", "temperature_ok": True, "visual_ok": True}
    async with centre.client("quality") as quality, centre.client("operator") as operator:
        number = (await operator.post(f"{API}/returns", json=wish)).json()["id"]
        early = await quality.get(f"{API}/returns/{number}/proposals/{bag}")
        assert (early.status_code, early.json()["code"]) == (409, "return_state")
        received = await operator.post(f"{API}/returns/{number}/receive", json=scanned(bag))
        assert received.json()["accepted"], received.text
        proposal = (await quality.get(f"{API}/returns/{number}/proposals/{bag}")).json()
        assert (proposal["may"], proposal["clock"]) == (["nonconforming"], "ok")
        assert any("no box logger" in reason for reason in proposal["against"])
        decision = {"bag": bag, "comment": "looks well"}
        url = f"{API}/returns/{number}/decide"
        barred = await operator.post(url, json={**decision, "verdict": "nonconforming"})
        assert barred.json()["code"] == "role.missing"
        refused = await quality.post(url, json={**decision, "verdict": "restock"})
        assert (refused.status_code, refused.json()["code"]) == (409, "return_no_restock")
        assert refused.json()["detail_zh"]
        assert kinds(centre)[-1] == "act.refused"
        done = await quality.post(url, json={**decision, "verdict": "nonconforming"})
        assert done.json()["bags"][0]["state"] == "nonconforming", done.text
