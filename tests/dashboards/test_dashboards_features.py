from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import insert

from blood.eligibility import Act
from blood.groups import BloodGroup
from blood.isbt128 import check_character
from dashboards.flow import WINDOW_MIN, flow
from telemetry.conditions import Condition, ConditionChange, Severity
from wms.alarms.feed import apply_conditions
from wms.bags.commands import move_to
from wms.inbox.epochs import TroubleKind, raise_trouble
from wms.ledger.chain import ledger
from wms.orders.commands import LineWish, OrderWish, place_order
from wms.orders.lifecycle import OrderKind
from wms.outbound.tables import shipment, shipment_bag
from wms.store.metadata import to_us
from wms.store.tx import Actor, BagChange, Tx

TESTER = Actor("tester", "bench")


def kinds(centre: Any) -> list[str]:
    with centre.warehouse.read() as conn:
        return [row.kind for row in conn.execute(ledger.select().order_by(ledger.c.seq))]


def order_of(centre: Any, **changes: Any) -> dict[str, Any]:
    line = {"component": "RBC_S", "group": "O+", "quantity": 2, "unit": "bag", "substitution": True, "min_days_left": 0}
    due = (centre.clock.now() + timedelta(hours=4)).isoformat()
    return {"hospital": "city-first", "kind": "stock", "priority": 3, "due_at": due, "lines": [line], **changes}


async def test_the_overview_tells_stock_chambers_orders_and_what_is_unknown(centre: Any) -> None:
    for number in range(1, 4):
        await centre.add_bag(number, place=f"cold-1/s1/00{number}")
    probe = next(p for p in centre.plant.probes if p.kind == "air" and p.device.startswith("cold"))
    centre.hear(probe.id, 4.0, 4.1, 4.2)
    async with centre.client("operator") as client:
        board = (await client.get("/api/v1/overview")).json()
    cells = {cell["group"]: cell for row in board["stock"] if row["component"] == "RBC_S" for cell in row["cells"]}
    assert cells["O+"]["bags"] == 3
    cold = next(chamber for chamber in board["chambers"] if chamber["probe"] == probe.id)
    assert (cold["value_c"], cold["quality"], cold["bags"]) == (4.2, "good", 3)
    assert cold["door_open"] is None
    assert cold["envelope"]["max_c"] == 6.0
    assert [value for _, value in cold["trend"]] == [4.0, 4.1, 4.2]
    frozen = next(chamber for chamber in board["chambers"] if chamber["probe"] != probe.id)
    assert (frozen["value_c"], frozen["quality"], frozen["at"]) == (None, "stale", None)
    assert board["completeness"]["sources_live"] == 1
    assert board["completeness"]["readers_live"] == 0
    assert board["completeness"]["readers_total"] == len(centre.plant.readers)
    assert set(board["flow"].values()) == {60, 0}


async def test_flow_counts_what_passed_each_station_and_not_the_opening(centre: Any) -> None:
    bag = await centre.add_bag(1)
    await centre.write(lambda tx: move_to(tx, TESTER, bag, "cold-1/s1/002", tx.now))
    await centre.write(
        lambda tx: tx.record("bag.packed", actor=TESTER, subject=bag, bag=BagChange(bag, {"status": "PACKED"}))
    )
    with centre.warehouse.read() as conn:
        now = flow(conn, "dock", centre.clock.now())
        later = flow(conn, "dock", centre.clock.now() + timedelta(minutes=WINDOW_MIN))
    assert (now.stored, now.gated, now.received, now.delivered) == (1, 1, 0, 0)
    assert (later.stored, later.gated) == (0, 0)


