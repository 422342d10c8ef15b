"""The telemetry half of `serve` as a process on one core: `python -m benchmarks.historian CONFIG SHAPE CORE`.

Host, ingest thread and DuckDB are wired as `hemovault.services.serve` wires them; nothing else runs. The process, all
its threads and DuckDB's included, may use one core only.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from benchmarks.loggers import Shape, plant_of
from hemovault.settings import load_settings
from plant.load import load_plant
from runtime import topics
from runtime.clock import Clock
from runtime.health import HealthPart
from runtime.sparkplug.host import SparkplugHost
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Delivery, Ingest, prepared_registry
from telemetry.worker import IngestThread


async def run(config: Path, shape: Shape) -> None:
    """Be the historian until killed."""
    settings, clock = load_settings(config), Clock()
    plant = plant_of(shape, load_plant(settings.plant))
    store = DuckDbStore(settings.data_dir / "telemetry.duckdb")
    registry = prepared_registry(plant, store)
    ingest = Ingest(plant, store, registry, now=clock.now())
    loop = asyncio.get_running_loop()

    def acknowledge(delivery: Delivery) -> None:
        for edge, epoch, mark in delivery.acknowledged:
            host.acknowledge(edge, epoch, mark)

    def deliver(delivery: Delivery) -> None:
        loop.call_soon_threadsafe(acknowledge, delivery)

    thread = IngestThread(ingest, clock, deliver, HealthPart("telemetry"))
    host = SparkplugHost(
        settings.mqtt,
        plant.site.id,
        topics.primary_host(plant.site.id),
        clock,
        on_batch=thread.submit,
        on_presence=thread.submit,
        stored=ingest.stored,
        registry=registry,
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(thread.run())
        tasks.create_task(host.run())


if __name__ == "__main__":
    os.sched_setaffinity(0, {int(sys.argv[3])})
    asyncio.run(run(Path(sys.argv[1]), Shape(sys.argv[2])))
