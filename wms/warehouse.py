"""The open warehouse, as `serve` holds it: store and lease, writer, changes, facts in, commands out, clockwork."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection

from plant.model import Plant
from runtime.backoff import LogOnce
from runtime.clock import Clock
from runtime.facts.acks import Mark
from runtime.facts.receiver import RawFact
from runtime.health import HealthPart
from wms.changes import Changes
from wms.hospitals.fate import presume
from wms.inbox.apply import CHUNK, apply_facts
from wms.inbox.epochs import all_marks
from wms.intake import watch as consignments
from wms.intake.finished import take_in_finished
from wms.labelling.station import advance as label_waiting
from wms.ledger.head import HeadKey, write_head
from wms.ledger.verify import set_aside_lost_head
from wms.machines.freezing import freeze_waiting
from wms.machines.outbox import OutgoingCommand, due, mark_sent
from wms.machines.preparation import prepare_waiting
from wms.moves.dispatch import dispatch_waiting
from wms.moves.model import DeviceState
from wms.moves.wanted import plan_moves
from wms.orders.planning import on_hold
from wms.outbound.handlers import on_move_ended
from wms.portals import hearing
from wms.preparation.automatic import order_shortages
from wms.preparation.gathering import advance as advance_orders
from wms.recall.cases import FOLLOW_EVERY_S, follow_cases
from wms.registries.following import follow_requests, try_stock
from wms.registries.index import DonorIndex
from wms.release.release import release_ready_bags
from wms.stocktake import watch as shelves
from wms.store.database import DATABASE_FILE, Database, driver_of, open_database
from wms.store.lease import begin_term
from wms.store.migrations import upgrade
from wms.store.tx import Actor, Hooks, LedgerRef, Tx
from wms.store.writer import Change, Writer

T = TypeVar("T")

RESEND_AFTER: Final = timedelta(seconds=15)
"""Real time before an unanswered command is sent again, under its id."""
HEAD_EVERY: Final = timedelta(seconds=0.5)
"""Real time between two signed heads: entries younger than this could still be cut off unnoticed."""
BEAT_S: Final = 0.5
"""Longest real time between two looks at what is due."""
_REST_S: Final = 0.05
"""Shortest: a burst of changes makes one look."""
_FLOOR: Final = Actor("service:floor", "controller")


@dataclass(slots=True)
class _Tick:
    name: str
    every: timedelta
    act: Callable[[Tx], str | None]
    trouble: LogOnce
    next_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Its time has come, or lies further ahead than it ever can: then the clock was set back."""
        return self.next_at is None or not now < self.next_at <= now + self.every


