"""Readings per second that one core decodes from Sparkplug bytes, evaluates and stores durably in DuckDB.

A real broker stands between the edge that sends and the process that stores. One core's second is a second of processor
time of that process, from the first message sent to the stored mark of the last: so other work on the machine does not
count against it; the real time is in the detail. Two shapes: loggers of a hundred probes, and cold rooms of two.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, Final

import duckdb
import numpy as np

from benchmarks.catalogue import BenchmarkFailed, Result
from benchmarks.loggers import PER_LOGGER, SENSORS, Shape, devices_of, metrics_of, plant_of
from benchmarks.replay import Replay
from benchmarks.rooms import EDGE, plant_with_rooms
from benchmarks.site import Site, end
from benchmarks.usage import busy_cores, cpu_seconds
from plant.load import parse_plant
from plant.model import Plant
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.columns import Floats, Ints
from telemetry.evaluate import Evaluator
from telemetry.limits import LimitBook, LimitVersion, Timing
from telemetry.sources import build_table
from telemetry.store import Readings
from telemetry.watches import Watches

RUNS: Final = 3
ROUNDS: Final = {Shape.LOGGERS: 100, Shape.ROOMS: 20}
EVALUATIONS: Final = 30
_START_MS: Final = 1_800_000_000_000


def measure() -> Result:
    """Median throughput for loggers; cold rooms, processor time and the evaluation alone in the detail."""
    loggers = [_run(Shape.LOGGERS) for _ in range(RUNS)]
    rooms = _run(Shape.ROOMS)
    return Result(
        "telemetry",
        round(median(run["readings_per_cpu_s"] for run in loggers)),
        "readings/s of one core",
        ">= 200000",
        {
            "readings_per_message": PER_LOGGER,
            "runs": loggers,
            "cold_rooms_two_readings_per_message": rooms,
            "evaluate_10000_sensors_ms": _evaluation_ms(),
            "load_average": busy_cores(),
        },
    )


def _run(shape: Shape) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder,
        Site(Path(folder), plant_with_rooms(0, on_delay_s=300)) as site,
    ):
        site.start_broker()
        core = max(os.sched_getaffinity(0))
        historian = site.run(["-m", "benchmarks.historian", str(site.config), shape, str(core)], "historian")
        replay = Replay(site.settings.mqtt, site.plant.site.id, EDGE, devices_of(shape), metrics_of(shape))
        done = asyncio.run(replay.run(ROUNDS[shape], lambda: cpu_seconds(historian.pid)))
        end(historian)
        stored = _stored(site.settings.data_dir / "telemetry.duckdb")
        sent = done.readings // ROUNDS[shape] * (ROUNDS[shape] + 1)
        if stored != sent:
            raise BenchmarkFailed(f"{sent} readings were sent and {stored} are in the database")
    return {
        "readings_per_cpu_s": round(done.readings / done.historian_cpu_s),
        "readings_per_real_s": round(done.readings / done.seconds),
        "messages_per_cpu_s": round(done.messages / done.historian_cpu_s),
        "readings": done.readings,
    }


def _stored(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as database:
        tables = [name for (name,) in database.execute("select table_name from duckdb_tables()").fetchall()]
        days = [name for name in tables if name.startswith("reading")]
        return sum(int(database.execute(f'select count(*) from "{name}"').fetchone()[0]) for name in days)


def _evaluation_ms() -> dict[str, Any]:
    """Median processor time to judge one new reading of each of 10 000 sensors, and to let time pass for all.

    Limits alone, then with a count in window and an off delay for every limit, then all other conditions besides.
    """
    plant = plant_of(Shape.LOGGERS, parse_plant(plant_with_rooms(0, on_delay_s=300)))
    counting = Timing(on_delay_s=300, off_delay_s=300, count=5, window_s=3600)
    versions = [LimitVersion(envelope, 1, 0, counting, counting) for envelope in plant.envelopes]
    return {
        "limits_as_planned": _limits_ms(plant, LimitBook(plant)),
        "limits_with_counts_and_off_delays": _limits_ms(plant, LimitBook(plant, versions)),
        "all_other_conditions": _watches_ms(plant),
        "target": 5.0,
    }


def _limits_ms(plant: Plant, limits: LimitBook) -> dict[str, float]:
    table = build_table(plant, SourceRegistry(), limits, at_ms=_START_MS)
    rows = np.flatnonzero(table.is_probe)[-SENSORS:]
    evaluator = Evaluator(table, start_ms=_START_MS, start_real_s=0.0)
    quality = np.full(len(rows), Quality.GOOD.code, dtype=np.int64)

    def observe(at_ms: int, value: Floats, turn: int) -> None:
        evaluator.observe(rows, np.full(len(rows), at_ms), value, quality, float(turn))

    return _timed(rows, observe, lambda at_ms, turn: evaluator.look(at_ms, float(turn)))


def _watches_ms(plant: Plant) -> dict[str, float]:
    registry = SourceRegistry()
    table = build_table(plant, registry)
    rows = np.flatnonzero(table.is_probe)[-SENSORS:]
    watches = Watches(plant, table, registry, start_ms=_START_MS, start_real_s=0.0)
    source = table.source[rows].astype(np.int32)
    good, live = np.full(len(rows), Quality.GOOD.code, dtype=np.uint8), np.zeros(len(rows), dtype=np.bool_)

    def observe(at_ms: int, value: Floats, turn: int) -> None:
        del turn
        watches.take(Readings(source, np.full(len(rows), at_ms), value, good, live), rows)

    return _timed(rows, observe, lambda at_ms, turn: watches.look(at_ms, float(turn), lambda _: None))


def _timed(
    rows: Ints, observe: Callable[[int, Floats, int], object], look: Callable[[int, int], object]
) -> dict[str, float]:
    """Median milliseconds; a minute of domain time passes in each turn, so that what is done once a minute counts."""
    observed, looked = [], []
    for turn in range(1, EVALUATIONS + 1):
        at_ms = _START_MS + turn * 60_000
        value = 4.0 + ((rows + turn) % 50) / 100
        begun = time.thread_time()
        observe(at_ms, value, turn)
        between = time.thread_time()
        look(at_ms, turn)
        observed.append((between - begun) * 1000)
        looked.append((time.thread_time() - between) * 1000)
    return {"readings": round(median(observed), 2), "time_passes": round(median(looked), 2)}
