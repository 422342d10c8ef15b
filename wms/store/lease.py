"""One writing controller per site: a lock (on a file, or PostgreSQL's), and a term that each transaction checks."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from wms.errors import LeaseLost, LeaseTaken
from wms.store.driver import Driver
from wms.store.metadata import metadata

lease: Final = Table(
    "lease",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("term", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    Column("commits", BigInteger, nullable=False, server_default="0"),  # PostgreSQL only: transactions of the writer
)


def lock_site(database: Path) -> int:
    """Take the lock file beside a database; raises LeaseTaken when another controller holds it.

    The kernel drops the lock with the process, so a killed controller never blocks the next one.
    """
    path = database.with_suffix(".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LeaseTaken("lease.taken", f"Another controller is writing {database.name}; stop it first") from None
    return descriptor


def unlock_site(descriptor: int) -> None:
    """Let the next controller take over."""
    os.close(descriptor)


def begin_term(raw: Driver, holder: str) -> int:
    """Start a new term in the database and return it; whoever wrote under an older one is refused from now on."""
    row = raw.execute(
        "INSERT INTO lease (id, term, holder) VALUES (1, 1, ?) "
        "ON CONFLICT (id) DO UPDATE SET term = lease.term + 1, holder = excluded.holder RETURNING term",
        (holder,),
    ).fetchone()
    return int(row[0])


def check_term(raw: Driver, term: int) -> None:
    """Raises LeaseLost unless ``term`` is still the current one; called in each transaction."""
    row = raw.execute("SELECT term FROM lease WHERE id = 1").fetchone()
    if row is None or row[0] != term:
        raise LeaseLost("lease.lost", "Another controller took over this site; this one has stopped writing")