class Warehouse:
    """A warehouse that is open for work; made by `open_warehouse`, closed by leaving it.

    ``run()`` must run beside: it sends commands, prepares batches, dispatches moves and calls the ticks.
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        changes: Changes,
        *,
        clock: Clock,
        plant: Plant,
        term: int,
        publish_command: Callable[[OutgoingCommand], Awaitable[None]],
        head_file: Path,
        head_key: HeadKey,
        health: HealthPart,
        hooks: Hooks,
    ) -> None:
        self.database = database
        self.hooks = hooks
        self.writer = writer
        self.changes = changes
        self.clock = clock
        self.plant = plant
        self.term = term
        self._publish_command = publish_command
        self.head_file = head_file
        self._head_key = head_key
        self._health = health
        self._has_started = False
        self._head_at: datetime | None = None
        self._faults: dict[str, str | None] = {}
        self._publishing = LogOnce("publishing commands")
        self._ticks: list[_Tick] = []
        self.donor_index = DonorIndex()
        self.add_tick("finished", 5.0, lambda tx: take_in_finished(tx, _FLOOR))
        self.add_tick("preparation orders", 5.0, lambda tx: advance_orders(tx, _FLOOR))
        self.add_tick("shortages", 60.0, lambda tx: order_shortages(tx, _FLOOR))
        self.add_tick("preparation", 5.0, lambda tx: prepare_waiting(tx, _FLOOR))
        self.add_tick("freezing", 5.0, lambda tx: freeze_waiting(tx, _FLOOR))
        self.add_tick("release", 10.0, _release)
        self.add_tick("intake", 5.0, consignments.tick)
        self.add_tick("hearing", 10.0, hearing.tick)
        self.add_tick("shelves", 60.0, shelves.tick)
        self.add_tick("labelling", 5.0, lambda tx: label_waiting(tx, _FLOOR))
        self.add_tick("recalls", FOLLOW_EVERY_S, follow_cases)
        self.add_tick("fates", 60.0, presume)
        self.add_tick("registries", 5.0, follow_requests)
        self.add_tick("registry stock", 900.0, try_stock)
        self.add_tick("moves", 10.0, lambda tx: plan_moves(tx, _FLOOR))
        self.add_tick("dispatch", 1.0, lambda tx: dispatch_waiting(tx, _FLOOR))

    def read(self) -> AbstractContextManager[Connection]:
        """A read-only connection with one consistent snapshot; safe from any thread."""
        return self.database.read()

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run a closure on the writer thread; see `Writer.write`."""
        return await self.writer.write(fn)

    def subscribe(self) -> AsyncIterator[Change]:
        """Changes as they are committed, from now on; see `Changes.subscribe`."""
        return self.changes.subscribe()

    def add_tick(self, name: str, every_s: float, act: Callable[[Tx], str | None]) -> None:
        """Call ``act`` in a transaction of its own every ``every_s`` seconds of domain time, while `run` runs."""
        self._ticks.append(_Tick(name, timedelta(seconds=every_s), act, LogOnce(f"tick {name}")))

    def marks(self) -> list[Mark]:
        """How far each edge's facts are applied; what the fact receiver starts from."""
        with self.database.read() as connection:
            return all_marks(driver_of(connection))

    async def apply_facts(self, facts: Sequence[RawFact]) -> Sequence[Mark]:
        """Apply facts durably, in order; returns the marks to acknowledge. Raises Unavailable when it cannot write."""
        chunks = [facts[start : start + CHUNK] for start in range(0, len(facts), CHUNK)]
        parts = await asyncio.gather(*(self.writer.write(_applying(chunk)) for chunk in chunks))
        best: dict[tuple[str, str], Mark] = {}
        for mark in (mark for part in parts for mark in part):
            key = (mark.edge, mark.epoch)
            if key not in best or best[key].mark < mark.mark:
                best[key] = mark
        return list(best.values())

    async def run(self) -> None:
        """Turn the clockwork until cancelled."""
        stirred = self.changes.stirred
        while True:
            stirred.clear()
            await self.tick()
            await asyncio.sleep(_REST_S)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await stirred.wait()

    async def tick(self) -> None:
        """Do what is due now: ticks, commands to send, the signed head."""
        now = self.clock.now()
        ready = [tick for tick in self._ticks if tick.is_due(now)]
        self._faults.update(await asyncio.gather(*(self._run_tick(tick, now) for tick in ready)))
        faults = [f"{name}: {fault}" for name, fault in self._faults.items() if fault is not None]
        if faults:
            self._health.degraded("; ".join(faults))
        else:
            self._health.ok()
        await self._send_commands()
        real_now = self.clock.real_now()
        if self._head_at is None or real_now - self._head_at >= HEAD_EVERY:
            self._head_at = real_now
            await asyncio.to_thread(self.export_head)

    def export_head(self) -> None:
        """Sign and export how far the ledger goes; nothing happens when that is exported already."""
        write_head(self.head_file, self._head_key, self.plant.site.id, self.writer.head, self.clock.real_now())

    async def _run_tick(self, tick: _Tick, now: datetime) -> tuple[str, str | None]:
        """Run one tick; returns its name and what is wrong with it, if anything."""
        tick.next_at = now + tick.every
        try:
            fault = await self.writer.write(tick.act)
        except Exception as error:  # noqa: BLE001 - one feature's fault must not stop the others' clockwork
            tick.trouble.failed(repr(error))
            return tick.name, str(error)
        if fault is not None:
            tick.trouble.failed(fault)
        else:
            tick.trouble.recovered()
        return tick.name, fault

    async def _send_commands(self) -> None:
        now = self.clock.real_now()
        since = now - RESEND_AFTER if self._has_started else now  # after a start all that is unanswered goes out again
        self._has_started = True
        with self.database.read() as connection:
            commands = due(driver_of(connection), unsent_since=since)
        fault: str | None = None
        for command in commands:
            try:
                await self._publish_command(command)
            except ConnectionError as error:  # it stays in the outbox, as all behind it, and is sent again
                self._publishing.failed(error)
                return
            except Exception as error:  # noqa: BLE001 - one that cannot be sent must not stop those behind it
                fault = f"{command.id} for {command.device}: {error!r}"
                continue
            await self.writer.write(_sent(command.id, now))
        if fault is not None:
            self._publishing.failed(fault)
        else:
            self._publishing.recovered()


def _release(tx: Tx) -> None:
    release_ready_bags(tx, _FLOOR)


def _applying(facts: Sequence[RawFact]) -> Callable[[Tx], list[Mark]]:
    return lambda tx: apply_facts(tx, facts)


def _recording_loss(detail: str) -> Callable[[Tx], LedgerRef]:
    return lambda tx: tx.record("ledger.head_lost", actor=_FLOOR, subject=tx.plant.site.id, data={"detail": detail})


def _sent(command: str, at: datetime) -> Callable[[Tx], None]:
    return lambda tx: mark_sent(tx.raw, command, at)


@asynccontextmanager
async def open_warehouse(
    plant: Plant,
    folder: Path,
    *,
    clock: Clock,
    holder: str,
    excursion_at: Callable[[str], bool],
    device_state: Callable[[str], DeviceState],
    publish_command: Callable[[OutgoingCommand], Awaitable[None]],
    health: HealthPart | None = None,
    database: str | None = None,
) -> AsyncIterator[Warehouse]:
    """Open the warehouse of a site in ``folder``: take the lease, migrate, start the writer; close it in reverse.

    ``database`` is the URL of a PostgreSQL database; without one it is a SQLite file in ``folder``. ``publish_command``
    hands one command to the broker and raises when it cannot; ``excursion_at(place)`` and ``device_state(device)`` are
    telemetry's. Raises LeaseTaken when another controller writes here,
    StoreFailed or StoreUnfit when the database cannot be used.
    """
    opened = open_database(folder / DATABASE_FILE if database is None else database)
    with contextlib.closing(opened), opened.locked():
        upgrade(opened)
        with opened.write_engine.connect() as connection:
            term = begin_term(driver_of(connection), holder)
        changes = Changes()
        hooks = Hooks(excursion_at, on_hold, on_move_ended, device_state)
        writer = Writer(opened, clock=clock, plant=plant, term=term, hooks=hooks, on_change=changes.publish)
        warehouse = Warehouse(
            opened,
            writer,
            changes,
            clock=clock,
            plant=plant,
            term=term,
            publish_command=publish_command,
            head_file=folder / "ledger-head.json",
            head_key=HeadKey.load_or_make(folder / "ledger-key.pem"),
            health=health or HealthPart("floor"),
            hooks=hooks,
        )
        try:
            lost = set_aside_lost_head(opened, warehouse.head_file)
            if lost is not None:
                await writer.write(_recording_loss(lost))
            yield warehouse
        finally:
            await writer.close()
            changes.close()
            warehouse.export_head()
