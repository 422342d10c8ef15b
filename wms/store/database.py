"""The SQLite file: one writing connection for the writer thread, read-only connections for everyone else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from wms.store.driver import Driver

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


class Database:
    """An open operational database of one site.

    WAL with ``synchronous=FULL``: a commit that returned survives power loss (stack.md 6). Transactions are begun by
    hand on both sides, so that nothing depends on a driver's idea of when one starts.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.write_engine = _engine(path, readonly=False)
        self._read_engine = _engine(path, readonly=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read-only connection that sees one consistent snapshot until the block ends; safe from any thread."""
        with self._read_engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield connection
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def close(self) -> None:
        """Close every pooled connection."""
        self._read_engine.dispose()
        self.write_engine.dispose()


def driver_of(connection: Connection) -> Driver:
    """The sqlite3 connection under a SQLAlchemy one, for the few hot statements."""
    return cast("Driver", connection.connection.driver_connection)


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
