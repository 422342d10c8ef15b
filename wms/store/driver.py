"""What hot statements run on: the raw connection of either database, with SQLite's question marks for parameters.

The warehouse speaks one SQL to both (SQLite, PostgreSQL): `?` and `?1` for parameters, no function that only one of
them has. A statement here never begins, commits or rolls back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol


class Rows(Protocol):
    """The answer to a statement; rows are tuples, a column of bytes is ``bytes``."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement changed; -1 when it does not say."""

    @property
    def description(self) -> Any:
        """One entry per column, the first part is its name; None when the statement answers nothing."""

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Driver(Protocol):
    """A raw connection, used by one thread at a time."""

    @property
    def in_transaction(self) -> bool:
        """True between a BEGIN and its end; false again when the database gave the transaction up."""

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Rows:
        """Run one statement."""

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]], /) -> Rows:
        """Run one statement for each set of parameters."""
