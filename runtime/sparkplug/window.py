"""What an edge has published and the historian has not stored, on disk (SQLite, WAL, synchronous=FULL).

The file makes its epoch once; each message gets the next offset, from 1, without gaps. It also keeps what must survive
a restart of the edge: the aliases, never used twice, and bdSeq.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.sparkplug.columns import ALIAS_END, FIRST_ALIAS
from runtime.sparkplug.payload import DataType

MAX_BYTES: Final = 1 << 30

_SCHEMA: Final = """
create table if not exists state (
    one integer primary key check (one = 1), edge text not null, epoch text not null, head integer not null,
    stored integer not null, bdseq integer not null
) strict;
create table if not exists alias (
    alias integer primary key, device text not null, metric text not null, datatype integer not null,
    unique (device, metric, datatype)
) strict;
create table if not exists message (
    "offset" integer primary key, device text not null, at_ms integer not null, body blob not null
) strict;
"""


class WindowError(RuntimeError):
    """A window file that cannot be used."""


@dataclass(frozen=True, slots=True)
class WindowMessage:
    """Metrics of one device in one message; `body` are encoded metrics, `at_ms` when it was made (domain time)."""

    device: str
    at_ms: int
    body: bytes


class StateWindow:
    """The window of one edge. Safe from several threads. Raises WindowError for a file of another edge."""

    def __init__(self, path: Path, edge: str, *, max_bytes: int = MAX_BYTES) -> None:
        self._edge, self._max_bytes = edge, max_bytes
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
            self._db.execute("pragma journal_mode = wal")
            self._db.execute("pragma synchronous = full")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise WindowError(f"{path}: not a usable window: {error}") from error
        self._db.execute("insert or ignore into state values (1, ?, ?, 0, 0, -1)", (edge, str(uuid.uuid4())))
        row = self._db.execute("select edge, epoch, head, stored from state").fetchone()
        if row[0] != edge:
            self._db.close()
            raise WindowError(f"{path}: the window belongs to edge {row[0]!r}, not to {edge!r}")
        self.epoch, self._head, self._stored = str(row[1]), int(row[2]), int(row[3])
        self._bytes = int(self._db.execute("select coalesce(sum(length(body)), 0) from message").fetchone()[0])

    @property
    def head(self) -> int:
        """The newest offset, 0 when there is none."""
        return self._head

    @property
    def stored(self) -> int:
        """The historian's mark: it has every offset up to this."""
        return self._stored

    def next_bdseq(self) -> int:
        """Count a CONNECT that is about to be sent: its bdSeq is 0 at first, one more each time, 0 again after 255."""
        with self._lock:
            self._db.execute("update state set bdseq = (bdseq + 1) % 256")
            return int(self._db.execute("select bdseq from state").fetchone()[0])

    def alias(self, device: str, metric: str, datatype: DataType) -> int:
        """The alias of a metric, new or as before."""
        key = (device, metric, int(datatype))
        find = "select alias from alias where device = ? and metric = ? and datatype = ?"
        with self._lock:
            row = self._db.execute(find, key).fetchone()
            if row is None:
                last = self._db.execute("select coalesce(max(alias), ?) from alias", (FIRST_ALIAS - 1,)).fetchone()[0]
                if last + 1 >= ALIAS_END:
                    raise WindowError(f"{self._edge}: no aliases are left")
                self._db.execute("insert into alias values (?, ?, ?, ?)", (last + 1, *key))
                return int(last) + 1
            return int(row[0])

    def append(self, messages: Sequence[WindowMessage]) -> int:
        """Put messages on disk under consecutive offsets and return the first; the oldest make room when it is full."""
        with self._lock:
            first = self._head + 1
            rows = [(first + i, message.device, message.at_ms, message.body) for i, message in enumerate(messages)]
            with self._transaction():
                self._db.executemany("insert into message values (?, ?, ?, ?)", rows)
                self._db.execute("update state set head = ?", (first + len(rows) - 1,))
            self._head = first + len(rows) - 1
            self._bytes += sum(len(message.body) for message in messages)
            if self._bytes > self._max_bytes:
                self._make_room()
            return first

    def mark_stored(self, offset: int) -> None:
        """Take over the historian's mark and forget what it has; a lower mark than before means it lost some."""
        with self._lock:
            stored = min(max(offset, 0), self._head)
            with self._transaction():
                self._forget(stored)
                self._db.execute("update state set stored = ?", (stored,))
            self._stored = stored

    def read(self, first: int, last: int) -> dict[int, WindowMessage]:
        """Messages of an inclusive range of offsets; those that are gone are missing."""
        sql = 'select "offset", device, at_ms, body from message where "offset" between ? and ?'
        with self._lock:
            return {row[0]: WindowMessage(*row[1:]) for row in self._db.execute(sql, (first, last))}

    def next_kept(self, first: int) -> int:
        """The lowest offset from `first` on that is still there; one beyond the head when none is."""
        with self._lock:
            row = self._db.execute('select min("offset") from message where "offset" >= ?', (first,)).fetchone()
            return self._head + 1 if row[0] is None else int(row[0])

    def close(self) -> None:
        """Close the file; the window is not usable afterwards."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("begin immediate")
            yield
            self._db.execute("commit")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("rollback")
            raise WindowError(f"{self._edge}: the window cannot be written: {error}") from error

    def _make_room(self) -> None:
        """Drop the oldest tenth; the edge reports their offsets as empty."""
        oldest = self._db.execute('select min("offset") from message').fetchone()[0]
        self._forget(oldest + max(1, (self._head - oldest) // 10))

    def _forget(self, upto: int) -> None:
        size = 'select coalesce(sum(length(body)), 0) from message where "offset" <= ?'
        self._bytes -= int(self._db.execute(size, (upto,)).fetchone()[0])
        self._db.execute('delete from message where "offset" <= ?', (upto,))
