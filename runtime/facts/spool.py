"""The facts of one edge on disk (SQLite, WAL, synchronous=FULL): appended before they are sent, kept after their ack.

The file makes its epoch once; sequence numbers begin at 1 and have no gaps. Safe from several threads.
"""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from runtime.clock import Clock
from runtime.facts.envelope import encode_envelope

KEEP_ACKNOWLEDGED: Final = timedelta(days=14)  # longer than the backup interval: a restored controller asks again
KEEP_BYTES: Final = 1 << 30
MAX_UNACKNOWLEDGED_BYTES: Final = 1 << 30
_TRIM_EVERY: Final = 1_000  # facts between two looks at retention

_SCHEMA: Final = """
create table if not exists spool (
    one integer primary key check (one = 1), edge text not null, epoch text not null, head integer not null,
    acknowledged integer not null
) strict;
create table if not exists fact (
    seq integer primary key, appended_us integer not null, size integer not null, raw blob not null,
    source_key text unique
) strict;
create table if not exists cursor (name text primary key, value text not null) strict;
"""


class SpoolError(RuntimeError):
    """A spool file that cannot be used."""


class SpoolFull(SpoolError):  # noqa: N818 - the name that the contract gives it
    """No room for another fact: stop the machine that makes them; nothing was dropped and nothing was appended."""


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """A fact to append. `data` is JSON, `at` is domain time; a `source_key` is appended once, whatever happens."""

    type: str
    data: bytes
    at: datetime
    source_key: str | None = None


@dataclass(frozen=True, slots=True)
class SpooledFact:
    """A fact on disk, as it goes over the wire."""

    seq: int
    raw: bytes


