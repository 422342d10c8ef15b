"""A real process takes readings, is killed at random moments, and starts again: nothing acknowledged is missing.

Readings, offsets, minutes and hours agree afterwards. The seed is printed, so that a failure can be seen again.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import numpy as np

from telemetry.completeness import MINUTE_MS
from telemetry.duckdb_store import DuckDbStore
from telemetry.rollups import COLUMNS, HOUR_MS, coarser, rows_of
from telemetry.store import Readings

DAY: Final = 86_400_000
FIRST_DAY: Final = 20_500
SOURCES: Final = 5
PER_BATCH: Final = 50
EVERY_MS: Final = 40_000
KILLS: Final = 4
SEED_VARIABLE: Final = "HEMOVAULT_TEST_SEED"

_INGEST = """
import random, sys, time
from datetime import UTC, datetime
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from telemetry_world import PLANT
from test_telemetry_rollups_kill import EPOCH, batch_of, domain_ms
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import Ingest, prepared_registry
store = DuckDbStore(Path(sys.argv[1]), memory_mb=64)
registry = prepared_registry(PLANT, store)
dice = random.Random(int(sys.argv[3]))

def at(offset):
    return datetime.fromtimestamp(domain_ms(offset) / 1000, UTC)

mark = store.offsets().mark(EPOCH)
ingest = Ingest(PLANT, store, registry, now=at(mark + 1))
offset = mark
while True:
    offset += 1
    batches = [batch_of(offset)]
    if offset > 40 and dice.random() < 0.3:
        batches.append(batch_of(offset - dice.randrange(1, 40), again=True))
    if dice.random() < 0.2:  # a batch that overtakes the one before it
        offset += 1
        batches.insert(0, batch_of(offset))
    said = ingest.process(batches, at(offset))
    ingest.close_days(at(offset))
    for _, _, mark in said.acknowledged:
        sys.stdout.write(f"{mark}\\n")
    sys.stdout.flush()
"""
EPOCH: Final = ("edge-kill", "e1")


def domain_ms(offset: int) -> int:
    """When a batch was measured: the middle of the day comes after a few hundred, so that days close under way."""
    return FIRST_DAY * DAY + offset * PER_BATCH // SOURCES * EVERY_MS


def rows_of_batch(offset: int) -> Readings:
    """Fifty readings that follow from the offset alone; every seventh batch is of the day before."""
    dice = np.random.default_rng(offset)
    back = DAY + 7 if offset % 7 == 0 else 0
    ts = domain_ms(offset) - back + np.repeat(np.arange(PER_BATCH // SOURCES), SOURCES) * EVERY_MS
    quality = dice.choice(np.array([192, 192, 192, 64, 0, 2], np.uint8), PER_BATCH)
    source = np.tile(np.arange(SOURCES, dtype=np.int32), PER_BATCH // SOURCES) + 20
    value = dice.normal(4, 1, PER_BATCH).round(2)
    return Readings(source, ts.astype(np.int64), value, quality, np.zeros(PER_BATCH, np.bool_))


def batch_of(offset: int, *, again: bool = False):
    """The batch of an offset as the host hands it over."""
    from runtime.sparkplug.readings import ReadingBatch

    rows = rows_of_batch(offset)
    historical = np.full(PER_BATCH, again or offset % 7 == 0)
    return ReadingBatch(*EPOCH, offset, offset, rows.source, rows.ts_ms, rows.value, rows.quality, historical, [])


def test_readings_offsets_and_roll_ups_agree_after_kills_at_random_moments(tmp_path: Path) -> None:
    seed = int(os.environ.get(SEED_VARIABLE, "0")) or random.SystemRandom().randrange(1, 1 << 30)
    sys.stdout.write(f"{SEED_VARIABLE}={seed}\n")
    dice, path, acknowledged = random.Random(seed), tmp_path / "t.duckdb", 0
    for life in range(KILLS):
        command = [sys.executable, "-c", _INGEST, str(path), str(Path(__file__).parent), str(seed + life)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline(), "it died before it acknowledged anything"
        time.sleep(dice.uniform(0.05, 2.5))  # the moment of the kill is what is tested
        child.kill()
        said = child.stdout.read().splitlines()
        child.wait()
        child.stdout.close()
        whole = [int(line) for line in said[:-1]]
        acknowledged = max([acknowledged, *whole])
        _agrees(path, acknowledged)


def _agrees(path: Path, acknowledged: int) -> None:
    store = DuckDbStore(path, memory_mb=64)
    try:
        offsets = store.offsets()
        assert offsets.mark(EPOCH) >= acknowledged
        stored = [offset for first, last in offsets.ranges(EPOCH) for offset in range(first, last + 1)]
        until = domain_ms(stored[-1] + 2)
        wanted = {
            (int(source), int(ts))
            for offset in stored
            for source, ts in zip(*(getattr(rows_of_batch(offset), name) for name in ("source", "ts_ms")), strict=True)
        }
        found: list[tuple[int, int]] = []
        closed = store.close_days(until // DAY * DAY)
        assert closed >= 0
        for source in range(20, 20 + SOURCES):
            raw = store.readings(source, (FIRST_DAY - 2) * DAY, until)
            found += [(source, ts) for ts in raw.ts_ms.tolist()]
            over = raw.take(raw.ts_ms < until // DAY * DAY)
            minutes = coarser(rows_of(over), MINUTE_MS)
            for width, rows in ((MINUTE_MS, minutes), (HOUR_MS, coarser(minutes, HOUR_MS))):
                kept = store.rollup(source, width, (FIRST_DAY - 2) * DAY, until)
                for name in COLUMNS:
                    np.testing.assert_array_equal(getattr(kept, name), getattr(rows, name), err_msg=name)
        assert len(found) == len(set(found))
        assert set(found) == wanted
    finally:
        store.close()
