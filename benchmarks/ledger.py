"""Durable bag events per second: facts of tags that pass a portal, from the inbox to the sealed and synced ledger.

Each event goes the way it goes in life: its raw row in the inbox, the guards, the bag's row and its history of places,
an entry in the hash chain, the edge's mark; the writer commits in groups. On SQLite with synchronous=FULL, and on
PostgreSQL with fsync on where that is installed (a server of its own, over a Unix socket, on the same machine).
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec

from benchmarks.catalogue import BenchmarkFailed, Result
from benchmarks.postgres_server import has_postgres, own_postgres
from benchmarks.usage import busy_cores, cpu_seconds
from blood.isbt128 import BagId
from blood.tags import epc_of
from plant.load import demo_text, parse_plant
from plant.model import Plant, Portal
from rfid.messages import Crossing, Direction, report_type
from runtime.clock import SteppedClock
from runtime.facts.envelope import encode_envelope
from runtime.facts.receiver import RawFact
from wms.bags.commands import create_bag
from wms.ledger.verify import verify
from wms.machines.outbox import OutgoingCommand
from wms.moves.model import DeviceState
from wms.moves.portals import is_indoors
from wms.store.database import driver_of
from wms.store.metadata import to_us
from wms.store.tx import Actor, Tx
from wms.warehouse import Warehouse, open_warehouse

RUNS: Final = 3
BAGS: Final = 2_000
EVENTS: Final = 20_000
BATCH: Final = 500
"""Facts that are applied together, as the receiver hands them on in a backlog."""
_START: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_BENCH: Final = Actor("service:bench", "bench")
_EDGE: Final = "rfid-1"


def measure() -> Result:
    """Median of some runs on SQLite; PostgreSQL's figures, processor time and the load in the detail."""
    detail: dict[str, Any] = {"events": EVENTS, "bags": BAGS, "sqlite": [asyncio.run(_run(None)) for _ in range(RUNS)]}
    with ExitStack() as closing:
        if has_postgres():
            server = closing.enter_context(own_postgres())
            runs = [asyncio.run(_run(server.create())) for _ in range(RUNS)]
            detail["postgresql"] = runs
            detail["postgresql_events_per_s"] = round(median(run["events_per_s"] for run in runs))
        else:
            detail["postgresql"] = "not installed"
    detail["load_average"] = busy_cores()
    value = round(median(run["events_per_s"] for run in detail["sqlite"]))
    return Result("ledger", value, "events/s", "10000 on SQLite with synchronous=FULL", detail)


async def _run(database: str | None) -> dict[str, Any]:
    clock, plant = SteppedClock(_START), parse_plant(demo_text())
    portal = next(one for one in plant.portals if one.device is None and is_indoors(plant, one))
    with tempfile.TemporaryDirectory(prefix="hemovault-bench-") as name:
        folder = Path(name)
        async with open_warehouse(
            plant,
            folder,
            clock=clock,
            holder="bench",
            excursion_at=lambda _place: False,
            device_state=lambda _device: DeviceState.RUNNING,
            publish_command=_nobody_listens,
            database=database,
        ) as warehouse:
            bags = await warehouse.write(lambda tx: _put_bags(tx, portal))
            facts = [_fact(number, bags, portal) for number in range(EVENTS)]
            clock.step(EVENTS)
            cpu, began = cpu_seconds(os.getpid()), time.perf_counter()
            for start in range(0, EVENTS, BATCH):
                await warehouse.apply_facts(facts[start : start + BATCH])
            seconds, cpu = time.perf_counter() - began, cpu_seconds(os.getpid()) - cpu
            warehouse.export_head()
            _check(warehouse, plant, folder)
    return {
        "events_per_s": round(EVENTS / seconds),
        "cpu_us_per_event": round(cpu / EVENTS * 1e6, 1),
        "cpu_share": round(cpu / seconds, 2),
    }


def _check(warehouse: Warehouse, plant: Plant, folder: Path) -> None:
    with warehouse.read() as conn:
        (entries,) = driver_of(conn).execute("SELECT count(*) FROM ledger WHERE kind = 'bag.crossed'").fetchone()
    if entries != EVENTS:
        raise BenchmarkFailed(f"{entries} of {EVENTS} events are on the ledger")
    verdict = verify(warehouse.database, plant.site.id, warehouse.head_file, folder / "ledger-key.pub")
    if verdict.fault is not None:
        raise BenchmarkFailed(f"the ledger does not hold: {verdict.fault}")


def _put_bags(tx: Tx, portal: Portal) -> list[BagId]:
    bags = [BagId(f"A999926{number + 1:06d}", "D0002V00") for number in range(BAGS)]
    for bag in bags:
        fields: dict[str, str | int | float | None] = {
            "din": bag.din,
            "product": bag.product,
            "component": tx.plant.product_component[bag.product].key,
            "status": "AVAILABLE",
            "abo_rhd": "O+",
            "volume_ml": 200.0,
            "collected_us": to_us(tx.now),
            "expires_us": to_us(tx.now) + 30 * 86_400_000_000,
            "donor": "donor",
            "epc": epc_of(bag),
            "donation_type": "allogeneic",
            "custody": "centre",
            "tests": "negative",
            "process_check": "passed",
            "label_check": "passed",
        }
        create_bag(tx, _BENCH, str(bag), kind="bag.opened", place=portal.outside, at=tx.now, fields=fields)
    return bags


def _fact(number: int, bags: list[BagId], portal: Portal) -> RawFact:
    """Bag after bag is carried in, then all out again, and so on."""
    lap, which = divmod(number, len(bags))
    at = _START + timedelta(seconds=1 + number)
    crossing = Crossing(
        portal=portal.id,
        reader="reader-1",
        epc=epc_of(bags[which]),
        direction=Direction.OUT if lap % 2 else Direction.IN,
        first_seen=at,
        last_seen=at,
        reads=3,
        peak_rssi_dbm=-50,
    )
    data = msgspec.json.encode(crossing)
    raw = encode_envelope(edge=_EDGE, epoch="bench", seq=number + 1, type=report_type(crossing), time=at, data=data)
    return RawFact(_EDGE, "bench", number + 1, raw)


async def _nobody_listens(command: OutgoingCommand) -> None:
    raise BenchmarkFailed(f"{command.id} was to be published, but nothing here asks a machine for anything")
