"""PostgreSQL as the operational database: a pool of readers, and a writing session that outlives a server restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, QueuePool

from wms.errors import LeaseLost, LeaseTaken, StoreFailed, StoreUnfit
from wms.store.driver import Driver
from wms.store.failures import CommitUnanswered, is_store_failure, store_failed
from wms.store.psycopg_driver import PsycopgDriver, adapters

CONNECT_TIMEOUT_S: Final = 3
_PREPARED_MAX: Final = 512
_LEASE_KEY: Final = 0x48454D4F56415554
"""Advisory lock of the lease ("HEMOVAUT"): locks count per database, and a database holds one site."""
_KEEPALIVE: Final[dict[str, Any]] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""A server that went away without a word is noticed in 11 s (seconds; the last one milliseconds)."""
_SESSION: Final = " ".join(
    f"-c {name}={value}"
    for name, value in {
        "synchronous_commit": "on",
        "tcp_keepalives_idle": 5,
        "tcp_keepalives_interval": 2,
        "tcp_keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }.items()
)
"""And the server notices as soon that a controller's machine lost power, so that the next one gets the lease."""
_HOW_TO_MAKE_ONE: Final = (
    "make one with: CREATE DATABASE hemovault OWNER hemovault TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"
)
_READING: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_NEW_COMMIT: Final = "UPDATE lease SET commits = commits + 1 WHERE id = 1 AND term = ? RETURNING commits"
_LAST_COMMIT: Final = "SELECT term, commits FROM lease WHERE id = 1"


class PostgresDatabase:
    """A site's database on a PostgreSQL server (13 or newer).

    Commits are synchronous (`synchronous_commit=on`), readers see one snapshot (REPEATABLE READ, READ ONLY), and texts
    are sorted by their bytes as on SQLite, which is why another collation than C is refused.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = conninfo_to_dict(url)
        except psycopg.Error as error:
            raise StoreUnfit("store.url", f"The database URL cannot be read: {_sentence(error)}") from error
        self.name = f"PostgreSQL database {parts.get('dbname', '')} on {parts.get('host', 'this machine')}"
        connect = _connecting(url)
        self.write_engine = _engine(connect, NullPool)
        self._read_engine = _engine(connect, QueuePool, pool_size=8, max_overflow=24)
        self._leased: PostgresSession | None = None
        _refuse_unfit(self)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection on one snapshot; see `Database.read`."""
        connection = self._begin_reading()
        try:
            yield connection
            connection.exec_driver_sql("COMMIT")  # a ROLLBACK would cost psycopg its prepared statements
        except Exception as error:
            if is_store_failure(error):
                connection.invalidate(error)
                raise store_failed(error) from error
            raise
        finally:
            connection.close()

    def _begin_reading(self) -> Connection:
        """Begin on a pooled connection; one that the server closed since it was used last is replaced."""
        for attempt in range(2):
            try:
                connection = self._read_engine.connect()
            except DBAPIError as error:
                raise store_failed(error) from error
            try:
                connection.exec_driver_sql(_READING)
            except DBAPIError as error:
                connection.close()
                if attempt or not error.connection_invalidated:  # SQLAlchemy then drops the others of the pool too
                    raise store_failed(error) from error
            else:
                return connection
        raise AssertionError("unreachable")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lease's advisory lock until the block ends; raises LeaseTaken."""
        self._leased = PostgresSession(self.write_engine, has_lease=True)
        try:
            yield
        finally:
            self._leased.close()
            self._leased = None

    def writing(self) -> PostgresSession:
        """The session that holds the lease, else one without it (tests)."""
        return self._leased or PostgresSession(self.write_engine, has_lease=False)

    def close(self) -> None:
        """Close every pooled connection."""
        self._read_engine.dispose()
        self.write_engine.dispose()


class PostgresSession:
    """The writing connection; the advisory lock of the lease lives and dies with it.

    Each transaction counts itself in the lease's row. So the count says, after the answer to a COMMIT was lost, whether
    it was made, also for a transaction that wrote nothing into the ledger.
    """

    def __init__(self, engine: Engine, *, has_lease: bool) -> None:
        self._engine = engine
        self._has_lease = has_lease
        self._begun = 0
        self._connect()

    def _connect(self) -> None:
        try:
            self.connection = self._engine.connect()
        except DBAPIError as error:
            raise store_failed(error) from error
        driver: Any = self.connection.connection.driver_connection
        self._psycopg: psycopg.Connection[Any] = driver
        self.raw: Driver = PsycopgDriver(driver)
        if self._has_lease:
            (is_ours,) = self.raw.execute("SELECT pg_try_advisory_lock(?)", (_LEASE_KEY,)).fetchone()
            if not is_ours:
                self.close()
                raise LeaseTaken("lease.taken", "Another controller is writing this site's database; stop it first")

    @property
    def is_lost(self) -> bool:
        """True once the connection is gone."""
        return self._psycopg.closed

    def begin(self, term: int) -> None:
        """Begin a transaction; the row of the lease stays locked, so that no new term can begin before it ends."""
        self.raw.execute("BEGIN")
        row = self.raw.execute(_NEW_COMMIT, (term,)).fetchone()
        if row is None:
            raise _lease_lost()
        self._begun = row[0]

    def commit(self) -> None:
        """Commit; raises CommitUnanswered when the connection is lost before the answer."""
        if self._psycopg.info.transaction_status is not psycopg.pq.TransactionStatus.INTRANS:
            raise StoreFailed("store.failed", "The database gave the transaction up; nothing was changed")
        try:
            self.raw.execute("COMMIT")
        except psycopg.Error as error:
            if self._psycopg.closed:
                raise CommitUnanswered from error
            raise

    def rollback(self) -> None:
        """Undo the transaction; when the connection is lost, the server has done so."""
        if not self._psycopg.closed and self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    def reconnect(self, term: int) -> bool:
        """See `WritingSession.reconnect`; while the lost connection still holds the lock, trying again must do."""
        self.close()
        try:
            self._connect()
            row = self.raw.execute(_LAST_COMMIT).fetchone()
        except LeaseTaken as error:
            raise self._taken(term) from error
        except psycopg.Error as error:
            self.close()
            raise store_failed(error) from error
        if row is None or row[0] != term:
            self.close()
            raise _lease_lost()
        return bool(row[1] == self._begun)

    def _taken(self, term: int) -> Exception:
        """Somebody holds the lock: another controller with a newer term, or our own lost connection for a moment."""
        try:
            with self._engine.connect() as connection:
                row = connection.exec_driver_sql(_LAST_COMMIT).fetchone()
        except DBAPIError as error:
            return store_failed(error)
        if row is None or row[0] != term:
            return _lease_lost()
        return StoreFailed("store.failed", "The lost connection still holds the site's lease")

    def close(self) -> None:
        """Give the lease's lock back and close the connection, whatever it is in the middle of; twice is allowed."""
        if not self.connection.closed:
            self._unlock()
            self.connection.invalidate()
            self.connection.close()

    def _unlock(self) -> None:
        """The server notices a closed connection only a moment later; who starts at once must not find the lock held.

        In the middle of a transaction, and when the connection is lost, the lock goes with the session.
        """
        if self._psycopg.info.transaction_status is psycopg.pq.TransactionStatus.IDLE:
            with suppress(psycopg.Error):
                self.raw.execute("SELECT pg_advisory_unlock_all()")


def _lease_lost() -> LeaseLost:
    return LeaseLost("lease.lost", "Another controller took over this site; this one has stopped writing")


def _connecting(url: str) -> Callable[[], psycopg.Connection[Any]]:
    ours = adapters()

    def connect() -> psycopg.Connection[Any]:
        connection = psycopg.connect(
            url,
            autocommit=True,
            context=ours,
            client_encoding="utf8",
            options=_SESSION,
            application_name="hemovault",
            connect_timeout=CONNECT_TIMEOUT_S,
            **_KEEPALIVE,
        )
        connection.prepared_max = _PREPARED_MAX
        return connection

    return connect


def _engine(connect: Callable[[], psycopg.Connection[Any]], pool: type[NullPool | QueuePool], **options: Any) -> Engine:
    return create_engine(
        "postgresql+psycopg://",
        creator=connect,
        poolclass=pool,
        isolation_level="AUTOCOMMIT",
        use_native_hstore=False,
        **options,
    )


def _refuse_unfit(database: PostgresDatabase) -> None:
    with database.read() as connection:
        encoding, collation, provider = connection.exec_driver_sql(
            "SELECT pg_encoding_to_char(encoding), datcollate, coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') "
            "FROM pg_database AS d WHERE datname = current_database()"
        ).one()
    if encoding != "UTF8":
        database.close()
        raise StoreUnfit("store.encoding", f"{database.name} has the encoding {encoding}, not UTF8; {_HOW_TO_MAKE_ONE}")
    if collation not in {"C", "POSIX"} or provider != "c":
        database.close()
        raise StoreUnfit("store.collation", f"{database.name} sorts text by {collation}, not by C; {_HOW_TO_MAKE_ONE}")


def _sentence(error: BaseException) -> str:
    return " ".join(str(error).split())
