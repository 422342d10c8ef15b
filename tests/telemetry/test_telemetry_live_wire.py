"""An edge, a broker and the ingest as in life: the consumer is taken away without a word and misses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from telemetry_world import EDGE, PLANT, START

from plant.signals import SignalType, signals_of
from runtime import topics
from runtime.clock import Clock
from runtime.health import Health, HealthPart
from runtime.settings import MqttSettings
from runtime.sparkplug.edge import SparkplugEdge
from runtime.sparkplug.host import SparkplugHost
from runtime.sparkplug.payload import DataType, MetricSpec
from telemetry.conditions import Condition, ConditionChange
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Delivery, Ingest, prepared_registry
from telemetry.worker import IngestThread

_TYPES = {
    SignalType.DOUBLE: DataType.DOUBLE,
    SignalType.BOOLEAN: DataType.BOOLEAN,
    SignalType.INT: DataType.INT64,
    SignalType.STRING: DataType.STRING,
}
DEVICE = PLANT.device_by_id["cold-1"]
SPECS = [MetricSpec(s.metric, _TYPES[s.type], s.unit) for s in signals_of(DEVICE.kind)]


async def until(check: Callable[[], bool]) -> None:
    """Wait for something that others bring about; the test's own time limit is the judge."""
    async with asyncio.timeout(60):
        while not check():  # noqa: ASYNC110  # the condition lives in another thread and a database
            await asyncio.sleep(0.02)


@asynccontextmanager
async def consumer(path: Path, mqtt: MqttSettings, clock: Clock) -> AsyncIterator[tuple[Ingest, list[ConditionChange]]]:
    """Host, ingest thread and store, wired as the program wires them."""
    store = DuckDbStore(path)
    registry = prepared_registry(PLANT, store)
    ingest = Ingest(PLANT, store, registry, now=clock.now())
    told: list[ConditionChange] = []
    loop = asyncio.get_running_loop()

    def deliver(delivery: Delivery) -> None:
        told.extend(delivery.changes)
        for mark in delivery.acknowledged:
            loop.call_soon_threadsafe(host.acknowledge, *mark)

    worker = IngestThread(ingest, clock, deliver, HealthPart("telemetry"))
    host = SparkplugHost(
        mqtt,
        PLANT.site.id,
        topics.primary_host(PLANT.site.id),
        clock,
        on_batch=worker.submit,
        on_presence=worker.submit,
        stored=ingest.stored,
        registry=registry,
    )
    running = [asyncio.create_task(worker.run()), asyncio.create_task(host.run())]
    try:
        yield ingest, told
    finally:
        for task in reversed(running):
            task.cancel()
        for task in reversed(running):
            with suppress(asyncio.CancelledError):
                await task
        store.close()


async def test_values_made_while_nobody_listens_are_stored_once_the_consumer_is_back(
    mqtt_settings: MqttSettings, tmp_path: Path
) -> None:
    clock = Clock(anchor_domain=START, anchor_system=None, rate=60)
    edge = SparkplugEdge(
        mqtt_settings, PLANT.site.id, EDGE, {DEVICE.id: SPECS}, clock, tmp_path / "window.sqlite", Health()
    )
    speaking = asyncio.create_task(edge.run())
    made = 0

    def speak(value: float) -> None:
        nonlocal made
        made += 1
        edge.update(DEVICE.id, "Temperature/Load", value, clock.now())

    path = tmp_path / "t.duckdb"
    async with consumer(path, mqtt_settings, clock) as (ingest, told):
        await until(lambda: speak(4.0 + made % 7 / 10) or ingest.counts.stored >= 5)
        await until(
            lambda: (
                speak(8.0 + made % 7 / 10) or any(c.condition is Condition.TEMPERATURE_HIGH and c.active for c in told)
            )
        )
    alone = clock.now()
    for _ in range(20):
        speak(9.0 + made % 7 / 10)
        await asyncio.sleep(0.15)
    back = clock.now()
    async with consumer(path, mqtt_settings, clock) as (ingest, told):
        await until(lambda: speak(4.0 + made % 7 / 10) or ingest.counts.late >= 15)
        await until(lambda: any(change.condition is Condition.LATE_EXCURSION for change in told))
    speaking.cancel()
    with suppress(asyncio.CancelledError):
        await speaking
    edge.close()
    store = DuckDbStore(path)
    source = prepared_registry(PLANT, store).find(EDGE, DEVICE.id, "Temperature/Load")
    assert source is not None
    stretch = int(alone.timestamp() * 1000), int((back + timedelta(minutes=1)).timestamp() * 1000)
    readings = store.readings(source, *stretch)
    assert (readings.value >= 9.0).sum() >= 15
    assert len(set(readings.ts_ms.tolist())) == len(readings)
    worst = [e.worst_c for e in store.excursions(["cold-1-load"], *stretch)]
    assert max(worst) >= 9.0
    store.close()
