"""The hash chain: what one ledger entry is, its canonical form, and how it is sealed to the one before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import msgspec
from sqlalchemy import Column, LargeBinary, Table, Text

from wms.store.metadata import WHOLE, instant, metadata

ledger: Final = Table(
    "ledger",
    metadata,
    Column("seq", WHOLE, primary_key=True, autoincrement=False),
    instant("at_us"),
    instant("at_real_us"),
    Column("actor", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("bag", Text, nullable=True, index=True),
    Column("data", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
_COLUMNS: Final = "seq, at_us, at_real_us, actor, station, kind, subject, bag, data, hash"
INSERT_ENTRY: Final = f"INSERT INTO ledger ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)"  # noqa: S608 - the names above
SELECT_ENTRIES: Final = f"SELECT {_COLUMNS} FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?"  # noqa: S608 - the names above
SELECT_HEAD: Final = "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1"

_encoder: Final = msgspec.json.Encoder(order="sorted")


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger entry before it is sealed; ``data`` is canonical JSON text, instants are microseconds since 1970.

    ``data`` of an entry that changed a bag has the key ``change`` with the old and new values of the bag's fields.
    """

    seq: int
    at_us: int
    at_real_us: int
    actor: str
    station: str
    kind: str
    subject: str
    bag: str | None
    data: str

    def values(self) -> tuple[int, int, int, str, str, str, str, str | None, str]:
        """The fields in the order of the table, without the hash."""
        where = (self.actor, self.station, self.kind, self.subject, self.bag)
        return (self.seq, self.at_us, self.at_real_us, *where, self.data)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest sealed entry: its number (0 = none yet) and its hash."""

    seq: int
    hash: bytes


def canonical(value: Any) -> str:
    """Canonical JSON of plain data: sorted keys, no spaces, UTF-8; datetimes as ISO 8601."""
    return _encoder.encode(value).decode()


def genesis(site: str) -> Head:
    """The head of an empty chain; it binds the chain to its site."""
    return Head(0, sha256(f"hemovault ledger v1 {site}".encode()).digest())


def link(head: Head, entry: Entry) -> bytes:
    """SHA-256 over the previous hash and the canonical JSON array of the entry's fields."""
    return sha256(head.hash + _encoder.encode(entry.values())).digest()


def seal(head: Head, entries: Iterable[Entry]) -> tuple[Head, list[tuple[Any, ...]]]:
    """Chain entries in order; returns the new head and the rows for `INSERT_ENTRY`."""
    rows: list[tuple[Any, ...]] = []
    for entry in entries:
        digest = link(head, entry)
        rows.append((*entry.values(), digest))
        head = Head(entry.seq, digest)
    return head, rows
