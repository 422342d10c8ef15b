"""Whether the fact spool has room. Without room no commands are taken, so that no machine moves a bag unreported."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from runtime.facts.edge import FactEdge
from runtime.facts.spool import FactSpool, SpoolEntry, SpoolFull

LOOK_AGAIN_AFTER_S: Final = 30.0  # a disk that was full says nothing when it has room again


class SpoolRoom(StrEnum):
    """What the last append met."""

    FREE = "free"
    FULL = "full"


class GuardedSpool:
    """A FactEdge that remembers a refused fact: full until the controller's mark moves or a fact fits."""

    def __init__(self, facts: FactEdge, spool: FactSpool) -> None:
        self._facts, self._spool = facts, spool
        self._full: tuple[int, float] | None = None  # the mark, and when (monotonic)

    @property
    def room(self) -> SpoolRoom:
        """Whether a fact would fit, as far as is known."""
        if self._full is None:
            return SpoolRoom.FREE
        mark, since = self._full
        if self._spool.acknowledged != mark or time.monotonic() - since > LOOK_AGAIN_AFTER_S:
            self._full = None
            return SpoolRoom.FREE
        return SpoolRoom.FULL

    async def record(
        self,
        type: str,  # noqa: A002 - CloudEvents names it so
        message: msgspec.Struct,
        at: datetime,
        source_key: str | None = None,
        *,
        cursor: tuple[str, str] | None = None,
    ) -> int:
        """Append one fact; raises SpoolFull."""
        entry = SpoolEntry(type, msgspec.json.encode(message), at, source_key)
        return (await self.record_many([entry], cursor=cursor))[0]

    async def record_many(self, entries: Sequence[SpoolEntry], *, cursor: tuple[str, str] | None = None) -> list[int]:
        """Append facts and move a cursor in one transaction; raises SpoolFull."""
        try:
            numbers = await self._facts.record_many(entries, cursor=cursor)
        except SpoolFull:
            self._full = (self._spool.acknowledged, time.monotonic())
            raise
        if entries:
            self._full = None
        return numbers
