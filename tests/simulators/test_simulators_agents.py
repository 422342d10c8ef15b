"""Agents at an API that fails, forgets the session, and refuses."""

import asyncio
import contextlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from simulators_day import AT
from simulators_process import until

from runtime.backoff import Backoff
from simulators.people.agents import Agent, collection_body, order_body, run_agents
from simulators.people.api_client import Account, ApiClient, RefusedByWarehouse, read_accounts
from simulators.people.day import Delivery, Donation, Need, Parcel, Return
from simulators.people.laboratory import first_reaction, first_run, repeat_runs
from simulators.world import World

ACCOUNT = Account(password="secret", role="hospital", hospital="city-first")


class Warehouse:
    """Answers each POST with the next status of its script, then 200."""

    def __init__(self, *script: int) -> None:
        self._script = list(script)
        self.seen: list[tuple[str, str | None]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((request.url.path, request.headers.get("Idempotency-Key")))
        status = self._script.pop(0) if self._script else 200
        body = {"code": "order.lines", "detail": "no"} if status >= 400 else {"id": "x"}
        return httpx.Response(status, json=body)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.people.api_client.Backoff", lambda: Backoff(first_s=0.001, longest_s=0.001))


async def test_an_act_is_repeated_with_its_key_until_it_is_answered() -> None:
    warehouse = Warehouse(500, 200, 503, 401, 200, 201)
    client = ApiClient("http://house", "h", ACCOUNT, httpx.MockTransport(warehouse))
    assert await client.post("/orders", {}, "key-1") == {"id": "x"}
    await client.close()
    assert [path for path, _ in warehouse.seen] == [
        "/api/v1/session",
        "/api/v1/session",
        "/api/v1/orders",
        "/api/v1/orders",
        "/api/v1/session",
        "/api/v1/orders",
    ]
    assert {key for path, key in warehouse.seen if path.endswith("orders")} == {"key-1"}


async def test_a_refusal_is_told_once_and_not_repeated() -> None:
    warehouse = Warehouse(200, 422)
    client = ApiClient("http://house", "h", ACCOUNT, httpx.MockTransport(warehouse))
    with pytest.raises(RefusedByWarehouse, match="422"):
        await client.post("/orders", {}, "key")
    await client.close()
    assert len(warehouse.seen) == 2


async def test_agents_wait_for_the_file_of_accounts(tmp_path: Path) -> None:
    path = tmp_path / "agents.json"
    waiting = asyncio.create_task(read_accounts(path))
    await asyncio.sleep(0)
    path.write_text(json.dumps({"lab": {"password": "p", "role": "laboratory"}}))
    assert (await asyncio.wait_for(waiting, 5))["lab"].role == "laboratory"


def donation(**changes: Any) -> Donation:
    given: dict[str, Any] = {
        "din": "A999926000001",
        "bag": "b",
        "donor": "D1",
        "volume_ml": 400.0,
        "collected_at": AT,
        "group": "O+",
        "reactive": None,
    }
    return Donation(**(given | changes))


@pytest.mark.parametrize("reactive", [None, "hbsag", "anti_hcv", "hiv", "syphilis", "nat", "alt"])
def test_the_laboratory_tells_the_truth(reactive: str | None) -> None:
    given = donation(reactive=reactive)
    results = [one for run in (first_run(1, given, AT), *repeat_runs(1, given, AT)) for one in run["results"]]
    bad = {
        entry["test"]
        for entry in results
        if entry["value"] == "reactive" or (entry["test"] == "alt" and float(entry["value"]) > 50)
    }
    assert bad == ({reactive} if reactive else set())
    assert [entry["value"] for entry in results if entry["test"] == "abo_rhd"] == ["O+", "O+"]
    assert {entry["test"] for entry in results} == {"hbsag", "anti_hcv", "hiv", "syphilis", "nat", "alt", "abo_rhd"}


def test_now_and_then_fit_blood_reacts_first_and_is_negative_in_duplicate() -> None:
    given = [donation(din=f"A999926{number:06d}") for number in range(3000)]
    reacted = [one for one in given if first_reaction(1, one) is not None]
    assert len(reacted) / len(given) == pytest.approx(0.02, abs=0.008)
    values = [[one["value"] for one in run["results"]] for run in repeat_runs(1, reacted[0], AT)]
    assert values == [["negative"], ["negative"]]
    tests = [one["value"] for one in first_run(1, reacted[0], AT)["results"]]
    assert len(set(tests) & {"initially_reactive", "equivocal"}) == 1


def test_a_negative_rhd_is_found_three_times() -> None:
    results = first_run(1, donation(group="A-"), AT)["results"]
    assert [one["value"] for one in results if one["test"] == "abo_rhd"] == ["A-"] * 3


async def test_repeats_are_reported_when_they_are_done(world: World) -> None:
    people = world.state.people
    given = donation(reactive="hiv", results_due=AT)
    people.untested = {given.din: given}
    warehouse = Warehouse()
    account = Account(password="secret", role="laboratory")
    agent = Agent(world, ApiClient("http://house", "lab", account, httpx.MockTransport(warehouse)), account)
    await agent.look()
    await agent.look()
    due = given.repeats_due
    assert due is not None
    assert [key for _, key in warehouse.seen[1:]] == ["results-A999926000001"]
    later(world, (due - world.state.now) / timedelta(minutes=1) + 1)
    people.untested = {given.din: given}
    await agent.look()
    await agent.client.close()
    assert not people.untested
    assert len(warehouse.seen) == 4


def test_a_collection_is_scanned_twice_and_an_order_keeps_its_lines() -> None:
    body = collection_body(donation())
    assert body["din_scan"] == body["din_scan_again"] == "=A99992600000100"
    assert body["samples"] == ["=A99992600000107", "=A99992600000109"]
    assert body["started_at"] < body["ended_at"] <= body["sealed_at"]
    order = order_body(Need(1, "city-first", AT, [("RBC_S", "O+", 3)]))
    assert [(line["component"], line["group"], line["quantity"]) for line in order["lines"]] == [("RBC_S", "O+", 3)]


async def test_a_tote_leaves_only_when_its_donations_are_reported(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = Warehouse()
    real = httpx.AsyncClient
    monkeypatch.setattr(
        "simulators.people.api_client.httpx.AsyncClient",
        lambda **options: real(**(options | {"transport": httpx.MockTransport(warehouse)})),
    )
    path = tmp_path / "agents.json"
    path.write_text(json.dumps({"team": {"password": "p", "role": "collection"}}))
    later(world, 30)
    assert len(world.state.people.unreported) > 0
    assert len(world.floor.at("mobile")) >= 6
    task = asyncio.create_task(run_agents(world, "http://house", path))
    await until(lambda: not world.state.people.unreported and not world.state.people.unannounced)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    later(world, 5)
    assert {path for path, _ in warehouse.seen} == {"/api/v1/session", "/api/v1/collections", "/api/v1/consignments"}
    assert not world.state.people.totes


def later(world: World, minutes: float) -> None:
    for _ in range(round(minutes * 6)):
        now = world.state.now + timedelta(seconds=10)
        world.advance(now, now)


async def test_a_shipment_that_somebody_else_receipted_is_not_receipted_again(world: World) -> None:
    world.state.people.delivered["shp-1"] = Delivery("city-first", {"": Parcel([])})

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"items": [{"id": "shp-1"}]})
        return httpx.Response(409 if "receive" in request.url.path else 200, json={"code": "shipment.state"})

    client = ApiClient("http://house", "h", ACCOUNT, httpx.MockTransport(answer))
    task = asyncio.create_task(Agent(world, client, ACCOUNT).run())
    await until(lambda: not world.state.people.delivered)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_an_order_that_came_too_late_is_placed_again_with_a_later_time(world: World) -> None:
    people = world.state.people
    people.unordered[0] = Need(0, "city-first", AT, [("RBC_S", "O+", 1)], due_at=AT - timedelta(minutes=1))
    warehouse = Warehouse(200, 422, 201)
    agent = Agent(world, ApiClient("http://house", "h", ACCOUNT, httpx.MockTransport(warehouse)), ACCOUNT)
    await agent.look()
    assert people.unordered[0].due_at == AT + timedelta(hours=4)
    agent._put_off.clear()
    await agent.look()
    await agent.client.close()
    assert not people.unordered
    keys = [key for path, key in warehouse.seen if path.endswith("orders")]
    assert len(set(keys)) == len(keys) == 2


async def test_a_hospital_receipts_each_box_and_announces_what_it_sends_back(world: World) -> None:
    people = world.state.people
    (name,) = [bag.id for bag in world.floor.at("dock")][:1]
    people.delivered["shp-1"] = Delivery("city-first", {"r20-1": Parcel([name]), "f20-1": Parcel([])})
    warehouse = Warehouse(200, 200, 409, 200, 200, 201)
    agent = Agent(world, ApiClient("http://house", "h", ACCOUNT, httpx.MockTransport(warehouse)), ACCOUNT)
    await agent.look()
    assert [key for _, key in warehouse.seen[1:]][:2] == ["receive-shp-1-r20-1", "receive-shp-1-f20-1"]
    assert list(people.delivered["shp-1"].parcels) == ["f20-1"]
    world.floor.put(world.floor.bags[name], "hospital/city-first")
    people.returns[name] = Return(name, "city-first", "shp-1", AT)
    await agent.look()
    await agent.client.close()
    assert warehouse.seen[-1] == ("/api/v1/returns", f"return-{name}")
    assert not people.returns
    assert [passage.to_place for passage in world.state.passages] == ["returns"]
