"""The fleet over a real broker: a trip comes down once, its events and the loggers' temperatures come up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from simulators_day import AT
from simulators_fleet import SHIPMENT, fair, fill, fleet_world, receipt
from simulators_process import until

from fleet.messages import COMMAND_TYPE, DriveTrip, Stop
from plant.model import FLEET_EDGE
from plant.signals import LOGGER_METRIC
from runtime import topics
from runtime.clock import SteppedClock
from runtime.commands import Command, publish_command
from runtime.facts.acks import Mark
from runtime.facts.envelope import decode_envelope
from runtime.facts.receiver import FactReceiver, RawFact
from runtime.mqtt import MqttLink
from runtime.settings import MqttSettings
from runtime.sparkplug.host import SparkplugHost
from runtime.sparkplug.readings import Presence, PresenceState, ReadingBatch
from simulators.fleet.edge import run_fleet
from simulators.process.world_server import WorldServer


class Centre:
    """What a controller would know of the fleet."""

    def __init__(self) -> None:
        self.events: list[tuple[str, datetime]] = []
        self.temperatures: list[tuple[int, float]] = []
        self.present: set[str] = set()

    async def apply(self, facts: Sequence[RawFact]) -> Sequence[Mark]:
        for fact in facts:
            envelope = decode_envelope(fact.raw)
            if envelope.type.startswith("org.hemovault.fleet.trip-event"):
                self.events.append((msgspec.json.decode(envelope.data)["kind"], envelope.time))
        last = facts[-1]
        assert last.epoch is not None
        assert last.seq is not None
        return [Mark(last.edge, last.epoch, last.seq)]

    def batch(self, batch: ReadingBatch) -> None:
        self.temperatures += [
            (int(source), float(value)) for source, value in zip(batch.source, batch.value, strict=True)
        ]

    def presence(self, presence: Presence) -> None:
        if presence.device is not None:
            (self.present.add if presence.state is PresenceState.ONLINE else self.present.discard)(presence.device)


@pytest.mark.timeout(60)
async def test_a_trip_is_driven_once_and_told_from_loading_to_home(mqtt_settings: MqttSettings, tmp_path: Path) -> None:
    world, clock, centre = fleet_world(), SteppedClock(AT), Centre()
    site = world.plant.site.id
    fair(world)
    fill(world, "d6-1", bags=2)
    server = WorldServer(world, clock, tmp_path)
    link = MqttLink(mqtt_settings, "controller")
    receiver = FactReceiver(link, site, controller="c", term=1, apply=centre.apply, marks=[])
    host = SparkplugHost(
        mqtt_settings, site, topics.primary_host(site), clock, on_batch=centre.batch, on_presence=centre.presence,
        stored=dict,
    )  # fmt: skip
    trip = DriveTrip(trip="trp-1", stops=(Stop(hospital="childrens", shipment=SHIPMENT, boxes=("d6-1",)),))
    now = clock.real_now()
    command = Command("cmd-1", "drone-1", COMMAND_TYPE, msgspec.json.encode(trip), now, now + timedelta(hours=2))
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        parts = (link.run(), receiver.run(), host.run(), run_fleet(server, mqtt_settings, tmp_path, clock))
        tasks = [group.create_task(part) for part in parts]
        await link.connected.wait()
        clock.step(70.0)
        server.tick()  # the logger records for the first time
        await until(lambda: "d6-1" in centre.present and "drone-1" in centre.present)
        logger = host.registry.find(FLEET_EDGE, "d6-1", LOGGER_METRIC)
        clock.step(70.0)
        server.tick()
        await until(lambda: any(source == logger for source, _ in centre.temperatures))
        for _ in range(2):  # sent again, as a controller does until it hears of it
            await publish_command(link, site, FLEET_EDGE, command)
        await until(lambda: bool(world.state.depot.vehicles["drone-1"].waiting))
        for _ in range(150):
            clock.step(10.0)
            server.tick()
            receipt(world)
        await until(lambda: bool(centre.events) and centre.events[-1][0] == "returned")
        await until(lambda: "d6-1" not in centre.present)  # its logger was switched off with the lid
        for task in tasks:
            task.cancel()
    assert [kind for kind, _ in centre.events] == ["loaded", "departed", "arrived", "handed_over", "returned"]
    assert all(AT < at < clock.now() for _, at in centre.events)
    assert all(0.0 < value < 23.0 for source, value in centre.temperatures if source == logger)
