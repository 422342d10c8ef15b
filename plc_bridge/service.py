"""The bridge of one PLC cell: state up, facts up, commands down, health out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from plant.model import Cell, Plant
from plant.signals import SignalType, signals_of
from plc_bridge.commands import UNRESOLVED_CURSOR, CommandRunner
from plc_bridge.journal import JournalFollower
from plc_bridge.plc_link import PlcLink
from plc_bridge.signals_reader import SignalsReader
from plc_bridge.spool_room import GuardedSpool
from runtime.clock import Clock
from runtime.commands import CommandListener
from runtime.facts.edge import FactEdge
from runtime.facts.spool import FactSpool
from runtime.health import Health, health_will, publish_health
from runtime.settings import MqttSettings
from runtime.sparkplug.edge import SparkplugEdge
from runtime.sparkplug.payload import DataType, MetricSpec
from runtime.supervise import supervise

_DATATYPES: Final = {
    SignalType.DOUBLE: DataType.DOUBLE,
    SignalType.BOOLEAN: DataType.BOOLEAN,
    SignalType.INT: DataType.INT64,
    SignalType.STRING: DataType.STRING,
}


class UnknownCell(ValueError):  # noqa: N818 - says what happened, as the house names its errors
    """The plant document has no such PLC cell."""


def metrics_of(plant: Plant, cell: str) -> dict[str, list[MetricSpec]]:
    """What each device of a cell reports."""
    return {
        device.id: [MetricSpec(s.metric, _DATATYPES[s.type], s.unit) for s in signals_of(device.kind)]
        for device in plant.devices_of(cell)
    }


async def run_bridge(plant: Plant, cell: str, mqtt: MqttSettings, data_dir: Path, clock: Clock) -> None:
    """Bridge one PLC cell until cancelled; raises UnknownCell, or SpoolError when its files cannot be used."""
    place = _cell(plant, cell)
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)  # the link says what happened, once
    site, edge_id, service = plant.site.id, place.edge, f"bridge-{cell}"
    health = Health()
    async with AsyncExitStack() as closing:
        spool = FactSpool(data_dir / f"{edge_id}.facts.db", edge_id, clock=clock)
        closing.callback(spool.close)
        facts = FactEdge(mqtt, site, spool, clock, health, will=health_will(site, service, clock))
        guarded = GuardedSpool(facts, spool)
        window = data_dir / f"{edge_id}.window.db"
        state = SparkplugEdge(mqtt, site, edge_id, metrics_of(plant, cell), clock, window, health)
        closing.callback(state.close)
        link = PlcLink(place.url, cell, health.part("plc"))
        cursor = spool.cursor(JournalFollower.cursor_name(cell))
        journal = JournalFollower(link, cell, guarded, cursor, clock, health.part("journal"))
        devices = plant.devices_of(cell)
        reader = SignalsReader(link, devices, state, clock, health.part("signals"), on_journal=journal.wake)
        closing.push_async_callback(reader.close)
        ids = frozenset(device.id for device in devices)
        unresolved = spool.cursor(UNRESOLVED_CURSOR)
        runner = CommandRunner(link, ids, guarded, unresolved, clock, health.part("commands"))
        listener = CommandListener(
            facts.link,
            site,
            edge_id,
            data_dir / f"{edge_id}.commands.db",
            runner.execute,
            expired=runner.expire,
            clock=clock,
        )
        closing.callback(listener.close)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "state": state.run,
            "facts": facts.run,
            "link": lambda: link.run(reader.attach, reader.detach),
            "rereading": reader.run,
            "journal": journal.run,
            "unresolved": runner.run,
            "commands": listener.run,
            "health": lambda: publish_health(facts.link, site, service, health, clock),
        }
        async with asyncio.TaskGroup() as tasks:
            for name, run in parts.items():
                tasks.create_task(supervise(name, run, health.part(f"task {name}")), name=f"{service} {name}")


def _cell(plant: Plant, cell: str) -> Cell:
    for candidate in plant.cells:
        if candidate.id == cell:
            return candidate
    raise UnknownCell(f"The plant document has no PLC cell {cell!r}; it has {[known.id for known in plant.cells]}.")
