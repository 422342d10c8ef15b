"""A run of the centre in a process of its own, told as one line of JSON: `one_run.py FOLDER HOURS PACE SEED`."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hemovault.whole import opening
from hemovault.whole.building import open_centre
from hemovault.whole.centre import CentrePlan
from plant.load import demo_text, parse_plant
from simulators.people.pace import PACES

START = datetime(2026, 3, 2, 1, tzinfo=UTC)


async def run(folder: Path, hours: float, pace: str, seed: int) -> dict[str, object]:
    plant = parse_plant(demo_text())
    plan = CentrePlan(plant, opening.full(plant, seed, START), PACES[pace], seed)
    async with open_centre(plan, folder) as centre:
        await centre.run(START + timedelta(hours=hours))
        with centre.warehouse.read() as conn:
            bags = conn.exec_driver_sql("SELECT id, status, place, version FROM bag ORDER BY id").all()
        head = centre.warehouse.writer.head
        return {
            "entries": head.seq,
            "head": head.hash.hex(),
            "world": _digest("\n".join(centre.log)),
            "lines": len(centre.log),
            "bags": _digest(repr([tuple(bag) for bag in bags])),
            "telemetry": centre.ingest.counts.stored,
        }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    folder, hours, pace, seed = sys.argv[1:]
    print(json.dumps(asyncio.run(run(Path(folder), float(hours), pace, int(seed)))))


if __name__ == "__main__":
    main()
