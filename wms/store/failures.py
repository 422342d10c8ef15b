"""Which errors of a driver mean that the database failed, and not the statement: gone, busy, full."""

from __future__ import annotations

import sqlite3
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError

from wms.errors import StoreFailed

_SQLITE_FAILURES: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


class CommitUnanswered(Exception):  # noqa: N818 - it is not known to be an error: perhaps the commit was made
    """The connection was lost after COMMIT was sent; only the database knows what became of the transaction."""


def is_store_failure(error: BaseException | None) -> bool:
    """True when the database itself failed (gone, busy, out of room); a wrong statement or value is not that."""
    if isinstance(error, DBAPIError):
        error = error.orig
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_FAILURES
    return isinstance(error, (StoreFailed, psycopg.OperationalError, psycopg.InterfaceError))


def store_failed(error: BaseException) -> StoreFailed:
    """The named error for a failure of the database."""
    if isinstance(error, StoreFailed):
        return error
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = " ".join(str(cause).split())
    return StoreFailed("store.failed", f"The database cannot be used at the moment ({said}); nothing was changed")
