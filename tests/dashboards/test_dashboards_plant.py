"""The whole plant over HTTP: intake, labels, preparation, the way out, transport, returns and counts."""

from __future__ import annotations

from typing import Any

CHINESE = range(0x4E00, 0x9FFF)


def is_chinese(text: str) -> bool:
    return any(ord(character) in CHINESE for character in text)


def scans_of(bag: str) -> dict[str, str]:
    din, product = bag.split("-", 1)
    return {"din_scan": f"={din}00", "product_scan": f"=<{product}"}


def note(centre: Any, number: str, *serials: int) -> dict[str, Any]:
    product = centre.plant.product_of("WB")
    items = [{"din": f"A999926{serial:06d}", "product": product} for serial in serials]
    return {"id": number, "origin": "mobile", "sent_at": centre.clock.now().isoformat(), "items": items}


async def test_a_number_on_two_notes_is_a_question_that_one_person_answers_once(centre: Any) -> None:
    async with centre.client("agent-collection") as van, centre.client("operator") as operator:
        first = await van.post("/api/v1/consignments", json=note(centre, "note-1", 1, 2))
        assert first.status_code == 201, first.text
        assert (first.json()["state"], first.json()["counts"]["expected"]) == ("announced", 2)
        again = await van.post("/api/v1/consignments", json=note(centre, "note-1", 1, 2))
        assert again.json() == first.json()
        second = (await van.post("/api/v1/consignments", json=note(centre, "note-2", 2, 3))).json()
        (double,) = [item for item in second["items"] if item["state"] == "double"]
        assert double["acts"] == ["keep_first", "send_back"]
        answer = {"item": double["id"], "act": "keep_first", "comment": "typed twice on the van"}
        path = "/api/v1/consignments/note-2/resolve"
        assert (await van.post(path, json={**answer, "item": "x"})).status_code == 403
        resolved = (await operator.post(path, json=answer)).json()
        (said,) = [item["resolved"] for item in resolved["items"] if item["resolved"] is not None]
        assert (said["act"], said["by"], said["comment"]) == ("keep_first", "operator", "typed twice on the van")
        late = await operator.post(path, json=answer)
        assert (late.status_code, late.json()["code"]) == (409, "consignment.answered")
        listed = (await operator.get("/api/v1/consignments")).json()["items"]
        assert {one["id"] for one in listed} == {"note-1", "note-2"}
        assert (await operator.get("/api/v1/consignments/none")).status_code == 404


async def test_a_label_is_printed_by_hand_and_its_scan_says_what_is_still_open(centre: Any) -> None:
    bag = await centre.add_bag(1, place="cold-1/q1/001", status="QUARANTINE", label_check="pending")
    other = await centre.add_bag(2, place="cold-1/s1/001")
    async with centre.client("operator") as client, centre.client("hospital") as hospital:
        (waiting,) = (await client.get("/api/v1/labels", params={"state": "waiting"})).json()["items"]
        assert (waiting["bag"], waiting["mismatches"]) == (bag, [])
        assert is_chinese(waiting["waits_zh"])
        page = await client.get(f"/api/v1/bags/{bag}/label.pdf")
        assert (page.headers["content-type"], page.content[:5]) == ("application/pdf", b"%PDF-")
        assert (await client.get(f"/api/v1/bags/{bag}/label.zpl")).text.startswith("^XA")
        assert (await hospital.get(f"/api/v1/bags/{bag}/label.pdf")).status_code == 403
        wrong = (await client.post("/api/v1/scans/label", json={"din_scan": "abc", "product_scan": "def"})).json()
        assert (wrong["accepted"], wrong["code"]) == (False, "label.scan")
        early = (await client.post("/api/v1/scans/label", json=scans_of(bag))).json()
        assert (early["accepted"], early["code"]) == (False, "label.not_ready")
        assert is_chinese(early["detail_zh"])
        checked = (await client.post("/api/v1/scans/label", json=scans_of(other))).json()
        assert (checked["accepted"], checked["bag"], checked["next_en"]) == (True, other, "Put it away.")


async def test_a_preparation_order_names_its_limits_and_can_be_taken_back(centre: Any) -> None:
    async with centre.client("operator") as client, centre.client("hospital") as hospital:
        recipes = (await client.get("/api/v1/preparation/recipes")).json()["items"]
        wash = next(recipe for recipe in recipes if recipe["recipe"] == "wash")
        assert wash["robots"] == ["robot-2"]
        assert {"haemolysis", "recovery"} <= {measure["name"] for measure in wash["measures"]}
        wish = {"recipe": "wash", "component": wash["output"], "quantity": 2}
        assert (await hospital.post("/api/v1/preparation/orders", json=wish)).status_code == 403
        order = (await client.post("/api/v1/preparation/orders", json=wish)).json()
        assert (order["state"], order["quantity"], order["created_by"]) == ("waiting", 2, "operator")
        assert (await client.get("/api/v1/preparation/orders")).json()["items"] == [order]
        wrong = await client.post("/api/v1/preparation/orders", json={**wish, "component": "FFP"})
        assert wrong.status_code == 422
        path = f"/api/v1/preparation/orders/{order['id']}/cancel"
        assert (await client.post(path, json={"reason": "not needed"})).json()["state"] == "cancelled"
        assert (await client.post(path, json={"reason": "not needed"})).json()["code"] == "preparation.ended"
        assert (await client.get("/api/v1/batches")).json() == {"items": []}
        assert (await client.get("/api/v1/batches/none")).json()["code"] == "batch.unknown"


