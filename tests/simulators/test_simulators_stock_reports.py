"""Hospitals and neighbouring centres tell their stock four times a day, and only what is true of them."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import pairwise
from typing import Any

import httpx
from simulators_day import AT

from plant.load import demo_text, parse_plant
from simulators.people.agents import Agent
from simulators.people.api_client import Account, ApiClient
from simulators.people.stock_reports import COVER, SIZE, neighbour_body
from simulators.world import World

PLANT = parse_plant(demo_text())
NEIGHBOUR = PLANT.neighbours[0]


class Clerk:
    """Keeps what was told, and refuses while asked to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.refuses = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v1")
        if path.endswith("-stock"):
            if self.refuses:
                return httpx.Response(422, json={"code": "stock.group", "detail": "no"})
            self.told.append((path, json.loads(request.content)))
            return httpx.Response(204)
        return httpx.Response(200, json={})


def agent_of(world: World, clerk: Clerk, username: str, account: Account) -> Agent:
    return Agent(world, ApiClient("http://house", username, account, httpx.MockTransport(clerk)), account)


def later(world: World, **span: float) -> None:
    world.state.now = world.scene.now = AT + timedelta(**span)


async def test_a_neighbour_tells_its_own_stock_once_in_each_quarter_of_a_day(world: World) -> None:
    clerk = Clerk()
    agent = agent_of(world, clerk, NEIGHBOUR.account, Account(password="p", role="neighbour"))
    for hours in (0, 1, 6, 6.5, 13):
        later(world, hours=hours)
        await agent.look()
    await agent.client.close()
    assert [(path, body["holder"]) for path, body in clerk.told] == [("/site-stock", NEIGHBOUR.id)] * 3


async def test_a_refused_report_is_told_again(world: World) -> None:
    clerk = Clerk()
    agent = agent_of(world, clerk, NEIGHBOUR.account, Account(password="p", role="neighbour"))
    later(world)
    clerk.refuses = True
    await agent.look()
    clerk.refuses = False
    agent._put_off.clear()
    await agent.look()
    await agent.client.close()
    assert len(clerk.told) == 1


async def test_a_hospital_counts_what_lies_in_its_blood_bank_and_is_not_given(world: World) -> None:
    hospital = PLANT.hospitals[0]
    bags = [bag for bag in world.floor.bags.values() if bag.component == "RBC_S"][:3]
    for bag in bags:
        world.floor.put(bag, hospital.place)
    later(world)
    world.state.people.in_use = {bag.id: AT + timedelta(days=2) for bag in bags[:2]}
    clerk = Clerk()
    agent = agent_of(world, clerk, "h", Account(password="p", role="hospital", hospital=hospital.id))
    await agent.look()
    await agent.client.close()
    ((path, body),) = clerk.told
    assert (path, body["holder"]) == ("/hospital-stock", hospital.id)
    assert sum(cell["bags"] for cell in body["cells"]) == 2


def test_a_neighbours_stock_wanders_and_is_the_same_for_the_same_seed() -> None:
    bodies = [neighbour_body(PLANT, 7, NEIGHBOUR.id, AT + timedelta(hours=6 * n)) for n in range(120)]
    assert bodies[3] == neighbour_body(PLANT, 7, NEIGHBOUR.id, AT + timedelta(hours=18))
    o_positive = [body["cells"][0]["bags"] for body in bodies]
    assert len(set(o_positive)) > 10
    plan = PLANT.stock[0]
    most = plan.target_days * COVER[1] * SIZE[1] * plan.daily_use["O+"]
    assert all(0 <= bags <= most + 1 for bags in o_positive)
    assert max(abs(a - b) for a, b in pairwise(o_positive)) <= most / 10
