"""The live stream over a real socket: uvicorn, cookies, reconnecting."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn

Event = tuple[str, str | None, Any]


class Screen:
    """A browser tab: reads events one by one."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> Event:
        fields: dict[str, str] = {}
        async with asyncio.timeout(10):
            async for line in self._lines:
                if line:
                    name, _, value = line.partition(": ")
                    fields[name] = value
                elif "event" in fields:
                    return fields["event"], fields.get("id"), json.loads(fields["data"])
                else:
                    fields.clear()
        raise AssertionError("the stream ended")

    async def end(self) -> None:
        async with asyncio.timeout(5):
            async for _ in self._lines:
                continue

    async def until(self, name: str) -> Event:
        while True:
            event = await self.next()
            if event[0] == name:
                return event


@pytest.fixture
async def base_url(centre: Any) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(centre.app, log_config=None, lifespan="on", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await until(lambda: server.started)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    async with asyncio.timeout(10):
        await task


@asynccontextmanager
async def signed_in(centre: Any, base_url: str, username: str = "operator") -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=base_url, timeout=10) as client:
        body = {"username": username, "password": centre.passwords[username]}
        answer = await client.post("/api/v1/session", json=body, headers={"origin": base_url})
        assert answer.status_code == 200, answer.text
        yield client


async def until(condition: Callable[[], bool]) -> None:
    """Wait for another task or thread, a moment at a time."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the condition belongs to code that sets no event for tests
            await asyncio.sleep(0.01)


async def test_a_screen_sees_changes_and_readings_and_resumes_where_it_was(centre: Any, base_url: str) -> None:
    async with signed_in(centre, base_url) as client:
        async with client.stream("GET", "/api/v1/events") as response:
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["cache-control"] == "no-store"
            screen = Screen(response)
            name, last_id, clock = await screen.next()
            assert (name, clock["site"]["id"]) == ("clock", centre.plant.site.id)
            assert last_id is not None
            bag = await centre.add_bag(1)
            _, last_id, change = await screen.until("change")
            assert bag in change["topics"]["bag"]
            probe = centre.plant.probes[0]
            centre.hear(probe.id, 4.5)
            centre.app.state.feed.heard([probe.id])
            while True:
                _, _, readings = await screen.until("reading")
                values = {reading["probe"]: reading for reading in readings}
                if values.get(probe.id, {}).get("value_c") == 4.5:
                    break
            assert values[probe.id]["quality"] == "good"
        missed = await centre.add_bag(2, place="cold-1/s1/002")
        await until(lambda: centre.house.stream._sent_seq > int(last_id))
        async with client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": str(last_id)}) as response:
            screen = Screen(response)
            seen: list[str] = []
            while missed not in seen:
                seen += (await screen.until("change"))[2]["topics"].get("bag", [])
        async with client.stream("GET", "/api/v1/events", headers={"Last-Event-ID": "1"}) as response:
            screen = Screen(response)
            await screen.next()
            assert (await screen.next())[0] == "reset"
        await until(lambda: centre.house.stream.clients == 0)


async def test_the_stream_is_for_those_who_may_look(centre: Any, base_url: str) -> None:
    async with httpx.AsyncClient(base_url=base_url) as stranger:
        assert (await stranger.get("/api/v1/events")).status_code == 401
    async with signed_in(centre, base_url, "agent-collection") as agent:
        assert (await agent.get("/api/v1/events")).status_code == 403


async def test_a_new_password_ends_the_streams_of_that_person(centre: Any, base_url: str) -> None:
    async with (
        signed_in(centre, base_url) as operator,
        signed_in(centre, base_url, "admin") as admin,
        operator.stream("GET", "/api/v1/events") as response,
    ):
        screen = Screen(response)
        await screen.next()
        answer = await admin.post("/api/v1/people/operator/password", json={"new_password": "Another-Horse-99"})
        assert answer.status_code == 200, answer.text
        await screen.end()


async def test_the_service_stops_at_once_although_screens_are_open(centre: Any, base_url: str) -> None:
    async with signed_in(centre, base_url) as client, client.stream("GET", "/api/v1/events") as response:
        screen = Screen(response)
        await screen.next()
        assert centre.house.stream.clients == 1
        centre.house.stream.drop_all()
        await screen.end()
