from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from dashboards import bench


@pytest.fixture
async def world() -> AsyncIterator[str]:
    """A world that knows one fault, as raw HTTP over a real socket."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next((int(line.split(":")[1]) for line in head.splitlines() if line.startswith("content-length")), 0)
        body = json.loads(await reader.readexactly(length)) if length else {}
        status, reply = 200, {"hour": 9}
        if head.startswith("post") and body["fault"] != "door":
            status, reply = 422, {"detail": f"there is no fault {body['fault']}"}
        text = json.dumps(reply).encode()
        writer.write(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % (status, len(text)) + text)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()
    await server.wait_closed()


async def test_the_bench_shows_the_world_and_passes_faults_on(world: str) -> None:
    assert await bench.world_state(world) == {"hour": 9}
    assert await bench.set_fault(world, "door", "cold-1", value=True) == {"hour": 9}


async def test_a_fault_the_world_does_not_know_is_refused_in_its_words(world: str) -> None:
    with pytest.raises(bench.FaultRefused, match="no fault earthquake"):
        await bench.set_fault(world, "earthquake", "cold-1", value=None)


async def test_without_a_world_there_is_no_bench_and_a_silent_one_is_named() -> None:
    with pytest.raises(bench.BenchAbsent):
        await bench.world_state(None)
    with pytest.raises(bench.WorldUnanswered):
        await bench.world_state("http://127.0.0.1:9")