async def test_a_bag_tells_its_story_and_never_whose_blood_it_is(centre: Any) -> None:
    bag = await centre.add_bag(7, place="cold-1/s1/001")
    probe = next(p for p in centre.plant.probes_covering("cold-1/s1/001"))
    centre.clock.step(3600)
    for covering in centre.plant.probes_covering("cold-1/s1/001"):
        centre.hear(covering.id, *[4.0] * 55, *[9.0] * 5)
    async with centre.client("operator") as client:
        answer = await client.get(f"/api/v1/bags/{bag}")
        history = (await client.get(f"/api/v1/bags/{bag}/temperature")).json()
        missing = await client.get("/api/v1/bags/A999926999999-D0002V00")
    assert answer.status_code == 200, answer.text
    assert "donor" not in answer.text
    story = answer.json()
    assert story["check_character"] == check_character(bag[:13])
    assert story["temperature"]["value_c"] == 9.0
    assert [stay["place"] for stay in story["stays"]] == ["cold-1/s1/001"]
    excursion = next(e for e in story["excursions"] if e["probe"] == probe.id)
    assert (excursion["kind"], excursion["worst_c"], excursion["limit_c"], excursion["to_at"]) == (
        "above",
        9.0,
        6.0,
        None,
    )
    acts = {action["act"]: action for action in story["actions"]}
    assert set(acts) == {act.value for act in Act}
    assert "patient_missing" in {reason["code"] for reason in acts["issue"]["reasons"]}
    assert "status" in {reason["code"] for reason in acts["receive"]["reasons"]}
    assert {segment["probe"] for segment in history["segments"]} == {
        p.id for p in centre.plant.probes_covering("cold-1/s1/001")
    }
    assert history["segments"][0]["points"]
    assert (missing.status_code, missing.json()["code"]) == (404, "bag.unknown")


async def test_search_and_scans_find_bags(centre: Any) -> None:
    red = await centre.add_bag(1, place="cold-1/s1/001")
    await centre.add_bag(1, place="plasma-1/s1/001", component="FFP")
    await centre.add_bag(2, place="cold-1/s1/002", abo_rhd="A-")
    din, product = red.split("-", 1)

    async def scan(client: httpx.AsyncClient, *texts: str) -> httpx.Response:
        return await client.post("/api/v1/scans", json=dict(zip(("text", "text_2"), texts, strict=False)))

    async with centre.client("operator") as client:
        found = (await client.get("/api/v1/bags", params={"component": "RBC_S", "limit": 1})).json()
        assert (found["total"], len(found["items"])) == (2, 1)
        assert (await client.get("/api/v1/bags", params={"group": "A-"})).json()["total"] == 1
        assert (await client.get("/api/v1/bags", params={"place": "plasma-1"})).json()["total"] == 1
        assert (await client.get("/api/v1/bags", params={"status": "NO_SUCH"})).status_code == 422
        assert (await scan(client, f"={din}00", f"=<{product}")).json()["bag"] == red
        assert (await scan(client, f"=<{product}", din + check_character(din))).json()["bag"] == red
        assert (await scan(client, red)).json()["bag"] == red
        both = (await scan(client, f"={din}00")).json()
        assert both["bag"] is None
        assert len(both["candidates"]) == 2
        wrong = await scan(client, f"={din[:-1]}X00")
        assert wrong.status_code == 422
        assert wrong.json()["code"].startswith("scan.")


