"""What the host hands to its consumer: batches of readings as numpy columns, presence, and the numbering of sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

SourceKey = tuple[str, str, str]
"""Edge, device, metric; the device is empty for a metric of the edge itself."""


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """Readings of one message, columns of equal length in the order of the message.

    `source` are indexes of the registry, `ts_ms` milliseconds since 1970 of the source's own (domain) time, `value` NaN
    for null and 0 or 1 for booleans, `quality` holds `Quality.code`, `historical` are re-sent rows that must not move a
    live value. Text values stand in `texts` only. A batch without rows is a statement that `first_offset..last_offset`
    hold nothing any more. Offsets begin at 1 in each epoch; batches may come in any order and, when not stored within
    30 s, again: keep the offsets that you have.
    """

    edge: str
    epoch: str
    first_offset: int
    last_offset: int
    source: NDArray[np.int32]
    ts_ms: NDArray[np.int64]
    value: NDArray[np.float64]
    quality: NDArray[np.uint8]
    historical: NDArray[np.bool_]
    texts: list[tuple[int, int, str]]


class PresenceState(StrEnum):
    """Whether a node or device is in a Sparkplug session."""

    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Presence:
    """An edge (`device` None) or a device came or went; on OFFLINE the last values of `sources` are stale from `at` on.

    `at` is domain time: the host's for an edge, the message's own for a device
    (tck-id-operational-behavior-edge-node-termination-host-action-*).
    """

    edge: str
    device: str | None
    state: PresenceState
    at: datetime
    sources: tuple[int, ...]


class SourceRegistry:
    """Numbers sources from 0 in order of appearance. Hand the host a prepared one to keep numbers of your own."""

    def __init__(self) -> None:
        self._index: dict[SourceKey, int] = {}
        self._keys: list[SourceKey] = []

    def add(self, edge: str, device: str, metric: str) -> int:
        """The index of a source, new or known."""
        key = (edge, device, metric)
        index = self._index.get(key)
        if index is None:
            index = self._index[key] = len(self._keys)
            self._keys.append(key)
        return index

    def find(self, edge: str, device: str, metric: str) -> int | None:
        """The index of a known source, else None."""
        return self._index.get((edge, device, metric))

    def key(self, index: int) -> SourceKey:
        """Edge, device and metric of an index; raises IndexError."""
        return self._keys[index]

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[SourceKey]:
        return iter(self._keys)
