"""A day of ten thousand probes at ten seconds: its size after it is closed, and how fast one probe's day is read.

The day is written as the ingest writes it, in order of arrival, closed, and read at one-minute steps by probes drawn at
random. Bytes are the blocks in use: readings, minutes, hours and what DuckDB itself needs. The file also holds the
room that the unsorted day left; the next day is written into it.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np

from benchmarks.catalogue import Result
from benchmarks.usage import busy_cores
from runtime.sparkplug.payload import Quality
from telemetry.duckdb_store import DuckDbStore
from telemetry.rollups import HOUR_MS
from telemetry.store import Readings, StoreWrite
from telemetry.tracker import GAP_AFTER_MS

PROBES: Final = 10_000
EVERY_MS: Final = 10_000
HOURS: Final = 24
ROUNDS_AT_ONCE: Final = 60
ASKED: Final = 200
SEED: Final = 20261122
_DAY_MS: Final = 86_400_000
_MINUTE_MS: Final = 60_000
_START_MS: Final = 20_500 * _DAY_MS


def measure() -> Result:
    """Slowest of most answers (p99) in milliseconds; bytes a reading and the time of closing in the detail."""
    with tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder:
        path = Path(folder) / "telemetry.duckdb"
        store = DuckDbStore(path)
        begun = time.process_time()
        count = _write_day(store)
        written = time.process_time()
        store.close_days(_START_MS + _DAY_MS)
        closed = time.process_time()
        minutes = _asked(store, _MINUTE_MS)
        hours = _asked(store, HOUR_MS)
        store.close()
        in_use, whole_file = _sizes(path)
    return Result(
        "history",
        minutes["p99_ms"],
        "ms for 24 h of one probe at 1-minute steps, p99",
        "< 20",
        {
            "probes": PROBES,
            "readings": count,
            "minute_steps": minutes,
            "hour_steps": hours,
            "bytes_a_reading": round(in_use / count, 2),
            "bytes_a_reading_with_room_for_the_next_day": round(whole_file / count, 2),
            "bytes_target": 3.0,
            "write_cpu_s": round(written - begun, 1),
            "close_day_cpu_s": round(closed - written, 1),
            "load_average": busy_cores(),
        },
    )


def _write_day(store: DuckDbStore) -> int:
    """Temperatures of two decimals that wander as a store's do; each probe has its own moment within the interval."""
    rng = np.random.default_rng(SEED)
    source = np.tile(np.arange(PROBES, dtype=np.int32), ROUNDS_AT_ONCE)
    moment = rng.integers(0, EVERY_MS, PROBES)
    level = rng.normal(4.0, 0.3, PROBES)
    rounds = HOURS * 3_600_000 // EVERY_MS
    for first in range(0, rounds, ROUNDS_AT_ONCE):
        step = np.arange(first, first + ROUNDS_AT_ONCE, dtype=np.int64)
        swing = 0.8 * np.sin(2 * np.pi * step / 180)
        value = level[None, :] + swing[:, None] + rng.normal(0, 0.02, (ROUNDS_AT_ONCE, PROBES))
        ts = _START_MS + step[:, None] * EVERY_MS + moment[None, :] + rng.integers(0, 40, (ROUNDS_AT_ONCE, PROBES))
        size = len(source)
        good, live = np.full(size, Quality.GOOD.code, np.uint8), np.zeros(size, np.bool_)
        store.write(StoreWrite(readings=Readings(source, ts.ravel(), value.ravel().round(2), good, live)))
    return rounds * PROBES


def _sizes(path: Path) -> tuple[int, int]:
    """Bytes of the blocks in use, and of the whole file."""
    with duckdb.connect(str(path), read_only=True) as database:
        _, _, block_bytes, _, used, *_ = database.execute("pragma database_size").fetchall()[0]
    return int(block_bytes) * int(used), path.stat().st_size


def _asked(store: DuckDbStore, step_ms: int) -> dict[str, Any]:
    dice, took, cpu = random.Random(SEED), [], []
    for _ in range(ASKED):
        probe = dice.randrange(PROBES)
        begun, begun_cpu = time.perf_counter(), time.process_time()
        history = store.history(probe, _START_MS, _START_MS + _DAY_MS - 1, step_ms, GAP_AFTER_MS)
        took.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.process_time() - begun_cpu) * 1000)
        if len(history.points) != _DAY_MS // step_ms:
            raise ValueError(f"probe {probe} has {len(history.points)} points instead of {_DAY_MS // step_ms}")
    took.sort()
    cpu.sort()
    return {
        "p50_ms": round(took[ASKED // 2], 2),
        "p99_ms": round(took[ASKED * 99 // 100], 2),
        "cpu_p50_ms": round(cpu[ASKED // 2], 2),
        "cpu_p99_ms": round(cpu[ASKED * 99 // 100], 2),
    }
