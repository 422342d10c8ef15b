"""The whole RFID service between a real LLRP connection and a real broker."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from test_rfid_crossings import pass_reads
from test_rfid_links import until
from tiny_reader import TagSeen, TinyReader, now_us, tag_report

from plant.load import demo_text, parse_plant
from plant.model import Plant
from rfid.messages import Direction
from rfid.passes import Side
from rfid.service import UnknownGroup, run_rfid
from runtime import topics
from runtime.clock import Clock
from runtime.mqtt import Message, MqttLink
from runtime.settings import MqttSettings

EPC = "30" * 16


@pytest.fixture
async def readers() -> AsyncIterator[dict[str, TinyReader]]:
    tiny = {}
    for name in ("reader-1", "reader-2"):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            tiny[name] = TinyReader(int(probe.getsockname()[1]))
        await tiny[name].open()
    yield tiny
    for reader in tiny.values():
        await reader.close()


def plant_with(readers: dict[str, TinyReader]) -> Plant:
    text = demo_text()
    for port, reader in zip(("5084", "5085"), readers.values(), strict=True):
        text = text.replace(f"port = {port}", f"port = {reader.port}")
    return parse_plant(text)


def states(health: list[dict[str, Any]]) -> dict[str, str]:
    return {part["name"]: part["state"] for report in health for part in report["parts"]}


async def test_crossings_and_gate_reads_leave_as_facts_and_health_as_health(
    readers: dict[str, TinyReader], mqtt_settings: MqttSettings, tmp_path: Path
) -> None:
    plant = plant_with(readers)
    site = plant.site.id
    facts: list[dict[str, object]] = []
    health: list[dict[str, Any]] = []

    def keep(message: Message) -> None:
        fact = json.loads(message.payload)
        repeated = fact["id"] in {known["id"] for known in facts}
        if not repeated and "hearing-changed" not in str(fact["type"]):
            facts.append(fact)

    link = MqttLink(mqtt_settings, "test")
    link.subscribe(topics.facts(site, "rfid-1"), keep)
    link.subscribe(topics.health(site, "rfid-rfid-1"), lambda message: health.append(json.loads(message.payload)))
    tasks = [
        asyncio.ensure_future(link.run()),
        asyncio.ensure_future(run_rfid(plant, "rfid-1", mqtt_settings, tmp_path, Clock())),
    ]
    try:
        for reader in readers.values():
            await asyncio.wait_for(reader.inventorying.wait(), 60)
        await until(lambda: all(states(health[-1:]).get(f"reader {name}") == "ok" for name in readers))
        start = now_us()
        for at_us, side, rssi, _ in pass_reads(Random(1), Direction.IN, start_us=start - 8_000_000):
            port = 1 if side is Side.OUTSIDE else 2
            readers["reader-1"].send(tag_report([TagSeen(EPC, port, rssi, at_us + 4_000_000)]))
        readers["reader-2"].send(tag_report([TagSeen(EPC, 1, -45, now_us() + i) for i in range(5)]))
        await until(lambda: len(facts) >= 2)
        assert {str(fact["type"]) for fact in facts[:2]} == {
            "org.hemovault.rfid.crossing.v1",
            "org.hemovault.rfid.gate-read.v1",
        }
        crossing = next(fact["data"] for fact in facts if "crossing" in str(fact["type"]))
        assert isinstance(crossing, dict)
        assert (crossing["epc"], crossing["portal"], crossing["direction"]) == (EPC, "p1", "in")
        await until(lambda: states(health[-1:]).get("reader reader-1") == "ok")
        assert (tmp_path / "rfid-1.facts.db").exists()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_unknown_group_is_refused_by_name(mqtt_settings: MqttSettings, tmp_path: Path) -> None:
    with pytest.raises(UnknownGroup, match="rfid-1"):
        await run_rfid(parse_plant(demo_text()), "rfid-9", mqtt_settings, tmp_path, Clock())
