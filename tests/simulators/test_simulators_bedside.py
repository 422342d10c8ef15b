"""What hospitals tell of a bag, in order: patient, crossmatch, issue, fate; what is not let go is not given."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from simulators_day import AT

from runtime.backoff import Backoff
from simulators.people import bedside, deliveries
from simulators.people.agents import Agent
from simulators.people.api_client import Account, ApiClient
from simulators.people.state import BedsideStep
from simulators.rhythm.hospitals import Fate
from simulators.world import World

ACCOUNT = Account(password="secret", role="hospital", hospital="city-first")
PLACE = "hospital/city-first"


class Papers:
    """A warehouse that keeps papers; ``refuse`` holds parts of paths that it answers with a status."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, Any]]] = []
        self.refuse: dict[str, int] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        if path in {"/session", "/hospital-stock"}:  # stock reports have their own tests
            return httpx.Response(200, json={})
        self.seen.append((request.method, path, json.loads(request.content) if request.content else {}))
        for part, status in self.refuse.items():
            if part in path:
                return httpx.Response(status, json={"code": "no", "detail": "no"})
        if path.startswith("/custody/"):
            return httpx.Response(200, json={"expires_at": (AT + timedelta(days=3)).isoformat()})
        return httpx.Response(200, json={"id": "x"})

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.seen]


class Nurse:
    """A world with one bag at the hospital, its agent, and the warehouse that it tells."""

    def __init__(self, world: World, bag: str, agent: Agent, papers: Papers) -> None:
        self.world, self.bag, self.agent, self.papers = world, bag, agent, papers
        self.people = world.state.people

    async def at(self, **span: float) -> None:
        """The time is so long after the receipt, the world's people act, then the agent looks."""
        self.world.state.now = self.world.scene.now = AT + timedelta(**span)
        self.agent._put_off.clear()
        deliveries.use(self.world.scene, self.people)
        await self.agent.look()


@asynccontextmanager
async def nursing(world: World, number: int = 0, component: str = "RBC_S") -> AsyncIterator[Nurse]:
    bag = [one.id for one in world.floor.bags.values() if one.component == component][number]
    world.floor.put(world.floor.bags[bag], PLACE)
    world.state.people.in_use = {bag: AT + timedelta(hours=6)}
    papers = Papers()
    agent = Agent(world, ApiClient("http://house", "h", ACCOUNT, httpx.MockTransport(papers)), ACCOUNT)
    try:
        yield Nurse(world, bag, agent, papers)
    finally:
        await agent.client.close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulators.people.api_client.Backoff", lambda: Backoff(first_s=0.001, longest_s=0.001))


def become(monkeypatch: pytest.MonkeyPatch, fate: Fate) -> None:
    """Whatever a hospital keeps has this fate."""
    for module in (bedside, deliveries):
        monkeypatch.setattr(module, "fate_in_hospital", lambda _chance, _component: fate)


@pytest.fixture(autouse=True)
def all_transfused(monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, Fate.TRANSFUSED)


async def test_patient_crossmatch_issue_and_fate_in_their_order_and_time(world: World) -> None:
    async with nursing(world) as nurse:
        await nurse.at(hours=0)
        assert nurse.papers.seen == []
        await nurse.at(hours=5, minutes=15)
        patient = nurse.people.bedside[nurse.bag].patient
        assert nurse.papers.paths() == [f"/patients/{patient}", "/crossmatches"]
        await nurse.at(hours=5, minutes=50)
        assert nurse.papers.paths()[2:] == [f"/bags/{nurse.bag}/issue"]
        await nurse.at(hours=6, minutes=6)
        assert nurse.bag not in nurse.world.floor.bags
        assert nurse.people.used == 1
        await nurse.at(hours=6, minutes=37)
        assert nurse.papers.paths()[3:] == [f"/bags/{nurse.bag}/fate"]
        told = nurse.papers.seen[-1][2]
        assert told["fate"] == "transfused"
        assert told["administrator"] != told["verifier"]
        assert nurse.people.bedside == {}


async def test_plasma_is_issued_without_a_crossmatch(world: World) -> None:
    async with nursing(world, component="FFP") as nurse:
        await nurse.at(hours=5, minutes=15)
        await nurse.at(hours=5, minutes=50)
        assert [path.split("/")[1] for path in nurse.papers.paths()] == ["patients", "bags"]


async def test_a_bag_is_given_only_once_it_was_issued(world: World) -> None:
    async with nursing(world) as nurse:
        nurse.papers.refuse = {"/issue": 409}
        await nurse.at(hours=5, minutes=15)
        await nurse.at(hours=6)
        assert nurse.bag in nurse.world.floor.bags
        assert nurse.people.in_use[nurse.bag] == AT + timedelta(hours=12)
        nurse.papers.refuse = {}
        await nurse.at(hours=12)
        await nurse.at(hours=12, minutes=20)
        assert nurse.people.used == 1


async def test_what_is_refused_three_times_is_sent_back(world: World) -> None:
    async with nursing(world) as nurse:
        nurse.papers.refuse = {"/issue": 409}
        for hours in (5.25, 6, 12, 18, 24):
            await nurse.at(hours=hours)
        assert nurse.bag not in nurse.people.in_use
        assert nurse.papers.paths()[-1] == "/returns"
        assert nurse.papers.seen[-1][2]["shipment"] is None


async def test_a_warehouse_without_papers_lets_the_hospital_use_its_blood(world: World) -> None:
    async with nursing(world) as nurse:
        nurse.papers.refuse = {"/patients": 404}
        await nurse.at(hours=5, minutes=15)
        assert nurse.people.bedside[nurse.bag].step is BedsideStep.UNTOLD
        await nurse.at(hours=6)
        assert nurse.people.used == 1
        assert nurse.people.bedside == {}


async def test_waste_on_the_ward_is_told_with_its_cause_and_two_people(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, Fate.WASTED)
    async with nursing(world) as nurse:
        for span in ({"hours": 5.25}, {"hours": 6}, {"hours": 6, "minutes": 20}, {"hours": 7}):
            await nurse.at(**span)
        told = nurse.papers.seen[-1][2]
        assert (told["fate"], told["cause"]) == ("wasted", "opened_unused")
        assert told["administrator"] != told["verifier"]


async def test_what_nobody_needs_lies_until_it_has_expired(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    become(monkeypatch, Fate.OUTDATED)
    async with nursing(world) as nurse:
        await nurse.at(hours=5, minutes=15)
        assert nurse.papers.seen == []
        await nurse.at(hours=6)
        assert nurse.papers.paths() == [f"/custody/{nurse.bag}"]
        await nurse.at(days=2)
        assert nurse.bag in nurse.world.floor.bags
        await nurse.at(days=3, hours=1)
        await nurse.at(days=3, hours=2)
        told = nurse.papers.seen[-1][2]
        assert (told["fate"], told["cause"]) == ("wasted", "outdated")


def test_reactions_are_rare_and_drawn_from_the_seed(world: World) -> None:
    names = [one.id for one in world.floor.bags.values()][:1]
    one = bedside.Bedside(bag=names[0], hospital="city-first", patient="PAT-000001", at=AT)
    assert bedside.fate_body(world.scene, one) == bedside.fate_body(world.scene, one)
