"""What a host knows of one edge's session: births, aliases, and the order of sequence numbers. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from runtime.sparkplug.columns import Columns
from runtime.sparkplug.payload import (
    BDSEQ_METRIC,
    EPOCH_METRIC,
    FIRST_METRIC,
    OFFSET_METRIC,
    DataType,
    Metric,
    Payload,
    SparkplugError,
)
from runtime.sparkplug.readings import ReadingBatch, SourceRegistry
from runtime.topics import SparkplugKind


class SessionState(Enum):
    """Where an edge's session stands."""

    OFFLINE = "offline"
    ONLINE = "online"
    LOST_COUNT = "lost_count"  # a message is missing for good: only a rebirth helps


@dataclass(frozen=True, slots=True)
class NodeMessage:
    """A Sparkplug message of an edge; `device` is empty for messages of the edge itself."""

    kind: SparkplugKind
    device: str
    payload: bytes
    columns: Columns | None = None  # of data, when it could be read at once


@dataclass(frozen=True, slots=True)
class BirthTable:
    """The metrics of one birth: what an alias means. Arrays are sorted by alias."""

    device: str
    alias: NDArray[np.int64]
    source: NDArray[np.int32]
    types: dict[int, DataType]
    epoch: int
    offset: int
    first: int | None

    def to_batch(self, edge: str, columns: Columns) -> ReadingBatch:
        """The readings of a data message; raises SparkplugError for an alias that was not born or a missing offset."""
        numbers = dict(zip(columns.alias.tolist(), columns.value.tolist(), strict=True)) if _small(columns) else {}
        last = self._special(columns, numbers, self.offset)
        if last is None:
            raise SparkplugError("a data message without hv/offset")
        first = None if self.first is None else self._special(columns, numbers, self.first)
        epoch = next((m.value for m in columns.others if m.alias == self.epoch), None)
        if not isinstance(epoch, str):
            raise SparkplugError("a data message without hv/epoch")
        ours = (columns.alias != self.offset) & (columns.alias != (-1 if self.first is None else self.first))
        alias = columns.alias[ours]
        place = np.searchsorted(self.alias, alias)
        if len(alias) and (len(self.alias) == 0 or (self.alias[np.minimum(place, len(self.alias) - 1)] != alias).any()):
            raise SparkplugError("a data message with an alias that was not born")
        return ReadingBatch(
            edge=edge,
            epoch=epoch,
            first_offset=int(last if first is None else first),
            last_offset=int(last),
            source=self.source[place] if len(alias) else np.empty(0, np.int32),
            ts_ms=columns.ts_ms[ours],
            value=columns.value[ours],
            quality=columns.quality[ours],
            historical=columns.historical[ours],
            texts=self._texts(columns.others),
        )

    def _special(self, columns: Columns, numbers: dict[int, float], alias: int) -> float | None:
        if numbers:
            return numbers.get(alias)
        found = columns.value[columns.alias == alias]
        return float(found[0]) if len(found) else None

    def _texts(self, metrics: Iterable[Metric]) -> list[tuple[int, int, str]]:
        texts = []
        for metric in metrics:
            if metric.alias == self.epoch or not isinstance(metric.value, str) or metric.alias is None:
                continue
            place = int(np.searchsorted(self.alias, metric.alias))
            if place == len(self.alias) or self.alias[place] != metric.alias:
                raise SparkplugError("a data message with an alias that was not born")
            texts.append((int(self.source[place]), metric.timestamp or 0, metric.value))
        return texts


def birth_table(edge: str, device: str, payload: Payload, registry: SourceRegistry) -> BirthTable:
    """Learn a birth; raises SparkplugError when it does not carry what our offsets need."""
    aliases: list[tuple[int, int]] = []
    types: dict[int, DataType] = {}
    special: dict[str, int] = {}
    for metric in payload.metrics:
        if metric.name is None or metric.alias is None:
            continue  # bdSeq and Node Control/Rebirth have no alias
        if metric.datatype is not None:
            types[metric.alias] = metric.datatype
        if metric.name in (EPOCH_METRIC, OFFSET_METRIC, FIRST_METRIC):
            special[metric.name] = metric.alias
        else:
            aliases.append((metric.alias, registry.add(edge, device, metric.name)))
    if EPOCH_METRIC not in special or OFFSET_METRIC not in special:
        raise SparkplugError("a birth without hv/epoch and hv/offset")
    aliases.sort()
    return BirthTable(
        device=device,
        alias=np.array([alias for alias, _ in aliases], np.int64),
        source=np.array([source for _, source in aliases], np.int32),
        types=types,
        epoch=special[EPOCH_METRIC],
        offset=special[OFFSET_METRIC],
        first=special.get(FIRST_METRIC),
    )


def bdseq_of(payload: Payload) -> int | None:
    """BdSeq of an NBIRTH or NDEATH."""
    for metric in payload.metrics:
        if metric.name == BDSEQ_METRIC and isinstance(metric.value, int):
            return metric.value
    return None


@dataclass(slots=True)
class EdgeSession:
    """One edge as the host sees it. `node` and `devices` are the births of this session."""

    edge: str
    state: SessionState = SessionState.OFFLINE
    bdseq: int | None = None
    node: BirthTable | None = None
    devices: dict[str, BirthTable] = field(default_factory=dict)
    online: set[str] = field(default_factory=set)
    reborn: set[str] = field(default_factory=set)
    next_seq: int = 0
    waiting: dict[int, NodeMessage] = field(default_factory=dict)

    def begin(self, bdseq: int, seq: int, node: BirthTable) -> None:
        """NBIRTH."""
        self.state, self.bdseq, self.node = SessionState.ONLINE, bdseq, node
        self.next_seq = (seq + 1) % 256
        self.waiting.clear()
        self.reborn.clear()

    def end(self) -> None:
        """NDEATH, or the link is gone."""
        self.state = SessionState.OFFLINE
        self.waiting.clear()
        self.online.clear()

    def in_order(self, seq: int, message: NodeMessage, handle: Callable[[NodeMessage], None]) -> bool:
        """Handle a message and what waited for it; False when an earlier one is missing and it has to wait."""
        # what has to wait is read again then: a birth may come before it
        self.waiting[seq] = message if seq == self.next_seq else replace(message, columns=None)
        while (ready := self.waiting.pop(self.next_seq, None)) is not None:
            self.next_seq = (self.next_seq + 1) % 256
            handle(ready)
        return not self.waiting

    def lose_count(self) -> None:
        """The reorder timeout elapsed: what waits cannot be trusted to mean what we think, the edge sends it again."""
        self.state = SessionState.LOST_COUNT
        self.waiting.clear()

    def table(self, device: str) -> BirthTable | None:
        """The birth that explains messages of a device (empty: of the edge)."""
        return self.devices.get(device) if device else self.node


def _small(columns: Columns) -> bool:
    return len(columns.alias) <= 16
