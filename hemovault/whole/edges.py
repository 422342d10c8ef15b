"""Fact edges without a wire: real envelopes with an epoch and gap-free numbers, kept until the controller has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from plc_bridge.spool_room import SpoolRoom
from runtime.facts.acks import Mark
from runtime.facts.envelope import encode_envelope
from runtime.facts.receiver import RawFact
from runtime.facts.spool import SpoolEntry


class InProcessEdge:
    """One edge's spool in memory; it stands in for `runtime.facts.edge.FactEdge`."""

    def __init__(self, edge: str, epoch: str) -> None:
        self.edge = edge
        self.epoch = epoch
        self.acknowledged = 0
        self._facts: list[bytes] = []
        self._keys: dict[str, int] = {}

    @property
    def head(self) -> int:
        """Number of the last fact."""
        return len(self._facts)

    @property
    def room(self) -> SpoolRoom:
        """There is always room in memory."""
        return SpoolRoom.FREE

    async def record(
        self,
        type: str,  # noqa: A002 - CloudEvents names it so
        message: msgspec.Struct,
        at: datetime,
        source_key: str | None = None,
        *,
        cursor: tuple[str, str] | None = None,
    ) -> int:
        """Append a fact and return its number; a known `source_key` appends nothing."""
        entry = SpoolEntry(type, msgspec.json.encode(message), at, source_key)
        return (await self.record_many([entry], cursor=cursor))[0]

    async def record_many(self, entries: Sequence[SpoolEntry], *, cursor: tuple[str, str] | None = None) -> list[int]:
        """Append facts and return their numbers. A cursor needs no keeping: the process has one life."""
        del cursor
        return [self._append(entry) for entry in entries]

    def waiting(self) -> list[RawFact]:
        """Facts that the controller has not acknowledged, in order."""
        above = self.acknowledged
        return [
            RawFact(self.edge, self.epoch, above + number, raw)
            for number, raw in enumerate(self._facts[above:], start=1)
        ]

    def acknowledge(self, marks: Sequence[Mark]) -> None:
        """Take over how far the controller has committed this epoch."""
        self.acknowledged = max(
            [self.acknowledged, *(mark.mark for mark in marks if (mark.edge, mark.epoch) == (self.edge, self.epoch))]
        )

    def send_again_from(self, mark: int) -> None:
        """A controller came back knowing less, or asks for all of it again: everything above ``mark`` is sent anew."""
        self.acknowledged = mark

    def _append(self, entry: SpoolEntry) -> int:
        if entry.source_key is not None and entry.source_key in self._keys:
            return self._keys[entry.source_key]
        seq = self.head + 1
        self._facts.append(
            encode_envelope(edge=self.edge, epoch=self.epoch, seq=seq, type=entry.type, time=entry.at, data=entry.data)
        )
        if entry.source_key is not None:
            self._keys[entry.source_key] = seq
        return seq
