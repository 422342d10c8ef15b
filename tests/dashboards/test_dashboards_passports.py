"""Passports and dispositions over the API: who may read and decide what, the pages, and signatures."""

from __future__ import annotations

from typing import Any

from hemovault.services.passports import Passports
from runtime.health import HealthPart
from wms.passports.compute import History
from wms.passports.sealing import seal
from wms.store.tx import Actor


async def warm_bag(centre: Any) -> str:
    """A bag beside a load probe that was at 7 C for 20 minutes."""
    bag = await centre.add_bag()
    for value, minutes in ((4.0, 10), (7.0, 20), (4.0, 10)):
        for _ in range(minutes):
            centre.clock.step(60)
            centre.hear("cold-1-load", value)
            centre.hear("cold-1-air", 4.0)
    telemetry = centre.house.telemetry
    history = History(centre.plant, telemetry.store, telemetry.registry)
    assert await Passports(centre.warehouse, history, HealthPart("passports")).watch_once()
    return bag


async def test_a_passport_is_read_by_staff_and_by_the_hospital_that_has_the_bag(centre: Any) -> None:
    bag = await warm_bag(centre)
    url = f"/api/v1/bags/{bag}/passport"
    async with centre.client("operator") as operator, centre.client("agent-east-lake") as hospital:
        passport = (await operator.get(url)).json()
        assert (passport["verdict"], passport["sealed"]) == ("outside", None)
        assert passport["reasons"][0]["code"] == "excursion"
        assert passport["mkt_note_en"].startswith("Mean kinetic temperature")
        (excursion,) = passport["excursions"]
        (decision,) = passport["decisions"]
        assert (excursion["verdict"], excursion["disposition"]) == ("outside", decision["id"])
        assert (await hospital.get(url)).status_code == 404
        values = ("IN_TRANSIT", "hospital", "east-lake", bag)
        await centre.write(
            lambda tx: tx.raw.execute("UPDATE bag SET status = ?, custody = ?, hospital = ? WHERE id = ?", values)
        )
        assert (await hospital.get(url)).status_code == 200
        assert (await operator.get("/api/v1/bags/A999926999999-D0002V00/passport")).json()["code"] == "bag.unknown"


async def test_the_pages_are_a_pdf_in_the_language_that_was_asked_for(centre: Any) -> None:
    bag = await warm_bag(centre)
    async with centre.client("operator") as operator:
        for lang in ("zh", "en"):
            answer = await operator.get(f"/api/v1/bags/{bag}/passport.pdf", params={"lang": lang})
            assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
            assert answer.content.startswith(b"%PDF")
        assert (await operator.get(f"/api/v1/bags/{bag}/passport.pdf", params={"lang": "fr"})).status_code == 422


async def test_one_of_quality_decides_a_light_item_and_the_ledger_says_who_was_refused(centre: Any) -> None:
    bag = await warm_bag(centre)
    async with centre.client("quality") as quality, centre.client("operator") as operator:
        listed = (await operator.get("/api/v1/dispositions")).json()
        (item,) = listed["items"]
        assert (listed["open"], item["bag"], item["trigger"], item["state"]) == (1, bag, "storage_alarm", "open")
        assert [(one["outcome"], one["people"]) for one in item["outcomes"]] == [
            ("release", 1),
            ("release_shortened", 1),
            ("discard", 2),
        ]
        url = f"/api/v1/dispositions/{item['id']}"

        async def sign(username: str, content: dict[str, Any]) -> str:
            body = {
                "username": username, "password": centre.passwords[username], "act": "disposition.decide",
                "subject": item["id"], "meaning": "I have read the passport", "content": content,
            }  # fmt: skip
            answer = await quality.post("/api/v1/signatures", json=body)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["id"])

        discard = {"outcome": "discard", "comment": "to be safe"}
        alone = await quality.post(f"{url}/decide", json={**discard, "signatures": [await sign("quality", discard)]})
        assert (alone.status_code, alone.json()["code"]) == (409, "disposition.signatures")
        assert alone.json()["detail_zh"] == "该裁定需要两人签名。"
        release = {"outcome": "release", "comment": "looked at the load probe"}
        by_operator = await quality.post(
            f"{url}/decide", json={**release, "signatures": [await sign("operator", release)]}
        )
        assert (by_operator.status_code, by_operator.json()["code"]) == (403, "signature.role")
        signed = [await sign("quality", release)]
        assert (await operator.post(f"{url}/decide", json={**release, "signatures": signed})).status_code == 403
        done = await quality.post(f"{url}/decide", json={**release, "signatures": signed})
        assert done.status_code == 200, done.text
        assert (done.json()["state"], done.json()["decided_by"], done.json()["hold"]) == ("decided", ["quality"], None)
        shown = (await operator.get(f"/api/v1/bags/{bag}")).json()
        assert shown["hold_list"] == []
        assert (await operator.get("/api/v1/dispositions")).json() == {"items": [], "open": 0}
        assert len((await operator.get("/api/v1/dispositions", params={"state": "decided"})).json()["items"]) == 1
        assert (await operator.get("/api/v1/dispositions/dsp-nothing")).status_code == 404


async def test_a_shorter_shelf_life_is_signed_as_it_was_sent(centre: Any) -> None:
    bag = await warm_bag(centre)
    async with centre.client("quality") as quality:
        (item,) = (await quality.get("/api/v1/dispositions", params={"bag": bag})).json()["items"]
        content = {"outcome": "release_shortened", "comment": "half of it", "expires_at": "2026-12-01T00:00:00Z"}
        body = {
            "username": "quality", "password": centre.passwords["quality"], "act": "disposition.decide",
            "subject": item["id"], "meaning": "yes", "content": content,
        }  # fmt: skip
        signature = (await quality.post("/api/v1/signatures", json=body)).json()["id"]
        done = await quality.post(
            f"/api/v1/dispositions/{item['id']}/decide", json={**content, "signatures": [signature]}
        )
        assert done.status_code == 200, done.text
        assert done.json()["expires_at"] == "2026-12-01T00:00:00Z"


async def test_verifying_the_ledger_finds_a_passport_that_was_changed(centre: Any) -> None:
    bag = await warm_bag(centre)
    await centre.write(lambda tx: tx.raw.execute("UPDATE bag SET status = 'PACKED' WHERE id = ?", (bag,)))
    telemetry = centre.house.telemetry
    history = History(centre.plant, telemetry.store, telemetry.registry)
    assert await Passports(centre.warehouse, history, HealthPart("passports")).draft_once() == 1
    await centre.write(lambda tx: seal(tx, Actor("tester", "bench"), bag, "shp-1", {"shipment": "shp-1"}))
    url = f"/api/v1/bags/{bag}/passport"
    async with centre.client("quality") as quality:
        sealed = (await quality.get(url, params={"version": "sealed"})).json()
        assert (sealed["verdict"], sealed["sealed"]["intact"]) == ("outside", True)
        assert (await quality.get(f"{url}.pdf", params={"version": "sealed"})).status_code == 200
        centre.warehouse.export_head()
        assert (await quality.get("/api/v1/ledger/verify")).json()["fault"] is None
        broken = "UPDATE sealed_passport SET document = replace(document, 'outside', 'kept') WHERE bag = ?"
        await centre.write(lambda tx: tx.raw.execute(broken, (bag,)))
        verdict = (await quality.get("/api/v1/ledger/verify")).json()
        assert (verdict["ok"], "was changed after it was sealed" in verdict["fault"]) == (False, True)
        assert (await quality.get(url)).json()["sealed"]["intact"] is False
