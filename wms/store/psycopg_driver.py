"""psycopg's connection as a `Driver`: question marks for parameters, plain Python values both ways."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import psycopg
from psycopg import RawCursor
from psycopg.adapt import AdaptersMap, Buffer, Loader
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper
from psycopg.types.string import StrBinaryDumper, StrDumper

from wms.store.driver import Rows

_PARAMETER: Final = re.compile(r"'(?:[^']|'')*'|\?(\d*)")
_OPEN: Final = frozenset({TransactionStatus.INTRANS, TransactionStatus.INERROR, TransactionStatus.ACTIVE})


class PsycopgDriver:
    """A psycopg connection behind the protocol that the sqlite3 connection has by nature."""

    __slots__ = ("_connection",)

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    @property
    def in_transaction(self) -> bool:
        """True between a BEGIN and its end; False once the connection is lost."""
        return self._connection.info.transaction_status in _OPEN

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Run one statement; psycopg prepares it on the server when it comes often."""
        return RawCursor(self._connection).execute(dollars(sql), parameters or None)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Rows:
        """Run one statement for each set of parameters, sent in one go."""
        cursor = RawCursor(self._connection)
        cursor.executemany(dollars(sql), parameters)
        return cursor


@lru_cache(maxsize=2048)
def dollars(sql: str) -> bytes:
    """Our parameters (`?`, `?1`) as PostgreSQL's (`$1`); what stands in quotes stays as it is."""
    count = 0

    def numbered(found: re.Match[str]) -> str:
        nonlocal count
        if found[1] is None:
            return found[0]
        count += 1
        return f"${found[1] or count}"

    return _PARAMETER.sub(numbered, sql).encode()


class _NumberLoader(Loader):
    """`numeric` as int where it is whole (the sum of integers), else as float: no Decimal reaches the warehouse."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


def adapters() -> AdaptersMap:
    """How values go to the server and come back.

    An integer is always a bigint and a text always text: psycopg would choose by the size of each value or leave the
    type open, and the same statement would be prepared again and again or not be understood.
    """
    ours = AdaptersMap(psycopg.adapters)
    for integer in (Int8BinaryDumper, Int8Dumper):
        ours.register_dumper(int, integer)
    for text in (StrBinaryDumper, StrDumper):
        ours.register_dumper(str, text)
    ours.register_loader("numeric", _NumberLoader)
    return ours
