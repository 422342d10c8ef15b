"""The fleet on MQTT, as vehicles and loggers with a SIM card would be: state, facts, and trips that come down."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from plant.model import FLEET_EDGE, Plant
from plant.signals import LOGGER_METRIC
from runtime.clock import Clock
from runtime.commands import Command, CommandListener
from runtime.facts.edge import FactEdge
from runtime.facts.spool import FactSpool, SpoolEntry
from runtime.health import Health, health_will, publish_health
from runtime.logs import get_logger
from runtime.settings import MqttSettings
from runtime.sparkplug.edge import SparkplugEdge
from runtime.sparkplug.payload import DataType, MetricSpec, Quality
from runtime.supervise import supervise
from simulators.boxes import LoggerState
from simulators.memory import JobStatus
from simulators.process.world_server import WorldServer

log = get_logger(__name__)

SERVICE: Final = "fleet"
_LOOK_S: Final = 0.25
_TOLD_S: Final = 1.0
_AT_ONCE: Final = 100
_CURSOR: Final = "journal"
_LOGGER: Final = (MetricSpec(LOGGER_METRIC, DataType.DOUBLE, "Cel"),)
_VEHICLE: Final = (
    MetricSpec("Vehicle/State", DataType.STRING),
    MetricSpec("Vehicle/Trip", DataType.STRING),
    MetricSpec("Cargo/Temperature", DataType.DOUBLE, "Cel"),
)


class _Entry(msgspec.Struct, frozen=True):
    """One line of the fleet's journal."""

    seq: int
    at: datetime
    type: str
    data: msgspec.Raw


async def run_fleet(server: WorldServer, mqtt: MqttSettings, data_dir: Path, clock: Clock) -> None:
    """Speak for the fleet of the world until cancelled."""
    plant, site, health = server.world.plant, server.world.plant.site.id, Health()
    async with AsyncExitStack() as closing:
        spool = FactSpool(data_dir / "simulate" / "fleet.facts.db", FLEET_EDGE, clock=clock)
        closing.callback(spool.close)
        facts = FactEdge(mqtt, site, spool, clock, health, will=health_will(site, SERVICE, clock))
        window = data_dir / "simulate" / "fleet.window.db"
        state = SparkplugEdge(mqtt, site, FLEET_EDGE, _devices(plant), clock, window, health)
        closing.callback(state.close)
        listener = CommandListener(
            facts.link,
            site,
            FLEET_EDGE,
            data_dir / "simulate" / "fleet.commands.db",
            lambda command: _drive(server, command),
            expired=_too_late,
            clock=clock,
        )
        closing.callback(listener.close)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "state": state.run,
            "telling": lambda: _tell(server, state),
            "facts": facts.run,
            "journal": lambda: _follow(server, spool, facts),
            "commands": listener.run,
            "health": lambda: publish_health(facts.link, site, SERVICE, health, clock),
        }
        async with asyncio.TaskGroup() as tasks:
            for name, run in parts.items():
                tasks.create_task(supervise(name, run, health.part(f"task {name}")), name=f"{SERVICE} {name}")


def _devices(plant: Plant) -> dict[str, tuple[MetricSpec, ...]]:
    return {box.id: _LOGGER for box in plant.boxes} | {vehicle.id: _VEHICLE for vehicle in plant.vehicles}


async def _drive(server: WorldServer, command: Command) -> None:
    """Give a trip to its vehicle; a vehicle that refuses one is heard of by its silence and in the log."""
    answer = server.world.start_job(command.device, command.id, command.data.decode())
    server.keep()
    if answer.status is JobStatus.REFUSED:
        log.warning("a vehicle refuses a trip", vehicle=command.device, reason=answer.detail)


async def _too_late(command: Command) -> None:
    log.warning("a trip came after its time", vehicle=command.device, command=command.id)


async def _follow(server: WorldServer, spool: FactSpool, facts: FactEdge) -> None:
    """Carry the fleet's journal into the spool, each line once: the cursor moves in the same transaction."""
    epoch = server.world.state.memory[FLEET_EDGE].epoch
    while True:
        known = spool.cursor(_CURSOR)
        of_epoch, _, seq = (known or f"{epoch}/0").rpartition("/")
        after = int(seq) if of_epoch == epoch else 0
        entries = [msgspec.json.decode(line, type=_Entry) for line in server.journal(FLEET_EDGE, after, _AT_ONCE)]
        if entries:
            await facts.record_many(
                [SpoolEntry(entry.type, bytes(entry.data), entry.at, f"{epoch}/{entry.seq}") for entry in entries],
                cursor=(_CURSOR, f"{epoch}/{entries[-1].seq}"),
            )
        else:
            await asyncio.sleep(_LOOK_S)


async def _tell(server: WorldServer, edge: SparkplugEdge) -> None:
    """Send what loggers and vehicles say of themselves; a logger that is switched off is a dead device."""
    while True:
        state = server.world.state
        for name, box in state.boxes.items():
            if box.logger is LoggerState.OFF or box.last is None:
                edge.device_lost(name)
                continue
            quality = Quality.BAD if box.last.value_c is None else Quality.GOOD
            edge.update(name, LOGGER_METRIC, box.last.value_c, box.last.at, quality)
        for name, vehicle in state.depot.vehicles.items():
            trip = "" if vehicle.trip is None else vehicle.trip.trip
            word = vehicle.motion.value if vehicle.motion.value == "stuck" else vehicle.phase.value
            edge.update(name, "Vehicle/State", word, state.now)
            edge.update(name, "Vehicle/Trip", trip, state.now)
            edge.update(name, "Cargo/Temperature", round(vehicle.cargo.air_c, 1), state.now)
        await asyncio.sleep(_TOLD_S)