async def test_hospitals_see_and_touch_their_own_orders_only(centre: Any) -> None:
    async with centre.client("hospital") as own, centre.client("agent-east-lake") as other:
        placed = await own.post("/api/v1/orders", json=order_of(centre))
        assert placed.status_code == 201, placed.text
        order = placed.json()
        assert (order["hospital"], order["state"], order["lines"][0]["short"]) == ("city-first", "open", 2)
        foreign = await own.post("/api/v1/orders", json=order_of(centre, hospital="east-lake"))
        assert foreign.json()["code"] == "role.missing"
        assert [one["id"] for one in (await own.get("/api/v1/orders")).json()["items"]] == [order["id"]]
        assert (await other.get("/api/v1/orders")).json()["items"] == []
        assert (await other.get("/api/v1/orders", params={"hospital": "city-first"})).status_code == 403
        for answer in (
            await other.get(f"/api/v1/orders/{order['id']}"),
            await other.post(f"/api/v1/orders/{order['id']}/cancel", json={"reason": "not mine"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "order_unknown")
        places = (await own.get("/api/v1/plant")).json()
        assert [hospital["id"] for hospital in places["hospitals"]] == ["city-first"]
        assert places["probes"] == places["devices"] == []
        assert {component["key"] for component in places["components"]} >= {"RBC_S", "FFP"}
        cancelled = await own.post(f"/api/v1/orders/{order['id']}/cancel", json={"reason": "typed wrongly"})
        assert cancelled.json()["state"] == "cancelled"
        assert (await own.get("/api/v1/orders", params={"state": "all"})).json()["items"][0]["state"] == "cancelled"


async def test_an_order_that_cannot_be_meant_is_refused_and_changes_nothing(centre: Any) -> None:
    async with centre.client("hospital") as client:
        past = order_of(centre, due_at=(centre.clock.now() - timedelta(hours=1)).isoformat())
        for body in (
            past,
            order_of(centre, priority=9),
            order_of(centre, lines=[]),
            order_of(centre, colour="red"),
            order_of(centre, due_at="tomorrow"),
            order_of(centre, due_at="2027-01-01T00:00:00"),
            order_of(centre, lines=[{"component": "RBC_S", "group": "O+", "quantity": "2"}]),
        ):
            answer = await client.post("/api/v1/orders", json=body)
            assert answer.status_code == 422, body
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await client.get("/api/v1/orders", params={"state": "all"})).json()["items"] == []


async def test_a_repeated_write_with_its_key_happens_once(centre: Any) -> None:
    body, key = order_of(centre), {"Idempotency-Key": "k-1"}
    async with centre.client("hospital") as client:
        first = await client.post("/api/v1/orders", json=body, headers=key)
        again = await client.post("/api/v1/orders", json=body, headers=key)
        other = await client.post("/api/v1/orders", json=order_of(centre, priority=1), headers=key)
        assert first.json() == again.json()
        assert (other.status_code, other.json()["code"]) == (422, "idempotency.other_request")
        assert len((await client.get("/api/v1/orders")).json()["items"]) == 1
        assert (await client.post("/api/v1/orders", json=body)).json()["id"] != first.json()["id"]


async def test_a_door_left_open_becomes_an_alarm_that_a_person_acknowledges(centre: Any) -> None:
    door = centre.plant.doors[0]
    await centre.add_bag(1, place="cold-1/s1/001")
    news = ConditionChange(
        source=door.id, condition=Condition.DOOR_OPEN_LONG, active=True, priority_hint=Severity.HIGH,
        value=300.0, limit=180.0, at=centre.clock.now(), place=door.place,
    )  # fmt: skip
    await centre.write(lambda tx: apply_conditions(tx, [news]))
    async with centre.client("operator") as client:
        (alarm,) = (await client.get("/api/v1/alarms")).json()["items"]
        assert (alarm["source"], alarm["state"], alarm["active"]) == (door.id, "unacknowledged", True)
        assert alarm["stake"]["bags"] == 1
        assert alarm["title_zh"]
        detail = (await client.get(f"/api/v1/alarms/{alarm['id']}")).json()
        assert [bag["place"] for bag in detail["bags"]] == ["cold-1/s1/001"]
        seen = await client.post(f"/api/v1/alarms/{alarm['id']}/acknowledge", json={"comment": "on my way"})
        assert (seen.json()["state"], seen.json()["acknowledged_by"]) == ("acknowledged", "operator")
        assert seen.json()["journal"][-1]["comment"] == "on my way"
        missing = await client.post("/api/v1/alarms/alm-unknown/acknowledge", json={"comment": ""})
        assert missing.status_code == 404
        counts = (await client.get("/api/v1/overview")).json()["alarms"]["counts"]
        assert sum(count["open"] for count in counts) == 1
        assert sum(count["unacknowledged"] for count in counts) == 0


async def test_lifting_a_hold_takes_two_people_and_a_refusal_is_remembered(centre: Any) -> None:
    bag = await centre.add_bag(1)
    reason = {"reason": "the probe was wrong, the blood stayed cold"}
    async with centre.client("operator") as operator, centre.client("quality") as quality:
        hold = (await operator.post("/api/v1/holds", json={"bag": bag, "reason": "label torn"})).json()
        assert (hold["scope"], hold["subject"], hold["opened_by"]) == ("bag", bag, "operator")
        assert (await operator.post("/api/v1/holds", json={"reason": "nothing named"})).status_code == 422

        async def sign(username: str) -> str:
            answer = await quality.post(
                "/api/v1/signatures",
                json={
                    "username": username, "password": centre.passwords[username], "act": "hold.lift",
                    "subject": hold["id"], "meaning": "I have checked it", "content": reason,
                },
            )  # fmt: skip
            assert answer.status_code == 201, answer.text
            signature: str = answer.json()["id"]
            return signature

        url = f"/api/v1/holds/{hold['id']}/lift"
        alone = [await sign("quality"), await sign("quality")]
        refused = await quality.post(url, json={**reason, "signatures": alone})
        assert (refused.status_code, refused.json()["code"]) == (403, "signature.same_person")
        assert kinds(centre)[-1] == "act.refused"
        not_allowed = await operator.post(url, json={**reason, "signatures": alone})
        assert not_allowed.json()["code"] == "role.missing"
        assert kinds(centre).count("act.refused") == 2
        both = [await sign("quality"), await sign("operator")]
        changed = await quality.post(url, json={"reason": "another reason", "signatures": both})
        assert changed.json()["code"] == "signature.other_act"
        lifted = await quality.post(url, json={**reason, "signatures": both})
        assert lifted.status_code == 200, lifted.text
        assert lifted.json()["lifted_by"] == "quality"
        assert (await operator.get(f"/api/v1/bags/{bag}")).json()["holds"] == 0


async def test_collection_and_laboratory_report_through_the_api(centre: Any) -> None:
    din = "A999926000042"
    report = {
        "din_scan": f"={din}00", "din_scan_again": f"={din}00", "donor": "donor-42", "volume_ml": 400, "target_ml": 400,
        "anticoagulant": "CPD", "started_at": (centre.clock.now() - timedelta(minutes=8)).isoformat(),
        "ended_at": centre.clock.now().isoformat(), "sealed_at": centre.clock.now().isoformat(),
        "samples": [f"={din}07"], "device": "mixer-1", "device_serial": "S-1", "operator": "zhao",
        "donation_type": "allogeneic",
    }  # fmt: skip
    results = {
        "din": din,
        "run": "run-1",
        "results": [{"test": "hbsag", "value": "non-sense", "method": "elisa", "at": report["ended_at"]}],
    }
    async with centre.client("agent-collection") as van, centre.client("agent-laboratory") as laboratory:
        made = await van.post("/api/v1/collections", json=report)
        assert made.status_code == 201, made.text
        assert (made.json()["status"], made.json()["place"]) == ("COLLECTED", "mobile")
        assert "donor" not in made.text
        assert (await van.post("/api/v1/collections", json=report)).json()["id"] == made.json()["id"]
        mismatch = await van.post("/api/v1/collections", json={**report, "din_scan_again": "=A99992600004300"})
        assert (mismatch.status_code, mismatch.json()["code"]) == (422, "din_scan_again")
        assert (await van.post("/api/v1/laboratory/results", json=results)).status_code == 403
        assert (await laboratory.post("/api/v1/laboratory/results", json=results)).status_code == 422
        good = {**results, "results": [{**results["results"][0], "value": "negative"}]}
        taken = await laboratory.post("/api/v1/laboratory/results", json=good)
        assert taken.status_code == 200, taken.text
        assert taken.json() == {"din": din, "tests": "pending", "released": [], "refused": []}


async def test_people_do_by_scan_what_the_portal_or_the_crane_would(centre: Any) -> None:
    bag = await centre.add_bag(1, place="mobile", status="COLLECTED", component="WB", tests="pending")
    stock = await centre.add_bag(2, place="cold-1/s1/002")
    din, product = bag.split("-", 1)
    async with centre.client("operator") as client:
        received = await client.post("/api/v1/scans/receive", json={"din_scan": f"={din}00"})
        assert received.json()["accepted"] is True
        assert (await client.get(f"/api/v1/bags/{bag}")).json()["place"] == "dock"
        din, product = stock.split("-", 1)
        scans = {"din_scan": f"={din}00", "product_scan": f"=<{product}"}
        moved = await client.post("/api/v1/scans/move", json={**scans, "to_place": "cold-1/s1/009"})
        assert moved.json()["detail_en"] == f"{stock} is now at Cold room 1, shelf 1 / 009."
        assert moved.json()["detail_zh"] == f"{stock} 现位于 冷库 1 货架 1 / 009。"
        nowhere = await client.post("/api/v1/scans/move", json={**scans, "to_place": "cold-1/n1/001"})
        assert (nowhere.status_code, nowhere.json()["accepted"]) == (200, False)
        assert nowhere.json()["code"] == "place.zone"
        misread = (await client.post("/api/v1/scans/move", json={**scans, "din_scan": "x", "to_place": "dock"})).json()
        assert misread["accepted"] is False
        assert misread["code"].startswith("scan.din")
        verdict = (await client.post("/api/v1/scans/gate", json=scans)).json()
        assert (verdict["bag"], verdict["accepted"], verdict["code"]) == (stock, False, "gate_refused")
        assert "status: AVAILABLE" in verdict["detail_en"]
        assert "当前状态为可用" in verdict["detail_zh"]
        assert kinds(centre)[-1] == "gate.refused"
        assert (await client.get("/api/v1/tasks")).json() == {"items": []}
        missing = await client.post("/api/v1/tasks/tsk-1/complete", json={**scans, "at_place": "cold-1/s1/010"})
        assert missing.status_code == 404


async def test_probe_history_names_its_gaps_and_refuses_what_is_too_much(centre: Any) -> None:
    probe = centre.plant.probes[0]
    centre.clock.step(7200)
    centre.hear(probe.id, *[4.0] * 30)
    now = centre.clock.now()
    window = {"from_at": (now - timedelta(hours=2)).isoformat(), "to_at": now.isoformat(), "step_s": 60}
    async with centre.client("operator") as client:
        history = (await client.get(f"/api/v1/probes/{probe.id}/history", params=window)).json()
        assert len(history["points"]) in {30, 31}
        assert history["gaps"]
        endless = {**window, "from_at": (now - timedelta(days=60)).isoformat(), "step_s": 1}
        assert (await client.get(f"/api/v1/probes/{probe.id}/history", params=endless)).json()["code"] == "history.step"
        assert (await client.get("/api/v1/probes/nothing/history", params=window)).status_code == 404
        turned = {**window, "from_at": window["to_at"], "to_at": window["from_at"]}
        answer = await client.get(f"/api/v1/probes/{probe.id}/history", params=turned)
        assert answer.json()["code"] == "history.interval"
        probes = (await client.get("/api/v1/probes")).json()["items"]
        assert {p["quality"] for p in probes if p["id"] != probe.id} == {"stale"}


async def test_the_ledger_is_read_without_donors_and_verifies(centre: Any) -> None:
    await centre.add_bag(1)
    centre.warehouse.export_head()
    async with centre.client("quality") as client:
        page = await client.get("/api/v1/ledger", params={"after": 0, "limit": 500})
        verdict = (await client.get("/api/v1/ledger/verify")).json()
    assert '"donor"' not in page.text
    entries = page.json()["items"]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    assert verdict["ok"] is True, verdict
    assert verdict["fault"] is None


async def test_health_is_what_services_said_and_nothing_better(centre: Any) -> None:
    async with centre.client("operator") as client:
        assert (await client.get("/api/v1/health")).json() == {"state": "down", "services": []}


@pytest.mark.parametrize("username", ["operator", "hospital"])
async def test_the_clock_and_the_plant_are_for_everybody_signed_in(centre: Any, username: str) -> None:
    async with centre.client(username) as client:
        clock = (await client.get("/api/v1/clock")).json()
        assert clock["domain_now"].endswith("Z")
        assert clock["site"]["id"] == centre.plant.site.id
        assert clock["simulated"] is True
        plant = (await client.get("/api/v1/plant")).json()
        assert json.dumps(plant)
        assert next(c for c in plant["components"] if c["key"] == "RBC_S")["max_c"] == 6.0


async def on_the_road(centre: Any, bag: str, hospital: str) -> tuple[str, str]:
    """An order of one bag that has left for its hospital; returns order and shipment."""
    line = {"component": "RBC_S", "group": BloodGroup.O_POS, "quantity": 1}
    wish = OrderWish(hospital, OrderKind.STOCK, 3, centre.clock.now() + timedelta(hours=4), (LineWish(**line),))
    order_id = await centre.write(lambda tx: place_order(tx, TESTER, wish))
    now_us, shipment_id = to_us(centre.clock.now()), f"shp-{order_id}"

    def leave(tx: Tx) -> None:
        rows = {"id": shipment_id, "order_id": order_id, "hospital": hospital, "state": "in_transit"}
        tx.conn.execute(insert(shipment).values(**rows, created_us=now_us, dispatched_us=now_us))
        tx.conn.execute(insert(shipment_bag).values(shipment=shipment_id, bag=bag, line=f"{order_id}-1"))
        change = BagChange(bag, {"status": "IN_TRANSIT", "order_line": f"{order_id}-1", "place": "transit/van-1"})
        tx.record("bag.dispatched", actor=TESTER, subject=bag, bag=change)

    await centre.write(leave)
    return order_id, shipment_id


async def test_a_hospital_receives_its_shipment_and_hears_what_was_wrong(centre: Any) -> None:
    bag = await centre.add_bag(1)
    stranger = await centre.add_bag(2, place="cold-1/s1/002")
    _, shipment_id = await on_the_road(centre, bag, "city-first")
    url = f"/api/v1/shipments/{shipment_id}"
    body = {"bags": [bag, stranger], "temperature_ok": True, "visual_ok": True}
    async with (
        centre.client("hospital") as own,
        centre.client("agent-east-lake") as other,
        centre.client("operator") as operator,
    ):
        assert (await other.get("/api/v1/shipments")).json()["items"] == []
        assert (await other.get(url)).status_code == 404
        assert (await other.post(f"{url}/receive", json=body)).json()["code"] == "shipment_unknown"
        assert (await operator.post(f"{url}/receive", json=body)).json()["code"] == "role.missing"
        assert (await own.get("/api/v1/shipments")).json()["items"][0]["bags"] == [{"bag": bag, "status": "IN_TRANSIT"}]
        answer = await own.post(f"{url}/receive", json=body, headers={"Idempotency-Key": "r-1"})
        assert answer.status_code == 200, answer.text
        received = answer.json()
        assert received["state"] == "received"
        found = {f["bag"]: (f["verdict"], f["detail"]) for f in received["findings"]}
        assert found[stranger][0] == "wrong_bag"
        assert found[bag] == ("received_on_hold", "it came in no box, and nobody knows how warm it was on the road")
        again = await own.post(f"{url}/receive", json=body, headers={"Idempotency-Key": "r-1"})
        assert again.json() == received
        assert (await own.post(f"{url}/receive", json={**body, "bags": []})).status_code == 422
        assert (await operator.get(f"/api/v1/bags/{bag}")).json()["status"] == "RECEIVED"


async def test_a_lost_stretch_of_facts_stands_until_two_people_accept_it(centre: Any) -> None:
    trouble = await centre.write(
        lambda tx: raise_trouble(tx, TESTER, "cold", "epoch-2", TroubleKind.REPLACED, "a new memory")
    )
    async with centre.client("admin") as admin:
        (shown,) = (await admin.get("/api/v1/edges/troubles")).json()["items"]
        assert (shown["id"], shown["edge"]) == (trouble, "cold")

        async def sign(username: str) -> str:
            answer = await admin.post(
                "/api/v1/signatures",
                json={
                    "username": username, "password": centre.passwords[username], "act": "edge.accept",
                    "subject": trouble, "meaning": "counted by hand", "content": {},
                },
            )  # fmt: skip
            signature: str = answer.json()["id"]
            return signature

        url = f"/api/v1/edges/troubles/{trouble}/accept"
        without = await admin.post(url, json={"signatures": [await sign("quality"), await sign("operator")]})
        assert without.json()["code"] == "signature.role"
        left = await admin.post(url, json={"signatures": [await sign("admin"), await sign("operator")]})
        assert left.json() == {"items": []}, left.text
