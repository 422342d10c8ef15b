"""Tag reports per second that one core takes from an LLRP socket through sllurp to crossings on disk.

The real `hemovault run rfid` with a reader that sends as fast as the socket takes it. One core's second is a second of
processor time of that process. In the detail: a pallet of a thousand bags, announced by a despatch note and carried
through the receiving portal at once, until all are on the ledger of the real `serve` and received by their note.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgspec

from benchmarks.catalogue import BenchmarkFailed, Result
from benchmarks.listener import Listener
from benchmarks.llrp_reader import PreparedReader
from benchmarks.portal_reads import Passage, passage
from benchmarks.site import Site, has_listener, wait_until
from benchmarks.usage import busy_cores, cpu_seconds
from blood.isbt128 import BagId
from blood.tags import epc_of
from hemovault.offline import open_offline
from hemovault.ports import plant_with_free_ports
from plant.load import demo_text
from plant.model import Reader
from runtime.clock import Clock
from runtime.sparkplug.readings import ReadingBatch
from wms.intake.consignments import INTAKE, Note, announce

RUNS: Final = 3
TAGS: Final = 2_000
LOOKS: Final = 30
CARRIED: Final = 1_000
CARRIED_LOOKS: Final = 25
_GROUP: Final = "rfid-1"
_TOTAL: Final = "Reads/Total"
_CROSSED: Final = "select count(*) from ledger where kind in ('bag.crossed', 'crossing.unclear')"
_RECEIVED: Final = "select count(*) from consignment_item where state = 'received'"
_HEADER: Final = "bag,component,group,status,place,volume_ml,collected_at,expires_at,donor,epc,tid,tests"


def measure() -> Result:
    """Median of a few floods, and the thousand bags."""
    with (
        tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder,
        Site(Path(folder), plant_with_free_ports(demo_text(), set())) as site,
    ):
        floods = _floods(site)
    with (
        tempfile.TemporaryDirectory(prefix="hemovault-bench-") as folder,
        Site(Path(folder), plant_with_free_ports(demo_text(), set())) as site,
    ):
        carried = _carry(site)
    return Result(
        "rfid",
        round(median(flood["reports_per_cpu_s"] for flood in floods)),
        "tag reports/s of one core",
        ">= 50000",
        {"floods": floods, "a_thousand_bags": carried, "load_average": busy_cores()},
    )


class _Total:
    """What the reader device says that it has read, as the primary host hears it."""

    def __init__(self) -> None:
        self.reads = 0
        self.listener: Listener | None = None
        self._source: int | None = None

    def take(self, batch: ReadingBatch) -> None:
        """Remember the newest total."""
        if self._source is None and self.listener is not None:
            self._source = self.listener.host.registry.find(_GROUP, "reader-1", _TOTAL)
        mine = batch.value[batch.source == self._source]
        if len(mine):
            self.reads = int(mine[-1])


def _floods(site: Site) -> list[dict[str, Any]]:
    site.start_broker()
    reader = _portal(site)
    total = _Total()
    with (
        Listener(site.settings.mqtt, site.plant.site.id, total.take) as listener,
        PreparedReader(reader.id, len(reader.antennas), reader.port) as prepared,
    ):
        total.listener = listener
        gateway = site.start("rfid", "--group", _GROUP)
        if not prepared.inventorying.wait(30):
            raise BenchmarkFailed("the gateway never started an inventory")
        return [_flood(site, prepared, total, gateway.pid, run) for run in range(RUNS)]


def _flood(site: Site, reader: PreparedReader, total: _Total, pid: int, run: int) -> dict[str, Any]:
    reads = passage([f"30{run:06x}{number:024x}" for number in range(TAGS)], LOOKS, seed=run)
    time.sleep(2.0)
    spool = site.folder / f"{_GROUP}.facts.db"
    before, crossings, cpu = total.reads, _head(spool), cpu_seconds(pid)
    begun = time.monotonic()
    reader.send(b"".join(report for _, report in reads.reports(_now_us())))
    wait_until(lambda: total.reads >= before + len(reads), 60, "every read was counted")
    seconds = time.monotonic() - begun
    wait_until(lambda: _head(spool) >= crossings + TAGS, 30, f"{TAGS} tags crossed")
    used = cpu_seconds(pid) - cpu
    return {
        "reports": len(reads),
        "crossings": _directions(spool, crossings),
        "reports_per_cpu_s": round(len(reads) / used),
        "reports_per_real_s_at_least": round(len(reads) / seconds),
    }


def _carry(site: Site) -> dict[str, Any]:
    """Carry a pallet from the van to the dock; seconds from its last read until the ledger has every bag there."""
    bags = [BagId(f"{site.plant.site.facility}26{number:06d}", "D0001V00") for number in range(1, CARRIED + 1)]
    site.import_stock(_stock(bags))
    _announce(site, bags)
    site.start_broker()
    reader = _portal(site)
    with PreparedReader(reader.id, len(reader.antennas), reader.port) as prepared:
        site.start("serve")
        site.start("rfid", "--group", _GROUP)
        wait_until(lambda: has_listener(site.settings.web.port), 60, "the controller listens")
        if not prepared.inventorying.wait(30):
            raise BenchmarkFailed("the gateway never started an inventory")
        time.sleep(5.0)
        reads: Passage = passage([epc_of(bag) for bag in bags], CARRIED_LOOKS, seed=9)
        prepared.send_in_time(reads.reports(_now_us()))
        half = wait_until(lambda: _committed(site) >= CARRIED * 0.5, 60, "half of the crossings are committed")
        most = half + wait_until(lambda: _committed(site) >= CARRIED * 0.95, 60, "most crossings are committed")
        after = most + wait_until(lambda: _committed(site) >= CARRIED, 60, "a crossing of every bag is committed")
    return {
        "bags": CARRIED,
        "reports": len(reads),
        "on_the_ledger_after_last_read_s": round(after, 2),
        "half_of_them_s": round(half, 2),
        "95_percent_of_them_s": round(most, 2),
        "target": "< 1",
        "directions": _directions(site.folder / f"{_GROUP}.facts.db", 0),
        "moved_to_the_dock": _count(site.folder / "warehouse.db", "select count(*) from bag where place = 'dock'"),
        "received_by_their_note": _count(site.folder / "warehouse.db", _RECEIVED),
    }


def _announce(site: Site, bags: list[BagId]) -> None:
    """Send the despatch note of the pallet. Before `serve` starts."""

    async def send() -> None:
        async with open_offline(site.settings, site.plant, Clock()) as warehouse:
            note = Note("pallet-1", "mobile", warehouse.clock.now(), tuple(bags))
            await warehouse.write(lambda tx: announce(tx, INTAKE, note))

    asyncio.run(send())


def _portal(site: Site) -> Reader:
    return next(reader for reader in site.plant.readers if reader.id == "reader-1")


def _stock(bags: list[BagId]) -> bytes:
    collected = Clock().real_now().replace(microsecond=0) - timedelta(hours=3)
    expires = collected + timedelta(days=30)
    dates = f"{collected:%Y-%m-%dT%H:%M:%SZ},{expires:%Y-%m-%dT%H:%M:%SZ}"
    rows = (
        f"{bag},WB,O+,COLLECTED,mobile,400,{dates},D{number:08d},{epc_of(bag)},e280{number:020x},pending"
        for number, bag in enumerate(bags, 1)
    )
    return "\n".join((_HEADER, *rows, "")).encode()


def _committed(site: Site) -> int:
    """Crossings on the ledger, with or without a direction."""
    return _count(site.folder / "warehouse.db", _CROSSED)


def _head(spool: Path) -> int:
    return _count(spool, "select head from spool")


def _directions(spool: Path, after: int) -> dict[str, int]:
    """How many crossings of each direction there are since; every tag was carried in, once."""
    with closing(sqlite3.connect(f"file:{spool}?mode=ro", uri=True, timeout=10)) as database:
        raws = database.execute("select raw from fact where seq > ?", (after,)).fetchall()
    told = (msgspec.json.decode(raw)["data"] for (raw,) in raws)
    return dict(Counter(fact["direction"] for fact in told if "direction" in fact))


def _count(path: Path, query: str) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        return int(database.execute(query).fetchone()[0])


def _now_us() -> int:
    return int(Clock().now().timestamp() * 1e6)
