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
from runtime.backoff import Backoff, LogOnce
from runtime.clock import Clock
from wms.errors import LeaseLost, StoreFailed, Unavailable
from wms.ledger.chain import INSERT_ENTRY, SELECT_HEAD, Head, genesis, seal
from wms.store.database import Database
from wms.store.failures import CommitUnanswered, is_store_failure, store_failed
from wms.store.tx import Hooks, Pending, Tx

T = TypeVar("T")
_log = structlog.get_logger(__name__)

GROUP_LIMIT: Final = 512
"""Closures per commit: large enough to make the disk sync cheap, small enough that nobody waits long for it."""

LONGEST_PAUSE_S: Final = 1.0
"""Between two tries to reach a lost database: working again in less than 5 s after it is back (design.md 12)."""


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

    When the connection to the database is lost, the thread makes it anew under the same term, with growing pauses, and
    refuses with StoreFailed meanwhile. A group whose COMMIT got no answer waits until the database says what became
    of it.
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
        self._session = database.writing()
        self._queue: SimpleQueue[_Request | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._refusal: Unavailable | None = None
        self._stopped: Unavailable | None = None
        self._closing = threading.Event()
        self._trouble = LogOnce("database")
        self._head = self._stored_head()
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
        self._closing.set()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)
        self._session.close()

    def _work(self) -> None:
        stopping = False
        while not stopping:
            group, stopping = self._next_group()
            if group:
                self._commit_group(group)
            if self._session.is_lost and not stopping:
                self._reconnect(self._head)

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
            self._begin()
            for request in group:
                self._run(request, pending)
            head, rows = seal(head, pending.entries)
            self._session.raw.executemany(INSERT_ENTRY, rows)
            self._session.commit()
        except CommitUnanswered as error:
            pending = self._settle_unanswered(group, pending, head, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, each caller must hear of it and the thread go on
            pending = self._give_up(group, error)
        else:
            self._head = head
        self._loop.call_soon_threadsafe(self._deliver, group, pending)

    def _begin(self) -> None:
        """Begin; a connection that was lost while nobody wrote is first made anew, at one try."""
        if self._stopped is not None:
            raise self._stopped
        try:
            self._session.begin(self._term)
        except Exception:
            if not self._session.is_lost:
                raise
            self._reconnect_once(self._head)
            self._session.begin(self._term)

    def _settle_unanswered(self, group: Sequence[_Request], pending: Pending, head: Head, error: Exception) -> Pending:
        """Ask the database what became of the commit, for as long as it takes; the callers wait for the truth."""
        is_durable = self._reconnect(head)
        if is_durable is None:
            unknown = "The database went away during the commit; look whether it was done before you ask again"
            return self._give_up(group, self._stopped or StoreFailed("store.unknown", unknown))
        if not is_durable:
            return self._give_up(group, error.__cause__ or error)
        self._head = head
        return pending

    def _reconnect(self, head_if_durable: Head) -> bool | None:
        """Make the lost connection anew, with growing pauses; True when the last transaction is durable.

        None when it will not come back: another controller took over, the ledger is not ours, or this writer closes.
        """
        delays = Backoff(longest_s=LONGEST_PAUSE_S)
        while True:
            try:
                is_durable = self._reconnect_once(head_if_durable)
            except StoreFailed as error:
                self._trouble.failed(error)
                self._refuse_waiting(error)
            except Unavailable as stopped:
                self._stopped = self._refusal = stopped
                return None
            else:
                self._trouble.recovered()
                return is_durable
            if self._closing.wait(delays.next_delay()):
                return None

    def _reconnect_once(self, head_if_durable: Head) -> bool:
        is_durable = self._session.reconnect(self._term)
        expected, stored = head_if_durable if is_durable else self._head, self._stored_head()
        if stored != expected:
            raise LeaseLost(
                "lease.ledger",
                f"The database came back with a ledger that ends at entry {stored.seq}, not at {expected.seq} as it "
                "should; this controller has stopped writing",
            )
        return is_durable

    def _refuse_waiting(self, error: StoreFailed) -> None:
        """Whoever asks while the database is away is told so, and does not wait for its return."""
        while not self._queue.empty():
            request = self._queue.get()
            if request is None:
                self._queue.put(None)
                return
            request.error = error
            self._loop.call_soon_threadsafe(request.settle)

    def _stored_head(self) -> Head:
        try:
            row = self._session.raw.execute(SELECT_HEAD).fetchone()
        except Exception as error:
            raise store_failed(error) from error
        return genesis(self._plant.site.id) if row is None else Head(*row)

    def _run(self, request: _Request, pending: Pending) -> None:
        tx = Tx(
            self._session.connection,
            self._session.raw,
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
            request.error = store_failed(error) if is_store_failure(error) else error
            if not self._session.raw.in_transaction:  # the whole of it is given up (disk full, I/O error, server gone)
                raise store_failed(error) from error

    def _give_up(self, group: Sequence[_Request], error: BaseException) -> Pending:
        self._session.rollback()
        refusal = error if isinstance(error, Unavailable) else store_failed(error)
        if isinstance(refusal, LeaseLost):
            self._stopped = self._refusal = refusal
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
