"""The whole centre in one process at full speed: simulated days per minute of one core, at the demo's pace.

World, telemetry with its store, controller with its ledger, planner with the real solver, and people at the real API;
no wires. The first hour, in which everything is opened, is lived through before the clock of the benchmark runs.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.catalogue import BenchmarkFailed, Result
from hemovault.whole import opening
from hemovault.whole.building import open_centre
from hemovault.whole.centre import CentrePlan
from plant.load import demo_text, parse_plant
from simulators.people.pace import DEMO

_START: Final = datetime(2026, 3, 2, 1, tzinfo=UTC)
_WARM_UP: Final = timedelta(hours=1)
_MEASURED: Final = timedelta(hours=6)
_SEED: Final = 20261122


def measure() -> Result:
    """Simulated days per minute of processor time, and of wall time beside it."""
    with tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> Result:
    plant = parse_plant(demo_text())
    plan = CentrePlan(plant, opening.full(plant, _SEED, _START), DEMO, _SEED)
    async with open_centre(plan, folder) as centre:
        await centre.run(_START + _WARM_UP)
        wall, cpu = time.perf_counter(), time.process_time()
        await centre.run(_START + _WARM_UP + _MEASURED)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        happened = Counter(line["event"] for line in centre.world_log())
        if not happened["received"]:
            raise BenchmarkFailed("not one bag reached a hospital")
        days = _MEASURED / timedelta(days=1)
        return Result(
            name="whole",
            value=days / (cpu / 60.0),
            unit="simulated days per minute of one core",
            target=">= 1",
            detail={
                "days_per_wall_minute": round(days / (wall / 60.0), 2),
                "ledger_entries": centre.warehouse.writer.head.seq,
                "readings": centre.ingest.counts.stored,
                "bags_received": happened["received"],
            },
        )
