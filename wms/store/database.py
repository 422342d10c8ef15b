"""The operational database of a site as everyone sees it, whichever product keeps it: SQLite or PostgreSQL."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol, cast

import psycopg
from sqlalchemy import Connection, Engine

from wms.store.driver import Driver
from wms.store.postgresql import PostgresDatabase
from wms.store.psycopg_driver import PsycopgDriver
from wms.store.sqlite import SqliteDatabase

POSTGRESQL_SCHEMES: Final = ("postgresql://", "postgres://")
DATABASE_FILE: Final = "warehouse.db"
"""The SQLite database in a site's data folder."""


class WritingSession(Protocol):
    """The one connection that writes, used by the writer thread; it survives a restart of the database."""

    @property
    def connection(self) -> Connection:
        """The SQLAlchemy connection."""

    @property
    def raw(self) -> Driver:
        """The driver under it."""

    @property
    def is_lost(self) -> bool:
        """True when the connection is gone and `reconnect` is needed; never for a file."""

    def begin(self, term: int) -> None:
        """Begin a transaction under a term. Raises LeaseLost when it is not the current one."""

    def commit(self) -> None:
        """Make the transaction durable. Raises CommitUnanswered when nobody can know yet whether it is."""

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""

    def reconnect(self, term: int) -> bool:
        """Connect again under the same term; True when the last transaction that was begun is durable.

        Raises StoreFailed while the database is away, LeaseLost when another controller took over meanwhile.
        """

    def close(self) -> None:
        """Give the connection back."""


class Database(Protocol):
    """An open operational database of one site; made by `open_database`."""

    @property
    def name(self) -> str:
        """What a person calls it: the file, or database and host; never a password."""

    @property
    def write_engine(self) -> Engine:
        """Connections of their own that may write: migrations, and nobody else while a controller runs."""

    def read(self) -> AbstractContextManager[Connection]:
        """A read-only connection that sees one consistent snapshot until the block ends; safe from any thread.

        Raises StoreFailed when the database is gone or fails on the way.
        """

    def locked(self) -> AbstractContextManager[None]:
        """Hold the site's lease until the block ends; raises LeaseTaken when another controller has it."""

    def writing(self) -> WritingSession:
        """The session for the writer; inside `locked` it is the one that holds the lease."""

    def close(self) -> None:
        """Close every pooled connection."""


def open_database(where: Path | str) -> Database:
    """Open the database of a site: a file (SQLite), or a URL `postgresql://...`.

    Raises StoreFailed when PostgreSQL does not answer, StoreUnfit when its database cannot hold a warehouse.
    """
    if isinstance(where, str) and where.startswith(POSTGRESQL_SCHEMES):
        return PostgresDatabase(where)
    return SqliteDatabase(Path(where))


def driver_of(connection: Connection) -> Driver:
    """The driver's connection under a SQLAlchemy one, for the few hot statements."""
    raw = connection.connection.driver_connection
    return PsycopgDriver(raw) if isinstance(raw, psycopg.Connection) else cast("Driver", raw)
