"""The whole bridge between a real OPC UA server, a real broker and a Sparkplug host."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_bridge_live import until

from plant.load import demo_text, parse_plant
from plant.model import Plant
from plc_bridge.messages import COMMAND_TYPE
from plc_bridge.service import UnknownCell, run_bridge
from runtime import topics
from runtime.clock import Clock
from runtime.commands import Command, publish_command
from runtime.mqtt import Message, MqttLink
from runtime.settings import MqttSettings
from runtime.sparkplug.host import Presence, PresenceState, ReadingBatch, SparkplugHost

EDGE = "plc-works"


class Controller:
    """Listens as the warehouse would."""

    def __init__(self, plant: Plant, mqtt: MqttSettings) -> None:
        self.site = plant.site.id
        self.facts: dict[str, dict[str, Any]] = {}
        self.health: list[dict[str, Any]] = []
        self.values: dict[tuple[str, str], float] = {}
        self.presence: dict[str | None, PresenceState] = {}
        self.link = MqttLink(mqtt, "test")
        self.link.subscribe(topics.facts(self.site, EDGE), self._fact)
        self.link.subscribe(
            topics.health(self.site, "bridge-works"), lambda m: self.health.append(json.loads(m.payload))
        )
        self.host = SparkplugHost(
            mqtt,
            self.site,
            topics.primary_host(self.site),
            Clock(),
            on_batch=self._batch,
            on_presence=self._presence,
            stored=dict,
        )

    def _fact(self, message: Message) -> None:
        fact = json.loads(message.payload)
        self.facts[fact["id"]] = fact

    def _batch(self, batch: ReadingBatch) -> None:
        for source, value in zip(batch.source, batch.value, strict=True):
            _, device, metric = self.host.registry.key(int(source))
            self.values[device, metric] = float(value)

    def _presence(self, presence: Presence) -> None:
        self.presence[presence.device] = presence.state

    def of_type(self, name: str) -> list[dict[str, Any]]:
        return [fact["data"] for fact in self.facts.values() if name in fact["type"]]


@asynccontextmanager
async def running(*runs: Any) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(run) for run in runs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def plant_at(url: str) -> Plant:
    return parse_plant(demo_text().replace("opc.tcp://127.0.0.1:4842/hemovault", url))


async def test_state_reports_and_commands_cross_the_bridge_and_survive_the_plc_and_the_broker(
    plc: Any, broker: Any, mqtt_settings: MqttSettings, tmp_path: Path
) -> None:
    plc.journal(range(1, 4))
    plc.start()
    plant = plant_at(plc.url)
    controller = Controller(plant, mqtt_settings)
    bridge = run_bridge(plant, "works", mqtt_settings, tmp_path, Clock())
    async with running(controller.link.run(), controller.host.run(), bridge):
        air = ("freezer-1", "Temperature/Air")
        await until(lambda: controller.values.get(air) == -40.5)
        assert controller.presence["crane-1"] is PresenceState.ONLINE
        await until(lambda: sorted(d["n"] for d in controller.of_type("bag-moved")) == [1, 2, 3])

        now = datetime.now(UTC)
        carry = b'{"type":"carry","trip":"t","loads":[]}'
        command = Command("job-1", "crane-1", COMMAND_TYPE, carry, now, now + timedelta(seconds=30))
        await publish_command(controller.link, controller.site, EDGE, command)
        await publish_command(controller.link, controller.site, EDGE, command)
        await until(lambda: len(controller.of_type("command-answered")) == 1)
        assert plc.jobs == ["job-1"]

        plc.kill()
        await until(lambda: controller.presence["crane-1"] is PresenceState.OFFLINE)
        await until(lambda: "not connected" in detail(controller, "plc"))
        broker.kill()
        plc.journal(range(1, 9))
        await asyncio.to_thread(plc.start)
        broker.start()
        await until(lambda: controller.presence["crane-1"] is PresenceState.ONLINE)
        await until(lambda: sorted(d["n"] for d in controller.of_type("bag-moved")) == list(range(1, 9)))
    assert plc.jobs == ["job-1"]
    assert len(controller.of_type("command-answered")) == 1


def detail(controller: Controller, part: str) -> str:
    return (
        "".join(p["detail"] for p in controller.health[-1]["parts"] if p["name"] == part) if controller.health else ""
    )


async def test_an_unknown_cell_is_refused_by_name(mqtt_settings: MqttSettings, tmp_path: Path) -> None:
    with pytest.raises(UnknownCell, match="works"):
        await run_bridge(parse_plant(demo_text()), "nowhere", mqtt_settings, tmp_path, Clock())
