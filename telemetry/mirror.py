"""A copy of all readings for an InfluxDB 2 API (VictoriaMetrics included), through a durable spool on this machine.

A remote 2xx is not durability (VictoriaMetrics lost its last 9 s when killed), so a chunk stays in the spool for a
while after it was accepted, and every chunk still there is sent again after a failure or a restart. Writing the same
point twice changes nothing: points are identified by series and time. Off unless a site configures it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Final

import numpy as np
import structlog
from influxdb_client import InfluxDBClient
from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from urllib3.exceptions import HTTPError

from runtime.clock import Clock
from runtime.health import HealthPart
from runtime.sparkplug.readings import SourceKey, SourceRegistry
from telemetry.store import Readings

SETTLE_S: Final = 30.0
"""An accepted chunk is kept this long: the peer may still lose it."""
MAX_CHUNKS: Final = 200_000
"""Beyond this many the oldest are given up: a copy must not fill the disk of the original."""
MEASUREMENT: Final = "reading"
FIELDS: Final = ("value", "quality")
_LINES_PER_CHUNK: Final = 5_000
_POLL_S: Final = 1.0
_BACKOFF_S: Final = 10.0
_TIMEOUT_MS: Final = 10_000
_ESCAPES: Final = str.maketrans({",": "\\,", " ": "\\ ", "=": "\\="})
_log = structlog.get_logger(__name__)


class InfluxMirror:
    """`telemetry.ingest.Mirror` to one bucket. ``offer`` is the ingest thread's, ``drain`` another's."""

    def __init__(
        self, spool: Path, *, url: str, token: str, org: str, bucket: str, max_chunks: int = MAX_CHUNKS
    ) -> None:
        self._spool, self._bucket, self._org, self._max_chunks = spool, bucket, org, max_chunks
        self._client = InfluxDBClient(url=url, token=token, org=org, timeout=_TIMEOUT_MS)
        self._write = self._client.write_api(write_options=SYNCHRONOUS)
        self._local = threading.local()
        self._prefixes: dict[int, str] = {}
        self.given_up = 0
        with self._database() as database:
            database.execute("create table if not exists chunk (id integer primary key, lines text, accepted_s real)")
            database.execute("update chunk set accepted_s = null")

    def offer(self, readings: Readings, registry: SourceRegistry) -> None:
        """Spool readings as line protocol (durable when it returns); null values are left out."""
        keep = readings.take(~np.isnan(readings.value))
        columns = (keep.source.tolist(), keep.value.tolist(), keep.quality.tolist(), keep.ts_ms.tolist())
        lines = [
            f"{self._prefix(source, registry)} value={value!r},quality={quality}i {ts}"
            for source, value, quality, ts in zip(*columns, strict=True)
        ]
        if not lines:
            return
        parts = ["\n".join(lines[i : i + _LINES_PER_CHUNK]) for i in range(0, len(lines), _LINES_PER_CHUNK)]
        with self._database() as database:
            database.executemany("insert into chunk (lines) values (?)", [(part,) for part in parts])
            bound = "delete from chunk where id <= (select max(id) from chunk) - ?"
            self.given_up += database.execute(bound, (self._max_chunks,)).rowcount

    def drain(self, real_s: float) -> int:
        """Send every chunk not yet accepted, oldest first; returns how many. ``real_s``: a monotonic clock.

        Raises ConnectionError when the peer refuses or is away; everything still in the spool is then due again.
        """
        database = self._database()
        sent = 0
        while row := database.execute(
            "select id, lines from chunk where accepted_s is null order by id limit 1"
        ).fetchone():
            try:
                self._write.write(self._bucket, self._org, record=row[1], write_precision=WritePrecision.MS)
            except (InfluxDBError, HTTPError, OSError) as error:
                with database:
                    database.execute("update chunk set accepted_s = null")
                raise ConnectionError(f"The telemetry mirror does not take data: {error}") from error
            with database:
                database.execute("update chunk set accepted_s = ? where id = ?", (real_s, row[0]))
            sent += 1
        with database:
            database.execute("delete from chunk where accepted_s < ?", (real_s - SETTLE_S,))
        return sent

    def waiting(self) -> int:
        """Chunks in the spool, accepted or not."""
        return int(self._database().execute("select count(*) from chunk").fetchone()[0])

    async def run(self, clock: Clock, health: HealthPart) -> None:
        """Drain until cancelled, with a back-off while the peer is away."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                await asyncio.to_thread(self.drain, loop.time())
                given_up = f"{self.given_up} old chunks were given up" if self.given_up else ""
                health.degraded(given_up) if given_up else health.ok()
                health.waiting = 0  # what is kept now was taken by the peer and only has to settle
                await clock.sleep_real(_POLL_S)
            except ConnectionError as error:
                health.waiting = await asyncio.to_thread(self.waiting)
                if health.detail != str(error):
                    _log.warning("telemetry.mirror_away", detail=str(error))
                health.down(str(error))
                await clock.sleep_real(_BACKOFF_S)

    def close(self) -> None:
        """Release the connection to the peer."""
        self._write.close()
        self._client.close()

    def _database(self) -> sqlite3.Connection:
        database: sqlite3.Connection | None = getattr(self._local, "database", None)
        if database is None:
            database = self._local.database = sqlite3.connect(self._spool, timeout=30)
            database.execute("pragma journal_mode = wal")
            database.execute("pragma synchronous = full")
        return database

    def _prefix(self, source: int, registry: SourceRegistry) -> str:
        prefix = self._prefixes.get(source)
        if prefix is None:
            prefix = self._prefixes[source] = _series(registry.key(source))
        return prefix


def tag_of(part: str) -> str:
    """A part of a source's key as the value of its tag: an empty one is not allowed, so it carries a dash."""
    return part or "-"


def _series(key: SourceKey) -> str:
    """Measurement and tags on the wire."""
    edge, device, metric = (tag_of(part).translate(_ESCAPES) for part in key)
    return f"{MEASUREMENT},edge={edge},device={device},metric={metric}"
