"""The SQLite file: one writing connection for the writer thread, read-only connections for everyone else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from wms.store.driver import Driver
from wms.store.failures import is_store_failure, store_failed
from wms.store.lease import check_term, lock_site, unlock_site

BUSY_TIMEOUT_MS: Final = 15_000
"""Only a backup or a checkpoint by another process can make us wait: the lease keeps other writers out."""

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
)


class SqliteDatabase:
    """A site's database in one file.

    WAL with ``synchronous=FULL``: a commit that returned survives power loss (stack.md 6). Transactions are begun by
    hand on both sides, so that nothing depends on a driver's idea of when one starts.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.name = str(path)
        self.write_engine = _engine(path, readonly=False)
        self._read_engine = _engine(path, readonly=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection on one snapshot; see `Database.read`."""
        with self._read_engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            except Exception as error:
                if is_store_failure(error):
                    raise store_failed(error) from error
                raise
            finally:
                connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock file beside the database until the block ends; raises LeaseTaken."""
        descriptor = lock_site(self.path)
        try:
            yield
        finally:
            unlock_site(descriptor)

    def writing(self) -> SqliteSession:
        """The session for the writer."""
        return SqliteSession(self.write_engine.connect())

    def close(self) -> None:
        """Close every pooled connection."""
        self._read_engine.dispose()
        self.write_engine.dispose()


class SqliteSession:
    """The writing connection to a file; it is never lost."""

    is_lost: Final = False

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.raw = cast("Driver", connection.connection.driver_connection)

    def begin(self, term: int) -> None:
        """Begin a transaction that has the file to itself; raises LeaseLost."""
        self.raw.execute("BEGIN IMMEDIATE")
        check_term(self.raw, term)

    def commit(self) -> None:
        """Sync the write-ahead log."""
        self.raw.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction; after some failures SQLite has done so by itself."""
        if self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    def reconnect(self, term: int) -> bool:
        """Nothing to do for a file; a commit that raised was not made."""
        del term
        return False

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def _engine(path: Path, *, readonly: bool) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        isolation_level="AUTOCOMMIT",
        poolclass=QueuePool if readonly else NullPool,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000, "cached_statements": 512},
        **({"pool_size": 8, "max_overflow": 24} if readonly else {}),
    )

    def prepare(connection: Any, _record: Any) -> None:
        for pragma in (*_PRAGMAS, "PRAGMA query_only=ON") if readonly else _PRAGMAS:
            connection.execute(pragma).close()

    event.listen(engine, "connect", prepare)
    return engine
