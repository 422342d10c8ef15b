"""One reader group: crossings and gate reads as facts, readers as Sparkplug devices, health."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import msgspec

from plant.model import Plant
from rfid.gateway import READER_METRICS, Gateway
from rfid.messages import report_type
from rfid.reader_link import LinkState
from runtime.clock import Clock
from runtime.facts.edge import FactEdge
from runtime.facts.spool import FactSpool, SpoolEntry, SpoolFull
from runtime.health import Health, HealthPart, health_will, publish_health
from runtime.settings import MqttSettings
from runtime.sparkplug.edge import SparkplugEdge
from runtime.supervise import supervise

HARVEST_EVERY_S: Final = 0.05
STATE_EVERY_S: Final = 1.0
RETRY_FULL_S: Final = 1.0


class UnknownGroup(ValueError):  # noqa: N818 - says what happened, as the house names its errors
    """The plant document has no reader in such a group."""


async def run_rfid(plant: Plant, group: str, mqtt: MqttSettings, data_dir: Path, clock: Clock) -> None:
    """Serve one reader group until cancelled; raises UnknownGroup, or SpoolError when its files cannot be used."""
    groups = sorted({reader.group for reader in plant.readers})
    if group not in groups:
        raise UnknownGroup(f"The plant document has no reader group {group!r}; it has {groups}.")
    logging.getLogger("sllurp").setLevel(logging.CRITICAL)  # the links say what happened, once
    site, service, health = plant.site.id, f"rfid-{group}", Health()
    async with AsyncExitStack() as closing:
        spool = FactSpool(data_dir / f"{group}.facts.db", group, clock=clock)
        closing.callback(spool.close)
        facts = FactEdge(mqtt, site, spool, clock, health, will=health_will(site, service, clock))
        devices = {reader.id: READER_METRICS for reader in plant.readers if reader.group == group}
        state = SparkplugEdge(mqtt, site, group, devices, clock, data_dir / f"{group}.window.db", health)
        closing.callback(state.close)

        def on_link(reader: str, link: LinkState) -> None:
            if link is LinkState.INVENTORYING:
                state.device_found(reader)
            else:
                state.device_lost(reader)

        gateway = Gateway(plant, group, clock, health, on_link)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "state": state.run,
            "facts": facts.run,
            "crossings": lambda: report(gateway, facts, health.part("crossings")),
            "readers": lambda: describe(gateway, state, clock),
            "health": lambda: publish_health(facts.link, site, service, health, clock),
        }
        parts |= {f"link {station.reader.id}": station.link.run for station in gateway.stations.values()}
        async with asyncio.TaskGroup() as tasks:
            for name, run in parts.items():
                tasks.create_task(supervise(name, run, health.part(f"task {name}")), name=f"{service} {name}")


async def report(gateway: Gateway, facts: FactEdge, health: HealthPart) -> None:
    """Turn what was decided into facts, for ever. While the spool is full nothing is dropped: it waits in memory."""
    waiting: list[SpoolEntry] = []
    health.ok()
    while True:
        waiting += [SpoolEntry(report_type(m), msgspec.json.encode(m), at) for m, at in gateway.harvest()]
        try:
            if waiting:
                await facts.record_many(waiting)
                waiting = []
                health.ok()
            await asyncio.sleep(HARVEST_EVERY_S)
        except SpoolFull as error:
            health.down(f"{len(waiting)} crossings wait in memory, close the portals: {error}.")
            await asyncio.sleep(RETRY_FULL_S)


async def describe(gateway: Gateway, state: SparkplugEdge, clock: Clock) -> None:
    """Publish what the connected readers are, for ever."""
    while True:
        for reader, station in gateway.stations.items():
            station.say_health()
            if station.link.state is LinkState.INVENTORYING:
                for metric, value in station.state().items():
                    state.update(reader, metric, value, clock.now())
        await asyncio.sleep(STATE_EVERY_S)
