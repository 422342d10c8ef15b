"""The temperature passport of a bag with 40 days of history, among ten thousand probes of which 400 speak every minute.

Measured as the API and the dispatch service compute it: stays from the warehouse, readings of each probe from DuckDB
files whose days are closed, every limit, gap and excursion; then the canonical document and the printed pages.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec.structs import replace
from sqlalchemy import insert

from benchmarks.catalogue import BenchmarkFailed, Result
from benchmarks.rooms import AIR, CELL, LOAD, plant_with_rooms, room
from benchmarks.usage import busy_cores, percentile
from plant.load import parse_plant
from plant.model import Device, DeviceKind, Place, PlaceKind, Plant, Probe, ProbeKind
from runtime.sparkplug.payload import Quality
from runtime.sparkplug.readings import SourceRegistry
from telemetry.duckdb_store import DuckDbStore
from telemetry.ingest import prepared_registry
from telemetry.store import Readings, StoreWrite
from wms.bags.tables import bag as bag_table
from wms.bags.tables import stay as stay_table
from wms.ledger.chain import canonical
from wms.passports.compute import History, passport_of
from wms.passports.model import Passport, PassportVerdict
from wms.passports.pdf import passport_pdf
from wms.store.database import Database, open_database
from wms.store.metadata import to_us
from wms.store.migrations import upgrade

DAYS: Final = 40
ROOMS: Final = 5_000
SPEAKING: Final = 200
BAGS: Final = 60
STAYS: Final = 12
_NOW: Final = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
_START: Final = _NOW - timedelta(days=DAYS)
_MINUTE_MS: Final = 60_000
_DAY_MINUTES: Final = 1440
_SEED: Final = 7


def measure() -> Result:
    """99th percentile of one passport, each bag another one; median, processor time and the pages in the detail."""
    with tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder:
        plant = _plant()
        with (
            closing(DuckDbStore(Path(folder) / "telemetry.duckdb", memory_mb=1024)) as store,
            closing(_warehouse(Path(folder), plant)) as database,
        ):
            registry = prepared_registry(plant, store)
            _speak(plant, store, registry)
            return _measured(plant, database, History(plant, store, registry))


def _measured(plant: Plant, database: Database, history: History) -> Result:
    waited: list[float] = []
    worked: list[float] = []
    papers: list[float] = []
    sizes: list[int] = []
    for number in range(BAGS + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        with database.read() as conn:
            passport = passport_of(conn, plant, history, f"bag-{number}", _NOW)
        document = canonical(passport)
        if number:  # the first one opens files
            waited.append((time.perf_counter() - wall) * 1000)
            worked.append((time.process_time() - cpu) * 1000)
            sizes.append(len(document))
            begun = time.perf_counter()
            passport_pdf(passport, None, plant=plant, lang="zh")
            papers.append((time.perf_counter() - begun) * 1000)
        _check(passport)
    return Result(
        "passport",
        round(percentile(waited, 0.99), 1),
        "ms, p99",
        "< 100",
        {
            "p50_ms": round(percentile(waited, 0.5), 1),
            "processor_p50_ms": round(percentile(worked, 0.5), 1),
            "processor_p99_ms": round(percentile(worked, 0.99), 1),
            "pages_p50_ms": round(percentile(papers, 0.5), 1),
            "document_bytes": max(sizes),
            "days": DAYS,
            "probes": len(plant.probes),
            "stays": STAYS,
            "load_average": busy_cores(),
        },
    )


def _check(passport: Passport) -> None:
    read = sum(segment.readings for segment in passport.segments)
    if read < DAYS * _DAY_MINUTES or passport.verdict is PassportVerdict.UNKNOWN:
        raise BenchmarkFailed(f"{passport.bag} has {read} readings and is {passport.verdict.value}")


def _plant() -> Plant:
    """The demo centre and five thousand cold rooms with an air and a load probe each."""
    base = parse_plant(plant_with_rooms(0, on_delay_s=300))
    places, devices, probes = list(base.places), list(base.devices), list(base.probes)
    for number in range(ROOMS):
        name = room(number)
        places.append(Place(path=name, kind=PlaceKind.STORE, name_en=name, name_zh=name, envelope="cold"))
        devices.append(Device(id=name, cell=CELL, kind=DeviceKind.COLD_ROOM, place=name, name_en=name, name_zh=name))
        probes.append(Probe(id=f"{name}-air", device=name, metric=AIR, kind=ProbeKind.AIR, covers=(name,)))
        probes.append(Probe(id=f"{name}-load", device=name, metric=LOAD, kind=ProbeKind.LOAD, covers=(name,)))
    return replace(base, places=tuple(places), devices=tuple(devices), probes=tuple(probes))


def _speak(plant: Plant, store: DuckDbStore, registry: SourceRegistry) -> None:
    """Let the first rooms say a value each minute of all days, as a healthy room says it; days are closed."""
    edges = plant.edge_by_device
    sources = [
        found
        for number in range(SPEAKING)
        for metric in (AIR, LOAD)
        if (found := registry.find(edges[room(number)], room(number), metric)) is not None
    ]
    chance = np.random.default_rng(_SEED)
    for day in range(DAYS + 1):
        begin = int((_START + timedelta(days=day)).timestamp() * 1000)
        ts = begin + np.arange(_DAY_MINUTES, dtype=np.int64) * _MINUTE_MS
        count = len(sources) * len(ts)
        store.write(
            StoreWrite(
                readings=Readings(
                    np.tile(np.array(sources, np.int32), len(ts)),
                    np.repeat(ts, len(sources)),
                    np.round(4.0 + 0.5 * np.sin(np.repeat(np.arange(len(ts)), len(sources)) / 40), 1)
                    + np.round(chance.normal(0, 0.05, count), 1),
                    np.full(count, Quality.GOOD.code, np.uint8),
                    np.zeros(count, np.bool_),
                )
            )
        )
    store.close_days(int(_NOW.timestamp() * 1000))


def _warehouse(folder: Path, plant: Plant) -> Database:
    database = open_database(folder / "warehouse.db")
    upgrade(database)
    chance = random.Random(_SEED)
    with database.write_engine.begin() as connection:
        for number in range(BAGS + 1):
            connection.execute(insert(bag_table).values(**_bag(plant, number)))
            for stay in _stays(number, chance.sample(range(SPEAKING), STAYS)):
                connection.execute(insert(stay_table).values(**stay))
    return database


def _bag(plant: Plant, number: int) -> dict[str, Any]:
    product = plant.product_of("RBC_S")
    return {
        "id": f"bag-{number}",
        "din": f"A999926{number:06d}",
        "product": product,
        "component": "RBC_S",
        "abo_rhd": "O+",
        "status": "AVAILABLE",
        "place": "",
        "place_since_us": to_us(_NOW),
        "volume_ml": 200.0,
        "collected_us": to_us(_START),
        "expires_us": to_us(_NOW + timedelta(days=2)),
        "donor": "donor",
        "donation_type": "allogeneic",
        "custody": "centre",
        "tests": "negative",
        "process_check": "passed",
        "label_check": "passed",
        "version": 1,
        "ledger_seq": 1,
    }


def _stays(number: int, rooms: Sequence[int]) -> list[dict[str, Any]]:
    edges = [to_us(_START + timedelta(days=DAYS) * share / len(rooms)) for share in range(len(rooms) + 1)]
    return [
        {
            "bag": f"bag-{number}",
            "place": room(one),
            "from_us": edges[at],
            "to_us": None if at == len(rooms) - 1 else edges[at + 1],
        }
        for at, one in enumerate(rooms)
    ]