async def test_the_way_out_shows_its_lanes_and_refuses_scans_in_both_languages(centre: Any) -> None:
    bag = await centre.add_bag(1)
    async with centre.client("operator") as client:
        way = (await client.get("/api/v1/picking")).json()
        assert [lane["lane"] for lane in way["lanes"]] == ["dispatch/sort-1", "dispatch/sort-2", "dispatch/sort-3"]
        assert {box["state"] for box in way["boxes"]} == {"empty"}
        assert way["queue"] == []
        box = way["boxes"][0]["id"]
        refused = {
            "pick": scans_of(bag),
            "pack": {**scans_of(bag), "box": box},
            "pack/close": {"box": box, "coolant_ok": True, "logger_started": True},
            "box-check": {"box": box, "items": [scans_of(bag)]},
            "take-out": {**scans_of(bag), "box": box},
            "let-go": {"shipment": "none", "items": [scans_of(bag)]},
            "put-away": {**scans_of(bag), "to_place": "dock"},
        }
        for act, body in refused.items():
            answer = await client.post(f"/api/v1/scans/{act}", json=body)
            assert (answer.status_code, answer.json()["accepted"]) == (200, False), act
            assert answer.json()["detail_en"], act
            assert is_chinese(answer.json()["detail_zh"]), act
        assert (await client.get(f"/api/v1/bags/{bag}")).json()["place"] == "cold-1/s1/001"
        stored = {**scans_of(bag), "to_place": "cold-1/s1/007"}
        assert (await client.post("/api/v1/scans/put-away", json=stored)).json()["accepted"] is True


async def test_without_weather_no_drone_flies_and_a_trip_that_is_not_there_loads_nothing(centre: Any) -> None:
    async with centre.client("operator") as client, centre.client("hospital") as hospital:
        assert (await client.get("/api/v1/trips")).json() == {"items": []}
        assert (await hospital.get("/api/v1/trips")).json() == {"items": []}
        weather = (await client.get("/api/v1/weather")).json()
        assert (weather["fresh"], weather["at"]) == (False, None)
        assert weather["flight_stop_en"]
        assert is_chinese(weather["flight_stop_zh"])
        loaded = (await client.post("/api/v1/trips/none/load", json={"box": "R20-1"})).json()
        assert loaded["accepted"] is False
        assert (await hospital.post("/api/v1/trips/none/depart")).status_code == 403


async def test_a_hospital_returns_what_it_has_and_sees_only_its_own_returns(centre: Any) -> None:
    home, away = "city-first", "east-lake"
    bag = await centre.add_bag(1, place=f"hospital/{home}", status="RECEIVED", custody="hospital", hospital=home)
    body = {
        "hospital": home,
        "bags": [bag],
        "reason": "not needed",
        "temperature_ok": True,
        "visual_ok": True,
        "shipment": None,
    }
    async with (
        centre.client("operator") as operator,
        centre.client(f"agent-{home}") as mine,
        centre.client(f"agent-{away}") as theirs,
        centre.client("quality") as quality,
    ):
        assert (await theirs.post("/api/v1/returns", json=body)).status_code == 403
        made = await mine.post("/api/v1/returns", json=body)
        assert made.status_code == 201, made.text
        number = made.json()["id"]
        assert [one["id"] for one in (await mine.get("/api/v1/returns")).json()["items"]] == [number]
        assert (await theirs.get("/api/v1/returns")).json() == {"items": []}
        received = (await operator.post(f"/api/v1/returns/{number}/receive", json=scans_of(bag))).json()
        assert received["accepted"] is True, received
        verdict = {"bag": bag, "verdict": "nonconforming", "comment": "no record of the box"}
        assert (await operator.post(f"/api/v1/returns/{number}/decide", json=verdict)).status_code == 403
        restock = await quality.post(f"/api/v1/returns/{number}/decide", json={**verdict, "verdict": "restock"})
        assert restock.status_code == 409, restock.text
        decided = (await quality.post(f"/api/v1/returns/{number}/decide", json=verdict)).json()
        assert [one["state"] for one in decided["bags"]] == ["nonconforming"]
        assert decided["closed_at"] is not None


async def test_a_count_by_hand_finds_what_lies_there_and_misses_what_does_not(centre: Any) -> None:
    seen, gone = await centre.add_bag(1, place="cold-1/s1/001"), await centre.add_bag(2, place="cold-1/s1/002")
    async with centre.client("operator") as client:
        opened = await client.post("/api/v1/counts", json={"place": "cold-1/s1", "by": "hand"})
        assert opened.status_code == 201, opened.text
        count = opened.json()["id"]
        assert (opened.json()["expected"], opened.json()["seen"]) == (2, 0)
        looked = (await client.post(f"/api/v1/counts/{count}/scan", json=scans_of(seen))).json()
        assert looked["accepted"] is True, looked
        closed = (await client.post(f"/api/v1/counts/{count}/close")).json()
        states = {item["bag"]: item["state"] for item in closed["items"]}
        assert states == {seen: "seen", gone: "not_seen"}
        assert (await client.get(f"/api/v1/bags/{gone}")).json()["status"] == "MISSING"
        lost = {"bag": gone, "act": "lost", "signatures": ["sig-1", "sig-2"]}
        assert (await client.post(f"/api/v1/counts/{count}/resolve", json=lost)).status_code in {403, 409, 404}
        found = {"bag": gone, "act": "found", "place": "cold-1/q1/001"}
        assert (await client.post(f"/api/v1/counts/{count}/resolve", json=found)).status_code == 200
        assert (await client.get(f"/api/v1/bags/{gone}")).json()["status"] == "QUARANTINE"
        shelves = (await client.get("/api/v1/shelves")).json()["items"]
        assert all(shelf["seen"] is None for shelf in shelves)
