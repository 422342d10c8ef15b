"""What every route holds: the warehouse, the stream, and how to read and write through them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from sqlalchemy import Connection

from dashboards.health_board import HealthBoard
from dashboards.stream import Stream
from runtime.sparkplug.readings import SourceRegistry
from telemetry.flux import Archive
from telemetry.ingest import IngestCounts
from telemetry.live import LiveValues
from telemetry.store import ReadingStore
from telemetry.texts import LiveTexts
from wms.people.passwords import Hashing
from wms.people.repeatable import once
from wms.people.sessions import SessionLimits, Visitor
from wms.store.tx import Tx
from wms.warehouse import Warehouse

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the API presents itself. ``bench_url`` is the loopback address of a simulated world, if there is one."""

    simulated: bool = False
    bench_url: str | None = None
    origins: tuple[str, ...] = ()
    limits: SessionLimits = field(default_factory=SessionLimits)


@dataclass(frozen=True, slots=True)
class Telemetry:
    """What the API asks of telemetry: newest values and texts, history, and how much of it is whole.

    ``archive``: where history of long ago is read from, if not from the ``store``.
    """

    live: LiveValues
    texts: LiveTexts
    store: ReadingStore
    registry: SourceRegistry
    counts: IngestCounts
    archive: Archive | None = None


@dataclass(frozen=True, slots=True)
class House:
    """One running warehouse as the API sees it."""

    warehouse: Warehouse
    telemetry: Telemetry
    stream: Stream
    health: HealthBoard
    hashing: Hashing
    options: WebOptions

    def forecast(self, probe: str) -> float | None:
        """Minutes that are left to a probe at the earliest; None when it heads for no limit, or nobody can say."""
        return self.telemetry.live.earliest(probe, self.warehouse.clock.now())

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run a query on a read-only connection, off the event loop."""
        return await asyncio.to_thread(self._read, fn)

    def _read(self, fn: Callable[[Connection], T]) -> T:
        with self.warehouse.database.read() as connection:
            return fn(connection)


@dataclass(frozen=True, slots=True)
class Repeat:
    """Which request this is: its Idempotency-Key, if it has one, and the hash of all that makes it the same."""

    key: str | None
    request_sha256: bytes


def house_of(request: Request) -> House:
    """The house that the application was created for."""
    house: House = request.app.state.house
    return house


async def repeat_of(
    request: Request,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=80,
            description="A repeat with the same key does nothing and answers as the first time",
        ),
    ] = None,
) -> Repeat:
    """The identity of a write."""
    return Repeat(key, sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).digest())


HouseOf = Annotated[House, Depends(house_of)]
RepeatOf = Annotated[Repeat, Depends(repeat_of)]


async def write(house: House, who: Visitor, repeat: Repeat, act: Callable[[Tx], Any]) -> Any:
    """Run an act in one transaction, once per Idempotency-Key; its result must be plain JSON data."""
    key = repeat.key
    if key is None:
        return await house.warehouse.writer.write(act)
    return await house.warehouse.writer.write(lambda tx: once(tx, who.person, key, repeat.request_sha256, act))
