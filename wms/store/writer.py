"""The one writer thread with group commit: many closures, one transaction, one durable commit (design.md 6)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Final, TypeVar, cast

import structlog

from plant.model import Plant
from runtime.clock import Clock
from wms.errors import LeaseLost, Unavailable
from wms.ledger.chain import INSERT_ENTRY, SELECT_HEAD, Head, genesis, seal
from wms.store.database import Database, driver_of
from wms.store.lease import check_term
from wms.store.tx import Hooks, Pending, Tx

T = TypeVar("T")
_log = structlog.get_logger(__name__)

GROUP_LIMIT: Final = 512
"""Closures per commit: large enough to make the disk sync cheap, small enough that nobody waits long for it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit changed: ``seq`` is the ledger head after it, ``topics`` maps topic -> keys, each once."""

    seq: int
    topics: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Request:
    run: Callable[[Tx], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Writer:
    """Runs closures on its own thread, each in a savepoint, grouped into durable transactions.

    A closure's exception rolls back only that closure and is raised to its caller. Callers hear of success only after
    the commit. When the commit itself fails, every caller of the group gets Unavailable and nothing was changed.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        plant: Plant,
        term: int,
        hooks: Hooks,
        on_change: Callable[[Change], None],
    ) -> None:
        self._clock = clock
        self._plant = plant
        self._term = term
        self._hooks = hooks
        self._on_change = on_change
        self._connection = database.write_engine.connect()
        self._raw = driver_of(self._connection)
        self._queue: SimpleQueue[_Request | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._refusal: Unavailable | None = None
        row = self._raw.execute(SELECT_HEAD).fetchone()
        self._head = genesis(plant.site.id) if row is None else Head(*row)
        self._thread = threading.Thread(target=self._work, name="writer", daemon=True)
        self._thread.start()

    @property
    def head(self) -> Head:
        """The newest sealed ledger entry."""
        return self._head

    async def write(self, fn: Callable[[Tx], T]) -> T:
        """Run ``fn`` in a transaction and return its result once that is durable; ``fn`` must take less than 50 ms.

        Raises what ``fn`` raised (nothing of it is kept), LeaseLost, or Unavailable after `close`.
        """
        if self._refusal is not None:
            raise self._refusal
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put(_Request(fn, future))
        return cast("T", await asyncio.shield(future))

    async def close(self) -> None:
        """Commit what was asked for so far, then stop the thread."""
        self._refusal = self._refusal or Unavailable(
            "writer.closed", "The warehouse is shutting down; try again in a moment"
        )
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def _work(self) -> None:
        stopping = False
        while not stopping:
            group, stopping = self._next_group()
            if group:
                self._commit_group(group)

    def _next_group(self) -> tuple[list[_Request], bool]:
        group: list[_Request] = []
        item = self._queue.get()
        while item is not None:
            group.append(item)
            if len(group) >= GROUP_LIMIT or self._queue.empty():
                return group, False
            item = self._queue.get()
        return group, True

    def _commit_group(self, group: Sequence[_Request]) -> None:
        pending = Pending(self._head.seq)
        head = self._head
        try:
            self._raw.execute("BEGIN IMMEDIATE")
            check_term(self._raw, self._term)
            for request in group:
                self._run(request, pending)
            head, rows = seal(head, pending.entries)
            self._raw.executemany(INSERT_ENTRY, rows)
            self._raw.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it is, each caller must hear of it and the thread go on
            pending = self._give_up(group, error)
        else:
            self._head = head
        self._loop.call_soon_threadsafe(self._deliver, group, pending)

    def _run(self, request: _Request, pending: Pending) -> None:
        tx = Tx(
            self._connection,
            self._raw,
            plant=self._plant,
            now=self._clock.now(),
            real_now=self._clock.real_now(),
            hooks=self._hooks,
            pending=pending,
        )
        try:
            with tx.savepoint():
                request.result = request.run(tx)
        except BaseException as error:
            request.error = error
            if not self._raw.in_transaction:  # SQLite gave up the whole transaction (disk full, I/O error)
                raise Unavailable("store.failed", f"The database refused the transaction: {error}") from error

    def _give_up(self, group: Sequence[_Request], error: Exception) -> Pending:
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")
        refusal = (
            error
            if isinstance(error, Unavailable)
            else Unavailable("store.failed", f"The database could not commit: {error}")
        )
        if isinstance(refusal, LeaseLost):
            self._refusal = refusal
        _log.error("group_not_committed", closures=len(group), code=refusal.code, detail=refusal.detail)
        for request in group:
            request.result, request.error = None, refusal
        return Pending(self._head.seq)

    def _deliver(self, group: Sequence[_Request], pending: Pending) -> None:
        for request in group:
            request.settle()
        for callback in pending.callbacks:
            try:
                callback()
            except Exception:  # noqa: BLE001 - one listener's fault must not cost the others their notice
                _log.exception("after_commit_callback_failed")
        if pending.entries or pending.notices:
            topics: dict[str, dict[str, None]] = {}
            for topic, key in pending.notices:
                topics.setdefault(topic, {})[key] = None
            self._on_change(
                Change(pending.head_seq + len(pending.entries), {topic: tuple(keys) for topic, keys in topics.items()})
            )