class FactSpool:
    """The spool of one edge. Opening a file that belongs to another edge raises SpoolError."""

    def __init__(
        self,
        path: Path,
        edge: str,
        *,
        clock: Clock | None = None,
        keep: timedelta = KEEP_ACKNOWLEDGED,
        keep_bytes: int = KEEP_BYTES,
        max_unacknowledged_bytes: int = MAX_UNACKNOWLEDGED_BYTES,
    ) -> None:
        self.edge = edge
        self._clock = clock or Clock()
        self._keep, self._keep_bytes = keep, keep_bytes
        self._max_unacknowledged_bytes = max_unacknowledged_bytes
        self._lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = _open(path)
        self._reader = _open(path)
        self._read_lock = threading.Lock()
        self.epoch, self._head, self._acknowledged = self._load()
        self._waiting_bytes: int | None = None  # of unacknowledged facts, counted when asked for
        self._trimmed_at = self._head
        self._closed = False

    @property
    def head(self) -> int:
        """The newest sequence number, 0 when the spool is empty."""
        return self._head

    @property
    def acknowledged(self) -> int:
        """The mark up to which the controller has everything."""
        return self._acknowledged

    def append(
        self,
        type: str,  # noqa: A002 - CloudEvents names it so
        data: bytes,
        at: datetime,
        source_key: str | None = None,
        *,
        cursor: tuple[str, str] | None = None,
    ) -> int:
        """Append one fact and return its sequence number; it is on disk when this returns. See `append_many`."""
        return self.append_many([SpoolEntry(type, data, at, source_key)], cursor=cursor)[0]

    def append_many(self, entries: Sequence[SpoolEntry], *, cursor: tuple[str, str] | None = None) -> list[int]:
        """Append facts and move a named cursor in one transaction with one fsync; all or nothing.

        A known `source_key` answers with its old number. Raises SpoolFull, or EnvelopeError for a fact that is not JSON
        or too large.
        """
        with self._lock:
            try:
                self._db.execute("begin immediate")
                head, size, numbers = self._head, 0, []
                for entry in entries:
                    number, added = self._append(entry, head + 1)
                    head, size = max(head, number), size + added
                    numbers.append(number)
                if size:
                    self._check_room(size)
                self._db.execute("update spool set head = ?, acknowledged = ?", (head, self._acknowledged))
                if cursor is not None:
                    self._db.execute("insert or replace into cursor values (?, ?)", cursor)
                self._db.execute("commit")
            except sqlite3.OperationalError as error:
                self._rollback()
                raise SpoolFull(f"{self.edge}: the spool cannot be written: {error}") from error
            except BaseException:
                self._rollback()
                raise
            self._head = head
        if self._head - self._trimmed_at >= _TRIM_EVERY:
            self.trim()
        return numbers

    def cursor(self, name: str) -> str | None:
        """The value that was last stored under a name, or None."""
        with self._read_lock:
            row = self._reader.execute("select value from cursor where name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def read(self, after: int, limit: int) -> list[SpooledFact]:
        """Up to `limit` facts above `after`, in order."""
        sql = "select seq, raw from fact where seq > ? order by seq limit ?"
        with self._read_lock:
            return [SpooledFact(seq, raw) for seq, raw in self._reader.execute(sql, (after, limit))]

    def acknowledge(self, mark: int) -> None:
        """Set the mark that the controller gave, which may be lower than before when it was restored from a backup.

        It reaches the disk with the next append: an old mark only makes the edge send again what the controller has.
        """
        self._acknowledged = min(max(mark, 0), self._head)
        self._waiting_bytes = None

    def trim(self) -> None:
        """Forget acknowledged facts that are older than the retention, and the oldest beyond its bytes."""
        before_us = int((self._clock.real_now() - self._keep).timestamp() * 1_000_000)
        with self._lock:
            mark = self._acknowledged
            self._db.execute("begin immediate")
            self._db.execute("delete from fact where seq <= ? and appended_us < ?", (mark, before_us))
            excess = self._sum("true") - self._keep_bytes
            if excess > 0:
                self._db.execute(
                    "delete from fact where seq <= ? and seq in (select seq from"
                    " (select seq, sum(size) over (order by seq) - size as older from fact) where older < ?)",
                    (mark, excess),
                )
            self._db.execute("update spool set acknowledged = ?", (mark,))
            self._db.execute("commit")
            self._trimmed_at = self._head

    def close(self) -> None:
        """Close the file; the spool is not usable afterwards."""
        with self._lock, self._read_lock:
            if self._closed:
                return
            self._closed = True
            self._db.execute("update spool set acknowledged = ?", (self._acknowledged,))
            self._db.close()
            self._reader.close()

    def _check_room(self, size: int) -> None:
        """Called inside the transaction, after the facts went in."""
        waiting = self._waiting_bytes
        waiting = self._sum("seq > ?", self._acknowledged) if waiting is None else waiting + size
        if waiting > self._max_unacknowledged_bytes:
            self._waiting_bytes = None
            raise SpoolFull(f"{self.edge}: {waiting - size} bytes wait for the controller, no room for {size} more")
        self._waiting_bytes = waiting

    def _append(self, entry: SpoolEntry, seq: int) -> tuple[int, int]:
        if entry.source_key is not None:
            sql = "select seq from fact where source_key = ?"
            known = self._db.execute(sql, (entry.source_key,)).fetchone()
            if known is not None:
                return int(known[0]), 0
        raw = encode_envelope(
            edge=self.edge, epoch=self.epoch, seq=seq, type=entry.type, time=entry.at, data=entry.data
        )
        now_us = int(self._clock.real_now().timestamp() * 1_000_000)
        self._db.execute("insert into fact values (?, ?, ?, ?, ?)", (seq, now_us, len(raw), raw, entry.source_key))
        return seq, len(raw)

    def _load(self) -> tuple[str, int, int]:
        self._db.executescript(_SCHEMA)
        fresh = (self.edge, str(uuid.uuid4()))
        self._db.execute("insert or ignore into spool values (1, ?, ?, 0, 0)", fresh)
        row = self._db.execute("select edge, epoch, head, acknowledged from spool").fetchone()
        if row[0] != self.edge:
            self._db.close()
            self._reader.close()
            raise SpoolError(f"the spool belongs to edge {row[0]!r}, not to {self.edge!r}")
        return str(row[1]), int(row[2]), int(row[3])

    def _sum(self, where: str, *values: int) -> int:
        sql = f"select coalesce(sum(size), 0) from fact where {where}"  # noqa: S608 - `where` is one of our constants
        with closing(self._db.execute(sql, values)) as rows:
            return int(rows.fetchone()[0])

    def _rollback(self) -> None:
        self._waiting_bytes = None
        if self._db.in_transaction:
            self._db.execute("rollback")


def _open(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
    except sqlite3.Error as error:
        raise SpoolError(f"{path}: not a usable spool: {error}") from error
    return db
