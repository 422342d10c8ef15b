"""Laboratory, release and donor checks over the API: who may what, signatures, files, and records that are judged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hemovault.services.temperature_records import TemperatureRecords
from runtime.health import HealthPart
from wms.release.release import release_ready_bags
from wms.release.temperature import JudgementState, judgement_of
from wms.store.database import driver_of
from wms.store.tx import Actor

DIN = "A999926000042"
SEROLOGY = ("hbsag", "anti_hcv", "hiv", "syphilis", "nat")
BOARD = Actor("service:floor", "controller")


def results(centre: Any, run: str = "run-1", **changes: str) -> dict[str, Any]:
    at = centre.clock.now().isoformat()
    values = {**dict.fromkeys(SEROLOGY, "negative"), "alt": "21", **changes}
    items = [
        {"test": test, "value": value, "method": "clia", "at": at, "reagent": f"{test}-a"}
        for test, value in values.items()
    ]
    items += [{"test": "abo_rhd", "value": "A+", "method": method, "at": at} for method in ("forward", "reverse")]
    return {"din": DIN, "run": run, "results": items}


async def judge(centre: Any) -> int:
    house = centre.house
    records = TemperatureRecords(
        centre.warehouse, house.telemetry.store, house.telemetry.registry, HealthPart("temperature records")
    )
    return await records.judge_once()


async def waiting(centre: Any, place: str = "cold-1/q1/001", **fields: Any) -> str:
    fields = {"status": "QUARANTINE", "tests": "pending", "abo_rhd": None, **fields}
    bag: str = await centre.add_bag(42, place=place, **fields)
    return bag


async def test_raw_results_are_for_quality_and_the_laboratory(centre: Any) -> None:
    await waiting(centre)
    async with (
        centre.client("agent-laboratory") as laboratory,
        centre.client("quality") as quality,
        centre.client("operator") as operator,
        centre.client("hospital") as hospital,
    ):
        taken = await laboratory.post("/api/v1/laboratory/results", json=results(centre, hiv="initially_reactive"))
        assert taken.status_code == 200, taken.text
        url = f"/api/v1/laboratory/donations/{DIN}"
        assert len((await quality.get(url)).json()["results"]) == 8
        assert len((await laboratory.get(url)).json()["results"]) == 8
        seen = (await operator.get(url)).json()
        assert (seen["state"], seen["repeat"], seen["results"]) == ("repeat", ["hiv"], [])
        assert (await hospital.get(url)).status_code == 403
        listed = (await operator.get("/api/v1/laboratory/donations?state=repeat&q=A9999")).json()
        assert (listed["total"], listed["items"][0]["din"], listed["items"][0]["results"]) == (1, DIN, [])
        tests = (await operator.get("/api/v1/laboratory/tests")).json()
        assert {"hbsag", "nat", "abo_rhd"} <= {test["key"] for test in tests["items"]}
        assert all(test["source"] for test in tests["items"])
        assert (await operator.post("/api/v1/laboratory/results", json=results(centre))).status_code == 403


async def test_a_file_is_taken_whole_or_its_faults_are_named_by_line(centre: Any) -> None:
    await waiting(centre)
    at = centre.clock.now().isoformat()
    header = "din,run,test,value,method,reagent,device,at"
    good = f"{header}\n{DIN},p1,hiv,negative,clia,a,immuno-1,{at}\n"
    async with centre.client("agent-laboratory") as laboratory, centre.client("operator") as operator:
        url = "/api/v1/laboratory/files"
        bad = await laboratory.post(
            url, json={"name": "x.csv", "text": f"{good}A999926000099,p1,hiv,fine,clia,,,{at}\n"}
        )
        assert (bad.status_code, bad.json()["code"]) == (422, "laboratory.file")
        assert [field["where"] for field in bad.json()["fields"]] == ["line 3"]
        assert bad.json()["detail_zh"]
        first = await laboratory.post(url, json={"name": "x.csv", "text": good})
        again = await laboratory.post(url, json={"name": "y.csv", "text": good})
        assert (first.status_code, first.json()["already"], again.json()["already"]) == (201, False, True)
        assert (await operator.post(url, json={"name": "x.csv", "text": good})).status_code == 403


async def test_a_bag_is_released_when_its_record_was_judged_good(centre: Any) -> None:
    bag = await waiting(centre, place="cold-1/q1/001")
    probes = [probe.id for probe in centre.plant.probes_covering("cold-1/q1/001")]
    async with centre.client("agent-laboratory") as laboratory:
        taken = (await laboratory.post("/api/v1/laboratory/results", json=results(centre))).json()
    details = [reason["detail"] for reason in taken["refused"][0]["reasons"]]
    assert "temperature: the temperature record is not judged yet" in details
    assert "its place is outside the permitted temperature now" in details  # nobody knows: not taken for good
    centre.clock.step(1800)
    for probe in probes:
        centre.hear(probe, *([4.0] * 31))
    assert await judge(centre) == 1
    assert await judge(centre) == 0
    async with centre.client("operator") as operator:
        item = (await operator.get(f"/api/v1/bags/{bag}/release")).json()
        assert {gate["state"] for gate in item["gates"]} == {"passed"}
        done = (await operator.post(f"/api/v1/bags/{bag}/release")).json()
        assert done["released"] is True
        assert (await operator.get("/api/v1/release?state=all")).json()["total"] == 0


@pytest.mark.parametrize(("value", "state"), [(9.5, JudgementState.FAILED), (4.0, JudgementState.PASSED)])
async def test_an_excursion_where_it_lay_fails_its_record(centre: Any, value: float, state: JudgementState) -> None:
    bag = await waiting(centre, tests="negative", abo_rhd="A+")
    centre.clock.step(3600)
    for probe in centre.plant.probes_covering("cold-1/q1/001"):
        centre.hear(probe.id, *([4.0] * 10), *([value] * 41), *([4.0] * 10))
    await judge(centre)
    with centre.warehouse.read() as conn:
        judgement = judgement_of(driver_of(conn), bag)
    assert judgement is not None
    assert judgement.state is state
    assert judgement.outside_min == pytest.approx(41.0 if state is JudgementState.FAILED else 0.0)


async def test_what_failed_its_process_is_judged_too_so_that_people_can_decide(centre: Any) -> None:
    bag = await waiting(centre, tests="negative", abo_rhd="A+", process_check="failed")
    assert await judge(centre) == 1
    async with centre.client("operator") as operator:
        gates = (await operator.get(f"/api/v1/bags/{bag}/release")).json()["gates"]
    state = {gate["gate"]: (gate["state"], gate["can_override"]) for gate in gates}
    assert state["process"] == ("failed", True)
    assert state["temperature"] == ("passed", False)


async def test_five_hours_without_a_reading_fail_its_record(centre: Any) -> None:
    bag = await waiting(centre, tests="negative", abo_rhd="A+")
    centre.clock.step(5 * 3600)
    await judge(centre)
    with centre.warehouse.read() as conn:
        judgement = judgement_of(driver_of(conn), bag)
    assert judgement is not None
    assert judgement.state is JudgementState.FAILED
    assert judgement.gap_min == pytest.approx(300, abs=1)


async def test_an_override_takes_two_people_signs_what_is_done_and_shows_for_ever(centre: Any) -> None:
    bag = await waiting(centre, tests="negative", abo_rhd="A+")
    centre.clock.step(5 * 3600)
    for probe in centre.plant.probes_covering("cold-1/q1/001"):
        centre.hear(probe.id, 4.0, 4.0, 4.0)
    await judge(centre)
    content = {"gates": ["temperature"], "reason": "the second probe agrees"}
    url = f"/api/v1/bags/{bag}/release-override"
    async with centre.client("quality") as quality, centre.client("operator") as operator:
        blocked = (await quality.get("/api/v1/release")).json()
        assert (blocked["total"], blocked["counts"]["temperature"]) == (1, 1)

        async def sign(username: str, content: dict[str, Any] = content) -> str:
            answer = await quality.post(
                "/api/v1/signatures",
                json={
                    "username": username, "password": centre.passwords[username], "act": "release.override",
                    "subject": bag, "meaning": "I have read the record", "content": content,
                },
            )  # fmt: skip
            assert answer.status_code == 201, answer.text
            signature: str = answer.json()["id"]
            return signature

        alone = await quality.post(url, json={**content, "signatures": [await sign("quality"), await sign("quality")]})
        assert (alone.status_code, alone.json()["code"]) == (403, "signature.same_person")
        changed = {"gates": ["temperature"], "reason": "another reason"}
        other = await quality.post(url, json={**changed, "signatures": [await sign("quality"), await sign("operator")]})
        assert other.json()["code"] == "signature.other_act"
        both = [await sign("quality"), await sign("operator")]
        assert (await operator.post(url, json={**content, "signatures": both})).status_code == 403
        done = await quality.post(url, json={**content, "signatures": both})
        assert done.status_code == 200, done.text
        assert done.json()["released"] is True
        item = (await operator.get(f"/api/v1/bags/{bag}/release")).json()
        assert item["overridden"][0]["people"] == ["operator", "quality"]
        assert item["overridden"][0]["gate"] == "temperature"
    with centre.warehouse.read() as conn:
        kinds = driver_of(conn).execute("SELECT kind, count(*) FROM ledger GROUP BY kind").fetchall()
    assert dict(kinds)["act.refused"] == 3
    assert dict(kinds)["release.overridden"] == 1


async def test_a_reactive_donation_cannot_be_overridden(centre: Any) -> None:
    bag = await waiting(centre, tests="not_negative", abo_rhd="A+")
    content = {"gates": ["tests"], "reason": "we need it badly"}
    async with centre.client("quality") as quality:
        signed = []
        for username in ("quality", "operator"):
            body = {
                "username": username, "password": centre.passwords[username], "act": "release.override",
                "subject": bag, "meaning": "yes", "content": content,
            }  # fmt: skip
            signed.append((await quality.post("/api/v1/signatures", json=body)).json()["id"])
        refused = await quality.post(f"/api/v1/bags/{bag}/release-override", json={**content, "signatures": signed})
        assert (refused.status_code, refused.json()["code"]) == (409, "release.no_override")
        assert refused.json()["detail_zh"] == "该放行条件任何人不得越过。"


async def test_deferrals_are_for_quality_and_a_warehouse_screen_says_donor_check(centre: Any) -> None:
    bag = await waiting(centre, donor="secret-donor")
    since = (centre.clock.now() - timedelta(days=5)).date().isoformat()
    text = f"donor,entry,from,until,code\nsecret-donor,deferral,{since},,hepatitis-b\n"
    async with (
        centre.client("quality") as quality,
        centre.client("operator") as operator,
        centre.client("agent-collection") as van,
    ):
        for client in (operator, van):
            refused = await client.post("/api/v1/deferrals/lists", json={"centre": "north", "text": text})
            assert refused.status_code == 403
            assert (await client.get("/api/v1/deferrals/held")).status_code == 403
        taken = await quality.post("/api/v1/deferrals/lists", json={"centre": "north", "text": text})
        assert (taken.status_code, taken.json()["held"]) == (201, 1)
        shown = await operator.get(f"/api/v1/bags/{bag}")
        assert [hold["reason"] for hold in shown.json()["hold_list"]] == ["donor check"]
        item = await operator.get(f"/api/v1/bags/{bag}/release")
        assert "hepatitis" not in shown.text + item.text
        assert "secret-donor" not in shown.text + item.text
        question = {"donor": "secret-donor"}
        asked = (await van.post("/api/v1/deferrals/check", json=question)).json()
        assert asked == {"may_donate": False, "reason_code": None, "until": None}
        assert (await quality.post("/api/v1/deferrals/check", json=question)).json()["reason_code"] == "hepatitis-b"
        (held,) = (await quality.get("/api/v1/deferrals/held")).json()["items"]
        assert (held["din"], held["codes"]) == (DIN, ["hepatitis-b"])
        decision = {"verdict": "cleared", "comment": "it is somebody else"}
        decided = await quality.post(f"/api/v1/deferrals/held/{DIN}/decide", json=decision)
        assert decided.json()["state"] == "cleared"
        assert (await operator.get(f"/api/v1/bags/{bag}")).json()["holds"] == 0
        told = {"at": centre.clock.now().isoformat(), "kind": "illness", "detail": "fever on the next day"}
        kept = await quality.post("/api/v1/donors/secret-donor/information", json=told)
        assert (kept.status_code, kept.json()["held"]) == (201, [DIN])
        entry = {"donor": "other", "entry": "whole_blood", "since": told["at"], "code": "given"}
        by_api = await quality.post("/api/v1/deferrals", json={"centre": "south", "entries": [entry]})
        assert by_api.json()["rows"] == 1
        wrong = await quality.post("/api/v1/deferrals/lists", json={"centre": "north", "text": "donor\n"})
        assert (wrong.status_code, wrong.json()["fields"][0]["where"]) == (422, "line 1")


async def test_nothing_is_released_while_nobody_judges(centre: Any) -> None:
    await waiting(centre, tests="negative", abo_rhd="A+")
    assert await centre.write(lambda tx: release_ready_bags(tx, BOARD)) == []
